"""Apps: the Intuit app of each tenant and environment, its secret sealed; the operator's under the tenant ""."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from tieout.kit.crypto import Sealed
from tieout.storage.inserting import put_rows
from tieout.storage.tables import apps


@dataclass(frozen=True)
class StoredApp:
    """An app at Intuit, its secret still sealed."""

    tenant: str
    """Whose it is; empty for the operator's, which tenants without one of their own share."""
    environment: str
    client_id: str
    secret: Sealed
    secret_ending: str
    """The secret's last characters, so that a person recognises it."""
    saved_at: datetime


class Apps:
    """The app credentials of one unit of work. Nothing here is ever in plain text."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(
        self,
        tenant: str,
        environment: str,
        *,
        client_id: str,
        secret: Sealed,
        secret_ending: str,
        now: datetime,
    ) -> None:
        """Keep an app's credentials for an environment in place of the former ones."""
        row = {
            "tenant": tenant,
            "environment": environment,
            "client_id": client_id,
            "secret_key": secret.key_id,
            "secret_box": secret.box,
            "secret_ending": secret_ending,
            "saved_at": now,
        }
        put_rows(self._connection, apps, [row])

    def get(self, tenant: str, environment: str) -> StoredApp | None:
        """Find a tenant's own app credentials; None when they were never saved."""
        return _one(
            self._connection.execute(
                select(apps).where(apps.c.tenant == tenant, apps.c.environment == environment)
            ).one_or_none()
        )

    def used_by(self, tenant: str, environment: str) -> StoredApp | None:
        """Find the app a tenant connects with: its own, or else the operator's."""
        return self.get(tenant, environment) or self.get("", environment)

    def remove(self, tenant: str, environment: str) -> bool:
        """Forget an app's credentials; False when there were none."""
        done = self._connection.execute(
            delete(apps)
            .where(apps.c.tenant == tenant, apps.c.environment == environment)
            .returning(apps.c.environment)
        )
        return done.one_or_none() is not None


def _one(row: Row[Any] | None) -> StoredApp | None:
    return None if row is None else _app(row)


def _app(row: Row[Any]) -> StoredApp:
    return StoredApp(
        tenant=row.tenant,
        environment=row.environment,
        client_id=row.client_id,
        secret=Sealed(row.secret_key, row.secret_box),
        secret_ending=row.secret_ending,
        saved_at=row.saved_at,
    )
