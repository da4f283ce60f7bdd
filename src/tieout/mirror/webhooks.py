"""What webhooks told of, settled against the mirror: shown already, fetched by id, or left to the checks behind it.

The look that a webhook causes reads the change feed once for everything. Only what the feed does not show (it
lags behind, or does not cover the entity) is asked for by its ids, one query per entity.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tieout.connections.webhooks import SILENT, is_shown
from tieout.domain.seen import Gone
from tieout.edges import Edges
from tieout.mirror.changes import store_changes
from tieout.qbo.client import Books, Record
from tieout.qbo.entities import Can, by_name
from tieout.qbo.query import one_of
from tieout.qbo.webhooks import DELETED, MERGED
from tieout.security.notices import News, tell
from tieout.storage.companies import Company
from tieout.storage.events import Event, Shown
from tieout.storage.leases import Lease
from tieout.storage.unit_of_work import Work

AT_ONCE: Final = 10_000
"""Events that one look settles; the rest wait for the next one, which follows at once."""
IDS_MAX: Final = 100
"""Ids in one query."""
TRIES: Final = 3
"""How often an event is looked for before the checks of the whole entity are left to find it."""
AFTER_LOOK: Final = timedelta(seconds=2)
AFTER_FETCH: Final = timedelta(minutes=1)
"""How much older than its event a record may be that was read after the event came: Intuit's clocks are two."""
EARLIER: Final = timedelta(minutes=5)
LATER: Final = timedelta(minutes=10)
"""How far the time that a webhook tells may lie before or after a change that it accounts for."""


@dataclass
class SettledEvents:
    """What became of the events that waited."""

    settled: list[int] = field(default_factory=list)
    tried: list[int] = field(default_factory=list)
    """Looked for without being found; they are looked for again."""
    given_up: list[int] = field(default_factory=list)
    changed: int = 0
    """Records that turned out to be others than the mirror showed."""


def settle_events(edges: Edges, books: Books, company: Company, lease: Lease) -> SettledEvents:
    """Settle what webhooks told of a company, after its change feed was read. Errors as of a read."""
    ends = SettledEvents()
    with edges.database.reading() as work:
        waiting = work.events.open(company.id, AT_ONCE)
        by_entity = _by_entity(waiting)
        shown = {name: work.events.shown(company.id, name, _ids(mine)) for name, mine in by_entity.items()}
    for name, mine in by_entity.items():
        left = [one for one in mine if not _is_settled(one, shown[name], AFTER_LOOK)]
        ends.settled += {one.id for one in mine} - {one.id for one in left}
        if Can.QUERY in by_name(name).can:
            for some in _in_queries(left):
                _fetch(edges, books, company, lease, name, some, ends)
        else:
            ends.given_up += [one.id for one in left]
    if waiting:
        now = edges.clock.now()
        with edges.database.transaction() as work:
            work.companies.guard(lease)
            settled = set(ends.settled)
            for one in waiting:
                if one.operation == MERGED and one.deleted_id and one.id in settled:
                    _note_merge(work, company, one, now)
            work.events.settle(ends.settled, now=now)
            work.events.give_up(ends.given_up, now=now)
            work.events.tried(ends.tried)
    return ends


def _note_merge(work: Work, company: Company, event: Event, now: datetime) -> None:
    """Say of a record that the feed showed as deleted into which one it went; nothing of one that is still there."""
    shown = work.events.shown(company.id, event.entity, [event.deleted_id]).get(event.deleted_id)
    if shown is not None and shown.deleted:
        work.records.mark_deleted(
            company.id, event.entity, event.deleted_id, now=now, merged_into=event.qbo_id
        )


def listen(
    edges: Edges, company: Company, lease: Lease, changed_at: Iterable[datetime], until: datetime
) -> None:
    """Find out whether webhooks still work: was what a look brought told of?

    `changed_at` are the times of changes that webhooks should tell of, `until` QuickBooks' time of the look. A
    change that nothing was told of ten minutes later means that webhooks are silent; people are told, and the
    company is looked at in its own frequency until one comes again. Of a company of which none ever came
    nothing is expected.
    """
    since = company.connected_at + EARLIER
    changes = sorted(at for at in {*changed_at, *filter(None, [company.untold_at])} if at >= since)
    if company.webhook_at is None or (not changes and company.untold_at is None):
        return
    with edges.database.transaction() as work:
        work.companies.guard(lease)
        now_is = work.companies.get(company.id)
        assert now_is is not None, company
        told = work.events.moments(company.id, changes[0] - EARLIER, changes[-1] + LATER) if changes else []
        untold = first_untold(changes, told)
        # What was taken for untold when the look began may have been told while it was going on.
        missed = now_is.missed_at
        if untold is not None and until - untold > LATER and now_is.webhook_at == company.webhook_at:
            missed = missed or edges.clock.now()
            _tell_silent(edges, work, now_is, untold)
        work.looks.judged(company.id, untold_at=untold, missed_at=missed)


