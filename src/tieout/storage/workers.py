"""Workers: the processes of this installation that run, and when each was last heard of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, or_, select, update

from tieout.storage.inserting import put_rows
from tieout.storage.tables import workers


@dataclass(frozen=True)
class Worker:
    """One process that runs, or ran. Instants are in UTC."""

    id: str
    """As it stands in leases."""
    machine: str
    role: str
    """`worker`, or `serve` for a process that has page and API besides."""
    version: str
    started_at: datetime
    beat_at: datetime
    """When it was last heard of."""
    ended_at: datetime | None = None
    """When it was stopped; None while it runs, and for ever when it was killed."""


class Workers:
    """The workers of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, worker: Worker) -> None:
        """Write a worker as it is given, new or known."""
        row = {name: getattr(worker, name) for name in workers.columns.keys()}  # noqa: SIM118
        put_rows(self._connection, workers, [row])

    def beat(self, worker: str, *, now: datetime) -> bool:
        """Note that a worker lives; says whether it is known."""
        beaten = update(workers).where(workers.c.id == worker).values(beat_at=now, ended_at=None)
        return self._connection.execute(beaten.returning(workers.c.id)).one_or_none() is not None

    def end(self, worker: str, *, now: datetime) -> None:
        """Note that a worker was stopped."""
        self._connection.execute(
            update(workers).where(workers.c.id == worker).values(beat_at=now, ended_at=now)
        )

    def list(self) -> list[Worker]:
        """List the workers: those that run first, then by when they were last heard of."""
        rows = self._connection.execute(
            select(workers).order_by(workers.c.ended_at.is_not(None), workers.c.beat_at.desc(), workers.c.id)
        )
        return [_worker(row) for row in rows]

    def prune(self, *, before: datetime) -> int:
        """Forget workers that were last heard of before an instant; says how many."""
        gone = delete(workers).where(or_(workers.c.beat_at < before, workers.c.ended_at < before))
        return len(self._connection.execute(gone.returning(workers.c.id)).all())


def _worker(row: Row[Any]) -> Worker:
    return Worker(**row._mapping)
