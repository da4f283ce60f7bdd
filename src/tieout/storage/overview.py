"""The overview: what watchdog and collectors ask of all companies at once, in a few statements whatever their number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, and_, case, exists, func, or_, select, text
from sqlalchemy.sql import Select

from tieout.storage.holdings import holdings
from tieout.storage.tables import (
    companies,
    cycles,
    deliveries,
    events,
    grants,
    imports,
    inbound,
    issues,
    jobs,
    notices,
    pushes,
    reads,
    settings,
    workers,
)

OPEN_LANES: Final = text("pushes.lane <> 'closed'")
"""Written out, so that both databases see that their partial index answers it."""
OPEN_ISSUES: Final = text("issues.state = 'open'")


@dataclass(frozen=True)
class Late:
    """A company with something that should have moved. Instants are in UTC."""

    company: str
    tenant: str
    name: str
    since: datetime
    number: int = 1
    detail: str = ""


@dataclass(frozen=True)
class Fresh:
    """How fresh a company's mirror is, and how long its permission lasts. Instants are in UTC."""

    company: str
    complete_until: datetime | None
    token_ends_at: datetime | None


@dataclass(frozen=True)
class Beat:
    """The last sign of life of a process. Instants are in UTC."""

    worker: str
    machine: str
    role: str
    version: str
    started_at: datetime
    beat_at: datetime


@dataclass(frozen=True)
class Waiting:
    """Work of one company that has not ended. Instants are in UTC."""

    what: str
    """`pushes` to QuickBooks, `changes` of QuickBooks, webhook `events`, `jobs`."""
    state: str
    number: int
    oldest: datetime


LateList: TypeAlias = list[Late]


