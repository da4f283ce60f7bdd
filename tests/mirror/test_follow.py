"""Following QuickBooks' changes: nothing falls between, whatever fails, and one bad record holds up no other."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.looking import invoices, issues, kinds, left, only, plan_fault
from tests.mirror.wire import Died, calm, many, rewired
from tests.world import World

DAY = 86_400.0


def _billed(world: World) -> tuple[str, str]:
    """Send one invoice; gives its QuickBooks id and its customer's."""
    world.client()
    world.service()
    world.invoice()
    world.settle()
    bill = only(invoices(world))
    return bill["Id"], bill["CustomerRef"]["value"]


def _cursor(world: World) -> datetime:
    with world.edges.database.reading() as work:
        found: datetime | None = only(work.companies.all("main")).cursor
    assert found is not None
    return found


def _held(world: World, entity: str) -> int:
    with world.edges.database.reading() as work:
        return work.records.count(only(work.companies.all("main")).id, entity)


def test_a_deletion_reaches_the_mirror(world: World) -> None:
    bill, _ = _billed(world)
    world.delete("Invoice", bill)
    world.sync()
    assert _held(world, "Invoice") == 0
    assert kinds(world) == ["drift.deleted"]


def test_more_changes_than_the_feed_can_show_are_all_seen(world: World) -> None:
    bill, customer = _billed(world)
    unpaid = many(
        world,
        "Invoice",
        [
            {
                "CustomerRef": {"value": customer},
                "Line": [
                    {
                        "Amount": 5,
                        "DetailType": "SalesItemLineDetail",
                        "SalesItemLineDetail": {"ItemRef": {"value": only_item(world)}},
                    }
                ],
            }
        ]
        * 600,
    )
    many(world, "Customer", [{"DisplayName": f"Stranger {one:04}"} for one in range(600)])
    world.pay(customer, {bill: "60"})
    world.delete("Invoice", unpaid[17]["Id"])
    before = _cursor(world)
    world.pass_time(1200)
    world.sync()
    assert _held(world, "Invoice") == 600
    assert _held(world, "Customer") == 601
    assert left(world) == Decimal(100)
    assert _cursor(world) > before


def only_item(world: World) -> str:
    """Give the id of the item that our service became."""
    found: str = only(world.every("Item", "Name = 'Workshop hour'"))["Id"]
    return found


def test_a_deletion_among_more_changes_than_the_feed_can_show_is_seen(world: World) -> None:
    bill, _ = _billed(world)
    world.delete("Invoice", bill)
    world.pass_time(60)
    # The feed shows the newest, so the deletion is not in it any more.
    many(world, "Customer", [{"DisplayName": f"Stranger {one:04}"} for one in range(1020)])
    world.pass_time(1200)
    world.sync()
    assert kinds(world) == ["drift.deleted"]


def test_after_more_than_thirty_days_everything_is_compared_deletions_too(world: World) -> None:
    bill, customer = _billed(world)
    world.invoice("i2", number="T-i2")
    world.settle()
    second = next(one["Id"] for one in invoices(world) if one["DocNumber"] == "T-i2")
    world.pay(customer, {bill: "60"})
    world.delete("Invoice", second)
    world.pass_time(40 * DAY)
    world.settle()
    assert left(world) == Decimal(100)
    assert [(one.finding.kind, one.finding.record) for one in issues(world)] == [("drift.deleted", "i2")]


@pytest.mark.parametrize("die_at", range(1, 33, 3))
def test_a_full_comparison_that_is_killed_anywhere_loses_no_change(small_world: World, die_at: int) -> None:
    world = small_world
    world.ready()
    bill, customer = _billed(world)
    world.invoice("i2", number="T-i2")
    world.settle()
    second = next(one["Id"] for one in invoices(world) if one["DocNumber"] == "T-i2")
    world.pay(customer, {bill: "60"})
    world.delete("Invoice", second)
    world.pass_time(40 * DAY)
    rewired(world, die_at=die_at)
    with pytest.raises(Died):
        world.sync()
    calm(world)
    world.settle()
    assert left(world) == Decimal(100)
    assert [(one.finding.kind, one.finding.record) for one in issues(world)] == [("drift.deleted", "i2")]


