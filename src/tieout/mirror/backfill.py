"""The first import: every entity read page by page, with progress, resumable, and counted afterwards.

The cursor for following changes is pinned before the first page is read, so that nothing that happens while
pages are read falls between. A record deleted meanwhile moves the later ones up by a place, so an entity whose
count does not agree with QuickBooks' own is read once more. Once changes are being followed, what a new import
finds changed is queued for the engine in the same transaction, so that no import takes a change out of its sight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tieout.connections.books import open_books
from tieout.connections.companies import found
from tieout.connections.hold import Hold, claim
from tieout.connections.notices import connection_lost
from tieout.domain.permissions import SYNC
from tieout.edges import Edges
from tieout.kit.errors import ReconnectNeeded, TieoutError, Unreachable
from tieout.mirror.rows import is_readable, row_of
from tieout.qbo.client import Books
from tieout.qbo.entities import ENTITIES
from tieout.qbo.entities.entity import Can, Entity
from tieout.security.operation import Errand, errand
from tieout.storage.companies import Company
from tieout.storage.unit_of_work import Work

PAGE: Final = 1000
"""Intuit's largest page."""
OVERLAP: Final = timedelta(minutes=5)
"""How far the cursor is kept behind Intuit's clock, for changes that become visible late."""
POLL_SECONDS: Final = 0.5
"""How often the import of somebody else is looked at."""
ROUNDS_MAX: Final = 3
"""How often an entity is read anew when the counts do not agree, before we say so and stop."""


@dataclass(frozen=True)
class Progress:
    """How far the import of one entity is."""

    entity: str
    done: int
    total: int
    finished: bool


Watcher = Callable[[Progress], None]


@dataclass(frozen=True)
class Imported:
    """What an import brought."""

    company: str
    counts: dict[str, int]
    complete_until: datetime
    changed: int = 0
    """Changes that were queued for the engine."""


@dataclass
class _Filling:
    """One import of one company on its way."""

    edges: Edges
    books: Books
    company: Company
    changed: int = 0

    @property
    def follows(self) -> bool:
        """Tell whether changes were being followed already: then each one means something to the engine."""
        return self.company.cursor is not None

    def owe(self, work: Work, entity: str, qbo_id: str, version: str) -> None:
        """Have the engine look at a change."""
        work.inbound.queue(self.company.id, entity, qbo_id, version, now=self.edges.clock.now())
        self.changed += 1


def mirrored() -> tuple[Entity, ...]:
    """List the entities that are mirrored: all that can be queried."""
    return tuple(entity for entity in ENTITIES if Can.QUERY in entity.can)


def quiet(_progress: Progress) -> None:
    """Watch nothing."""


@errand("company.import", needs=SYNC, writes=True)
def import_company(act: Errand, *, company: str = "", watch: Watcher = quiet, anew: bool = False) -> Imported:
    """Read all records of a company into the mirror; goes on where an interrupted import stopped.

    While a cycle has the company (it imports too, when nobody did), its progress is watched instead.
    """
    edges = act.edges
    with edges.database.reading() as work:
        chosen = found(work, act.caller.tenant, company)
    while (lease := claim(edges, chosen.id)) is None:
        _watch_the_other(edges, chosen, watch)
    hold = Hold(edges, lease)
    try:
        with edges.database.reading() as work:
            now_is = work.companies.get(chosen.id)
        assert now_is is not None, chosen
        if now_is.cursor is not None and chosen.cursor is None and not anew:
            return _as_imported(edges, now_is)
        return fill(edges, now_is, books=open_books(edges, now_is, on_call=hold), watch=watch, anew=anew)
    finally:
        hold.let_go()


def _watch_the_other(edges: Edges, company: Company, watch: Watcher) -> None:
    """Show how far the cycle is that has the company; ReconnectNeeded when nobody may read it."""
    with edges.database.reading() as work:
        now_is = work.companies.get(company.id)
        running = work.imports.all(company.id)
    if now_is is None or now_is.status != "connected":
        raise ReconnectNeeded(
            "This company cannot be imported",
            record=company.name,
            reason=f"its connection is {now_is.status.replace('_', ' ') if now_is is not None else 'gone'}",
            remedy="Connect it again",
        )
    for one in running:
        watch(Progress(one.entity, one.done, one.total, one.state == "done"))
    edges.clock.sleep(POLL_SECONDS)


def _as_imported(edges: Edges, company: Company) -> Imported:
    """Tell of the import that a cycle made while this one waited for it."""
    assert company.complete_until is not None, company
    with edges.database.reading() as work:
        counts = {one.entity: one.done for one in work.imports.all(company.id)}
    return Imported(company.id, counts, company.complete_until)


