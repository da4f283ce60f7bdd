"""Host cursors: up to where each company has read its host's changes."""

from __future__ import annotations

from sqlalchemy import Connection, select

from tieout.storage.inserting import put_rows
from tieout.storage.tables import host_cursors


class HostCursors:
    """The host cursors of one unit of work. Their texts mean something to the host's adapter only."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, company: str, host: str) -> str:
        """Give where to read on; empty for the beginning."""
        found = self._connection.execute(
            select(host_cursors.c.cursor).where(
                host_cursors.c.company == company, host_cursors.c.host == host
            )
        ).scalar_one_or_none()
        return found or ""

    def put(self, company: str, host: str, cursor: str) -> None:
        """Note where to read on."""
        put_rows(self._connection, host_cursors, [{"company": company, "host": host, "cursor": cursor}])
