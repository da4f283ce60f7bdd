"""Settling as a whole: whatever is billed, credited, paid, changed, voided and deleted, every open amount agrees."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.qbosim.buying import account, bill, expense, pay, payment_of, vendor
from tests.qbosim.desk import REALM, Desk, exact, named

AMOUNTS = st.integers(1, 300).map(lambda cents: Decimal(cents * 7) / 100)
RATES = st.sampled_from([Decimal("1.1"), Decimal("1.23457"), Decimal("0.90009")])


def cents(amount: Decimal) -> Decimal:
    """Rounded to the cent, half up."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def applications(desk: Desk) -> list[tuple[Any, ...]]:
    """The table that ageing and cash-basis reports are made from."""
    with desk.store.transaction() as db:
        return list(
            db.execute(
                "SELECT payer, payment, kind, txn, amount, day FROM application WHERE realm = ? "
                "ORDER BY payment, line",
                (REALM,),
            )
        )


@pytest.mark.rule("settling.lines_all_or_none")
def test_every_settled_line_is_kept_with_its_payer_and_the_payers_day() -> None:
    desk = Desk()
    owed_to, customer = vendor(desk), desk.customer()
    owed = bill(desk, owed_to, 100)
    paid = pay(desk, owed_to, 40, ("Bill", owed["Id"], 40), TxnDate="2026-04-30")
    invoice = desk.invoice(customer, 20)
    received = desk.pay(customer, 20, ("Invoice", invoice["Id"], 20), TxnDate="2026-05-01")
    assert applications(desk) == [
        ("BillPayment", int(paid["Id"]), "Bill", int(owed["Id"]), 4000, "2026-04-30"),
        ("Payment", int(received["Id"]), "Invoice", int(invoice["Id"]), 2000, "2026-05-01"),
    ]
    body = {key: value for key, value in payment_of(desk, owed_to, 40).items() if key != "Line"}
    desk.post("BillPayment", named(paid, **body, TxnDate="2026-04-29"))
    assert applications(desk)[0][-1] == "2026-04-29"


class WhatIsOwed(RuleBasedStateMachine):
    """A bookkeeper without a plan, in a company of two currencies."""

    @initialize(foreign=st.booleans())
    def open_books(self, foreign: bool) -> None:
        self.desk = Desk(multi_currency=True)
        currency: dict[str, Any] = {"CurrencyRef": {"value": "EUR"}} if foreign else {}
        self.vendor = vendor(self.desk, **currency)
        self.checking = account(self.desk, "Checking")
        self.reference = {"VendorRef": {"value": self.vendor}}

    def live(self, entity: str) -> list[Any]:
        return self.desk.rows(entity, "ORDERBY Id")

    def pick(self, entity: str, choice: int) -> Any:
        rows = self.live(entity)
        return rows[choice % len(rows)]

    @rule(entity=st.sampled_from(["Bill", "VendorCredit"]), amount=AMOUNTS, rate=RATES)
    def enter(self, entity: str, amount: Decimal, rate: Decimal) -> None:
        body = {**self.reference, "Line": [expense(self.desk, float(amount))], "ExchangeRate": float(rate)}
        self.desk.post(entity, body)

    @precondition(lambda self: self.live("Bill"))
    @rule(
        choice=st.integers(0, 9), share=st.integers(1, 100), credit=st.booleans(), spare=AMOUNTS, rate=RATES
    )
    def settle(self, choice: int, share: int, credit: bool, spare: Decimal, rate: Decimal) -> None:
        owed = self.pick("Bill", choice)
        wished = (exact(owed["Balance"]) * share / 100).quantize(Decimal("0.01"))
        lines = [("Bill", owed["Id"], float(wished))]
        total = wished
        if credit and self.live("VendorCredit"):
            back = self.pick("VendorCredit", choice)
            used = min(exact(back["Balance"]), wished)
            lines.append(("VendorCredit", back["Id"], float(used)))
            total -= used
        elif share % 2:
            total += spare
        self.desk.post(
            "BillPayment",
            {**payment_of(self.desk, self.vendor, float(total), *lines), "ExchangeRate": float(rate)},
        )

    @precondition(lambda self: self.live("Bill"))
    @rule(choice=st.integers(0, 9), amount=AMOUNTS, rate=RATES)
    def change(self, choice: int, amount: Decimal, rate: Decimal) -> None:
        owed = self.pick("Bill", choice)
        lines = [expense(self.desk, float(amount))]
        self.desk.post("Bill", named(owed, **self.reference, Line=lines, ExchangeRate=float(rate)))

    @rule(entity=st.sampled_from(["Bill", "VendorCredit", "BillPayment"]), choice=st.integers(0, 9))
    def delete(self, entity: str, choice: int) -> None:
        if self.live(entity):
            self.desk.post(entity, named(self.pick(entity, choice)), operation="delete")

    @precondition(lambda self: self.live("BillPayment"))
    @rule(choice=st.integers(0, 9))
    def void(self, choice: int) -> None:
        paid = self.pick("BillPayment", choice)
        self.desk.post("BillPayment", named(paid), operation="update", include="void")

    @invariant()
    def everything_agrees(self) -> None:
        desk = self.desk
        assert desk.in_order()
        settled: dict[str, Decimal] = {}
        owed = home = Decimal(0)
        for paid in self.live("BillPayment"):
            rest = exact(paid["TotalAmt"])
            for line in paid["Line"]:
                link = line["LinkedTxn"][0]
                settled[link["TxnId"]] = settled.get(link["TxnId"], Decimal(0)) + exact(line["Amount"])
                rest += exact(line["Amount"]) * (1 if link["TxnType"] == "VendorCredit" else -1)
            assert rest >= 0
            owed -= rest
            home -= cents(rest * exact(paid["ExchangeRate"]))
        for entity, sign in (("Bill", 1), ("VendorCredit", -1)):
            for document in self.live(entity):
                balance, total = exact(document["Balance"]), exact(document["TotalAmt"])
                assert balance == total - settled.get(document["Id"], Decimal(0))
                assert balance >= 0
                owed += sign * balance
                whole = cents(total * exact(document["ExchangeRate"]))
                home += sign * (whole - cents(whole * (total - balance) / total))
        assert exact(desk.one("Vendor", self.vendor)["Balance"]) == owed
        self.payables_hold_what_is_open(owed, home)

    def payables_hold_what_is_open(self, owed: Decimal, home: Decimal) -> None:
        """What is open left nothing else on payables, in the vendor's currency and, to the cent, in home currency."""
        with self.desk.store.transaction() as db:
            foreign, amount = db.execute(
                "SELECT coalesce(sum(foreign_amount), 0), coalesce(sum(amount), 0) FROM posting WHERE realm = ? AND "
                "vendor = ? AND account IN (SELECT id FROM r_Account WHERE p_AccountType = 'Accounts Payable')",
                (REALM, int(self.vendor)),
            ).fetchone()
        assert (Decimal(-foreign) / 100, Decimal(-amount) / 100) == (owed, home)


TestWhatIsOwed = WhatIsOwed.TestCase
TestWhatIsOwed.settings = settings(
    max_examples=20,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
