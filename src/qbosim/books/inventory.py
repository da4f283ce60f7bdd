"""Stock: which transactions move how many units of which item, and what those units cost, first in, first out.

Every unit that ever came in has a place on one line, in the order of arrival, and so has every unit that ever went out:
the tenth unit out is the tenth that came in. What a sale cost is therefore the price of a stretch of that line, and a
change of the past changes no stretch that ends before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from qbosim.books import ledger
from qbosim.books.ledger import QUANTITY_UNIT, Part, Posting
from qbosim.books.movements import (
    FINE,
    Movement,
    Row,
    account_of,
    backwards,
    change_level,
    counted,
    forwards,
    insert,
    level_anew,
    rows_of,
    start_of,
)
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
        "what it began with is not part of its record; a sandbox company's Opening Balance Equity (airbyte "
        "source-quickbooks) is just that much more than its other transactions make it",
    ),
)

# -- what entities call ------------------------------------------------------------------------------------------


def post(company: Company, txn: Record, day: str, postings: Sequence[Posting]) -> None:
    """Let `postings` be the double entry of a form, like `ledger.replace`, and move the stock that they name.

    An empty list takes the form out of the books and its goods out of stock's history (deleted, voided).
    """
    ledger.replace(company, txn, day, postings)
    move(company, txn, day, movements_of(company, postings))


def enter(company: Company, txn: Record, day: str, postings: Sequence[Posting]) -> None:
    """Enter a loaded form, like `ledger.enter`; its costs follow with `value_loaded`."""
    ledger.enter(company, txn, day, postings)
    enter_movements(company, txn, day, movements_of(company, postings))


def enter_movements(company: Company, txn: Record, day: str, movements: Sequence[Movement]) -> None:
    """Enter what a loaded transaction does to stock; QtyOnHand stays as it was loaded."""
    insert(company, txn, day, movements)


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
                entry.amount if entry.account == account_of(item, "AssetAccountRef") else None,
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
    before = rows_of(company, txn.id)
    movements = [movement for movement in movements if movement.quantity]
    if [(row.day, row.movement) for row in before] == [(day, movement) for movement in movements]:
        return
    company.db.execute("DELETE FROM stock WHERE realm = ? AND txn = ?", (company.realm, txn.id))
    insert(company, txn, day, movements)
    first: dict[int, str] = {}
    for item, when in [(row.movement.item, row.day) for row in before] + [(m.item, day) for m in movements]:
        first[item] = min(first.get(item, when), when)
    touched = {(txn.entity.name, txn.id)}
    after = rows_of(company, txn.id)
    for item, when in sorted(first.items()):
        record = company.find("Item", item)
        assert record is not None, "items with movements are never removed"
        level = change_level(company, record, counted(after, record) - counted(before, record))
        touched |= _value(company, record, when, level)
        _show_quantity(company, record, level)
    _post_costs(company, touched)


def value_again(company: Company, item: Record) -> None:
    """Value the whole history of an item, because its start changed."""
    level = level_anew(company, item)
    touched = _value(company, item, "", level)
    _show_quantity(company, item, level)
    _post_costs(company, touched)


def loaded_opening(company: Company, item: Record) -> int:
    """Units (in `ledger.QUANTITY_UNIT`s) that a loaded item must have begun with to come to its loaded QtyOnHand."""
    shown = int(Decimal(str(item.body.get("QtyOnHand") or 0)) * QUANTITY_UNIT)
    return shown - level_anew(company, item)


def value_loaded(company: Company) -> None:
    """Enter what the loaded movements of all items are worth. No balance moves: the loaded ones hold it already."""
    touched: set[tuple[str, int]] = set()
    for item in list(company.select("Item", "p_Type = 'Inventory'")):
        touched |= _value(company, item, "", level_anew(company, item))
    for entity, txn in sorted(touched):
        record = company.find(entity, txn)
        assert record is not None, "a transaction's movements go before it does"
        ledger.enter(
            company, record, rows_of(company, txn)[0].day, _costs(company, rows_of(company, txn)), Part.COST
        )


# -- valuing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Layer:
    """Units that came in together, and where the first of them stands on the line of arrivals."""

    begin: int
    quantity: int
    cost: int

    @classmethod
    def priced(cls, price: int) -> _Layer:
        """What stands in for an arrival when there was none: any number of units at a price in `FINE`ths of a cent."""
        return cls(0, QUANTITY_UNIT * FINE, price)

    @property
    def end(self) -> int:
        return self.begin + self.quantity

    def worth(self, units: int) -> int:
        """Cents that the layer's first `units` cost, rounded half up; beyond its end at the same price."""
        return (2 * self.cost * units + self.quantity) // (2 * self.quantity)

    def worth_between(self, begin: int, end: int) -> int:
        """Cents of the units between two places on the line; stretches that meet add up to the whole."""
        return self.worth(end - self.begin) - self.worth(begin - self.begin)


def _value(company: Company, item: Record, day: str, level: int) -> set[tuple[str, int]]:
    """Value what moved on or after `day`, and what earlier sales took before it had come in.

    `level` is what is in stock after everything. Places on the line are counted from what had come in before `day`.
    Answers the transactions (entity and id) whose costs changed.
    """
    freed = company.db.execute(
        "UPDATE stock SET cost = NULL WHERE realm = ? AND item = ? AND incoming = 0 AND day < ? "
        "AND cost IS NOT NULL RETURNING entity, txn",
        (company.realm, item.id, start_of(item)),
    ).fetchall()
    arrivals = forwards(company, item, day, incoming=True)
    departures = forwards(company, item, max(day, start_of(item)), incoming=False)
    place = sum(row.movement.quantity for row in (*arrivals, *departures)) - level
    sales: list[Row] = []
    for row in backwards(company, item, day, incoming=False):
        if place <= 0:
            break
        sales.append(row)
        place += row.movement.quantity
    sales.reverse()
    sales += departures
    layers: list[_Layer] = []
    begin = 0
    for row in backwards(company, item, day, incoming=True):
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
    return {*freed, *((row.entity, row.txn) for _, row in changed)}


def _costed(sales: Sequence[Row], place: int, layers: Sequence[_Layer]) -> Iterator[tuple[int, Row]]:
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
        rows = rows_of(company, txn)
        day = rows[0].day if rows else ""
        ledger.replace(company, record, day, _costs(company, rows), Part.COST)


def _are_there(company: Company, *accounts: int) -> bool:
    return all(company.find("Account", account) is not None for account in accounts)


def _costs(company: Company, rows: Iterable[Row]) -> list[Posting]:
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
        asset = account_of(item, "AssetAccountRef")
        contra = moved.contra or account_of(item, "ExpenseAccountRef")
        if asset is None or contra is None or not _are_there(company, asset, contra):  # an odd loaded item
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
