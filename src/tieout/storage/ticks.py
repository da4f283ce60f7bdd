"""Ticks: a unit of work tells the workers, when it is saved, that there is work; what it is carried by is PostgreSQL's alone.

What carries them (`tieout.storage.carrier`) is loaded when it is needed: on SQLite it never is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, text

from tieout.storage.server import JOBS, SCHEMA, SEE_BOTH, TICKS

PILE_MAX: Final = 10
"""Ticks that wait at most: one is enough, and a few more keep one that is being fetched right now from being the last."""


class Ticks:
    """What one unit of work tells the workers when it is saved; nothing on SQLite, whose worker looks by itself."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._carried = connection.dialect.name == "postgresql"
        self._told = False
        self._sees = False

    def soon(self) -> None:
        """Tell that companies are due; once for a unit of work, however many there are."""
        if not self._carried or self._told:
            return
        self._told = True
        waiting = text(
            f"SELECT count(*) FROM (SELECT 1 FROM {SCHEMA}.procrastinate_jobs"
            " WHERE status = 'todo' AND queue_name = :queue LIMIT :most) AS waiting"
        )
        piled = self._connection.execute(waiting, {"queue": TICKS, "most": PILE_MAX}).scalar_one()
        if piled < PILE_MAX:
            self._defer("tick", TICKS, None, {})

    def job(self, job: str, due_at: datetime, now: datetime) -> None:
        """Tell that a job is due then."""
        if self._carried:
            self._defer("job", JOBS, due_at if due_at > now else None, {"job": job})

    def _defer(self, task: str, queue: str, at: datetime | None, args: dict[str, Any]) -> None:
        from tieout.storage import carrier

        driver: Any = self._connection.connection.driver_connection
        if not self._sees:
            # Until this transaction ends, procrastinate's tables are found behind ours, wherever ours are.
            driver.execute(SEE_BOTH.format("true"), [SCHEMA])
            self._sees = True
        carrier.defer(driver, task, queue, at, args)
