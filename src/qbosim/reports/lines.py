"""The columns of detail reports: which there are, which a report shows, and how a posting fills them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from qbosim import faults
from qbosim.books.ledger import QUANTITY_UNIT
from qbosim.books.open_items import PAYABLES, RECEIVABLES, Side
from qbosim.records.company import Company
from qbosim.reports.documents import Document, Documents
from qbosim.reports.entries import Entries, Entry
from qbosim.reports.frame import Cell, Column, Line, bare_money, money
from qbosim.reports.names import Account
from qbosim.reports.parameters import choice
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
    assumed(
        "report.columns.empty",
        "Who created and who changed a transaction last are columns that are there and empty.",
        "the API does not tell either",
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


def _invoice_date(told: Told, _entries: Entries) -> Cell:
    return Cell(told.entry.day if told.entry.entity == "Invoice" else "")


def _paid(told: Told, side: Side) -> Cell:
    if told.document.side is not side:
        return Cell()
    return Cell("Unpaid" if told.document.is_open else "Paid")


_PRINTED = {"PrintComplete": "Printed", "NeedToPrint": "To be printed"}

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
    "pmt_mthod": _Kind("Payment Method", "String", lambda told, _: Cell(told.document.method)),
    "cust_msg": _Kind("Customer Message", "String", lambda told, _: Cell(told.document.message)),
    "inv_date": _Kind("Invoice Date", "Date", _invoice_date),
    "is_ar_paid": _Kind("A/R Paid", "String", lambda told, _: _paid(told, RECEIVABLES)),
    "is_ap_paid": _Kind("A/P Paid", "String", lambda told, _: _paid(told, PAYABLES)),
    "is_cleared": _Kind("Clr", "String", lambda told, _: Cell("C" if told.document.is_deposited else "")),
    "is_adj": _Kind("Adj", "String", lambda told, _: Cell("Yes" if told.document.is_adjustment else "No")),
    "printed": _Kind(
        "Check Printed", "String", lambda told, _: Cell(_PRINTED.get(told.document.printed, ""))
    ),
    "create_by": _Kind("Created By", "String", lambda _told, _: Cell()),
    "last_mod_by": _Kind("Last Modified By", "String", lambda _told, _: Cell()),
    "ship_via": _Kind("Ship Via", "String", lambda told, _: Cell(told.document.shipped)),
    "tracking_num": _Kind("Tracking No.", "String", lambda told, _: Cell(told.document.tracking)),
    "sales_cust1": _Kind("Custom Field 1", "String", lambda told, _: Cell(told.document.custom[0])),
    "sales_cust2": _Kind("Custom Field 2", "String", lambda told, _: Cell(told.document.custom[1])),
    "sales_cust3": _Kind("Custom Field 3", "String", lambda told, _: Cell(told.document.custom[2])),
    "debt_amt": _Kind("Debit", "Money", _debit),
    "credit_amt": _Kind("Credit", "Money", _credit),
    "debt_home_amt": _Kind("Debit", "Money", _debit),
    "credit_home_amt": _Kind("Credit", "Money", _credit),
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
    """Postings with their transactions."""
    documents = Documents(entries.company, entries.names)
    while batch := list(islice(found, BATCH)):
        documents.read((entry.entity, entry.txn) for entry in batch)
        for entry in batch:
            yield Told(
                entry,
                documents.of(entry.entity, entry.txn),
                entries.names.accounts.get(entry.account),
                documents.other_side(entry.entity, entry.txn, entry.line),
                entries.names.party(entry.customer, entry.vendor, entry.employee),
            )


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
