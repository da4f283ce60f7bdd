"""Grants: what each authorising user allowed for a company, sealed and in order, and the right to renew each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, or_, select, update

from tieout.kit.crypto import Sealed
from tieout.storage.tables import companies, grants

GOOD: Final = "good"
LOST: Final = "lost"


@dataclass(frozen=True)
class StoredGrant:
    """One user's permission for a company, still sealed. Instants are in UTC."""

    id: str
    company: str
    position: int
    """Its place in the company's order: the lowest good one is used."""
    label: str
    """Who signed in at Intuit, as the person who connected it calls them."""
    authorised_by: str
    """Who connected it here."""
    authorised_at: datetime
    client_id: str
    """The Intuit app it was given to: no other can renew it. Empty for one of before this was kept."""
    state: str
    """`good`, or `lost` since Intuit refused it for good."""
    why: str
    """Why it was lost; what troubles a good one."""
    used_at: datetime | None
    access: Sealed
    refresh: Sealed
    access_expires_at: datetime
    refresh_expires_at: datetime
    hard_expires_at: datetime | None
    version: int
    """Grows with every renewal."""
    saved_at: datetime
    refreshing_by: str
    """Who renews it, or last began to and never told how that ended; empty when all is known."""

    @property
    def ends_at(self) -> datetime:
        """When it ends unless it is renewed, at the latest: Intuit's idle time or its hard limit."""
        if self.hard_expires_at is None:
            return self.refresh_expires_at
        return min(self.refresh_expires_at, self.hard_expires_at)


@dataclass(frozen=True)
class NewTokens:
    """A pair of tokens as it is stored: sealed. Instants are in UTC."""

    access: Sealed
    refresh: Sealed
    access_expires_at: datetime
    refresh_expires_at: datetime
    hard_expires_at: datetime | None


