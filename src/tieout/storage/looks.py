"""Looks: what decides how soon each company is looked at again: quiet, webhooks that work or not, and rest."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, literal, or_, select, true, update

from tieout.storage.columns import Instant
from tieout.storage.tables import companies


class Looks:
    """When companies are looked at, in one unit of work. They are rows of `companies`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def heard(self, company: str, *, now: datetime) -> bool:
        """Note that a webhook told of a company; True when webhooks were thought silent until now."""
        before = self._connection.execute(
            select(companies.c.missed_at).where(companies.c.id == company)
        ).scalar_one_or_none()
        self._change(company, webhook_at=now, untold_at=None, missed_at=None)
        return before is not None

    def stir(self, company: str, *, now: datetime, pause: timedelta, latest: datetime | None) -> None:
        """Have a company looked at a short pause from now, so that a burst of webhooks is one look.

        `latest` is the end of the patience with a burst that has begun; None when this begins one. A company
        that is being worked on is looked at again right after; one that rests for its budget rests on.
        """
        rests = and_(companies.c.resting_until.is_not(None), companies.c.resting_until > _at(now))
        held = companies.c.lease_until.is_not(None)
        due = min(now + pause, latest) if latest is not None else now + pause
        # A look that comes sooner for another reason keeps its time; a burst puts its own look off.
        sooner = companies.c.due_at <= _at(now if latest is not None else due)
        self._change(
            company,
            due_at=case(
                (or_(held, sooner), companies.c.due_at),
                (rests, companies.c.resting_until),
                else_=_at(max(due, now)),
            ),
            again=case((and_(held, ~rests), true()), else_=companies.c.again),
        )

    def judged(self, company: str, *, untold_at: datetime | None, missed_at: datetime | None) -> None:
        """Note the first change that no webhook told of, and since when they are taken for silent."""
        self._change(company, untold_at=untold_at, missed_at=missed_at)

    def rest(self, company: str, *, quiet_since: datetime | None, resting_until: datetime | None) -> None:
        """Note how a company stands after its cycle."""
        self._change(company, quiet_since=quiet_since, resting_until=resting_until)

    def _change(self, company: str, **values: Any) -> None:
        self._connection.execute(update(companies).where(companies.c.id == company).values(values))


def _at(value: datetime) -> Any:
    return literal(value, Instant)
