"""Imports: how far the first copy of each entity has come, and where it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from tieout.storage.inserting import put_rows
from tieout.storage.tables import imports

RUNNING = "running"
DONE = "done"


@dataclass(frozen=True)
class ImportProgress:
    """The import of one entity of one company. Instants are in UTC."""

    company: str
    entity: str
    state: str
    """`running` or `done`."""
    done: int
    """Records kept so far."""
    total: int
    """Records that QuickBooks counted; 0 before it was asked."""
    pinned: datetime | None
    """QuickBooks' own time when the import began: changes are followed from there."""
    started_at: datetime
    finished_at: datetime | None
    error: str
    """Why it stopped, in words; empty while it goes well."""
    next_start: int
    """The position of the next page, counted from 1 as QuickBooks does."""


class Imports:
    """The imports of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, company: str, entities: Sequence[str], *, pinned: datetime, now: datetime) -> None:
        """Begin the import of these entities from their first records, whatever was before."""
        put_rows(self._connection, imports, [_row(company, entity, pinned, now) for entity in entities])

    def pinned(self, company: str) -> datetime | None:
        """Give QuickBooks' time at the start of an import that has not ended; None when there is nothing to resume."""
        running = select(imports.c.pinned).where(
            imports.c.company == company, imports.c.state == RUNNING, imports.c.pinned.is_not(None)
        )
        pin = self._connection.execute(running.order_by(imports.c.pinned).limit(1)).scalar_one_or_none()
        assert pin is None or isinstance(pin, datetime)
        return pin

    def advance(self, company: str, entity: str, *, done: int, total: int, next_start: int) -> None:
        """Note how many records are kept by now, of how many, and where the next page starts."""
        self._change(company, entity, state=RUNNING, done=done, total=total, next_start=next_start, error="")

    def finish(self, company: str, entity: str, *, done: int, total: int, now: datetime) -> None:
        """Note that the whole entity is here; one that was never begun is here all the same."""
        if self.get(company, entity) is None:
            put_rows(self._connection, imports, [_row(company, entity, None, now)])
        self._change(company, entity, state=DONE, done=done, total=total, finished_at=now, error="")

    def fail(self, company: str, entity: str, *, error: str) -> None:
        """Note why an import stopped; the next one goes on from where it stood."""
        self._change(company, entity, error=error)

    def get(self, company: str, entity: str) -> ImportProgress | None:
        """Find an entity's import; None when it was never begun."""
        row = self._connection.execute(
            select(imports).where(imports.c.company == company, imports.c.entity == entity)
        ).one_or_none()
        return None if row is None else _progress(row)

    def all(self, company: str) -> list[ImportProgress]:
        """List a company's imports by entity."""
        rows = self._connection.execute(
            select(imports).where(imports.c.company == company).order_by(imports.c.entity)
        )
        return [_progress(row) for row in rows]

    def _change(self, company: str, entity: str, **values: Any) -> None:
        changed = self._connection.execute(
            update(imports)
            .where(imports.c.company == company, imports.c.entity == entity)
            .values(values)
            .returning(imports.c.entity)
        )
        assert changed.one_or_none() is not None, f"the import of {entity} was never begun"


def _row(company: str, entity: str, pinned: datetime | None, now: datetime) -> dict[str, Any]:
    return {
        "company": company,
        "entity": entity,
        "state": RUNNING,
        "done": 0,
        "total": 0,
        "pinned": pinned,
        "started_at": now,
        "finished_at": None,
        "error": "",
        "next_start": 1,
    }


def _progress(row: Row[Any]) -> ImportProgress:
    return ImportProgress(**row._mapping)
