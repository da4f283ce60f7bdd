"""Audit: who asked for what, through which door, and what it changed; lines are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from tieout.storage.tables import audit


@dataclass(frozen=True)
class AuditLine:
    """One thing that was asked for. The instant is in UTC."""

    id: int
    """Grows with every line."""
    tenant: str
    at: datetime
    actor: str
    door: str
    operation: str
    subject: str
    before: str
    after: str


class Audit:
    """The audit of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        *,
        at: datetime,
        tenant: str,
        actor: str,
        door: str,
        operation: str,
        subject: str,
        before: str = "",
        after: str = "",
    ) -> None:
        """Write a line."""
        self._connection.execute(
            insert(audit).values(
                at=at,
                tenant=tenant,
                actor=actor,
                door=door,
                operation=operation,
                subject=subject,
                before=before,
                after=after,
            )
        )

    def list(self, tenant: str, limit: int = 100, after: int = 0) -> list[AuditLine]:
        """List a tenant's lines, the latest first; `after` is the id of the last line of the page before."""
        statement = select(audit).where(audit.c.tenant == tenant)
        if after:
            statement = statement.where(audit.c.id < after)
        rows = self._connection.execute(statement.order_by(audit.c.id.desc()).limit(limit))
        return [
            AuditLine(
                row.id,
                row.tenant,
                row.at,
                row.actor,
                row.door,
                row.operation,
                row.subject,
                row.before,
                row.after,
            )
            for row in rows
        ]
