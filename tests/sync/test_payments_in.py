"""Payments entered in QuickBooks are shown at the host, part by part, and follow every change."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.looking import invoices, issues, kinds, left, only, settle
from tests.sync.test_crashes import Fuse, crash_at
from tests.world import TODAY, World


@pytest.fixture
def billed(world: World) -> tuple[World, str, dict[str, str]]:
    """Two invoices of 160 each are in QuickBooks; gives the world, the customer's id and ids by number."""
    world.client()
    world.service()
    world.invoice("i1")
    world.invoice("i2")
    world.settle()
    return (
        world,
        only(world.every("Customer"))["Id"],
        {one["DocNumber"]: one["Id"] for one in invoices(world)},
    )


Billed = tuple[World, str, dict[str, str]]


def test_a_partial_payment_leaves_the_rest_open(billed: Billed) -> None:
    world, customer, ids = billed
    world.pay(customer, {ids["T-i1"]: "60"}, PaymentRefNum="8812")
    world.settle()
    assert left(world, "i1") == Decimal(100)
    assert world.host.payments_of("i1")[0].reference == "8812"
    assert issues(world) == []


def test_a_payment_split_over_two_invoices_settles_both(billed: Billed) -> None:
    world, customer, ids = billed
    world.pay(customer, {ids["T-i1"]: "160", ids["T-i2"]: "40.50"})
    world.settle()
    assert (left(world, "i1"), left(world, "i2")) == (Decimal(0), Decimal("119.50"))


def test_a_payment_that_is_edited_is_followed(billed: Billed) -> None:
    world, customer, ids = billed
    payment = world.pay(customer, {ids["T-i1"]: "60"})
    world.settle()
    world.edit("Payment", payment["Id"], TotalAmt=75, Line=_lines({ids["T-i1"]: 75}))
    world.settle()
    assert left(world, "i1") == Decimal(85)
    assert len([one for one in world.host.payments_of("i1") if one.status == "final"]) == 1


def test_a_payment_moved_to_another_invoice_moves_at_the_host(billed: Billed) -> None:
    world, customer, ids = billed
    payment = world.pay(customer, {ids["T-i1"]: "60"})
    world.settle()
    world.edit("Payment", payment["Id"], Line=_lines({ids["T-i2"]: 60}))
    world.settle()
    assert (left(world, "i1"), left(world, "i2")) == (Decimal(160), Decimal(100))


def test_a_payment_emptied_of_its_invoices_opens_them_again(billed: Billed) -> None:
    world, customer, ids = billed
    payment = world.pay(customer, {ids["T-i1"]: "60"})
    world.settle()
    world.edit("Payment", payment["Id"], Line=[])
    world.settle()
    assert left(world, "i1") == Decimal(160)


@pytest.mark.parametrize("how", ["void", "delete"])
def test_a_payment_taken_back_opens_its_invoice_again(billed: Billed, how: str) -> None:
    world, customer, ids = billed
    payment = world.pay(customer, {ids["T-i1"]: "60"})
    world.settle()
    getattr(world, how)("Payment", payment["Id"])
    world.settle()
    assert left(world, "i1") == Decimal(160)
    assert issues(world) == []


def test_an_over_payment_settles_the_invoice_and_the_rest_stays_with_the_customer(billed: Billed) -> None:
    world, customer, ids = billed
    world.pay(customer, {ids["T-i1"]: "160"}, total="200")
    world.settle()
    assert left(world, "i1") == Decimal(0)
    assert issues(world) == []


def test_a_payment_of_an_invoice_nobody_here_knows_touches_nothing(billed: Billed) -> None:
    world, customer, ids = billed
    stranger = world.books("POST", "invoice", _invoice(customer, 30))["Invoice"]
    world.pay(customer, {stranger["Id"]: "30", ids["T-i1"]: "10"})
    world.settle()
    assert left(world, "i1") == Decimal(150)
    assert issues(world) == []


