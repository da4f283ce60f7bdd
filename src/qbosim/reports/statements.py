"""Profit and loss, balance sheet and cash flow: accounts in nested sections with their sums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from qbosim.records.company import Company
from qbosim.reports.columns import Amounts, Buckets, add, buckets_for, filled, negative
from qbosim.reports.entries import Entries
from qbosim.reports.frame import Cell, Column, Line, Report, Row, Section, amount_cells
from qbosim.reports.names import Account, by_chart, by_name
from qbosim.reports.parameters import Asked, fiscal_month, header
from qbosim.reports.periods import FIRST_DAY, TIMES, fiscal_year_start
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Statements",
    recorded(
        "report.profit_and_loss",
        "ProfitAndLoss has the groups Income, COGS, GrossProfit, Expenses, NetOperatingIncome, OtherIncome, "
        "OtherExpenses, NetOtherIncome and NetIncome; results are sections with nothing but a summary.",
        "sandbox traffic (minimul/qbo_api, ProfitAndLoss); Intuit's documentation of ProfitAndLoss",
    ),
    recorded(
        "report.nesting",
        "Sub-accounts stand in a section of their parent, whose heading carries its id and its own amount.",
        "sandbox traffic (minimul/qbo_api, ProfitAndLoss)",
    ),
    documented(
        "report.balance_sheet",
        "BalanceSheet has TotalAssets and TotalLiabilitiesAndEquity with their nested groups; Net Income is that of the "
        "fiscal year, Retained Earnings takes the years before.",
        "Intuit's documentation of BalanceSheet",
    ),
    documented(
        "report.cash_flow",
        "CashFlow begins with net income, adjusts it by the changes of other accounts, and ends with cash at the end of "
        "the period, money not yet deposited included.",
        "Intuit's documentation of CashFlow",
    ),
    recorded(
        "report.no_rows",
        "A section without lines has no Rows, and its sum is empty.",
        "sandbox traffic (minimul/qbo_api, ProfitAndLoss)",
    ),
    recorded(
        "report.sums_of_columns",
        "A sum is 0.00 in a column in which nothing stands, when something stands in another; a line is empty there.",
        "XML of a BalanceSheet by years (ruckus/quickbooks-ruby)",
    ),
    recorded(
        "report.cash_flow.order",
        "Adjustments stand in the order of the chart: receivables, other assets, payables, cards, other liabilities.",
        "XML of CashFlow (ruckus/quickbooks-ruby)",
    ),
    assumed(
        "report.empty_sections",
        "COGS, other income and other expenses appear only when they have amounts.",
        "Intuit's samples leave empty ones out",
    ),
    assumed(
        "report.sort_order",
        "`sort_order` descend turns the names inside each section of a summary report around, Z first; sections stay.",
        "the documentation names the parameter and says no more",
    ),
)

_STANDARD = ("AccountingStandard", "GAAP")
_FIRST = Column("", "Account", "account")


@dataclass(frozen=True)
class _Group:
    """One group of a balance sheet: title, group, and what stands in it."""

    title: str
    group: str
    kinds: tuple[str, ...] = ()
    parts: tuple[_Group, ...] = ()
    total: str = ""


_ASSETS = _Group(
    "ASSETS",
    "TotalAssets",
    parts=(
        _Group(
            "Current Assets",
            "CurrentAssets",
            parts=(
                _Group("Bank Accounts", "BankAccounts", ("Bank",)),
                _Group("Accounts Receivable", "AR", ("Accounts Receivable",)),
                _Group("Other Current Assets", "OtherCurrentAssets", ("Other Current Asset",)),
            ),
        ),
        _Group("Fixed Assets", "FixedAssets", ("Fixed Asset",)),
        _Group("Other Assets", "OtherAssets", ("Other Asset",)),
    ),
    total="TOTAL ASSETS",
)
_LIABILITIES = _Group(
    "Liabilities",
    "Liabilities",
    parts=(
        _Group(
            "Current Liabilities",
            "CurrentLiabilities",
            parts=(
                _Group("Accounts Payable", "AP", ("Accounts Payable",)),
                _Group("Credit Cards", "CreditCards", ("Credit Card",)),
                _Group("Other Current Liabilities", "OtherCurrentLiabilities", ("Other Current Liability",)),
            ),
        ),
        _Group("Long-Term Liabilities", "LongTermLiabilities", ("Long Term Liability",)),
    ),
)


class Tree:
    """Accounts of one kind with their amounts, as nested rows."""

    def __init__(
        self,
        accounts: Sequence[Account],
        sums: Mapping[int, Amounts],
        width: int,
        *,
        sign: int,
        descending: bool = False,
    ) -> None:
        """`sums` are debits; `sign` is what they are shown with; accounts are `descending` or ascending by name."""
        self._sums = sums
        self._width = width
        self._sign = sign
        self._inside: dict[int | None, list[Account]] = {}
        there = {account.id for account in accounts}
        for account in sorted(accounts, key=by_name, reverse=descending):
            parent = account.parent if account.parent in there else None
            self._inside.setdefault(parent, []).append(account)

    def rows(self, parent: int | None = None) -> list[Row]:
        """The rows below an account that have amounts."""
        found = [self._row(account) for account in self._inside.get(parent, [])]
        return [row for row in found if row is not None]

    def total(self, parent: int | None = None) -> Amounts:
        """The sum of all rows below an account."""
        return add((self._whole(account) for account in self._inside.get(parent, [])), self._width)

    def _own(self, account: Account) -> Amounts:
        own = self._sums.get(account.id, [None] * self._width)
        return own if self._sign > 0 else negative(own)

    def _whole(self, account: Account) -> Amounts:
        return add([self._own(account), self.total(account.id)], self._width)

    def _row(self, account: Account) -> Row | None:
        own = self._own(account)
        inner = self.rows(account.id)
        name = account_cell(account)
        if inner:
            total = [Cell(f"Total {account.name}"), *amount_cells(filled(self._whole(account)))]
            return Section([name, *amount_cells(own)], inner, total)
        if all(amount is None for amount in own):
            return None
        return Line([name, *amount_cells(own)])


def account_cell(account: Account, text: str = "") -> Cell:
    """The cell that names an account."""
    return Cell(text or account.name, str(account.id) if account.id > 0 else "")


def profit_and_loss(company: Company, asked: Asked) -> Report:
    """What was earned and spent in a span of days."""
    entries = Entries(company, asked, only_span=True)
    buckets = buckets_for(entries, where=_income_statement(entries))
    sums = _flows(entries, buckets)
    width = len(buckets.columns)
    rows: list[Row] = []

    def part(title: str, group: str, kind: str, sign: int, *, always: bool = False) -> Amounts:
        accounts = entries.names.accounts_of([kind])
        tree = Tree(accounts, sums, width, sign=sign, descending=asked.descending)
        inner = tree.rows()
        if inner or always:
            rows.append(_section(title, group, inner, tree.total(), width))
        return tree.total()

    income = part("Income", "Income", "Income", -1, always=True)
    goods = part("Cost of Goods Sold", "COGS", "Cost of Goods Sold", 1)
    gross = add([income, negative(goods)], width)
    rows.append(_result("Gross Profit", "GrossProfit", gross))
    expenses = part("Expenses", "Expenses", "Expense", 1, always=True)
    operating = add([gross, negative(expenses)], width)
    rows.append(_result("Net Operating Income", "NetOperatingIncome", operating))
    before = len(rows)
    other_income = part("Other Income", "OtherIncome", "Other Income", -1)
    other_expenses = part("Other Expenses", "OtherExpenses", "Other Expense", 1)
    other = add([other_income, negative(other_expenses)], width)
    if len(rows) > before:
        rows.append(_result("Net Other Income", "NetOtherIncome", other))
    rows.append(_result("Net Income", "NetIncome", add([operating, other], width)))
    return Report(header(company, asked), [_FIRST, *buckets.columns], rows, [_STANDARD])


def balance_sheet(company: Company, asked: Asked) -> Report:
    """What a company has and owes at the end of a span of days, or of each of its columns."""
    entries = Entries(company, asked)
    buckets = buckets_for(entries, total=False, start=FIRST_DAY.isoformat())
    balances, profit = _balances(entries, buckets)
    width = len(buckets.columns)
    assets, _ = _group_section(entries, _ASSETS, balances, width, 1)
    liabilities, owed = _group_section(entries, _LIABILITIES, balances, width, -1)
    accounts = entries.names.accounts_of(["Equity"])
    tree = Tree(accounts, balances, width, sign=-1, descending=asked.descending)
    inner = tree.rows()
    if any(amount is not None for amount in profit):
        inner.append(Line([Cell("Net Income"), *amount_cells(profit)], "NetIncome"))
    own = add([tree.total(), profit], width)
    equity = _section("Equity", "Equity", inner, own, width)
    both = [row for row in (liabilities, equity) if row is not None]
    right = Section(
        _heading("LIABILITIES AND EQUITY", width),
        both,
        [Cell("TOTAL LIABILITIES AND EQUITY"), *amount_cells(filled(add([owed, own], width)))],
        "TotalLiabilitiesAndEquity",
    )
    left = assets or _section("ASSETS", "TotalAssets", [], [None] * width, width, "TOTAL ASSETS")
    return Report(header(company, asked), [_FIRST, *buckets.columns], [left, right], [_STANDARD])


def cash_flow(company: Company, asked: Asked) -> Report:
    """Where money came from and went to in a span of days."""
    entries = Entries(company, asked)
    buckets = buckets_for(entries)
    sums = {account: negative(amounts) for account, amounts in _flows(entries, buckets).items()}
    width = len(buckets.columns)
    accounts = list(entries.names.accounts.values())
    profit = add((sums[a.id] for a in accounts if a.is_income_statement and a.id in sums), width)
    adjusted = _lines(sums, [a for a in accounts if _activity(a) == "operating"])
    rows: list[Row] = []
    inner: list[Row] = [Line([Cell("Net Income"), *amount_cells(profit)], "NetIncome")]
    changes = _sum(sums, accounts, "operating", width)
    if adjusted:
        words = "Adjustments to reconcile Net Income to Net Cash provided by operations:"
        inner.append(_section(words, "OperatingAdjustments", adjusted, changes, width))
    operating = add([profit, changes], width)
    words = "Net cash provided by operating activities"
    rows.append(_section("OPERATING ACTIVITIES", "OperatingActivities", inner, operating, width, words))
    parts = [operating]
    for activity in ("investing", "financing"):
        lines = _lines(sums, [a for a in accounts if _activity(a) == activity])
        amounts = _sum(sums, accounts, activity, width)
        parts.append(amounts)
        if lines:
            words = f"Net cash provided by {activity} activities"
            group = f"{activity.capitalize()}Activities"
            rows.append(_section(f"{activity.upper()} ACTIVITIES", group, lines, amounts, width, words))
    rows.append(_result("Net cash increase for period", "CashIncrease", add(parts, width)))
    if buckets.by == "Total":
        rows += _cash_rows(entries, accounts, add(parts, width)[0] or 0)
    shown = Report(header(company, asked, basis=False), [_FIRST, *buckets.columns], rows)
    if all(amount is None for part in parts for amount in part):
        return Report(
            shown.header,
            shown.columns,
            [row for row in rows if isinstance(row, Section) and row.rows is None],
        )
    return shown


def _cash_rows(entries: Entries, accounts: Sequence[Account], increase: int) -> list[Row]:
    money = ",".join(str(account.id) for account in accounts if account.is_money)
    before = (entries.asked.span.start - timedelta(days=1)).isoformat()
    sums = entries.sums("account", "", before, where=f"account IN ({money})") if money else []
    held = sum(amount for _, amount in sums)
    rows: list[Row] = []
    if held:
        rows.append(_result("Cash at beginning of period", "BeginningCash", [held]))
    rows.append(_result("Cash at end of period", "EndingCash", [held + increase]))
    return rows


def _activity(account: Account) -> str:
    if account.is_money or account.is_income_statement:
        return ""
    if account.kind in ("Fixed Asset", "Other Asset"):
        return "investing"
    if account.kind in ("Long Term Liability", "Equity"):
        return "financing"
    return "operating"


def _lines(sums: Mapping[int, Amounts], accounts: Iterable[Account]) -> list[Row]:
    return [
        Line([account_cell(account, account.full_name), *amount_cells(sums[account.id])])
        for account in sorted(accounts, key=by_chart)
        if account.id in sums
    ]


def _sum(sums: Mapping[int, Amounts], accounts: Sequence[Account], activity: str, width: int) -> Amounts:
    return add((sums[a.id] for a in accounts if _activity(a) == activity and a.id in sums), width)


def _flows(entries: Entries, buckets: Buckets) -> dict[int, Amounts]:
    """Debits less credits of the span, by account and column."""
    asked = entries.asked
    return buckets.gather(entries.sums(f"account, {buckets.key_column}", asked.start, asked.end))


@dataclass
class _Standing:
    """Balances at the end of one column, debits positive."""

    found: dict[int, int]
    year: int | None = None
    """The result of the fiscal year."""
    before: int = 0
    """The results of all years before."""


def _balances(entries: Entries, buckets: Buckets) -> tuple[dict[int, Amounts], Amounts]:
    """Balances (debits positive) of the balance sheet's accounts per column, and the fiscal year's profit."""
    width = len(buckets.columns)
    columns = list(_over_time(entries, buckets) if buckets.by in TIMES else _by_name(entries, buckets))
    balances: dict[int, Amounts] = {}
    profit: Amounts = [None] * width
    retained = entries.names.one_of_subtype(("RetainedEarnings",))
    for place, column in enumerate(columns):
        for account, amount in column.found.items():
            balances.setdefault(account, [None] * width)[place] = amount
        if column.year is not None:
            profit[place] = -column.year
        if column.before and retained is None:  # the result still has to stand somewhere
            profit[place] = (profit[place] or 0) - column.before
        elif column.before and retained is not None:
            own = balances.setdefault(retained.id, [None] * width)
            own[place] = (own[place] or 0) + column.before
    return balances, profit


def _over_time(entries: Entries, buckets: Buckets) -> Iterator[_Standing]:
    """The balances at the end of each span, from one walk through the days."""
    last = buckets.spans[-1].end.isoformat()
    rows = sorted(entries.sums("day, account", FIRST_DAY.isoformat(), last))
    month = fiscal_month(entries.company)
    found: dict[int, int] = {}
    years: dict[date, int] = {}
    place = 0
    for span in buckets.spans:
        end = span.end.isoformat()
        while place < len(rows) and rows[place][0] <= end:
            day, account, amount = rows[place]
            known = entries.names.accounts.get(account)
            if known is not None and known.is_income_statement:
                year = fiscal_year_start(date.fromisoformat(day), month)
                years[year] = years.get(year, 0) + amount
            elif known is not None:
                found[account] = found.get(account, 0) + amount
            place += 1
        this = fiscal_year_start(span.end, month)
        before = sum(amount for year, amount in years.items() if year < this)
        yield _Standing(dict(found), years.get(this), before)


def _by_name(entries: Entries, buckets: Buckets) -> list[_Standing]:
    """The balances at the end of the days asked for, of each name and of all."""
    end = entries.asked.span.end
    start = fiscal_year_start(end, fiscal_month(entries.company)).isoformat()
    columns = [_Standing({}) for _ in buckets.columns]
    rows = entries.sums(
        f"account, {buckets.key_column}, day >= '{start}'", FIRST_DAY.isoformat(), end.isoformat()
    )
    for account, key, is_this_year, amount in rows:
        known = entries.names.accounts.get(account)
        if known is None:
            continue
        own = buckets.place_of(key)
        for column in [columns[-1]] if own is None or not buckets.has_total else [columns[own], columns[-1]]:
            if not known.is_income_statement:
                column.found[account] = column.found.get(account, 0) + amount
            elif is_this_year:
                column.year = (column.year or 0) + amount
            else:
                column.before += amount
    return columns


def _group_section(
    entries: Entries, group: _Group, balances: Mapping[int, Amounts], width: int, sign: int
) -> tuple[Section | None, Amounts]:
    """A group of the balance sheet with its sum; None when nothing stands in it."""
    if group.parts:
        found = [_group_section(entries, part, balances, width, sign) for part in group.parts]
        inner: list[Row] = [section for section, _ in found if section is not None]
        total = add((amounts for _, amounts in found), width)
    else:
        accounts = entries.names.accounts_of(group.kinds)
        tree = Tree(accounts, balances, width, sign=sign, descending=entries.asked.descending)
        inner, total = tree.rows(), tree.total()
    if not inner:
        return None, total
    return _section(group.title, group.group, inner, total, width, group.total), total


def _income_statement(entries: Entries) -> str:
    ids = ",".join(
        str(account.id) for account in entries.names.accounts.values() if account.is_income_statement
    )
    return f"account IN ({ids})"


def _heading(title: str, width: int) -> list[Cell]:
    return [Cell(title), *[Cell()] * width]


def _section(
    title: str, group: str, rows: list[Row], total: Sequence[int | None], width: int, words: str = ""
) -> Section:
    summary = [Cell(words or f"Total {title}"), *amount_cells(filled(total))]
    return Section(_heading(title, width), rows or None, summary, group)


def _result(title: str, group: str, amounts: Sequence[int | None]) -> Section:
    return Section(summary=[Cell(title), *amount_cells(filled(amounts))], group=group)
