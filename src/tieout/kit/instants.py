"""Instants as others write them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

REMEMBERED: Final = 16_384
"""Timestamps that are kept: many records of a page were changed in the same second, and most never since."""


@lru_cache(maxsize=REMEMBERED)
def instant_told(text: str) -> datetime | None:
    """Read an instant in ISO 8601, and give it in UTC; None when there is none, or it has no offset."""
    try:
        instant = datetime.fromisoformat(text)
        return instant.astimezone(UTC) if instant.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
