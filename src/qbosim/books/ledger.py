"""The general ledger: every transaction's double entry, and the balances that follow from it.

Amounts are whole cents; debits are positive. Each posting has its amount in home currency and in the currency of its
transaction. The first posting of a transaction is its head: the bank, receivables or payables side that the others
explain (a journal entry has none). Everything that shows a balance (accounts, customers, vendors) is moved by `replace`,
and by nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum

from qbosim import jsontext
from qbosim.records.company import Company, Record
from qbosim.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS posting (realm TEXT NOT NULL, txn INTEGER NOT NULL, line INTEGER NOT NULL,
    entity TEXT NOT NULL, day TEXT NOT NULL, account INTEGER NOT NULL, amount INTEGER NOT NULL,
    foreign_amount INTEGER NOT NULL, customer INTEGER, vendor INTEGER, employee INTEGER, item INTEGER,
    quantity INTEGER, klass INTEGER, department INTEGER, memo TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (realm, txn, line)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS posting_account ON posting (realm, account, day);
"""

_BALANCE_SHEET = frozenset({"Asset", "Liability", "Equity"})
_RECEIVABLE = "Accounts Receivable"
_PAYABLE = "Accounts Payable"

_COLUMNS = (
    "account, amount, foreign_amount, customer, vendor, employee, item, quantity, klass, department, memo"
)

QUANTITY_UNIT = 100_000
"""Quantities are kept in hundred-thousandths: Intuit allows five digits behind the point."""


class Part(IntEnum):
    """The two double entries that a transaction may have, each told by the number of its first line."""

    FORM = 0
    """What the form itself says."""
    COST = 1_000_000
    """What the stock that it moves is worth; written anew whenever an earlier purchase changes."""


@dataclass(frozen=True)
class Posting:
    """One line of a double entry."""

    account: int
    amount: int
    """Cents in home currency; a debit is positive."""
    foreign: int
    """Cents in the transaction's currency."""
    customer: int | None = None
    vendor: int | None = None
    employee: int | None = None
    item: int | None = None
    quantity: int | None = None
    """Units of the item in `QUANTITY_UNIT`s, signed like the amount: what is sold is negative."""
    klass: int | None = None
    department: int | None = None
    memo: str = ""
    """The line's description, as detail reports show it."""


def to_cents(value: Decimal | int) -> int:
    """An amount as whole cents, rounded half up."""
    return int(jsontext.cents(value) * 100)


def from_cents(value: int) -> Decimal:
    """Whole cents as an amount."""
    return Decimal(value) / 100


def begin(company: Company, txn: Record) -> None:
    """Say of a transaction with a new id that it has no double entry yet, so that none is looked for."""
    for part in Part:
        company.entries[txn.id, part] = []


def replace(
    company: Company, txn: Record, day: str, postings: Sequence[Posting], part: Part = Part.FORM
) -> None:
    """Let `postings` be one whole double entry of a transaction, instead of what it had before.

    Moves the balances of accounts and customers by the difference. The postings must balance in home currency.
    """
    kept = _worth_keeping(txn, postings)
    before = postings_of(company, txn.id, part)
    if before:
        _remove(company, txn, part)
    _insert(company, txn, day, kept, part)
    company.entries[txn.id, part] = kept
    _move_balances(company, before, kept)


def enter(
    company: Company, txn: Record, day: str, postings: Sequence[Posting], part: Part = Part.FORM
) -> None:
    """Enter a loaded transaction whose effect the loaded balances contain already. Postings as in `replace`.

    What was entered of it before goes.
    """
    kept = _worth_keeping(txn, postings)
    _remove(company, txn, part)
    _insert(company, txn, day, kept, part)
    company.entries[txn.id, part] = kept


def _worth_keeping(txn: Record, postings: Sequence[Posting]) -> list[Posting]:
    """The postings without those of nothing; goods given away for nothing are something."""
    kept = [entry for entry in postings if entry.amount or entry.foreign or entry.quantity]
    assert sum(entry.amount for entry in kept) == 0, f"{txn.entity.name} {txn.id} does not balance"
    return kept


def _lines(part: Part) -> tuple[int, int]:
    return part, part + Part.COST - 1


def check_balanced(store: Store, realm: str) -> list[str]:
    """Look for what must never be: a transaction out of balance, an entry of nothing, a posting to no account.

    Answers one sentence per finding; an empty list means that the books are in order.
    """
    findings = []
    with store.transaction() as db:
        for txn, entity, total in db.execute(
            "SELECT txn, entity, sum(amount) FROM posting WHERE realm = ? GROUP BY txn HAVING sum(amount) <> 0",
            (realm,),
        ):
            findings.append(f"{entity} {txn} is out of balance by {from_cents(total)}")
        for txn, entity, account in db.execute(
            "SELECT DISTINCT txn, entity, account FROM posting p WHERE realm = ? AND NOT EXISTS (SELECT 1 FROM "
            "r_Account a WHERE a.realm = p.realm AND a.id = p.account AND a.deleted = 0)",
            (realm,),
        ):
            findings.append(f"{entity} {txn} posts to account {account}, which does not exist")
    return findings


def _remove(company: Company, txn: Record, part: Part) -> None:
    company.db.execute(
        "DELETE FROM posting WHERE realm = ? AND txn = ? AND line BETWEEN ? AND ?",
        (company.realm, txn.id, *_lines(part)),
    )


_COLUMN_OF = {
    "Account": "account",
    "Customer": "customer",
    "Vendor": "vendor",
    "Employee": "employee",
    "Item": "item",
    "Class": "klass",
    "Department": "department",
}
"""Where a posting names records of these lists."""


