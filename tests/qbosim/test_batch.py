"""Batches and repeated calls: each item has its own outcome, and a request id never does the work twice."""

from __future__ import annotations

from typing import Any

import pytest

from qbosim.metering import metered_reads
from qbosim.wire import Request
from tests.qbosim.desk import REALM, Desk, bill, fault_of, payment


def batch(desk: Desk, *items: dict[str, Any], **query: str) -> list[Any]:
    """The items of a batch's answer."""
    answer = desk.send("POST", "batch", {"BatchItemRequest": list(items)}, **query)
    assert answer.status == 200
    found: list[Any] = answer.json()["BatchItemResponse"]
    return found


def test_each_item_succeeds_or_fails_alone() -> None:
    desk = Desk()
    customer = desk.customer()
    made, refused, found = batch(
        desk,
        {"bId": "a", "operation": "create", "Invoice": bill(customer)},
        {"bId": "b", "operation": "create", "Invoice": bill("99")},
        {"bId": "c", "Query": "select count(*) from Invoice"},
    )
    assert (list(made), made["bId"]) == (["Invoice", "bId"], "a")
    assert (refused["Fault"]["Error"][0]["code"], refused["bId"]) == ("2500", "b")
    assert found == {"QueryResponse": {"totalCount": 1}, "bId": "c"}


def test_all_verbs_work_inside_a_batch() -> None:
    desk = Desk()
    customer = desk.customer()
    first, second, third = (desk.invoice(customer)["Id"] for _ in range(3))
    paid = desk.pay(customer, 10.0, ("Invoice", third, 10.0))["Id"]
    items = batch(
        desk,
        {
            "bId": "1",
            "operation": "update",
            "Invoice": {"Id": first, "SyncToken": "0", "sparse": True, "PrivateNote": "n"},
        },
        {"bId": "2", "operation": "delete", "Invoice": {"Id": second, "SyncToken": "0"}},
        {
            "bId": "3",
            "operation": "update",
            "optionsData": "void",
            "Payment": {"Id": paid, "SyncToken": "0", "sparse": True},
        },
        {"bId": "4", "operation": "void", "Invoice": {"Id": third, "SyncToken": "2"}},
    )
    assert items[0]["Invoice"]["PrivateNote"] == "n"
    assert items[1]["Invoice"]["status"] == "Deleted"
    assert items[2]["Payment"]["TotalAmt"] == 0
    assert items[3]["Invoice"]["TotalAmt"] == 0


def test_an_item_without_bid_or_operation_is_done_and_answered_without_bid() -> None:
    desk = Desk()
    (answer,) = batch(desk, {"Customer": {"DisplayName": "Ada"}})
    assert list(answer) == ["Customer"]


def test_more_than_thirty_items_are_refused_whole() -> None:
    desk = Desk()
    items = [{"bId": str(number), "Customer": {"DisplayName": f"C{number}"}} for number in range(31)]
    assert fault_of(desk.send("POST", "batch", {"BatchItemRequest": items}))["code"] == "1040"
    assert desk.query("select * from Customer") == {}
    assert len(batch(desk, *items[:30])) == 30


def test_an_item_about_nothing_or_about_two_things_is_refused() -> None:
    desk = Desk()
    items = batch(
        desk,
        {"bId": "1", "operation": "create"},
        {"bId": "2", "Customer": {"DisplayName": "x"}, "Term": {"Name": "y"}},
        {"bId": "3", "operation": "merge", "Customer": {"DisplayName": "x"}},
        {"bId": "4", "Customer": "text"},
    )
    assert [item["Fault"]["Error"][0]["code"] for item in items] == ["2010", "2010", "500", "2010"]
    assert fault_of(desk.send("POST", "batch", {}))["code"] == "2010"


@pytest.mark.rule("requests.request_id")
def test_a_repeated_request_id_answers_the_first_bytes_and_does_nothing() -> None:
    desk = Desk()
    customer = desk.customer()
    first = desk.send("POST", "invoice", bill(customer), requestid="abc")
    desk.clock.advance(100)
    again = desk.send("POST", "invoice", bill(customer, 5.0), requestid="abc")
    assert (again.status, again.body, again.headers) == (first.status, first.body, first.headers)
    assert desk.query("select count(*) from Invoice") == {"totalCount": 1}
    other = desk.send("POST", "invoice", bill(customer), requestid="abd")
    assert other.json()["Invoice"]["Id"] != first.json()["Invoice"]["Id"]


