"""The company's own data and its preferences: one record each, read by everybody, written rarely."""

from __future__ import annotations

from qbosim import faults
from qbosim.books.chart import add_account
from qbosim.entities.change import Change, is_empty
from qbosim.entities.entity import Entity
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Preferences",
    documented(
        "company_info.single",
        "CompanyInfo and Preferences are one record each, read under any id, updated fully or sparsely, never made or "
        "deleted; queries for them answer maxResults and no startPosition.",
        "Intuit's documentation of CompanyInfo and Preferences; fixture of quickbooks-ruby (company_info_query.xml)",
    ),
    documented(
        "company_info.contacts",
        "PrimaryPhone, Email and WebAddr are always there, {} where nothing is known.",
        "Intuit's documentation of CompanyInfo (WebAddr of its example); quickbooks-api's tests against Intuit's sandbox",
    ),
    assumed(
        "company_info.fixed",
        "Country, CompanyStartDate, NameValue, SupportedLanguages and FiscalYearStartMonth cannot be written.",
        "they follow from the subscription or have pages of their own in QuickBooks",
    ),
    documented(
        "company_info.name",
        "A company keeps a name: an update that clears CompanyName is refused with 2020.",
        "Intuit's documentation of CompanyInfo (required)",
    ),
    assumed(
        "preferences.merge",
        "Preferences merge setting by setting, sparse or not: what is not sent stays.",
        "a full update that switched everything else off would stop a company",
    ),
    documented(
        "preferences.multicurrency",
        "Multi-currency can be switched on and never off again (6000).",
        "Intuit's documentation of Preferences",
    ),
    assumed(
        "preferences.gain_account",
        "Switching multi-currency on adds the account Exchange Gain or Loss where the chart has none.",
        "payments at another rate than their invoices' need one; a company founded with several currencies has it",
    ),
    assumed(
        "preferences.references",
        "A preference that names an account, item, term or tax code names one that is there, else 2500.",
        "as any other reference; a form made with it would lead nowhere",
    ),
    documented(
        "preferences.home_currency",
        "The home currency cannot be changed.",
        "Intuit's documentation of Preferences (HomeCurrency, read only)",
    ),
    documented(
        "preferences.class_tracking",
        "Classes are tracked per transaction or per line, not both.",
        "Intuit's documentation of Preferences (ClassTrackingPerTxn, ClassTrackingPerTxnLine)",
    ),
)

_CONTACTS = ("PrimaryPhone", "Email", "WebAddr")
"""What CompanyInfo shows even when it is empty."""

_HEAD = ("domain", "sparse", "Id", "SyncToken", "MetaData")

_FIXED = ("Country", "CompanyStartDate", "NameValue", "SupportedLanguages", "FiscalYearStartMonth")
"""What a client cannot change in CompanyInfo (assumed)."""

_NAMED = {
    ("SalesFormsPrefs", "DefaultTerms"): "Term",
    ("SalesFormsPrefs", "DefaultItem"): "Item",
    ("SalesFormsPrefs", "DefaultDiscountAccount"): "Account",
    ("SalesFormsPrefs", "DefaultShippingAccount"): "Account",
    ("TaxPrefs", "TaxGroupCodeRef"): "TaxCode",
}
"""Preferences that name a record, some by a reference and some by the bare id."""


def _prepare_info(_company: Company, change: Change) -> Body:
    old = change.old or {}
    body: Body = {}
    for key in {**old, **change.sent}:
        value = old.get(key) if key in _FIXED else change.value(key)
        if value is not None:
            body[key] = value
    if not body.get("CompanyName"):
        raise faults.missing("CompanyName")
    return {**{key: {} for key in _CONTACTS}, **body}


