"""The change feed: what changed since, what was deleted, and where it stops."""

from __future__ import annotations

from typing import Any

import pytest

from tests.qbosim.desk import Desk, bill, fault_of, named


def changes(desk: Desk, entities: str, since: str) -> dict[str, list[Any]]:
    """The changed objects by entity."""
    answer = desk.get("cdc", entities=entities, changedSince=since)
    found: dict[str, list[Any]] = {}
    for part in answer["CDCResponse"][0]["QueryResponse"]:
        found |= {key: value for key, value in part.items() if isinstance(value, list)}
    return found


@pytest.mark.rule("cdc.oldest_first", "cdc.case")
def test_objects_changed_since_come_whole_oldest_first() -> None:
    desk = Desk()
    customer = desk.customer()
    invoices = []
    for _ in range(3):
        desk.clock.advance(60)
        invoices.append(desk.invoice(customer))
    desk.clock.advance(60)
    desk.post("Invoice", named(invoices[0], PrivateNote="later"))
    found = changes(desk, "invoice,Customer,Payment", "2026-05-05T10:02:00-07:00")
    assert [row["Id"] for row in found["Invoice"]] == [
        invoices[1]["Id"],
        invoices[2]["Id"],
        invoices[0]["Id"],
    ]
    assert found["Invoice"][-1] == desk.one("Invoice", invoices[0]["Id"])
    assert [row["Id"] for row in found["Customer"]] == [customer]
    assert "Payment" not in found


@pytest.mark.rule("cdc.shape")
def test_an_entity_without_changes_is_an_empty_object_and_nothing_at_all_a_single_one() -> None:
    desk = Desk()
    desk.customer()
    answer = desk.get("cdc", entities="Customer,Invoice", changedSince="2026-05-05T00:00:00Z")
    parts = answer["CDCResponse"][0]["QueryResponse"]
    assert sorted(list(part) for part in parts) == [[], ["Customer", "startPosition", "maxResults"]]
    answer = desk.get("cdc", entities="Customer,Invoice", changedSince="2026-05-06T00:00:00Z")
    assert answer["CDCResponse"] == [{"QueryResponse": [{}]}]


@pytest.mark.rule("cdc.oldest_first")
def test_deleted_transactions_come_as_stubs_after_the_living() -> None:
    desk = Desk()
    customer = desk.customer()
    gone, kept = desk.invoice(customer), desk.invoice(customer)
    desk.post("Invoice", {"Id": gone["Id"], "SyncToken": "0"}, operation="delete")
    desk.clock.advance(60)
    desk.post("Invoice", named(kept, PrivateNote="x"))
    found = changes(desk, "Invoice", "2026-05-05T00:00:00Z")["Invoice"]
    assert [row["Id"] for row in found] == [kept["Id"], gone["Id"]]
    assert found[1] == {
        "domain": "QBO",
        "status": "Deleted",
        "Id": gone["Id"],
        "MetaData": {"LastUpdatedTime": "2026-05-05T10:00:00-07:00"},
    }


def test_a_payment_shows_in_the_feed_of_its_invoice_and_its_customer() -> None:
    desk = Desk()
    customer = desk.customer()
    invoice = desk.invoice(customer)
    desk.clock.advance(3600)
    desk.pay(customer, 100.0, ("Invoice", invoice["Id"], 100.0))
    found = changes(desk, "Invoice,Customer,Payment", "2026-05-05T10:30:00-07:00")
    assert {key: [row["Id"] for row in rows] for key, rows in found.items()} == {
        "Invoice": [invoice["Id"]],
        "Customer": [customer],
        "Payment": ["2"],
    }


@pytest.mark.rule("cdc.deactivated")
def test_a_deactivated_customer_comes_as_an_ordinary_object() -> None:
    desk = Desk()
    customer = desk.customer()
    desk.post("Customer", {"Id": customer, "SyncToken": "0", "sparse": True, "Active": False})
    assert changes(desk, "Customer", "2026-05-01")["Customer"][0]["Active"] is False


@pytest.mark.rule("cdc.thousand")
def test_a_thousand_objects_are_the_end_whatever_the_entities() -> None:
    desk = Desk()
    customer = desk.customer()
    for number in range(999):
        desk.customer(f"C{number}")
    for _ in range(20):
        desk.post("Invoice", bill(customer))
    found = changes(desk, "Customer,Invoice", "2026-05-01T00:00:00Z")
    assert sum(len(rows) for rows in found.values()) == 1000


@pytest.mark.rule("cdc.any_start", "cdc.zoneless")
@pytest.mark.parametrize("since", ["2011-10-10T09:00:00-07:00", "2026-05-05", "2026-05-05T09:00:00"])
def test_old_starts_days_and_instants_without_offset_are_accepted(since: str) -> None:
    desk = Desk()
    desk.customer()
    assert len(changes(desk, "Customer", since)["Customer"]) == 1


@pytest.mark.rule("cdc.entities", "cdc.missing")
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"entities": "TaxCode", "changedSince": "2026-05-05"}, "4001"),
        ({"entities": "Nonsense", "changedSince": "2026-05-05"}, "4001"),
        ({"changedSince": "2026-05-05"}, "2020"),
        ({"entities": "Customer"}, "2020"),
        ({"entities": "Customer", "changedSince": "yesterday"}, "2060"),
    ],
)
def test_what_the_feed_cannot_answer_is_refused(query: dict[str, str], code: str) -> None:
    assert fault_of(Desk().send("GET", "cdc", **query))["code"] == code
