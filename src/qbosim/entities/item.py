"""Products and services, and the categories they stand in."""

from __future__ import annotations

from decimal import Decimal

from qbosim import faults, jsontext
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
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

SELLABLE = frozenset({"Service", "NonInventory", "Inventory"})
_COPIED = (
    "Description",
    "PurchaseDesc",
    "Sku",
    "InvStartDate",
    "SalesTaxIncluded",
    "PurchaseTaxIncluded",
    "ManPartNum",
    "DeferredRevenue",
)
_ACCOUNTS = ("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef")
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
    if kind != "Category":
        _describe(company, change, kind, body)
    check_lengths(body, _LIMITS)
    keep_unique(company, ("Item",), "FullyQualifiedName", body["FullyQualifiedName"], change)
    return body


def _describe(company: Company, change: Change, kind: str, body: Body) -> None:
    for key in _COPIED:
        value = change.value(key)
        if value is not None:
            body[key] = value
    body["Taxable"] = bool(change.value("Taxable"))
    for key in ("UnitPrice", "PurchaseCost"):
        body[key] = jsontext.plain(change.value(key) or Decimal(0))
    old = change.old or {}
    for key in _ACCOUNTS:
        sent = change.value(key)
        if sent is not None:
            account = company.refer("Account", sent, old.get(key))
            body[key] = account.reference()
    if "IncomeAccountRef" not in body:
        raise faults.missing("IncomeAccountRef")
    body["TrackQtyOnHand"] = kind == "Inventory"
    if kind == "Inventory":
        for key in ("AssetAccountRef", "ExpenseAccountRef", "InvStartDate"):
            if key not in body:
                raise faults.missing(key)
        quantity = change.kept("QtyOnHand")
        if quantity is None:
            raise faults.missing("QtyOnHand")
        body["QtyOnHand"] = jsontext.plain(quantity)
    for key in ("SalesTaxCodeRef", "PurchaseTaxCodeRef"):
        sent = change.value(key)
        if sent is not None:
            body[key] = company.refer("TaxCode", sent, old.get(key)).reference()


def _type_of(change: Change) -> str:
    """The type, which must be said (minor version 75) and never changes to or from a category."""
    old = (change.old or {}).get("Type")
    kind = change.value("Type") or old
    if kind is None:
        raise faults.missing("Type")
    if kind not in SELLABLE | {"Category"}:
        raise faults.business(f"An item of type {kind} can't be created through the API.")
    if old is not None and "Category" in (old, kind) and kind != old:
        raise faults.business("The type of a category can't be changed.")
    return str(kind)


def _saved(company: Company, before: Record | None, after: Record) -> None:
    follow_rename(company, before, after)


def _leaving(company: Company, record: Record) -> None:
    if record.body.get("Type") != "Category":
        raise faults.unsupported("delete on Item")
    if any(company.select("Item", "p_ParentRef = ?", str(record.id))):
        raise faults.business("A category that has items can't be deleted.")


ITEM = Entity(
    name="Item",
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
        "SalesTaxCodeRef",
        "PurchaseTaxCodeRef",
        "TrackQtyOnHand",
        "QtyOnHand",
        "InvStartDate",
        "DeferredRevenue",
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
    referred_as=("ItemRef",),
    saved=_saved,
    leaving=_leaving,
)
