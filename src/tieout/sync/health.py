"""Health: how each company stands and why, at a glance: connection, cycles, work, freshness, reads, issues, sections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tieout.connections.budget import CompanyBudget, company_budget, frequency
from tieout.connections.companies import found, settings_of
from tieout.connections.working import SILENT
from tieout.domain.budget import WARN_AT
from tieout.domain.issues import BY_NAME, IssueState
from tieout.domain.permissions import READ
from tieout.security.notices import OPERATOR
from tieout.security.operation import Act, operation
from tieout.storage.companies import Company
from tieout.storage.coverage import Covered
from tieout.storage.cycles import Cycle
from tieout.storage.grants import GOOD as GRANT_GOOD
from tieout.storage.grants import StoredGrant
from tieout.storage.imports import ImportProgress
from tieout.storage.notices import Notice
from tieout.storage.overview import Beat, Waiting
from tieout.storage.unit_of_work import Work
from tieout.sync.sections import SectionStanding, standings
from tieout.sync.signs import ATTENTION, GOOD, STOPPED, Sign, worst
from tieout.sync.watchdog import GRACE, LONG, MOVING, WORKING_ROLES, minutes

ENDS_SOON: Final = timedelta(days=14)
"""How long before a permission ends people should renew it."""
RESTS_ON: Final = {
    "feed": "QuickBooks' change feed",
    "walked": "all that changed, read by query",
    "read": "all records, read and compared",
    "imported": "the import",
}


@dataclass(frozen=True)
class Permission:
    """One authorising user's permission, without its secrets. Instants are in UTC."""

    label: str
    state: str
    """`good` or `lost`."""
    why: str
    ends_at: datetime
    limit: str
    """Which of Intuit's limits ends it: `idle` (it was not used) or `hard` (it must be given anew)."""
    days_left: int


@dataclass(frozen=True)
class Freshness:
    """Up to when a company's mirror is proven complete, and by what. Instants are in QuickBooks' time, UTC."""

    complete_until: datetime | None
    age_seconds: int | None
    rests_on: str
    troubled: dict[str, str]
    """Lists that cannot be proven now, with the reason."""


@dataclass(frozen=True)
class CompanyHealth:
    """How one company stands. Instants are in UTC."""

    company: Company
    state: str
    """The gravest of its signs: `good`, `attention` or `stopped`."""
    signs: list[Sign]
    permissions: list[Permission]
    last_cycle: Cycle | None
    next_cycle_at: datetime | None
    every_minutes: int
    waiting: list[Waiting]
    owed: int
    """Pushes that were sent and of which it is not known whether they arrived."""
    freshness: Freshness
    reads: CompanyBudget
    """Its metered reads, the forecast, and how often it is looked at."""
    issues: dict[str, int]
    """Open issues by severity."""
    sections: list[SectionStanding]


@dataclass(frozen=True)
class WholeHealth:
    """How an installation stands for one tenant."""

    state: str
    signs: list[Sign]
    workers: list[Beat]
    """The processes that run; told to whoever runs the installation."""
    notices: list[Notice]
    """What people were told and still stands."""
    companies: list[CompanyHealth]
    next: str = ""
    """The id to go on after when there are more companies."""


@operation("health.show", needs=READ, writes=False)
def show_health(act: Act, *, company: str = "", after: str = "", limit: int = 50) -> WholeHealth:
    """Show how everything stands and why: the installation, and one company or all of the tenant's, page by page."""
    work, tenant, now = act.work, act.caller.tenant, act.edges.clock.now()
    if company:
        chosen, more = [found(work, tenant, company)], False
    else:
        every = work.companies.all(tenant)
        place = next((number + 1 for number, one in enumerate(every) if one.id == after), 0)
        chosen, more = every[place : place + limit], len(every) > place + limit
    workers = workers_sign(work, now, needed=any(one.status == "connected" for one in chosen))
    shown = [company_health(work, one, workers, now) for one in chosen]
    notices = work.notices.list(tenant, standing=True, company=chosen[0].id if company else "")
    signs = [workers, _notices(notices), *_companies(shown)]
    return WholeHealth(
        state=worst(sign.state for sign in signs),
        signs=signs,
        workers=work.overview.beats(since=now - SILENT) if tenant == OPERATOR else [],
        notices=notices,
        companies=shown,
        next=chosen[-1].id if more else "",
    )


