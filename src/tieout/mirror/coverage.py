"""Coverage: up to when the mirror is known to be complete, entity by entity, and what that rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tieout.connections.companies import found
from tieout.domain.permissions import READ
from tieout.mirror.backfill import mirrored
from tieout.qbo.entities import by_name
from tieout.qbo.entities.entity import Can, Entity
from tieout.security.operation import Act, operation
from tieout.storage import coverage as stored
from tieout.storage.companies import Company
from tieout.storage.coverage import Covered
from tieout.storage.imports import ImportProgress
from tieout.storage.leases import Lease
from tieout.storage.unit_of_work import Work

SOONEST_AGAIN: Final = timedelta(minutes=15)
LATEST_AGAIN: Final = timedelta(hours=24)
"""An entity in trouble is tried again after as long as the trouble has lasted, within these bounds."""


@dataclass(frozen=True)
class Pace:
    """How often what is not told by the change feed is looked at."""

    lists: timedelta = timedelta(hours=24)
    """Between two readings of a list that the feed does not cover: tax codes."""
    counts: timedelta = timedelta(days=7)
    """Between two counts of an entity that it covers."""

    def of(self, entity: Entity) -> timedelta:
        """Tell how long an entity goes unchecked."""
        return self.counts if Can.FOLLOW in entity.can else self.lists


@dataclass(frozen=True)
class EntityCoverage:
    """How complete one entity is. Instants are in UTC."""

    entity: str
    plural: str
    followed: bool
    """False for a list that the change feed does not cover: it is as new as its last reading."""
    complete_until: datetime | None
    proven: bool
    """False while nothing is proven, or something stands against it."""
    rests_on: str
    """In words."""
    trouble: str
    here: int
    """Records that are here now, inactive ones included."""
    counted_at: datetime | None
    counted_there: int
    counted_here: int
    swept_at: datetime | None
    changed_at: datetime | None
    check_at: datetime | None


@dataclass(frozen=True)
class CompanyCoverage:
    """How complete a company's mirror is. Instants are in UTC."""

    company: str
    name: str
    complete_until: datetime | None
    """The earliest of all entities; None while one of them was never read."""
    changes_until: datetime | None
    """The earliest of those that the change feed covers."""
    proven: bool
    rests_on: str
    entities: tuple[EntityCoverage, ...]


@operation("mirror.coverage", needs=READ, writes=False)
def show_coverage(act: Act, *, company: str = "") -> CompanyCoverage:
    """Show up to when a company's mirror is complete, entity by entity, and what that rests on."""
    chosen = found(act.work, act.caller.tenant, company)
    covered = accounts(act.work, chosen)
    counts = act.work.records.counts(chosen.id)
    shown = tuple(_shown(covered[one.name], one, counts.get(one.name, 0)) for one in mirrored())
    return CompanyCoverage(
        company=chosen.id,
        name=chosen.name,
        complete_until=_earliest(one.complete_until for one in shown),
        changes_until=_earliest(one.complete_until for one in shown if one.followed),
        proven=all(one.proven for one in shown),
        rests_on=_together(shown),
        entities=shown,
    )


def accounts(work: Work, company: Company, known: Mapping[str, Covered] | None = None) -> dict[str, Covered]:
    """Give the account of every mirrored entity; what an import has read since counts as proven by it.

    `known` is what is kept of them, when it was just read.
    """
    known = work.coverage.all(company.id) if known is None else known
    imports = {one.entity: one for one in work.imports.all(company.id)}
    given: dict[str, Covered] = {}
    for entity in mirrored():
        account = known.get(entity.name) or stored.blank(company.id, entity.name)
        read = imports.get(entity.name)
        if read is not None and read.state == "done" and read.error:
            # What the import could not read stands against it until a check has proven the entity.
            if _is_older(account, read) and not account.trouble:
                account = _spoilt(account, read)
        elif read is not None and read.state == "done" and read.finished_at is not None:
            # Companies from before there were accounts have followed the feed since their import.
            until = company.complete_until if account.complete_until is None else read.pinned
            later = max((at for at in (until, read.pinned) if at is not None), default=None)
            if later is not None and (account.complete_until is None or later > account.complete_until):
                account = replace(
                    account,
                    complete_until=later,
                    rests_on=stored.IMPORTED,
                    counted_at=read.finished_at,
                    there=read.total,
                    here=read.done,
                    trouble="",
                    troubled_at=None,
                    refused=False,
                )
        given[entity.name] = account
    return given


def _is_older(account: Covered, read: ImportProgress) -> bool:
    return account.complete_until is None or (
        read.pinned is not None and account.complete_until < read.pinned
    )


