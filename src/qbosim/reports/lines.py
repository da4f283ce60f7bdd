"""The columns of detail reports: which there are, which a report shows, and how a posting fills them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from qbosim import faults
from qbosim.books.ledger import QUANTITY_UNIT
from qbosim.records.company import Company
from qbosim.reports.documents import Document, Documents
from qbosim.reports.entries import Entries, Entry
from qbosim.reports.frame import Cell, Column, Line, bare_money, money
from qbosim.reports.names import Account
from qbosim.reports.parameters import Asked, choice
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Report lines",
    documented(
        "report.columns.selection",
        "`columns` chooses the columns of a detail report, in the order in which they are named.",
        "Intuit's documentation of GeneralLedger and TransactionList",
    ),
    documented(
        "report.sort",
        "`sort_by` sorts the lines of a detail report by one of its columns, `sort_order` says in which direction.",
        "Intuit's documentation of GeneralLedger and TransactionList",
    ),
    documented(
        "report.transaction_filters",
        "docnum, term, payment_method, transaction_type and memo filter the lines of detail reports by their transaction.",
        "Intuit's documentation of TransactionList",
    ),
    recorded(
        "report.detail_amounts",
        "Amounts of detail reports have no zero before the point: nothing is `.00`.",
        "a ProfitAndLossDetail answer of January 2025 in a public repository; XML of AgedPayableDetail "
        "(ruckus/quickbooks-ruby)",
    ),
    recorded(
        "report.empty_ids",
        "A name or an account on the other side that is missing, or is `-Split-`, has an empty id.",
        "sandbox traffic (minimul/qbo_api, GeneralLedger); a ProfitAndLossDetail answer of January 2025",
    ),
    assumed(
        "report.tracked_columns",
        "Without `columns`, locations and classes have a column when the company tracks them.",
        "recorded lists differ in this",
    ),
)

BATCH = 2_000
"""Lines whose transactions are read together."""


@dataclass(frozen=True)
class Told:
    """One posting with all that its line may show."""

    entry: Entry
    document: Document
    account: Account | None
    other: tuple[str, int | None]
    party: tuple[str, int | None]

    @property
    def natural(self) -> int:
        """Cents, positive where they make the account larger."""
        return self.entry.amount * (self.account.sign if self.account else 1)


@dataclass(frozen=True)
class _Kind:
    title: str
    type: str
    cell: Callable[[Told, Entries], Cell]


def _headed(name: str, identity: int | None) -> Cell:
    return Cell(name, str(identity) if identity is not None and identity > 0 else "")


def _named(name: str, identity: int | None) -> Cell:
    return Cell(name, str(identity) if identity is not None and identity > 0 else "", shows_no_id=True)


def _listed(column: str) -> Callable[[Told, Entries], Cell]:
    def cell(told: Told, entries: Entries) -> Cell:
        identity = getattr(told.entry, column)
        return _named(entries.names.of(column, identity), identity)

    return cell


def _debit(told: Told, _entries: Entries) -> Cell:
    return Cell(bare_money(told.entry.amount) if told.entry.amount > 0 else "")


def _credit(told: Told, _entries: Entries) -> Cell:
    return Cell(bare_money(-told.entry.amount) if told.entry.amount < 0 else "")


def _quantity(told: Told, _entries: Entries) -> Cell:
    units = told.entry.quantity
    return Cell("" if units is None else money(-units * 100 // QUANTITY_UNIT))


def _account(told: Told, _entries: Entries) -> Cell:
    account = told.account
    return _named(account.full_name, account.id) if account else Cell()


def _memo(told: Told, _entries: Entries) -> Cell:
    return Cell(told.entry.memo or told.document.memo)


def _amount(told: Told, _entries: Entries) -> Cell:
    return Cell(bare_money(told.natural))


_KINDS: dict[str, _Kind] = {
    "tx_date": _Kind("Date", "Date", lambda told, _: Cell(told.entry.day)),
    "txn_type": _Kind(
        "Transaction Type", "String", lambda told, _: _named(told.document.title, told.entry.txn)
    ),
    "doc_num": _Kind("Num", "String", lambda told, _: Cell(told.document.number)),
    "is_no_post": _Kind("Posting", "Boolean", lambda told, _: Cell("Yes" if told.account else "No")),
    "name": _Kind("Name", "String", lambda told, _: _named(*told.party)),
    "cust_name": _Kind("Customer", "String", _listed("customer")),
    "vend_name": _Kind("Vendor", "String", _listed("vendor")),
    "emp_name": _Kind("Employee", "String", _listed("employee")),
    "item_name": _Kind("Product/Service", "String", _listed("item")),
    "dept_name": _Kind("Location", "String", _listed("department")),
    "klass_name": _Kind("Class", "String", _listed("klass")),
    "memo": _Kind("Memo/Description", "String", _memo),
    "account_name": _Kind("Account", "String", _account),
    "split_acc": _Kind("Split", "String", lambda told, _: _named(*told.other)),
    "other_account": _Kind("Split", "String", lambda told, _: _named(*told.other)),
    "due_date": _Kind("Due Date", "Date", lambda told, _: Cell(told.document.due)),
    "term_name": _Kind("Terms", "String", lambda told, _: Cell(told.document.term)),
    "pmt_mthd": _Kind("Payment Method", "String", lambda told, _: Cell(told.document.method)),
    "create_date": _Kind("Create Date", "DateTime", lambda told, _: Cell(told.document.created)),
    "last_mod_date": _Kind("Last Modified", "DateTime", lambda told, _: Cell(told.document.changed)),
    "quantity": _Kind("Qty", "Quantity", _quantity),
    "debt_amt": _Kind("Debit", "Money", _debit),
    "credit_amt": _Kind("Credit", "Money", _credit),
    "subt_nat_amount": _Kind("Amount", "Money", _amount),
    "subt_nat_home_amount": _Kind("Amount", "Money", _amount),
    "subt_nat_amount_nt": _Kind("Amount", "Money", _amount),
    "rbal_nat_amount": _Kind("Balance", "Money", lambda _told, _: Cell()),
    "rbal_nat_amount_nt": _Kind("Balance", "Money", lambda _told, _: Cell()),
}
_AMOUNTS = frozenset({"subt_nat_amount", "subt_nat_home_amount", "subt_nat_amount_nt"})
_BALANCES = frozenset({"rbal_nat_amount", "rbal_nat_amount_nt"})


class Layout:
    """The columns that one detail report shows."""

    def __init__(self, entries: Entries, usual: Sequence[str]) -> None:
        """`usual` are the keys that it shows when the client names none."""
        self.entries = entries
        asked = entries.asked.word("columns")
        self.keys = _chosen(asked) if asked else _tracked(entries.company, usual)
        self.columns = [Column(_KINDS[key].title, _KINDS[key].type, key) for key in self.keys]
        self.sort_by = choice(
            entries.asked.query, "sort_by", {key: key for key in (*_KINDS, "default")}, "default"
        )

    def line(self, told: Told, balance: int | None = None) -> Line:
        """A posting as a line; `balance` is the running balance in cents."""
        return Line([self._cell(key, told, balance) for key in self.keys])

    def _cell(self, key: str, told: Told, balance: int | None) -> Cell:
        if key in _BALANCES:
            return Cell("" if balance is None else bare_money(balance))
        return _KINDS[key].cell(told, self.entries)

    def words(
        self,
        first: str,
        *,
        identity: int | None = None,
        amount: int | None = None,
        balance: int | None = None,
    ) -> list[Cell]:
        """A heading or sum: words in the first column, and an amount or a balance where these stand."""
        cells = [_headed(first, identity)] + [Cell()] * (len(self.keys) - 1)
        for place, key in enumerate(self.keys):
            if amount is not None and key in _AMOUNTS and place:
                cells[place] = Cell(bare_money(amount))
            if balance is not None and key in _BALANCES and place:
                cells[place] = Cell(bare_money(balance))
        return cells

    def sorted(self, told: Iterable[Told]) -> Iterable[Told]:
        """Lines in the order asked for; as they come when none was."""
        asked = self.entries.asked
        if self.sort_by == "default" and not asked.descending:
            return told
        key = "tx_date" if self.sort_by == "default" else self.sort_by
        if key in _AMOUNTS or key in ("debt_amt", "credit_amt"):
            return sorted(told, key=lambda line: line.natural, reverse=asked.descending)
        cell = _KINDS[key].cell
        return sorted(told, key=lambda line: cell(line, self.entries).value.lower(), reverse=asked.descending)


def tell(entries: Entries, found: Iterator[Entry]) -> Iterator[Told]:
    """Postings with their transactions, those left out that the request's filters about transactions exclude."""
    documents = Documents(entries.company, entries.names)
    while batch := list(islice(found, BATCH)):
        documents.read((entry.entity, entry.txn) for entry in batch)
        for entry in batch:
            document = documents.of(entry.entity, entry.txn)
            if _wanted(entries.asked, document, entry):
                yield Told(
                    entry,
                    document,
                    entries.names.accounts.get(entry.account),
                    documents.other_side(entry.entity, entry.txn, entry.line),
                    entries.names.party(entry.customer, entry.vendor, entry.employee),
                )


