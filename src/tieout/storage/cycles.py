"""Cycles: when each company was synchronised, what it brought and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from tieout.storage.encoding import encoded
from tieout.storage.tables import cycles

_STATS: Final = msgspec.json.Decoder(dict[str, int])


@dataclass(frozen=True)
class Cycle:
    """One synchronisation of one company. Instants are in UTC."""

    id: str
    company: str
    cause: str
    fence: int
    """Of the lease it ran under."""
    state: str
    """`running` until it was finished; a cycle whose worker died stays so."""
    started_at: datetime
    finished_at: datetime | None
    stats: dict[str, int]
    error: str


class Cycles:
    """The cycles of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self, cycle: str, company: str, *, cause: str, fence: int, now: datetime) -> None:
        """Note that a cycle begins. Those of that company that never ended are abandoned: only one runs."""
        self._connection.execute(
            update(cycles)
            .where(cycles.c.company == company, cycles.c.state == "running", cycles.c.fence < fence)
            .values(state="abandoned", finished_at=now, error="its worker stopped, or lost the company")
        )
        self._connection.execute(
            insert(cycles).values(
                id=cycle,
                company=company,
                cause=cause,
                fence=fence,
                state="running",
                started_at=now,
                stats=encoded({}),
                error="",
            )
        )

    def finish(self, cycle: str, *, state: str, stats: Mapping[str, int], error: str, now: datetime) -> None:
        """Note how a cycle ended."""
        self._connection.execute(
            update(cycles)
            .where(cycles.c.id == cycle)
            .values(state=state, stats=encoded(dict(stats)), error=error, finished_at=now)
        )

    def list(self, company: str, limit: int = 20) -> list[Cycle]:
        """List a company's cycles, the latest first."""
        rows = self._connection.execute(
            select(cycles)
            .where(cycles.c.company == company)
            .order_by(cycles.c.started_at.desc(), cycles.c.fence.desc())
            .limit(limit)
        )
        return [_cycle(row) for row in rows]


def _cycle(row: Row[Any]) -> Cycle:
    return Cycle(
        id=row.id,
        company=row.company,
        cause=row.cause,
        fence=row.fence,
        state=row.state,
        started_at=row.started_at,
        finished_at=row.finished_at,
        stats=_STATS.decode(row.stats),
        error=row.error,
    )
