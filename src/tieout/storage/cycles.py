"""Cycles: when each company was synchronised, what it brought and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

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
        """Note how a cycle ended; one that the next one abandoned has ended then, whenever its worker wakes up."""
        self._connection.execute(
            update(cycles)
            .where(cycles.c.id == cycle, cycles.c.state == "running")
            .values(state=state, stats=encoded(dict(stats)), error=error, finished_at=now)
        )

    def prune(self, *, before: datetime) -> int:
        """Forget cycles that ended before an instant, but for each company's last one; says how many."""
        later = cycles.alias()
        newest = select(func.max(later.c.started_at)).where(later.c.company == cycles.c.company)
        gone = delete(cycles).where(
            cycles.c.finished_at < before, cycles.c.started_at < newest.scalar_subquery()
        )
        return len(self._connection.execute(gone.returning(cycles.c.id)).all())

    def list(self, company: str, limit: int = 20) -> list[Cycle]:
        """List a company's cycles, the latest first."""
        rows = self._connection.execute(
            select(cycles)
            .where(cycles.c.company == company)
            .order_by(cycles.c.started_at.desc(), cycles.c.fence.desc())
            .limit(limit)
        )
        return [_cycle(row) for row in rows]

    def troubled_since(self, company: str) -> datetime | None:
        """Tell when the first cycle met trouble since the last one without any; None when the last had none."""
        good = select(func.max(cycles.c.started_at)).where(
            cycles.c.company == company, cycles.c.error == "", cycles.c.state != "running"
        )
        last_good = good.scalar_subquery()
        since = self._connection.execute(
            select(func.min(cycles.c.started_at)).where(
                cycles.c.company == company,
                cycles.c.error != "",
                or_(last_good.is_(None), cycles.c.started_at > last_good),
            )
        ).scalar_one()
        assert since is None or isinstance(since, datetime)
        return since


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
