"""Versions: what a record was before, found by record or by instant; the newest one is the record itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, and_, case, func, literal, or_, select

from tieout.storage.columns import Instant
from tieout.storage.tables import records, versions

SCANNED: Final = 1000
"""How many records one page of a listing looks at, at most: what it costs does not depend on the books' size."""


@dataclass(frozen=True)
class Version:
    """One version of a record. Instants are in UTC."""

    number: int
    """Grows with each version of a record; 0 for the newest."""
    entity: str
    qbo_id: str
    sync_token: str
    active: bool
    deleted: bool
    deleted_at: datetime | None
    merged_into: str
    name: str
    doc_number: str
    updated_at: datetime | None
    """QuickBooks' time of the change that made it."""
    seen_at: datetime
    """When the mirror saw it."""
    raw: bytes

    @property
    def valid_from(self) -> datetime:
        """Tell since when it held, by QuickBooks' time where it tells."""
        return (self.deleted_at if self.deleted else self.updated_at) or self.seen_at


@dataclass(frozen=True)
class Then:
    """One record around an instant."""

    version: Version | None
    """The version that held then; None when none is known."""
    following: Version | None
    """The version that came after it; None when it still holds. Without a version then, the first one known."""


@dataclass(frozen=True)
class ListedThen:
    """A part of an entity's records as they were at an instant, by id."""

    versions: list[Version]
    unknown: int
    """Records that may have been there: what the mirror knows of them is later."""
    following: str
    """The id to go on after; empty at the end."""


class Versions:
    """Versions of records in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(
        self, company: str, entity: str, qbo_id: str, *, limit: int, before: int | None = None
    ) -> list[Version]:
        """List a record's versions, the newest first; `before` is the number of the last one of the page before."""
        now = self._now(company, entity, qbo_id) if before is None else None
        statement = select(versions).where(_is(versions, company, entity, qbo_id))
        if before is not None:
            statement = statement.where(versions.c.id < before)
        found = [now] if now is not None else []
        rows = self._connection.execute(
            statement.order_by(versions.c.id.desc()).limit(max(0, limit - len(found)))
        )
        return found + [_version(row) for row in rows]

    def then(self, company: str, entity: str, qbo_id: str, at: datetime) -> Then | None:
        """Find what a record was at an instant; None when the mirror never saw the record."""
        now = self._now(company, entity, qbo_id)
        if now is None:
            return None
        if now.valid_from <= at:
            return Then(now, None)
        mine = select(versions).where(_is(versions, company, entity, qbo_id))
        held = self._first(mine.where(_valid_from(versions) <= _instant(at)).order_by(versions.c.id.desc()))
        if held is None:
            return Then(None, self._first(mine.order_by(versions.c.id)) or now)
        return Then(held, self._first(mine.where(versions.c.id > held.number).order_by(versions.c.id)) or now)

    def listed(self, company: str, entity: str, at: datetime, *, after: str, limit: int) -> ListedThen:
        """List an entity's records as they were at an instant, by id, without those deleted by then.

        It may give fewer than `limit`, even none, and still have more: it goes on as long as `following` says.
        """
        rows = [
            _version(row, number=0)
            for row in self._connection.execute(
                select(records)
                .where(
                    records.c.company == company,
                    records.c.entity == entity,
                    records.c.qbo_id > after,
                    or_(records.c.created_at.is_(None), records.c.created_at <= _instant(at)),
                )
                .order_by(records.c.qbo_id)
                .limit(min(SCANNED, max(limit, 1) * 2))
            )
        ]
        whole = len(rows) < min(SCANNED, max(limit, 1) * 2)
        later = [row.qbo_id for row in rows if row.valid_from > at]
        earlier = self._held(company, entity, later, at)
        held = [(row, earlier.get(row.qbo_id) if row.valid_from > at else row) for row in rows]
        there = [one for _, one in held if one is not None and not one.deleted]
        if len(there) > limit:
            cut = there[limit - 1].qbo_id
            held = [pair for pair in held if pair[0].qbo_id <= cut]
            there, whole = there[:limit], False
        unknown = sum(1 for _, one in held if one is None)
        return ListedThen(there, unknown, "" if whole or not held else held[-1][0].qbo_id)

    def _held(self, company: str, entity: str, ids: Sequence[str], at: datetime) -> dict[str, Version]:
        if not ids:
            return {}
        newest = (
            select(func.max(versions.c.id))
            .where(
                versions.c.company == company,
                versions.c.entity == entity,
                versions.c.qbo_id.in_(list(ids)),
                _valid_from(versions) <= _instant(at),
            )
            .group_by(versions.c.qbo_id)
        )
        rows = self._connection.execute(select(versions).where(versions.c.id.in_(newest)))
        return {row.qbo_id: _version(row) for row in rows}

    def _now(self, company: str, entity: str, qbo_id: str) -> Version | None:
        row = self._connection.execute(
            select(records).where(_is(records, company, entity, qbo_id))
        ).one_or_none()
        return None if row is None else _version(row, number=0)

    def _first(self, statement: Any) -> Version | None:
        row = self._connection.execute(statement.limit(1)).one_or_none()
        return None if row is None else _version(row)


def _is(table: Table, company: str, entity: str, qbo_id: str) -> Any:
    return and_(table.c.company == company, table.c.entity == entity, table.c.qbo_id == qbo_id)


def _valid_from(table: Table) -> Any:
    """Say `Version.valid_from` in SQL."""
    return func.coalesce(
        case((table.c.deleted, table.c.deleted_at), else_=table.c.updated_at), table.c.seen_at
    )


def _instant(value: datetime) -> Any:
    return literal(value, Instant)


def _version(row: Row[Any], number: int | None = None) -> Version:
    return Version(
        number=row.id if number is None else number,
        entity=row.entity,
        qbo_id=row.qbo_id,
        sync_token=row.sync_token,
        active=row.active,
        deleted=row.deleted,
        deleted_at=row.deleted_at,
        merged_into=row.merged_into,
        name=row.name,
        doc_number=row.number,
        updated_at=row.updated_at,
        seen_at=row.seen_at,
        raw=row.raw,
    )
