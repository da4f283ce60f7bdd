"""Transfers of money between two accounts of the company."""

from __future__ import annotations

from decimal import Decimal

from qbosim import faults
from qbosim.books import ledger
from qbosim.books.currencies import home_amount
from qbosim.books.ledger import Posting, to_cents
from qbosim.entities.change import Change
from qbosim.entities.currencies import currency_reference, transaction_rate
from qbosim.entities.deposited import is_deposited, refuse_deposited
from qbosim.entities.entity import Entity, Misplaced
from qbosim.entities.texts import check_lengths
from qbosim.jsontext import money, plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property, id_number
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Transfer",
    documented(
        "transfer.required",
        "A transfer needs FromAccountRef, ToAccountRef and Amount (2020).",
        "Intuit's documentation of Transfer",
    ),
    documented(
        "transfer.shape",
        "A transfer answers both accounts with their names, the amount, day and currency, and no lines.",
        "answers kept in the tests of the ledger_sync client, made with a sandbox in 2019",
    ),
    assumed(
        "transfer.accounts",
        "Both accounts are balance sheet accounts, not receivables or payables (6430), and differ (6000).",
        "QuickBooks' own page offers no others",
    ),
)

_NEVER = frozenset({"Accounts Receivable", "Accounts Payable"})
_BALANCE_SHEET = frozenset({"Asset", "Liability", "Equity"})


def _prepare(company: Company, change: Change) -> Body:
    old = change.old or {}
    amount = change.value("Amount")
    if amount is None:
        raise faults.missing("Amount")
    if amount < 0:
        raise faults.business("You must specify a transaction amount that is 0 or greater.")
    source, target = (_account(company, change, key) for key in ("FromAccountRef", "ToAccountRef"))
    if source.id == target.id:
        raise faults.business("You must specify a different account.")
    body: Body = {
        "FromAccountRef": source.reference(),
        "ToAccountRef": target.reference(),
        "Amount": money(amount),
        "TxnDate": change.value("TxnDate") or company.today,
        "CurrencyRef": currency_reference(
            company, change.value("CurrencyRef") or source.body.get("CurrencyRef")
        ),
    }
    if company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        currency = body["CurrencyRef"]["value"]
        body["ExchangeRate"] = plain(transaction_rate(company, change, currency, body["TxnDate"]))
    for key in ("PrivateNote", "TransactionLocationType"):
        value = change.value(key)
        if value is not None:
            body[key] = value
    department = change.value("DepartmentRef")
    if department and company.preference("AccountingInfoPrefs", "TrackDepartments"):
        body["DepartmentRef"] = company.refer("Department", department, old.get("DepartmentRef")).reference()
    if old.get("LinkedTxn"):
        body["LinkedTxn"] = old["LinkedTxn"]
    if is_deposited(old) and any(body[key] != old[key] for key in ("Amount", "ToAccountRef")):
        raise faults.deposited()
    check_lengths(body, {"PrivateNote": 4000})
    return body


def _account(company: Company, change: Change, key: str) -> Record:
    reference = change.value(key)
    if not reference or not reference.get("value"):
        raise faults.missing(key)
    account = company.refer("Account", reference, (change.old or {}).get(key))
    if account.body.get("AccountType") in _NEVER or account.body.get("Classification") not in _BALANCE_SHEET:
        raise faults.bad_account_type("a transfer moves money between balance sheet accounts")
    return account


def _postings(body: Body) -> list[Posting]:
    amount = Decimal(body.get("Amount", 0))
    foreign = to_cents(amount)
    home = to_cents(home_amount(amount, Decimal(body.get("ExchangeRate", 1))))
    department = body.get("DepartmentRef")
    place = int(department["value"]) if department else None
    memo = str(body.get("PrivateNote", ""))
    source, target = int(body["FromAccountRef"]["value"]), int(body["ToAccountRef"]["value"])
    return [
        Posting(source, -home, -foreign, department=place, memo=memo),
        Posting(target, home, foreign, department=place, memo=memo),
    ]


def _saved(company: Company, _before: Record | None, after: Record) -> None:
    ledger.replace(company, after, after.body["TxnDate"], _postings(after.body))


def _entered(company: Company, record: Record) -> None:
    for key in ("FromAccountRef", "ToAccountRef"):
        number = str((record.body.get(key) or {}).get("value", ""))
        if (found := id_number(number)) is None or company.find("Account", found) is None:
            raise Misplaced(f"its {key} {number or '(none)'} is not in the folder")
    ledger.enter(company, record, str(record.body.get("TxnDate", "")), _postings(record.body))


def _leaving(company: Company, record: Record) -> None:
    refuse_deposited(record)
    ledger.replace(company, record, record.body["TxnDate"], [])


TRANSFER = Entity(
    name="Transfer",
    order=(
        "FromAccountRef",
        "ToAccountRef",
        "Amount",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "TxnDate",
        "DepartmentRef",
        "CurrencyRef",
        "ExchangeRate",
        "PrivateNote",
        "LinkedTxn",
    ),
    verbs=frozenset({"create", "update", "delete"}),
    prepare=_prepare,
    sequence="Transactions",
    collection="Transactions",
    properties=(
        Property("TxnDate", "day", indexed=True),
        Property("Amount", "number"),
        Property("FromAccountRef", "reference", filterable=False),
        Property("ToAccountRef", "reference", filterable=False),
        Property("PrivateNote", filterable=False),
    ),
    saved=_saved,
    entered=_entered,
    leaving=_leaving,
    day_key="TxnDate",
)
