"""Payments of credit cards: money from a bank account to what is owed on a card."""

from __future__ import annotations

from decimal import Decimal

from qbosim import faults
from qbosim.books import ledger
from qbosim.books.entry import id_of
from qbosim.books.ledger import Posting, to_cents
from qbosim.entities.change import Change
from qbosim.entities.currencies import currency_reference, transaction_rate
from qbosim.entities.entity import Entity, Misplaced
from qbosim.entities.texts import check_lengths
from qbosim.jsontext import money, plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "CreditCardPaymentTxn",
    documented(
        "credit_card_payment.address",
        "It is asked for under /creditcardpayment and answers under the key CreditCardPaymentTxn.",
        "Intuit's documentation of CreditCardPayment; met by running public clients",
    ),
    documented(
        "credit_card_payment.required",
        "Amount, BankAccountRef and CreditCardAccountRef are demanded (2020).",
        "Intuit's documentation of CreditCardPayment",
    ),
    documented(
        "credit_card_payment.accounts",
        "The money leaves a bank account for a credit card account; other types are refused (6430).",
        "Intuit's documentation of CreditCardPayment",
    ),
    documented(
        "credit_card_payment.posting",
        "Both accounts move by the amount, and nothing else does.",
        "Intuit's documentation of CreditCardPayment",
    ),
    assumed(
        "credit_card_payment.amount",
        "The amount must be above 0 (6000).",
        "Intuit's user interface refuses an empty payment",
    ),
)

_ACCOUNTS = {"CreditCardAccountRef": "Credit Card", "BankAccountRef": "Bank"}
_COPIED = ("CheckNum", "PrintStatus", "Memo", "PrivateNote", "TransactionLocationType")


def _prepare(company: Company, change: Change) -> Body:
    old = change.old or {}
    body: Body = {}
    for key in _COPIED:
        value = change.value(key)
        if value is not None:
            body[key] = value
    amount = change.kept("Amount")
    if amount is None:
        raise faults.missing("Amount")
    if amount <= 0:
        raise faults.business("The amount of a credit card payment must be greater than 0.")
    body["Amount"] = money(Decimal(amount))
    body["TxnDate"] = change.value("TxnDate") or company.today
    for key, kind in _ACCOUNTS.items():
        reference = change.kept(key)
        if not reference or not reference.get("value"):
            raise faults.missing(key)
        account = company.refer("Account", reference, old.get(key))
        if account.body.get("AccountType") != kind:
            raise faults.bad_account_type(f"{key} must be a {kind} account")
        body[key] = account.reference()
    vendor = change.value("VendorRef")
    if vendor and vendor.get("value"):
        body["VendorRef"] = company.refer("Vendor", vendor, old.get("VendorRef")).reference()
    body["CurrencyRef"] = currency_reference(company, change.kept("CurrencyRef"))
    if company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        currency = body["CurrencyRef"]["value"]
        body["ExchangeRate"] = plain(transaction_rate(company, change, currency, body["TxnDate"]))
    check_lengths(body, {"CheckNum": 21, "Memo": 4000, "PrivateNote": 4000})
    return body


def _postings(record: Record) -> list[Posting]:
    body = record.body
    amount = to_cents(Decimal(body["Amount"]))
    home = to_cents(Decimal(body["Amount"]) * Decimal(body.get("ExchangeRate", 1)))
    vendor = id_of(body.get("VendorRef"))
    memo = str(body.get("Memo") or body.get("PrivateNote") or "")
    bank, card = (int(body[key]["value"]) for key in ("BankAccountRef", "CreditCardAccountRef"))
    return [
        Posting(bank, -home, -amount, vendor=vendor, memo=memo),
        Posting(card, home, amount, vendor=vendor, memo=memo),
    ]


def _saved(company: Company, _before: Record | None, after: Record) -> None:
    ledger.replace(company, after, after.body["TxnDate"], _postings(after))


def _entered(company: Company, record: Record) -> None:
    body = record.body
    if not body.get("TxnDate") or body.get("Amount") is None:
        raise Misplaced("it has no TxnDate or no Amount")
    for key in _ACCOUNTS:
        number = id_of(body.get(key))
        if number is None or company.find("Account", number) is None:
            raise Misplaced(f"its {key} {number or '(none)'} is not in the folder")
    ledger.enter(company, record, str(body["TxnDate"]), _postings(record))


def _leaving(company: Company, record: Record) -> None:
    ledger.replace(company, record, record.body["TxnDate"], [])


CREDIT_CARD_PAYMENT = Entity(
    name="CreditCardPaymentTxn",
    order=(
        "CreditCardAccountRef",
        "BankAccountRef",
        "Amount",
        "VendorRef",
        "CheckNum",
        "PrintStatus",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "TxnDate",
        "CurrencyRef",
        "ExchangeRate",
        "PrivateNote",
        "Memo",
    ),
    verbs=frozenset({"create", "update", "delete"}),
    prepare=_prepare,
    sequence="Transactions",
    collection="Transactions",
    properties=(
        Property("TxnDate", "day", indexed=True),
        Property("Amount", "number"),
        Property("BankAccountRef", "reference", filterable=False),
        Property("CreditCardAccountRef", "reference", filterable=False),
        Property("VendorRef", "reference", filterable=False),
        Property("PrivateNote", filterable=False),
    ),
    label="CheckNum",
    saved=_saved,
    entered=_entered,
    leaving=_leaving,
    day_key="TxnDate",
)
