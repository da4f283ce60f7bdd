"""The chart of accounts."""

from __future__ import annotations

from decimal import Decimal

from qbosim import faults, jsontext
from qbosim.books.chart import TYPES
from qbosim.entities.alone import is_written
from qbosim.entities.change import Change
from qbosim.entities.currencies import currency_reference
from qbosim.entities.entity import Entity
from qbosim.entities.name_list import (
    follow_rename,
    full_name,
    is_active,
    keep_unique,
    named,
    parent_of,
    shown,
)
from qbosim.entities.opening import open_account
from qbosim.entities.texts import check_lengths, check_name
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Account",
    recorded(
        "account.created",
        "What answers the creation of an account has no LastUpdatedTime in its MetaData.",
        "sandbox traffic of 2026 (NangoHQ/integration-templates, create-account)",
    ),
    documented(
        "account.name",
        "An account needs a Name of at most 100 characters without a colon or double quotes; full names are unique.",
        "Intuit's documentation of Account",
    ),
    documented(
        "account.type",
        "AccountType or AccountSubType is required; either names the other, and both must go together (6430).",
        "Intuit's documentation of Account",
    ),
    documented(
        "account.sub_account",
        "A sub-account has its parent's type and shows `Parent:Child`; there are at most five levels.",
        "Intuit's documentation of Account",
    ),
    documented(
        "account.alone",
        "Opening Balance Equity, Undeposited Funds, Retained Earnings and Exchange Gain or Loss have no sub-accounts and "
        "are none.",
        "Intuit's documentation of Account (SubAccount)",
    ),
    documented(
        "account.number",
        "AcctNum has no colon and at most 20 characters, 7 in the US, in the UK and in India.",
        "Intuit's documentation of Account",
    ),
    documented(
        "account.number_unique",
        "An AcctNum that another active account has is refused (the words are assumed).",
        "Intuit's documentation of Account",
    ),
    recorded(
        "account.balances",
        "Balance sheet accounts show what they hold, with their sub-accounts too; income and expense accounts show 0.",
        "accounts of a real sandbox company",
    ),
    recorded(
        "account.deactivated",
        "A deactivated account's name ends in ` (deleted)`; deactivating it again changes nothing.",
        "sandbox traffic (minimul/qbo_api, deactivate__account)",
    ),
    assumed(
        "account.opening_refused",
        "Receivables, payables, income and expense accounts have no opening balance; one that is sent is refused.",
        "QuickBooks' own page offers none for them",
    ),
)

_TYPE_OF_SUBTYPE = {subtype: kind for kind, (_, subtypes) in TYPES.items() for subtype in subtypes}
_ALONE = frozenset({"OpeningBalanceEquity", "UndepositedFunds", "RetainedEarnings", "ExchangeGainOrLoss"})
_WITHOUT_OPENING = ("Accounts Receivable", "Accounts Payable")
_SHORT_NUMBERS = ("US", "GB", "IN")
_COPIED = ("Description", "AcctNum", "TaxCodeRef", "AccountAlias", "TxnLocationType")


def _prepare(company: Company, change: Change) -> Body:
    name = named(change, "Name")
    check_name("Name", name)
    active = is_active(change)
    old = change.old or {}
    kind, subtype = _type_of(change)
    parent = parent_of(company, change, "Account")
    if parent is not None and (subtype in _ALONE or parent.body["AccountSubType"] in _ALONE):
        raise faults.business("This account can't have a subaccount and can't be a subaccount.")
    if parent is not None and parent.body["AccountType"] != kind:
        raise faults.bad_account_type("a subaccount must have the same account type as its parent")
    body: Body = {
        "Name": shown(name, active),
        "SubAccount": parent is not None,
        "FullyQualifiedName": full_name(parent, shown(name, active)),
        "Active": active,
        "Classification": TYPES[kind][0],
        "AccountType": kind,
        "AccountSubType": subtype,
        "CurrentBalance": old.get("CurrentBalance", 0),
        "CurrentBalanceWithSubAccounts": old.get("CurrentBalanceWithSubAccounts", 0),
        "CurrencyRef": old.get("CurrencyRef") or currency_reference(company, change.value("CurrencyRef")),
    }
    if parent is not None:
        body["ParentRef"] = {"value": str(parent.id)}
    for key in _COPIED:
        value = change.value(key)
        if value is not None:
            body[key] = value
    if '"' in name:
        raise faults.business(f"Name can't contain double quotes. Supplied value:{name}")
    _check_number(company, change, str(body.get("AcctNum", "")))
    check_lengths(body, {"Name": 100, "Description": 100})
    if change.old is None and change.value("OpeningBalance"):
        body |= _opening(company, change, kind)
    keep_unique(company, ("Account",), "FullyQualifiedName", body["FullyQualifiedName"], change)
    return body


