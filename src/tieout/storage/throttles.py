"""Throttles: one row per QuickBooks company, in which every process books the next turn to call it.

The row holds, for each kind of call, the instant from which the next one is free. Booking moves that instant on
by the kind's spacing and answers when the caller's turn is: one statement, so that no two processes are ever given
the same turn, on one machine or on many. (The generic cell rate algorithm, written down instead of remembered.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.sql.dml import ReturningInsert

from tieout.storage.inserting import insert_of, inserting
from tieout.storage.tables import throttles

MICROSECOND: Final = timedelta(microseconds=1)
START: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SQLITE_NOW: Final = "CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER)"
_POSTGRESQL_NOW: Final = "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"


@dataclass(frozen=True)
class Spacing:
    """How closely calls of one kind may follow each other."""

    every: timedelta
    """From one to the next, for as long as they keep coming."""
    at_once: int = 1
    """How many may go together after a rest."""

    @property
    def slack(self) -> timedelta:
        """Tell how long before the next instant is free a call may go."""
        return (self.at_once - 1) * self.every


class Throttles:
    """The throttles of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def book(self, key: str, spacings: Mapping[str, Spacing], *, now: datetime | None = None) -> timedelta:
        """Book a turn that keeps every one of the spacings (by `calls`, `batches`, `reports`); give the wait for it.

        The turn is taken whatever happens afterwards. `now` is for a simulated world; without it the database's
        own clock counts, which is one and the same for all machines that share it.
        """
        dialect = self._connection.dialect.name
        statement = _booking(dialect, tuple(sorted(spacings.items())), own_clock=now is not None)
        told = {"booked": key} if now is None else {"booked": key, "now": (now - START) // MICROSECOND}
        wait: int = self._connection.execute(statement, told).scalar_one()
        return max(wait, 0) * MICROSECOND

    def pause(self, key: str, span: timedelta, *, now: datetime | None = None) -> None:
        """Let nobody's turn come before that span has passed; a longer pause that stands already stays."""
        until = self._now(now) + _microseconds(span)
        self._connection.execute(
            inserting(self._connection, throttles)
            .values(key=key, paused_until=until)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={"paused_until": self._greatest(throttles.c.paused_until, until)},
            )
        )

    def paused(self, key: str, *, now: datetime | None = None) -> timedelta:
        """Tell how much of a pause is left; nothing when there is none."""
        left = self._connection.execute(
            select(throttles.c.paused_until - self._now(now)).where(throttles.c.key == key)
        ).scalar()
        return max(left or 0, 0) * MICROSECOND

    def _now(self, now: datetime | None) -> ColumnElement[int]:
        if now is not None:
            return cast(literal((now - START) // MICROSECOND, BigInteger), BigInteger)
        return _database_now(self._connection.dialect.name)

    def _greatest(self, *values: ColumnElement[int]) -> ColumnElement[Any]:
        return _greatest(self._connection.dialect.name, *values)


@lru_cache(maxsize=32)
def _booking(
    dialect: str, spacings: tuple[tuple[str, Spacing], ...], *, own_clock: bool
) -> ReturningInsert[Any]:
    """Make the statement of `book`: every call to QuickBooks runs it, and making it costs more than running it."""
    reckoned = cast(bindparam("now", type_=BigInteger), BigInteger) if own_clock else _database_now(dialect)
    columns = {f"{kind}_at": spacing for kind, spacing in spacings}
    turn = _greatest(
        dialect,
        reckoned,
        throttles.c.paused_until,
        *(throttles.c[name] - _microseconds(one.slack) for name, one in columns.items()),
    )
    after = {
        name: _greatest(dialect, throttles.c[name], turn) + _microseconds(one.every)
        for name, one in columns.items()
    }
    begun = {name: reckoned + _microseconds(one.every) for name, one in columns.items()}
    return (
        insert_of(dialect, throttles)
        .values(key=bindparam("booked"), turn_at=reckoned, **begun)
        .on_conflict_do_update(index_elements=["key"], set_={"turn_at": turn, **after})
        .returning(throttles.c.turn_at - reckoned)
    )


def _database_now(dialect: str) -> ColumnElement[int]:
    return literal_column(_POSTGRESQL_NOW if dialect == "postgresql" else _SQLITE_NOW, BigInteger)


def _greatest(dialect: str, *values: ColumnElement[int]) -> ColumnElement[Any]:
    return (func.greatest if dialect == "postgresql" else func.max)(*values)


def _microseconds(span: timedelta) -> int:
    return span // MICROSECOND
