"""Bodies nobody should send: whatever stands in them, the answer is an object or a fault, and the books balance."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from tests.qbosim.desk import Desk, bill, item_line, payment

ODD: tuple[Any, ...] = (
    None,
    "",
    0,
    -1,
    1.5,
    10**30,
    1e300,
    99999999999.995,
    "1",
    "abc",
    "１",
    "x" * 5000,
    True,
    [],
    [{}],
    [None],
    {},
    {"value": "1"},
    {"value": 1},
    {"value": "x"},
    {"value": None},
    {"value": "SHIPPING_ITEM_ID"},
    "2026-01-31",
    "2026-13-41",
    [{"TxnId": "1", "TxnType": "Invoice"}],
    "DiscountLineDetail",
    "GroupLineDetail",
)
"""Values of every wrong kind."""

REMOVED = object()


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside a body."""
    found = [path] if path else []
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        found += places(child, (*path, key))
    return found


def change(body: Any, place: tuple[Any, ...], value: Any) -> None:
    """Put a value into a place, or take the place away."""
    for step in place[:-1]:
        body = body[step]
    if value is REMOVED:
        del body[place[-1]]
    else:
        body[place[-1]] = copy.deepcopy(value)


def whole_bodies(desk: Desk) -> dict[str, list[Any]]:
    """Bodies that would be accepted as they are."""
    discount = {
        "DetailType": "DiscountLineDetail",
        "Amount": 1,
        "DiscountLineDetail": {"PercentBased": False},
    }
    note = {"DetailType": "DescriptionOnly", "Description": "n"}
    taxed = {"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "3"}, "TotalTax": 1}}
    line = item_line(10.0, UnitPrice=5, Qty=2, TaxCodeRef={"value": "TAX"})
    sale = {**bill("1"), "Line": [line, note, discount], **taxed, "SalesTermRef": {"value": "2"}}
    return {
        "Invoice": [sale, desk.invoice("1", 50.0)],
        "CreditMemo": [sale, desk.post("CreditMemo", bill("1", 20.0))],
        "Payment": [payment("1", 5.0, ("Invoice", "1", 5.0)), desk.pay("1", 8.0, ("Invoice", "1", 3.0))],
        "Customer": [{"DisplayName": "N", "BillAddr": {"Line1": "x"}}, desk.one("Customer", "1")],
        "Item": [{"Name": "N", "Type": "Service", "IncomeAccountRef": {"value": "1"}}, desk.one("Item", "2")],
        "Account": [{"Name": "N", "AccountType": "Bank"}, desk.one("Account", "5")],
        "Term": [{"Name": "N", "DueDays": 4}, desk.one("Term", "3")],
        "Class": [{"Name": "N"}],
        "Department": [{"Name": "N", "Address": {"City": "x"}}],
        "Preferences": [desk.get("preferences")["Preferences"]],
        "CompanyInfo": [desk.get("companyinfo/1")["CompanyInfo"]],
    }


@pytest.mark.parametrize("seed", range(4))
def test_a_spoilt_body_is_refused_or_understood_and_never_breaks_anything(seed: int) -> None:
    chance = random.Random(seed)
    options: dict[str, Any] = {"multi_currency": True, "class_tracking": "line"} if seed % 2 else {}
    desk = Desk(**options)
    desk.customer()
    bodies = whole_bodies(desk)
    outcomes = set()
    for _ in range(400):
        entity = chance.choice(list(bodies))
        body = copy.deepcopy(chance.choice(bodies[entity]))
        if "Id" in body:
            body["SyncToken"] = desk.one(entity, body["Id"])["SyncToken"]
            body["sparse"] = chance.random() < 0.5
        for _ in range(chance.randint(1, 2)):
            free = [place for place in places(body) if place[0] not in ("Id", "SyncToken")]
            if free:
                change(body, chance.choice(free), chance.choice((REMOVED, *ODD)))
        answer = desk.send("POST", entity.lower(), body)
        assert answer.status in (200, 400)
        assert (entity in answer.json()) == (answer.status == 200)
        outcomes.add(answer.status)
    assert outcomes == {200, 400}
    assert desk.in_order()


@pytest.mark.parametrize("place", ["batch", "invoice", "customer", "query", "preferences", "companyinfo"])
@pytest.mark.parametrize("body", [b"", b"null", b"0", b"[]", b"{}", b'{"Id": {}}', b"\x00\xff", b"[" * 5000])
def test_a_body_of_another_kind_is_refused(place: str, body: bytes) -> None:
    assert Desk().send("POST", place, body).status == 400