def _wanted(asked: Asked, document: Document, entry: Entry) -> bool:
    if (number := asked.word("docnum")) and document.number != number:
        return False
    if (terms := asked.word("term")) and document.term_id not in _listed_words(terms):
        return False
    if (methods := asked.word("payment_method")) and not (
        {document.method_id.lower(), document.method.lower()} & _listed_words(methods)
    ):
        return False
    if (kinds := asked.word("transaction_type")) and not (
        {entry.entity.lower(), _squeezed(document.title)} & {_squeezed(kind) for kind in kinds.split(",")}
    ):
        return False
    memo = asked.word("memo")
    return not memo or memo.lower() in (entry.memo or document.memo).lower()


def _squeezed(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _listed_words(text: str) -> set[str]:
    return {part.strip().lower() for part in text.split(",")}


def _chosen(text: str) -> list[str]:
    keys = [part.strip().lower() for part in text.split(",") if part.strip()]
    for key in keys:
        if key not in _KINDS:
            raise faults.bad_choice("columns", key)
    return list(dict.fromkeys(keys))


def _tracked(company: Company, usual: Sequence[str]) -> list[str]:
    tracked = []
    if company.preference("AccountingInfoPrefs", "TrackDepartments"):
        tracked.append("dept_name")
    if any(
        company.preference("AccountingInfoPrefs", key)
        for key in ("ClassTrackingPerTxn", "ClassTrackingPerTxnLine")
    ):
        tracked.append("klass_name")
    keys = list(usual)
    if "memo" in keys:
        place = keys.index("memo")
        keys[place:place] = tracked
    return keys
