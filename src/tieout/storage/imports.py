"""Imports: how far the first copy of each entity has come, lane by lane, and where each goes on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from tieout.storage.inserting import put_rows
from tieout.storage.tables import import_lanes, imports

RUNNING = "running"
DONE = "done"
REFUSED = "refused"


@dataclass(frozen=True)
class ImportProgress:
    """The import of one entity of one company. Instants are in UTC."""

    company: str
    entity: str
    state: str
    """`running`, `done`, or `refused` when QuickBooks does not show the entity to us at all."""
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
    way: str
    """Empty, or why its pages are found by position rather than by id."""
    rate: int
    """Records a second, over the last ten seconds before `advanced_at`."""
    advanced_at: datetime | None
    """When a page was last kept."""


@dataclass(frozen=True)
class Lane:
    """A stretch of an entity's records, in the order of their ids, that is read page after page."""

    lane: int
    """Its number, from 0."""
    start: int
    """The position its next page begins at, counted from 1, as long as that is found by position."""
    first_id: str = ""
    """The id it began with; empty before its first page."""
    last_id: str = ""
    """The id it has come to; the next page begins behind it."""
    done: int = 0
    """Records kept of it."""
    finished: bool = False


class Imports:
    """The imports of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, company: str, entities: Sequence[str], *, pinned: datetime, now: datetime) -> None:
        """Begin the import of these entities from their first records, whatever was before."""
        put_rows(self._connection, imports, [_row(company, entity, pinned, now) for entity in entities])
        self._connection.execute(
            delete(import_lanes).where(
                import_lanes.c.company == company, import_lanes.c.entity.in_(list(entities))
            )
        )

    def pinned(self, company: str) -> datetime | None:
        """Give QuickBooks' time at the start of an import that has not ended; None when there is nothing to resume."""
        running = select(imports.c.pinned).where(
            imports.c.company == company, imports.c.state == RUNNING, imports.c.pinned.is_not(None)
        )
        pin = self._connection.execute(running.order_by(imports.c.pinned).limit(1)).scalar_one_or_none()
        assert pin is None or isinstance(pin, datetime)
        return pin

    def advance(
        self, company: str, entity: str, *, done: int, total: int, rate: int = 0, now: datetime
    ) -> None:
        """Note how many records are kept by now, of how many, and how quickly they come."""
        moved = {"so_far": done, "of": total, "a_second": rate, "now": now}
        advanced = self._connection.execute(_ADVANCE, {"company_is": company, "entity_is": entity, **moved})
        assert advanced.one_or_none() is not None, f"the import of {entity} was never begun"

    def finish(
        self, company: str, entity: str, *, done: int, total: int, now: datetime, error: str = ""
    ) -> None:
        """Note that the whole entity is here, `error` apart; one that was never begun is here all the same."""
        if self.get(company, entity) is None:
            put_rows(self._connection, imports, [_row(company, entity, None, now)])
        self._change(
            company, entity, state=DONE, done=done, total=total, rate=0, finished_at=now, error=error
        )

    def refuse(self, company: str, entity: str, *, error: str, now: datetime) -> None:
        """Note that QuickBooks does not show this entity, and why; no import waits for it."""
        self._change(company, entity, state=REFUSED, rate=0, finished_at=now, error=error)

    def fail(self, company: str, entity: str, *, error: str) -> None:
        """Note why an import stopped; the next one goes on from where it stood."""
        self._change(company, entity, rate=0, error=error)

    def lanes(self, company: str, entity: str) -> list[Lane]:
        """List the lanes of an entity's import; none before its first page was kept."""
        rows = self._connection.execute(
            select(import_lanes)
            .where(import_lanes.c.company == company, import_lanes.c.entity == entity)
            .order_by(import_lanes.c.lane)
        )
        return [
            Lane(row.lane, row.start, row.first_id, row.last_id, row.done, bool(row.finished)) for row in rows
        ]

    def keep_lanes(self, company: str, entity: str, lanes: Iterable[Lane]) -> None:
        """Note where some lanes stand; belongs into the transaction that keeps their records."""
        put_rows(
            self._connection,
            import_lanes,
            [{"company": company, "entity": entity, **asdict(lane)} for lane in lanes],
        )

    def start_over(self, company: str, entity: str, *, way: str) -> None:
        """Forget an entity's lanes, so that it is read from its first record; `way` says how and why."""
        self._connection.execute(
            delete(import_lanes).where(import_lanes.c.company == company, import_lanes.c.entity == entity)
        )
        self._change(company, entity, way=way, done=0)

    def get(self, company: str, entity: str) -> ImportProgress | None:
        """Find an entity's import; None when it was never begun."""
        row = self._connection.execute(
            select(imports).where(imports.c.company == company, imports.c.entity == entity)
        ).one_or_none()
        return None if row is None else _progress(row)

    def all(self, company: str) -> list[ImportProgress]:
        """List a company's imports by entity."""
        rows = self._connection.execute(_OF_COMPANY, {"company": company})
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
        "way": "",
        "rate": 0,
        "advanced_at": None,
    }


_ADVANCE: Final = (
    update(imports)
    .where(imports.c.company == bindparam("company_is"), imports.c.entity == bindparam("entity_is"))
    .values(
        state=RUNNING,
        done=bindparam("so_far"),
        total=bindparam("of"),
        rate=bindparam("a_second"),
        advanced_at=bindparam("now"),
        error="",
    )
    .returning(imports.c.entity)
)
"""Built once, because every page of an import runs it."""
_OF_COMPANY: Final = (
    select(imports).where(imports.c.company == bindparam("company")).order_by(imports.c.entity)
)
"""Built once, because every cycle asks it."""


def _progress(row: Row[Any]) -> ImportProgress:
    return ImportProgress(**row._mapping)
