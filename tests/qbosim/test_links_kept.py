"""Links and amounts that must not go astray: whatever is deleted, voided or moved, nothing points to what is not there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.qbosim.buying import account, bill, expense, ledger, pay, vendor
from tests.qbosim.desk import Desk, item_line, named

PAYABLES = "Accounts Payable (A/P)"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def order(desk: Desk, owed_to: str, amount: float = 40.0) -> Any:
    """A new purchase order with one line."""
    body = {
        "VendorRef": {"value": owed_to},
        "APAccountRef": {"value": account(desk, PAYABLES)},
        "Line": [expense(desk, amount)],
    }
    return desk.post("PurchaseOrder", body)


def link_to(made: Any) -> list[dict[str, str]]:
    """A link to a purchase order."""
    return [{"TxnId": made["Id"], "TxnType": "PurchaseOrder"}]


def expense_of(desk: Desk, payee: str, **more: Any) -> dict[str, Any]:
    """The body of money spent at a vendor's."""
    return {
        "PaymentType": "Cash",
        "AccountRef": {"value": account(desk, "Checking")},
        "EntityRef": {"value": payee, "type": "Vendor"},
        "Line": [expense(desk, 40)],
        **more,
    }


@pytest.mark.rule("purchase_order.deleted")
def test_an_order_that_is_deleted_leaves_no_link_on_its_bill(desk: Desk) -> None:
    owed_to = vendor(desk)
    ordered = order(desk, owed_to)
    line = {**expense(desk, 40), "LinkedTxn": [{**link_to(ordered)[0], "TxnLineId": "1"}]}
    whole = bill(desk, owed_to, 40, LinkedTxn=link_to(ordered))
    by_line = desk.post("Bill", {"VendorRef": {"value": owed_to}, "Line": [line]})
    desk.post("PurchaseOrder", named(desk.one("PurchaseOrder", ordered["Id"])), operation="delete")
    for made in (whole, by_line):
        kept = desk.one("Bill", made["Id"])
        assert "PurchaseOrder" not in str(kept)
        assert (kept["SyncToken"], kept["TotalAmt"]) == (made["SyncToken"], 40)
        assert desk.post("Bill", kept)["SyncToken"] == made["SyncToken"]


@pytest.mark.rule("purchase_order.same_vendor")
def test_a_bill_cannot_take_its_order_to_another_vendor(desk: Desk) -> None:
    owed_to, other = vendor(desk), vendor(desk, "Somebody else")
    ordered = order(desk, owed_to)
    made = bill(desk, owed_to, 40, LinkedTxn=link_to(ordered))
    moved = named(made, VendorRef={"value": other})
    assert desk.refused("Bill", moved)["code"] == "6000"
    desk.post("Bill", {**moved, "LinkedTxn": []})
    reopened = desk.one("PurchaseOrder", ordered["Id"])
    assert (reopened["POStatus"], reopened["LinkedTxn"]) == ("Open", [])


def test_an_expense_that_goes_to_somebody_else_lets_go_of_its_order(desk: Desk) -> None:
    owed_to, other = vendor(desk), vendor(desk, "Somebody else")
    ordered = order(desk, owed_to)
    made = desk.post("Purchase", expense_of(desk, owed_to, LinkedTxn=link_to(ordered)))
    assert desk.one("PurchaseOrder", ordered["Id"])["POStatus"] == "Closed"
    desk.post("Purchase", {**made, "EntityRef": {"value": other, "type": "Vendor"}})
    reopened = desk.one("PurchaseOrder", ordered["Id"])
    assert (reopened["POStatus"], reopened["LinkedTxn"]) == ("Open", [])


@pytest.mark.rule("invoice.deposit_fits")
def test_a_deposit_on_an_invoice_is_no_more_than_its_total(desk: Desk) -> None:
    customer = desk.customer()
    body = {"CustomerRef": {"value": customer}, "Line": [item_line(50.0)]}
    for deposit in (-1, 50.01):
        assert desk.refused("Invoice", {**body, "Deposit": deposit})["code"] == "6000"
    made = desk.post("Invoice", {**body, "Deposit": 50})
    assert made["Balance"] == 0
    assert desk.refused("Invoice", named(made, Line=[item_line(20.0)]))["code"] == "6000"
    assert desk.one("Customer", customer)["Balance"] == 0