def test_a_note_on_a_payment_books_nothing_anew(billed: Billed) -> None:
    world, customer, ids = billed
    payment = world.pay(customer, {ids["T-i1"]: "60"})
    world.settle()
    before = world.host.payments_of("i1")
    world.edit("Payment", payment["Id"], PrivateNote="checked by the bookkeeper")
    world.settle()
    assert left(world, "i1") == Decimal(100)
    assert [one.ref for one in world.host.payments_of("i1")] == [one.ref for one in before]


def test_our_own_payment_is_recognised_when_it_comes_back(billed: Billed) -> None:
    world, _, _ = billed
    world.payment(parts={"i1": "60"})
    world.settle()
    world.settle()
    assert left(world, "i1") == Decimal(100)
    assert len(world.host.payments_of("i1")) == 1
    assert len(world.every("Payment")) == 1


def test_a_payment_we_sent_that_is_deleted_in_quickbooks_is_a_question(billed: Billed) -> None:
    world, _, _ = billed
    world.payment(parts={"i1": "60"})
    world.settle()
    world.delete("Payment", only(world.every("Payment"))["Id"])
    world.settle()
    assert kinds(world) == ["payment.changed_ours"]
    settle(world, "push_ours")
    world.settle()
    assert Decimal(str(only(world.every("Payment"))["TotalAmt"])) == Decimal(60)
    assert issues(world) == []


def test_a_payment_keyed_in_again_by_the_bookkeeper_is_not_booked_twice(billed: Billed) -> None:
    world, customer, ids = billed
    world.payment(parts={"i1": "60"})
    world.settle()
    world.pay(customer, {ids["T-i1"]: "60"}, TxnDate=str(TODAY))
    world.settle()
    assert left(world, "i1") == Decimal(100)
    assert kinds(world) == ["payment.duplicate_suspect"]
    settle(world, "apply")
    world.settle()
    assert left(world, "i1") == Decimal(40)
    assert issues(world) == []


def test_a_payment_the_bookkeeper_entered_before_ours_left_can_be_merged_with_it(billed: Billed) -> None:
    world, customer, ids = billed
    world.pay(customer, {ids["T-i1"]: "60"}, TxnDate=str(TODAY))
    world.payment(parts={"i1": "60"})
    # The host's payment and QuickBooks' are seen in the same cycle: inbound first, so it is booked, and ours
    # would then be more than is open only if it were the whole; either way nothing is booked twice unasked.
    world.settle()
    assert left(world, "i1") in (Decimal(100), Decimal(40))
    balance = Decimal(str(world.read("Invoice", ids["T-i1"])["Balance"]))
    assert balance in (Decimal(100), Decimal(40))


def _lines(parts: dict[str, float]) -> list[dict[str, object]]:
    return [
        {"Amount": float(amount), "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]}
        for invoice, amount in parts.items()
    ]


def _invoice(customer: str, amount: float) -> dict[str, object]:
    return {
        "CustomerRef": {"value": customer},
        "Line": [
            {
                "Amount": amount,
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
            }
        ],
    }


@pytest.mark.parametrize("after", range(1, 14))
def test_a_payment_deleted_while_we_were_dead_leaves_nothing_at_the_host(
    small_world: World, after: int
) -> None:
    world = small_world
    world.ready()
    world.client()
    world.service()
    world.invoice("i1")
    world.settle()
    invoice = only(invoices(world))
    payment = world.pay(invoice["CustomerRef"]["value"], {invoice["Id"]: "60"})
    died = crash_at(world, Fuse(20 + after * 2), world.sync)
    world.delete("Payment", payment["Id"])
    world.settle()
    assert left(world, "i1") == Decimal(160), f"after a crash: {died}"
    assert issues(world) == []


def test_a_payment_we_sent_that_was_deleted_in_quickbooks_can_be_voided_at_the_host(billed: Billed) -> None:
    world, _, _ = billed
    world.payment(parts={"i1": "60"})
    world.settle()
    world.delete("Payment", only(world.every("Payment"))["Id"])
    world.settle()
    settle(world, "accept_theirs")
    world.settle()
    assert left(world, "i1") == Decimal(160)
    assert world.every("Payment") == []
    assert issues(world) == []
