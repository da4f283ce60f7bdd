"""The general ledger and profit and loss in detail: accounts in sections, with every posting of a span of days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from qbosim.records.company import Company
from qbosim.reports.columns import add_up
from qbosim.reports.entries import Entries
from qbosim.reports.frame import Cell, Line, Report, Row, Section, bare_money
from qbosim.reports.lines import Layout, Told, tell
from qbosim.reports.names import ORDER, Account, by_name
from qbosim.reports.parameters import Asked, fiscal_month, header
from qbosim.reports.periods import FIRST_DAY, fiscal_year_start
from qbosim.rules import Topic, assumed, recorded

RULES = Topic(
    "Detail reports",
    recorded(
        "report.general_ledger",
        "GeneralLedger has a section per account with Beginning Balance, its postings with a running balance, and "
        "`Total for …`; parents with postings of their own end with `Total for … with sub-accounts`.",
        "sandbox traffic (minimul/qbo_api, GeneralLedger)",
    ),
    recorded(
        "report.profit_and_loss_detail",
        "ProfitAndLossDetail has one section Ordinary Income/Expenses that opens with Gross Profit and closes with the "
        "result, and in it a section per account.",
        "a ProfitAndLossDetail answer of January 2025 in a public repository",
    ),
    recorded(
        "report.general_ledger.unmoved",
        "The sum of an account in which nothing moved is empty, and so is that of its parent.",
        "sandbox traffic (minimul/qbo_api, GeneralLedger)",
    ),
    recorded(
        "report.parents_without_postings",
        "A parent that has no postings of its own has no id in its heading and ends with `Total for …` alone.",
        "a ProfitAndLossDetail answer of January 2025 in a public repository; its total also in sandbox traffic "
        "(minimul/qbo_api, GeneralLedger)",
    ),
    assumed(
        "report.general_ledger.years",
        "Balances of income and expense accounts begin anew with each fiscal year; Retained Earnings begins with the "
        "results of the years before.",
        "so the ledger agrees with the trial balance",
    ),
)

_USUAL = (
    "tx_date",
    "txn_type",
    "doc_num",
    "name",
    "memo",
    "split_acc",
    "subt_nat_amount",
    "rbal_nat_amount",
)


@dataclass(frozen=True)
class Standing:
    """One account over a span of days, in debits less credits."""

    before: int | None
    """What it begins with; None when nothing was posted before."""
    moved: int | None
    """What the span added; None when nothing was posted in it."""

    @property
    def after(self) -> int:
        """What it ends with."""
        return (self.before or 0) + (self.moved or 0)


def standings(entries: Entries) -> dict[int, Standing]:
    """Every account with postings, with its balance before the span and its movement in the span, filters applied.

    Income and expense accounts begin with what the fiscal year brought before the span; the results of earlier years
    stand in Retained Earnings.
    """
    asked = entries.asked
    year = fiscal_year_start(asked.span.start, fiscal_month(entries.company)).isoformat()
    before: dict[int, int] = {}
    earlier = 0
    retained = entries.names.one_of_subtype(("RetainedEarnings",))
    if asked.span.start > FIRST_DAY:
        last = (asked.span.start - timedelta(days=1)).isoformat()
        for account, is_this_year, amount in entries.sums(f"account, day >= '{year}'", "", last):
            known = entries.names.accounts.get(account)
            if known is not None and known.is_income_statement and not is_this_year:
                earlier += amount
            else:
                before[account] = before.get(account, 0) + amount
    if earlier and retained is not None:
        before[retained.id] = before.get(retained.id, 0) + earlier
    moved = dict(entries.sums("account", asked.start, asked.end))
    return {
        account: Standing(before.get(account), moved.get(account))
        for account in sorted({*before, *moved})
        if before.get(account) or account in moved
    }


def general_ledger(company: Company, asked: Asked) -> Report:
    """Every posting of a span of days, account by account."""
    entries = Entries(company, asked)
    layout = Layout(entries, _USUAL)
    ledger = _Ledger(entries, layout, standings(entries), beginnings=True)
    rows: Iterator[Row] = (row for kind in ORDER for row in ledger.rows([kind]))
    return Report(header(company, asked, summarize=False), layout.columns, rows)


def profit_and_loss_detail(company: Company, asked: Asked) -> Report:
    """Every posting on income and expense accounts, with the result."""
    entries = Entries(company, asked, only_span=True)
    layout = Layout(entries, _USUAL)
    moved = {
        account: Standing(None, amount) for account, amount in entries.sums("account", asked.start, asked.end)
    }
    ledger = _Ledger(entries, layout, moved, beginnings=False)
    head = header(company, asked, summarize=False)
    gross = ledger.result("Income") + ledger.result("Cost of Goods Sold")
    ordinary = gross + ledger.result("Expense")
    other = ledger.result("Other Income") + ledger.result("Other Expense")
    parts: list[Row] = [Section(rows=(), summary=layout.words("Gross Profit", amount=gross))]
    for title, kind in (
        ("Income", "Income"),
        ("Cost of Goods Sold", "Cost of Goods Sold"),
        ("Expenses", "Expense"),
        ("Other Income", "Other Income"),
        ("Other Expenses", "Other Expense"),
    ):
        if ledger.has([kind]):
            total = layout.words(f"Total for {title}", amount=ledger.shown(kind))
            parts.append(Section(layout.words(title), ledger.rows([kind]), total))
    result = layout.words("Net Income", amount=ordinary + other)
    whole = Section(layout.words("Ordinary Income/Expenses"), parts, result)
    return Report(head, layout.columns, [whole] if len(parts) > 1 else [])


class _Ledger:
    """Accounts as sections, read while they are written."""

    def __init__(
        self, entries: Entries, layout: Layout, standing: dict[int, Standing], *, beginnings: bool
    ) -> None:
        self._entries = entries
        self._layout = layout
        self._standing = standing
        self._beginnings = beginnings
        self._inside: dict[int | None, list[Account]] = {}
        accounts = entries.names.accounts
        for account in sorted(accounts.values(), key=by_name):
            self._inside.setdefault(account.parent if account.parent in accounts else None, []).append(
                account
            )

    def has(self, kinds: Sequence[str]) -> bool:
        """Whether any account of these types has something to show."""
        return any(account.kind in kinds and self._stands(account) for account in self._inside.get(None, []))

    def rows(self, kinds: Sequence[str]) -> Iterator[Row]:
        """The sections of the accounts of these types."""
        for account in self._inside.get(None, []):
            if account.kind in kinds and self._stands(account):
                yield self._section(account)

    def result(self, kind: str) -> int:
        """What accounts of a type added to the result, in cents."""
        return -sum(
            standing.moved or 0
            for account, standing in self._standing.items()
            if (known := self._entries.names.accounts.get(account)) is not None and known.kind == kind
        )

    def shown(self, kind: str) -> int:
        """The sum of a type as it is shown: expenses are positive."""
        return self.result(kind) * (1 if kind in ("Income", "Other Income") else -1)

    def _stands(self, account: Account) -> bool:
        return account.id in self._standing or any(map(self._stands, self._inside.get(account.id, [])))

    def _section(self, account: Account) -> Section:
        children = [child for child in self._inside.get(account.id, []) if self._stands(child)]
        total = self._total(account, f"Total for {account.name}", self._moved(account))
        if not children:
            return Section(self._heading(account), self._lines(account), total)
        inner = map(self._section, children)
        whole = self._whole(account)
        if account.id not in self._standing:
            return Section(
                self._layout.words(account.name),
                inner,
                self._total(account, f"Total for {account.name}", whole),
            )
        rows = chain([Section(rows=self._lines(account), summary=total)], inner)
        words = f"Total for {account.name} with sub-accounts"
        return Section(self._heading(account), rows, self._total(account, words, whole))

    def _heading(self, account: Account) -> list[Cell]:
        return self._layout.words(account.name, identity=account.id)

    def _total(self, account: Account, words: str, cents: int | None) -> list[Cell]:
        return self._layout.words(words, amount=None if cents is None else cents * account.sign)

    def _moved(self, account: Account) -> int | None:
        standing = self._standing.get(account.id)
        return None if standing is None else standing.moved

    def _whole(self, account: Account) -> int | None:
        return add_up([self._moved(account), *map(self._whole, self._inside.get(account.id, []))])

    def _lines(self, account: Account) -> Iterator[Row]:
        standing = self._standing[account.id]
        balance = (standing.before or 0) * account.sign
        if self._beginnings and (standing.before or not account.is_income_statement):
            yield Line(self._layout.words("Beginning Balance", balance=balance))
        if standing.moved is None:
            return
        asked = self._entries.asked
        found = self._entries.lines(asked.start, asked.end, f"account = {account.id}")
        for told in self._layout.sorted(tell(self._entries, found)):
            balance += told.natural
            yield self._layout.line(told, balance)


def journal(company: Company, asked: Asked) -> Report:
    """Every transaction of a span of days with all its postings, debits beside credits."""
    entries = Entries(company, asked)
    layout = Layout(
        entries,
        ("tx_date", "txn_type", "doc_num", "name", "memo", "account_name", "debt_amt", "credit_amt"),
    )
    return Report(
        header(company, asked, basis=False, summarize=False), layout.columns, _journal_rows(entries, layout)
    )


def _journal_rows(entries: Entries, layout: Layout) -> Iterator[Row]:
    asked = entries.asked
    group: list[Told] = []
    whole = 0
    for told in tell(entries, entries.lines(asked.start, asked.end)):
        if group and (told.entry.txn, told.entry.day) != (group[0].entry.txn, group[0].entry.day):
            yield from _journal_entry(layout, group)
            whole += _debits(group)
            group = []
        group.append(told)
    if group:
        yield from _journal_entry(layout, group)
        whole += _debits(group)
        yield Section(summary=_sums(layout, "TOTAL", whole, whole), group="GrandTotal")


def _debits(group: Sequence[Told]) -> int:
    return sum(told.entry.amount for told in group if told.entry.amount > 0)


def _journal_entry(layout: Layout, group: Sequence[Told]) -> Iterator[Row]:
    """One transaction: its date and type stand in the first line only (Intuit's sample)."""
    for place, told in enumerate(group):
        line = layout.line(told)
        if place == 0:
            yield line
        else:
            repeated = {
                "tx_date": Cell("0-00-00"),
                "txn_type": Cell("", str(told.entry.txn)),
                "doc_num": Cell(),
            }
            yield Line([repeated.get(key, cell) for key, cell in zip(layout.keys, line.cells, strict=True)])
    credited = sum(-told.entry.amount for told in group if told.entry.amount < 0)
    yield Section(summary=_sums(layout, "", _debits(group), credited))


def _sums(layout: Layout, words: str, debited: int, credited: int) -> list[Cell]:
    sums = {"debt_amt": Cell(bare_money(debited)), "credit_amt": Cell(bare_money(credited))}
    cells = [sums.get(key, Cell()) for key in layout.keys]
    if layout.keys[0] not in sums:
        cells[0] = Cell(words)
    return cells
