"""Sweeping: is every record of an entity here, and only those? Counted first, then compared id by id.

Absence is believed only when it is proven: an id that a listing leaves out is asked for by query, then read, and
marked deleted when QuickBooks says that there is no such record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tieout.domain.seen import Gone
from tieout.edges import Edges
from tieout.kit.errors import Rejected
from tieout.mirror.changes import store_changes
from tieout.mirror.ids import Ids
from tieout.mirror.walk import PAGE, every_page, everything
from tieout.qbo.client import Books, Page
from tieout.qbo.entities.entity import Can, Entity
from tieout.qbo.query import both, one_of
from tieout.storage.companies import Company
from tieout.storage.leases import Lease

IDS_MAX: Final = 100
"""How many ids are asked for in one query."""
READ_MAX: Final = 100
"""How many absent records are read one by one; of more, so many are read, and when all are gone the lists are believed."""


class Unproven(Exception):
    """An entity could not be compared whole; the words say what is left."""


@dataclass(frozen=True)
class Counted:
    """What a comparison of one entity found."""

    there: int
    here: int
    swept: bool
    """True when ids were compared one by one."""
    at: datetime | None = None
    """QuickBooks' time when a full reading began; None when not every record was read."""


@dataclass
class Sweeper:
    """Comparisons of one company's entities, each write under its lease."""

    edges: Edges
    books: Books
    company: Company
    lease: Lease
    changed: int = 0
    """Records that were found to be new, other or gone."""

    def count(self, entity: Entity) -> Counted:
        """Count there and here; one metered read."""
        there = self.books.count(entity.name, where=everything(entity))
        return Counted(there, self._here(entity), swept=False)

    def count_or_sweep(self, entity: Entity) -> Counted:
        """Count, and where the counts differ compare id by id. Raises Unproven and what `Books.page` raises."""
        counted = self.count(entity) if Can.COUNT in entity.can else None
        return counted if counted is not None and counted.there == counted.here else self.sweep(entity)

    def sweep(self, entity: Entity) -> Counted:
        """Compare the ids of all records: fetch those that are only there, prove absent those that are only here.

        A metered read for each 1,000 records, one for each 100 that are missing, one for each that is gone.
        Raises Unproven and what `Books.page` raises.
        """
        if entity.key != ("Id",) or entity.wrapped:
            return self.read_all(entity)
        listed = Ids()
        began: datetime | None = None
        spoilt_ids: list[str] = []
        try:
            for page in every_page(self.books, entity, fields="Id"):
                began = began or page.server_time
                _take(listed, page)
                spoilt_ids += [f"object {spoilt.place} of the ids: {spoilt.why}" for spoilt in page.unread]
        except Rejected:
            return self.read_all(entity)  # a listing of ids alone is not promised everywhere
        assert began is not None
        with self.edges.database.reading() as work:
            compared = listed.compared(work.coverage.ids_here(self.company.id, entity.name))
        if len(compared.only_there) > max(IDS_MAX, compared.there // (PAGE // IDS_MAX)):
            return self.read_all(entity)  # cheaper than asking for so many by their ids
        unread = spoilt_ids + self._fetch(entity, compared.only_there)
        self._drop(entity, compared.only_here, began)
        if unread:
            raise Unproven(_spoilt(unread))
        return Counted(compared.there, self._here(entity), swept=True)

    def read_all(self, entity: Entity) -> Counted:
        """Read every record and compare; a metered read for each 1,000, and as `sweep` for those that are gone.

        Raises Unproven and what `Books.page` raises.
        """
        listed = Ids()
        began: datetime | None = None
        unread: list[str] = []
        for page in every_page(self.books, entity):
            began = began or page.server_time
            _take(listed, page)
            unread += [f"object {spoilt.place} of a page: {spoilt.why}" for spoilt in page.unread]
            self._store(entity, page)
        assert began is not None
        if entity.key == ("Id",):
            with self.edges.database.reading() as work:
                compared = listed.compared(work.coverage.ids_here(self.company.id, entity.name))
            self._drop(entity, compared.only_here, began)
        if unread:
            raise Unproven(_spoilt(unread))
        here = self._here(entity)
        return Counted(compared.there if entity.key == ("Id",) else here, here, swept=True, at=began)

    def _fetch(self, entity: Entity, ids: Sequence[str]) -> list[str]:
        """Read records by their ids; gives what could not be read."""
        unread: list[str] = []
        for first in range(0, len(ids), IDS_MAX):
            page = self._page_of(entity, ids[first : first + IDS_MAX])
            self._store(entity, page)
            unread += [f"one of {len(ids)} missing records: {spoilt.why}" for spoilt in page.unread]
        return unread

    def _drop(self, entity: Entity, ids: Sequence[str], at: datetime) -> None:
        """Mark deleted what is proven to be gone; `at` is QuickBooks' time when it was missed."""
        for first in range(0, len(ids), PAGE):
            absent = self._proven_absent(entity, ids[first : first + PAGE])
            with self.edges.database.transaction() as work:
                work.companies.guard(self.lease)
                gone = [Gone(entity.name, qbo_id, at) for qbo_id in absent]
                self.changed += store_changes(self.edges, work, self.company, (), gone)

    def _proven_absent(self, entity: Entity, ids: Sequence[str]) -> list[str]:
        missed: list[str] = []
        for first in range(0, len(ids), IDS_MAX):
            asked = ids[first : first + IDS_MAX]
            page = self._page_of(entity, asked)
            if page.unread:
                raise Unproven(_spoilt([spoilt.why for spoilt in page.unread]))
            self._store(entity, page)
            there = {record.qbo_id for record in page.records}
            missed += [qbo_id for qbo_id in asked if qbo_id not in there]
        read = missed[:READ_MAX]
        proven = [qbo_id for qbo_id in read if self.books.read(entity.name, qbo_id) is None]
        if len(proven) < len(read):
            raise Unproven(
                f"QuickBooks lists {len(read) - len(proven)} {entity.plural} as gone that it still gives when asked for"
            )
        return missed

    def _page_of(self, entity: Entity, ids: Sequence[str]) -> Page:
        return self.books.page(
            entity.name, start=1, size=PAGE, where=both(everything(entity), one_of("Id", ids))
        )

    def _store(self, entity: Entity, page: Page) -> None:
        with self.edges.database.transaction() as work:
            work.companies.guard(self.lease)
            self.changed += store_changes(
                self.edges, work, self.company, [(entity, record) for record in page.records], ()
            )

    def _here(self, entity: Entity) -> int:
        with self.edges.database.reading() as work:
            return work.records.count(self.company.id, entity.name, live=True)


def _take(listed: Ids, page: Page) -> None:
    listed.add(record.qbo_id for record in page.records)


def _spoilt(unread: Sequence[str]) -> str:
    more = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
    return f"cannot be read: {unread[0]}{more}"