def fill(
    edges: Edges, company: Company, *, books: Books | None = None, watch: Watcher = quiet, anew: bool = False
) -> Imported:
    """Read all records of a company into the mirror, then set the cursor from which changes are followed."""
    books = books or open_books(edges, company)
    filling = _Filling(edges, books, company)
    try:
        pinned = _pin(edges, books, company, anew=anew)
        counts = {entity.name: _fill_entity(filling, entity, watch) for entity in mirrored()}
    except ReconnectNeeded as error:
        connection_lost(edges, company, error)
        raise
    except TieoutError as error:
        _note_failure(edges, company, error)
        raise
    with edges.database.transaction() as work:
        work.companies.start_following(company.id, cursor=pinned - OVERLAP, complete_until=pinned)
        work.companies.wake(company.id, now=edges.clock.now())
    return Imported(company.id, counts, pinned, filling.changed)


def _note_failure(edges: Edges, company: Company, error: TieoutError) -> None:
    """Say beside the progress why an import stopped; it goes on from there."""
    with edges.database.transaction() as work:
        for one in work.imports.all(company.id):
            if one.state != "done":
                work.imports.fail(company.id, one.entity, error=error.sentence())


def _pin(edges: Edges, books: Books, company: Company, *, anew: bool) -> datetime:
    """Take the books' own time at the start of this import; an interrupted one keeps its first pin."""
    with edges.database.reading() as work:
        pinned = None if anew else work.imports.pinned(company.id)
    if pinned is not None:
        return pinned
    first = books.page(mirrored()[0].name, start=1, size=1)
    with edges.database.transaction() as work:
        work.imports.begin(
            company.id,
            [entity.name for entity in mirrored()],
            pinned=first.server_time,
            now=edges.clock.now(),
        )
    return first.server_time


def _fill_entity(filling: _Filling, entity: Entity, watch: Watcher) -> int:
    edges, books, company = filling.edges, filling.books, filling.company
    with edges.database.reading() as work:
        state = work.imports.get(company.id, entity.name)
    if state is not None and state.state == "done":
        watch(Progress(entity.name, state.done, state.total, True))
        return state.done
    start = state.next_start if state is not None else 1
    for _round in range(ROUNDS_MAX):
        total = books.count(entity.name, where=everything(entity))
        _read_pages(filling, entity, start, total, watch)
        settled = books.count(entity.name, where=everything(entity))
        with edges.database.reading() as work:
            have = work.records.count(company.id, entity.name, live=True)
        if have == settled:
            break
        if have > settled:
            _drop_absent(filling, entity)
            break
        start = 1
    else:
        raise Unreachable(
            f"The import of {entity.plural} does not settle",
            record=company.name,
            reason=f"QuickBooks counts {settled}, and {have} were read, {ROUNDS_MAX} times over; "
            "records are being changed while they are read",
            remedy="Start the import again; it goes on with what is missing",
        )
    with edges.database.transaction() as work:
        have = work.records.count(company.id, entity.name, live=True)
        work.imports.finish(company.id, entity.name, done=have, total=have, now=edges.clock.now())
    watch(Progress(entity.name, have, have, True))
    return have


def _read_pages(filling: _Filling, entity: Entity, start: int, total: int, watch: Watcher) -> None:
    edges, company = filling.edges, filling.company
    while True:
        page = filling.books.page(entity.name, start=start, size=PAGE, where=everything(entity))
        start += len(page.records)
        done = start - 1
        with edges.database.transaction() as work:
            changes = work.records.upsert_many(
                company.id, [row_of(entity, record) for record in page.records], now=edges.clock.now()
            )
            spoilt = {one.qbo_id for one in page.records if not is_readable(entity, one.raw)}
            for change in changes:
                if filling.follows or change.qbo_id in spoilt:
                    filling.owe(work, change.entity, change.qbo_id, change.sync_token)
            work.imports.advance(company.id, entity.name, done=done, total=max(total, done), next_start=start)
        watch(Progress(entity.name, done, max(total, done), False))
        if len(page.records) < PAGE:
            return


def _drop_absent(filling: _Filling, entity: Entity) -> None:
    """Mark what the mirror holds and QuickBooks does not: each absence is proven by reading the record."""
    edges, books, company = filling.edges, filling.books, filling.company
    with edges.database.reading() as work:
        known = set(work.records.ids(company.id, entity.name))
    there: set[str] = set()
    start = 1
    while True:
        page = books.page(entity.name, start=start, size=PAGE, where=everything(entity))
        there.update(record.qbo_id for record in page.records)
        start += len(page.records)
        if len(page.records) < PAGE:
            break
    for qbo_id in sorted(known - there):
        if books.read(entity.name, qbo_id) is None:
            with edges.database.transaction() as work:
                if work.records.mark_deleted(company.id, entity.name, qbo_id, now=edges.clock.now()):
                    filling.owe(work, entity.name, qbo_id, "deleted")


def everything(entity: Entity) -> str:
    """Ask for inactive records too: QuickBooks hides them otherwise."""
    return "Active IN (true, false)" if entity.active_flag else ""