@pytest.mark.parametrize("fault", ["request_lost", "reply_lost", "500", "503", "429", "garbage", "cut_body"])
def test_the_cursor_stays_where_it_was_while_the_feed_fails(world: World, fault: str) -> None:
    bill, customer = _billed(world)
    world.pay(customer, {bill: "60"})
    before = _cursor(world)
    world.pass_time(900)
    plan_fault(world, fault=fault, path="*/cdc", times=None)
    assert world.sync().state == "partial"
    assert _cursor(world) == before
    world.control("DELETE", "faults")
    world.pass_time(120)
    world.settle()
    assert left(world) == Decimal(100)
    assert _cursor(world) > before


def test_a_customer_made_inactive_is_an_issue_until_it_is_active_again(world: World) -> None:
    _, customer = _billed(world)
    world.edit("Customer", customer, Active=False)
    world.sync()
    found = only(issues(world)).finding
    assert (found.kind, found.record) == ("customer.unlinked", "c1")
    assert all((found.what, found.label, found.why, found.remedy))
    assert "Blue Heron Boats" in found.what
    assert "(deleted)" not in found.label
    world.edit("Customer", customer, Active=True)
    world.sync()
    assert issues(world) == []


@pytest.mark.parametrize(
    "spoil",
    [
        {"TotalAmt": "a lot"},
        {"Line": "none"},
        {"TxnDate": "tomorrow"},
        {"Balance": {"value": 1}},
    ],
    ids=lambda spoil: next(iter(spoil)),
)
def test_a_poisonous_record_is_one_issue_and_the_rest_goes_on(world: World, spoil: dict[str, Any]) -> None:
    bill, customer = _billed(world)
    world.invoice("i2", number="T-i2")
    world.settle()
    world.edit("Invoice", bill, PrivateNote="touched")
    second = next(one["Id"] for one in invoices(world) if one["DocNumber"] == "T-i2")
    world.pay(customer, {second: "60"})
    world.pass_time(60)
    rewired(world, tamper=_spoiling("Invoice", bill, spoil))
    for _ in range(3):
        world.sync()
        world.pass_time(900)
    assert left(world, "i2") == Decimal(100)
    found = only(issues(world)).finding
    assert (found.kind, found.record) == ("sync.poison", bill)
    assert all((found.what, found.label, found.why, found.remedy))
    calm(world)
    world.edit("Invoice", bill, PrivateNote="touched again")
    world.settle()
    assert issues(world) == []


def test_a_poisonous_record_does_not_stop_the_first_import(small_world: World) -> None:
    world = small_world
    made = many(world, "Customer", [{"DisplayName": "Stone Bridge"}, {"DisplayName": "Blue Heron Boats"}])
    world.connect()
    rewired(world, tamper=_spoiling("Customer", made[0]["Id"], {"PrimaryEmailAddr": "no object"}))
    world.ready()
    assert _held(world, "Customer") == 2
    world.client()
    world.service()
    world.invoice()
    assert world.settle().state == "succeeded"
    assert only(invoices(world))["CustomerRef"]["value"] == made[1]["Id"]
    found = only([one.finding for one in issues(world) if one.finding.kind == "sync.poison"])
    assert found.record == made[0]["Id"]


def _spoiling(entity: str, qbo_id: str, spoil: dict[str, Any]) -> Any:
    """Spoil one record in every answer that shows it."""

    def tamper(body: Any) -> None:
        if isinstance(body, list):
            for one in body:
                tamper(one)
        elif isinstance(body, dict):
            for key, value in body.items():
                if key == entity:
                    for record in value if isinstance(value, list) else [value]:
                        if record.get("Id") == qbo_id:
                            record.update(spoil)
                else:
                    tamper(value)

    return tamper
