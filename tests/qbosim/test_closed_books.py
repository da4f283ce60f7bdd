"""Closed books: what is dated in them stays as it is, whatever an app asks for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.qbosim.buying import account, expense, vendor
from tests.qbosim.desk import Desk, bill, item_line, named, payment

CLOSED, OPEN = "2026-03-31", "2026-04-01"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def close(desk: Desk, day: str = CLOSED) -> None:
    """Close the books up to and including a day."""
    settings = desk.get("preferences")["Preferences"]
    desk.post("Preferences", named(settings, AccountingInfoPrefs={"BookCloseDate": day}))


def bodies(desk: Desk) -> dict[str, Any]:
    """One body of each kind of transaction, without a day."""
    customer, owed_to = desk.customer(), vendor(desk)
    journal = [
        {
            "Amount": 5,
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {
                "PostingType": side,
                "AccountRef": {"value": account(desk, name)},
            },
        }
        for side, name in (("Debit", "Supplies"), ("Credit", "Checking"))
    ]
    hours = {"NameOf": "Vendor", "VendorRef": {"value": owed_to}, "Hours": 1}
    spent = {"PaymentType": "Cash", "AccountRef": {"value": account(desk, "Checking")}}
    return {
        "Invoice": bill(customer),
        "Estimate": bill(customer),
        "Payment": payment(customer, 5.0),
        "Bill": {"VendorRef": {"value": owed_to}, "Line": [expense(desk, 5)]},
        "Purchase": {**spent, "Line": [expense(desk, 5)]},
        "JournalEntry": {"Line": journal},
        "TimeActivity": hours,
    }


@pytest.mark.rule("writing.closed_books")
@pytest.mark.rule("writing.closed_for_all")
def test_nothing_is_made_changed_or_deleted_in_closed_books(desk: Desk) -> None:
    wanted = bodies(desk)
    old = {entity: desk.post(entity, {**body, "TxnDate": CLOSED}) for entity, body in wanted.items()}
    new = {entity: desk.post(entity, {**body, "TxnDate": OPEN}) for entity, body in wanted.items()}
    close(desk)
    for entity, body in wanted.items():
        attempts = [
            {**body, "TxnDate": CLOSED},
            {**old[entity], "TxnDate": OPEN},
            {**new[entity], "TxnDate": CLOSED},
        ]
        for attempt in attempts:
            assert desk.refused(entity, attempt)["code"] == "6210", (entity, attempt)
        assert desk.refused(entity, named(old[entity]), operation="delete")["code"] == "6210"
        assert desk.one(entity, old[entity]["Id"]) == desk.post(entity, old[entity]) == old[entity]
        desk.post(entity, named(new[entity]), operation="delete")
    assert desk.refused("Invoice", named(old["Invoice"]), operation="void")["code"] == "6210"


def test_books_that_are_opened_again_take_changes(desk: Desk) -> None:
    made = desk.invoice(desk.customer(), 5.0, TxnDate=CLOSED)
    close(desk)
    changed = named(made, Line=[item_line(6.0)])
    assert desk.refused("Invoice", changed)["code"] == "6210"
    close(desk, "2026-03-30")
    assert desk.post("Invoice", changed)["TotalAmt"] == 6.0


def test_a_payment_of_today_settles_an_invoice_of_a_closed_year(desk: Desk) -> None:
    customer = desk.customer()
    made = desk.invoice(customer, 5.0, TxnDate="2025-12-31")
    close(desk)
    desk.pay(customer, 5.0, ("Invoice", made["Id"], 5.0), TxnDate=OPEN)
    assert desk.one("Invoice", made["Id"])["Balance"] == 0
    assert desk.in_order()
