"""Inventory adjustments: stock that was found, lost or counted anew, and the opening stock of an item."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from qbosim import faults
from qbosim.books import inventory
from qbosim.books.ledger import QUANTITY_UNIT
from qbosim.books.movements import Movement
from qbosim.books.sales import account_of_subtype
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity, Misplaced
from qbosim.entities.line_ids import LineIds
from qbosim.entities.texts import check_lengths
from qbosim.jsontext import plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "InventoryAdjustment",
    documented(
        "inventory_adjustment.required",
        "AdjustAccountRef and a line are required; a line needs its DetailType, an ItemRef and a QtyDiff (2020).",
        "Intuit's documentation of InventoryAdjustment; Finance.xsd requires AdjustAccountRef and ItemRef",
    ),
    documented(
        "inventory_adjustment.stock",
        "An adjustment moves the QtyOnHand of its items by QtyDiff and books their worth against AdjustAccountRef.",
        "Intuit's documentation of InventoryAdjustment",
    ),
    documented(
        "inventory_adjustment.new_quantity",
        "A line may say NewQty instead of QtyDiff; the record then holds the difference.",
        "Finance.xsd offers both; that only the difference is kept is assumed",
    ),
    assumed(
        "inventory_adjustment.item",
        "Only inventory items can be adjusted (6000), and not before their InvStartDate (6000, words as clients report "
        "them).",
        "other items have no stock",
    ),
    assumed(
        "inventory_adjustment.account",
        "Receivables and payables cannot take an adjustment (6430).",
        "a line on them would need a customer or vendor, which an adjustment has no place for",
    ),
    assumed(
        "inventory_adjustment.opening",
        "The opening stock of an item (QtyOnHand on its InvStartDate) is an adjustment numbered START against Opening "
        "Balance Equity, worth QtyOnHand times PurchaseCost.",
        "QuickBooks' reports show it as Inventory Starting Value against Opening Balance Equity; its shape in the API "
        "is not documented",
    ),
    assumed(
        "inventory_adjustment.shrinkage",
        "A changed QtyOnHand of an item makes an adjustment of today against Inventory Shrinkage, an account that is "
        "made when it is first needed.",
        "the account QuickBooks' own page offers; which one the API takes is not documented",
    ),
)

OPENING = "START"
"""The number of the adjustment that holds an item's opening stock."""
_SHRINKAGE = "Inventory Shrinkage"
_DETAIL = "ItemAdjustmentLineDetail"
_NEVER = frozenset({"Accounts Receivable", "Accounts Payable"})


def _prepare(company: Company, change: Change) -> Body:
    old = change.old or {}
    reference = change.value("AdjustAccountRef")
    if not reference or not reference.get("value"):
        raise faults.missing("AdjustAccountRef")
    account = company.refer("Account", reference, old.get("AdjustAccountRef"))
    if account.body.get("AccountType") in _NEVER:
        raise faults.bad_account_type("AdjustAccountRef can't be receivables or payables")
    body: Body = {"AdjustAccountRef": account.reference()}
    for key in ("DocNumber", "PrivateNote", "ShippingAdjustment", "TransactionLocationType"):
        value = change.value(key)
        if value is not None:
            body[key] = value
    customer = change.value("CustomerRef")
    if customer:
        body["CustomerRef"] = company.refer("Customer", customer, old.get("CustomerRef")).reference()
    department = change.value("DepartmentRef")
    if department and company.preference("AccountingInfoPrefs", "TrackDepartments"):
        body["DepartmentRef"] = company.refer("Department", department, old.get("DepartmentRef")).reference()
    body["TxnDate"] = change.value("TxnDate") or company.today
    body["Line"] = _lines(company, change.value("Line") or [], old.get("Line") or [], body["TxnDate"])
    check_lengths(body, {"DocNumber": 21, "PrivateNote": 4000})
    return body


