"""Failed calls: what QuickBooks did not do for us lately, with the id under which Intuit's support finds the call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from tieout.storage.tables import failed_calls

KEPT: Final = 500
"""How many of a company's failed calls are kept, the newest ones."""


@dataclass(frozen=True)
class FailedCall:
    """One call that got no good answer."""

    at: datetime
    """In UTC."""
    what: str
    """Such as `query Invoice`."""
    status: int
    """Of HTTP; 0 when nothing answered."""
    code: str
    """Intuit's code, or the name of what went wrong on the network."""
    tid: str
    """Intuit's id of the call, which its support asks for; "" when nothing answered."""
    message: str
    """What kind of refusal it was; neither names nor amounts."""


class FailedCalls:
    """The failed calls of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, company: str, calls: Iterable[FailedCall]) -> None:
        """Write failed calls down, and forget a company's oldest beyond those that are kept."""
        rows = [
            {
                "company": company,
                "at": one.at,
                "what": one.what,
                "status": one.status,
                "code": one.code,
                "tid": one.tid,
                "message": one.message,
            }
            for one in calls
        ]
        if not rows:
            return
        self._connection.execute(insert(failed_calls), rows)
        newest = select(failed_calls.c.id).where(failed_calls.c.company == company)
        last = newest.order_by(failed_calls.c.id.desc()).offset(KEPT).limit(1).scalar_subquery()
        self._connection.execute(
            delete(failed_calls).where(failed_calls.c.company == company, failed_calls.c.id <= last)
        )

    def latest(self, company: str, limit: int) -> list[FailedCall]:
        """List a company's failed calls, the newest first."""
        rows = self._connection.execute(
            select(failed_calls)
            .where(failed_calls.c.company == company)
            .order_by(failed_calls.c.id.desc())
            .limit(limit)
        )
        return [FailedCall(row.at, row.what, row.status, row.code, row.tid, row.message) for row in rows]
