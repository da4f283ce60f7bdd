"""The change feed, read so that nothing of it is missed: halved when it is full, walked by query where that is not enough.

One answer shows at most 1,000 objects of all entities together and does not say that there are more. A full one
is asked again in halves of the entities; only an entity that fills it alone is read by query, in the order of
change, and deletions that the feed had no room for are found by counting and comparing ids. Everything is stored
page by page, each in its own transaction, so that a hundred thousand changes need no more room than a thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tieout.domain.seen import Gone
from tieout.edges import Edges
from tieout.kit.errors import Rejected, TieoutError, Unreachable
from tieout.mirror.changes import store_changes
from tieout.mirror.sweep import Sweeper, Unproven
from tieout.mirror.walk import OutOfOrder, changed_between
from tieout.qbo.client import Books, Changes, Record
from tieout.qbo.entities import by_name
from tieout.qbo.entities.entity import Can, Entity
from tieout.qbo.webhooks import TOLD
from tieout.storage import coverage as stored
from tieout.storage.companies import Company
from tieout.storage.leases import Lease

LOOK_BACK: Final = timedelta(days=29)
"""Intuit's change feed looks back 30 days; a day is kept in hand."""


class TooLongAgo(Exception):
    """The feed does not reach back to where we were: everything has to be compared."""


@dataclass
class Feed:
    """One look at the changes of one company."""

    edges: Edges
    books: Books
    company: Company
    lease: Lease
    seen: int = 0
    changed: int = 0
    until: datetime | None = None
    """QuickBooks' time of the first answer: everything up to then was told."""
    trouble: dict[str, str] = field(default_factory=dict)
    """Why an entity's changes are not all here, by its name."""
    refused: set[str] = field(default_factory=set)
    """The entities that QuickBooks tells nothing of."""
    walked: set[str] = field(default_factory=set)
    """The entities that had more changes than the feed shows."""
    told_at: set[datetime] = field(default_factory=set)
    """To the minute, QuickBooks' times of the changes that webhooks should have told of."""

    def read(self, entities: Sequence[Entity], since: datetime) -> None:
        """Store everything that changed in some entities since an instant of QuickBooks' time.

        What cannot be had of one entity is in `trouble` afterwards, and the others are here. Raises TooLongAgo,
        and what concerns the company as a whole: Unreachable, Throttled, ReconnectNeeded, LeaseLost.
        """
        try:
            changes = self.books.changes([entity.name for entity in entities], since)
        except (Rejected, Unreachable) as error:
            if not was_answered(error):
                raise
            self._apart(entities, since, error)
            return
        if changes.server_time - since > LOOK_BACK:
            raise TooLongAgo
        self.until = min(self.until or changes.server_time, changes.server_time)
        self._take(entities, since, changes)

    def _take(self, entities: Sequence[Entity], since: datetime, changes: Changes) -> None:
        if len(entities) > 1 and (changes.may_be_cut or changes.refused is not None):
            for half in _halves(entities):
                self.read(half, since)
            return
        if changes.refused is not None:
            self._refuse(entities[0], changes.refused)
            return
        self.store(
            [(by_name(name), record) for name, found in changes.records.items() for record in found],
            changes.gone,
        )
        for spoilt in changes.unread:
            self.trouble[spoilt.entity] = (
                f"object {spoilt.place} of its changes since {since:%Y-%m-%d %H:%M} UTC cannot be read: {spoilt.why}"
            )
        if changes.may_be_cut:
            self._walk(entities[0], since, changes.server_time)

    def _apart(self, entities: Sequence[Entity], since: datetime, error: TieoutError) -> None:
        """Find out which entity QuickBooks does not tell of, unless it tells of none at all."""
        if len(entities) == 1:
            self._refuse(entities[0], error)
            return
        if self.until is None:
            # Nothing was answered so far. One entity alone tells whether it is the feed itself that does not work.
            now = self.books.page(entities[0].name, start=1, size=1).server_time
            if now - since > LOOK_BACK:
                raise TooLongAgo from error
            probe = Feed(self.edges, self.books, self.company, self.lease)
            probe.read(entities[:1], since)
            if probe.until is None:
                probe.read(entities[1:2], since)
            if probe.until is None:
                raise error
            self.until = probe.until
        for half in _halves(entities):
            self.read(half, since)

    def _refuse(self, entity: Entity, error: TieoutError) -> None:
        self.trouble[entity.name] = f"QuickBooks does not tell its changes: {error.reason or error.message}"
        self.refused.add(entity.name)

    def _walk(self, entity: Entity, since: datetime, until: datetime) -> None:
        """Read by query what the feed had no room for, then look whether anything is gone."""
        self.walked.add(entity.name)
        sweeper = Sweeper(self.edges, self.books, self.company, self.lease)
        try:
            try:
                self._walk_pages(entity, since, until)
            except OutOfOrder:
                sweeper.read_all(entity)
            else:
                self._look_for_gaps(sweeper, entity, until)
        except (Rejected, Unproven) as error:
            self.trouble[entity.name] = str(error)
        self.changed += sweeper.changed

    def _look_for_gaps(self, sweeper: Sweeper, entity: Entity, until: datetime) -> None:
        """Find what the feed had no room to tell was deleted; a count proves that only while nobody is at work."""
        counted = sweeper.count(entity) if Can.COUNT in entity.can else None
        if counted is None or counted.there != counted.here or self._goes_on(entity, until):
            sweeper.sweep(entity)

    def _goes_on(self, entity: Entity, until: datetime) -> bool:
        """Tell whether an entity has changed since; one made meanwhile would make up for one deleted before."""
        since = self.books.changes([entity.name], until.replace(microsecond=0))
        return bool(since.records or since.gone or since.unread or since.refused)

    def _walk_pages(self, entity: Entity, since: datetime, until: datetime) -> None:
        for page in changed_between(self.books, entity, since, until):
            self.store([(entity, record) for record in page.records], ())
            for spoilt in page.unread:
                self.trouble[entity.name] = f"a record that changed cannot be read: {spoilt.why}"

    def store(self, records: Iterable[tuple[Entity, Record]], gone: Iterable[Gone]) -> None:
        """Store one answer in a transaction of its own."""
        found, absent = list(records), list(gone)
        if not found and not absent:
            return
        with self.edges.database.transaction() as work:
            work.companies.guard(self.lease)
            self.changed += store_changes(self.edges, work, self.company, found, absent)
        self.seen += len(found) + len(absent)
        changes = [(entity.name, record.updated_at) for entity, record in found]
        changes += [(one.entity, one.at) for one in absent]
        self.told_at.update(
            at.replace(second=0, microsecond=0) for name, at in changes if at and name in TOLD
        )

    def rests_on(self, entity: str) -> str:
        """Say what is proven of an entity after this look."""
        return stored.WALKED if entity in self.walked else stored.FEED


def was_answered(error: TieoutError) -> bool:
    """Tell an answer that helps nobody (a fault, a garbled body) from a network without one, or a limit that was met."""
    return isinstance(error, Rejected) or (isinstance(error, Unreachable) and bool(error.facts.get("tid")))


def _halves(entities: Sequence[Entity]) -> tuple[Sequence[Entity], Sequence[Entity]]:
    middle = len(entities) // 2
    return entities[:middle], entities[middle:]