def _tell_silent(edges: Edges, work: Work, company: Company, untold: datetime) -> None:
    tell(
        edges,
        work,
        company.tenant,
        News(
            SILENT,
            company.id,
            what="QuickBooks' webhooks do not arrive any more",
            record=company.name,
            why=f"a change of {untold:%Y-%m-%d %H:%M} UTC was found here that no webhook told of",
            remedy="Look in Intuit's developer portal whether the endpoint is active, and whether this installation "
            "can be reached there. Until a webhook comes the company is looked at in its own frequency",
        ),
        company=company.id,
    )


def first_untold(changes: Iterable[datetime], told: Sequence[datetime]) -> datetime | None:
    """Find the earliest change of which no webhook told; both are times of QuickBooks' clock, `told` sorted.

    A change counts as told when webhooks told of anything around its time: one change moves other records
    too (a payment moves balances), and whether those are told is not certain.
    """
    untold = (at for at in changes if not _is_told(at, told))
    return min(untold, default=None)


def _is_told(at: datetime, told: Sequence[datetime]) -> bool:
    place = bisect_left(told, at - EARLIER)
    return place < len(told) and told[place] <= at + LATER


def _fetch(
    edges: Edges,
    books: Books,
    company: Company,
    lease: Lease,
    name: str,
    events: Sequence[Event],
    ends: SettledEvents,
) -> None:
    """Read the records of one entity that the feed did not show, by their ids: one metered read."""
    wanted = one_of("Id", sorted(_ids(events)))
    found = {record.qbo_id: record for record in books.find(name, wanted)}
    entity = by_name(name)
    gone = [one for event in events for one in _gone(event, name, found)]
    with edges.database.transaction() as work:
        work.companies.guard(lease)
        ends.changed += store_changes(
            edges, work, company, [(entity, record) for record in found.values()], gone
        )
    for event in events:
        if _is_answered(event, found):
            ends.settled.append(event.id)
        elif event.attempts + 1 < TRIES:
            ends.tried.append(event.id)
        else:
            ends.given_up.append(event.id)


def _gone(event: Event, name: str, found: Mapping[str, Record]) -> Iterator[Gone]:
    """Give the records whose end was told and that QuickBooks does not show any more: both together are proof."""
    if event.operation == DELETED and event.qbo_id not in found:
        yield Gone(name, event.qbo_id, event.happened_at)
    if event.operation == MERGED and event.deleted_id and event.deleted_id not in found:
        yield Gone(name, event.deleted_id, event.happened_at, merged_into=event.qbo_id)


def _is_settled(event: Event, shown: Mapping[str, Shown], slack: timedelta) -> bool:
    """Tell whether the mirror shows what an event told of."""
    if event.operation == MERGED:
        merged = shown.get(event.deleted_id)
        return event.qbo_id in shown and merged is not None and merged.deleted
    return is_shown(event.operation, event.happened_at, shown.get(event.qbo_id), slack)


def _is_answered(event: Event, found: Mapping[str, Record]) -> bool:
    """Tell whether what was read just now is what the event told of."""
    if event.operation == DELETED:
        return event.qbo_id not in found
    record = found.get(event.qbo_id)
    if record is None:
        return False
    shown = Shown(record.updated_at, deleted=False)
    return (
        event.happened_at is None
        or record.updated_at is None
        or event.operation == MERGED
        or (is_shown(event.operation, event.happened_at, shown, AFTER_FETCH))
    )


def _by_entity(events: Iterable[Event]) -> dict[str, list[Event]]:
    grouped: dict[str, list[Event]] = {}
    for one in events:
        grouped.setdefault(one.entity, []).append(one)
    return grouped


def _ids(events: Iterable[Event]) -> set[str]:
    return {name for one in events for name in (one.qbo_id, one.deleted_id) if name}


def _in_queries(events: Sequence[Event]) -> Iterator[list[Event]]:
    """Put together the events whose ids fit one query."""
    some: list[Event] = []
    ids: set[str] = set()
    for one in sorted(events, key=lambda one: (one.qbo_id, one.id)):
        if some and len(ids | _ids([one])) > IDS_MAX:
            yield some
            some, ids = [], set()
        some.append(one)
        ids |= _ids([one])
    if some:
        yield some
