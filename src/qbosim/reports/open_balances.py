"""What customers owe and what is owed to vendors on a day: balances and ageing, by name or document by document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from qbosim import faults
from qbosim.books.open_items import PAYABLES, RECEIVABLES, Side
from qbosim.records.company import Company
from qbosim.reports.columns import Amounts
from qbosim.reports.documents import Document, Documents
from qbosim.reports.entries import Entries
from qbosim.reports.frame import Cell, Column, Line, Report, Row, Section, bare_money
from qbosim.reports.lines import BATCH
from qbosim.reports.name_rows import NameRows
from qbosim.reports.parameters import Asked, choice, day, header, ids, number
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Open balances",
    documented(
        "report.aged",
        "Aged reports put what is open on `report_date` (today) into Current, 1 - 30, 31 - 60, 61 - 90, 91 and over days "
        "past due; `aging_period` and `num_periods` change the steps.",
        "Intuit's documentation of AgedReceivables and AgedReceivableDetail",
    ),
    documented(
        "report.aged.method",
        "With `aging_method` Current the days past due are counted to today instead of the report's date.",
        "Intuit's documentation of AgedReceivables",
    ),
    documented(
        "report.aged.detail",
        "Aged detail reports have a section per step, the oldest first, with a line per open document.",
        "Intuit's documentation of AgedReceivableDetail",
    ),
    documented(
        "report.balances",
        "CustomerBalance and VendorBalance show what is open by name; their details the open documents with a running "
        "balance.",
        "Intuit's documentation of CustomerBalance and VendorBalanceDetail",
    ),
    recorded(
        "report.payables_columns",
        "Details of payables call their amounts subt_neg_amount and subt_neg_open_bal, and the aged one shows the days "
        "past due.",
        "XML of AgedPayableDetail (ruckus/quickbooks-ruby); Intuit's documentation of VendorBalanceDetail",
    ),
    assumed(
        "report.aged.credits",
        "Credits and unapplied payments count from their own date.",
        "they have no due date",
    ),
    assumed(
        "report.aged.settled_elsewhere",
        "What something outside its books settled of a loaded document is not open in these reports, though the account "
        "in the balance sheet still holds it: the two differ by exactly that.",
        "the loaded document says what is open of it; what settled it is not known",
    ),
    assumed(
        "report.aged.home",
        "Amounts are in home currency at the rate of the document.",
        "so they add up to the balance sheet",
    ),
)

_MOST_PERIODS = 50
_MOST_DAYS = 1_000


@dataclass
class _Open:
    """What one transaction leaves open under one name."""

    entity: str
    txn: int
    day: str
    account: int
    party: int | None
    department: int | None
    home: int
    """Cents in home currency, positive where it is owed."""
    foreign: int
    left: int = 0
    """Home cents still open."""


@dataclass(frozen=True)
class _Told:
    """One open item with its document."""

    item: _Open
    document: Document

    @property
    def due(self) -> str:
        return self.document.due or self.item.day


def open_on(entries: Entries, side: Side, as_of: str) -> list[_Open]:
    """What is open on a side at the end of a day, everything settled by then taken off; filters applied."""
    company = entries.company
    accounts = ",".join(str(account.id) for account in entries.names.accounts_of([side.account_type]))
    party = "customer" if side is RECEIVABLES else "vendor"
    rows = company.db.execute(
        f"SELECT entity, txn, day, account, {party}, max(department), sum(amount), sum(foreign_amount) FROM posting "
        f"WHERE realm = ? AND day <= ? AND account IN ({accounts}) GROUP BY txn, account, {party} ORDER BY day, txn",
        (company.realm, as_of),
    )
    found: dict[int, list[_Open]] = defaultdict(list)
    for row in rows:
        item = _Open(*row)
        item.home, item.foreign = item.home * side.sign, item.foreign * side.sign
        item.left = item.home
        found[item.txn].append(item)
    _take_off(company, side, found, as_of)
    wanted = set(entries.asked.filters.get(party, ()))
    places = set(entries.asked.filters.get("department", ()))
    return [
        item
        for items in found.values()
        for item in items
        if item.left and (not wanted or item.party in wanted) and (not places or item.department in places)
    ]


def _take_off(company: Company, side: Side, found: dict[int, list[_Open]], as_of: str) -> None:
    """Move what was applied by `as_of` from the payments to the documents."""
    settled: dict[tuple[int, int], int] = defaultdict(int)
    rows = company.db.execute(
        "SELECT payment, txn, amount FROM application WHERE realm = ? AND day <= ? AND payer IN (?, '') "
        "ORDER BY payment, line",
        (company.realm, as_of, side.payer),
    )
    for payment, txn, amount in rows:
        payers = found.get(payment, [])
        parties = [item.party for item in payers]
        documents = found.get(txn, [])
        document = next((item for item in documents if item.party in parties), None) or next(
            iter(documents), None
        )
        if document is None or not document.foreign:
            continue
        key = (txn, id(document))
        before, settled[key] = settled[key], settled[key] + amount
        share = _share(document, settled[key]) - _share(document, before)
        document.left -= share
        payer = next((item for item in payers if item.party == document.party), None) or next(
            iter(payers), None
        )
        if payer is not None:
            payer.left += share


def _share(item: _Open, amount: int) -> int:
    """Home cents of so many foreign cents of an item, signed like the item."""
    whole = abs(item.foreign)
    upto = (2 * abs(item.home) * min(amount, whole) + whole) // (2 * whole)
    return upto if item.home > 0 else -upto


# -- balances ----------------------------------------------------------------------------------------------------


def customer_balance(company: Company, asked: Asked) -> Report:
    """What each customer owes."""
    return _balance(company, asked, RECEIVABLES)


def vendor_balance(company: Company, asked: Asked) -> Report:
    """What is owed to each vendor."""
    return _balance(company, asked, PAYABLES)


def _balance(company: Company, asked: Asked, side: Side) -> Report:
    entries = Entries(company, asked)
    sums: dict[int | None, Amounts] = {}
    as_of = report_day(company, asked)
    for item in open_on(entries, side, as_of):
        sums[item.party] = [(sums.get(item.party, [0])[0] or 0) + item.left]
    rows = NameRows(entries.names, _column(side), sums, 1, descending=asked.descending).rows()
    columns = [Column("", side.list, side.list.lower()), Column("Total", "Money", "total")]
    return Report(_head(company, asked), columns, rows, [("report_date", as_of)])


def customer_balance_detail(company: Company, asked: Asked) -> Report:
    """What each customer owes, document by document."""
    return _balance_detail(company, asked, RECEIVABLES)


def vendor_balance_detail(company: Company, asked: Asked) -> Report:
    """What is owed to each vendor, document by document."""
    return _balance_detail(company, asked, PAYABLES)


def _balance_detail(company: Company, asked: Asked, side: Side) -> Report:
    entries = Entries(company, asked)
    as_of = report_day(company, asked)
    layout = _Layout(
        entries, side, as_of, ("tx_date", "txn_type", "doc_num", "due_date", *_AMOUNTS, "rbal_open_bal")
    )
    by_party: dict[int | None, list[_Told]] = defaultdict(list)
    for told in _tell(entries, open_on(entries, side, as_of)):
        by_party[told.item.party].append(told)
    named = sorted(
        by_party, key=lambda party: entries.names.of(_column(side), party).lower(), reverse=asked.descending
    )
    rows: list[Row] = [
        layout.section(entries.names.of(_column(side), party), by_party[party], identity=party)
        for party in named
    ]
    if rows:
        rows.append(layout.total("TOTAL", [told for party in named for told in by_party[party]]))
    return Report(_head(company, asked), layout.columns, rows, [("report_date", as_of)])


# -- ageing ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Steps:
    """The steps of days past due."""

    days: int
    count: int

    def of(self, days: int) -> int:
        """The step of so many days past due: 0 is Current."""
        return 0 if days <= 0 else min((days - 1) // self.days + 1, self.count)

    def title(self, step: int) -> str:
        """`Current`, `1 - 30`, …, `91 and over`."""
        first = (step - 1) * self.days + 1
        if step == 0:
            return "Current"
        return f"{first} and over" if step == self.count else f"{first} - {step * self.days}"

    def words(self, step: int) -> str:
        """The heading of a step in detail reports."""
        first = (step - 1) * self.days + 1
        if step == 0:
            return "Current"
        end = " or more" if step == self.count else f" - {step * self.days}"
        return f"{first}{end} days past due"


def aged_receivables(company: Company, asked: Asked) -> Report:
    """What customers owe, by days past due."""
    return _aged(company, asked, RECEIVABLES)


def aged_payables(company: Company, asked: Asked) -> Report:
    """What is owed to vendors, by days past due."""
    return _aged(company, asked, PAYABLES)


def _aged(company: Company, asked: Asked, side: Side) -> Report:
    entries = Entries(company, asked)
    as_of = report_day(company, asked)
    steps = _steps(asked)
    width = steps.count + 2
    sums: dict[int | None, Amounts] = {}
    for told, days in _past_due(entries, side, as_of):
        amounts = sums.setdefault(told.item.party, [None] * width)
        for place in (steps.of(days), width - 1):
            amounts[place] = (amounts[place] or 0) + told.item.left
    columns = [
        Column("", side.list, side.list.lower()),
        Column("Current", "Money", "current"),
        *(Column(steps.title(step), "Money", str(step - 1)) for step in range(1, steps.count + 1)),
        Column("Total", "Money", "total"),
    ]
    nothing: Amounts = [*[None] * (width - 1), 0]
    listed = NameRows(entries.names, _column(side), sums, width, descending=asked.descending, nothing=nothing)
    return Report(_head(company, asked), columns, listed.rows(), [("report_date", as_of)])


def aged_receivable_detail(company: Company, asked: Asked) -> Report:
    """What customers owe, document by document, the longest past due first."""
    return _aged_detail(company, asked, RECEIVABLES)


def aged_payable_detail(company: Company, asked: Asked) -> Report:
    """What is owed to vendors, document by document, the longest past due first."""
    return _aged_detail(company, asked, PAYABLES)


def _aged_detail(company: Company, asked: Asked, side: Side) -> Report:
    entries = Entries(company, asked)
    as_of = report_day(company, asked)
    steps = _steps(asked)
    named = ("cust_name", "due_date") if side is RECEIVABLES else ("vend_name", "due_date", "past_due")
    layout = _Layout(entries, side, as_of, ("tx_date", "txn_type", "doc_num", *named, *_AMOUNTS))
    least = number(asked.query, "past_due", 0, _MOST_DAYS) if asked.word("past_due") else None
    by_step: dict[int, list[_Told]] = defaultdict(list)
    for told, days in _past_due(entries, side, as_of):
        if least is None or days >= least:
            by_step[steps.of(days)].append(told)
    rows: list[Row] = [
        layout.section(steps.words(step), by_step[step]) for step in sorted(by_step, reverse=True)
    ]
    if rows:
        rows.append(layout.total("TOTAL", [told for found in by_step.values() for told in found]))
    return Report(_head(company, asked), layout.columns, rows, [("report_date", as_of)])


def report_day(company: Company, asked: Asked) -> str:
    """The day a report of balances is about: `report_date`, else the end of the days asked for, else today."""
    named = day(asked.query, "report_date")
    if named is not None:
        return named.isoformat()
    dated = asked.word("start_date") or asked.word("end_date") or asked.word("date_macro")
    return asked.end if dated and asked.macro != "all" else company.today


def _steps(asked: Asked) -> _Steps:
    return _Steps(
        number(asked.query, "aging_period", 30, _MOST_DAYS),
        number(asked.query, "num_periods", 4, _MOST_PERIODS),
    )


def _past_due(entries: Entries, side: Side, as_of: str) -> Iterator[tuple[_Told, int]]:
    """Open items with the days they are past due."""
    until = _until(entries, as_of)
    first, last = day(entries.asked.query, "start_duedate"), day(entries.asked.query, "end_duedate")
    for told in _tell(entries, open_on(entries, side, as_of)):
        due = date.fromisoformat(told.due)
        if (first is None or due >= first) and (last is None or due <= last):
            yield told, (until - due).days


def _until(entries: Entries, as_of: str) -> date:
    """The day up to which days past due are counted."""
    words = {"report_date": as_of, "current": entries.company.today}
    return date.fromisoformat(choice(entries.asked.query, "aging_method", words, as_of))


def _tell(entries: Entries, items: Iterable[_Open]) -> Iterator[_Told]:
    documents = Documents(entries.company, entries.names)
    terms = {str(term) for term in ids(entries.asked.query, "term")}
    left = iter(items)
    while batch := list(islice(left, BATCH)):
        documents.read((item.entity, item.txn) for item in batch)
        for item in batch:
            document = documents.of(item.entity, item.txn)
            if not terms or document.term_id in terms:
                yield _Told(item, document)


# -- lines of documents --------------------------------------------------------------------------------------------

_AMOUNTS = ("subt_amount", "subt_open_bal")
_TITLES = {
    "tx_date": ("Date", "Date"),
    "txn_type": ("Transaction Type", "String"),
    "doc_num": ("Num", "String"),
    "cust_name": ("Customer", "String"),
    "vend_name": ("Vendor", "String"),
    "dept_name": ("Location", "String"),
    "due_date": ("Due Date", "Date"),
    "term_name": ("Terms", "String"),
    "memo": ("Memo/Description", "String"),
    "subt_amount": ("Amount", "Money"),
    "subt_open_bal": ("Open Balance", "Money"),
    "rbal_open_bal": ("Balance", "Money"),
    "past_due": ("Past Due", "String"),
}
_OF_PAYABLES = {
    "subt_amount": "subt_neg_amount",
    "subt_open_bal": "subt_neg_open_bal",
    "rbal_open_bal": "rbal_neg_open_bal",
}
"""What payables call these columns."""


class _Layout:
    """The columns of a list of open documents."""

    def __init__(self, entries: Entries, side: Side, as_of: str, usual: Sequence[str]) -> None:
        self._entries = entries
        self._column = _column(side)
        self._until = _until(entries, as_of)
        shown = _OF_PAYABLES if side is PAYABLES else {}
        known = {name: key for key, name in shown.items()}
        named = [part.strip().lower() for part in entries.asked.word("columns").split(",") if part.strip()]
        asked = [known.get(key, key) for key in named]
        for key in asked:
            if key not in _TITLES:
                raise faults.bad_choice("columns", key)
        self._keys = list(dict.fromkeys(asked)) or list(usual)
        self.columns = [Column(*_TITLES[key], shown.get(key, key)) for key in self._keys]

    def section(self, words: str, found: Sequence[_Told], *, identity: int | None = None) -> Section:
        """Documents under a heading, with their sums."""
        heading = [Cell(words, str(identity) if identity else ""), *[Cell()] * (len(self._keys) - 1)]
        rows: list[Row] = []
        balance = 0
        for told in found:
            balance += told.item.left
            rows.append(Line([self._cell(key, told, balance) for key in self._keys]))
        return Section(heading, rows, self.total(f"Total for {words}", found).summary)

    def total(self, words: str, found: Sequence[_Told]) -> Section:
        """The sums of documents, as a section with nothing but its summary."""
        sums = {
            "subt_amount": Cell(bare_money(sum(told.item.home for told in found))),
            "subt_open_bal": Cell(bare_money(sum(told.item.left for told in found))),
        }
        cells = [sums.get(key, Cell()) for key in self._keys]
        return Section(summary=[Cell(words), *cells[1:]])

    def _cell(self, key: str, told: _Told, balance: int) -> Cell:
        item, document = told.item, told.document
        if key in ("cust_name", "vend_name"):
            return Cell(self._entries.names.of(self._column, item.party), str(item.party or ""))
        values = {
            "tx_date": item.day,
            "doc_num": document.number,
            "dept_name": self._entries.names.of("department", item.department),
            "due_date": told.due,
            "term_name": document.term,
            "memo": document.memo,
            "subt_amount": bare_money(item.home),
            "subt_open_bal": bare_money(item.left),
            "rbal_open_bal": bare_money(balance),
            "past_due": str((self._until - date.fromisoformat(told.due)).days),
        }
        return Cell(document.title, str(item.txn)) if key == "txn_type" else Cell(values[key])


def _column(side: Side) -> str:
    return "customer" if side is RECEIVABLES else "vendor"


def _head(company: Company, asked: Asked) -> dict[str, object]:
    return header(company, asked, basis=False, summarize=False)
