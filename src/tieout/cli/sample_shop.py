"""The demo's sample business: what a small IT service desk has in its own system, ready to be sent over REST.

All firms are invented. Some are customers of `qbosim`'s sample company under the same name, some under a name
that is spelt a little differently, one under a name that two customers share, and some are new.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

CURRENCY: Final = "USD"
CENT: Final = Decimal("0.01")
STATE_RATE: Final = Decimal("6.25")
OUTDATED_STATE_RATE: Final = Decimal("6.00")
"""What one invoice was taxed with by mistake: QuickBooks computes another total."""
CITY_RATE: Final = Decimal("9.1")

CLIENTS: Final = (
    # ref, name, street, city, postcode
    ("C-ALDER", "Alder & Finch Architects", "12 Quarry Lane", "Bayview", "94990"),
    ("C-COBALT", "Cobalt Freight Lines, Inc.", "9 Depot Street", "Bayview", "94990"),
    ("C-GRANITE", "Granite Peak Surveyors", "61 Ridge Avenue", "Stonefield", "94995"),
    ("C-THISTLE", "Thistle and Thyme Catering", "31 Market Square", "Millbrook", "94991"),
    ("C-LANTERN", "Lantern Hill Winery", "7 Lantern Hill", "Larchmont Falls", "94993"),
    ("C-AMAPOLA", "Café Amapola", "5 Poppy Row", "Millbrook", "94991"),
    ("C-ZEPHYR", "Zephir Solar Instalers", "410 Industry Way", "Stonefield", "94995"),
    ("C-MOSS", "Moss & Marlow Accountants", "", "", ""),
    ("C-JUNIPER", "Juniper Street Brewing", "2 Cooper Yard", "Bayview", "94990"),
    ("C-TIDEWATER", "Tidewater Kayak Tours", "1 Slipway", "Bayview", "94990"),
)
EXACT_CLIENTS: Final = ("C-ALDER", "C-AMAPOLA", "C-COBALT", "C-GRANITE", "C-LANTERN", "C-THISTLE")
REVIEWED_CLIENT: Final = "C-ZEPHYR"
AMBIGUOUS_CLIENT: Final = "C-MOSS"
RESEMBLING_CLIENT: Final = "C-JUNIPER"
"""Resembles a customer and is another firm: a person has a new customer made."""
NEW_CLIENT: Final = "C-TIDEWATER"

SERVICES: Final = (
    # ref, name, price
    ("S-WORK", "Managed Workstation", "45.00"),
    ("S-HELP", "Help Desk Seat", "19.90"),
    ("S-REMOTE", "Remote Support", "110.00"),
    ("S-ONSITE", "Onsite Support", "145.00"),
    ("S-BACKUP", "Cloud Backup 500 GB", "60.00"),
    ("S-LAPTOP", "Laptop 14 inch", "1189.00"),
    ("S-DOCK", "Docking Station", "229.00"),
    ("S-COURSE", "Security Awareness Course", "390.00"),
)
EXACT_SERVICES: Final = ("S-BACKUP", "S-DOCK", "S-HELP", "S-LAPTOP", "S-REMOTE", "S-WORK")
REVIEWED_SERVICE: Final = "S-ONSITE"

TAX_REGIONS: Final = (("R-STATE", "State", STATE_RATE), ("R-CITY", "City", CITY_RATE))
TERMS: Final = (("T-30", "Net 30", 30), ("T-15", "Net 15", 15), ("T-10", "Within 10 days", 10))
EXACT_TERMS: Final = ("T-15", "T-30")
REVIEWED_TERM: Final = "T-10"

VARIANCE: Final = "SD-3106"
"""The invoice whose tax is out of date at the host."""
DRAFT: Final = "SD-3113"
CREDIT_NOTE: Final = "SC-0041"
PAID_BY_CARD: Final = "SD-3105"
CARD_PAYMENT: Final = "CARD-5201"

Sale = tuple[str, str]
"""A service's ref and how many of it."""