def test_a_repeated_id_answers_even_after_the_record_was_deleted() -> None:
    desk = Desk()
    first = desk.send("POST", "invoice", bill(desk.customer()), requestid="abc")
    identity = first.json()["Invoice"]["Id"]
    desk.post("Invoice", {"Id": identity, "SyncToken": "0"}, operation="delete")
    assert desk.send("POST", "invoice", bill("1"), requestid="abc").body == first.body
    assert desk.query("select count(*) from Invoice") == {"totalCount": 0}


@pytest.mark.rule("requests.refused_again")
def test_a_refused_call_can_be_sent_again_with_its_request_id() -> None:
    desk = Desk()
    assert desk.refused("Invoice", bill("1"), requestid="abc")["code"] == "2500"
    desk.customer()
    assert desk.post("Invoice", bill("1"), requestid="abc")["TotalAmt"] == 100.0


@pytest.mark.rule("requests.request_id_length")
def test_an_empty_request_id_counts_as_none_and_a_long_one_is_refused() -> None:
    desk = Desk()
    desk.post("Customer", {"DisplayName": "a"}, requestid="")
    desk.post("Customer", {"DisplayName": "b"}, requestid="")
    assert desk.refused("Customer", {"DisplayName": "c"}, requestid="x" * 51)["code"] == "2130"
    assert desk.post("Customer", {"DisplayName": "c"}, requestid="x" * 50)["DisplayName"] == "c"


@pytest.mark.rule("batch.key")
def test_in_a_batch_request_id_and_bid_together_are_remembered() -> None:
    desk = Desk()
    customer = desk.customer()
    invoice = desk.invoice(customer)
    items = (
        {"bId": "1", "operation": "create", "Invoice": bill(customer)},
        {
            "bId": "2",
            "operation": "create",
            "Payment": payment(customer, 5.0, ("Invoice", invoice["Id"], 5.0)),
        },
    )
    first = batch(desk, *items, requestid="r")
    again = batch(desk, *items, {"bId": "3", "operation": "create", "Invoice": bill(customer)}, requestid="r")
    assert again[:2] == first
    assert desk.query("select count(*) from Invoice") == {"totalCount": 3}
    assert desk.query("select count(*) from Payment") == {"totalCount": 1}


@pytest.mark.rule("metering.reads", "metering.batch")
def test_reads_are_metered_and_writes_are_not() -> None:
    desk = Desk()
    customer = desk.customer()

    def cost(method: str, place: str, body: Any = b"", **query: str) -> int:
        answer = desk.send(method, place, body, **query)
        content = body if isinstance(body, bytes) else str(body).replace("'", '"').encode()
        return metered_reads(Request(method, f"/v3/company/{REALM}/{place}", query, {}, content), answer)

    assert cost("GET", f"customer/{customer}") == 1
    assert cost("GET", "customer/99") == 0
    assert cost("GET", "query", query="select * from Customer") == 1
    assert cost("POST", "query", b"select * from Customer") == 1
    assert cost("GET", "cdc", entities="Customer,Invoice", changedSince="2026-05-01") == 1
    assert cost("GET", "companyinfo/1") == 1
    assert cost("GET", "reports/TrialBalance") == 1
    assert cost("GET", "reports/Nonsense") == 0
    assert cost("POST", "customer", {"DisplayName": "x"}) == 0
    queries: list[dict[str, Any]] = [
        {"bId": "1", "Query": "select * from Term"},
        {"bId": "2", "Query": "select * from Item"},
        {"bId": "3", "CDCQuery": {"Entities": "Customer", "ChangedSince": "2026-05-01"}},
    ]
    assert cost("POST", "batch", {"BatchItemRequest": [*queries, {"Customer": {"DisplayName": "y"}}]}) == 3