def company_health(work: Work, company: Company, workers: Sign, now: datetime) -> CompanyHealth:
    """Gather how one company stands."""
    settings = settings_of(work, company.id)
    every = frequency(settings)
    recent = work.cycles.list(company.id, limit=1)
    permissions = [_permission(one, now) for one in work.grants.all(company.id)]
    waiting = work.overview.waiting(company.id)
    owed = [one for one in waiting if one.what == "pushes" and one.state == "sent"]
    freshness = _freshness(company, work.coverage.all(company.id), now)
    reads = company_budget(work, company, now)
    kinds = work.overview.open_issues(company=company.id)
    signs = [_connection(company)]
    if company.status == "connected":
        signs += [
            _permissions(permissions),
            *([workers] if workers.state == STOPPED else []),
            _cycle(company, recent[0] if recent else None, every, now),
            _fresh(freshness),
            _webhooks(reads),
        ]
    signs += [
        _work(waiting, settings["export"] == "on", now),
        _owed(owed, now),
        _read_sign(reads),
        _issues(kinds),
    ]
    return CompanyHealth(
        company=company,
        state=worst(sign.state for sign in signs),
        signs=signs,
        permissions=permissions,
        last_cycle=recent[0] if recent else None,
        next_cycle_at=company.due_at if company.status == "connected" else None,
        every_minutes=int(every.total_seconds() // 60),
        waiting=waiting,
        owed=sum(one.number for one in owed),
        freshness=freshness,
        reads=reads,
        issues=_by_severity(kinds),
        sections=standings(work, company),
    )


def _companies(shown: list[CompanyHealth]) -> list[Sign]:
    if not shown:
        return [Sign("companies", GOOD, "no company is connected yet", "Connect one: `tieout connect`")]
    troubled = [one for one in shown if one.state != GOOD]
    if not troubled:
        return [Sign("companies", GOOD, f"{len(shown)} of {len(shown)} are well")]
    names = ", ".join(one.company.name for one in troubled[:5]) + (" and more" if len(troubled) > 5 else "")
    says = f"{len(troubled)} of {len(shown)} need attention: {names}"
    return [Sign("companies", worst(one.state for one in troubled), says, "Each says below what it is")]


def workers_sign(work: Work, now: datetime, *, needed: bool) -> Sign:
    """Tell whether somebody runs cycles; `needed` when a company is connected."""
    working = [one for one in work.overview.beats(since=now - SILENT) if one.role in WORKING_ROLES]
    if working:
        return Sign("workers", GOOD, f"{len(working)} {'runs' if len(working) == 1 else 'run'}")
    if not needed:
        return Sign("workers", GOOD, "none runs, and no company is connected")
    says = f"none gave a sign of life for {minutes(SILENT)}: nothing is synchronised by itself"
    return Sign("workers", STOPPED, says, "Start `tieout serve` or `tieout worker`")


def _notices(standing: list[Notice]) -> Sign:
    grave = [one for one in standing if one.severity != "info"]
    if not grave:
        return Sign("notices", GOOD, "none stands")
    newest = grave[0]
    says = f"{len(grave)} stand; the latest: {newest.what} ({newest.record})"
    return Sign("notices", ATTENTION, says, newest.remedy)


def _connection(company: Company) -> Sign:
    match company.status:
        case "connected":
            return Sign("connection", GOOD, "connected")
        case "needs_reconnect":
            says = "QuickBooks no longer accepts our sign-in; work waits and nothing is lost"
            return Sign("connection", STOPPED, says, "Connect it again: `tieout connect`")
        case "paused":
            return Sign("connection", STOPPED, "paused on request", "Resume it to go on")
        case _:
            return Sign("connection", STOPPED, "disconnected on request", "Connect it again to go on")


def _permission(grant: StoredGrant, now: datetime) -> Permission:
    hard = grant.hard_expires_at is not None and grant.hard_expires_at <= grant.refresh_expires_at
    left = max(grant.ends_at - now, timedelta(0))
    return Permission(
        grant.label, grant.state, grant.why, grant.ends_at, "hard" if hard else "idle", left.days
    )


def _permissions(permissions: list[Permission]) -> Sign:
    good = [one for one in permissions if one.state == GRANT_GOOD]
    if not good:
        return Sign("permission", STOPPED, "nobody's permission is left", "Connect the company again")
    last = max(good, key=lambda one: one.ends_at)
    limit = "Intuit's hard limit" if last.limit == "hard" else "unless it is used before"
    says = f"{last.days_left} days left, until {last.ends_at:%Y-%m-%d} ({limit})"
    if len(permissions) > 1:
        says += f"; {len(good)} of {len(permissions)} users' permissions are good"
    if last.days_left < ENDS_SOON.days:
        return Sign("permission", ATTENTION, says, "Connect the company again before that day")
    if len(good) < len(permissions):
        return Sign("permission", ATTENTION, says, "Have those whose permission was lost authorise again")
    return Sign("permission", GOOD, says)


def _cycle(company: Company, last: Cycle | None, every: timedelta, now: datetime) -> Sign:
    late = now - company.due_at
    held = company.lease_until is not None and company.lease_until > now
    if late > every + GRACE and not held:
        remedy = "Look whether a worker runs and keeps up; `tieout sync` runs a cycle now"
        return Sign("cycle", STOPPED, f"the next one is due for {minutes(late)}", remedy)
    if last is None:
        return Sign("cycle", GOOD, "the first one is about to run")
    if last.state == "running":
        length = now - last.started_at
        if length > LONG and held:
            return Sign("cycle", ATTENTION, f"one runs for {minutes(length)}", "Look into the worker's log")
        return Sign("cycle", GOOD, "one is running")
    ended = f"{last.state} {minutes(now - (last.finished_at or last.started_at))} ago"
    if last.state in ("failed", "aborted") or last.error:
        return Sign("cycle", ATTENTION, f"{ended}: {last.error}", "Run `tieout doctor` if it stays so")
    return Sign("cycle", GOOD, ended)


def _freshness(company: Company, known: dict[str, Covered], now: datetime) -> Freshness:
    until = company.complete_until
    troubled = {name: one.trouble for name, one in known.items() if one.trouble}
    resting = sorted({RESTS_ON.get(one.rests_on, one.rests_on) for one in known.values() if one.rests_on})
    return Freshness(
        until,
        max(int((now - until).total_seconds()), 0) if until is not None else None,
        ", ".join(resting),
        troubled,
    )


def _fresh(freshness: Freshness) -> Sign:
    if freshness.complete_until is None:
        return Sign("freshness", ATTENTION, "the company was not imported yet", "Run `tieout import`")
    says = f"complete up to {freshness.complete_until:%Y-%m-%d %H:%M} UTC"
    if freshness.rests_on:
        says += f" (by {freshness.rests_on})"
    if freshness.troubled:
        first, why = next(iter(freshness.troubled.items()))
        says += f"; {len(freshness.troubled)} lists cannot be proven, such as {first}: {why}"
        return Sign("freshness", ATTENTION, says, "It is tried again by itself; `tieout mirror` says more")
    return Sign("freshness", GOOD, says)


def _work(waiting: list[Waiting], exporting: bool, now: datetime) -> Sign:
    pushes = [one for one in waiting if one.what == "pushes" and one.state != "sent"]
    number = sum(one.number for one in pushes)
    changes = sum(one.number for one in waiting if one.what == "changes" and one.state == "queued")
    if not number and not changes:
        return Sign("work", GOOD, "nothing waits")
    says = f"{number} to send, {changes} to apply"
    moving = [one.oldest for one in pushes if one.state in MOVING and exporting]
    moving += [one.oldest for one in waiting if one.what == "changes" and one.state == "queued"]
    age = now - min(moving) if moving else timedelta(0)
    if age > LONG:
        remedy = "Run `tieout sync` to see what a cycle meets"
        return Sign("work", ATTENTION, f"{says}; the oldest for {minutes(age)}", remedy)
    return Sign("work", GOOD, says if exporting else f"{says}; nothing is sent before you go live")


def _owed(owed: list[Waiting], now: datetime) -> Sign:
    if not owed:
        return Sign("owed", GOOD, "every answer is known")
    age = now - min(one.oldest for one in owed)
    says = f"{sum(one.number for one in owed)} were sent whose answer was lost"
    if age > LONG:
        remedy = "Run `tieout sync`: it looks in QuickBooks before it sends anything again"
        return Sign("owed", ATTENTION, f"{says}, the oldest for {minutes(age)}", remedy)
    return Sign("owed", GOOD, f"{says}; the next cycle finds out")


def _read_sign(reads: CompanyBudget) -> Sign:
    says = (
        f"{reads.today:,} today, {reads.month:,} this month, {reads.forecast:,} by its end, "
        f"of {reads.allowance:,}"
    )
    remedy = "Raise the setting `monthly_reads`, look less often (`every_minutes`), or set up webhooks"
    if reads.slowed_to is not None:
        slowed = f"{says}: looked at only every {minutes(reads.slowed_to)}, so that they last"
        return Sign("reads", ATTENTION, slowed, remedy)
    if reads.forecast >= reads.allowance * WARN_AT:
        return Sign("reads", ATTENTION, says, remedy)
    return Sign("reads", GOOD, says)


def _webhooks(reads: CompanyBudget) -> Sign:
    match reads.webhooks:
        case "working":
            return Sign("webhooks", GOOD, "QuickBooks tells of changes at once")
        case "silent":
            says = "changes came to light that no webhook told of, so QuickBooks is looked at more often"
            return Sign(
                "webhooks", ATTENTION, says, "Look at the webhooks page of your Intuit app: `tieout webhooks`"
            )
        case _:
            return Sign("webhooks", GOOD, "none came yet: QuickBooks is looked at by the clock")


def _by_severity(kinds: dict[str, int]) -> dict[str, int]:
    summed: dict[str, int] = {}
    for kind, number in kinds.items():
        severity = BY_NAME[kind].severity if kind in BY_NAME else "warning"
        summed[severity] = summed.get(severity, 0) + number
    return summed


def _issues(kinds: dict[str, int]) -> Sign:
    number = sum(kinds.values())
    if not number:
        return Sign("issues", GOOD, "none is open")
    grave = _by_severity(kinds).get("error", 0)
    says = f"{number} {'needs' if number == 1 else 'need'} a person" + (
        f", {grave} of them grave" if grave else ""
    )
    return Sign("issues", ATTENTION, says, "Settle them: `tieout issues`")


# What the page's home shows of one company


@dataclass(frozen=True)
class Health:
    """Everything the health card shows."""

    company: Company
    settings: dict[str, str]
    last_cycle: Cycle | None
    next_cycle_at: datetime | None
    pushes: dict[str, int]
    """How many pushes stand in each state."""
    oldest_waiting: datetime | None
    """When the oldest push that has not ended was queued."""
    open_issues: int
    mirrored: dict[str, int]
    """How many live records of each entity the mirror holds."""
    imports: list[ImportProgress]
    complete_until: datetime | None
    access_expires_at: datetime | None
    refresh_expires_at: datetime | None


@operation("health.read", needs=READ, writes=False)
def read_health(act: Act, *, company: str = "") -> Health:
    """Show what the home page shows of a company's synchronisation."""
    work = act.work
    chosen = found(work, act.caller.tenant, company)
    good = work.grants.good(chosen.id)
    recent = work.cycles.list(chosen.id, limit=1)
    return Health(
        company=chosen,
        settings=settings_of(work, chosen.id),
        last_cycle=recent[0] if recent else None,
        next_cycle_at=chosen.due_at if chosen.status == "connected" else None,
        pushes={state.value: number for state, number in work.pushes.counts(chosen.id).items()},
        oldest_waiting=work.pushes.oldest_open(chosen.id),
        open_issues=work.issues.counts(chosen.id).get(IssueState.OPEN.value, 0),
        mirrored=work.records.counts(chosen.id),
        imports=work.imports.all(chosen.id),
        complete_until=chosen.complete_until,
        access_expires_at=good[0].access_expires_at if good else None,
        refresh_expires_at=max(one.ends_at for one in good) if good else None,
    )


@operation("cycle.list", needs=READ, writes=False)
def list_cycles(act: Act, *, company: str = "", limit: int = 20) -> list[Cycle]:
    """List a company's latest cycles, newest first."""
    chosen = found(act.work, act.caller.tenant, company)
    return act.work.cycles.list(chosen.id, limit=limit)
