"""Timeline: what happened to each document, in the words that people read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from tieout.storage.tables import timeline


@dataclass(frozen=True)
class Moment:
    """One thing that happened to one document. The instant is in UTC."""

    company: str
    at: datetime
    kind: str
    """A host kind, or a QuickBooks entity for what the host does not know."""
    host_ref: str
    qbo_id: str
    what: str
    detail: str
    tid: str
    """Intuit's id of the call, for their support."""
    actor: str


class Timeline:
    """The timelines of one unit of work. Nothing is ever changed in them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        company: str,
        kind: str,
        host_ref: str,
        *,
        at: datetime,
        what: str,
        detail: str = "",
        qbo_id: str = "",
        tid: str = "",
        actor: str = "",
    ) -> None:
        """Note what happened."""
        self._connection.execute(
            insert(timeline).values(
                company=company,
                at=at,
                kind=str(kind),
                host_ref=host_ref,
                qbo_id=qbo_id,
                what=what,
                detail=detail,
                tid=tid,
                actor=actor,
            )
        )

    def of(self, company: str, kind: str, host_ref: str, limit: int = 200) -> list[Moment]:
        """Tell what happened to a host record, the latest first."""
        rows = self._connection.execute(
            select(timeline)
            .where(
                timeline.c.company == company,
                timeline.c.kind == str(kind),
                timeline.c.host_ref == host_ref,
            )
            .order_by(timeline.c.id.desc())
            .limit(limit)
        )
        return [_moment(row) for row in rows]


def _moment(row: Row[Any]) -> Moment:
    return Moment(
        company=row.company,
        at=row.at,
        kind=row.kind,
        host_ref=row.host_ref,
        qbo_id=row.qbo_id,
        what=row.what,
        detail=row.detail,
        tid=row.tid,
        actor=row.actor,
    )
