"""The postings a report is made from: all of them on accrual basis; on cash basis those of what money was paid for.

On cash basis receivables and payables do not exist. What a document earned or cost counts on the day it is settled, each
of its lines in proportion to the settled part; shares of a line add up to the line, to the cent. Money that settles nothing
yet is unapplied income (of customers) or unapplied expense (of vendors).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from qbosim.records.company import Company
from qbosim.reports.names import Account, Names
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Cash basis",
    documented(
        "report.cash.settled",
        "On cash basis a document's lines count when it is settled, in proportion, exact to the cent; receivables and "
        "payables do not appear.",
        "Intuit's help pages on cash and accrual basis",
    ),
    documented(
        "report.cash.unapplied",
        "Money that settles nothing yet is Unapplied Cash Payment Income, or Unapplied Cash Bill Payment Expense.",
        "Intuit's help pages on unapplied cash payment income",
    ),
    assumed(
        "report.cash.day",
        "A document that is dated after the payment that settles it counts on its own day.",
        "nothing is earned before it is billed",
    ),
    assumed(
        "report.cash.all_lines",
        "Sales tax and lines on balance sheet accounts follow the settlement like income does.",
        "without receivables the books would not balance otherwise",
    ),
)

COLUMNS = (
    "txn, line, entity, day, account, amount, foreign_amount, customer, vendor, employee, item, quantity, klass, "
    "department, memo"
)
_CASH = "cash_posting"
_NOT_IN_CHART = {"Accounts Receivable": -1, "Accounts Payable": -2}
"""Stand for an unapplied account that the chart does not have."""

_UNAPPLIED = {
    "Accounts Receivable": (
        "UnappliedCashPaymentIncome",
        "Unapplied Cash Payment Income",
        "Income",
        "Revenue",
    ),
    "Accounts Payable": (
        "UnappliedCashBillPaymentExpense",
        "Unapplied Cash Bill Payment Expense",
        "Expense",
        "Expense",
    ),
}


@dataclass(frozen=True)
class _Posting:
    txn: int
    line: int
    entity: str
    day: str
    account: int
    amount: int
    foreign: int
    customer: int | None
    vendor: int | None
    employee: int | None
    item: int | None
    quantity: int | None
    klass: int | None
    department: int | None
    memo: str


@dataclass
class _Document:
    """What a transaction with receivables or payables earned or cost, waiting to be settled."""

    day: str
    whole: int
    """Cents to settle, in the transaction's currency, of all its open items."""
    deferred: list[_Posting]
    released: int = 0
    shares: list[int] = field(default_factory=list)
    """What of each deferred line has counted so far."""
    units: list[int] = field(default_factory=list)


def source(company: Company, names: Names, basis: str) -> str:
    """The table that holds the postings of a basis (`Cash` or `Accrual`), with the columns of `posting`."""
    if basis == "Accrual":
        return "posting"
    company.db.execute(f"CREATE TEMP TABLE IF NOT EXISTS {_CASH} AS SELECT * FROM posting LIMIT 0")
    company.db.execute(f"DELETE FROM {_CASH}")
    cash = _CashBooks(company, names)
    company.db.executemany(
        f"INSERT INTO {_CASH} (realm, {COLUMNS}) VALUES (?{', ?' * 15})",
        ((company.realm, *_row(posting)) for posting in cash.postings()),
    )
    return _CASH