def _lines(company: Company, sent: Sequence[Body], old: Sequence[Body], day: str) -> list[Body]:
    if not sent:
        raise faults.missing("Line")
    ids = LineIds(old)
    return [_line(company, line, ids.take(line), old, day) for line in sent]


def _line(company: Company, line: Body, identity: str, old: Sequence[Body], day: str) -> Body:
    kind = line.get("DetailType")
    if not kind:
        raise faults.missing("Line.DetailType")
    if kind != _DETAIL:
        raise faults.business(f"{kind} is not a line of an inventory adjustment.")
    detail = line.get(_DETAIL) or {}
    reference = detail.get("ItemRef")
    if not reference or not reference.get("value"):
        raise faults.missing("ItemRef")
    before = [part[_DETAIL] for part in old if part[_DETAIL]["ItemRef"]["value"] == reference["value"]]
    item = company.refer("Item", reference, before[0]["ItemRef"] if before else None)
    if item.body.get("Type") != "Inventory":
        raise faults.business("Only inventory items can be adjusted.")
    if day < str(item.body.get("InvStartDate") or ""):
        raise faults.business("Transaction date is prior to start date for inventory item.")
    shown: Body = {"ItemRef": item.reference()}
    if detail.get("ClassRef"):
        shown["ClassRef"] = company.refer("Class", detail["ClassRef"], detail["ClassRef"]).reference()
    shown["QtyDiff"] = plain(_difference(item, detail, before))
    built: Body = {"Id": identity}
    if line.get("Description"):
        built["Description"] = line["Description"]
    return {**built, "DetailType": _DETAIL, _DETAIL: shown}


def _difference(item: Record, detail: Body, before: Sequence[Body]) -> Decimal:
    """Units found (positive) or lost; NewQty counts from what there was without this adjustment."""
    if detail.get("QtyDiff") not in (None, ""):
        return Decimal(detail["QtyDiff"])
    if detail.get("NewQty") in (None, ""):
        raise faults.missing("QtyDiff")
    own = sum((Decimal(part["QtyDiff"]) for part in before), Decimal(0))
    return Decimal(detail["NewQty"]) - Decimal(item.body.get("QtyOnHand") or 0) + own


def _movements(record: Record) -> list[Movement]:
    body = record.body
    contra = int(body["AdjustAccountRef"]["value"])
    return [
        Movement(
            int(line[_DETAIL]["ItemRef"]["value"]),
            int(Decimal(str(line[_DETAIL]["QtyDiff"])) * QUANTITY_UNIT),
            contra=contra,
            customer=_number(body.get("CustomerRef")),
            klass=_number(line[_DETAIL].get("ClassRef")),
            department=_number(body.get("DepartmentRef")),
            memo=str(line.get("Description") or body.get("PrivateNote") or ""),
        )
        for line in body["Line"]
    ]


def _number(reference: Body | None) -> int | None:
    return int(reference["value"]) if reference else None


def _saved(company: Company, _before: Record | None, after: Record) -> None:
    inventory.move(company, after, after.body["TxnDate"], _movements(after))


def _entered(company: Company, record: Record) -> None:
    body = record.body
    if not body.get("TxnDate"):
        raise Misplaced("it has no TxnDate")
    if not str((body.get("AdjustAccountRef") or {}).get("value", "")).isdecimal():
        raise Misplaced("it has no AdjustAccountRef")
    for line in body.get("Line") or []:
        detail = line.get(_DETAIL) if isinstance(line, dict) else None
        if not detail or detail.get("QtyDiff") is None or not _is_stocked(company, detail.get("ItemRef")):
            raise Misplaced("a line of it adjusts nothing that is kept in stock")
    inventory.enter_movements(company, record, str(body["TxnDate"]), _movements(record))


def _is_stocked(company: Company, reference: Any) -> bool:
    number = str((reference or {}).get("value", ""))
    item = company.find("Item", int(number)) if number.isdecimal() else None
    return item is not None and item.body.get("Type") == "Inventory"


def _leaving(company: Company, record: Record) -> None:
    inventory.move(company, record, record.body["TxnDate"], [])


