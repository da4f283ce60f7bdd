"""QuickBooks' timestamps as instants."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

REMEMBERED: Final = 16_384
"""Timestamps that are kept: many records of a page were changed in the same second, and most never since."""


@lru_cache(maxsize=REMEMBERED)
def moment(text: str) -> datetime | None:
    """Read one of QuickBooks' timestamps as an instant in UTC; None for none, or one without offset."""
    try:
        instant = datetime.fromisoformat(text)
        return instant.astimezone(UTC) if instant.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