def sample_shop(today: date) -> dict[str, list[dict[str, Any]]]:
    """Give everything the business has in the morning, as one bundle for `POST /api/v1/host/records`.

    `today` is the demo's date; the invoices are of the three weeks before.
    """
    invoices = [
        _invoice("SD-3101", "C-ALDER", today, 20, "T-30", [("S-WORK", "12"), ("S-REMOTE", "3")]),
        _invoice("SD-3102", "C-ALDER", today, 18, "T-30", [("S-LAPTOP", "2"), ("S-DOCK", "2")], STATE_RATE),
        _invoice("SD-3103", "C-COBALT", today, 17, "T-15", [("S-HELP", "20")]),
        _invoice("SD-3104", "C-COBALT", today, 15, "T-15", [("S-ONSITE", "4")]),
        _invoice(PAID_BY_CARD, "C-GRANITE", today, 14, "T-30", [("S-WORK", "6"), ("S-BACKUP", "1")]),
        _invoice(VARIANCE, "C-THISTLE", today, 12, "T-30", [("S-LAPTOP", "1")], OUTDATED_STATE_RATE),
        _invoice("SD-3107", "C-ZEPHYR", today, 11, "T-30", [("S-REMOTE", "5")]),
        _invoice("SD-3108", "C-AMAPOLA", today, 9, "T-10", [("S-HELP", "8"), ("S-REMOTE", "2")]),
        _invoice("SD-3109", "C-MOSS", today, 7, "T-15", [("S-ONSITE", "3")]),
        _invoice("SD-3110", "C-JUNIPER", today, 6, "T-15", [("S-WORK", "2")]),
        _invoice("SD-3111", "C-TIDEWATER", today, 4, "T-30", [("S-COURSE", "1"), ("S-HELP", "4")]),
        _invoice("SD-3112", "C-LANTERN", today, 2, "T-30", [("S-COURSE", "1"), ("S-ONSITE", "2")]),
        {**_invoice(DRAFT, "C-GRANITE", today, 0, "T-30", [("S-ONSITE", "1")]), "status": "draft"},
    ]
    return {
        "clients": [_client(*client) for client in CLIENTS],
        "services": [{"ref": ref, "name": name, "unit_price": price} for ref, name, price in SERVICES],
        "tax_regions": [{"ref": ref, "name": name, "rate": str(rate)} for ref, name, rate in TAX_REGIONS],
        "terms": [{"ref": ref, "name": name, "due_days": days} for ref, name, days in TERMS],
        "invoices": invoices,
        "credit_notes": [
            {
                **_document(CREDIT_NOTE, "C-COBALT", today - timedelta(days=3), [("S-ONSITE", "1")]),
                "memo": "One visit was not needed",
            }
        ],
    }


def corrected_invoice(today: date) -> dict[str, Any]:
    """Give the invoice with the outdated tax as the business corrects it."""
    return _invoice(VARIANCE, "C-THISTLE", today, 12, "T-30", [("S-LAPTOP", "1")], STATE_RATE)


def city_invoice(today: date) -> dict[str, Any]:
    """Give the invoice of the afternoon, in a tax region that nobody has linked yet."""
    return _invoice("SD-3114", "C-LANTERN", today, 0, "T-30", [("S-DOCK", "1")], CITY_RATE, region="R-CITY")


def card_payment(today: date, amount: str) -> dict[str, Any]:
    """Give the card payment that comes in at the business's own counter."""
    return {
        "ref": CARD_PAYMENT,
        "client": "C-GRANITE",
        "dated": today.isoformat(),
        "amount": amount,
        "currency": CURRENCY,
        "allocations": [{"invoice": PAID_BY_CARD, "amount": amount}],
        "reference": "card 5201",
        "method": "Credit Card",
    }


def _client(ref: str, name: str, street: str, city: str, postcode: str) -> dict[str, Any]:
    address = {"street": street, "city": city, "region": "CA", "postcode": postcode} if street else {}
    return {"ref": ref, "name": name, "currency": CURRENCY, "address": address}


def _invoice(
    number: str,
    client: str,
    today: date,
    days_ago: int,
    term: str,
    sales: Sequence[Sale],
    tax_rate: Decimal = Decimal(0),
    *,
    region: str = "R-STATE",
) -> dict[str, Any]:
    dated = today - timedelta(days=days_ago)
    due = dated + timedelta(days=next(days for ref, _, days in TERMS if ref == term))
    document = _document(number, client, dated, sales, region if tax_rate else "")
    net = sum((Decimal(line["amount"]) for line in document["lines"]), Decimal(0))
    tax = (net * tax_rate / 100).quantize(CENT, ROUND_HALF_UP)
    return {**document, "term": term, "due_date": due.isoformat(), "tax": str(tax)}


def _document(
    number: str, client: str, dated: date, sales: Sequence[Sale], region: str = ""
) -> dict[str, Any]:
    return {
        "ref": number,
        "number": number,
        "client": client,
        "dated": dated.isoformat(),
        "currency": CURRENCY,
        "lines": [_line(service, quantity, region) for service, quantity in sales],
    }


def _line(service: str, quantity: str, region: str) -> dict[str, Any]:
    name, price = next((name, price) for ref, name, price in SERVICES if ref == service)
    return {
        "service": service,
        "quantity": quantity,
        "unit_price": price,
        "amount": str(Decimal(price) * Decimal(quantity)),
        "description": name,
        "tax_region": region,
    }
