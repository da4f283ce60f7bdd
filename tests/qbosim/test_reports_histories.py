"""What reports must say of any company whatsoever: whole random histories, both bases, any day, every kind of column."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from qbosim.reports.parameters import NAMES
from qbosim.reports.periods import TIMES
from tests.qbosim.desk import REALM, Desk
from tests.qbosim.histories import History
from tests.qbosim.reading import cents, every_row, report, row

STEPS = 45
BASES = ("Accrual", "Cash")
STORIES = ((1, "US", True, 400), (2, "CA", False, 480), (3, "US", False, 130), (4, "GB", True, 200))
"""Seed, country, whether there are several currencies, and the day after the first on which reports are looked at."""


class Told:
    """One company's history, and the books as the ledger keeps them."""

    def __init__(self, seed: int, country: str, currencies: bool, days: int) -> None:
        history = History(seed, country, currencies=currencies)
        history.live(STEPS)
        self.desk: Desk = history.desk
        self.seed = seed
        self.end = (date(2024, 12, 28) + timedelta(days=days)).isoformat()
        everything = "where Active in (true, false) maxresults 1000"
        self.accounts = {account["Id"]: account for account in self.desk.rows("Account", everything)}

    def of_class(self, *classes: str) -> set[str]:
        """Ids of the accounts of these classifications."""
        return {key for key, account in self.accounts.items() if account["Classification"] in classes}

    def of_type(self, *kinds: str) -> set[str]:
        """Ids of the accounts of these types."""
        return {key for key, account in self.accounts.items() if account["AccountType"] in kinds}

    def posted(self, accounts: set[str], start: str, end: str) -> Decimal:
        """Debits less credits in the ledger."""
        with self.desk.store.transaction() as db:
            (total,) = db.execute(
                "SELECT coalesce(sum(amount), 0) FROM posting WHERE realm = ? AND day BETWEEN ? AND ? AND account IN "
                f"({','.join(accounts)})",
                (REALM, start, end),
            ).fetchone()
        return Decimal(total) / 100

    def sheet(self, basis: str, **query: str) -> Any:
        """The balance sheet on the day."""
        return report(self.desk, "BalanceSheet", end_date=self.end, accounting_method=basis, **query)

    def profit(self, basis: str, start: str, end: str) -> Decimal:
        """The result of a span of days."""
        query = {"start_date": start, "end_date": end, "accounting_method": basis}
        return cents(row(report(self.desk, "ProfitAndLoss", **query), "Net Income")[-1])


@pytest.fixture(scope="module", params=STORIES, ids=str)
def told(request: pytest.FixtureRequest) -> Told:
    """One history, which the tests only look at."""
    return Told(*request.param)


def amount_of(answer: Any, *ids: str) -> Decimal:
    """The sum of what stands beside these ids, in lines and headings."""
    return sum(
        (
            cents(cells[-1]["value"])
            for kind, cells in every_row(answer["Rows"])
            if kind != "sum" and cells[0].get("id") in ids
        ),
        Decimal(0),
    )


def total_of(answer: Any, column: int = -1) -> Decimal:
    """The grand total; nothing is 0."""
    found = [cells for kind, cells in every_row(answer["Rows"]) if kind == "sum"]
    return cents(found[-1][column]["value"]) if found else Decimal(0)


def sections(rows: Any) -> Iterator[Any]:
    """Every section that has rows, inner ones too."""
    for part in rows.get("Row", []):
        if "Rows" in part:
            yield part
            yield from sections(part["Rows"])


def own_amounts(part: Any) -> list[Decimal]:
    """What a row adds to the section around it."""
    cells = part["Summary"]["ColData"] if "Summary" in part else part["ColData"]
    return [cents(cell["value"]) for cell in cells[1:]]


def every_section_adds_up(answer: Any) -> bool:
    """Whether each section's sum is that of its heading and its rows, column by column."""
    for part in sections(answer["Rows"]):
        heading = [cents(cell["value"]) for cell in part["Header"]["ColData"][1:]]
        inner = [own_amounts(below) for below in part["Rows"].get("Row", [])]
        if [sum(column) for column in zip(heading, *inner, strict=True)] != own_amounts(part):
            return False
    return True


def test_statements_balance_and_agree_with_the_ledger_and_each_other(told: Told) -> None:
    year, before = f"{told.end[:4]}-01-01", f"{int(told.end[:4]) - 1}-12-31"
    retained = next(key for key, one in told.accounts.items() if one["AccountSubType"] == "RetainedEarnings")
    for basis in BASES:
        sheet = told.sheet(basis)
        assert cents(row(sheet, "TOTAL ASSETS")[0]) == cents(row(sheet, "TOTAL LIABILITIES AND EQUITY")[0])
        shown = {cells[0]["value"]: cells[1]["value"] for _, cells in every_row(sheet["Rows"])}
        assert cents(shown.get("Net Income", "")) == told.profit(basis, year, told.end)
        earlier = told.profit(basis, "2000-01-01", before)
        if basis == "Accrual":
            result = told.of_class("Revenue", "Expense")
            assert told.profit(basis, year, told.end) == -told.posted(result, year, told.end)
            assert amount_of(sheet, retained) == earlier - told.posted({retained}, "", told.end)
        else:
            waiting = told.of_type("Accounts Receivable", "Accounts Payable")
            assert not amount_of(sheet, *waiting)
        assert every_section_adds_up(sheet)
        profit_and_loss = report(told.desk, "ProfitAndLoss", start_date=year, end_date=told.end)
        assert every_section_adds_up(profit_and_loss)
    flow = report(told.desk, "CashFlow", start_date=year, end_date=told.end)
    ends = {cells[0]["value"]: cells[-1]["value"] for _, cells in every_row(flow["Rows"])}
    funds = {key for key, one in told.accounts.items() if one["AccountSubType"] == "UndepositedFunds"}
    money = told.posted(told.of_type("Bank") | funds, "", told.end)
    assert cents(ends.get("Cash at end of period", "")) == money


