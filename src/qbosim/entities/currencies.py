"""Which currency a record is in, when it may be another than the company's own, and at which rate it counts."""

from __future__ import annotations

from decimal import Decimal

from qbosim import faults
from qbosim.books.currencies import NAMES, rate_on, reference_to
from qbosim.entities.change import Change
from qbosim.records.company import Company
from qbosim.records.layout import Body
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Currencies",
    documented(
        "currency.off",
        "Without multi-currency only the home currency is taken; another one is refused with 6000.",
        "Intuit's documentation of Customer and of the currency preferences",
    ),
    documented(
        "currency.added_when_used",
        "A currency that the company has not used yet is added to its currencies when a customer or vendor gets it.",
        "Intuit's documentation of Customer (CurrencyRef)",
    ),
    documented(
        "currency.default_rate",
        "A transaction in a foreign currency that names no ExchangeRate gets the table's rate of its TxnDate.",
        "Intuit's documentation of Invoice (ExchangeRate)",
    ),
    assumed(
        "currency.no_rate",
        "Where the table has no rate for the day or an earlier one, the rate is 1.",
        "Intuit fetches market rates for every day; on a laptop there is no market to ask",
    ),
)


def currency_reference(company: Company, sent: Body | None) -> Body:
    """The currency a client asked for, by default the home currency.

    Raises 6000 for a currency other than the home one where multi-currency is off, and 2500 for one that the simulator
    does not know.
    """
    code = str((sent or {}).get("value") or company.home_currency)
    if code not in NAMES:
        raise faults.unknown_reference("Currency", code)
    if code != company.home_currency:
        need_multi_currency(company)
        if not any(company.select("CompanyCurrency", "p_Code = ?", code)):
            company.insert("CompanyCurrency", {"Code": code, "Name": NAMES[code], "Active": True})
    return reference_to(code)


def need_multi_currency(company: Company) -> None:
    """Raise 6000 where multi-currency is off."""
    if not company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        raise faults.business("Multi Currency should be enabled to perform this operation.")


def transaction_rate(company: Company, change: Change, currency: str, day: str) -> Decimal:
    """Home units for one unit of a transaction's currency: the client's, else the one it had, else the table's.

    `day` is the transaction's (`YYYY-MM-DD`). Raises 2040 for a rate that is not above 0.
    """
    if currency == company.home_currency:
        return Decimal(1)
    known = change.kept("ExchangeRate")
    if known is None:
        return rate_on(company, currency, day)
    if known <= 0:
        raise faults.bad_number("ExchangeRate", known)
    return Decimal(known)