def _check_number(company: Company, change: Change, number: str) -> None:
    check_name("AcctNum", number)
    check_lengths({"AcctNum": number}, {"AcctNum": 7 if company.country in _SHORT_NUMBERS else 20})
    if not number or number == (change.old or {}).get("AcctNum"):
        return
    if any(company.select("Account", "p_AcctNum = ? AND p_Active = 1", number)):
        raise faults.business("Another account is already using this number. Please use a different number.")


def _opening(company: Company, change: Change, kind: str) -> Body:
    """What a new account holds from before; kept until the transaction about it is made."""
    if kind in _WITHOUT_OPENING or TYPES[kind][0] in ("Revenue", "Expense"):
        raise faults.business(f"An account of type {kind} has no opening balance.")
    return {
        "OpeningBalance": change.value("OpeningBalance"),
        "OpeningBalanceDate": change.value("OpeningBalanceDate") or company.today,
    }


def _type_of(change: Change) -> tuple[str, str]:
    """Account type and detail type; either names the other (Intuit's documentation)."""
    old = change.old or {}
    kind = change.value("AccountType")
    subtype = change.value("AccountSubType")
    if kind is None and subtype is None:
        if not old:
            raise faults.missing("AccountType")
        return str(old["AccountType"]), str(old["AccountSubType"])
    if kind is None:
        kind = _TYPE_OF_SUBTYPE.get(str(subtype))
        if kind is None:
            raise faults.bad_choice("AccountSubType", subtype)
    if kind not in TYPES:
        raise faults.bad_choice("AccountType", kind)
    if subtype is None:
        subtype = old["AccountSubType"] if old.get("AccountType") == kind else TYPES[kind][1][0]
    if _TYPE_OF_SUBTYPE.get(str(subtype), kind) != kind:
        raise faults.bad_account_type(f"{subtype} is no detail type of {kind}")
    return str(kind), str(subtype)


def _saved(company: Company, before: Record | None, after: Record) -> None:
    follow_rename(company, before, after)
    amount = after.body.get("OpeningBalance")
    if before is None and amount:
        day = str(after.body["OpeningBalanceDate"])
        body = {key: value for key, value in after.body.items() if not key.startswith("OpeningBalance")}
        account = company.save(after, body, bump=False, touch=False)
        open_account(company, account, Decimal(amount), day)


def _answered(company: Company, record: Record) -> str:
    if not is_written(company, record, "Create"):
        return record.text
    made = jsontext.loads(record.text)
    del made["MetaData"]["LastUpdatedTime"]
    return jsontext.dumps(made).decode()


ACCOUNT = Entity(
    name="Account",
    answered=_answered,
    order=(
        "Name",
        "SubAccount",
        "ParentRef",
        "Description",
        "FullyQualifiedName",
        "Active",
        "Classification",
        "AccountType",
        "AccountSubType",
        "AcctNum",
        "CurrentBalance",
        "CurrentBalanceWithSubAccounts",
        "CurrencyRef",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
    ),
    verbs=frozenset({"create", "update"}),
    prepare=_prepare,
    collection="Accounts",
    properties=(
        Property("Name"),
        Property("FullyQualifiedName", indexed=True),
        Property("Active", "flag"),
        Property("Classification"),
        Property("AccountType", indexed=True),
        Property("AccountSubType"),
        Property("CurrentBalance", "number"),
        Property("SubAccount", "flag"),
        Property("Description"),
        Property("AcctNum"),
        Property("ParentRef", "reference", filterable=False),
    ),
    sorted_by="FullyQualifiedName",
    is_list=True,
    label="FullyQualifiedName",
    referred_as=(
        "AccountRef",
        "IncomeAccountRef",
        "ExpenseAccountRef",
        "AssetAccountRef",
        "ItemAccountRef",
        "DiscountAccountRef",
        "DepositToAccountRef",
        "FromAccountRef",
        "ToAccountRef",
        "ARAccountRef",
        "APAccountRef",
        "BankAccountRef",
        "CCAccountRef",
        "CreditCardAccountRef",
        "AdjustAccountRef",
    ),
    saved=_saved,
)
