"""Reads: how many of Intuit's metered reads each company cost, by day and by what was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, exists, func, select

from tieout.storage.doors import SHARED
from tieout.storage.inserting import inserting
from tieout.storage.tables import apps, companies, reads


@dataclass(frozen=True)
class DayOfReads:
    """The metered reads of one kind on one day (UTC)."""

    day: date
    what: str
    """`query`, `changes`, `count`, `read`, `report`, …"""
    number: int


class Reads:
    """The counted reads of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, company: str, day: date, what: str, number: int = 1) -> None:
        """Count metered reads; `day` is in UTC."""
        assert number > 0, number
        statement = inserting(self._connection, reads).values(
            company=company, day=day, what=what, number=number
        )
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["company", "day", "what"],
                set_={"number": reads.c.number + statement.excluded.number},
            )
        )

    def since(self, company: str, day: date) -> list[DayOfReads]:
        """List what was read on that day and later, by day."""
        rows = self._connection.execute(
            select(reads.c.day, reads.c.what, reads.c.number)
            .where(reads.c.company == company, reads.c.day >= day)
            .order_by(reads.c.day, reads.c.what)
        )
        return [DayOfReads(row.day, row.what, row.number) for row in rows]

    def total(self, company: str, day: date) -> int:
        """Sum up what a company read on that day and later."""
        summed = select(func.coalesce(func.sum(reads.c.number), 0)).where(
            reads.c.company == company, reads.c.day >= day
        )
        return int(self._connection.execute(summed).scalar_one())

    def prune(self, *, before: date) -> None:
        """Forget every company's reads of the days before one (UTC)."""
        self._connection.execute(delete(reads).where(reads.c.day < before))

    def of_app(self, tenant: str, environment: str, day: date) -> tuple[int, int]:
        """Sum up what the companies of one app read on that day and later, and count the connected ones.

        `tenant` is the app's; the operator's app serves the companies of every tenant without one of its own.
        """
        own = exists().where(apps.c.tenant == companies.c.tenant, apps.c.environment == environment)
        whose = companies.c.tenant == tenant if tenant != SHARED else ~own
        mine = select(companies.c.id).where(companies.c.environment == environment, whose)
        summed = select(func.coalesce(func.sum(reads.c.number), 0)).where(
            reads.c.company.in_(mine), reads.c.day >= day
        )
        counted = select(func.count()).where(
            companies.c.environment == environment, whose, companies.c.status == "connected"
        )
        return (
            int(self._connection.execute(summed).scalar_one()),
            int(self._connection.execute(counted).scalar_one()),
        )