class Grants:
    """The grants of one unit of work. Nothing here is ever in plain text."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        grant: str,
        company: str,
        tokens: NewTokens,
        *,
        client_id: str,
        label: str,
        by: str,
        now: datetime,
    ) -> StoredGrant:
        """Keep a new grant behind the company's others."""
        last = self._connection.execute(
            select(func.max(grants.c.position)).where(grants.c.company == company)
        ).scalar_one_or_none()
        self._connection.execute(
            insert(grants).values(
                id=grant,
                company=company,
                position=0 if last is None else last + 1,
                label=label,
                authorised_by=by,
                authorised_at=now,
                client_id=client_id,
                state=GOOD,
                why="",
                version=1,
                saved_at=now,
                refreshing_by="",
                **_columns(tokens),
            )
        )
        kept = self.get(grant)
        assert kept is not None
        return kept

    def get(self, grant: str) -> StoredGrant | None:
        """Find a grant by its id."""
        return _one(self._connection.execute(_BY_ID, {"id": grant}).one_or_none())

    def locked(self, grant: str) -> StoredGrant | None:
        """Find a grant and keep others from writing it until this unit of work ends."""
        statement = select(grants).where(grants.c.id == grant).with_for_update()
        return _one(self._connection.execute(statement).one_or_none())

    def all(self, company: str) -> list[StoredGrant]:
        """List a company's grants in their order."""
        rows = self._connection.execute(_OF_COMPANY, {"company": company})
        return [_grant(row) for row in rows]

    def good(self, company: str) -> list[StoredGrant]:
        """List a company's grants that can be used, in their order."""
        return [one for one in self.all(company) if one.state == GOOD]

    def of_status(self, status: str) -> list[StoredGrant]:
        """List the good grants of all companies of a status: for renewing and warning ahead of time."""
        rows = self._connection.execute(
            select(grants)
            .join(companies, companies.c.id == grants.c.company)
            .where(companies.c.status == status, grants.c.state == GOOD)
            .order_by(grants.c.company, grants.c.position, grants.c.id)
        )
        return [_grant(row) for row in rows]

    def renew(self, grant: str, tokens: NewTokens, *, now: datetime) -> None:
        """Put new tokens in place of a grant's former ones; it is good, and nobody renews it any more."""
        self._connection.execute(
            update(grants)
            .where(grants.c.id == grant)
            .values(
                state=GOOD,
                why="",
                version=grants.c.version + 1,
                saved_at=now,
                used_at=now,
                refreshing_by="",
                refreshing_until=None,
                **_columns(tokens),
            )
        )

    def reseal(self, grant: str, *, version: int, access: Sealed, refresh: Sealed) -> bool:
        """Put the same tokens under another key; False when they were renewed meanwhile."""
        done = self._connection.execute(
            update(grants)
            .where(grants.c.id == grant, grants.c.version == version)
            .values(
                access_key=access.key_id,
                access_box=access.box,
                refresh_key=refresh.key_id,
                refresh_box=refresh.box,
            )
            .returning(grants.c.id)
        )
        return done.one_or_none() is not None

    def not_under(self, key: str, limit: int) -> list[StoredGrant]:
        """List grants that are sealed with another key than that one."""
        rows = self._connection.execute(
            select(grants)
            .where(or_(grants.c.access_key != key, grants.c.refresh_key != key))
            .order_by(grants.c.id)
            .limit(limit)
        )
        return [_grant(row) for row in rows]

    def lose(self, grant: str, why: str, *, version: int) -> bool:
        """Say that Intuit refused a grant for good; False when it was renewed or lost meanwhile."""
        done = self._connection.execute(
            update(grants)
            .where(grants.c.id == grant, grants.c.version == version, grants.c.state == GOOD)
            .values(state=LOST, why=why, refreshing_by="", refreshing_until=None)
            .returning(grants.c.id)
        )
        return done.one_or_none() is not None

    def order(self, company: str, ids: list[str]) -> None:
        """Put a company's grants into this order; every one of them is named."""
        for position, grant in enumerate(ids):
            self._connection.execute(
                update(grants)
                .where(grants.c.company == company, grants.c.id == grant)
                .values(position=position)
            )

    def remove(self, grant: str) -> None:
        """Forget one grant."""
        self._connection.execute(delete(grants).where(grants.c.id == grant))

    def remove_all(self, company: str) -> None:
        """Forget every grant of a company."""
        self._connection.execute(delete(grants).where(grants.c.company == company))

    def claim(self, grant: str, *, owner: str, now: datetime, lease_for: timedelta) -> bool:
        """Take the right to renew a grant; False while somebody has it, another thread of this owner included."""
        done = self._connection.execute(
            update(grants)
            .where(
                grants.c.id == grant,
                or_(grants.c.refreshing_until.is_(None), grants.c.refreshing_until <= now),
            )
            .values(refreshing_by=owner, refreshing_until=now + lease_for)
            .returning(grants.c.id)
        )
        return done.one_or_none() is not None

    def release(self, grant: str, *, owner: str, known: bool = True) -> None:
        """Give the right to renew back; nothing happens when it has become somebody else's.

        `known` False leaves the owner's name: it asked Intuit and does not know what came of it.
        """
        self._connection.execute(
            update(grants)
            .where(grants.c.id == grant, grants.c.refreshing_by == owner)
            .values(refreshing_by="" if known else owner, refreshing_until=None)
        )


def _columns(tokens: NewTokens) -> dict[str, Any]:
    return {
        "access_key": tokens.access.key_id,
        "access_box": tokens.access.box,
        "refresh_key": tokens.refresh.key_id,
        "refresh_box": tokens.refresh.box,
        "access_expires_at": tokens.access_expires_at,
        "refresh_expires_at": tokens.refresh_expires_at,
        "hard_expires_at": tokens.hard_expires_at,
    }


# Built once, because every cycle asks them.
_BY_ID: Final = select(grants).where(grants.c.id == bindparam("id"))
_OF_COMPANY: Final = (
    select(grants).where(grants.c.company == bindparam("company")).order_by(grants.c.position, grants.c.id)
)


def _one(row: Row[Any] | None) -> StoredGrant | None:
    return None if row is None else _grant(row)


def _grant(row: Row[Any]) -> StoredGrant:
    return StoredGrant(
        id=row.id,
        company=row.company,
        position=row.position,
        label=row.label,
        authorised_by=row.authorised_by,
        authorised_at=row.authorised_at,
        client_id=row.client_id,
        state=row.state,
        why=row.why,
        used_at=row.used_at,
        access=Sealed(row.access_key, row.access_box),
        refresh=Sealed(row.refresh_key, row.refresh_box),
        access_expires_at=row.access_expires_at,
        refresh_expires_at=row.refresh_expires_at,
        hard_expires_at=row.hard_expires_at,
        version=row.version,
        saved_at=row.saved_at,
        refreshing_by=row.refreshing_by,
    )