def _prepare_preferences(company: Company, change: Change) -> Body:
    """Preferences merge group by group, sparse or not: a group's settings that were not sent stay (assumed).

    Multi-currency cannot be switched off again (Intuit's documentation).
    """
    groups = {name: sent for name, sent in change.sent.items() if sent != {}}
    body = _merged(change.old or {}, _with_good_references(company, groups))
    old_home = ((change.old or {}).get("CurrencyPrefs") or {}).get("HomeCurrency")
    if old_home is not None:
        body["CurrencyPrefs"] = {**body.get("CurrencyPrefs", {}), "HomeCurrency": old_home}
    tracking = body.get("AccountingInfoPrefs", {})
    if tracking.get("ClassTrackingPerTxn") and tracking.get("ClassTrackingPerTxnLine"):
        sent = change.sent.get("AccountingInfoPrefs") or {}
        if sent.get("ClassTrackingPerTxn") and sent.get("ClassTrackingPerTxnLine"):
            raise faults.business("Classes can be tracked per transaction or per line, not both.")
        dropped = "ClassTrackingPerTxn" if sent.get("ClassTrackingPerTxnLine") else "ClassTrackingPerTxnLine"
        body["AccountingInfoPrefs"] = {**tracking, dropped: False}
    was_on = ((change.old or {}).get("CurrencyPrefs") or {}).get("MultiCurrencyEnabled")
    if was_on and not body.get("CurrencyPrefs", {}).get("MultiCurrencyEnabled"):
        raise faults.business("Multicurrency can't be turned off once it has been turned on.")
    return body


def _with_good_references(company: Company, sent: Body) -> Body:
    """The preferences sent, an empty reference as one that clears; raises 2500 for one that leads nowhere."""
    checked = dict(sent)
    for (group, key), entity in _NAMED.items():
        value = (checked.get(group) or {}).get(key)
        if value is None:
            continue
        reference = value if isinstance(value, dict) else {"value": value}
        if is_empty(reference) or not reference.get("value"):
            checked[group] = {**checked[group], key: ""}
        else:
            company.refer(entity, reference)
    return checked


def _preferences_saved(company: Company, _before: Record | None, after: Record) -> None:
    """Add the account that several currencies need, where the chart has none."""
    if not (after.body.get("CurrencyPrefs") or {}).get("MultiCurrencyEnabled"):
        return
    if any(company.select("Account", "p_AccountSubType = 'ExchangeGainOrLoss'")):
        return
    add_account(company, "Exchange Gain or Loss", "Other Expense", "ExchangeGainOrLoss")


def _merged(old: Body, sent: Body) -> Body:
    merged = dict(old)
    for key, value in sent.items():
        before = merged.get(key)
        if isinstance(value, dict) and value and isinstance(before, dict) and "value" not in value:
            merged[key] = _merged(before, value)
        elif value == "" or value == {}:
            merged.pop(key, None)
        else:
            merged[key] = value
    return merged


COMPANY_INFO = Entity(
    name="CompanyInfo",
    order=(
        "CompanyName",
        "LegalName",
        "CompanyAddr",
        "CustomerCommunicationAddr",
        "LegalAddr",
        "CustomerCommunicationEmailAddr",
        "PrimaryPhone",
        "CompanyStartDate",
        "FiscalYearStartMonth",
        "Country",
        "Email",
        "WebAddr",
        "SupportedLanguages",
        "DefaultTimeZone",
        "NameValue",
        *_HEAD,
    ),
    verbs=frozenset({"update"}),
    prepare=_prepare_info,
    single=True,
    in_change_feed=False,
)

PREFERENCES = Entity(
    name="Preferences",
    order=(
        "AccountingInfoPrefs",
        "ProductAndServicesPrefs",
        "SalesFormsPrefs",
        "EmailMessagesPrefs",
        "VendorAndPurchasesPrefs",
        "TimeTrackingPrefs",
        "TaxPrefs",
        "CurrencyPrefs",
        "ReportPrefs",
        "OtherPrefs",
        *_HEAD,
    ),
    verbs=frozenset({"update"}),
    prepare=_prepare_preferences,
    saved=_preferences_saved,
    single=True,
    in_change_feed=False,
)
