"""The books on cash basis, made from the postings: each document's lines on the days on which money settled it.

Most documents are settled once and whole: SQL moves their lines to the day of the payment. What is settled in parts, or
moved money by itself, is shared out here, one document at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from qbosim.records.company import Company
from qbosim.reports.names import Account, Names

TABLE = "cash_posting"
"""The temporary table that the postings on cash basis are in."""

COLUMNS = (
    "txn, line, entity, day, account, amount, foreign_amount, customer, vendor, employee, item, quantity, klass, "
    "department, memo"
)

_TABLES = f"""
CREATE TEMP TABLE {TABLE} (realm, {COLUMNS}, payment);
CREATE TEMP TABLE cash_control (txn INTEGER PRIMARY KEY, line INTEGER, day TEXT, whole INTEGER, moved INTEGER);
CREATE TEMP TABLE cash_settled (txn INTEGER PRIMARY KEY, times INTEGER, amount INTEGER, payment INTEGER);
"""
"""`cash_control` has what posts to receivables or payables, with the first such line; `whole` is what a document asks
for, in cents of its own currency, and `moved` says whether it moved money by itself (both empty for payments).
`cash_settled` has how often, to how much and by which payment a document is settled. `payment` is by what a posting came
to count; NULL when that is its own doing."""

_TEMPORARY = (TABLE, "cash_control", "cash_settled")

_PAYERS = "('Payment', 'BillPayment')"

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


_FIELDS = tuple(_Posting.__dataclass_fields__)


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


def write_cash_books(company: Company, names: Names, first: str, last: str) -> None:
    """Fill `TABLE` with the postings on cash basis that count from the day `first` to the day `last`."""
    drop_cash_books(company)
    for statement in _TABLES.split(";"):
        company.db.execute(statement)
    books = _CashBooks(company, names, first, last)
    books.find_what_waits()
    books.count_at_once()
    books.count_settled_whole()
    books.count_in_parts()
    books.count_unapplied()


def ready_for_lines(company: Company) -> None:
    """Order the postings on cash basis by account, for reports that read them account by account."""
    company.db.execute(f"CREATE INDEX IF NOT EXISTS temp.cash_account ON {TABLE} (account, day)")


def drop_cash_books(company: Company) -> None:
    """Forget the postings on cash basis; nothing happens when there are none."""
    for table in _TEMPORARY:
        company.db.execute(f"DROP TABLE IF EXISTS temp.{table}")


class _CashBooks:
    def __init__(self, company: Company, names: Names, first: str, last: str) -> None:
        self._company = company
        self._names = names
        self._span = (first, last)
        accounts = names.accounts.values()
        self._control = {account.id: account.kind for account in accounts if account.is_control}
        self._controls = _listed(self._control)
        self._money = {
            account.id for account in accounts if account.is_money or account.kind == "Credit Card"
        }

    def find_what_waits(self) -> None:
        """Note every transaction that stands on receivables or payables, and what settles it.

        One whose control lines cancel out (a debt moved to somebody else) waits for nothing.
        """
        db, realm = self._company.db, self._company.realm
        db.execute(
            "INSERT INTO cash_control SELECT txn, min(line), min(day), sum(abs(open)), 0 FROM (SELECT txn, min(line) "
            "AS line, min(day) AS day, sum(foreign_amount) AS open, sum(amount) AS home FROM posting WHERE realm = ? "
            f"AND account IN ({self._controls}) AND entity NOT IN {_PAYERS} GROUP BY txn, account, customer, vendor) "
            "GROUP BY txn HAVING sum(home) <> 0",
            (realm,),
        )
        db.execute(
            "UPDATE cash_control SET moved = 1 WHERE txn IN (SELECT txn FROM posting WHERE realm = ? AND account IN "
            f"({_listed(self._money)}) AND entity NOT IN {_PAYERS})",
            (realm,),
        )
        db.execute(
            "INSERT INTO cash_control SELECT txn, min(line), min(day), NULL, NULL FROM posting WHERE realm = ? AND "
            f"account IN ({self._controls}) AND entity IN {_PAYERS} GROUP BY txn",
            (realm,),
        )
        db.execute(
            "INSERT INTO cash_settled SELECT a.txn, count(*), sum(a.amount), max(a.payment) FROM application a "
            "JOIN cash_control p ON p.txn = a.payment WHERE a.realm = ? AND p.whole IS NULL GROUP BY a.txn",
            (realm,),
        )

    def count_at_once(self) -> None:
        """Everything that waits for nothing, and the money that payments move."""
        self._company.db.execute(
            f"INSERT INTO {TABLE} SELECT realm, {_columns_of_p('p.day')}, c.txn FROM posting p LEFT JOIN cash_control c ON "
            f"c.txn = p.txn WHERE realm = ? AND p.day BETWEEN ? AND ? AND account NOT IN ({self._controls}) "
            "AND c.whole IS NULL",
            (self._company.realm, *self._span),
        )

    def count_settled_whole(self) -> None:
        """Documents that one payment settles whole, on its day or, if that is later, on their own."""
        day = "max(p.day, pay.day)"
        self._company.db.execute(
            f"INSERT INTO {TABLE} SELECT realm, {_columns_of_p(day)}, s.payment FROM cash_settled s CROSS JOIN cash_control d "
            "ON d.txn = s.txn CROSS JOIN cash_control pay ON pay.txn = s.payment CROSS JOIN posting p ON realm = ? AND "
            "p.txn = d.txn WHERE d.moved = 0 AND s.times = 1 AND s.amount >= d.whole AND d.whole > 0 AND "
            f"{day} BETWEEN ? AND ? AND account NOT IN ({self._controls})",
            (self._company.realm, *self._span),
        )

    def count_in_parts(self) -> None:
        """Documents that are settled in parts, or that moved money by themselves."""
        self._company.db.executemany(
            f"INSERT INTO {TABLE} (realm, {COLUMNS}, payment) VALUES (?{', ?' * 16})",
            (
                (self._company.realm, *_row(posting), payment)
                for payment, posting in self._in_parts()
                if self._span[0] <= posting.day <= self._span[1]
            ),
        )

    def _in_parts(self) -> Iterator[tuple[int | None, _Posting]]:
        """Postings with the payment by which they count, if there is one."""
        chosen = (
            "SELECT d.txn FROM cash_control d LEFT JOIN cash_settled s ON s.txn = d.txn WHERE d.whole IS NOT NULL AND "
            "(d.moved = 1 OR s.times > 1 OR s.amount < d.whole)"
        )
        settled: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
        for txn, payment, day, amount in self._company.db.execute(
            "SELECT a.txn, a.payment, p.day, a.amount FROM application a JOIN cash_control p ON p.txn = a.payment "
            f"WHERE a.realm = ? AND p.whole IS NULL AND a.txn IN ({chosen}) ORDER BY a.payment, a.line",
            (self._company.realm,),
        ):
            settled[txn].append((payment, day, amount))
        for group in self._transactions(chosen):
            document, at_once = self._waiting(group)
            for posting in at_once:
                yield None, posting
            for payment, day, amount in settled[group[0].txn]:
                for posting in _release(document, amount):
                    yield payment, replace(posting, day=max(day, document.day))

    def _transactions(self, chosen: str) -> Iterator[list[_Posting]]:
        rows = self._company.db.execute(
            f"SELECT {COLUMNS} FROM posting WHERE realm = ? AND txn IN ({chosen}) ORDER BY txn, line",
            (self._company.realm,),
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

    def _waiting(self, group: Sequence[_Posting]) -> tuple[_Document, list[_Posting]]:
        """What of a document waits for its settlement, and what counts at once: its money, as unapplied."""
        control = [posting for posting in group if posting.account in self._control]
        lines = [posting for posting in group if posting.account not in self._control]
        at_once = [posting for posting in lines if posting.account in self._money]
        deferred = [posting for posting in lines if posting.account not in self._money]
        paid = sum(posting.amount for posting in at_once)
        if paid:
            head = control[0]
            account = self._unapplied_account(self._control[head.account])
            unapplied = replace(
                head, account=account.id, amount=-paid, foreign=-paid, item=None, quantity=None
            )
            at_once.append(unapplied)
            deferred.append(replace(unapplied, amount=paid, foreign=paid))
        items: dict[tuple[int, int | None, int | None], int] = defaultdict(int)
        for posting in control:
            items[posting.account, posting.customer, posting.vendor] += posting.foreign
        whole = sum(abs(amount) for amount in items.values())
        nothing = [0] * len(deferred)
        return _Document(group[0].day, whole, deferred, shares=nothing, units=[*nothing]), at_once

    def count_unapplied(self) -> None:
        """What money and settled lines leave over, per payment and day."""
        for kind in _UNAPPLIED:
            accounts = _listed(account for account, its in self._control.items() if its == kind)
            rest = (
                f"(SELECT payment, day, sum(amount) AS rest FROM {TABLE} WHERE payment IS NOT NULL GROUP BY payment, "
                "day HAVING sum(amount) <> 0) r JOIN cash_control c ON c.txn = r.payment JOIN posting p ON "
                f"p.realm = ? AND p.txn = c.txn AND p.line = c.line WHERE p.account IN ({accounts})"
            )
            realm = self._company.realm
            if self._company.db.execute(f"SELECT 1 FROM {rest} LIMIT 1", (realm,)).fetchone() is None:
                continue
            account = self._unapplied_account(kind).id
            self._company.db.execute(
                f"INSERT INTO {TABLE} SELECT p.realm, p.txn, p.line, entity, r.day, {account}, -rest, -rest, customer, "
                f"vendor, employee, NULL, NULL, klass, department, memo, NULL FROM {rest}",
                (realm,),
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


def _columns_of_p(day: str) -> str:
    """The columns of a posting `p`, with another day."""
    return ", ".join(day if name == "day" else f"p.{name}" for name in COLUMNS.split(", "))


def _listed(accounts: Iterable[int]) -> str:
    return ", ".join(map(str, accounts))


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
