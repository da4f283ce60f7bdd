"""Stock: which transactions move how many units of which item, and what those units cost, first in, first out.

Every unit that ever came in has a place on one line, in the order of arrival, and so has every unit that ever went out:
the tenth unit out is the tenth that came in. What a sale cost is therefore the price of a stretch of that line, and a
change of the past changes no stretch that ends before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal

from qbosim.books import ledger
from qbosim.books.ledger import QUANTITY_UNIT, Part, Posting
from qbosim.jsontext import plain
from qbosim.records.company import Company, Record
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Stock",
    documented(
        "stock.fifo",
        "Goods sold cost what the oldest units in stock cost (first in, first out); the sale debits the item's expense "
        "account (ExpenseAccountRef) and credits its asset account (AssetAccountRef).",
        "Intuit's documentation of Item and its support pages on inventory",
    ),
    recorded(
        "stock.start",
        "Sales dated before the item's InvStartDate take nothing out of stock and book no cost.",
        "a sandbox company's invoices, bills and items (airbyte source-quickbooks): only so is its stock worth the "
        "596.25 that its Inventory Asset account shows",
    ),
    documented(
        "stock.returns",
        "A credit memo or refund receipt puts the goods back into stock.",
        "Intuit's support pages on inventory",
    ),
    assumed(
        "stock.return_cost",
        "Goods that come back, or are found, come in at the unit cost of the last ones that came in before.",
        "nothing else is known of what they cost",
    ),
    assumed(
        "stock.below_zero",
        "Selling more than there is is allowed; units that never came in cost what the last ones did, else the item's "
        "PurchaseCost, and the sale's cost is corrected when they arrive.",
        "QuickBooks allows it and says that it corrects the cost later, but not how",
    ),
    assumed(
        "stock.recosting",
        "An earlier purchase or sale that is changed, deleted or entered late gives every later sale its right cost; the "
        "sales' SyncToken and LastUpdatedTime stay.",
        "costs are not part of a sale's record",
    ),
    assumed(
        "stock.purchase_return",
        "What a vendor credit says is booked as it says; the difference to what the units cost goes to the item's "
        "expense account.",
        "the asset account would not hold the value of the stock otherwise",
    ),
    assumed(
        "stock.loaded",
        "A loaded item began with the stock that leads to its loaded QtyOnHand, at its PurchaseCost; loaded sales cost "
        "what follows from that, and no loaded balance moves.",
        "what it began with is not part of its record",
    ),
)

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
the movement was made, in `_FINE`ths of a cent. The rest is a `Movement`. `stock_level`: the sum of the movements that
count, so that a sale of today need not add up years."""

_MOVED = "quantity, booked, contra, customer, vendor, klass, department, memo"
_FINE = 10_000_000
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


# -- what entities call ------------------------------------------------------------------------------------------


def post(company: Company, txn: Record, day: str, postings: Sequence[Posting]) -> None:
    """Let `postings` be the double entry of a form, like `ledger.replace`, and move the stock that they name.

    An empty list takes the form out of the books and its goods out of stock's history (deleted, voided).
    """
    ledger.replace(company, txn, day, postings)
    move(company, txn, day, movements_of(company, postings))


def enter(company: Company, txn: Record, day: str, postings: Sequence[Posting]) -> None:
    """Enter a loaded form, like `ledger.enter`; its costs follow with `open_loaded_stock`."""
    ledger.enter(company, txn, day, postings)
    enter_movements(company, txn, day, movements_of(company, postings))


def enter_movements(company: Company, txn: Record, day: str, movements: Sequence[Movement]) -> None:
    """Enter what a loaded transaction does to stock; QtyOnHand stays as it was loaded."""
    company.db.executemany(
        _INSERT,
        [
            _values(company, movement, day, txn.id, line, txn.entity.name)
            for line, movement in enumerate(movements)
            if movement.quantity
        ],
    )


