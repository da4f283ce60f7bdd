"""Intuit's query language: values quoted, moments with their offset, and statements put together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

PAGE_MAX: Final = 1000
"""The largest MAXRESULTS that Intuit takes (Intuit's documentation)."""
ACTIVE_AND_NOT: Final = "Active IN (true, false)"
"""Without it, names that were made inactive are left out (Intuit's documentation)."""


def quoted(value: str) -> str:
    r"""Quote a value: `Amy's` becomes `'Amy\'s'` (recorded sandbox traffic).

    A backslash is doubled (assumed: it is what introduces an escape).
    """
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def equals(field: str, value: str) -> str:
    """Compare a text, an id or a reference: `DocNumber = '1042'`."""
    return f"{field} = {quoted(value)}"


def both(*clauses: str) -> str:
    """Join clauses with AND; empty ones fall out."""
    return " AND ".join(clause for clause in clauses if clause)


def stamp(moment: datetime) -> str:
    """Write a moment for Intuit: UTC with its offset, whole seconds, rounded down.

    Intuit keeps changes to the second, and reads a time without offset in a zone of its own choice.
    """
    assert moment.tzinfo is not None, "a moment without a zone cannot be sent"
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def since_clause(since: datetime) -> str:
    """Ask for what changed at or after a moment."""
    return f"MetaData.LastUpdatedTime >= {quoted(stamp(since))}"


def select(
    entity: str,
    *,
    where: str = "",
    order: str = "Id",
    start: int = 1,
    size: int = PAGE_MAX,
    fields: str = "*",
) -> str:
    """Ask for one page of records; `start` counts from 1, `size` is at most 1,000.

    An order is always worth giving: without one, pages can overlap when records change in between.
    """
    assert start >= 1, start
    assert 1 <= size <= PAGE_MAX, size
    parts = [f"SELECT {fields} FROM {entity}"]
    if where:
        parts.append(f"WHERE {where}")
    if order:
        parts.append(f"ORDERBY {order}")
    parts.append(f"STARTPOSITION {start} MAXRESULTS {size}")
    return " ".join(parts)


def one_of(field: str, values: Iterable[str]) -> str:
    """Ask for any of several ids or references: `Id IN ('3', '17')`."""
    return f"{field} IN ({', '.join(quoted(value) for value in values)})"


def counted(entity: str, where: str = "") -> str:
    """Ask how many records there are."""
    return f"SELECT COUNT(*) FROM {entity}" + (f" WHERE {where}" if where else "")