class _CashBooks:
    def __init__(self, company: Company, names: Names) -> None:
        self._company = company
        self._names = names
        self._control = {account.id for account in names.accounts.values() if account.is_control}
        self._documents: dict[int, _Document] = {}
        self._payments: dict[int, tuple[str, list[_Posting]]] = {}

    def postings(self) -> Iterator[_Posting]:
        """Every posting on cash basis."""
        for group in self._transactions():
            control = [posting for posting in group if posting.account in self._control]
            if not control:
                yield from group
            elif group[0].entity in ("Payment", "BillPayment"):
                self._payments[group[0].txn] = (group[0].entity, group)
            else:
                yield from self._defer(group, control)
        yield from self._settle()

    def _transactions(self) -> Iterator[list[_Posting]]:
        rows = self._company.db.execute(
            f"SELECT {COLUMNS} FROM posting WHERE realm = ? ORDER BY txn, line", (self._company.realm,)
        )
        group: list[_Posting] = []
        for row in rows:
            posting = _Posting(*row)
            if group and posting.txn != group[0].txn:
                yield group
                group = []
            group.append(posting)
        if group:
            yield group

    def _defer(self, group: Sequence[_Posting], control: Sequence[_Posting]) -> Iterator[_Posting]:
        """Keep a document's lines for its settlement; what it did with money at once counts at once, as unapplied."""
        lines = [posting for posting in group if posting.account not in self._control]
        if sum(posting.amount for posting in control) == 0:
            yield from lines
            return
        money = [posting for posting in lines if self._moves_money(posting)]
        deferred = [posting for posting in lines if posting not in money]
        paid = sum(posting.amount for posting in money)
        yield from money
        if paid:
            unapplied = self._unapplied(control[0], -paid, control[0].day)
            yield unapplied
            deferred.append(replace(unapplied, amount=paid, foreign=paid))
        items: dict[tuple[int, int | None, int | None], int] = defaultdict(int)
        for posting in control:
            items[posting.account, posting.customer, posting.vendor] += posting.foreign
        whole = sum(abs(amount) for amount in items.values())
        self._documents[group[0].txn] = _Document(
            group[0].day, whole, deferred, shares=[0] * len(deferred), units=[0] * len(deferred)
        )

    def _moves_money(self, posting: _Posting) -> bool:
        account = self._names.accounts.get(posting.account)
        return account is not None and (account.is_money or account.kind == "Credit Card")

    def _settle(self) -> Iterator[_Posting]:
        """Payments: their money, the shares of what they settle, and what is left unapplied, day by day."""
        rows = self._company.db.execute(
            "SELECT payment, txn, amount FROM application WHERE realm = ? AND payment <> 0 ORDER BY payment, line",
            (self._company.realm,),
        )
        settled: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for payment, txn, amount in rows:
            settled[payment].append((txn, amount))
        for payment, (_, group) in sorted(self._payments.items()):
            days: dict[str, list[_Posting]] = defaultdict(list)
            days[group[0].day] += [posting for posting in group if posting.account not in self._control]
            for txn, amount in settled[payment]:
                document = self._documents.get(txn)
                if document is not None:
                    days[max(group[0].day, document.day)] += _release(document, amount)
            head = next(posting for posting in group if posting.account in self._control)
            for day, postings in sorted(days.items()):
                counted = [replace(posting, day=day) for posting in postings]
                yield from counted
                rest = sum(posting.amount for posting in counted)
                if rest:
                    yield self._unapplied(head, -rest, day)

    def _unapplied(self, control: _Posting, amount: int, day: str) -> _Posting:
        kind = self._names.accounts[control.account].kind
        account = self._unapplied_account(kind)
        return replace(
            control, account=account.id, amount=amount, foreign=amount, day=day, item=None, quantity=None
        )

    def _unapplied_account(self, kind: str) -> Account:
        """The account for unapplied money; a chart without one gets a row of that name in its reports."""
        subtype, name, account_type, classification = _UNAPPLIED[kind]
        found = self._names.one_of_subtype((subtype,))
        if found is not None:
            return found
        account = Account(
            _NOT_IN_CHART[kind], name, name, account_type, subtype, classification, None, active=True
        )
        self._names.accounts[account.id] = account
        return account


def _release(document: _Document, amount: int) -> list[_Posting]:
    """Count the share of a document that `amount` more cents settle."""
    if not document.whole:
        return []
    document.released = min(document.whole, document.released + amount)
    amounts = [posting.amount for posting in document.deferred]
    upto = portions(amounts, document.released, document.whole)
    released = []
    for place, posting in enumerate(document.deferred):
        share = upto[place] - document.shares[place]
        units = None
        if posting.quantity is not None:
            now = posting.quantity * document.released // document.whole
            units, document.units[place] = now - document.units[place], now
        if share or units:
            released.append(replace(posting, amount=share, foreign=share, quantity=units))
    document.shares = upto
    return released


def portions(amounts: Sequence[int], part: int, whole: int) -> list[int]:
    """`part`/`whole` of each amount in cents, by largest remainder: they add up to the rounded portion of the sum."""
    exact = [(amount * part // whole, amount * part % whole) for amount in amounts]
    total = sum(amounts)
    sign = -1 if total < 0 else 1
    target = sign * ((abs(total) * part * 2 + whole) // (whole * 2))
    shares = [floor for floor, _ in exact]
    missing = target - sum(shares)
    order = sorted(range(len(exact)), key=lambda place: (-exact[place][1], place))
    for place in order[:missing]:
        shares[place] += 1
    return shares


def _row(posting: _Posting) -> tuple[object, ...]:
    return tuple(getattr(posting, name) for name in _FIELDS)


_FIELDS = tuple(_Posting.__dataclass_fields__)
