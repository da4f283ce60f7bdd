"""Tokens: each company's sealed grant, the right to refresh it, and each tenant's app credentials."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_, select, update

from tieout.kit.crypto import Sealed
from tieout.storage.inserting import inserting, put_rows
from tieout.storage.tables import apps, tokens


@dataclass(frozen=True)
class StoredGrant:
    """A company's permission, still sealed. Instants are in UTC."""

    company: str
    access: Sealed
    refresh: Sealed
    access_expires_at: datetime
    refresh_expires_at: datetime
    hard_expires_at: datetime | None
    version: int
    """Grows with every refresh."""
    saved_at: datetime


@dataclass(frozen=True)
class StoredApp:
    """A tenant's app at Intuit, its secret still sealed."""

    tenant: str
    environment: str
    client_id: str
    secret: Sealed
    secret_ending: str
    """The secret's last characters, so that a person recognises it."""
    saved_at: datetime


class Tokens:
    """The grants and apps of one unit of work. Nothing here is ever in plain text."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(
        self,
        company: str,
        *,
        access: Sealed,
        refresh: Sealed,
        access_expires_at: datetime,
        refresh_expires_at: datetime,
        hard_expires_at: datetime | None,
        now: datetime,
    ) -> int:
        """Keep a grant in place of the former one; gives its version. A claim to refresh stays as it is."""
        values = {
            "access_key": access.key_id,
            "access_box": access.box,
            "refresh_key": refresh.key_id,
            "refresh_box": refresh.box,
            "access_expires_at": access_expires_at,
            "refresh_expires_at": refresh_expires_at,
            "hard_expires_at": hard_expires_at,
            "saved_at": now,
        }
        statement = (
            inserting(self._connection, tokens)
            .values(company=company, version=1, **values)
            .on_conflict_do_update(
                index_elements=["company"], set_={**values, "version": tokens.c.version + 1}
            )
            .returning(tokens.c.version)
        )
        return int(self._connection.execute(statement).scalar_one())

    def get(self, company: str) -> StoredGrant | None:
        """Find a company's grant; None for one that was disconnected."""
        row = self._connection.execute(select(tokens).where(tokens.c.company == company)).one_or_none()
        if row is None:
            return None
        return StoredGrant(
            company=row.company,
            access=Sealed(row.access_key, row.access_box),
            refresh=Sealed(row.refresh_key, row.refresh_box),
            access_expires_at=row.access_expires_at,
            refresh_expires_at=row.refresh_expires_at,
            hard_expires_at=row.hard_expires_at,
            version=row.version,
            saved_at=row.saved_at,
        )

    def delete(self, company: str) -> None:
        """Forget a company's grant."""
        self._connection.execute(delete(tokens).where(tokens.c.company == company))

    def claim_refresh(self, company: str, *, owner: str, now: datetime, lease_for: timedelta) -> bool:
        """Take the right to refresh a grant; False while somebody has it, another thread of this owner included."""
        claim = (
            update(tokens)
            .where(
                tokens.c.company == company,
                or_(tokens.c.refreshing_until.is_(None), tokens.c.refreshing_until <= now),
            )
            .values(refreshing_by=owner, refreshing_until=now + lease_for)
            .returning(tokens.c.company)
        )
        return self._connection.execute(claim).one_or_none() is not None

    def release_refresh(self, company: str, *, owner: str) -> None:
        """Give the right to refresh back; nothing happens when it has become somebody else's."""
        self._connection.execute(
            update(tokens)
            .where(tokens.c.company == company, tokens.c.refreshing_by == owner)
            .values(refreshing_by="", refreshing_until=None)
        )

    def save_app(
        self,
        tenant: str,
        environment: str,
        *,
        client_id: str,
        secret: Sealed,
        secret_ending: str,
        now: datetime,
    ) -> None:
        """Keep a tenant's app credentials for an environment in place of the former ones."""
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

    def app(self, tenant: str, environment: str) -> StoredApp | None:
        """Find a tenant's app credentials; None when they were never saved."""
        row = self._connection.execute(
            select(apps).where(apps.c.tenant == tenant, apps.c.environment == environment)
        ).one_or_none()
        if row is None:
            return None
        return StoredApp(
            tenant=row.tenant,
            environment=row.environment,
            client_id=row.client_id,
            secret=Sealed(row.secret_key, row.secret_box),
            secret_ending=row.secret_ending,
            saved_at=row.saved_at,
        )
