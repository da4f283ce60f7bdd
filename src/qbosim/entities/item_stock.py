"""What an item's record says about its stock, and what a change of that does."""

from __future__ import annotations

from decimal import Decimal

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.entities.inventory_adjustment import adjust_stock, move_opening, open_stock
from qbosim.entities.name_list import is_active
from qbosim.jsontext import plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Item",
    documented(
        "item.stock_required",
        "A new inventory item says TrackQtyOnHand true, QtyOnHand and InvStartDate (2020).",
        "Intuit's documentation of Item",
    ),
    documented(
        "item.opening_stock",
        "QtyOnHand of a new inventory item is its opening stock on InvStartDate.",
        "Intuit's documentation of Item",
    ),
    documented(
        "item.quantity_change",
        "A changed QtyOnHand makes an inventory adjustment by the difference; a full update that leaves it out changes "
        "nothing.",
        "Intuit's documentation of Item; the adjustment's day and account are assumed",
    ),
    recorded(
        "item.on_order",
        "An item shows no QtyOnPurchaseOrder, not even while some of it is on order.",
        "a sandbox company's items and open purchase orders (airbyte source-quickbooks)",
    ),
    assumed(
        "item.deactivated_stock",
        "Deactivating an inventory item adjusts its stock to 0.",
        "QuickBooks' own page says that it does",
    ),
    assumed(
        "item.start_change",
        "Another InvStartDate moves the opening stock to that day and values the item's history anew.",
        "QuickBooks' own page lets the day be changed",
    ),
)


def stock_of(change: Change) -> Body:
    """Quantity and start of an inventory item after a change; raises 2020 for what is missing."""
    quantity = change.kept("QtyOnHand")
    if quantity is None:
        raise faults.missing("QtyOnHand")
    start = change.kept("InvStartDate")
    if not start:
        raise faults.missing("InvStartDate")
    if not change.kept("TrackQtyOnHand"):
        raise faults.missing("TrackQtyOnHand")
    found: Body = {"QtyOnHand": plain(quantity) if is_active(change) else 0, "InvStartDate": start}
    for key in ("QtyOnPurchaseOrder", "QtyOnSalesOrder"):  # read only: a loaded item may have them
        if key in (change.old or {}):
            found[key] = (change.old or {})[key]
    return found


def follow_stock(company: Company, before: Record | None, after: Record) -> None:
    """Bring the books in line with what the item's record now says of its stock."""
    if after.body.get("Type") != "Inventory":
        return
    start = str(after.body["InvStartDate"])
    quantity = Decimal(after.body["QtyOnHand"])
    if before is None or before.body.get("Type") != "Inventory":
        if quantity:
            open_stock(company, after, quantity, start)
        return
    difference = quantity - Decimal(before.body.get("QtyOnHand") or 0)
    if difference:
        adjust_stock(company, after, difference)
    if start != before.body.get("InvStartDate"):
        move_opening(company, after, start)
