"""When a company is looked at again after a cycle: what it needs, what webhooks would tell, what the budget leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from tieout.connections.budget import affordable_pace, frequency, is_fed, tell_of_budget
from tieout.connections.companies import settings_of
from tieout.domain.cadence import LADDER, SOON, Standing, early_share, is_braked, next_look
from tieout.edges import Edges
from tieout.mirror.coverage import Pace
from tieout.storage.companies import Company
from tieout.storage.unit_of_work import Work

ACTIVE: Final = ("changes", "applied", "host_changes", "queued", "confirmed", "adopted", "told")
"""What a cycle's figures say of anything having happened."""
TROUBLED: Final = frozenset({"partial", "failed"})
LOOKED_BACK: Final = 14
"""Cycles in a row that are looked at for failures; by then the wait is as long as it gets."""
RARELY: Final = Pace(lists=timedelta(days=35), counts=timedelta(days=60))
"""The checks of a company where nothing happens: together with its looks at most 60 reads in any 30 days."""
SELDOM: Final = Pace(lists=timedelta(days=7), counts=timedelta(days=30))
"""The checks of a company whose changes webhooks tell."""
USUALLY: Final = Pace()


def pace_of_checks(company: Company, now: datetime) -> Pace:
    """Give how often single entities of a company are checked, by what webhooks tell of it and how quiet it is."""
    if company.resting_until is not None and company.resting_until > now:
        return RARELY
    if not is_fed(company):
        return USUALLY
    quiet = company.quiet_since is not None and now - company.quiet_since >= LADDER[-1][0]
    return RARELY if quiet else SELDOM


def due_again(
    edges: Edges, work: Work, company: Company, *, state: str, stats: Mapping[str, int]
) -> datetime:
    """Tell when a company is due again after a cycle, and note how it stands; part of the transaction that ends it.

    `company` is as it is now, locked; `state` and `stats` are those of the cycle. Tells people when the budget
    slows a company down.
    """
    now = edges.clock.now()
    settings = settings_of(work, company.id)
    active = any(stats.get(name) for name in ACTIVE)
    quiet_since = now if active or company.quiet_since is None else company.quiet_since
    # What nobody has let go yet does not hurry the company: a cycle costs metered reads.
    owed = work.pushes.next_due(company.id) if settings["export"] == "on" else None
    retry = work.inbound.next_due(company.id)
    open_events, tries, _ = work.events.waiting(company.id)
    standing = Standing(
        now=now,
        every=frequency(settings),
        fed=is_fed(company),
        quiet_since=quiet_since,
        at_work=owed is not None or retry is not None,
        owed_at=owed,
        retry_at=retry,
        failures=_failures(work, company) if state in TROUBLED else 0,
        unfound=tries if open_events else None,
        pace=affordable_pace(edges, work, company, settings),
    )
    tell_of_budget(edges, work, company, standing, settings)
    due = next_look(standing, early=early_share(company.id, now))
    resting = max(now + standing.pace, now + SOON) if is_braked(standing) else None
    work.looks.rest(company.id, quiet_since=quiet_since, resting_until=resting)
    return due


def _failures(work: Work, company: Company) -> int:
    """Count how many cycles in a row, the one that ends now included, did not succeed."""
    failures = 1
    for cycle in work.cycles.list(company.id, limit=LOOKED_BACK):
        if cycle.state in TROUBLED:
            failures += 1
        elif cycle.state != "running":
            break
    return failures
