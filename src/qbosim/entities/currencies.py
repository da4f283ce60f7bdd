"""Currencies: their names, references to them, and amounts in home currency."""

from __future__ import annotations

from decimal import Decimal

from qbosim import faults, jsontext
from qbosim.company import Company
from qbosim.entities.entity import Body

NAMES = {
    "USD": "United States Dollar",
    "CAD": "Canadian Dollar",
    "GBP": "British Pound Sterling",
    "EUR": "Euro",
    "AUD": "Australian Dollar",
    "NZD": "New Zealand Dollar",
    "CHF": "Swiss Franc",
    "INR": "Indian Rupee",
    "MXN": "Mexican Peso",
    "JPY": "Japanese Yen",
    "ZAR": "South African Rand",
    "SGD": "Singapore Dollar",
    "SEK": "Swedish Krona",
    "DKK": "Danish Krone",
    "NOK": "Norwegian Krone",
    "BRL": "Brazilian Real",
}


def reference_to(code: str) -> Body:
    """A reference to a currency, as every transaction carries one (recorded)."""
    return {"value": code, "name": NAMES[code]}


def currency_reference(company: Company, sent: Body | None) -> Body:
    """The currency a client asked for, by default the home currency.

    Raises 6000 for a currency other than the home one where multi-currency is off, and 2500 for one that the simulator
    does not know.
    """
    code = str((sent or {}).get("value") or company.home_currency)
    if code not in NAMES:
        raise faults.unknown_reference("Currency", code)
    if code != company.home_currency and not company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        raise faults.business("Multi Currency should be enabled to perform this operation.")
    return reference_to(code)


def home_amount(amount: Decimal, rate: Decimal) -> Decimal:
    """An amount in home currency at `rate` (home units for one foreign unit), rounded to the cent."""
    return jsontext.cents(amount * rate)
