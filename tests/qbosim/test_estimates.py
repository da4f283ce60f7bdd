"""Estimates, and the invoices made from them or from hours worked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.qbosim.desk import Desk, bill, item_line, named, shared


@pytest.fixture
def desk() -> Desk:
    return Desk()


def invoice_of(estimate: Any, **more: Any) -> dict[str, Any]:
    """The body of an invoice made from an estimate."""
    link = {"TxnId": estimate["Id"], "TxnType": "Estimate"}
    return {
        "CustomerRef": estimate["CustomerRef"],
        "LinkedTxn": [link],
        "Line": [{**item_line(100), "LinkedTxn": [link]}],
        **more,
    }


@pytest.mark.rule("estimate.status", "estimate.non_posting")
def test_an_estimate_is_pending_and_posts_nothing(desk: Desk) -> None:
    customer = desk.customer(BillAddr={"Line1": "1 Main St"}, ShipAddr={"Line1": "1 Main St"})
    made = desk.post("Estimate", bill(customer, 100))
    real = next(
        record
        for record in json.loads((shared("fixtures/sandbox-company") / "Estimate.json").read_text())
        if record["Id"] == "148"
    )
    assert [key for key in made if key != "ShipFromAddr"] == [key for key in real if key != "ShipFromAddr"]
    assert made["TxnStatus"] == "Pending"
    assert "Balance" not in made
    assert desk.one("Customer", customer)["Balance"] == 0
    assert all(row["CurrentBalance"] == 0 for row in desk.rows("Account"))


@pytest.mark.rule("estimate.statuses", "estimate.bad_status")
def test_an_estimate_is_accepted_by_somebody_on_a_day(desk: Desk) -> None:
    made = desk.post("Estimate", bill(desk.customer()))
    accepted = {"TxnStatus": "Accepted", "AcceptedBy": "Ada", "AcceptedDate": "2026-05-04"}
    made = desk.post("Estimate", named(made, **accepted, ExpirationDate="2026-06-01"))
    assert {key: made[key] for key in accepted} == accepted
    assert desk.refused("Estimate", named(made, TxnStatus="Lost"))["code"] == "2170"


@pytest.mark.rule("estimate.numbers")
def test_estimates_are_counted_apart_from_invoices() -> None:
    desk = Desk(folder=shared("fixtures/sandbox-company"))
    made = desk.post("Estimate", {"CustomerRef": {"value": "1"}, "Line": [item_line(1)]})
    assert made["DocNumber"] == "1005"


@pytest.mark.rule("invoice.estimate_closes", "invoice.line_links")
def test_an_invoice_closes_its_estimate_and_both_show_the_link(desk: Desk) -> None:
    estimate = desk.post("Estimate", bill(desk.customer(), 100))
    desk.clock.advance(60)
    invoice = desk.post("Invoice", invoice_of(estimate))
    link = {"TxnId": estimate["Id"], "TxnType": "Estimate"}
    assert invoice["LinkedTxn"] == [link]
    assert invoice["Line"][0]["LinkedTxn"] == [link]
    keys = list(invoice["Line"][0])
    assert keys[keys.index("Amount") : keys.index("DetailType") + 1] == ["Amount", "LinkedTxn", "DetailType"]
    closed = desk.one("Estimate", estimate["Id"])
    assert (closed["TxnStatus"], closed["SyncToken"]) == ("Closed", "0")
    assert closed["LinkedTxn"] == [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]
    assert closed["MetaData"]["LastUpdatedTime"] == invoice["MetaData"]["LastUpdatedTime"]


@pytest.mark.rule("invoice.estimate_reopens")
@pytest.mark.parametrize("how", ["delete", "void", "unlink"])
def test_an_estimate_is_open_again_without_its_invoice(desk: Desk, how: str) -> None:
    estimate = desk.post("Estimate", bill(desk.customer(), 100))
    invoice = desk.post("Invoice", invoice_of(estimate))
    if how == "unlink":
        changed = desk.post("Invoice", named(invoice, LinkedTxn=[]))
        assert changed["LinkedTxn"] == []
        assert "LinkedTxn" not in changed["Line"][0]
    else:
        desk.post("Invoice", named(invoice), operation=how)
    opened = desk.one("Estimate", estimate["Id"])
    assert opened["TxnStatus"] == "Pending"
    assert "LinkedTxn" not in opened
    again = desk.post("Invoice", invoice_of(estimate))
    assert desk.one("Estimate", estimate["Id"])["LinkedTxn"][0]["TxnId"] == again["Id"]


@pytest.mark.rule("invoice.one_estimate")
def test_an_invoice_takes_one_open_estimate_of_its_own_customer(desk: Desk) -> None:
    customer = desk.customer()
    one, two = (desk.post("Estimate", bill(customer, 100)) for _ in range(2))
    other = desk.post("Estimate", bill(desk.customer("Other"), 100))
    both = [{"TxnId": record["Id"], "TxnType": "Estimate"} for record in (one, two)]
    assert desk.refused("Invoice", invoice_of(one, LinkedTxn=both))["code"] == "6000"
    assert desk.refused("Invoice", invoice_of(other, CustomerRef={"value": customer}))["code"] == "6000"
    assert desk.refused("Invoice", invoice_of({**one, "Id": "999"}))["code"] == "2500"
    desk.post("Invoice", invoice_of(one))
    assert desk.refused("Invoice", invoice_of(one))["code"] == "6000"


@pytest.mark.rule("invoice.read_only_links", "invoice.links_kept")
def test_links_to_payments_are_the_payments_and_others_stay(desk: Desk) -> None:
    estimate = desk.post("Estimate", bill(desk.customer(), 100))
    invoice = desk.post("Invoice", invoice_of(estimate))
    customer = estimate["CustomerRef"]["value"]
    paid = desk.pay(customer, 40, ("Invoice", invoice["Id"], 40))
    shown = [
        {"TxnId": estimate["Id"], "TxnType": "Estimate"},
        {"TxnId": paid["Id"], "TxnType": "Payment"},
    ]
    invoice = desk.post("Invoice", named(desk.one("Invoice", invoice["Id"]), PrivateNote="x"))
    assert invoice["LinkedTxn"] == shown
    invented = [
        shown[0],
        {"TxnId": "999", "TxnType": "Payment"},
        {"TxnId": "998", "TxnType": "ReimburseCharge"},
    ]
    invoice = desk.post("Invoice", named(invoice, LinkedTxn=invented))
    assert invoice["LinkedTxn"] == shown
    assert invoice["Balance"] == 60


@pytest.mark.rule("estimate.delete_invoiced")
def test_a_deleted_estimate_leaves_its_invoice_without_a_link(desk: Desk) -> None:
    estimate = desk.post("Estimate", bill(desk.customer(), 100))
    invoice = desk.post("Invoice", invoice_of(estimate))
    estimate = desk.one("Estimate", estimate["Id"])
    desk.post("Estimate", named(estimate), operation="delete")
    left = desk.one("Invoice", invoice["Id"])
    assert left["LinkedTxn"] == []
    assert "LinkedTxn" not in left["Line"][0]
    assert left["TotalAmt"] == 100


def hours(desk: Desk, customer: str, **more: Any) -> Any:
    """Billable hours worked for a customer."""
    worker = desk.post("Vendor", {"DisplayName": f"Worker {len(desk.rows('Vendor'))}"})["Id"]
    body = {
        "NameOf": "Vendor",
        "VendorRef": {"value": worker},
        "CustomerRef": {"value": customer},
        "ItemRef": {"value": "1"},
        "BillableStatus": "Billable",
        "HourlyRate": 60,
        "Hours": 1,
        "Minutes": 20,
        "TxnDate": "2026-05-01",
        "Description": "On site",
    }
    return desk.post("TimeActivity", {**body, **more})


@pytest.mark.rule("invoice.hours", "invoice.hours_line")
@pytest.mark.parametrize("how", ["delete", "void", "unlink"])
def test_hours_are_billed_with_their_invoice_and_billable_without_it(desk: Desk, how: str) -> None:
    customer = desk.customer()
    worked = hours(desk, customer)
    links = [{"TxnId": worked["Id"], "TxnType": "TimeActivity"}]
    invoice = desk.post("Invoice", {"CustomerRef": {"value": customer}, "LinkedTxn": links})
    line = invoice["Line"][0]
    assert (invoice["LinkedTxn"], line["LinkedTxn"]) == (links, links)
    assert (line["Amount"], line["Description"]) == (80.0, "On site")
    detail = line["SalesItemLineDetail"]
    assert (detail["ServiceDate"], detail["UnitPrice"], detail["Qty"]) == ("2026-05-01", 60, 1.33333)
    assert desk.one("TimeActivity", worked["Id"])["BillableStatus"] == "HasBeenBilled"
    again = {"CustomerRef": {"value": customer}, "LinkedTxn": links}
    assert desk.refused("Invoice", again)["code"] == "6000"
    same = desk.post("Invoice", named(invoice, LinkedTxn=links, Line=invoice["Line"]))
    assert same["SyncToken"] == invoice["SyncToken"]
    if how == "unlink":
        desk.post("Invoice", named(invoice, LinkedTxn=[]))
    else:
        desk.post("Invoice", named(invoice), operation=how)
    assert desk.one("TimeActivity", worked["Id"])["BillableStatus"] == "Billable"
    assert desk.in_order()
