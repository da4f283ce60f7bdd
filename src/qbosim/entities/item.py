"""Products and services, and the categories and bundles they stand in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from qbosim import faults, jsontext
from qbosim.entities.alone import as_written
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity, Misplaced
from qbosim.entities.item_accounts import accounts_of
from qbosim.entities.item_stock import follow_stock, stock_of
from qbosim.entities.name_list import (
    depth,
    follow_rename,
    full_name,
    is_active,
    keep_unique,
    named,
    parent_of,
    shown,
)
from qbosim.entities.texts import check_lengths, check_name
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Item",
    recorded(
        "item.deferred_revenue",
        "What answers a write to a service shows DeferredRevenue; lists do not.",
        "sandbox traffic of 2026 (NangoHQ/integration-templates, create- and update-item)",
    ),
    documented(
        "item.type_required",
        "A new item says its Type (2020): Service, NonInventory, Inventory or Category.",
        "Intuit's documentation of Item, minor version 75",
    ),
    documented(
        "item.category",
        "Only a category can be the parent of an item; a category cannot be made inactive, it is deleted, and any other "
        "item cannot be deleted.",
        "Intuit's documentation of Item",
    ),
    assumed(
        "item.category_in_use",
        "A category that has items cannot be deleted (6000).",
        "the items would hang in the air",
    ),
    documented(
        "item.group",
        "A bundle (Type Group) cannot be created through the API; there it can only be read, renamed and "
        "deactivated.",
        "Intuit's documentation of Item says that creating is not possible; the rest is assumed",
    ),
    documented(
        "item.name",
        "A name is unique in its category (6240), has at most 100 characters and no colon, tab or line break.",
        "Intuit's documentation of Item",
    ),
    recorded(
        "item.shape",
        "Keys come in one order; a service shows UnitPrice and PurchaseCost 0 and TrackQtyOnHand false, an inventory "
        "item its quantity and the day its stock began.",
        "a sandbox company's items (airbyte source-quickbooks)",
    ),
    assumed(
        "item.type_change",
        "A service can become a product and either can become an inventory item; categories, bundles and inventory items "
        "stay what they are (6000).",
        "QuickBooks' own page allows no other change",
    ),
)

STOCKED_OR_NOT = frozenset({"Service", "NonInventory", "Inventory"})
_COPIED = (
    "Description",
    "PurchaseDesc",
    "Sku",
    "SalesTaxIncluded",
    "PurchaseTaxIncluded",
    "ManPartNum",
    "DeferredRevenue",
    "ReorderPoint",
    "ServiceType",
    "ItemCategoryType",
)
_LIMITS = {"Name": 100, "Description": 4000, "PurchaseDesc": 1000, "Sku": 100}


def _prepare(company: Company, change: Change) -> Body:
    name = named(change, "Name")
    check_name("Name", name)
    kind = _type_of(change)
    active = is_active(change)
    if kind == "Category" and not active:
        raise faults.business("A category can't be made inactive; delete it instead.")
    parent = parent_of(company, change, "Item")
    if parent is not None and parent.body.get("Type") != "Category":
        raise faults.business("Only a category can be the parent of an item.")
    body: Body = {
        "Name": shown(name, active),
        "Active": active,
        "FullyQualifiedName": full_name(parent, shown(name, active)),
        "Type": kind,
    }
    if parent is not None:
        body["SubItem"] = True
        body["ParentRef"] = parent.reference()
        body["Level"] = depth(company, parent) + 1
    if kind == "Group":
        body = {**(change.old or {}), **body, **_texts(change)}
        if parent is None:
            for key in ("SubItem", "ParentRef", "Level"):
                body.pop(key, None)
    elif kind != "Category":
        _describe(company, change, kind, body)
    check_lengths(body, _LIMITS)
    keep_unique(company, ("Item",), "FullyQualifiedName", body["FullyQualifiedName"], change)
    return body


def _texts(change: Change) -> Body:
    texts = {key: value for key in _COPIED if (value := _exact(change.value(key))) is not None}
    if not texts.get("DeferredRevenue") and "DeferredRevenue" not in (change.old or {}):
        texts.pop("DeferredRevenue", None)  # what the answer to a write showed, sent back
    return texts


def _exact(value: Any) -> Any:
    return jsontext.plain(value) if isinstance(value, Decimal) else value


def _describe(company: Company, change: Change, kind: str, body: Body) -> None:
    body.update(_texts(change))
    body["Taxable"] = bool(change.value("Taxable"))
    for key in ("UnitPrice", "PurchaseCost"):
        body[key] = jsontext.plain(change.value(key) or Decimal(0))
    body.update(accounts_of(company, change, kind))
    body["TrackQtyOnHand"] = kind == "Inventory"
    if kind == "Inventory":
        body.update(stock_of(change))
    elif change.value("InvStartDate") is not None:
        body["InvStartDate"] = change.value("InvStartDate")
    old = change.old or {}
    for key in ("SalesTaxCodeRef", "PurchaseTaxCodeRef"):
        sent = change.value(key)
        if sent is not None:
            body[key] = company.refer("TaxCode", sent, old.get(key)).reference()
    for key, entity in (("PrefVendorRef", "Vendor"), ("ClassRef", "Class")):
        sent = change.value(key)
        if sent is not None:
            body[key] = company.refer(entity, sent, old.get(key)).reference()


def _type_of(change: Change) -> str:
    """The type, which must be said (minor version 75)."""
    old = (change.old or {}).get("Type")
    kind = change.value("Type") or old
    if kind is None:
        raise faults.missing("Type")
    if old in ("Category", "Group", "Inventory") and kind != old:
        raise faults.business(f"The type of an item of type {old} can't be changed.")
    if kind != old and kind not in STOCKED_OR_NOT | ({"Category"} if old is None else set()):
        raise faults.business(f"An item of type {kind} can't be created through the API.")
    return str(kind)


def _saved(company: Company, before: Record | None, after: Record) -> None:
    follow_rename(company, before, after)
    follow_stock(company, before, after)


def _entered(_company: Company, record: Record) -> None:
    """Loaded stock is worked out from these two."""
    for key in ("QtyOnHand", "PurchaseCost"):
        value = record.body.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float | Decimal)):
            raise Misplaced(f"its {key} is no number")


def _leaving(company: Company, record: Record) -> None:
    if record.body.get("Type") != "Category":
        raise faults.unsupported("delete on Item")
    if any(company.select("Item", "p_ParentRef = ?", str(record.id))):
        raise faults.business("A category that has items can't be deleted.")


def _answered(company: Company, record: Record) -> str:
    is_service = record.body["Type"] == "Service"
    return as_written(company, record, {"DeferredRevenue": False} if is_service else {})


ITEM = Entity(
    name="Item",
    answered=_answered,
    order=(
        "Name",
        "Sku",
        "Description",
        "Active",
        "SubItem",
        "ParentRef",
        "Level",
        "FullyQualifiedName",
        "Taxable",
        "SalesTaxIncluded",
        "UnitPrice",
        "Type",
        "IncomeAccountRef",
        "PurchaseDesc",
        "PurchaseTaxIncluded",
        "PurchaseCost",
        "ExpenseAccountRef",
        "AssetAccountRef",
        "PrefVendorRef",
        "SalesTaxCodeRef",
        "PurchaseTaxCodeRef",
        "ClassRef",
        "PrintGroupedItems",
        "TrackQtyOnHand",
        "QtyOnHand",
        "QtyOnPurchaseOrder",
        "QtyOnSalesOrder",
        "ReorderPoint",
        "InvStartDate",
        "DeferredRevenue",
        "ItemGroupDetail",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
    ),
    verbs=frozenset({"create", "update", "delete"}),
    prepare=_prepare,
    collection="Items",
    properties=(
        Property("Name"),
        Property("FullyQualifiedName", indexed=True),
        Property("Type"),
        Property("Sku", indexed=True),
        Property("Description"),
        Property("Active", "flag"),
        Property("ParentRef", "reference", indexed=True),
        Property("UnitPrice", "number"),
        Property("Taxable", "flag", filterable=False),
    ),
    sorted_by="FullyQualifiedName",
    is_list=True,
    label="FullyQualifiedName",
    referred_as=("ItemRef", "GroupItemRef"),
    saved=_saved,
    entered=_entered,
    leaving=_leaving,
)
