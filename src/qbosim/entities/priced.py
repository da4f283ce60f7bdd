"""What lines with a price and a quantity have in common, sold or bought: their amount, and what of both is kept."""

from __future__ import annotations

from decimal import Decimal

from qbosim import faults
from qbosim.jsontext import cents, plain
from qbosim.records.layout import Body


def line_amount(line: Body, detail: Body) -> Decimal:
    """The amount, which must be price times quantity where both are given (code 6070, recorded)."""
    amount = number_in(line, "Amount")
    if amount is None:
        raise faults.missing("Line.Amount")
    price, quantity = number_in(detail, "UnitPrice"), number_in(detail, "Qty")
    # Zero times zero counts as not given: python-quickbooks sends that with every amount, and its tests against
    # Intuit's sandbox pass.
    if price is None or quantity is None or (not price and not quantity):
        return cents(amount)
    if cents(price * quantity) != cents(amount):
        raise faults.wrong_amount(amount)
    return cents(amount)


def number_in(detail: Body, key: str) -> Decimal | None:
    """A number that a client sent, or None."""
    value = detail.get(key)
    return None if value is None or value == "" else Decimal(value)


def price_and_quantity(detail: Body, sent: Decimal, net: Decimal) -> Body:
    """Price and quantity as sent; where none came, none are kept (recorded). Prices without their tax."""
    shown: Body = {}
    price, quantity = number_in(detail, "UnitPrice"), number_in(detail, "Qty")
    if price is not None:
        if net != sent and quantity:
            price = (net / quantity).quantize(Decimal("0.0000001"))
        shown["UnitPrice"] = plain(price)
    if quantity is not None:
        shown["Qty"] = plain(quantity)
    return shown
