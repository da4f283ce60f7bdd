"""Inbound: changes of QuickBooks that were mirrored and are not applied yet, and what holds each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, or_, select, update

from tieout.storage.inserting import put_rows
from tieout.storage.tables import inbound, records

QUEUED: Final = "queued"
WAITING: Final = "waiting"
"""For a QuickBooks document that no host document is linked to."""
POISON: Final = "poison"
"""An open issue says why it cannot be applied."""
FORGOTTEN: Final = "forgotten"
"""It carries our mark, and this database does not know of having sent it."""
BATCH: Final = 5000
"""How many changes one pass takes; the next pass takes more."""


@dataclass(frozen=True)
class Inbound:
    """One changed record of QuickBooks. Instants are in UTC."""

    company: str
    entity: str
    qbo_id: str
    sync_token: str
    """The newest version that must be looked at."""
    state: str
    """`queued`, `waiting`, `poison` or `forgotten`."""
    reason: str
    attempts: int
    retry_at: datetime | None
    noted_at: datetime


Ids: TypeAlias = list[str]


class InboundChanges:
    """The inbound changes of one unit of work: at most one for each record."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def queue(self, company: str, entity: str, qbo_id: str, sync_token: str, *, now: datetime) -> None:
        """Have a record looked at, whatever held it before."""
        row = {
            "company": company,
            "entity": entity,
            "qbo_id": qbo_id,
            "sync_token": sync_token,
            "state": QUEUED,
            "reason": "",
            "waits_for": "",
            "attempts": 0,
            "retry_at": None,
            "noted_at": now,
        }
        put_rows(self._connection, inbound, [row])

    def get(self, company: str, entity: str, qbo_id: str) -> Inbound | None:
        """Find the change of a record; None when it was applied."""
        row = self._connection.execute(select(inbound).where(*_of(company, entity, qbo_id))).one_or_none()
        return None if row is None else _inbound(row)

    def due(self, company: str, now: datetime, limit: int = BATCH) -> list[Inbound]:
        """List the changes to be applied now, the longest known first."""
        rows = self._connection.execute(
            select(inbound)
            .where(
                inbound.c.company == company,
                inbound.c.state == QUEUED,
                or_(inbound.c.retry_at.is_(None), inbound.c.retry_at <= now),
            )
            .order_by(inbound.c.noted_at, inbound.c.entity, inbound.c.qbo_id)
            .limit(limit)
        )
        return [_inbound(row) for row in rows]

    def next_due(self, company: str) -> datetime | None:
        """Tell when the first queued change can be applied; None when none is queued."""
        first = self._connection.execute(
            select(func.min(func.coalesce(inbound.c.retry_at, inbound.c.noted_at))).where(
                inbound.c.company == company, inbound.c.state == QUEUED
            )
        ).scalar_one()
        assert first is None or isinstance(first, datetime)
        return first

    def done(self, company: str, entity: str, qbo_id: str, sync_token: str) -> None:
        """Note that a version was applied; when a newer one was queued meanwhile, that one stays."""
        self._connection.execute(
            delete(inbound).where(*_of(company, entity, qbo_id), inbound.c.sync_token == sync_token)
        )

    def all_done(self, changes: Sequence[Inbound]) -> None:
        """Note of many changes what `done` notes of one."""
        if not changes:
            return
        of_each = _of(bindparam("of_company"), bindparam("of_entity"), bindparam("of_id"))
        gone = delete(inbound).where(*of_each, inbound.c.sync_token == bindparam("of_token"))
        self._connection.execute(
            gone,
            [
                {
                    "of_company": one.company,
                    "of_entity": one.entity,
                    "of_id": one.qbo_id,
                    "of_token": one.sync_token,
                }
                for one in changes
            ],
        )

    def drop(self, company: str, entity: str, qbo_id: str) -> None:
        """Set a change aside: it is not looked at again until the record changes once more."""
        self._connection.execute(delete(inbound).where(*_of(company, entity, qbo_id)))

    def park(self, company: str, entity: str, qbo_id: str, sync_token: str, *, reason: str) -> None:
        """Keep a version until one of the QuickBooks documents it waits for is linked.

        `reason` names their ids, with commas between. A newer version that was queued meanwhile stays queued.
        """
        self._hold(company, entity, qbo_id, sync_token, state=WAITING, reason=reason, waits_for=f",{reason},")

    def poison(self, company: str, entity: str, qbo_id: str, sync_token: str, *, reason: str) -> None:
        """Keep a version that cannot be applied; it is looked at again when queued again."""
        self._hold(company, entity, qbo_id, sync_token, state=POISON, reason=reason, waits_for="")

    def forget(self, company: str, entity: str, qbo_id: str, sync_token: str, *, reason: str) -> None:
        """Keep a version that we sent and know nothing of, until a host record is found to be it or a person decides."""
        self._hold(company, entity, qbo_id, sync_token, state=FORGOTTEN, reason=reason, waits_for="")

    def forgotten(self, company: str, entity: str, *, number: str = "", party: str = "") -> Ids:
        """List QuickBooks' ids of what we sent and know nothing of: all, or what has that number or is that party's."""
        statement = (
            select(inbound.c.qbo_id)
            .where(inbound.c.company == company, inbound.c.entity == entity, inbound.c.state == FORGOTTEN)
            .order_by(inbound.c.noted_at, inbound.c.qbo_id)
        )
        alike = [records.c[name] == value for name, value in (("number", number), ("party", party)) if value]
        if alike:
            same = and_(*(inbound.c[name] == records.c[name] for name in ("company", "entity", "qbo_id")))
            statement = statement.join(records, same).where(or_(*alike))
        return list(self._connection.scalars(statement))

    def retry(self, company: str, entity: str, qbo_id: str, *, at: datetime, reason: str) -> None:
        """Try a change again later."""
        self._connection.execute(
            update(inbound)
            .where(*_of(company, entity, qbo_id))
            .values(state=QUEUED, retry_at=at, reason=reason, attempts=inbound.c.attempts + 1)
        )

    def wake_waiting(self, company: str, qbo_id: str, *, now: datetime) -> int:
        """Queue what waits for that QuickBooks document, and count it."""
        assert "," not in qbo_id, qbo_id
        woken = self._connection.execute(
            update(inbound)
            .where(
                inbound.c.company == company,
                inbound.c.state == WAITING,
                inbound.c.waits_for.contains(f",{qbo_id},", autoescape=True),
            )
            .values(state=QUEUED, waits_for="", retry_at=None, noted_at=now)
        )
        return woken.rowcount

    def list(self, company: str, state: str = "", limit: int = 100) -> list[Inbound]:
        """List a company's changes that are not applied, in one state or in all, the longest known first."""
        statement = select(inbound).where(inbound.c.company == company)
        if state:
            statement = statement.where(inbound.c.state == state)
        ordered = statement.order_by(inbound.c.noted_at, inbound.c.entity, inbound.c.qbo_id).limit(limit)
        return [_inbound(row) for row in self._connection.execute(ordered)]

    def _hold(self, company: str, entity: str, qbo_id: str, sync_token: str, **values: Any) -> None:
        self._connection.execute(
            update(inbound)
            .where(*_of(company, entity, qbo_id), inbound.c.sync_token == sync_token)
            .values(retry_at=None, attempts=inbound.c.attempts + 1, **values)
        )


def _of(company: Any, entity: Any, qbo_id: Any) -> tuple[Any, ...]:
    return (inbound.c.company == company, inbound.c.entity == entity, inbound.c.qbo_id == qbo_id)


def _inbound(row: Row[Any]) -> Inbound:
    return Inbound(
        company=row.company,
        entity=row.entity,
        qbo_id=row.qbo_id,
        sync_token=row.sync_token,
        state=row.state,
        reason=row.reason,
        attempts=row.attempts,
        retry_at=row.retry_at,
        noted_at=row.noted_at,
    )
