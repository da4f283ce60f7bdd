"""Payments of bills, by check or credit card, and vendor credits put to use."""

from __future__ import annotations

from qbosim import faults
from qbosim.books import purchases, settlement
from qbosim.books.open_items import PAYABLES
from qbosim.entities.change import Change
from qbosim.entities.currencies import currency_reference, transaction_rate
from qbosim.entities.entity import Entity, Misplaced
from qbosim.entities.purchase_form import check_loaded, vendor_of
from qbosim.entities.sales_form import voided_note
from qbosim.entities.settling import (
    kept_lines,
    lines_after,
    loaded_lines,
    read_lines,
    refuse_overdrawn,
    total_sent,
)
from qbosim.entities.texts import check_lengths
from qbosim.jsontext import money, plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, documented, recorded

RULES = Topic(
    "BillPayment",
    recorded(
        "bill_payment.shape",
        "A payment by check shows CheckPayment with its bank account and PrintStatus, one by card CreditCardPayment with "
        "the card's account; lines show Amount and LinkedTxn only.",
        "objects of Intuit's sandbox company (BillPayment)",
    ),
    documented(
        "bill_payment.required",
        "VendorRef, TotalAmt, PayType and the account that fits PayType are demanded (2020), of sparse updates too.",
        "Intuit's documentation of BillPayment",
    ),
    documented(
        "bill_payment.accounts",
        "A check is drawn on a bank account, a card payment on a credit card account (6430).",
        "Intuit's documentation of BillPayment (BankAccountRef, CCAccountRef)",
    ),
    documented(
        "bill_payment.void",
        "A voided payment keeps its number and date, its amount is 0, its lines are gone, and the bills are open again.",
        "Intuit's documentation of BillPayment (include=void)",
    ),
    documented(
        "bill_payment.more_than_bills",
        "A payment may be more than its bills: the rest is a credit with the vendor and lowers what is owed.",
        "Intuit's documentation of BillPayment (TotalAmt), as python-quickbooks' source has it",
    ),
    documented(
        "bill_payment.exchange",
        "A bill leaves payables at its own rate; what the payment's rate makes of it is an exchange gain or loss.",
        "Intuit's documentation of multicurrency",
    ),
)

_LIMITS = {"DocNumber": 21, "PrivateNote": 4000}
_PARTS = {
    "Check": ("CheckPayment", "BankAccountRef", "Bank"),
    "CreditCard": ("CreditCardPayment", "CCAccountRef", "Credit Card"),
}


def _prepare(company: Company, change: Change) -> Body:
    old = change.old or {}
    vendor = vendor_of(company, change)
    body: Body = {"VendorRef": vendor.reference(), "TotalAmt": money(total_sent(change))}
    body["TxnDate"] = change.value("TxnDate") or company.today
    _pay_type(company, change, body)
    body["CurrencyRef"] = currency_reference(
        company, change.value("CurrencyRef") or vendor.body.get("CurrencyRef")
    )
    currency = body["CurrencyRef"]["value"]
    if currency != vendor.body["CurrencyRef"]["value"]:
        raise faults.business("The currency of the transaction must be the vendor's currency.")
    if company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        body["ExchangeRate"] = plain(transaction_rate(company, change, currency, body["TxnDate"]))
    for key in ("PrivateNote", "TransactionLocationType", "ProjectRef"):
        value = change.value(key)
        if value is not None:
            body[key] = value
    number = change.kept("DocNumber")
    if number:
        body["DocNumber"] = number
    _references(company, change, body)
    lines = lines_after(company, change, PAYABLES, vendor)
    refuse_overdrawn(company, PAYABLES, body, lines)
    body["Line"] = kept_lines(company, PAYABLES, body, old, lines)
    check_lengths(body, _LIMITS)
    return body


def _pay_type(company: Company, change: Change, body: Body) -> None:
    """How it is paid, and the part of the body that says from which account."""
    kind = change.sent.get("PayType")
    if not kind:
        raise faults.missing("PayType")
    body["PayType"] = kind
    part, key, account_type = _PARTS[kind]
    sent = change.value(part) or {}
    old = (change.old or {}).get(part) or {}
    reference = sent.get(key) or (old.get(key) if part not in change.sent else None)
    if not reference or not reference.get("value"):
        raise faults.missing(f"{part}.{key}")
    account = company.refer("Account", reference, old.get(key))
    if account.body.get("AccountType") != account_type:
        raise faults.bad_account_type(f"{key} must be a {account_type} account")
    body[part] = {key: account.reference()}
    if kind == "Check":
        body[part]["PrintStatus"] = sent.get("PrintStatus") or old.get("PrintStatus") or "NotSet"
    for extra in ("CheckDetail", "PayeeAddr", "CCDetail"):
        if sent.get(extra):
            body[part][extra] = sent[extra]


def _references(company: Company, change: Change, body: Body) -> None:
    old = change.old or {}
    department = change.value("DepartmentRef")
    if department and company.preference("AccountingInfoPrefs", "TrackDepartments"):
        body["DepartmentRef"] = company.refer("Department", department, old.get("DepartmentRef")).reference()
    account = change.value("APAccountRef")
    if account and account.get("value"):
        body["APAccountRef"] = purchases.payable_reference(company, account, body)


def _saved(company: Company, _before: Record | None, after: Record) -> None:
    settlement.settle(company, after, read_lines(company, after.body.get("Line", [])))


def _entered(company: Company, record: Record) -> None:
    check_loaded(company, record, payment=True)
    if record.body.get("PayType") not in _PARTS:
        raise Misplaced("it does not say how it was paid")
    settlement.enter(company, record, list(loaded_lines(company, record)))


def _leaving(company: Company, record: Record) -> None:
    settlement.unsettle(company, record)


def _voided(_company: Company, record: Record) -> Body:
    """Amount 0, no lines, the note (Intuit's documentation)."""
    return {**record.body, "TotalAmt": 0, "Line": [], "PrivateNote": voided_note(record.body)}


BILL_PAYMENT = Entity(
    name="BillPayment",
    order=(
        "VendorRef",
        "PayType",
        "CheckPayment",
        "CreditCardPayment",
        "APAccountRef",
        "TotalAmt",
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
        "Line",
    ),
    verbs=frozenset({"create", "update", "delete", "void"}),
    prepare=_prepare,
    sequence="Transactions",
    collection="Transactions",
    properties=(
        Property("DocNumber", indexed=True),
        Property("TxnDate", "day", indexed=True),
        Property("VendorRef", "reference", indexed=True),
        Property("TotalAmt", "number"),
        Property("PayType"),
        Property("APAccountRef", "reference", filterable=False),
        Property("PrivateNote", filterable=False),
    ),
    label="DocNumber",
    saved=_saved,
    entered=_entered,
    leaving=_leaving,
    voided=_voided,
    day_key="TxnDate",
)
