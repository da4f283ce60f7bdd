"""Which transactions a detail report is about: filters on what the transactions behind the postings say of themselves.

The filters become a condition on postings, so that the sums of a report are those of its lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from qbosim import faults
from qbosim.books.ledger import to_cents
from qbosim.books.open_items import PAYABLES, RECEIVABLES, Side
from qbosim.records.company import Company
from qbosim.reports.account_types import accounts_of_types
from qbosim.reports.documents import Document, Documents
from qbosim.reports.names import Names
from qbosim.reports.parameters import Asked, choice, day, fiscal_month, ids
from qbosim.reports.periods import macro_span
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Report filters",
    documented(
        "report.transaction_filters",
        "docnum, term, payment_method, transaction_type, memo, name, bothamount, printed and source_account_type, and "
        "the ranges and macros of create, change and due dates, filter detail reports by their transactions; sums follow.",
        "Intuit's documentation of TransactionList; n8n's QuickBooks node lists the values",
    ),
    assumed(
        "report.transaction_filters.paid",
        "arpaid and appaid Paid or Unpaid leave only what asks for or brings money on that side: paid when nothing of it "
        "is open now.",
        "nothing else can be paid",
    ),
    assumed(
        "report.transaction_filters.cleared",
        "cleared Deposited leaves what a deposit holds, Uncleared everything else; nothing is Cleared or Reconciled.",
        "the simulator has no bank feed and no reconciliation",
    ),
    assumed(
        "report.transaction_filters.words",
        "A transaction type, state or macro that does not exist is refused with 2170, an amount with 2040.",
        "these codes stand for such values everywhere else",
    ),
)

REPORTS = frozenset(
    {
        "GeneralLedger",
        "JournalReport",
        "ProfitAndLossDetail",
        "TransactionList",
        "TransactionListByCustomer",
        "TransactionListByVendor",
        "TransactionListWithSplits",
    }
)
"""The reports that know these filters."""

_TABLE = "report_transaction"
_NOTED = "report_noted"

_TYPES = {
    "bill": "Bill",
    "billablecharge": "Billable Expense Charge",
    "billpaymentcheck": "Bill Payment (Check)",
    "billpaymentcreditcard": "Bill Payment (Credit Card)",
    "cashpurchase": "Expense",
    "charge": "Charge",
    "check": "Check",
    "credit": "Credit",
    "creditcardcharge": "Credit Card Expense",
    "creditcardcredit": "Credit Card Credit",
    "creditcardpayment": "Credit Card Payment",
    "creditmemo": "Credit Memo",
    "creditrefund": "Refund",
    "deposit": "Deposit",
    "estimate": "Estimate",
    "globaltaxadjustment": "Sales Tax Adjustment",
    "globaltaxpayment": "Sales Tax Payment",
    "inventoryquantityadjustment": "Inventory Qty Adjust",
    "invoice": "Invoice",
    "journalentry": "Journal Entry",
    "payment": "Payment",
    "purchaseorder": "Purchase Order",
    "receivepayment": "Payment",
    "refund": "Refund",
    "refundreceipt": "Refund",
    "salesreceipt": "Sales Receipt",
    "servicetaxdefer": "",
    "servicetaxgrossadjustment": "",
    "servicetaxpartialutilisation": "",
    "servicetaxrefund": "",
    "servicetaxreversal": "",
    "statement": "Statement",
    "timeactivity": "Time Charge",
    "transfer": "Transfer",
    "vendorcredit": "Vendor Credit",
}
"""Transaction types as the parameter spells them, and the words that reports have for them; some have no counterpart."""

_PAID = {"all": "", "paid": "paid", "unpaid": "unpaid"}
_CLEARED = {word: word for word in ("cleared", "uncleared", "reconciled", "deposited")}
_PRINTED = {"printed": "PrintComplete", "to_be_printed": "NeedToPrint"}
_DATES = {"createdate": "created", "moddate": "changed", "duedate": "due"}

_Test = Callable[[Document], bool]


@dataclass(frozen=True)
class Chosen:
    """What the filters leave."""

    where: str = ""
    """A condition on postings; empty when everything is wanted."""
    values: tuple[Any, ...] = ()
    transactions: frozenset[int] | None = None
    """Ids of the transactions that pass, with those that post nothing; None when all do."""
    noted: frozenset[int] | None = None
    """Those of them whose own memo has the words asked for; None when none were."""
    amount: int | None = None
    """The cents asked for."""
    parties: tuple[int, ...] = ()
    """Ids of names asked for."""
    needs_head: bool = False
    """Whether only transactions are wanted whose head stands on some account."""


def choose(company: Company, names: Names, asked: Asked) -> Chosen:
    """Read the filters and find what they leave. Raises 2030, 2040, 2060 or 2170 for values that cannot be read."""
    if asked.name not in REPORTS:
        return Chosen()
    tests = list(_tests(company, asked))
    memo = asked.word("memo").lower()
    amount = _amount(asked.word("bothamount"))
    parties = ids(asked.query, "name")
    where: list[str] = []
    values: list[Any] = []
    found = noted = None
    if tests or memo:
        documents = list(_documents(company, names, tests))
        found = frozenset(identity for identity, _ in documents)
        if tests:
            _keep(company, _TABLE, found)
            where.append(f"txn IN (SELECT txn FROM {_TABLE})")
    heads = _heads(names, asked)
    if heads is not None:
        marks = ", ".join("?" * len(heads))
        where.append(
            f"txn IN (SELECT txn FROM posting WHERE realm = ? AND line = 0 AND account IN ({marks}))"
        )
        values += [company.realm, *heads]
    if memo:
        noted = frozenset(identity for identity, document in documents if memo in document.memo.lower())
        _keep(company, _NOTED, noted)
        where.append(f"(instr(lower(memo), ?) OR memo = '' AND txn IN (SELECT txn FROM {_NOTED}))")
        values.append(memo)
    if amount is not None:
        where.append("abs(amount) = ?")
        values.append(amount)
    if parties:
        marks = ", ".join("?" * len(parties))
        where.append(f"(customer IN ({marks}) OR vendor IN ({marks}) OR employee IN ({marks}))")
        values += [*parties, *parties, *parties]
    return Chosen(
        " AND ".join(where),
        tuple(values),
        found if tests else None,
        noted,
        amount,
        parties,
        heads is not None,
    )


def drop_chosen(company: Company) -> None:
    """Forget what was chosen for a report; nothing happens when nothing was."""
    for table in (_TABLE, _NOTED):
        company.db.execute(f"DROP TABLE IF EXISTS temp.{table}")


def _heads(names: Names, asked: Asked) -> list[int] | None:
    """The accounts that a transaction's head may stand on, or None when any may."""
    heads = list(ids(asked.query, "source_account"))
    if asked.word("source_account_type"):
        return heads + accounts_of_types(names, asked.query, "source_account_type")
    return heads or None


