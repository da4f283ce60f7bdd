"""Notices: what people must be told although nobody asked, each told once while it stands, and their deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, or_, select, update

from tieout.storage.columns import Instant
from tieout.storage.inserting import inserting
from tieout.storage.tables import channels, deliveries, notices

SEVERITIES: Final = ("info", "warning", "error")
"""The least grave first."""
WAITING: Final = "waiting"
DELIVERED: Final = "delivered"
FAILED: Final = "failed"
"""Given up: it failed too often."""


@dataclass(frozen=True)
class Notice:
    """Something that somebody was told. Instants are in UTC."""

    id: str
    tenant: str
    company: str | None
    """The company it is about; None for the installation as a whole."""
    kind: str
    about: str
    """With the kind, what makes it one and the same: told once while it stands."""
    severity: str
    """`info`, `warning` or `error`."""
    what: str
    record: str
    why: str
    remedy: str
    told_at: datetime
    over_at: datetime | None = None
    """When its cause was gone; None while it stands."""
    seen_at: datetime | None = None
    seen_by: str = ""
    times: int = 1
    """How often it was told: the first time, and each time its cause came back."""


@dataclass(frozen=True)
class Delivery:
    """One notice on its way through one channel. Instants are in UTC."""

    id: str
    notice: str
    channel: str
    state: str
    """`waiting`, `delivered` or `failed`."""
    attempts: int
    due_at: datetime | None
    """When it is tried (again); None once it ended."""
    error: str
    """Why the last attempt failed, in words."""
    created_at: datetime
    delivered_at: datetime | None


NoticeList: TypeAlias = list[Notice]
DeliveryList: TypeAlias = list[Delivery]


class Notices:
    """The notices of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def standing(self, tenant: str, kind: str, about: str) -> Notice | None:
        """Find the notice of this kind and subject that still stands."""
        row = self._connection.execute(
            select(notices).where(*_is(tenant, kind, about), notices.c.over_at.is_(None))
        ).one_or_none()
        return None if row is None else _notice(row)

    def standing_of(self, kinds: Iterable[str]) -> NoticeList:
        """List the standing notices of some kinds, of every tenant."""
        rows = self._connection.execute(
            select(notices).where(notices.c.kind.in_(list(kinds)), notices.c.over_at.is_(None))
        )
        return [_notice(row) for row in rows]

    def add(self, notice: Notice) -> bool:
        """Write a notice; False when one of its kind and subject stands already, also one written meanwhile."""
        times = self._connection.execute(
            select(func.max(notices.c.times)).where(*_is(notice.tenant, notice.kind, notice.about))
        ).scalar_one()
        values = {name: getattr(notice, name) for name in notices.columns.keys()}  # noqa: SIM118
        added = self._connection.execute(
            inserting(self._connection, notices)
            .values({**values, "times": (times or 0) + 1})
            .on_conflict_do_nothing()
            .returning(notices.c.id)
        ).one_or_none()
        return added is not None

    def end(self, tenant: str, kind: str, about: str, *, now: datetime) -> bool:
        """Say that the cause is gone; False when no such notice stood."""
        which = {"whose": tenant, "of": kind, "subject": about, "now": now}
        return self._connection.execute(_END, which).one_or_none() is not None

    def get(self, tenant: str, notice: str) -> Notice | None:
        """Find a tenant's notice by its id."""
        row = self._connection.execute(
            select(notices).where(notices.c.tenant == tenant, notices.c.id == notice)
        ).one_or_none()
        return None if row is None else _notice(row)

    def find(self, notice: str) -> Notice | None:
        """Find a notice by its id alone: for what carries it, never for who asks."""
        row = self._connection.execute(select(notices).where(notices.c.id == notice)).one_or_none()
        return None if row is None else _notice(row)

    def mark_seen(self, tenant: str, notice: str, *, by: str, now: datetime) -> None:
        """Note who has seen a notice first; later looks change nothing."""
        self._connection.execute(
            update(notices)
            .where(notices.c.tenant == tenant, notices.c.id == notice, notices.c.seen_at.is_(None))
            .values(seen_at=now, seen_by=by)
        )

    def list(
        self,
        tenant: str,
        limit: int = 50,
        *,
        company: str = "",
        standing: bool = False,
        unseen: bool = False,
        after: str = "",
    ) -> NoticeList:
        """List a tenant's notices, the latest first; `after` is the id of the last one of the page before."""
        statement = select(notices).where(notices.c.tenant == tenant)
        if company:
            statement = statement.where(notices.c.company == company)
        if standing:
            statement = statement.where(notices.c.over_at.is_(None))
        if unseen:
            statement = statement.where(notices.c.seen_at.is_(None))
        if after:
            last = self.get(tenant, after)
            if last is None:
                return []
            statement = statement.where(
                or_(
                    notices.c.told_at < last.told_at,
                    and_(notices.c.told_at == last.told_at, notices.c.id < last.id),
                )
            )
        ordered = statement.order_by(notices.c.told_at.desc(), notices.c.id.desc()).limit(limit)
        return [_notice(row) for row in self._connection.execute(ordered)]

    def deliver(self, notice: str, new: Sequence[tuple[str, str]], *, now: datetime) -> None:
        """Owe the delivery of a notice through channels; `new` holds pairs of delivery id and channel."""
        if new:
            rows = [
                {
                    "id": delivery,
                    "notice": notice,
                    "channel": channel,
                    "state": WAITING,
                    "attempts": 0,
                    "due_at": now,
                    "error": "",
                    "created_at": now,
                }
                for delivery, channel in new
            ]
            self._connection.execute(insert(deliveries), rows)

    def claim_due(self, *, now: datetime, again_at: datetime, limit: int) -> DeliveryList:
        """Take deliveries that are due; whoever dies over one leaves it due again at `again_at`.

        Of two that ask at once each gets different ones.
        """
        due = (
            select(deliveries.c.id)
            .where(deliveries.c.state == WAITING, deliveries.c.due_at <= now)
            .order_by(deliveries.c.due_at, deliveries.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = self._connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_(due))
            .values(due_at=again_at, attempts=deliveries.c.attempts + 1)
            .returning(deliveries)
        )
        return sorted((Delivery(**row._mapping) for row in rows), key=lambda one: (one.created_at, one.id))

    def delivered(self, delivery: str, *, now: datetime) -> None:
        """Note that a delivery reached its channel."""
        self._ended(delivery, state=DELIVERED, due_at=None, error="", delivered_at=now)

    def not_delivered(self, delivery: str, *, error: str, again_at: datetime | None) -> None:
        """Note why an attempt failed; without `again_at` it was the last one."""
        self._ended(delivery, state=WAITING if again_at else FAILED, due_at=again_at, error=error)

    def deliveries(
        self, tenant: str, *, channel: str = "", notice: str = "", limit: int = 50
    ) -> DeliveryList:
        """List a tenant's deliveries, the latest first."""
        statement = (
            select(deliveries)
            .join(channels, channels.c.id == deliveries.c.channel)
            .where(channels.c.tenant == tenant)
        )
        if channel:
            statement = statement.where(deliveries.c.channel == channel)
        if notice:
            statement = statement.where(deliveries.c.notice == notice)
        ordered = statement.order_by(deliveries.c.created_at.desc(), deliveries.c.id.desc()).limit(limit)
        return [Delivery(**row._mapping) for row in self._connection.execute(ordered)]

    def prune(self, *, before: datetime) -> int:
        """Remove notices that were over before an instant, with their deliveries; tells how many."""
        gone = self._connection.execute(
            delete(notices).where(notices.c.over_at < before).returning(notices.c.id)
        )
        return len(gone.all())

    def _ended(self, delivery: str, **values: Any) -> None:
        self._connection.execute(update(deliveries).where(deliveries.c.id == delivery).values(values))


_END: Final = (
    update(notices)
    .where(
        notices.c.tenant == bindparam("whose"),
        notices.c.kind == bindparam("of"),
        notices.c.about == bindparam("subject"),
        notices.c.over_at.is_(None),
    )
    .values(over_at=bindparam("now", type_=Instant))
    .returning(notices.c.id)
)
"""Built once, because every cycle says it several times."""


def _is(tenant: str, kind: str, about: str) -> tuple[Any, ...]:
    return (notices.c.tenant == tenant, notices.c.kind == kind, notices.c.about == about)


def _notice(row: Row[Any]) -> Notice:
    return Notice(**row._mapping)
