"""Column types that mean the same on SQLite and PostgreSQL: instants in UTC, texts that sort alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine


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
        utc = value.astimezone(UTC)
        return utc.isoformat(timespec="microseconds") if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        """Turn what the driver gives into an aware instant in UTC."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        assert isinstance(value, datetime)
        return value.astimezone(UTC)


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
