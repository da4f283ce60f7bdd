"""Currencies: their names, references to them, and amounts in home currency."""

from __future__ import annotations

from decimal import Decimal

from qbosim import jsontext
from qbosim.records.layout import Body

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


def home_amount(amount: Decimal, rate: Decimal) -> Decimal:
    """An amount in home currency at `rate` (home units for one foreign unit), rounded to the cent."""
    return jsontext.cents(amount * rate)
