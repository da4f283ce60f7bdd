"""The sample company behind its counter: purchases, stock, the bank and payroll."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from qbosim.clock import Clock
from qbosim.simulator import Simulator
from tests.qbosim.asking import control
from tests.qbosim.conftest import MONDAY
from tests.qbosim.test_sample import rows

KINDS = (
    "Bill",
    "BillPayment",
    "CreditMemo",
    "Deposit",
    "Estimate",
    "InventoryAdjustment",
    "Invoice",
    "JournalEntry",
    "Payment",
    "Purchase",
    "PurchaseOrder",
    "RefundReceipt",
    "SalesReceipt",
    "Transfer",
    "VendorCredit",
)


@pytest.fixture(scope="module")
def sample() -> Iterator[Simulator]:
    with Simulator(seed=0, clock=Clock.at(MONDAY)) as made:
        yield made


@pytest.mark.parametrize("kind", KINDS)
def test_it_shows_every_kind_of_transaction(sample: Simulator, kind: str) -> None:
    assert rows(sample, f"select * from {kind}")


def test_its_bills_are_paid_open_and_paid_in_part_by_a_credit(sample: Simulator) -> None:
    bills = rows(sample, "select * from Bill")
    assert any(each["Balance"] == 0 for each in bills)
    assert any(each["Balance"] == each["TotalAmt"] for each in bills)
    assert all(each["Balance"] == 0 for each in rows(sample, "select * from VendorCredit"))
    assert any(each["TotalAmt"] == 0 for each in rows(sample, "select * from BillPayment"))
    owed = sum(each["Balance"] for each in rows(sample, "select * from Vendor"))
    assert owed == pytest.approx(sum(each["Balance"] for each in bills))


def test_orders_and_estimates_are_open_and_closed(sample: Simulator) -> None:
    assert {each["POStatus"] for each in rows(sample, "select * from PurchaseOrder")} == {"Open", "Closed"}
    estimates = {each["TxnStatus"] for each in rows(sample, "select * from Estimate")}
    assert estimates == {"Pending", "Rejected", "Closed"}


def test_it_has_goods_in_stock_that_it_buys_and_sells_and_a_bundle_of_them(sample: Simulator) -> None:
    stocked = rows(sample, "select * from Item where Type = 'Inventory'")
    assert len(stocked) == 3
    assert all(each["QtyOnHand"] > 0 for each in stocked)
    assert len(rows(sample, "select * from Item where Type = 'Group'")) == 1
    sold = [line for each in rows(sample, "select * from SalesReceipt") for line in each["Line"]]
    assert any(line["DetailType"] == "GroupLineDetail" for line in sold)
    asset = next(each for each in rows(sample, "select * from Account") if each["Name"] == "Inventory Asset")
    assert asset["CurrentBalance"] > 0


def test_old_money_is_in_the_bank_and_new_money_waits(sample: Simulator) -> None:
    payments = [each for each in rows(sample, "select * from Payment") if each["TotalAmt"] > 0]
    deposited = [any(link["TxnType"] == "Deposit" for link in each.get("LinkedTxn", [])) for each in payments]
    assert True in deposited
    assert False in deposited
    accounts = {each["Name"]: each["CurrentBalance"] for each in rows(sample, "select * from Account")}
    assert min(accounts["Checking"], accounts["Savings"], accounts["Undeposited Funds"]) > 0


def books(simulator: Simulator) -> list[Any]:
    return [rows(simulator, f"select * from {kind}") for kind in (*KINDS, "Vendor", "Item", "Account")]


def test_the_same_seed_and_day_make_the_same_books(sample: Simulator) -> None:
    first = books(sample)
    with Simulator(seed=0, clock=Clock.at(MONDAY)) as twin:
        assert books(twin) == first
    with Simulator(seed=1, clock=Clock.at(MONDAY)) as other:
        assert books(other) != first
        assert control(other, "GET", "check")["balanced"] is True
