"""Doors: under which address each Intuit app's webhooks come in, and what their signatures are checked with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, or_, select, update

from tieout.kit.crypto import Sealed
from tieout.storage.inserting import in_chunks
from tieout.storage.tables import apps, companies

SHARED = ""
"""The tenant of the operator's app, which serves every tenant without one of its own."""


@dataclass(frozen=True)
class Door:
    """Where one app's webhooks come in; the verifier token is still sealed."""

    tenant: str
    environment: str
    door: str
    """The unguessable part of the address; empty until one was made."""
    verifier: Sealed | None


class Doors:
    """The webhook addresses of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def at(self, door: str) -> Door | None:
        """Find the app that an address belongs to."""
        assert door, "the empty address is nobody's"
        row = self._connection.execute(select(apps).where(apps.c.door == door)).one_or_none()
        return None if row is None else _door(row)

    def of(self, tenant: str, environment: str) -> Door | None:
        """Find the address of a tenant's own app; None when no app is kept."""
        row = self._connection.execute(
            select(apps).where(apps.c.tenant == tenant, apps.c.environment == environment)
        ).one_or_none()
        return None if row is None else _door(row)

    def serving(self, tenant: str, environment: str) -> Door | None:
        """Find the address of the app that serves a tenant: its own one, or the operator's."""
        return self.of(tenant, environment) or self.of(SHARED, environment)

    def open(self, tenant: str, environment: str, door: str) -> None:
        """Give an app's webhooks an address, unless it has one."""
        self._change(tenant, environment, apps.c.door == "", door=door)

    def trust(self, tenant: str, environment: str, verifier: Sealed | None) -> None:
        """Keep what an app's signatures are checked with; None takes it away, and nothing is accepted any more."""
        self._change(
            tenant,
            environment,
            apps.c.tenant == tenant,
            verifier_key="" if verifier is None else verifier.key_id,
            verifier_box=None if verifier is None else verifier.box,
        )

    def companies(self, door: Door, realms: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
        """Find the companies among these realms that an app may speak of: pairs of id and status, by realm.

        The operator's app speaks of the companies of every tenant that has no app of its own.
        """
        own = exists().where(apps.c.tenant == companies.c.tenant, apps.c.environment == door.environment)
        whose = companies.c.tenant == door.tenant if door.tenant != SHARED else or_(~own)
        found: dict[str, list[tuple[str, str]]] = {}
        for chunk in in_chunks(realms):
            rows = self._connection.execute(
                select(companies.c.id, companies.c.realm_id, companies.c.status)
                .where(
                    and_(companies.c.realm_id.in_(chunk), companies.c.environment == door.environment, whose)
                )
                .order_by(companies.c.id)
            )
            for row in rows:
                found.setdefault(row.realm_id, []).append((row.id, row.status))
        return found

    def _change(self, tenant: str, environment: str, which: Any, **values: Any) -> None:
        self._connection.execute(
            update(apps)
            .where(apps.c.tenant == tenant, apps.c.environment == environment, which)
            .values(values)
        )


def _door(row: Row[Any]) -> Door:
    sealed = Sealed(row.verifier_key, row.verifier_box) if row.verifier_box is not None else None
    return Door(row.tenant, row.environment, row.door, sealed)
