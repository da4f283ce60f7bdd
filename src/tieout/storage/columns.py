"""Column types that mean the same on SQLite and PostgreSQL: instants in UTC, texts that sort alike."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from tieout.kit.instants import instant_told


class Instant(TypeDecorator[datetime]):
    """An aware instant to the microsecond: `timestamptz` on PostgreSQL, sortable ISO text in UTC on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type on that database."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Turn an instant into what the driver takes."""
        if value is None:
            return None
        assert value.tzinfo is not None, f"{value} has no zone, so nobody knows when it is"
        return instant_text(value) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        """Turn what the driver gives into an aware instant in UTC."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        assert isinstance(value, datetime)
        return value.astimezone(UTC)


def instant_text(instant: datetime) -> str:
    """Write an instant as SQLite keeps it."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


REMEMBERED: Final = 16_384
"""Hours, and odd timestamps, that are remembered: those of twenty years of office hours."""
_TOLD_LENGTH: Final = len("2026-05-05T10:00:00-07:00")
_HOUR_LENGTH: Final = len("2026-05-05T10")
_SECOND_LENGTH: Final = len("2026-05-05T10:00:00")


def told_as_text(told: str) -> str | None:
    """Write an instant as others wrote it in the text that SQLite keeps; None as `instant_told`.

    A first import does this twice for each record. Nearly all instants are whole seconds, and most zones are
    whole hours apart: then minutes and seconds stay what they are, and hours have been seen before.
    """
    if len(told) == _TOLD_LENGTH:
        hour = _hour(told[:_HOUR_LENGTH] + told[_SECOND_LENGTH:])
        rest = _minute_and_second(told[_HOUR_LENGTH:_SECOND_LENGTH])
        if hour and rest:
            return hour + rest
    return _odd(told)


@lru_cache(maxsize=REMEMBERED)
def _hour(told: str) -> str:
    """Say an hour with its offset (`2026-05-05T10-07:00`) in UTC; "" where its minutes are others, and for what is none."""
    instant = instant_told(f"{told[:_HOUR_LENGTH]}:00:00{told[_HOUR_LENGTH:]}")
    return (
        ""
        if instant is None or instant.minute or instant.second
        else instant.isoformat(timespec="hours")[:_HOUR_LENGTH]
    )


@lru_cache(maxsize=3600)
def _minute_and_second(told: str) -> str:
    """Check `:30:59`, and write it to the microsecond; "" for what is none."""
    colons, digits = told[0] + told[3], told[1:3] + told[4:]
    good = colons == "::" and digits.isascii() and digits.isdecimal() and max(told[1], told[4]) < "6"
    return f"{told}.000000+00:00" if good else ""


@lru_cache(maxsize=REMEMBERED)
def _odd(told: str) -> str | None:
    instant = instant_told(told)
    return None if instant is None else instant_text(instant)


class Folded(TypeDecorator[str]):
    """Text that sorts and compares by its code points on both databases, whatever a server's locale is."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type on that database."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Text(collation="C"))


Counter = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database hands out; SQLite does so for INTEGER only."""


def folded(*words: str) -> str:
    """Prepare words for searching without regard to case; the database compares them as they are."""
    return " ".join(filter(None, words)).casefold()
