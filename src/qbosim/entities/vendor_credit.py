"""Vendor credits: bills the other way round, used up by bill payments."""

from __future__ import annotations

from qbosim.books import inventory, purchases, settlement
from qbosim.books.ledger import Posting
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.entities.expense_lines import Shape
from qbosim.entities.purchase_form import (
    Form,
    address_of,
    build_form,
    check_loaded,
    provisional_balance,
    vendor_of,
)
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "VendorCredit",
    documented(
        "vendor_credit.posting",
        "A vendor credit lowers what is owed to the vendor, and its lines lower the expenses.",
        "Intuit's documentation of VendorCredit",
    ),
    documented(
        "vendor_credit.applied",
        "A bill payment uses a credit up: a line for the bill, a line for the credit, both positive, and TotalAmt the "
        "rest (0 when nothing is).",
        "Intuit's documentation of BillPayment",
    ),
    assumed(
        "vendor_credit.balance",
        "Balance shows what is left of the credit; LinkedTxn shows the bill payments that used it.",
        "Finance.xsd has both properties",
    ),
    documented(
        "vendor_credit.no_void",
        "A vendor credit cannot be voided; it is deleted.",
        "Intuit's documentation of VendorCredit and of the webhooks' operations",
    ),
)

_FORM = Form("VendorCredit", Shape(numbered=True, linked=False))


def _prepare(company: Company, change: Change) -> Body:
    old = change.old or {}
    vendor = vendor_of(company, change)
    body = build_form(company, change, _FORM, vendor)
    body["VendorRef"] = vendor.reference()
    address = address_of(company, change, "VendorAddr", vendor)
    if address:
        body["VendorAddr"] = address
    body["APAccountRef"] = purchases.payable_reference(company, change.kept("APAccountRef"), body)
    if old.get("LinkedTxn"):
        body["LinkedTxn"] = old["LinkedTxn"]
    body["Balance"] = provisional_balance(body, old)
    return body


def _postings(company: Company, record: Record) -> list[Posting]:
    head = purchases.payable_account(company, record.body)
    vendor = int(record.body["VendorRef"]["value"])
    return purchases.postings_of(company, record, head, sign=-1, vendor=vendor)


def _saved(company: Company, before: Record | None, after: Record) -> None:
    inventory.post(company, after, after.body["TxnDate"], _postings(company, after))
    if before is not None:
        settlement.document_saved(company, after)


def _entered(company: Company, record: Record) -> None:
    check_loaded(company, record)
    inventory.enter(company, record, str(record.body["TxnDate"]), _postings(company, record))


def _leaving(company: Company, record: Record) -> None:
    settlement.release(company, record, 0)
    inventory.post(company, record, record.body["TxnDate"], [])


VENDOR_CREDIT = Entity(
    name="VendorCredit",
    order=(
        "VendorAddr",
        "Balance",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
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
        "GlobalTaxCalculation",
        "TotalAmt",
        "Memo",
    ),
    verbs=frozenset({"create", "update", "delete"}),
    prepare=_prepare,
    sequence="Transactions",
    collection="Transactions",
    properties=(
        Property("DocNumber", indexed=True),
        Property("TxnDate", "day", indexed=True),
        Property("VendorRef", "reference", indexed=True),
        Property("APAccountRef", "reference"),
        Property("Balance", "number"),
        Property("TotalAmt", "number"),
        Property("DepartmentRef", "reference", filterable=False),
        Property("PrivateNote", filterable=False),
    ),
    label="DocNumber",
    saved=_saved,
    entered=_entered,
    leaving=_leaving,
    day_key="TxnDate",
)
