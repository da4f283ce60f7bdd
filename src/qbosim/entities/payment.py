"""Payments received, and credit put to use: which money pays which invoice."""

from __future__ import annotations

from qbosim import faults
from qbosim.books import settlement
from qbosim.books.ledger import from_cents
from qbosim.books.open_items import RECEIVABLES
from qbosim.books.sales import undeposited_funds
from qbosim.entities.change import Change
from qbosim.entities.currencies import currency_reference, transaction_rate
from qbosim.entities.deposited import keep_deposited, refuse_deposited
from qbosim.entities.entity import Entity
from qbosim.entities.sales_form import check_customer, voided_note
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
    "Payment",
    documented(
        "payment.required",
        "A payment needs CustomerRef and TotalAmt, in sparse updates too (2020).",
        "Intuit's documentation of Payment",
    ),
    documented(
        "payment.unapplied",
        "What pays nothing is UnappliedAmt; without lines all of it is.",
        "Intuit's documentation of Payment",
    ),
    documented(
        "payment.credit",
        "A payment of 0 with an invoice's line and a credit memo's line applies the credit; no money is booked.",
        "Intuit's documentation of Payment; recorded in the sandbox company's Payment 74",
    ),
    recorded(
        "payment.touches_invoices",
        "A payment counts the SyncToken of what it pays up, moves its LastUpdatedTime and stands in its LinkedTxn.",
        "a sandbox company's invoices and payments (NangoHQ integration templates)",
    ),
    recorded(
        "payment.line_shows",
        "A line shows the document's id, its number and what was open on it before.",
        "a sandbox company's payments (NangoHQ integration templates)",
    ),
    documented(
        "payment.void",
        "A voided payment has a total of 0, no lines and the note Voided; what it had paid is open again.",
        "Intuit's documentation of Payment",
    ),
    documented(
        "payment.deposit_account",
        "Without DepositToAccountRef the money is put to Undeposited Funds; a bank or another current asset account may be "
        "named, any other is 6430.",
        "Intuit's documentation of Payment",
    ),
)

_LIMITS = {"PaymentRefNum": 21, "PrivateNote": 4000}


def _prepare(company: Company, change: Change) -> Body:
    old = change.old or {}
    total = total_sent(change)
    customer = _customer(company, change)
    body: Body = {"CustomerRef": customer.reference(), "TotalAmt": money(total)}
    body["CurrencyRef"] = currency_reference(
        company, change.value("CurrencyRef") or customer.body.get("CurrencyRef")
    )
    if body["CurrencyRef"]["value"] != customer.body["CurrencyRef"]["value"]:
        raise faults.business("The currency of the transaction must be the customer's currency.")
    if company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        day = change.value("TxnDate") or company.today
        body["ExchangeRate"] = plain(transaction_rate(company, change, body["CurrencyRef"]["value"], day))
    if total or old.get("DepositToAccountRef"):  # a voided payment goes on showing where its money was
        body["DepositToAccountRef"] = {"value": str(_deposit_to(company, change))}
    method = change.value("PaymentMethodRef")
    if method and method.get("value"):
        found = company.refer("PaymentMethod", method, old.get("PaymentMethodRef"))
        body["PaymentMethodRef"] = {"value": str(found.id)}
    for key in ("PaymentRefNum", "PrivateNote", "TransactionLocationType", "ProjectRef"):
        value = change.value(key)
        if value is not None:
            body[key] = value
    body["TxnDate"] = change.value("TxnDate") or company.today
    body["ProcessPayment"] = bool(change.value("ProcessPayment"))
    if old.get("LinkedTxn"):
        body["LinkedTxn"] = old["LinkedTxn"]
    keep_deposited(change, body)
    lines = lines_after(company, change, RECEIVABLES, customer)
    body["UnappliedAmt"] = money(from_cents(refuse_overdrawn(company, RECEIVABLES, body, lines)))
    body["Line"] = kept_lines(company, RECEIVABLES, body, old, lines)
    check_lengths(body, _LIMITS)
    return body


def _customer(company: Company, change: Change) -> Record:
    reference = change.sent.get("CustomerRef")
    if not reference or not reference.get("value"):
        raise faults.missing("CustomerRef")
    return company.refer("Customer", reference, (change.old or {}).get("CustomerRef"))


def _deposit_to(company: Company, change: Change) -> int:
    reference = change.value("DepositToAccountRef")
    if not reference or not reference.get("value"):
        return undeposited_funds(company)
    account = company.refer("Account", reference, (change.old or {}).get("DepositToAccountRef"))
    if account.body["AccountType"] not in ("Bank", "Other Current Asset"):
        raise faults.bad_account_type("a payment is deposited to a bank or an other current asset account")
    return account.id


def _saved(company: Company, _before: Record | None, after: Record) -> None:
    settlement.settle(company, after, read_lines(company, after.body.get("Line", [])))


def _entered(company: Company, record: Record) -> None:
    check_customer(company, record)
    settlement.enter(company, record, list(loaded_lines(company, record)))


def _leaving(company: Company, record: Record) -> None:
    refuse_deposited(record)
    settlement.unsettle(company, record)


def _voided(_company: Company, record: Record) -> Body:
    """Amounts 0, no lines, the note (Intuit's documentation); a deposited payment cannot be voided."""
    refuse_deposited(record)
    return {
        **record.body,
        "TotalAmt": 0,
        "UnappliedAmt": 0,
        "Line": [],
        "PrivateNote": voided_note(record.body),
    }


PAYMENT = Entity(
    name="Payment",
    order=(
        "CustomerRef",
        "DepositToAccountRef",
        "PaymentMethodRef",
        "PaymentRefNum",
        "TotalAmt",
        "UnappliedAmt",
        "ProcessPayment",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "TxnDate",
        "CurrencyRef",
        "ExchangeRate",
        "PrivateNote",
        "LinkedTxn",
        "Line",
    ),
    verbs=frozenset({"create", "update", "delete", "void", "send", "pdf"}),
    prepare=_prepare,
    sequence="Transactions",
    collection="Transactions",
    properties=(
        Property("TotalAmt", "number"),
        Property("CustomerRef", "reference", indexed=True),
        Property("TxnDate", "day", indexed=True),
        Property("ProjectRef", "reference"),
        Property("PaymentRefNum", indexed=True),
        Property("UnappliedAmt", "number", filterable=False),
        Property("PaymentMethodRef", "reference", filterable=False),
        Property("DepositToAccountRef", "reference", filterable=False),
        Property("PrivateNote", filterable=False),
    ),
    label="PaymentRefNum",
    saved=_saved,
    entered=_entered,
    leaving=_leaving,
    voided=_voided,
    day_key="TxnDate",
)