def test_what_is_voided_can_be_sent_back_as_it_was_read(desk: Desk) -> None:
    customer = desk.customer()
    made = desk.invoice(customer, 50.0, Deposit=20)
    voided = desk.post("Invoice", named(made), operation="void")
    assert desk.post("Invoice", voided) == voided
    paid = desk.post("Payment", named(desk.pay(customer, 30.0)), operation="update", include="void")
    assert desk.post("Payment", paid) == paid


def test_two_lines_of_one_payment_settle_a_foreign_bill_to_the_cent() -> None:
    desk = Desk(multi_currency=True)
    owed_to = vendor(desk, CurrencyRef={"value": "EUR"})
    for rate in (1.12345, 1.3333, 0.77777, 1.006):
        owed = bill(desk, owed_to, 100, ExchangeRate=rate)
        lines = [("Bill", owed["Id"], part) for part in (33.33, 33.33, 33.34)]
        pay(desk, owed_to, 100, *lines, ExchangeRate=rate)
        assert ledger(desk, f"{PAYABLES} - EUR") == 0
    assert desk.in_order()


@pytest.mark.rule("purchase_order.vendor_stays")
def test_an_order_keeps_its_vendor_while_something_is_made_from_it(desk: Desk) -> None:
    owed_to, other = vendor(desk), vendor(desk, "Somebody else")
    ordered = order(desk, owed_to)
    made = bill(desk, owed_to, 40, LinkedTxn=link_to(ordered))
    moved = named(desk.one("PurchaseOrder", ordered["Id"]), VendorRef={"value": other})
    assert desk.refused("PurchaseOrder", moved)["code"] == "6000"
    desk.post("Bill", named(made), operation="delete")
    moved = named(desk.one("PurchaseOrder", ordered["Id"]), VendorRef={"value": other})
    assert desk.post("PurchaseOrder", moved)["VendorRef"]["value"] == other


@pytest.mark.rule("preferences.references")
def test_a_preference_names_what_is_there_or_nothing(desk: Desk) -> None:
    customer = desk.customer()
    for group, key, wrong in (
        ("SalesFormsPrefs", "DefaultTerms", {"value": "99"}),
        ("SalesFormsPrefs", "DefaultItem", {"value": "abc"}),
        ("SalesFormsPrefs", "DefaultDiscountAccount", "9999"),
        ("SalesFormsPrefs", "DefaultShippingAccount", "x"),
        ("TaxPrefs", "TaxGroupCodeRef", {"value": "77"}),
    ):
        now = desk.get("preferences")["Preferences"]
        assert desk.refused("Preferences", named(now, **{group: {key: wrong}}))["code"] == "2500"
    for nothing in ({"value": ""}, {}):
        now = desk.get("preferences")["Preferences"]
        desk.post("Preferences", named(now, SalesFormsPrefs={"DefaultTerms": nothing}))
        assert "DefaultTerms" not in desk.get("preferences")["Preferences"]["SalesFormsPrefs"]
        made = desk.invoice(customer, 5.0)
        assert made["DueDate"] == made["TxnDate"]


def test_a_day_at_an_end_of_the_calendar_is_refused(desk: Desk) -> None:
    customer = desk.customer()
    for day in ("9999-12-31", "0001-01-01"):
        body = {"CustomerRef": {"value": customer}, "TxnDate": day, "Line": [item_line(5.0)]}
        assert desk.refused("Invoice", body)["code"] == "2060"


def test_a_line_of_nothing_is_a_link_as_long_as_its_payment_is_there(desk: Desk) -> None:
    customer = desk.customer()
    made = desk.invoice(customer, 10.0)
    paid = desk.pay(customer, 5.0, ("Invoice", made["Id"], 0.0))
    assert desk.one("Invoice", made["Id"])["LinkedTxn"] == [{"TxnId": paid["Id"], "TxnType": "Payment"}]
    desk.post("Payment", named(paid), operation="delete")
    assert desk.one("Invoice", made["Id"])["LinkedTxn"] == []


@pytest.mark.rule("people.long_payee")
def test_a_long_display_name_is_cut_for_checks(desk: Desk) -> None:
    long = "n" * 480
    for number, entity in enumerate(("Customer", "Vendor", "Employee")):
        named_so = {"DisplayName": f"{long}{number}"}
        made = desk.post(entity, {**named_so, "FamilyName": "F"} if entity == "Employee" else named_so)
        assert (len(made["DisplayName"]), made["PrintOnCheckName"][:3]) == (481, "nnn")
        assert len(made["PrintOnCheckName"]) == 110
        wrong = {"DisplayName": f"other {number}", "FamilyName": "G", "PrintOnCheckName": "x" * 111}
        assert desk.refused(entity, wrong)["code"] == "2050"
