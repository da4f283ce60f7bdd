"""Spoilt bodies of the sales side: whatever stands in them, the answer is an object or a fault, and the books balance."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from tests.qbosim.desk import Desk, bill, item_line
from tests.qbosim.test_estimates import hours, invoice_of
from tests.qbosim.test_hostile_bodies import ODD, REMOVED, change, places
from tests.qbosim.test_money_movements import deposit, entry, own_line, taking
from tests.qbosim.test_receipts import account

ODDER: tuple[Any, ...] = (
    *ODD,
    [{"TxnId": "1", "TxnType": "Estimate"}],
    [{"TxnId": "1", "TxnType": "Payment", "TxnLineId": "0"}],
    [{"TxnId": 10**18, "TxnType": "TimeActivity"}],
    "Debit",
    "Customer",
    "DepositLineDetail",
    "JournalEntryLineDetail",
    "DescriptionOnly",
    "Subtotal:",
    {"Type": "Vendor", "EntityRef": {"value": "1"}},
    {"value": "5", "type": "EMPLOYEE"},
)


def whole_bodies(desk: Desk) -> dict[str, list[Any]]:
    """Bodies that would be accepted as they are, and records as they stand."""
    checking = account(desk, "Checking")
    receipt = {**bill("1", 20.0), "DepositToAccountRef": checking, "PaymentMethodRef": {"value": "2"}}
    offer = desk.post("Estimate", bill("1", 30.0))
    worked = hours(desk, "1")
    waiting = desk.pay("1", 8.0)
    sold = desk.post("SalesReceipt", bill("1", 20.0))
    banked = deposit(
        desk,
        taking(waiting, "Payment"),
        own_line(desk, "Services", 5.0, Entity={"value": "1", "type": "CUSTOMER"}),
    )
    banked["CashBack"] = {"AccountRef": account(desk, "Savings"), "Amount": 1, "Memo": "m"}
    journal = entry(desk, ("Debit", "Accounts Receivable (A/R)", 9.0), ("Credit", "Services", 9.0))
    journal["Line"][0]["JournalEntryLineDetail"]["Entity"] = {"Type": "Customer", "EntityRef": {"value": "1"}}
    journal["Line"].append({"DetailType": "DescriptionOnly", "Description": "why"})
    moved = {"FromAccountRef": checking, "ToAccountRef": account(desk, "Savings"), "Amount": 3.0}
    billed = {**invoice_of(offer), "LinkedTxn": [{"TxnId": worked["Id"], "TxnType": "TimeActivity"}]}
    group = {
        "DetailType": "GroupLineDetail",
        "GroupLineDetail": {"GroupItemRef": {"value": "1"}, "Quantity": 2, "Line": [item_line(4.0)]},
    }
    return {
        "Estimate": [bill("1", 5.0), offer],
        "Invoice": [
            billed,
            {**bill("1"), "Line": [item_line(1.0), group]},
            desk.post("Invoice", invoice_of(offer)),
        ],
        "SalesReceipt": [receipt, sold],
        "RefundReceipt": [receipt, desk.post("RefundReceipt", receipt)],
        "Deposit": [deposit(desk, taking(sold, "SalesReceipt")), desk.post("Deposit", banked)],
        "JournalEntry": [journal, desk.post("JournalEntry", journal)],
        "Transfer": [moved, desk.post("Transfer", moved)],
    }


@pytest.mark.parametrize("seed", range(3))
def test_a_spoilt_form_or_movement_never_breaks_anything(seed: int) -> None:
    chance = random.Random(seed)
    kinds: list[dict[str, Any]] = [
        {},
        {"multi_currency": True, "class_tracking": "line", "track_departments": True},
        {"automated_tax": True},
    ]
    desk = Desk(**kinds[seed])
    desk.customer()
    bodies = whole_bodies(desk)
    outcomes = set()
    for _ in range(350):
        entity = chance.choice(list(bodies))
        body = copy.deepcopy(chance.choice(bodies[entity]))
        if "Id" in body:
            now = desk.send("GET", f"{entity.lower()}/{body['Id']}")
            if now.status != 200:
                continue
            body |= {"SyncToken": now.json()[entity]["SyncToken"], "sparse": chance.random() < 0.5}
        for _ in range(chance.randint(1, 2)):
            free = [place for place in places(body) if place[0] not in ("Id", "SyncToken")]
            if free:
                change(body, chance.choice(free), chance.choice((REMOVED, *ODDER)))
        query = {"operation": "delete"} if "Id" in body and chance.random() < 0.03 else {}
        answer = desk.send("POST", entity.lower(), body, **query)
        assert answer.status in (200, 400)
        assert (entity in answer.json()) == (answer.status == 200)
        outcomes.add(answer.status)
    assert outcomes == {200, 400}
    assert desk.in_order()