def movements_of(company: Company, postings: Iterable[Posting]) -> list[Movement]:
    """What a form's postings move: those of inventory items that name a quantity.

    A posting on the item's own asset account (a purchase, an opening) says what its units cost; any other (a sale, a
    return) leaves that to the order of arrival.
    """
    found = []
    for entry in postings:
        item = company.find("Item", entry.item) if entry.item is not None and entry.quantity else None
        if item is None or item.body.get("Type") != "Inventory" or entry.item is None or not entry.quantity:
            continue
        found.append(
            Movement(
                entry.item,
                entry.quantity,
                entry.amount if entry.account == _account(item, "AssetAccountRef") else None,
                customer=entry.customer,
                vendor=entry.vendor,
                klass=entry.klass,
                department=entry.department,
                memo=entry.memo,
            )
        )
    return found


def move(company: Company, txn: Record, day: str, movements: Sequence[Movement]) -> None:
    """Let `movements` be all that a transaction does to stock, instead of what it did before; none when it goes.

    Afterwards the items show the right QtyOnHand, and what every affected sale cost, of whatever later day, is posted
    anew.
    """
    before = _rows_of(company, txn.id)
    movements = [movement for movement in movements if movement.quantity]
    if [(row.day, row.movement) for row in before] == [(day, movement) for movement in movements]:
        return
    company.db.execute("DELETE FROM stock WHERE realm = ? AND txn = ?", (company.realm, txn.id))
    enter_movements(company, txn, day, movements)
    first: dict[int, str] = {}
    for item, when in [(row.movement.item, row.day) for row in before] + [(m.item, day) for m in movements]:
        first[item] = min(first.get(item, when), when)
    touched = {(txn.entity.name, txn.id)}
    after = _rows_of(company, txn.id)
    for item, when in sorted(first.items()):
        record = company.find("Item", item)
        assert record is not None, "items with movements are never removed"
        level = _change_level(company, record, _counted(after, record) - _counted(before, record))
        touched |= _value(company, record, when, level)
        _show_quantity(company, record, level)
    _post_costs(company, touched)


def value_again(company: Company, item: Record) -> None:
    """Value the whole history of an item, because its start changed."""
    level = _level_anew(company, item)
    touched = _value(company, item, "", level)
    _show_quantity(company, item, level)
    _post_costs(company, touched)


def open_loaded_stock(company: Company) -> None:
    """Give loaded inventory items the opening stock that leads to their loaded QtyOnHand, and enter the sales' costs.

    The opening is worth the item's PurchaseCost. No balance moves: the loaded ones hold all of it already.
    """
    touched: set[tuple[str, int]] = set()
    for item in list(company.select("Item", "p_Type = 'Inventory'")):
        shown = int(Decimal(str(item.body.get("QtyOnHand") or 0)) * QUANTITY_UNIT)
        opening = shown - _level_anew(company, item)
        if opening:
            movement = Movement(item.id, opening)
            company.db.execute(_INSERT, _values(company, movement, _start(item), _OPENING, item.id, ""))
        touched |= _value(company, item, "", _level_anew(company, item))
    for entity, txn in sorted(touched):
        record = company.find(entity, txn)
        rows = _rows_of(company, txn)
        if record is not None:
            ledger.enter(company, record, rows[0].day, _costs(company, rows), Part.COST)


# -- valuing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Layer:
    """Units that came in together, and where the first of them stands on the line of arrivals."""

    begin: int
    quantity: int
    cost: int

    @classmethod
    def priced(cls, price: int) -> _Layer:
        """What stands in for an arrival when there was none: any number of units at a price in `_FINE`ths of a cent."""
        return cls(0, QUANTITY_UNIT * _FINE, price)

    @property
    def end(self) -> int:
        return self.begin + self.quantity

    def worth(self, units: int) -> int:
        """Cents that the layer's first `units` cost, rounded half up; beyond its end at the same price."""
        return (2 * self.cost * units + self.quantity) // (2 * self.quantity)

    def worth_between(self, begin: int, end: int) -> int:
        """Cents of the units between two places on the line; stretches that meet add up to the whole."""
        return self.worth(end - self.begin) - self.worth(begin - self.begin)


