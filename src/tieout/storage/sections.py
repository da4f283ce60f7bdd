"""Sections: parts of a company that are synchronised on request, each with when that was last completed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias

import msgspec
from sqlalchemy import Connection, Row, select

from tieout.storage.encoding import encoded
from tieout.storage.inserting import put_rows
from tieout.storage.tables import sections

_STATS: Final = msgspec.json.Decoder(dict[str, int])


@dataclass(frozen=True)
class SectionRun:
    """How a section's own runs went. Instants are in UTC."""

    company: str
    name: str
    completed_at: datetime | None = None
    """When one was last completed, by our clock."""
    tried_at: datetime | None = None
    error: str = ""
    """Why the last one was not completed; empty when it was."""
    stats: Mapping[str, int] = field(default_factory=dict)
    """What the last completed one did."""


RunList: TypeAlias = list[SectionRun]


class Sections:
    """The sections of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, run: SectionRun) -> None:
        """Write how a section stands."""
        row = {
            "company": run.company,
            "name": run.name,
            "completed_at": run.completed_at,
            "tried_at": run.tried_at,
            "error": run.error,
            "stats": encoded(dict(run.stats)),
        }
        put_rows(self._connection, sections, [row])

    def get(self, company: str, name: str) -> SectionRun:
        """Find how a section stands; one that never ran is empty."""
        row = self._connection.execute(
            select(sections).where(sections.c.company == company, sections.c.name == name)
        ).one_or_none()
        return SectionRun(company, name) if row is None else _run(row)

    def list(self, company: str) -> RunList:
        """List the sections of a company that ran."""
        rows = self._connection.execute(select(sections).where(sections.c.company == company))
        return [_run(row) for row in rows]


def _run(row: Row[Any]) -> SectionRun:
    return SectionRun(
        company=row.company,
        name=row.name,
        completed_at=row.completed_at,
        tried_at=row.tried_at,
        error=row.error,
        stats=_STATS.decode(row.stats),
    )
