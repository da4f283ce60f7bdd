"""Invoices."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from qbosim import faults
from qbosim.books import inventory, sales, settlement
from qbosim.books.currencies import home_amount
from qbosim.books.ledger import from_cents, to_cents
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.entities.origins import follow_links, links_after, with_hours
from qbosim.entities.sales_form import Form, build_form, check_form, voided_form
from qbosim.entities.term import due_date
from qbosim.jsontext import dumps, loads, money
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property, id_number
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Invoice",
    recorded(
        "invoice.due_date",
        "DueDate follows from the invoice's terms, else the customer's, else the company's, which are not stored.",
        "sandbox traffic (minimul/qbo_api, create__invoice); the order of terms is Intuit's documentation",
    ),
    documented(
        "invoice.term_kinds",
        "Date-driven terms fall due on a day of the month, the next one when the invoice is dated too close to it.",
        "Intuit's documentation of Term",
    ),
    documented(
        "invoice.balance",
        "Balance is the total less Deposit and what payments and credits settle; what a client sends of it is ignored.",
        "Intuit's documentation of Invoice",
    ),
    documented(
        "invoice.deposit",
        "Deposit on an invoice is money received at once, where the company allows it; it lowers the balance.",
        "Intuit's documentation of Invoice and Preferences",
    ),
    assumed(
        "invoice.deposit_fits",
        "A deposit below 0 or beyond the invoice's total is refused with 6000, and so is a total below the deposit.",
        "an invoice's balance is never below 0 in any known answer",
    ),
    recorded(
        "invoice.void",
        "A voided invoice has no LinkedTxn; its payments are not voided, their money is unapplied again.",
        "sandbox traffic (minimul/qbo_api, void__invoice); for the payments Intuit's documentation of linked transactions",
    ),
    documented(
        "invoice.delete",
        "Deleting an invoice makes the money that paid it unapplied; the invoice is gone from reads and queries.",
        "Intuit's documentation of linked transactions",
    ),
    assumed(
        "invoice.shrinks",
        "An invoice that becomes smaller than what was paid gives the rest back to the latest payments.",
        "a balance below zero is never seen",
    ),
    recorded(
        "invoice.keys",
        "An invoice's keys and their order.",
        "a sandbox company's invoices (NangoHQ integration templates)",
    ),
    documented(
        "invoice.link",
        "InvoiceLink is answered to a call with include=invoiceLink, for an invoice that can be paid online and has a "
        "BillEmail.",
        "Intuit's documentation of Invoice (the link itself leads nowhere here)",
    ),
    recorded(
        "invoice.modified_by",
        "MetaData names who changed an invoice last (LastModifiedByRef).",
        "a sandbox company's invoices (NangoHQ integration templates)",
    ),
)

_FORM = Form("Invoice")
_ONLINE = ("AllowIPNPayment", "AllowOnlinePayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment")


def _prepare(company: Company, change: Change) -> Body:
    old = change.old or {}
    change = with_hours(company, change)
    body = build_form(company, change, _FORM)
    for key in _ONLINE:
        body[key] = bool(change.value(key))
    body["DueDate"] = _due(company, change, body)
    deposit = change.value("Deposit")
    if deposit:
        if not company.preference("SalesFormsPrefs", "AllowDeposit"):
            raise faults.business("Deposits on invoices are turned off for this company.")
        body["Deposit"] = money(deposit)
        if change.value("DepositToAccountRef"):
            account = company.refer(
                "Account", change.value("DepositToAccountRef"), old.get("DepositToAccountRef")
            )
            body["DepositToAccountRef"] = account.reference()
        if not 0 <= Decimal(deposit) <= Decimal(body["TotalAmt"]):
            raise faults.business("The deposit must be between 0 and the total of the invoice.")
    body["LinkedTxn"] = links_after(company, change, body)
    for key in ("InvoiceLink", "HomeBalance"):
        if key in old:
            body[key] = old[key]
    open_now = _open_total(body) - (_open_total(old) - to_cents(Decimal(old.get("Balance", 0))) if old else 0)
    body["Balance"] = money(from_cents(max(open_now, 0)))
    if "ExchangeRate" in body:
        body["HomeBalance"] = money(home_amount(Decimal(body["Balance"]), Decimal(body["ExchangeRate"])))
    return body


def _open_total(body: Body) -> int:
    return to_cents(Decimal(body.get("TotalAmt", 0))) - to_cents(Decimal(body.get("Deposit", 0)))


def _due(company: Company, change: Change, body: Body) -> str:
    """The date sent; else by the terms: the form's, the customer's, the company's, which are not stored (recorded).

    A sparse update that leaves both date and terms out leaves the due date alone.
    """
    sent = change.sent.get("DueDate")
    if sent:
        return str(sent)
    old = change.old or {}
    if change.sparse and "DueDate" in old and "SalesTermRef" not in change.sent:
        return str(old["DueDate"])
    reference = body.get("SalesTermRef")
    if not reference:
        customer = company.refer("Customer", body["CustomerRef"], body["CustomerRef"])
        reference = customer.body.get("SalesTermRef") or company.preference("SalesFormsPrefs", "DefaultTerms")
    number = id_number(str((reference or {}).get("value", "")))
    term = company.find("Term", number) if number is not None else None
    return due_date(term.body, body["TxnDate"]) if term is not None else str(body["TxnDate"])


def _saved(company: Company, before: Record | None, after: Record) -> None:
    inventory.post(company, after, after.body["TxnDate"], sales.postings_of(company, after, sign=1))
    follow_links(company, before.body if before is not None else {}, after.body, after.id)
    if before is not None:
        settlement.document_saved(company, after)


def _entered(company: Company, record: Record) -> None:
    check_form(company, record)
    inventory.enter(
        company, record, str(record.body.get("TxnDate", "")), sales.postings_of(company, record, sign=1)
    )


def _leaving(company: Company, record: Record) -> None:
    settlement.release(company, record, 0)
    follow_links(company, record.body, {}, record.id)
    inventory.post(company, record, record.body["TxnDate"], [])


def _voided(_company: Company, record: Record) -> Body:
    return voided_form(record)


def _answered(company: Company, record: Record) -> str:
    """The invoice with its link when the call asks for it and the invoice can be paid online."""
    body = record.body
    payable = body.get("AllowOnlineCreditCardPayment") or body.get("AllowOnlineACHPayment")
    if "invoicelink" not in company.include or "InvoiceLink" in body or not payable:
        return record.text
    if not (body.get("BillEmail") or {}).get("Address"):
        return record.text
    key = hashlib.shake_256(f"{company.realm}|{record.id}".encode()).hexdigest(40)
    link = f"https://developer.intuit.com/comingSoonview/scs-v1-{key}?locale=en_US&cta=v3invoicelink"
    shown: Body = {}
    for name, value in loads(record.text).items():
        if name == "domain":
            shown["InvoiceLink"] = link
        shown[name] = value
    return dumps(shown).decode()


INVOICE = Entity(
    name="Invoice",
    shows_editor=True,
    answered=_answered,
    order=(
        *_ONLINE,
        "InvoiceLink",
        "Deposit",
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
        "CustomerRef",
        "CustomerMemo",
        "BillAddr",
        "ShipAddr",
        "FreeFormAddress",
        "ShipFromAddr",
        "ClassRef",
        "SalesTermRef",
        "DueDate",
        "ShipMethodRef",
        "ShipDate",
        "TrackingNum",
        "GlobalTaxCalculation",
        "TotalAmt",
        "HomeTotalAmt",
        "ApplyTaxAfterDiscount",
        "PrintStatus",
        "EmailStatus",
        "BillEmail",
        "BillEmailCc",
        "BillEmailBcc",
        "Balance",
        "HomeBalance",
        "DeliveryInfo",
    ),
    verbs=frozenset({"create", "update", "delete", "void", "send", "pdf"}),
    prepare=_prepare,
    sequence="Transactions",
    collection="Transactions",
    properties=(
        Property("DocNumber", indexed=True),
        Property("TxnDate", "day", indexed=True),
        Property("DueDate", "day"),
        Property("CustomerRef", "reference", indexed=True),
        Property("Balance", "number", indexed=True),
        Property("TotalAmt", "number"),
        Property("SalesTermRef", "reference"),
        Property("ProjectRef", "reference"),
        Property("EmailStatus", filterable=False),
        Property("DepartmentRef", "reference", filterable=False),
        Property("ClassRef", "reference", filterable=False),
        Property("PrivateNote", filterable=False),
    ),
    label="DocNumber",
    saved=_saved,
    entered=_entered,
    leaving=_leaving,
    voided=_voided,
    day_key="TxnDate",
)