def test_ledgers_and_lists_hold_the_same_postings(told: Told) -> None:
    span = {"start_date": "2025-03-01", "end_date": max(told.end, "2025-03-01")}
    for basis in BASES:
        query = {**span, "accounting_method": basis}
        balance = report(told.desk, "TrialBalance", **query)
        standing = {
            cells[0].get("id", cells[0]["value"]): cents(cells[1]["value"]) - cents(cells[2]["value"])
            for kind, cells in every_row(balance["Rows"])
            if kind == "line"
        }
        assert sum(standing.values()) == 0
        assert total_of(balance, 1) == total_of(balance, 2)
        ledger = report(
            told.desk, "GeneralLedger", columns="account_name,subt_nat_amount,rbal_nat_amount", **query
        )
        for section in ledger["Rows"].get("Row", []):
            for part in sections({"Row": [section]}):
                rows = [below["ColData"] for below in part["Rows"].get("Row", []) if "ColData" in below]
                if rows:
                    head = part.get("Header", section.get("Header"))["ColData"][0]
                    key = next((cells[0]["id"] for cells in rows if cells[0].get("id")), "")
                    key = key or head.get("id") or head["value"]
                    account = told.accounts.get(key)
                    sign = 1 if not account or account["Classification"] in ("Asset", "Expense") else -1
                    sign = -1 if head["value"] == "Unapplied Cash Payment Income" else sign
                    assert cents(rows[-1][2]["value"]) * sign == standing.pop(key, Decimal(0)), head
        assert not any(standing.values())
    journal = report(told.desk, "JournalReport", columns="tx_date,debt_amt,credit_amt", **span)
    splits = report(told.desk, "TransactionListWithSplits", columns="txn_type,debt_amt,credit_amt", **span)
    both = [
        sorted(
            (cells[1]["value"], cells[2]["value"])
            for kind, cells in every_row(answer["Rows"])
            if kind == "line"
        )
        for answer in (journal, splits)
    ]
    assert both[0] == both[1]
    assert total_of(journal, 1) == total_of(journal, 2)


def test_what_is_open_is_the_same_money_in_all_reports_about_it(told: Told) -> None:
    for kind, sign, names in (
        (
            "Accounts Receivable",
            1,
            ("AgedReceivables", "AgedReceivableDetail", "CustomerBalance", "Customer"),
        ),
        ("Accounts Payable", -1, ("AgedPayables", "AgedPayableDetail", "VendorBalance", "Vendor")),
    ):
        owed = sign * told.posted(told.of_type(kind), "", told.end)
        assert amount_of(told.sheet("Accrual"), *told.of_type(kind)) == owed
        for name in (*names[:3], f"{names[3]}BalanceDetail"):
            opened = report(told.desk, name, report_date=told.end)
            column = -2 if name.endswith("BalanceDetail") else -1
            assert total_of(opened, column) == owed, name
            lines = [cells for what, cells in every_row(opened["Rows"]) if what != "sum"]
            if "Detail" not in name:
                assert sum(cents(cells[-1]["value"]) for cells in lines) == owed


def test_columns_of_all_kinds_add_up_on_both_bases(told: Told) -> None:
    span = {"start_date": "2025-01-15", "end_date": max(told.end, "2025-02-15")}
    chosen = random.Random(told.seed).sample(sorted({*TIMES, *NAMES}), 5)
    for basis in BASES:
        query = {**span, "accounting_method": basis}
        for name in ("ProfitAndLoss", "CustomerSales", "ItemSales", "VendorExpenses"):
            whole = total_of(report(told.desk, name, **query), 2 if name == "ItemSales" else -1)
            for by in chosen:
                answer = report(told.desk, name, summarize_column_by=by, **query)
                for _, cells in every_row(answer["Rows"]):
                    amounts = [cents(cell["value"]) for cell in cells[1:]]
                    assert sum(amounts[:-1]) == amounts[-1], (name, by)
                assert total_of(answer) == whole
        for by in chosen:
            sheet = told.sheet(
                basis,
                start_date="2025-01-15" if told.end > "2025-01-15" else "2024-12-01",
                summarize_column_by=by,
            )
            assert row(sheet, "TOTAL ASSETS")[-1] == row(told.sheet(basis), "TOTAL ASSETS")[-1]
            left, right = row(sheet, "TOTAL ASSETS"), row(sheet, "TOTAL LIABILITIES AND EQUITY")
            if by in TIMES:
                assert list(map(cents, left)) == list(map(cents, right))
            else:
                assert sum(map(cents, left[:-1])) == cents(left[-1])


def test_sales_are_the_same_money_whoever_counts_them(told: Told) -> None:
    income = told.of_type("Income", "Other Income")
    with told.desk.store.transaction() as db:
        (sold,) = db.execute(
            "SELECT -coalesce(sum(amount), 0) FROM posting WHERE realm = ? AND item IS NOT NULL AND day <= ? AND "
            f"account IN ({','.join(income)})",
            (REALM, told.end),
        ).fetchone()
    for basis in BASES:
        query = {"start_date": "2000-01-01", "end_date": told.end, "accounting_method": basis}
        names = (("ItemSales", 2), ("CustomerSales", 1), ("ClassSales", 1), ("DepartmentSales", 1))
        totals = {name: total_of(report(told.desk, name, **query), place) for name, place in names}
        assert len(set(totals.values())) == 1, totals
        if basis == "Accrual":
            assert totals["ItemSales"] == Decimal(sold) / 100
