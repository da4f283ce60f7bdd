"""Logins: sign-ins at Intuit that were begun here and have not come back; hashes only, each used once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert

from tieout.storage.tables import logins


@dataclass(frozen=True)
class Login:
    """A sign-in that was begun. Instants are in UTC."""

    tenant: str
    environment: str
    redirect_uri: str
    expected_realm: str
    """The company that must come back; empty for a new connection."""
    instead_of: str
    """The grant whose place the new one takes; `all` of them, or empty to stand beside the others."""
    label: str
    """Who is going to sign in at Intuit, as they are called here."""
    access: str
    """`read_only` or `read_write`; empty leaves a known company as it is."""
    created_at: datetime
    expires_at: datetime


class Logins:
    """The sign-ins of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        *,
        state_hash: str,
        session_hash: str,
        tenant: str,
        environment: str,
        redirect_uri: str,
        expected_realm: str,
        instead_of: str,
        label: str,
        access: str,
        created_at: datetime,
        expires_at: datetime,
    ) -> None:
        """Remember a sign-in; those that ran out are forgotten on this occasion."""
        self._connection.execute(delete(logins).where(logins.c.expires_at <= created_at))
        self._connection.execute(
            insert(logins).values(
                state_hash=state_hash,
                session_hash=session_hash,
                tenant=tenant,
                environment=environment,
                redirect_uri=redirect_uri,
                expected_realm=expected_realm,
                instead_of=instead_of,
                label=label,
                access=access,
                created_at=created_at,
                expires_at=expires_at,
            )
        )

    def take(self, state_hash: str, session_hash: str, tenant: str, *, now: datetime) -> Login | None:
        """Use a sign-in up; None when it is unknown, used, run out, or was begun in another session or tenant.

        A wrong session or tenant does not use it up, so that a stranger cannot spoil it.
        """
        taken = self._connection.execute(
            delete(logins)
            .where(
                logins.c.state_hash == state_hash,
                logins.c.session_hash == session_hash,
                logins.c.tenant == tenant,
            )
            .returning(logins)
        ).one_or_none()
        if taken is None or taken.expires_at <= now:
            return None
        return Login(
            tenant=taken.tenant,
            environment=taken.environment,
            redirect_uri=taken.redirect_uri,
            expected_realm=taken.expected_realm,
            instead_of=taken.instead_of,
            label=taken.label,
            access=taken.access,
            created_at=taken.created_at,
            expires_at=taken.expires_at,
        )