def _keep(company: Company, table: str, chosen: frozenset[int]) -> None:
    company.db.execute(f"DROP TABLE IF EXISTS temp.{table}")
    company.db.execute(f"CREATE TEMP TABLE {table} (txn INTEGER PRIMARY KEY)")
    company.db.executemany(f"INSERT INTO {table} VALUES (?)", ((txn,) for txn in chosen))


def _documents(company: Company, names: Names, tests: list[_Test]) -> Iterator[tuple[int, Document]]:
    documents = Documents(company, names)
    for name, entity in company.entities.items():
        if entity.sequence != "Transactions":
            continue
        for identity, document in documents.all_of(name):
            if all(test(document) for test in tests):
                yield identity, document


def _tests(company: Company, asked: Asked) -> Iterator[_Test]:
    """One test per filter that was sent."""
    if number := asked.word("docnum"):
        yield lambda document: document.number == number
    if terms := _words(asked, "term"):
        yield lambda document: document.term_id in terms
    if methods := {_squeezed(word) for word in _words(asked, "payment_method")}:
        yield lambda document: bool(methods & {document.method_id, _squeezed(document.method)})
    if kinds := _kinds(asked):
        yield lambda document: document.title in kinds
    if printed := choice(asked.query, "printed", _PRINTED, ""):
        yield lambda document: document.printed == printed
    if cleared := choice(asked.query, "cleared", _CLEARED, ""):
        state = {"deposited": True, "uncleared": False}.get(cleared)
        yield lambda document: document.is_deposited is state
    for name, side in (("arpaid", RECEIVABLES), ("appaid", PAYABLES)):
        if paid := choice(asked.query, name, _PAID, ""):
            yield _paid_test(side, paid)
    for name, about in _DATES.items():
        span = _span(company, asked, name)
        if span is not None:
            yield _date_test(about, *span)


def _paid_test(side: Side, paid: str) -> _Test:
    return lambda document: document.side is side and document.is_open is (paid == "unpaid")


def _date_test(about: str, first: str, last: str) -> _Test:
    return lambda document: bool(told := getattr(document, about)[:10]) and first <= told <= last


def _span(company: Company, asked: Asked, name: str) -> tuple[str, str] | None:
    """The days that a range or macro of another date means, or None when neither was sent."""
    first, last = day(asked.query, f"start_{name}"), day(asked.query, f"end_{name}")
    macro = asked.word(f"{name}_macro")
    if first is None and last is None and macro:
        span = macro_span(macro, date.fromisoformat(company.today), fiscal_month(company))
        if span is None:
            raise faults.bad_choice(f"{name}_macro", macro)
        first, last = span.start, span.end
    if first is None and last is None:
        return None
    return (first.isoformat() if first else "", last.isoformat() if last else "9999-12-31")


def _kinds(asked: Asked) -> set[str]:
    kinds = set()
    for word in asked.word("transaction_type").split(","):
        if not word.strip():
            continue
        title = _TYPES.get(_squeezed(word))
        titles = {_squeezed(known): known for known in _TYPES.values()}
        if title is None and _squeezed(word) in titles:
            title = titles[_squeezed(word)]
        if title is None:
            raise faults.bad_choice("transaction_type", word.strip())
        kinds.add(title)
    return kinds


def _amount(text: str) -> int | None:
    if not text:
        return None
    try:
        value = Decimal(text)
        return abs(to_cents(value)) if abs(value) < 10**15 else -1
    except (InvalidOperation, ValueError) as error:
        raise faults.bad_number("bothamount", text) from error


def _squeezed(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _words(asked: Asked, name: str) -> set[str]:
    return {part.strip().lower() for part in asked.word(name).split(",") if part.strip()}
