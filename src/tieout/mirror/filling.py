"""Filling the mirror: pages come from several readers at once and are written by one, each with its lane's state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from tieout.edges import Edges
from tieout.kit.errors import ReconnectNeeded, Rejected, TieoutError, Unreachable
from tieout.mirror.lanes import Disorder, Question, Walk
from tieout.mirror.progress import Progress, Speed, left
from tieout.mirror.readers import Readers
from tieout.mirror.rows import is_readable, row_of
from tieout.mirror.walk import PAGE, everything
from tieout.qbo.client import Books, Page, Record
from tieout.qbo.entities import ENTITIES
from tieout.qbo.entities.entity import Can, Entity
from tieout.qbo.marker import MARKED
from tieout.qbo.query import both, one_of
from tieout.storage.companies import Company
from tieout.storage.imports import RUNNING
from tieout.storage.leases import Lease
from tieout.storage.records import Change
from tieout.storage.unit_of_work import Work

ROUNDS_MAX: Final = 3
"""How often an entity is read on when the counts do not agree, before we say so and stop."""
IDS_ASKED: Final = 100
"""How many ids one query names."""

Watcher = Callable[[Progress], None]


@dataclass(frozen=True)
class Tally:
    """Asks how many records of an entity there are, after all were read."""

    entity: Entity
    walk: int


@dataclass(frozen=True)
class Answer:
    """A page; the count of everything too when it is a first one that shows only a part."""

    page: Page
    total: int | None = None


Asked: TypeAlias = Question | Tally


def mirrored() -> tuple[Entity, ...]:
    """List the entities that are mirrored: all that can be queried."""
    return tuple(entity for entity in ENTITIES if Can.QUERY in entity.can)


def quiet(_progress: Progress) -> None:
    """Watch nothing."""


@dataclass
class Filling:
    """One import of one company on its way."""

    edges: Edges
    books: Books
    company: Company
    lease: Lease | None
    watch: Watcher
    changed: int = 0
    """Changes that were queued for the engine."""
    counts: dict[str, int] = field(default_factory=dict)
    """How many records there are of each entity that is done."""
    walks: dict[str, Walk] = field(default_factory=dict)
    """The entities that are being read."""
    fresh: set[str] = field(default_factory=set)
    """Entities of which nothing was here before this import, and every record that came was new."""
    speeds: dict[str, Speed] = field(default_factory=lambda: defaultdict(Speed))
    errors: list[TieoutError] = field(default_factory=list)

    def run(self) -> dict[str, int]:
        """Read every entity; gives how many records each has. Whatever cannot be read is raised after the rest."""
        with Readers[Asked](self.edges.readers) as readers:
            for entity in mirrored():
                self._begin(readers, entity)
            for asked, answer in readers.answers():
                walk = self.walks.get(asked.entity.name)
                if walk is not None and asked.walk == walk.number:
                    self._carry_on(readers, walk, asked, answer.result)
        if self.errors:
            raise self.errors[0]
        return self.counts

    def _begin(self, readers: Readers[Asked], entity: Entity) -> None:
        with self.edges.database.reading() as work:
            state = work.imports.get(self.company.id, entity.name)
            lanes = work.imports.lanes(self.company.id, entity.name)
            known = work.records.count(self.company.id, entity.name, live=False)
        if self.company.cursor is None and not known:
            self.fresh.add(entity.name)
        assert state is not None, f"the import of {entity.plural} was never begun"
        if state.state != RUNNING:
            self._tell(entity, state.done, state.total, finished=True)
            self.counts[entity.name] = state.done
            return
        walk = Walk(entity, state.total, state.way)
        if lanes:
            walk.resume(lanes)
        else:
            walk.begin()
        self.walks[entity.name] = walk
        self._ask(readers, walk)

    def _ask(self, readers: Readers[Asked], walk: Walk) -> None:
        """Put the questions that are next: pages, or the count when all pages are here."""
        if walk.finished and walk.in_one_page is None and Can.COUNT in walk.entity.can:
            readers.ask(Tally(walk.entity, walk.number), lambda: self._count(walk.entity))
        elif walk.finished:
            self._settle(readers, walk, walk.in_one_page)
        for question in walk.questions():
            readers.ask(question, lambda question=question: self._page(question))  # type: ignore[misc]

    # ── in the readers' threads ──────────────────────────────────────────────────────────────────────────

    def _page(self, question: Question) -> Answer:
        entity = question.entity
        page = self.books.page(entity.name, start=question.start, size=PAGE, where=question.where)
        shows_all = page.size < PAGE or question.start > 1 or question.compares_ids
        counts = not shows_all and Can.COUNT in entity.can
        return Answer(page, self._count(entity) if counts else None)

    def _count(self, entity: Entity) -> int:
        return self.books.count(entity.name, where=everything(entity))

    # ── where the answers are taken ──────────────────────────────────────────────────────────────────────

    def _carry_on(
        self, readers: Readers[Asked], walk: Walk, asked: Asked, answer: Callable[[], Answer | int]
    ) -> None:
        """Take an answer; one that cannot be had ends the import of that entity alone."""
        try:
            found = answer()
            if isinstance(found, Answer):
                assert isinstance(asked, Question), asked
                readers.judge(found.page.took)
                self._take(readers, walk, asked, found)
            else:
                self._settle(readers, walk, found)
        except ReconnectNeeded:
            raise
        except Disorder as error:
            self._walk_by_position(readers, walk, str(error))
        except Rejected as error:
            if isinstance(asked, Question) and asked.compares_ids and not walk.way:
                self._walk_by_position(readers, walk, "QuickBooks does not compare its ids")
            else:
                self._refused(walk, error)
        except TieoutError as error:
            self._stopped(walk, error)

    def _take(self, readers: Readers[Asked], walk: Walk, asked: Question, answer: Answer) -> None:
        records = walk.take(asked, answer.page)
        if answer.total is not None:
            walk.plan(answer.total)
        if not walk.finished:
            # The next page is on its way while this one is written.
            self._ask(readers, walk)
        entity, now = walk.entity, self.edges.clock.now()
        total = max(walk.total, walk.done)
        rate = self.speeds[entity.name].at(now, walk.done)
        with self._transaction() as work:
            self._keep(work, entity, records)
            # The first page decides on the lanes; later ones move their own.
            moved = walk.lanes if answer.total is not None else walk.lanes[asked.lane : asked.lane + 1]
            work.imports.keep_lanes(self.company.id, entity.name, moved)
            work.imports.advance(
                self.company.id, entity.name, done=walk.done, total=total, rate=rate, now=now
            )
        self._tell(entity, walk.done, total, rate=rate, way=walk.way)
        if walk.finished:
            self._ask(readers, walk)

    def _keep(self, work: Work, entity: Entity, records: Sequence[Record]) -> None:
        now = self.edges.clock.now()
        if self.company.cursor is not None:
            # Once changes are followed, each one means something to the engine.
            changed = {one.qbo_id for one in self._upsert(work, records, now)}
        else:
            if not work.records.add_new(self.company.id, records, now=now):
                self.fresh.discard(entity.name)
                self._upsert(work, records, now)
            # Names are looked at by the engine at once, to match them. What was booked before is history: a
            # document is read when it is linked or changes, and looking into each would double the cost.
            # What carries our mark was sent by a database that is lost: the engine must not send it again.
            looked_at = records if entity.applied else ()
            unread = entity.active_flag
            changed = {
                one.qbo_id
                for one in looked_at
                # From behind it is found, or not, in half the time.
                if one.raw.rfind(MARKED) >= 0 or (unread and not is_readable(entity, one.raw))
            }
        for record in records:
            if record.qbo_id in changed:
                self._owe(work, entity, record.qbo_id, record.sync_token)

    def _upsert(self, work: Work, records: Sequence[Record], now: datetime) -> list[Change]:
        return work.records.upsert_many(self.company.id, map(row_of, records), now=now)

    def _owe(self, work: Work, entity: Entity, qbo_id: str, version: str) -> None:
        """Have the engine look at a change, if it is one of an entity that it looks at."""
        if entity.applied:
            work.inbound.queue(self.company.id, entity.name, qbo_id, version, now=self.edges.clock.now())
            self.changed += 1

    def _settle(self, readers: Readers[Asked], walk: Walk, there: int | None) -> None:
        """End the import of an entity if nothing is missing by QuickBooks' count; else read on."""
        entity = walk.entity
        here = self._here(entity)
        if there is not None and here + walk.unread < there:
            walk.rounds += 1
            if walk.rounds > ROUNDS_MAX:
                raise _unsettled(self.company, entity, there, here)
            if walk.rounds == 1:
                walk.read_on()
            else:
                self._start_over(walk, walk.way)
            self._ask(readers, walk)
            return
        if entity.name not in self.fresh and self._drop_absent(entity):
            here = self._here(entity)
        now = self.edges.clock.now()
        unread = f"{walk.unread} of them could not be read" if walk.unread else ""
        if there is not None and here > there and self.company.cursor is not None:
            # Of what was here before, something is neither there nor proven to be gone.
            unread = unread or f"QuickBooks counts {there}, and {here} are here"
        with self._transaction() as work:
            work.imports.finish(self.company.id, entity.name, done=here, total=here, now=now, error=unread)
        del self.walks[entity.name]
        self.counts[entity.name] = here
        self._tell(entity, here, here, finished=True, way=walk.way)

    def _drop_absent(self, entity: Entity) -> bool:
        """Mark what the mirror holds and this import did not meet: each absence is proven by reading the record.

        Tells whether there was any such record.
        """
        with self.edges.database.reading() as work:
            state = work.imports.get(self.company.id, entity.name)
            assert state is not None, entity
            unseen = work.records.unseen_since(
                self.company.id, entity.name, state.started_at, now=self.edges.clock.now()
            )
        if entity.key != ("Id",):
            return False  # what has no id cannot be read alone, so nothing proves that it is gone
        for first in range(0, len(unseen), IDS_ASKED):
            asked = unseen[first : first + IDS_ASKED]
            where = both(everything(entity), one_of("Id", asked))
            page = self.books.page(entity.name, start=1, where=where)
            with self._transaction() as work:
                self._keep(work, entity, page.records)
            for qbo_id in sorted(set(asked) - {one.qbo_id for one in page.records}):
                if self.books.read(entity.name, qbo_id) is None:
                    self._mark_gone(entity, qbo_id, page.server_time)
        return bool(unseen)

    def _mark_gone(self, entity: Entity, qbo_id: str, at: datetime) -> None:
        """Note that a record is gone; `at` is QuickBooks' time when it was missed, for our clock may be wrong."""
        now = self.edges.clock.now()
        with self._transaction() as work:
            if work.records.mark_deleted(self.company.id, entity.name, qbo_id, now=now, deleted_at=at):
                self._owe(work, entity, qbo_id, "deleted")

    # ── what does not go well ────────────────────────────────────────────────────────────────────────────

    def _walk_by_position(self, readers: Readers[Asked], walk: Walk, why: str) -> None:
        if walk.way:
            raise AssertionError(f"{walk.entity.plural} are walked through by position already: {why}")
        self._start_over(walk, why)
        self._ask(readers, walk)

    def _start_over(self, walk: Walk, way: str) -> None:
        walk.begin(way=way)
        with self._transaction() as work:
            work.imports.start_over(self.company.id, walk.entity.name, way=way)

    def _refused(self, walk: Walk, error: Rejected) -> None:
        """Leave out an entity that QuickBooks does not show to us, unless the engine cannot work without it."""
        entity = walk.entity
        if entity.applied:
            self._stopped(walk, error)
            return
        del self.walks[entity.name]
        with self._transaction() as work:
            work.imports.refuse(
                self.company.id, entity.name, error=error.sentence(), now=self.edges.clock.now()
            )
        self._tell(entity, walk.done, walk.done, finished=True, error=error.sentence())

    def _stopped(self, walk: Walk, error: TieoutError) -> None:
        """Say beside the progress why an entity's import stopped; the next import goes on from there."""
        del self.walks[walk.entity.name]
        self.errors.append(error)
        with self._transaction() as work:
            work.imports.fail(self.company.id, walk.entity.name, error=error.sentence())
        self._tell(walk.entity, walk.done, max(walk.total, walk.done), error=error.sentence())

    # ── small things ─────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _transaction(self) -> Iterator[Work]:
        with self.edges.database.transaction() as work:
            if self.lease is not None:
                work.companies.guard(self.lease)
            yield work

    def _here(self, entity: Entity) -> int:
        with self.edges.database.reading() as work:
            return work.records.count(self.company.id, entity.name, live=True)

    def _tell(
        self,
        entity: Entity,
        done: int,
        total: int,
        *,
        finished: bool = False,
        rate: int = 0,
        error: str = "",
        way: str = "",
    ) -> None:
        seconds = 0 if finished else left(total - done, rate)
        self.watch(Progress(entity.name, done, total, finished, rate, seconds, error, way))


def _unsettled(company: Company, entity: Entity, there: int, here: int) -> Unreachable:
    return Unreachable(
        f"The import of {entity.plural} does not settle",
        record=company.name,
        reason=f"QuickBooks counts {there}, and {here} were read, {ROUNDS_MAX + 1} times over; "
        "records are being changed while they are read",
        remedy="Start the import again; it goes on with what is missing",
    )
