"""JSON with exact numbers: amounts stay decimal from the request to the books and back, and look as Intuit writes them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

Number = Decimal | int

_CENT = Decimal("0.01")
_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")


def loads(text: bytes | str) -> Any:
    """Read JSON; numbers with a point become `Decimal`. Raises ValueError when it is not JSON."""
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def dumps(value: Any) -> bytes:
    """Write JSON without blanks; `Decimal` becomes a number, digit for digit."""
    return _encoder.encode(value)


def raw(value: Any) -> msgspec.Raw:
    """A value written already, to stand inside another: text takes less room than objects."""
    return msgspec.Raw(_encoder.encode(value))


def cents(value: Number) -> Decimal:
    """Round an amount to the cent, half up."""
    return Decimal(value).quantize(_CENT, ROUND_HALF_UP)


def money(value: Number) -> Number:
    """Write an amount as Intuit does: `100.0`, `337.5`, `12.34`, and a bare `0` (recorded traffic)."""
    exact = Decimal(value)
    if not exact:
        return 0
    if exact == exact.to_integral_value():
        return exact.quantize(Decimal("0.1"))
    return exact.normalize()


def plain(value: Number) -> Number:
    """Write a quantity, price or rate as Intuit does: `75`, `4.5`, `0` (recorded traffic)."""
    exact = Decimal(value)
    if exact == exact.to_integral_value():
        return int(exact)
    return exact.normalize()
