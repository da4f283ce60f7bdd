"""Events: what webhooks told of each company, kept until the mirror shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import Connection, delete, func, select, update

from tieout.storage.inserting import in_chunks, inserting
from tieout.storage.tables import events, records

OPEN: Final = "open"
SETTLED: Final = "settled"
GIVEN_UP: Final = "given_up"
"""QuickBooks never showed it, however often it was asked; the checks of the whole entity find it, if it is there."""


@dataclass(frozen=True)
class NewEvent:
    """One change that a webhook told of, as it is written down. Instants are in UTC."""

    key: str
    """The same for the same event, however often it comes."""
    entity: str
    qbo_id: str
    operation: str
    deleted_id: str
    """Of a merge: the id that disappeared; empty otherwise."""
    happened_at: datetime | None
    """QuickBooks' time of the change; None when it was not told."""
    settled: bool = False
    """The mirror showed it already when it came: an echo of our own write, mostly."""


@dataclass(frozen=True)
class Event:
    """One change that a webhook told of and the mirror may not show yet."""

    id: int
    entity: str
    qbo_id: str
    operation: str
    deleted_id: str
    happened_at: datetime | None
    came_at: datetime
    attempts: int
    """How often it was looked for without being found."""


@dataclass(frozen=True)
class Shown:
    """How the mirror shows a record. Instants are in UTC."""

    updated_at: datetime | None
    deleted: bool


EventList: TypeAlias = list[Event]


class Events:
    """The webhook events of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self, company: str, keys: Iterable[str]) -> set[str]:
        """Tell which of these came before."""
        found: set[str] = set()
        for chunk in in_chunks(keys):
            found.update(
                self._connection.scalars(
                    select(events.c.key).where(events.c.company == company, events.c.key.in_(chunk))
                )
            )
        return found

    def add(self, company: str, told: Sequence[NewEvent], *, now: datetime) -> None:
        """Write events down; one that came before stays as it is."""
        for chunk in in_chunks(told):
            rows = [
                {
                    "company": company,
                    "key": one.key,
                    "entity": one.entity,
                    "qbo_id": one.qbo_id,
                    "operation": one.operation,
                    "deleted_id": one.deleted_id,
                    "happened_at": one.happened_at,
                    "came_at": now,
                    "state": SETTLED if one.settled else OPEN,
                    "attempts": 0,
                    "settled_at": now if one.settled else None,
                }
                for one in chunk
            ]
            self._connection.execute(
                inserting(self._connection, events).on_conflict_do_nothing(index_elements=["company", "key"]),
                rows,
            )

    def open(self, company: str, limit: int) -> EventList:
        """List what is not settled yet, the earliest first."""
        rows = self._connection.execute(
            select(
                events.c.id,
                events.c.entity,
                events.c.qbo_id,
                events.c.operation,
                events.c.deleted_id,
                events.c.happened_at,
                events.c.came_at,
                events.c.attempts,
            )
            .where(events.c.company == company, events.c.state == OPEN)
            .order_by(events.c.id)
            .limit(limit)
        )
        return [Event(**row._mapping) for row in rows]

    def waiting(self, company: str) -> tuple[int, int, datetime | None]:
        """Tell how many events are open, how often the least tried one was tried, and when the first came.

        The last two are of the least tried ones only: what nobody has looked for yet comes before the rest.
        """
        row = self._connection.execute(
            select(func.count(), func.min(events.c.attempts)).where(
                events.c.company == company, events.c.state == OPEN
            )
        ).one()
        if not row[0]:
            return 0, 0, None
        first = self._connection.execute(
            select(func.min(events.c.came_at)).where(
                events.c.company == company, events.c.state == OPEN, events.c.attempts == row[1]
            )
        ).scalar_one()
        return int(row[0]), int(row[1]), first

    def count(self, company: str) -> int:
        """Count the events that are not settled."""
        found = select(func.count()).where(events.c.company == company, events.c.state == OPEN)
        return int(self._connection.execute(found).scalar_one())

    def shown(self, company: str, entity: str, ids: Iterable[str]) -> dict[str, Shown]:
        """Tell how the mirror shows these records of an entity, by id; those it does not hold are absent."""
        found: dict[str, Shown] = {}
        for chunk in in_chunks(ids):
            rows = self._connection.execute(
                select(records.c.qbo_id, records.c.updated_at, records.c.deleted).where(
                    records.c.company == company, records.c.entity == entity, records.c.qbo_id.in_(chunk)
                )
            )
            found.update((row.qbo_id, Shown(row.updated_at, row.deleted)) for row in rows)
        return found

    def moments(self, company: str, since: datetime, until: datetime) -> list[datetime]:
        """List the times of the changes that webhooks told of, between two instants of QuickBooks' clock."""
        rows = self._connection.scalars(
            select(events.c.happened_at)
            .where(events.c.company == company, events.c.happened_at.between(since, until))
            .distinct()
            .order_by(events.c.happened_at)
        )
        return [at for at in rows if at is not None]

    def settle(self, ids: Iterable[int], *, now: datetime) -> None:
        """Note that the mirror shows what these told of."""
        self._end(ids, SETTLED, now)

    def give_up(self, ids: Iterable[int], *, now: datetime) -> None:
        """Note that QuickBooks does not show what these told of."""
        self._end(ids, GIVEN_UP, now)

    def tried(self, ids: Iterable[int]) -> None:
        """Note that these were looked for once more without being found."""
        for chunk in in_chunks(ids):
            self._connection.execute(
                update(events).where(events.c.id.in_(chunk)).values(attempts=events.c.attempts + 1)
            )

    def prune(self, *, before: datetime) -> None:
        """Forget every company's ended events that came before an instant."""
        self._connection.execute(delete(events).where(events.c.state != OPEN, events.c.came_at < before))

    def _end(self, ids: Iterable[int], state: str, now: datetime) -> None:
        for chunk in in_chunks(ids):
            self._connection.execute(
                update(events).where(events.c.id.in_(chunk)).values(state=state, settled_at=now)
            )
