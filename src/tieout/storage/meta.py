"""Meta: facts about this installation, such as which key sealed last."""

from __future__ import annotations

from sqlalchemy import Connection, select

from tieout.storage.inserting import put_rows
from tieout.storage.tables import meta


class Meta:
    """The installation's facts in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> str | None:
        """Read a fact; None when it was never written."""
        return self._connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar_one_or_none()

    def put(self, name: str, value: str) -> None:
        """Write a fact."""
        put_rows(self._connection, meta, [{"name": name, "value": value}])
