"""Money: an exact amount in a currency, rounded half-up at the currency's smallest coin."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

NO_COINS = frozenset(
    {
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    }
)
"""ISO 4217 currencies without a smaller coin."""
THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
ZERO = Decimal(0)


def places(currency: str) -> int:
    """Tell how many decimals a currency's coin has (ISO 4217)."""
    if currency in NO_COINS:
        return 0
    return 3 if currency in THOUSANDTHS else 2


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round half-up to the currency's coin."""
    return amount.quantize(Decimal(1).scaleb(-places(currency)), ROUND_HALF_UP)


def same(one: Decimal, other: Decimal, currency: str) -> bool:
    """Tell whether two amounts are equal to the coin."""
    return rounded(one, currency) == rounded(other, currency)


@dataclass(frozen=True, order=False)
class Money:
    """An amount in a currency."""

    amount: Decimal
    currency: str
    """ISO 4217."""

    def __add__(self, other: Money) -> Money:
        self._check(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._check(other)
        return Money(self.amount - other.amount, self.currency)

    def __str__(self) -> str:
        return f"{rounded(self.amount, self.currency):,} {self.currency}"

    def _check(self, other: Money) -> None:
        assert self.currency == other.currency, f"{self} and {other} cannot be added without a rate"
