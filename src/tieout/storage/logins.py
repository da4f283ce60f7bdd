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
                created_at=created_at,
                expires_at=expires_at,
            )
        )

    def take(self, state_hash: str, session_hash: str, now: datetime) -> Login | None:
        """Use a sign-in up; None when it is unknown, used, run out, or was begun in another session.

        A wrong session does not use it up, so that a stranger cannot spoil it.
        """
        taken = self._connection.execute(
            delete(logins)
            .where(logins.c.state_hash == state_hash, logins.c.session_hash == session_hash)
            .returning(logins)
        ).one_or_none()
        if taken is None or taken.expires_at <= now:
            return None
        return Login(
            tenant=taken.tenant,
            environment=taken.environment,
            redirect_uri=taken.redirect_uri,
            expected_realm=taken.expected_realm,
            created_at=taken.created_at,
            expires_at=taken.expires_at,
        )
