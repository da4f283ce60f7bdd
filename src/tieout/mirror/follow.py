"""Following changes: one call for all entities, stored together with the work they cause, then the cursor moves.

Only QuickBooks' own time counts here: what a call was answered at, never what our clock says. An entity whose
changes cannot be had stays where it was and is tried again on its own; the others go on. A gap longer than the
feed looks back is closed by a new import.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tieout.edges import Edges
from tieout.mirror.backfill import OVERLAP, fill, mirrored
from tieout.mirror.check import check_due
from tieout.mirror.coverage import (
    Pace,
    is_current,
    keep_accounts,
    note_company,
    note_trouble,
    outdated_accounts,
)
from tieout.mirror.feed import Feed, TooLongAgo
from tieout.qbo.client import Books
from tieout.qbo.entities.entity import Can, Entity
from tieout.storage import coverage as stored
from tieout.storage.companies import Company
from tieout.storage.coverage import Covered
from tieout.storage.leases import Lease

PACE: Final = Pace()


@dataclass(frozen=True)
class Followed:
    """What one look at the changes brought."""

    seen: int
    changed: int
    refilled: bool = False
    told_at: frozenset[datetime] = frozenset()
    """To the minute, QuickBooks' times of the changes that webhooks should have told of."""
    until: datetime | None = None
    """QuickBooks' time of the look; None when everything was read instead."""


def follow(edges: Edges, books: Books, company: Company, lease: Lease, pace: Pace = PACE) -> Followed:
    """Bring the mirror up to date, queue every effective change for the engine, and make the checks that are due.

    One metered read when little changed; more when the feed is full, and for each check that is due at that pace.
    """
    if company.cursor is None:
        return _close_gap(edges, books, company, lease)
    accounts = _accounts(edges, company, lease, pace)
    told = tuple(entity for entity in followed() if not accounts[entity.name].refused)
    feed = Feed(edges, books, company, lease)
    try:
        if told:
            feed.read(told, company.cursor)
    except TooLongAgo:
        return _close_gap(edges, books, company, lease)
    _move(edges, company, lease, feed, told, accounts)
    checked = check_due(edges, books, company, lease, pace)
    changed = feed.changed + sum(one.changed for one in checked)
    return Followed(feed.seen, changed, told_at=frozenset(feed.told_at), until=feed.until)


def _accounts(edges: Edges, company: Company, lease: Lease, pace: Pace) -> dict[str, Covered]:
    """Give every entity's account; mostly they are kept already, and nothing needs to be written."""
    with edges.database.reading() as work:
        wanted, changed = outdated_accounts(work, company, now=edges.clock.now(), pace=pace)
    if not changed:
        return wanted
    with edges.database.transaction() as work:
        work.companies.guard(lease)
        return keep_accounts(work, company, now=edges.clock.now(), pace=pace)


def followed() -> tuple[Entity, ...]:
    """List the mirrored entities that the change feed covers."""
    return tuple(entity for entity in mirrored() if Can.FOLLOW in entity.can)


def _move(
    edges: Edges,
    company: Company,
    lease: Lease,
    feed: Feed,
    told: tuple[Entity, ...],
    accounts: dict[str, Covered],
) -> None:
    """Move the cursor of the company, and that of each entity of which every change is here."""
    assert company.cursor is not None
    now = edges.clock.now()
    whole = [
        entity.name
        for entity in told
        if entity.name not in feed.trouble and is_current(accounts[entity.name], company.cursor)
    ]
    with edges.database.transaction() as work:
        work.companies.guard(lease)
        if feed.until is not None:
            for basis in (stored.FEED, stored.WALKED):
                names = [name for name in whole if feed.rests_on(name) == basis]
                work.coverage.change(company.id, names, complete_until=feed.until, rests_on=basis)
        for name, why in feed.trouble.items():
            note_trouble(work, company, name, why, now=now, refused=name in feed.refused)
        cursor = feed.until - OVERLAP if feed.until is not None else None
        note_company(work, lease, company, cursor=cursor)


def _close_gap(edges: Edges, books: Books, company: Company, lease: Lease) -> Followed:
    """Compare everything, going on where an earlier try stopped: the feed does not reach back to where we were."""
    with edges.database.reading() as work:
        interrupted = work.imports.pinned(company.id) is not None
    changed = fill(edges, company, books=books, lease=lease, anew=not interrupted).changed
    return Followed(changed, changed, refilled=True)
