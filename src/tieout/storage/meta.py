"""Meta: facts about this installation, such as which key sealed last, and when something was last done for all of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select, update

from tieout.storage.inserting import inserting, put_rows
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

    def take_turn(self, name: str, *, now: datetime, every: timedelta) -> bool:
        """Take what is done once in a while by whichever process comes first; False when it is too soon.

        Of several that ask at once exactly one may.
        """
        self._connection.execute(
            inserting(self._connection, meta).values(name=name, value="").on_conflict_do_nothing()
        )
        taken = self._connection.execute(
            update(meta)
            .where(meta.c.name == name, meta.c.value <= _text(now - every))
            .values(value=_text(now))
            .returning(meta.c.name)
        ).one_or_none()
        return taken is not None


def _text(moment: datetime) -> str:
    """Write an instant so that texts sort as instants do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
