"""Sales tax as arithmetic: from taxable amounts and rates to tax lines, to the cent.

Each rate is taken on the summed net amount and rounded half up (assumed where Intuit's engine is not documented).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from qbosim.jsontext import cents

_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Rate:
    """One tax rate: its id, its percentage, and the account on which its tax is owed."""

    id: str
    percent: Decimal
    account: int


@dataclass(frozen=True)
class TaxAmount:
    """The tax of one rate."""

    rate: Rate
    base: Decimal
    """The net amount it was taken on."""
    amount: Decimal


def on_base(base: Decimal, rates: Sequence[Rate]) -> list[TaxAmount]:
    """The tax of each rate on one net amount."""
    return [TaxAmount(rate, base, cents(base * rate.percent / _HUNDRED)) for rate in rates]


def on_lines(lines: Sequence[tuple[Decimal, Sequence[Rate]]]) -> list[TaxAmount]:
    """The tax on lines that each have rates of their own (outside the US), one entry per rate."""
    bases: dict[str, tuple[Rate, Decimal]] = {}
    for net, rates in lines:
        for rate in rates:
            known = bases.get(rate.id, (rate, Decimal(0)))
            bases[rate.id] = (rate, known[1] + net)
    return [TaxAmount(rate, base, cents(base * rate.percent / _HUNDRED)) for rate, base in bases.values()]


def total_of(taxes: Sequence[TaxAmount]) -> Decimal:
    """The sum of all tax."""
    return sum((tax.amount for tax in taxes), Decimal(0))


def overridden(taxes: Sequence[TaxAmount], total: Decimal) -> list[TaxAmount]:
    """The same tax lines with another total, spread by their shares; the last takes the remainder.

    Intuit spreads a total that a client sets over its lines (developer blog, December 2017).
    """
    if not taxes:
        return []
    computed = total_of(taxes)
    spread: list[TaxAmount] = []
    left = total
    for position, tax in enumerate(taxes):
        if position == len(taxes) - 1:
            share = left
        elif computed:
            share = cents(total * tax.amount / computed)
        else:
            share = cents(total / len(taxes))
        spread.append(TaxAmount(tax.rate, tax.base, share))
        left -= share
    return spread


def net_of_gross(gross: Decimal, rates: Sequence[Rate]) -> Decimal:
    """The net amount inside an amount that includes tax, rounded half up."""
    percent = sum((rate.percent for rate in rates), Decimal(0))
    return cents(gross * _HUNDRED / (_HUNDRED + percent))