def _spoilt(account: Covered, read: ImportProgress) -> Covered:
    return replace(
        account,
        trouble=f"the import was not whole: {read.error}",
        troubled_at=read.finished_at,
        check_at=read.finished_at,
    )


def keep_accounts(work: Work, company: Company, *, now: datetime, pace: Pace) -> dict[str, Covered]:
    """Write down the account of every entity that has none or was imported since; the first checks are spread out."""
    wanted, changed = outdated_accounts(work, company, now=now, pace=pace)
    work.coverage.put(changed)
    return wanted


def outdated_accounts(
    work: Work, company: Company, *, now: datetime, pace: Pace
) -> tuple[dict[str, Covered], list[Covered]]:
    """Give the account of every mirrored entity as it should be kept, and those of them that are not kept so."""
    before = work.coverage.all(company.id)
    wanted = accounts(work, company, before)
    changed = []
    for place, (name, account) in enumerate(wanted.items(), 1):
        if account.check_at is None and account.complete_until is not None:
            account = replace(account, check_at=now + pace.of(by_name(name)) * place / len(wanted))
        if before.get(name) != account:
            changed.append(account)
        wanted[name] = account
    return wanted, changed


def is_current(account: Covered, cursor: datetime) -> bool:
    """Tell whether an entity is carried on by the common look at the changes: nothing lies between, nothing is wrong."""
    return account.complete_until is not None and account.complete_until >= cursor and not account.trouble


def note_trouble(
    work: Work, company: Company, entity: str, why: str, *, now: datetime, refused: bool
) -> None:
    """Say of one entity that it cannot be proven complete, and when it is tried again."""
    account = work.coverage.get(company.id, entity)
    since = account.troubled_at if account is not None and account.trouble and account.troubled_at else now
    wait = min(max(now - since, SOONEST_AGAIN), LATEST_AGAIN)
    work.coverage.change(
        company.id, [entity], trouble=why, troubled_at=since, refused=refused, check_at=now + wait
    )


def note_company(work: Work, lease: Lease, company: Company, *, cursor: datetime | None = None) -> None:
    """Say up to when a company is complete, after its entities: the earliest of those that the feed covers."""
    kept = work.companies.get(company.id)
    assert kept is not None, company
    at = max((one for one in (kept.cursor, cursor) if one is not None), default=None)
    until = _earliest(
        account.complete_until
        for name, account in accounts(work, kept).items()
        if Can.FOLLOW in by_name(name).can
    )
    if at is not None and kept.complete_until is not None:
        # One that was never read holds the others up: the mirror as a whole is no further than it was.
        work.companies.move_cursor(lease, cursor=at, complete_until=until or kept.complete_until)


def _earliest(instants: Iterable[datetime | None]) -> datetime | None:
    given = list(instants)
    known = [one for one in given if one is not None]
    return min(known) if known and len(known) == len(given) else None


def _shown(account: Covered, entity: Entity, here: int) -> EntityCoverage:
    return EntityCoverage(
        entity=entity.name,
        plural=entity.plural,
        followed=Can.FOLLOW in entity.can,
        complete_until=account.complete_until,
        proven=account.complete_until is not None and not account.trouble,
        rests_on=words(account),
        trouble=account.trouble,
        here=here,
        counted_at=account.counted_at,
        counted_there=account.there,
        counted_here=account.here,
        swept_at=account.swept_at,
        changed_at=account.changed_at,
        check_at=account.check_at,
    )


WORDS: Final = {
    stored.FEED: "the change feed told of everything until {at}",
    stored.WALKED: "everything changed until {at} was read by query, because the change feed was full",
    stored.READ: "every record was read and compared at {at}",
    stored.IMPORTED: "the import read every record from {at} on",
    "": "nothing was read yet",
}


def words(account: Covered) -> str:
    """Say in plain words what is proven of an entity, and by what."""
    parts = [
        WORDS[account.rests_on].format(at=_at(account.complete_until))
        if account.complete_until is not None
        else WORDS[""]
    ]
    if account.counted_at is not None:
        parts.append(f"counted at {_at(account.counted_at)}: {account.there:,} there, {account.here:,} here")
    if account.swept_at is not None:
        parts.append(f"ids compared one by one at {_at(account.swept_at)}")
    return "; ".join(parts)


def _together(shown: Iterable[EntityCoverage]) -> str:
    given = list(shown)
    doubtful = [one.plural for one in given if not one.proven]
    counted = [one.counted_at for one in given if one.counted_at is not None]
    parts = []
    if counted:
        parts.append(
            f"each of {len(counted)} lists counted there and here, the oldest count at {_at(min(counted))}"
        )
    if doubtful:
        parts.append(f"not proven: {', '.join(doubtful)}")
    return "; ".join(parts) or "nothing was read yet"


def _at(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
