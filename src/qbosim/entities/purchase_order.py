"""Purchase orders: what is to be bought; nothing is posted before it is billed."""

from __future__ import annotations

from qbosim import faults
from qbosim.books import purchases
from qbosim.entities.addresses import own_address
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.entities.expense_lines import Shape
from qbosim.entities.purchase_form import Form, address_of, build_form, check_loaded, vendor_of
from qbosim.entities.received import forget_order
from qbosim.entities.texts import check_emails
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "PurchaseOrder",
    recorded(
        "purchase_order.shape",
        "An order shows EmailStatus, POStatus, CustomField and LinkedTxn even when they are empty, and its Memo last.",
        "objects of Intuit's sandbox company (PurchaseOrder)",
    ),
    recorded(
        "purchase_order.numbers",
        "Orders have a run of numbers of their own; a full update that names no DocNumber takes the order's away.",
        "objects of Intuit's sandbox company (PurchaseOrder 154 to 163); sandbox traffic of 2026 "
        "(NangoHQ/integration-templates, create- and update-purchase-order)",
    ),
    documented(
        "purchase_order.non_posting",
        "An order moves no balance of an account, a vendor or stock.",
        "Intuit's documentation of PurchaseOrder",
    ),
    documented(
        "purchase_order.status",
        "POStatus is Open or Closed; a client may close an order by hand and open it again.",
        "Intuit's documentation of PurchaseOrder (POStatus)",
    ),
    assumed(
        "purchase_order.vendor_stays",
        "The vendor of an order that something was made from cannot be changed (6000).",
        "the order and its bills are the same vendor's",
    ),
    assumed(
        "purchase_order.email",
        "An order that is to be sent needs an address: POEmail, else 6420.",
        "as Intuit demands it of invoices",
    ),
)

_FORM = Form("PurchaseOrder", Shape(numbered=True, linked=False), number_counter="PurchaseOrderNumber")
_OTHERS = ("ShipMethodRef", "ExpectedDate", "DueDate", "FOB", "ShipTo", "DropShipToEntity", "ManuallyClosed")


def _prepare(company: Company, change: Change) -> Body:
    old = change.old or {}
    vendor = vendor_of(company, change)
    body = build_form(company, change, _FORM, vendor)
    body["VendorRef"] = vendor.reference()
    if old.get("LinkedTxn") and old["VendorRef"]["value"] != str(vendor.id):
        raise faults.business(
            "The vendor of a purchase order that is linked to other transactions can't be changed."
        )
    address = address_of(company, change, "VendorAddr", vendor)
    if address:
        body["VendorAddr"] = address
    delivery = own_address(company, change.value("ShipAddr"), old.get("ShipAddr"))
    if delivery:
        body["ShipAddr"] = delivery
    for key in _OTHERS:
        value = change.value(key)
        if value is not None:
            body[key] = value
    _references(company, change, body)
    body["APAccountRef"] = purchases.payable_reference(company, change.kept("APAccountRef"), body)
    body["POStatus"] = change.kept("POStatus") or "Open"
    body["CustomField"] = change.value("CustomField") or []
    body["LinkedTxn"] = old.get("LinkedTxn", [])
    if change.value("POEmail"):
        body["POEmail"] = change.value("POEmail")
        check_emails(body, "POEmail")
    body["EmailStatus"] = change.value("EmailStatus") or "NotSet"
    if body["EmailStatus"] == "NeedToSend" and not (body.get("POEmail") or {}).get("Address"):
        raise faults.email_required()
    return body


def _references(company: Company, change: Change, body: Body) -> None:
    old = change.old or {}
    term = change.value("SalesTermRef")
    if term and term.get("value"):
        body["SalesTermRef"] = {"value": str(company.refer("Term", term, old.get("SalesTermRef")).id)}
    klass = change.value("ClassRef")
    if klass and company.preference("AccountingInfoPrefs", "ClassTrackingPerTxn"):
        body["ClassRef"] = company.refer("Class", klass, old.get("ClassRef")).reference()


def _entered(company: Company, record: Record) -> None:
    check_loaded(company, record)


PURCHASE_ORDER = Entity(
    name="PurchaseOrder",
    shows_editor=True,
    order=(
        "SalesTermRef",
        "DueDate",
        "ExpectedDate",
        "VendorAddr",
        "ShipAddr",
        "ShipMethodRef",
        "POEmail",
        "EmailStatus",
        "POStatus",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "CustomField",
        "DocNumber",
        "TxnDate",
        "DepartmentRef",
        "CurrencyRef",
        "ExchangeRate",
        "PrivateNote",
        "LinkedTxn",
        "Line",
        "TxnTaxDetail",
        "VendorRef",
        "APAccountRef",
        "ClassRef",
        "GlobalTaxCalculation",
        "TotalAmt",
        "Memo",
    ),
    verbs=frozenset({"create", "update", "delete", "send", "pdf"}),
    prepare=_prepare,
    sequence="Transactions",
    collection="Transactions",
    properties=(
        Property("DocNumber", indexed=True),
        Property("TxnDate", "day", indexed=True),
        Property("VendorRef", "reference", indexed=True),
        Property("POStatus"),
        Property("TotalAmt", "number"),
        Property("DueDate", "day", filterable=False),
        Property("DepartmentRef", "reference", filterable=False),
        Property("ClassRef", "reference", filterable=False),
        Property("PrivateNote", filterable=False),
    ),
    label="DocNumber",
    entered=_entered,
    leaving=forget_order,
    day_key="TxnDate",
)
