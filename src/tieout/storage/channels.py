"""Channels: where a tenant wants to be told: e-mail addresses and addresses of programs, with their sealed secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Row, delete, insert, select

from tieout.kit.crypto import Sealed
from tieout.storage.tables import channels

EMAIL: Final = "email"
WEBHOOK: Final = "webhook"


@dataclass(frozen=True)
class Channel:
    """One place where a tenant wants to be told."""

    id: str
    tenant: str
    kind: str
    """`email` or `webhook`."""
    address: str
    """An e-mail address, or the address that is called."""
    least: str
    """The least grave severity it wants: `info`, `warning` or `error`."""
    created_at: datetime
    created_by: str
    secret: Sealed | None
    """What a webhook is signed with, sealed to its row."""


ChannelList: TypeAlias = list[Channel]


def secret_row(channel: str) -> str:
    """Name the row that a channel's secret is sealed to."""
    return f"channel:{channel}:secret"


class Channels:
    """The channels of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, channel: Channel) -> None:
        """Write a channel as it is given."""
        self._connection.execute(
            insert(channels).values(
                id=channel.id,
                tenant=channel.tenant,
                kind=channel.kind,
                address=channel.address,
                secret_key=channel.secret.key_id if channel.secret else "",
                secret_box=channel.secret.box if channel.secret else None,
                least=channel.least,
                created_at=channel.created_at,
                created_by=channel.created_by,
            )
        )

    def get(self, tenant: str, channel: str) -> Channel | None:
        """Find a tenant's channel by its id."""
        row = self._connection.execute(
            select(channels).where(channels.c.tenant == tenant, channels.c.id == channel)
        ).one_or_none()
        return None if row is None else _channel(row)

    def find(self, channel: str) -> Channel | None:
        """Find a channel by its id alone: for what is on its way to it, never for who asks."""
        row = self._connection.execute(select(channels).where(channels.c.id == channel)).one_or_none()
        return None if row is None else _channel(row)

    def list(self, tenant: str) -> ChannelList:
        """List a tenant's channels, the oldest first."""
        rows = self._connection.execute(
            select(channels).where(channels.c.tenant == tenant).order_by(channels.c.created_at, channels.c.id)
        )
        return [_channel(row) for row in rows]

    def all(self) -> ChannelList:
        """List every tenant's channels: for check-ups and for sealing anew."""
        return [_channel(row) for row in self._connection.execute(select(channels).order_by(channels.c.id))]

    def remove(self, tenant: str, channel: str) -> None:
        """Remove a channel with what is still on its way to it."""
        self._connection.execute(
            delete(channels).where(channels.c.tenant == tenant, channels.c.id == channel)
        )


def _channel(row: Row[Any]) -> Channel:
    return Channel(
        id=row.id,
        tenant=row.tenant,
        kind=row.kind,
        address=row.address,
        least=row.least,
        created_at=row.created_at,
        created_by=row.created_by,
        secret=Sealed(row.secret_key, row.secret_box) if row.secret_box is not None else None,
    )
