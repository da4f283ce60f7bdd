"""Settings: what a bookkeeper decided for one company, value by value, and who changed what when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select

from tieout.storage.inserting import put_rows
from tieout.storage.tables import setting_changes, settings


@dataclass(frozen=True)
class SettingChange:
    """One change of one setting. The instant is in UTC."""

    name: str
    before: str | None
    """None when it had never been set."""
    after: str
    actor: str
    at: datetime


class Settings:
    """The settings of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, company: str, name: str, value: str, *, actor: str, now: datetime) -> bool:
        """Set one value, the others stay; False when it had this value already."""
        before = self._connection.execute(
            select(settings.c.value)
            .where(settings.c.company == company, settings.c.name == name)
            .with_for_update()
        ).scalar_one_or_none()
        if before == value:
            return False
        row = {"company": company, "name": name, "value": value, "changed_by": actor, "changed_at": now}
        put_rows(self._connection, settings, [row])
        self._connection.execute(
            insert(setting_changes).values(
                company=company, name=name, before=before, after=value, actor=actor, at=now
            )
        )
        return True

    def all(self, company: str) -> dict[str, str]:
        """Read every value that was set, by name."""
        rows = self._connection.execute(_OF_COMPANY, {"company": company})
        return {row.name: row.value for row in rows}

    def get(self, company: str, name: str) -> str | None:
        """Read one value; None when it was never set."""
        return self._connection.execute(
            select(settings.c.value).where(settings.c.company == company, settings.c.name == name)
        ).scalar_one_or_none()

    def history(self, company: str, name: str = "") -> list[SettingChange]:
        """List the changes of one setting, or of all, the latest first."""
        statement = select(setting_changes).where(setting_changes.c.company == company)
        if name:
            statement = statement.where(setting_changes.c.name == name)
        rows = self._connection.execute(statement.order_by(setting_changes.c.id.desc()))
        return [SettingChange(row.name, row.before, row.after, row.actor, row.at) for row in rows]


_OF_COMPANY: Final = select(settings.c.name, settings.c.value).where(
    settings.c.company == bindparam("company")
)
"""Built once, because every cycle asks it."""
