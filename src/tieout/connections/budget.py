"""The read budget: what each company's metered reads come to this month, and how slow looks must be to stay within.

Intuit meters what it gives out, and refuses an app everything for the rest of a month in which it took too much
(reference, section 9). So each company has an allowance, and each app one that its companies share.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from tieout.connections.companies import found, settings_of
from tieout.domain.budget import WARN_AT, forecast, month_of, pace, whole_days
from tieout.domain.cadence import Standing, interval
from tieout.domain.permissions import READ
from tieout.edges import Edges
from tieout.security.notices import News, over, tell
from tieout.security.operation import Act, operation
from tieout.storage.companies import Company
from tieout.storage.unit_of_work import Work

BRAKE: Final = "budget.brake"
"""The notice that looks are slowed down so that the month's reads last."""
WARNING: Final = "budget.warning"
"""The notice that this month's reads will come near to what is allowed."""
SUMMED_EVERY: Final = timedelta(hours=1)
"""How often the reads of all companies of an app are summed up."""


@dataclass(frozen=True)
class AppReads:
    """What all companies of one Intuit app have read this month, as it was last summed up."""

    used: int
    companies: int
    """Connected ones, which share what is left."""
    month: str
    """Such as `2026-03`."""


@dataclass(frozen=True)
class CompanyBudget:
    """One company's metered reads. The month is that of UTC."""

    company: str
    name: str
    today: int
    month: int
    """So far."""
    forecast: int
    """What the month will come to, by what is usual lately and planned from now on."""
    allowance: int
    spent_on: dict[str, int]
    """This month's reads by what was read: `changes`, `query`, `count`, …"""
    by_day: dict[date, int]
    """This month's reads by day (UTC), days without any left out."""
    look_every: timedelta
    """The time between two looks that nobody asked for, as things stand."""
    webhooks: str
    """`working`, `silent` (changes came to light that none told of), or `never` heard."""
    slowed_to: timedelta | None
    """The time between two looks while the brake is on; None while it is off."""


@dataclass(frozen=True)
class Budget:
    """What this tenant's companies read this month, and what is left for all companies of its Intuit app."""

    month_ends: datetime
    companies: list[CompanyBudget]
    app_used: int
    """Of the production app, with the companies of others that share it; summed up once an hour."""
    app_allowance: int
    app_companies: int


@operation("budget.show", needs=READ, writes=False)
def show_budget(act: Act, *, company: str = "") -> Budget:
    """Show the metered reads of one company, or of all: today, this month, the forecast, the allowance."""
    work, now = act.work, act.edges.clock.now()
    chosen = [found(work, act.caller.tenant, company)] if company else work.companies.all(act.caller.tenant)
    environment = chosen[0].environment if chosen else "production"
    app = _summed(work, act.caller.tenant, environment, now)
    return Budget(
        month_ends=month_of(now)[1],
        companies=[company_budget(work, one, now) for one in chosen],
        app_used=app.used,
        app_allowance=act.edges.app_reads,
        app_companies=app.companies,
    )


def frequency(settings: dict[str, str]) -> timedelta:
    """Give how often a company's people want it looked at."""
    return timedelta(minutes=int(settings["every_minutes"]))


def allowance(settings: dict[str, str]) -> int:
    """Give how many metered reads a company may cost in a month."""
    return int(settings["monthly_reads"])


def is_fed(company: Company) -> bool:
    """Tell whether webhooks tell of a company's changes, as far as is known."""
    return company.webhook_at is not None and company.missed_at is None


def affordable_pace(edges: Edges, work: Work, company: Company, settings: dict[str, str]) -> timedelta:
    """Give the least time between two looks at which the company's reads, and its app's, last to the month's end."""
    now = edges.clock.now()
    start, _ = month_of(now)
    left = allowance(settings) - work.reads.total(company.id, start.date())
    app = _refreshed(work, company, now)
    return max(
        pace(now=now, left=left),
        pace(now=now, left=edges.app_reads - app.used, companies=max(app.companies, 1)),
    )