# -- adjustments that changes of items make ----------------------------------------------------------------------


def open_stock(company: Company, item: Record, quantity: Decimal, day: str) -> None:
    """Make the adjustment that an item's stock begins with: `quantity` units on the day `day`."""
    equity = account_of_subtype(company, "OpeningBalanceEquity")
    _adjust(company, item, quantity, day, equity, OPENING)


def enter_opening(company: Company, item: Record, quantity: Decimal, day: str, number: int) -> None:
    """Make the opening adjustment of a loaded item, as old as the item, under the id `number`; no balance moves."""
    equity = account_of_subtype(company, "OpeningBalanceEquity")
    body = _adjustment(company, item, quantity, day, equity, OPENING)
    created = item.created
    record = company.insert("InventoryAdjustment", body, number=number, created=created, updated=created)
    inventory.enter_movements(company, record, day, _movements(record))


def adjust_stock(company: Company, item: Record, difference: Decimal) -> None:
    """Make the adjustment that a changed QtyOnHand stands for: `difference` units found or lost today."""
    day = max(company.today, str(item.body.get("InvStartDate") or ""))
    _adjust(company, item, difference, day, _shrinkage_account(company), "")


def move_opening(company: Company, item: Record, day: str) -> None:
    """Let an item's stock begin on another day, and value its history anew."""
    opening = f'"value":"{item.id}"'
    for record in company.select(
        "InventoryAdjustment", "p_DocNumber = ? AND instr(body, ?) > 0", OPENING, opening
    ):
        if any(line[_DETAIL]["ItemRef"]["value"] == str(item.id) for line in record.body["Line"]):
            _saved(company, record, company.save(record, {**record.body, "TxnDate": day}))
    inventory.value_again(company, item)


def _adjust(company: Company, item: Record, difference: Decimal, day: str, account: int, number: str) -> None:
    body = _adjustment(company, item, difference, day, account, number)
    _saved(company, None, company.insert("InventoryAdjustment", body))


def _adjustment(
    company: Company, item: Record, difference: Decimal, day: str, account: int, number: str
) -> Body:
    contra = company.find("Account", account)
    assert contra is not None, "the account was found a moment ago"
    body: Body = {"AdjustAccountRef": contra.reference(), "TxnDate": day}
    if number:
        body["DocNumber"] = number
    detail = {"ItemRef": item.reference(), "QtyDiff": plain(difference)}
    body["Line"] = [{"Id": "1", "DetailType": _DETAIL, _DETAIL: detail}]
    return body


def _shrinkage_account(company: Company) -> int:
    for account in company.select("Account", "p_FullyQualifiedName = ?", _SHRINKAGE):
        return account.id
    twin = company.find("Account", account_of_subtype(company, "SuppliesMaterialsCogs"))
    assert twin is not None, "the account was found a moment ago"
    body = {
        key: value for key, value in twin.body.items() if key not in ("ParentRef", "Description", "AcctNum")
    }
    names = {"Name": _SHRINKAGE, "FullyQualifiedName": _SHRINKAGE, "SubAccount": False}
    return company.insert("Account", {**body, **names}).id


INVENTORY_ADJUSTMENT = Entity(
    name="InventoryAdjustment",
    order=(
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "DocNumber",
        "TxnDate",
        "DepartmentRef",
        "PrivateNote",
        "Line",
        "AdjustAccountRef",
        "CustomerRef",
        "ShippingAdjustment",
        "TransactionLocationType",
    ),
    verbs=frozenset({"create", "update", "delete"}),
    prepare=_prepare,
    sequence="Transactions",
    collection="Transactions",
    properties=(
        Property("DocNumber", indexed=True),
        Property("TxnDate", "day", indexed=True),
        Property("PrivateNote", filterable=False),
    ),
    label="DocNumber",
    saved=_saved,
    entered=_entered,
    leaving=_leaving,
    day_key="TxnDate",
)
