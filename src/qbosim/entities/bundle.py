"""Bundles: several items sold as one, which QuickBooks' own page makes and the API cannot."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.entities.name_list import keep_unique
from qbosim.entities.texts import check_lengths, check_name
from qbosim.jsontext import plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body
from qbosim.rules import Topic, assumed

RULES = Topic(
    "Item",
    assumed(
        "item.bundle_parts",
        "A bundle has 1 to 50 parts, each a service or product with a quantity above 0, never a category or a bundle.",
        "QuickBooks' own page takes no others",
    ),
)

_MOST_PARTS = 50


def make_bundle(
    company: Company, name: str, parts: Sequence[tuple[str, Decimal]], *, description: str = "", sku: str = ""
) -> Record:
    """Make a bundle as a user does on the page: `parts` are ids of items with their quantities.

    Raises the API's faults: 2020 and 6000 for a bad name or part, 2500 for an item that is not there, 6240 for a name
    that is taken.
    """
    if not name:
        raise faults.missing("Name")
    check_name("Name", name)
    if not 1 <= len(parts) <= _MOST_PARTS:
        raise faults.business(f"A bundle has 1 to {_MOST_PARTS} products or services.")
    body: Body = {"Name": name, "Active": True, "FullyQualifiedName": name, "Taxable": False, "UnitPrice": 0}
    body |= {"Type": "Group", "PurchaseCost": 0, "PrintGroupedItems": True, "TrackQtyOnHand": False}
    if description:
        body["Description"] = description
    if sku:
        body["Sku"] = sku
    check_lengths(body, {"Name": 100, "Description": 4000, "Sku": 100})
    keep_unique(company, ("Item",), "FullyQualifiedName", name, Change(body))
    lines = [_part(company, identity, quantity) for identity, quantity in parts]
    body["ItemGroupDetail"] = {"ItemGroupLine": lines}
    return company.insert("Item", body)


def _part(company: Company, identity: str, quantity: Decimal) -> Body:
    item = company.refer("Item", {"value": identity})
    if item.body.get("Type") in ("Category", "Group"):
        raise faults.business("A bundle is made of products and services only.")
    if quantity <= 0:
        raise faults.business("A quantity in a bundle must be more than 0.")
    return {"ItemRef": item.reference(), "Qty": plain(quantity)}