@dataclass(frozen=True)
class _Row:
    """One movement as the table keeps it."""

    day: str
    txn: int
    line: int
    entity: str
    cost: int | None
    price: int
    movement: Movement


def _value(company: Company, item: Record, day: str, level: int) -> set[tuple[str, int]]:
    """Value what moved on or after `day`, and what earlier sales took before it had come in.

    `level` is what is in stock after everything. Places on the line are counted from what had come in before `day`.
    Answers the transactions (entity and id) whose costs changed.
    """
    freed = company.db.execute(
        "UPDATE stock SET cost = NULL WHERE realm = ? AND item = ? AND incoming = 0 AND day < ? "
        "AND cost IS NOT NULL RETURNING entity, txn",
        (company.realm, item.id, _start(item)),
    ).fetchall()
    arrivals = _forwards(company, item, day, incoming=True)
    departures = _forwards(company, item, max(day, _start(item)), incoming=False)
    place = sum(row.movement.quantity for row in (*arrivals, *departures)) - level
    sales: list[_Row] = []
    for row in _backwards(company, item, day, incoming=False):
        if place <= 0:
            break
        sales.append(row)
        place += row.movement.quantity
    sales.reverse()
    sales += departures
    layers: list[_Layer] = []
    begin = 0
    for row in _backwards(company, item, day, incoming=True):
        if layers and begin <= place:
            break
        begin -= row.movement.quantity
        layers.append(_Layer(begin, row.movement.quantity, row.cost or 0))
    layers.reverse()
    changed = []
    for row in arrivals:
        cost = row.movement.cost
        if cost is None:
            cost = (layers[-1] if layers else _Layer.priced(row.price)).worth(row.movement.quantity)
        layers.append(_Layer(layers[-1].end if layers else 0, row.movement.quantity, cost))
        if cost != row.cost:
            changed.append((cost, row))
    changed += _costed(sales, place, layers)
    company.db.executemany(
        "UPDATE stock SET cost = ? WHERE realm = ? AND txn = ? AND line = ?",
        [(cost, company.realm, row.txn, row.line) for cost, row in changed],
    )
    found = {*freed, *((row.entity, row.txn) for _, row in changed)}
    return {(entity, txn) for entity, txn in found if txn != _OPENING}


def _costed(sales: Sequence[_Row], place: int, layers: Sequence[_Layer]) -> Iterator[tuple[int, _Row]]:
    """The cost of each row that goes out, from `place` on, where it is not what the row has."""
    waiting = iter(layers)
    layer = next(waiting, None)
    for row in sales:
        last = layers[-1] if layers else _Layer.priced(row.price)
        end = place - row.movement.quantity
        cost = 0
        while place < end:
            while layer is not None and layer.end <= place:
                layer = next(waiting, None)
            if layer is None:  # not yet come in
                cost += last.worth_between(place, end)
                place = end
            else:
                until = min(end, layer.end)
                cost += layer.worth_between(place, until)
                place = until
        if cost != row.cost:
            yield cost, row


# -- the table ---------------------------------------------------------------------------------------------------

_OPENING = 0
"""Stands for the transaction of a loaded item's opening, which is not among the loaded ones."""


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
    return (*head, int(price * 100 * _FINE), *rest)


def _rows_of(company: Company, txn: int) -> list[_Row]:
    rows = company.db.execute(
        f"SELECT day, txn, line, entity, cost, price, item, {_MOVED} FROM stock WHERE realm = ? AND txn = ? ORDER BY line",
        (company.realm, txn),
    )
    return [_row(row) for row in rows]


def _row(row: Sequence[object]) -> _Row:
    day, txn, line, entity, cost, price, *moved = row
    return _Row(day, txn, line, entity, cost, price, Movement(*moved))  # type: ignore[arg-type]


def _backwards(company: Company, item: Record, day: str, *, incoming: bool) -> Iterator[_Row]:
    """An item's movements before a day that count, the last first; read only as far as they are asked for."""
    rows = company.db.execute(
        f"SELECT day, txn, line, entity, cost, price, item, {_MOVED} FROM stock WHERE realm = ? AND item = ? "
        "AND incoming = ? AND day < ? AND day >= ? ORDER BY day DESC, txn DESC, line DESC",
        (company.realm, item.id, incoming, day, "" if incoming else _start(item)),
    )
    return map(_row, rows)