def hand_over(company: Company, gone: Record, kept: Record) -> None:
    """Give the postings of one record to another of the same list, and the balance that it shows with them."""
    column = _COLUMN_OF.get(gone.entity.name)
    if column is None:
        return
    company.db.execute(
        f"UPDATE posting SET {column} = ? WHERE realm = ? AND {column} = ?", (kept.id, company.realm, gone.id)
    )
    company.entries.clear()
    shown = to_cents(gone.body.get("CurrentBalance" if gone.entity.name == "Account" else "Balance") or 0)
    before, after = (_showing(company, record, shown) for record in (gone, kept))
    _move_balances(company, before, after)


def _showing(company: Company, record: Record, cents: int) -> list[Posting]:
    """Postings that make a record of a list show a balance."""
    if record.entity.name == "Account":
        return [Posting(record.id, cents, cents)]
    kind = {"Customer": _RECEIVABLE, "Vendor": _PAYABLE}.get(record.entity.name)
    for control in company.select("Account", "p_AccountType = ?", kind or ""):
        if kind == _RECEIVABLE:
            return [Posting(control.id, cents, cents, customer=record.id)]
        return [Posting(control.id, -cents, -cents, vendor=record.id)]
    return []


def _insert(company: Company, txn: Record, day: str, postings: Sequence[Posting], part: Part) -> None:
    company.db.executemany(
        f"INSERT INTO posting (realm, txn, line, entity, day, {_COLUMNS}) VALUES (?{', ?' * 15})",
        [
            (company.realm, txn.id, line, txn.entity.name, day, *_row(entry))
            for line, entry in enumerate(postings, part)
        ],
    )


def _row(entry: Posting) -> tuple[object, ...]:
    return (
        entry.account,
        entry.amount,
        entry.foreign,
        entry.customer,
        entry.vendor,
        entry.employee,
        entry.item,
        entry.quantity,
        entry.klass,
        entry.department,
        entry.memo,
    )


def postings_of(company: Company, txn: int, part: Part = Part.FORM) -> list[Posting]:
    """One double entry of a transaction, the head first."""
    known: list[Posting] | None = company.entries.get((txn, part))
    if known is None:
        rows = company.db.execute(
            f"SELECT {_COLUMNS} FROM posting WHERE realm = ? AND txn = ? AND line BETWEEN ? AND ? ORDER BY line",
            (company.realm, txn, *_lines(part)),
        )
        known = company.entries[txn, part] = [Posting(*row) for row in rows]
    return list(known)


def _move_balances(company: Company, before: Iterable[Posting], after: Iterable[Posting]) -> None:
    accounts: dict[int, int] = defaultdict(int)
    customers: dict[int, int] = defaultdict(int)
    vendors: dict[int, int] = defaultdict(int)
    for sign, postings in ((-1, before), (1, after)):
        for entry in postings:
            accounts[entry.account] += sign * (entry.foreign if _is_foreign(company, entry) else entry.amount)
            if entry.customer is not None and _is_of_type(company, entry.account, _RECEIVABLE):
                customers[entry.customer] += sign * entry.foreign
            if entry.vendor is not None and _is_of_type(company, entry.account, _PAYABLE):
                vendors[entry.vendor] -= sign * entry.foreign
    for balance, moves in ((_move_account, accounts), (_move_customer, customers), (_move_vendor, vendors)):
        for number, delta in moves.items():
            if delta:
                company.move_balance(balance, number, from_cents(delta))


def _is_foreign(company: Company, entry: Posting) -> bool:
    """Whether the account keeps its balance in a currency of its own."""
    if entry.foreign == entry.amount:
        return False
    record = company.find("Account", entry.account)
    currency = (record.body.get("CurrencyRef") or {}).get("value") if record is not None else None
    return currency is not None and currency != company.home_currency


def _is_of_type(company: Company, account: int, kind: str) -> bool:
    record = company.find("Account", account)
    return record is not None and record.body.get("AccountType") == kind


def _move_account(company: Company, account: int, delta: Decimal) -> None:
    """Move a balance sheet account and its parents; income and expense accounts always show 0 (recorded).

    LastUpdatedTime follows the balance, SyncToken does not (recorded).
    """
    record = company.find("Account", account)
    if record is None or record.body.get("Classification") not in _BALANCE_SHEET:
        return
    own = True
    while record is not None:
        body = dict(record.body)
        if own:
            body["CurrentBalance"] = jsontext.money(body.get("CurrentBalance", 0) + delta)
        body["CurrentBalanceWithSubAccounts"] = jsontext.money(
            body.get("CurrentBalanceWithSubAccounts", 0) + delta
        )
        company.save(record, body, bump=False)
        record = _parent(company, record)
        own = False


def _move_customer(company: Company, customer: int, delta: Decimal) -> None:
    """Move a customer's open balance, and with it those of the customers above it.

    LastUpdatedTime follows the balance, SyncToken does not (recorded, on parents too).
    """
    record = company.find("Customer", customer)
    own = True
    while record is not None:
        body = dict(record.body)
        if own:
            body["Balance"] = jsontext.money(body.get("Balance", 0) + delta)
        body["BalanceWithJobs"] = jsontext.money(body.get("BalanceWithJobs", 0) + delta)
        company.save(record, body, bump=False)
        record = _parent(company, record)
        own = False


def _move_vendor(company: Company, vendor: int, delta: Decimal) -> None:
    """Move what is owed to a vendor, like a customer's balance."""
    record = company.find("Vendor", vendor)
    if record is not None:
        body = {**record.body, "Balance": jsontext.money(record.body.get("Balance", 0) + delta)}
        company.save(record, body, bump=False)


def _parent(company: Company, record: Record) -> Record | None:
    parent = record.body.get("ParentRef")
    return None if parent is None else company.find(record.entity.name, int(parent["value"]))
