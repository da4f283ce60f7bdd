"""The company's own data and its preferences: one record each, read by everybody, written rarely."""

from __future__ import annotations

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.records.company import Company
from qbosim.records.layout import Body

_HEAD = ("domain", "sparse", "Id", "SyncToken", "MetaData")

_FIXED = ("Country", "CompanyStartDate", "NameValue", "SupportedLanguages", "FiscalYearStartMonth")
"""What a client cannot change in CompanyInfo (assumed)."""


def _prepare_info(_company: Company, change: Change) -> Body:
    old = change.old or {}
    body: Body = {}
    for key in {**old, **change.sent}:
        value = old.get(key) if key in _FIXED else change.value(key)
        if value is not None:
            body[key] = value
    if not body.get("CompanyName"):
        raise faults.missing("CompanyName")
    return body


def _prepare_preferences(_company: Company, change: Change) -> Body:
    """Preferences merge group by group, sparse or not: a group's settings that were not sent stay (assumed).

    Multi-currency cannot be switched off again (Intuit's documentation).
    """
    body = _merged(change.old or {}, change.sent)
    was_on = ((change.old or {}).get("CurrencyPrefs") or {}).get("MultiCurrencyEnabled")
    if was_on and not body.get("CurrencyPrefs", {}).get("MultiCurrencyEnabled"):
        raise faults.business("Multicurrency can't be turned off once it has been turned on.")
    return body


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
    single=True,
    in_change_feed=False,
)
