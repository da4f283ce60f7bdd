"""Following changes: one call for all entities, stored together with the work they cause, then the cursor moves.

Intuit's change feed gives at most 1,000 objects and no sign that more exist, so a full answer is read again by
query before the cursor moves. A gap longer than the feed looks back is closed by a new import.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tieout.domain.seen import Gone
from tieout.edges import Edges
from tieout.mirror.backfill import OVERLAP, PAGE, fill, mirrored
from tieout.mirror.rows import row_of
from tieout.qbo.client import Books, Record
from tieout.qbo.entities import by_name
from tieout.qbo.entities.entity import Can, Entity
from tieout.qbo.query import since_clause
from tieout.storage.companies import Company
from tieout.storage.leases import Lease
from tieout.storage.unit_of_work import Work

LOOK_BACK: Final = timedelta(days=29)
"""Intuit's change feed looks back 30 days; a day is kept in hand."""
SLOW: Final = timedelta(hours=24)
"""How often the lists are read that the feed does not cover (tax codes)."""


@dataclass(frozen=True)
class Followed:
    """What one look at the changes brought."""

    seen: int
    changed: int
    refilled: bool = False


def follow(edges: Edges, books: Books, company: Company, lease: Lease) -> Followed:
    """Bring the mirror up to date and queue every effective change for the engine."""
    now = edges.clock.now()
    if company.cursor is None or now - company.cursor > LOOK_BACK:
        return _close_gap(edges, books, company)
    entities = tuple(entity for entity in mirrored() if Can.FOLLOW in entity.can)
    changes = books.changes([entity.name for entity in entities], company.cursor)
    records = [(by_name(name), record) for name, found in changes.records.items() for record in found]
    gone: tuple[Gone, ...] = changes.gone
    if changes.may_be_cut:
        again, missing = _enumerate(edges, books, company, entities, company.cursor)
        records += again
        gone = (*gone, *missing)
    with edges.database.transaction() as work:
        work.companies.guard(lease)
        changed = store_changes(edges, work, company, records, gone)
        cursor = max(company.cursor, changes.server_time - OVERLAP)
        work.companies.move_cursor(lease, cursor=cursor, complete_until=changes.server_time)
    _read_uncovered(edges, books, company, lease)
    return Followed(len(records) + len(gone), changed)


def store_changes(
    edges: Edges, work: Work, company: Company, records: Iterable[tuple[Entity, Record]], gone: Iterable[Gone]
) -> int:
    """Store changed records and, in the same transaction, queue what the engine must look at."""
    now = edges.clock.now()
    changed = 0
    for change in work.records.upsert_many(
        company.id, [row_of(entity, record) for entity, record in records], now=now
    ):
        work.inbound.queue(company.id, change.entity, change.qbo_id, change.sync_token, now=now)
        changed += 1
    for absent in gone:
        if work.records.mark_deleted(company.id, absent.entity, absent.qbo_id, now=now, deleted_at=absent.at):
            work.inbound.queue(company.id, absent.entity, absent.qbo_id, "deleted", now=now)
            changed += 1
    return changed


def _close_gap(edges: Edges, books: Books, company: Company) -> Followed:
    """Compare everything, going on where an earlier try stopped: the feed does not reach back to where we were."""
    with edges.database.reading() as work:
        interrupted = work.imports.pinned(company.id) is not None
    changed = fill(edges, company, books=books, anew=not interrupted).changed
    return Followed(changed, changed, refilled=True)


def _enumerate(
    edges: Edges, books: Books, company: Company, entities: tuple[Entity, ...], since: datetime
) -> tuple[list[tuple[Entity, Record]], list[Gone]]:
    """Read by query all that changed since, and find by their ids the records that are gone."""
    records: list[tuple[Entity, Record]] = []
    gone: list[Gone] = []
    for entity in entities:
        where = since_clause(since)
        if entity.active_flag:
            where = f"Active IN (true, false) AND {where}"
        records += [(entity, record) for record in _all_pages(books, entity, where)]
        if entity.active_flag:
            continue  # names are made inactive, never deleted
        there = {record.qbo_id for record in _all_pages(books, entity, "")}
        with edges.database.reading() as work:
            known = set(work.records.ids(company.id, entity.name))
        gone += [
            Gone(entity.name, qbo_id)
            for qbo_id in sorted(known - there)
            if books.read(entity.name, qbo_id) is None
        ]
    return records, gone


def _all_pages(books: Books, entity: Entity, where: str) -> Iterable[Record]:
    start = 1
    while True:
        page = books.page(entity.name, start=start, size=PAGE, where=where)
        yield from page.records
        start += len(page.records)
        if len(page.records) < PAGE:
            return


def _read_uncovered(edges: Edges, books: Books, company: Company, lease: Lease) -> None:
    """Read, once a day, the short lists that the change feed does not cover."""
    now = edges.clock.now()
    for entity in mirrored():
        if Can.FOLLOW in entity.can:
            continue
        with edges.database.reading() as work:
            state = work.imports.get(company.id, entity.name)
        if state is not None and state.finished_at is not None and now - state.finished_at < SLOW:
            continue
        where = "Active IN (true, false)" if entity.active_flag else ""
        records = [(entity, record) for record in _all_pages(books, entity, where)]
        with edges.database.transaction() as work:
            work.companies.guard(lease)
            store_changes(edges, work, company, records, ())
            work.imports.finish(company.id, entity.name, done=len(records), total=len(records), now=now)
