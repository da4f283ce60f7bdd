"""Tenants: the businesses that an installation serves, each with the hash of its access token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, func, insert, select, update

from tieout.storage.tables import audit, companies, tenants


@dataclass(frozen=True)
class Tenant:
    """One business that uses this installation. The instant is in UTC."""

    id: str
    name: str
    created_at: datetime


class Tenants:
    """The tenants of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, tenant: Tenant, *, token_hash: str) -> None:
        """Keep a tenant whose id is new."""
        self._connection.execute(
            insert(tenants).values(
                id=tenant.id, name=tenant.name, token_hash=token_hash, created_at=tenant.created_at
            )
        )

    def get(self, tenant: str) -> Tenant | None:
        """Find a tenant by its id."""
        return _one(self._connection.execute(select(tenants).where(tenants.c.id == tenant)).one_or_none())

    def by_token(self, token_hash: str) -> Tenant | None:
        """Find the tenant whose access token has this hash."""
        assert token_hash, "an empty hash would be anybody's"
        found = select(tenants).where(tenants.c.token_hash == token_hash)
        return _one(self._connection.execute(found).one_or_none())

    def all(self) -> list[Tenant]:
        """List the tenants by name."""
        rows = self._connection.execute(select(tenants).order_by(tenants.c.name, tenants.c.id))
        return [_tenant(row) for row in rows]

    def change_token(self, tenant: str, token_hash: str) -> None:
        """Put another token in place of the former one, which opens nothing any more."""
        self._connection.execute(update(tenants).where(tenants.c.id == tenant).values(token_hash=token_hash))

    def token_hash(self, tenant: str) -> str:
        """Give the hash of a tenant's token; empty when there is no such tenant."""
        found = select(tenants.c.token_hash).where(tenants.c.id == tenant)
        return str(self._connection.execute(found).scalar_one_or_none() or "")

    def belongings(self, tenant: str) -> dict[str, int]:
        """Count what belongs to a tenant itself, and to none of its companies, by table; the audit trail aside."""
        return {
            table.name: self._connection.execute(
                select(func.count()).select_from(table).where(table.c.tenant == tenant)
            ).scalar_one()
            for table in _own()
        }

    def remove(self, tenant: str) -> None:
        """Forget a tenant with everything of its own; its companies must be gone before. The audit trail stays."""
        for table in _own():
            self._connection.execute(delete(table).where(table.c.tenant == tenant))
        self._connection.execute(delete(tenants).where(tenants.c.id == tenant))


def _own() -> list[Table]:
    """Give the tables whose rows belong to a tenant itself."""
    kept = {companies.name, audit.name}
    return [one for one in tenants.metadata.sorted_tables if "tenant" in one.columns and one.name not in kept]


def _one(row: Row[Any] | None) -> Tenant | None:
    return None if row is None else _tenant(row)


def _tenant(row: Row[Any]) -> Tenant:
    return Tenant(row.id, row.name, row.created_at)
