"""The table of what moved: units of items, by transaction, with what they are worth; and the level of each item's stock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal

from qbosim.records.company import Company, Record

SCHEMA = """
CREATE TABLE IF NOT EXISTS stock (realm TEXT NOT NULL, item INTEGER NOT NULL, incoming INTEGER NOT NULL,
    day TEXT NOT NULL, txn INTEGER NOT NULL, line INTEGER NOT NULL, entity TEXT NOT NULL, cost INTEGER,
    price INTEGER NOT NULL, quantity INTEGER NOT NULL, booked INTEGER, contra INTEGER, customer INTEGER,
    vendor INTEGER, klass INTEGER, department INTEGER, memo TEXT NOT NULL,
    PRIMARY KEY (realm, item, incoming, day, txn, line)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS stock_txn ON stock (realm, txn);
CREATE TABLE IF NOT EXISTS stock_level (realm TEXT NOT NULL, item INTEGER NOT NULL, quantity INTEGER NOT NULL,
    PRIMARY KEY (realm, item)) WITHOUT ROWID;
"""
"""`cost`: cents that the units are worth, null for sales before the item's start. `price`: the item's PurchaseCost when
the movement was made, in `FINE`ths of a cent. The rest is a `Movement`. `stock_level`: the sum of the movements that
count, so that a sale of today need not add up years."""

_MOVED = "quantity, booked, contra, customer, vendor, klass, department, memo"
FINE = 10_000_000
"""A PurchaseCost may have seven digits behind the point."""


@dataclass(frozen=True)
class Movement:
    """Units of one item that one line of a transaction moves."""

    item: int
    quantity: int
    """In `ledger.QUANTITY_UNIT`s: positive into stock, negative out of it."""
    cost: int | None = None
    """Home cents by which the form itself moves the item's asset account, signed like the quantity; None where it does
    not (sales, adjustments): then the units' worth decides, and is posted against the contra account."""
    contra: int | None = None
    """The account that takes the other side; by default the item's ExpenseAccountRef."""
    customer: int | None = None
    vendor: int | None = None
    klass: int | None = None
    department: int | None = None
    memo: str = ""


@dataclass(frozen=True)
class Row:
    """One movement as the table keeps it."""

    day: str
    txn: int
    line: int
    entity: str
    cost: int | None
    price: int
    movement: Movement


_INSERT = (
    f"INSERT INTO stock (realm, item, incoming, day, txn, line, entity, price, {_MOVED}) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def _values(
    company: Company, movement: Movement, day: str, txn: int, line: int, entity: str
) -> tuple[object, ...]:
    number, *rest = astuple(movement)
    item = company.find("Item", number)
    price = Decimal(str((item.body if item is not None else {}).get("PurchaseCost") or 0))
    head = (company.realm, number, int(movement.quantity > 0), day, txn, line, entity)
    return (*head, int(price * 100 * FINE), *rest)


def insert(company: Company, txn: Record, day: str, movements: Iterable[Movement]) -> None:
    """Add the movements of a transaction; those of nothing are left out."""
    company.db.executemany(
        _INSERT,
        [
            _values(company, movement, day, txn.id, line, txn.entity.name)
            for line, movement in enumerate(movements)
            if movement.quantity
        ],
    )


def rows_of(company: Company, txn: int) -> list[Row]:
    """The movements of a transaction, by line."""
    rows = company.db.execute(
        f"SELECT day, txn, line, entity, cost, price, item, {_MOVED} FROM stock WHERE realm = ? AND txn = ? ORDER BY line",
        (company.realm, txn),
    )
    return [_row(row) for row in rows]


def _row(row: Sequence[object]) -> Row:
    day, txn, line, entity, cost, price, *moved = row
    return Row(day, txn, line, entity, cost, price, Movement(*moved))  # type: ignore[arg-type]


def backwards(company: Company, item: Record, day: str, *, incoming: bool) -> Iterator[Row]:
    """An item's movements before a day that count, the last first; read only as far as they are asked for."""
    rows = company.db.execute(
        f"SELECT day, txn, line, entity, cost, price, item, {_MOVED} FROM stock WHERE realm = ? AND item = ? "
        "AND incoming = ? AND day < ? AND day >= ? ORDER BY day DESC, txn DESC, line DESC",
        (company.realm, item.id, incoming, day, "" if incoming else start_of(item)),
    )
    return map(_row, rows)


def forwards(company: Company, item: Record, day: str, *, incoming: bool) -> list[Row]:
    """An item's movements on a day and after it, in their order."""
    rows = company.db.execute(
        f"SELECT day, txn, line, entity, cost, price, item, {_MOVED} FROM stock WHERE realm = ? AND item = ? "
        "AND incoming = ? AND day >= ? ORDER BY day, txn, line",
        (company.realm, item.id, incoming, day),
    )
    return [_row(row) for row in rows]


def counted(rows: Iterable[Row], item: Record) -> int:
    """By how much rows move the stock of an item; what left before its start does not count."""
    return sum(
        row.movement.quantity
        for row in rows
        if row.movement.item == item.id and (row.movement.quantity > 0 or row.day >= start_of(item))
    )


def change_level(company: Company, item: Record, difference: int) -> int:
    """Move the level of an item's stock, and answer what it is now."""
    row = company.db.execute(
        "INSERT INTO stock_level VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity "
        "RETURNING quantity",
        (company.realm, item.id, difference),
    ).fetchone()
    return int(row[0])


def level_anew(company: Company, item: Record) -> int:
    """Add the level of an item's stock up again, and answer it."""
    row = company.db.execute(
        "INSERT OR REPLACE INTO stock_level SELECT ?1, ?2, coalesce(sum(quantity), 0) FROM stock WHERE realm = ?1 "
        "AND item = ?2 AND (incoming = 1 OR day >= ?3) RETURNING quantity",
        (company.realm, item.id, start_of(item)),
    ).fetchone()
    return int(row[0])


def account_of(item: Record, key: str) -> int | None:
    """The account that an item's record names under `key`, or None."""
    reference = item.body.get(key) or {}
    return int(reference["value"]) if str(reference.get("value", "")).isdecimal() else None


def start_of(item: Record) -> str:
    """The day an item's stock begins, `YYYY-MM-DD`; empty where none is said."""
    return str(item.body.get("InvStartDate") or "")


_COLUMN_OF = {
    "Account": "contra",
    "Customer": "customer",
    "Vendor": "vendor",
    "Class": "klass",
    "Department": "department",
}
"""Where a movement names records of these lists."""


def hand_over(company: Company, gone: Record, kept: Record) -> None:
    """Let the movements that name one record name another of the same list."""
    column = _COLUMN_OF.get(gone.entity.name)
    if column is not None:
        company.db.execute(
            f"UPDATE stock SET {column} = ? WHERE realm = ? AND {column} = ?",
            (kept.id, company.realm, gone.id),
        )
