"""Which fields of a record the mirror keeps beside its bytes, so that lists can be searched and read quickly."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Final

SEPARATOR: Final = " or "


@dataclass(frozen=True)
class Columns:
    """Where each column stands in a record: a path such as `CustomerRef.name`, empty where there is none.

    Alternatives are separated by ` or `: the first one that a record has counts.
    """

    name: str = ""
    """What a person calls it: a name's own name, the party's name of a document."""
    number: str = ""
    party: str = ""
    """The id of the customer, vendor or employee that it is about."""
    dated: str = ""
    due: str = ""
    amount: str = ""
    """Its total, in its own currency."""
    balance: str = ""
    """What is open of it, or of the name."""
    currency: str = ""
    """ISO 4217."""

    def paths(self) -> dict[str, tuple[str, ...]]:
        """Give each column's alternatives, in the order in which they count."""
        return {one.name: _alternatives(getattr(self, one.name)) for one in fields(self)}


TYPES: Final[dict[str, Any]] = {"dated": date, "due": date, "amount": Decimal, "balance": Decimal}
"""The type of a column's JSON value; texts where nothing is said."""


def _alternatives(text: str) -> tuple[str, ...]:
    return tuple(text.split(SEPARATOR)) if text else ()
