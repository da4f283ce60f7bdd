"""Exchange rates: one for each foreign currency and day, found by both because they show no Id."""

from __future__ import annotations

from collections.abc import Mapping

from qbosim import faults, jsontext
from qbosim.books.currencies import NAMES, rate_on, table_rate
from qbosim.entities.change import Change
from qbosim.entities.currencies import need_multi_currency
from qbosim.entities.entity import Entity
from qbosim.moments import read_day
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "ExchangeRate",
    documented(
        "exchange_rate.shape",
        "An exchange rate shows no Id and no CreateTime: currency and day name it.",
        "Intuit's documentation of ExchangeRate; fixture of quickbooks-ruby (exchange_rate_by_currency.xml)",
    ),
    documented(
        "exchange_rate.required",
        "SourceCurrencyCode, Rate and AsOfDate are required; TargetCurrencyCode is the home currency.",
        "Intuit's documentation of ExchangeRate",
    ),
    documented(
        "exchange_rate.home",
        "A rate for the home currency itself is refused.",
        "Intuit's documentation of ExchangeRate",
    ),
    documented(
        "exchange_rate.by_day",
        "A read names sourcecurrencycode and asofdate, without which it means today.",
        "Intuit's documentation of ExchangeRate",
    ),
    assumed(
        "exchange_rate.between_days",
        "A day without a rate of its own has that of the newest day before it.",
        "a rate holds until there is a newer one; Intuit's market rates fill every day",
    ),
    assumed(
        "exchange_rate.change_feed",
        "Exchange rates are not in the change feed.",
        "an object of the feed is known by its Id, and a rate has none",
    ),
    assumed(
        "exchange_rate.sync_token",
        "A write that names a SyncToken needs the current one; without one it is taken.",
        "a client that sets a new day's rate cannot know whether Intuit has one already",
    ),
)


def _prepare(company: Company, change: Change) -> Body:
    need_multi_currency(company)
    source, day = _wanted(company, change.sent)
    rate = change.value("Rate")
    if rate is None:
        raise faults.missing("Rate")
    if rate <= 0:
        raise faults.bad_number("Rate", rate)
    target = str(change.value("TargetCurrencyCode") or company.home_currency)
    if target != company.home_currency:
        raise faults.business("The target currency of an exchange rate must be the home currency.")
    return {
        "SourceCurrencyCode": source,
        "TargetCurrencyCode": target,
        "Rate": jsontext.plain(rate),
        "AsOfDate": day,
    }


def _wanted(company: Company, sent: Body) -> tuple[str, str]:
    """The currency and the day that a body names."""
    source = str(sent.get("SourceCurrencyCode") or "").upper()
    if not source:
        raise faults.missing("SourceCurrencyCode")
    if source not in NAMES:
        raise faults.bad_choice("SourceCurrencyCode", source)
    if source == company.home_currency:
        raise faults.business("The exchange rate of the home currency can't be set.")
    if not sent.get("AsOfDate"):
        raise faults.missing("AsOfDate")
    return source, str(sent["AsOfDate"])


def _found(company: Company, sent: Body) -> Record | None:
    source, day = _wanted(company, sent)
    condition = "p_SourceCurrencyCode = ? AND p_AsOfDate = ?"
    return next(company.select("ExchangeRate", condition, source, day), None)


def _asked(company: Company, parameters: Mapping[str, str]) -> str:
    given = {name.lower(): value for name, value in parameters.items()}
    source = given.get("sourcecurrencycode", "").upper()
    if not source:
        raise faults.missing("sourcecurrencycode")
    if source not in NAMES:
        raise faults.bad_choice("sourcecurrencycode", source)
    need_multi_currency(company)
    text = given.get("asofdate") or company.today
    try:
        day = read_day(text)
    except ValueError as error:
        raise faults.bad_day("asofdate", text) from error
    record = None if source == company.home_currency else table_rate(company, source, day)
    if record is not None:
        return record.text
    unset = {
        "SourceCurrencyCode": source,
        "TargetCurrencyCode": company.home_currency,
        "Rate": jsontext.plain(rate_on(company, source, day)),
        "AsOfDate": day,
        "domain": "QBO",
        "sparse": False,
        "SyncToken": "0",
    }
    return jsontext.dumps(unset).decode()


EXCHANGE_RATE = Entity(
    name="ExchangeRate",
    order=(
        "SourceCurrencyCode",
        "TargetCurrencyCode",
        "Rate",
        "AsOfDate",
        "domain",
        "sparse",
        "SyncToken",
        "MetaData",
    ),
    verbs=frozenset({"create", "update"}),
    prepare=_prepare,
    collection="ExchangeRates",
    properties=(
        Property("SourceCurrencyCode", indexed=True),
        Property("TargetCurrencyCode"),
        Property("AsOfDate", "day", indexed=True),
        Property("Rate", "number", filterable=False),
    ),
    in_change_feed=False,
    shows_creation=False,
    found_by=_found,
    asked=_asked,
)