class Overview:
    """Sums over every tenant, for whoever runs the installation; never shown to a tenant as they are."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def statuses(self) -> dict[str, int]:
        """Count companies by status."""
        rows = self._connection.execute(
            select(companies.c.status, func.count()).group_by(companies.c.status).order_by(companies.c.status)
        )
        return {str(status): int(number) for status, number in rows}

    def beats(self, *, since: datetime) -> list[Beat]:
        """List the processes that gave a sign of life since and did not end, the longest running first."""
        rows = self._connection.execute(
            select(workers)
            .where(workers.c.ended_at.is_(None), workers.c.beat_at >= since)
            .order_by(workers.c.started_at, workers.c.id)
        )
        return [Beat(row.id, row.machine, row.role, row.version, row.started_at, row.beat_at) for row in rows]

    def overdue(self, *, now: datetime, due_before: datetime, limit: int) -> list[tuple[Late, str]]:
        """List connected companies that nobody works on and whose cycle was due before an instant, the latest first.

        Each comes with its own frequency in minutes, as it was set; empty when it was not.
        """
        every = select(settings.c.value).where(
            settings.c.company == companies.c.id, settings.c.name == "every_minutes"
        )
        rows = self._connection.execute(
            select(companies, every.scalar_subquery().label("every"))
            .where(
                companies.c.status == "connected",
                companies.c.due_at <= due_before,
                or_(companies.c.lease_until.is_(None), companies.c.lease_until <= now),
            )
            .order_by(companies.c.due_at, companies.c.id)
            .limit(limit)
        )
        return [(Late(row.id, row.tenant, row.name, row.due_at), row.every or "") for row in rows]

    def long_cycles(self, *, now: datetime, before: datetime, limit: int) -> LateList:
        """List the companies whose running cycle began before an instant and is still held by somebody."""
        return self._late(
            select(companies.c.id, companies.c.tenant, companies.c.name, cycles.c.started_at.label("since"))
            .join(cycles, cycles.c.company == companies.c.id)
            .where(
                companies.c.lease_until.is_not(None),
                companies.c.lease_until > now,
                cycles.c.state == "running",
                cycles.c.fence == companies.c.fence,
                cycles.c.started_at < before,
            )
            .limit(limit)
        )

    def late_pushes(self, states: Iterable[str], *, before: datetime, limit: int) -> LateList:
        """List live companies that have pushes of some states older than an instant, with how many."""
        return self._late(
            select(
                companies.c.id,
                companies.c.tenant,
                companies.c.name,
                func.min(pushes.c.created_at).label("since"),
                func.count().label("number"),
            )
            .join(pushes, pushes.c.company == companies.c.id)
            .where(
                OPEN_LANES,
                pushes.c.state.in_(list(states)),
                pushes.c.created_at < before,
                companies.c.status == "connected",
                _exports(),
            )
            .group_by(companies.c.id, companies.c.tenant, companies.c.name)
            .limit(limit)
        )

    def owed(self, *, before: datetime, limit: int) -> LateList:
        """List companies with pushes that were sent before an instant and of which nobody knows what became."""
        return self._late(
            select(
                companies.c.id,
                companies.c.tenant,
                companies.c.name,
                func.min(pushes.c.sent_at).label("since"),
                func.count().label("number"),
            )
            .join(pushes, pushes.c.company == companies.c.id)
            .where(
                OPEN_LANES,
                pushes.c.state == "sent",
                pushes.c.sent_at < before,
                companies.c.status != "disconnected",
            )
            .group_by(companies.c.id, companies.c.tenant, companies.c.name)
            .limit(limit)
        )

    def late_changes(self, *, before: datetime, limit: int) -> LateList:
        """List connected companies with changes of QuickBooks that wait for their turn since before an instant."""
        return self._late(
            select(
                companies.c.id,
                companies.c.tenant,
                companies.c.name,
                func.min(inbound.c.noted_at).label("since"),
                func.count().label("number"),
            )
            .join(inbound, inbound.c.company == companies.c.id)
            .where(
                inbound.c.state == "queued", inbound.c.noted_at < before, companies.c.status == "connected"
            )
            .group_by(companies.c.id, companies.c.tenant, companies.c.name)
            .limit(limit)
        )

    def stuck_imports(self, *, now: datetime, before: datetime, limit: int) -> LateList:
        """List connected companies whose import failed, or began before an instant and nobody goes on with."""
        idle = or_(companies.c.lease_until.is_(None), companies.c.lease_until <= now)
        return self._late(
            select(
                companies.c.id,
                companies.c.tenant,
                companies.c.name,
                func.min(imports.c.started_at).label("since"),
                func.count().label("number"),
                func.max(imports.c.error).label("detail"),
            )
            .join(imports, imports.c.company == companies.c.id)
            .where(
                companies.c.status == "connected",
                imports.c.state != "done",
                imports.c.started_at < before,
                idle,
            )
            .group_by(companies.c.id, companies.c.tenant, companies.c.name)
            .limit(limit)
        )

    def backlog(self) -> dict[str, tuple[int, datetime]]:
        """Sum up the pushes that have not ended by state: how many, and since when the oldest."""
        rows = self._connection.execute(
            select(pushes.c.state, func.count(), func.min(pushes.c.created_at))
            .where(OPEN_LANES)
            .group_by(pushes.c.state)
            .order_by(pushes.c.state)
        )
        return {state: (number, oldest) for state, number, oldest in rows}

    def changes(self) -> dict[str, tuple[int, datetime]]:
        """Sum up the changes of QuickBooks that are not applied yet by state."""
        rows = self._connection.execute(
            select(inbound.c.state, func.count(), func.min(inbound.c.noted_at))
            .group_by(inbound.c.state)
            .order_by(inbound.c.state)
        )
        return {state: (number, oldest) for state, number, oldest in rows}

    def open_issues(self, tenant: str = "", company: str = "") -> dict[str, int]:
        """Count open issues by kind: of all, of a tenant, or of one company."""
        statement = select(issues.c.kind, func.count()).where(OPEN_ISSUES)
        if tenant:
            statement = statement.join(companies, companies.c.id == issues.c.company).where(
                companies.c.tenant == tenant
            )
        if company:
            statement = statement.where(issues.c.company == company)
        rows = self._connection.execute(statement.group_by(issues.c.kind).order_by(issues.c.kind))
        return {str(kind): int(number) for kind, number in rows}

    def opened_since(self, company: str, since: datetime) -> list[str]:
        """List the kinds of a company's issues that were opened since and still are."""
        rows = self._connection.execute(
            select(issues.c.kind).where(OPEN_ISSUES, issues.c.company == company, issues.c.opened_at >= since)
        )
        return list(rows.scalars())

    def waiting(self, company: str) -> list[Waiting]:
        """Sum up a company's work that has not ended by kind and state, with since when the oldest waits."""
        asked = (
            ("pushes", pushes.c.state, pushes.c.created_at, (pushes.c.company == company, OPEN_LANES)),
            ("changes", inbound.c.state, inbound.c.noted_at, (inbound.c.company == company,)),
            (
                "events",
                events.c.state,
                events.c.came_at,
                (events.c.company == company, events.c.state == "open"),
            ),
            (
                "jobs",
                jobs.c.state,
                jobs.c.created_at,
                (jobs.c.company == company, jobs.c.finished_at.is_(None)),
            ),
        )
        found = []
        for what, state, since, which in asked:
            rows = self._connection.execute(
                select(state, func.count(), func.min(since)).where(*which).group_by(state).order_by(state)
            )
            found += [Waiting(what, str(name), int(number), oldest) for name, number, oldest in rows]
        return found

    def record_counts(self, company: str, entities: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Count a company's mirrored records by entity: those that can be used, and the others; absent for none."""
        every = holdings(self._connection, company)
        return {
            one: (every[one].active, every[one].inactive + every[one].deleted)
            for one in entities
            if one in every
        }

    def freshest_last(self, *, limit: int) -> list[Fresh]:
        """List the connected companies whose mirror is the furthest behind, the never imported ones first."""
        ends = select(
            func.max(
                case(
                    (grants.c.hard_expires_at < grants.c.refresh_expires_at, grants.c.hard_expires_at),
                    else_=grants.c.refresh_expires_at,
                )
            )
        ).where(grants.c.company == companies.c.id, grants.c.state == "good")
        rows = self._connection.execute(
            select(companies.c.id, companies.c.complete_until, ends.scalar_subquery().label("ends"))
            .where(companies.c.status == "connected")
            .order_by(companies.c.complete_until.is_not(None), companies.c.complete_until, companies.c.id)
            .limit(limit)
        )
        return [Fresh(row.id, row.complete_until, row.ends) for row in rows]

    def reads_of(self, which: Iterable[str], *, since: date) -> list[tuple[str, date, int]]:
        """Sum up the metered reads of some companies by day (UTC), from a day on."""
        rows = self._connection.execute(
            select(reads.c.company, reads.c.day, func.sum(reads.c.number))
            .where(reads.c.company.in_(list(which)), reads.c.day >= since)
            .group_by(reads.c.company, reads.c.day)
        )
        return [(company, day, int(number)) for company, day, number in rows]

    def importing(self, *, limit: int) -> list[tuple[str, int, int]]:
        """List companies that are being imported, with how many records are kept and were counted."""
        rows = self._connection.execute(
            select(imports.c.company, func.sum(imports.c.done), func.sum(imports.c.total))
            .where(
                exists().where(
                    and_(imports.c.company == companies.c.id, companies.c.complete_until.is_(None))
                )
            )
            .group_by(imports.c.company)
            .order_by(imports.c.company)
            .limit(limit)
        )
        return [(company, int(done or 0), int(total or 0)) for company, done, total in rows]

    def open_jobs(self) -> dict[str, int]:
        """Count the jobs of our own table that have not ended, by state."""
        rows = self._connection.execute(
            select(jobs.c.state, func.count()).where(jobs.c.finished_at.is_(None)).group_by(jobs.c.state)
        )
        return {str(state): int(number) for state, number in rows}

    def open_events(self) -> tuple[int, datetime | None]:
        """Count webhook events that are not settled, and tell since when the oldest."""
        row = self._connection.execute(
            select(func.count(), func.min(events.c.came_at)).where(events.c.settled_at.is_(None))
        ).one()
        return int(row[0]), row[1]

    def open_deliveries(self) -> dict[str, int]:
        """Count deliveries that have not arrived, by state."""
        rows = self._connection.execute(
            select(deliveries.c.state, func.count())
            .where(deliveries.c.state != "delivered")
            .group_by(deliveries.c.state)
        )
        return {str(state): int(number) for state, number in rows}

    def standing_notices(self) -> dict[tuple[str, str], int]:
        """Count standing notices by kind and severity."""
        rows = self._connection.execute(
            select(notices.c.kind, notices.c.severity, func.count())
            .where(notices.c.over_at.is_(None))
            .group_by(notices.c.kind, notices.c.severity)
        )
        return {(kind, severity): number for kind, severity, number in rows}

    def _late(self, statement: Select[Any]) -> LateList:
        found = []
        for row in self._connection.execute(statement):
            said = row._mapping
            found.append(
                Late(row.id, row.tenant, row.name, row.since, said.get("number", 1), said.get("detail") or "")
            )
        return found


def _exports() -> Any:
    return exists().where(
        and_(settings.c.company == companies.c.id, settings.c.name == "export", settings.c.value == "on")
    )