def tell_of_budget(
    edges: Edges, work: Work, company: Company, standing: Standing, settings: dict[str, str]
) -> None:
    """Tell people once that the brake is on, or that the month comes near its allowance; and that it is over."""
    now = edges.clock.now()
    _, end = month_of(now)
    planned = interval(standing)
    so_far, coming = _month(work, company, now, planned)
    allowed = allowance(settings)
    share = f"{so_far:,} of {allowed:,} metered reads are used, and the month ends on {end:%d %B} (UTC)"
    if standing.pace > planned:
        ours = pace(now=now, left=allowed - so_far) >= standing.pace
        why = (
            share if ours else f"all companies of this Intuit app together near its {edges.app_reads:,} reads"
        )
        tell(
            edges,
            work,
            company.tenant,
            News(
                BRAKE,
                company.id,
                what="QuickBooks is looked at less often, so that this month's reads last",
                record=company.name,
                why=f"{why}; at one look in {words(planned)} the rest would not last",
                remedy="Nothing: what you send and Sync now still go. To end it sooner raise the setting "
                "monthly_reads, look less often (every_minutes), or set up webhooks",
                severity="warning",
            ),
            company=company.id,
        )
    else:
        over(edges, work, company.tenant, BRAKE, company.id)
    if standing.pace <= planned and coming >= allowed * WARN_AT:
        tell(
            edges,
            work,
            company.tenant,
            News(
                WARNING,
                company.id,
                what="This month's reads of QuickBooks will come near what is allowed",
                record=company.name,
                why=f"{share}; at this rate it will be {coming:,}",
                remedy="Raise the setting monthly_reads, look less often (every_minutes), or set up webhooks; "
                "otherwise looks become rarer before the reads run out",
                severity="info",
            ),
            company=company.id,
        )
    else:
        over(edges, work, company.tenant, WARNING, company.id)


def words(span: timedelta) -> str:
    """Say a span of time as people do."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{round(minutes / 60)} hours"


def company_budget(work: Work, company: Company, now: datetime) -> CompanyBudget:
    """Sum up one company's metered reads, and how often it is looked at."""
    settings = settings_of(work, company.id)
    start, _ = month_of(now)
    standing = Standing(now, frequency(settings), is_fed(company), company.quiet_since)
    planned = interval(standing)
    so_far, coming = _month(work, company, now, planned)
    rows = work.reads.since(company.id, start.date())
    spent_on: dict[str, int] = {}
    by_day: dict[date, int] = {}
    for row in rows:
        spent_on[row.what] = spent_on.get(row.what, 0) + row.number
        by_day[row.day] = by_day.get(row.day, 0) + row.number
    resting = company.resting_until is not None and company.resting_until > now
    slowed = max(planned, pace(now=now, left=allowance(settings) - so_far)) if resting else None
    silent = "silent" if company.missed_at is not None else "never"
    return CompanyBudget(
        company=company.id,
        name=company.name,
        today=sum(row.number for row in rows if row.day == now.date()),
        month=so_far,
        forecast=coming,
        allowance=allowance(settings),
        spent_on=spent_on,
        by_day=by_day,
        look_every=planned,
        webhooks="working" if is_fed(company) else silent,
        slowed_to=slowed,
    )


def _month(work: Work, company: Company, now: datetime, planned: timedelta) -> tuple[int, int]:
    """Give a company's reads of this month so far, and what they will come to."""
    start, _ = month_of(now)
    lately = now.date() - timedelta(days=8)
    by_day: dict[date, int] = {}
    for row in work.reads.since(company.id, min(start.date(), lately)):
        by_day[row.day] = by_day.get(row.day, 0) + row.number
    so_far = sum(number for day, number in by_day.items() if day >= start.date())
    usual = whole_days(by_day, now=now, since=company.connected_at)
    return so_far, forecast(now=now, so_far=so_far, lately=usual, interval=planned)


def _fact(tenant: str, environment: str) -> str:
    return f"reads of the app {tenant}/{environment}"


def _app_tenant(work: Work, tenant: str, environment: str) -> str:
    app = work.apps.used_by(tenant, environment)
    return tenant if app is None else app.tenant


def _summed(work: Work, tenant: str, environment: str, now: datetime) -> AppReads:
    """Give what an app's companies read this month, as it was last summed up."""
    month = f"{month_of(now)[0]:%Y-%m}"
    kept = work.meta.get(_fact(_app_tenant(work, tenant, environment), environment))
    if kept is not None:
        known = msgspec.json.decode(kept, type=AppReads)
        if known.month == month:
            return known
    return AppReads(0, 0, month)


def _refreshed(work: Work, company: Company, now: datetime) -> AppReads:
    """Give what the company's app read this month, summed up anew once an hour by whoever comes first."""
    tenant = _app_tenant(work, company.tenant, company.environment)
    name = _fact(tenant, company.environment)
    month = f"{month_of(now)[0]:%Y-%m}"
    if work.meta.take_turn(f"{name} in {month}, summed", now=now, every=SUMMED_EVERY):
        used, companies = work.reads.of_app(tenant, company.environment, month_of(now)[0].date())
        work.meta.put(name, msgspec.json.encode(AppReads(used, companies, month)).decode())
    return _summed(work, company.tenant, company.environment, now)