def _forwards(company: Company, item: Record, day: str, *, incoming: bool) -> list[_Row]:
    """An item's movements on a day and after it, in their order."""
    rows = company.db.execute(
        f"SELECT day, txn, line, entity, cost, price, item, {_MOVED} FROM stock WHERE realm = ? AND item = ? "
        "AND incoming = ? AND day >= ? ORDER BY day, txn, line",
        (company.realm, item.id, incoming, day),
    )
    return [_row(row) for row in rows]


def _counted(rows: Iterable[_Row], item: Record) -> int:
    """By how much rows move the stock of an item; what left before its start does not count."""
    return sum(
        row.movement.quantity
        for row in rows
        if row.movement.item == item.id and (row.movement.quantity > 0 or row.day >= _start(item))
    )


def _change_level(company: Company, item: Record, difference: int) -> int:
    """Move the level of an item's stock, and answer what it is now."""
    row = company.db.execute(
        "INSERT INTO stock_level VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity "
        "RETURNING quantity",
        (company.realm, item.id, difference),
    ).fetchone()
    return int(row[0])


def _level_anew(company: Company, item: Record) -> int:
    """Add the level of an item's stock up again, and answer it."""
    row = company.db.execute(
        "INSERT OR REPLACE INTO stock_level SELECT ?1, ?2, coalesce(sum(quantity), 0) FROM stock WHERE realm = ?1 "
        "AND item = ?2 AND (incoming = 1 OR day >= ?3) RETURNING quantity",
        (company.realm, item.id, _start(item)),
    ).fetchone()
    return int(row[0])


def _show_quantity(company: Company, item: Record, level: int) -> None:
    """Bring QtyOnHand up to date; like a balance it leaves the SyncToken alone."""
    now = company.find("Item", item.id) or item
    quantity = plain(Decimal(level) / QUANTITY_UNIT)
    if now.body.get("QtyOnHand") != quantity:
        company.save(now, {**now.body, "QtyOnHand": quantity}, bump=False)


# -- posting -----------------------------------------------------------------------------------------------------


def _post_costs(company: Company, touched: Iterable[tuple[str, int]]) -> None:
    for entity, txn in sorted(touched):
        record = company.find(entity, txn)
        assert record is not None, "a transaction's movements go before it does"
        rows = _rows_of(company, txn)
        day = rows[0].day if rows else ""
        ledger.replace(company, record, day, _costs(company, rows), Part.COST)


def _costs(company: Company, rows: Iterable[_Row]) -> list[Posting]:
    """What the form does not book of its units' worth: the asset account against the contra account."""
    found = []
    for row in rows:
        moved = row.movement
        item = company.find("Item", moved.item)
        if row.cost is None or item is None or (moved.cost is not None and moved.quantity > 0):
            continue
        worth = row.cost if moved.quantity > 0 else -row.cost
        quantity = moved.quantity if moved.cost is None else 0
        rest = worth - (moved.cost or 0)
        asset = _account(item, "AssetAccountRef")
        contra = moved.contra or _account(item, "ExpenseAccountRef")
        if asset is None or contra is None:  # an odd loaded item
            continue
        for account, sign in ((contra, -1), (asset, 1)):
            found.append(
                Posting(
                    account,
                    sign * rest,
                    sign * rest,
                    customer=moved.customer,
                    vendor=moved.vendor,
                    item=moved.item,
                    quantity=sign * quantity or None,
                    klass=moved.klass,
                    department=moved.department,
                    memo=moved.memo,
                )
            )
    return found


def _account(item: Record, key: str) -> int | None:
    reference = item.body.get(key) or {}
    return int(reference["value"]) if str(reference.get("value", "")).isdecimal() else None


def _start(item: Record) -> str:
    return str(item.body.get("InvStartDate") or "")
