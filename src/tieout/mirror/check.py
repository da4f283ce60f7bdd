"""Checks: one entity at a time is proven complete, or shown not to be, on a slow schedule and on request.

What the change feed covers is counted there and here; where the counts differ, what came in meanwhile is read
first, and only then are ids compared one by one. What it does not cover is read whole. What is in trouble is
tried again, from where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from tieout.connections.books import open_books
from tieout.connections.companies import found
from tieout.connections.hold import Hold, take_turn
from tieout.domain.permissions import SYNC
from tieout.edges import Edges
from tieout.kit.errors import Invalid, Refused, Rejected, Retry, Unreachable
from tieout.mirror.backfill import OVERLAP, mirrored
from tieout.mirror.coverage import SOONEST_AGAIN, Pace, is_current, keep_accounts, note_company, note_trouble
from tieout.mirror.feed import Feed, TooLongAgo, was_answered
from tieout.mirror.sweep import Counted, Sweeper, Unproven
from tieout.qbo.client import Books
from tieout.qbo.entities import by_name
from tieout.qbo.entities.entity import Can, Entity
from tieout.security.operation import Errand, errand
from tieout.storage import coverage as stored
from tieout.storage.companies import Company
from tieout.storage.coverage import Covered
from tieout.storage.leases import Lease
from tieout.storage.unit_of_work import Work

AT_ONCE: Final = 8
"""How many due checks one look at a company makes: the others follow with the next looks."""
PAGE: Final = 1000


@dataclass(frozen=True)
class Due:
    """A check that is due, and what it costs when nothing is wrong."""

    entity: str
    reads: int
    """Metered reads."""


@dataclass(frozen=True)
class Checked:
    """How one check ended."""

    entity: str
    proven: bool
    there: int
    here: int
    swept: bool
    """True when records were compared one by one, not only counted."""
    changed: int
    """Records that were missing, other or gone, and are right now."""
    trouble: str = ""


@errand("mirror.check", needs=SYNC, writes=True)
def check_mirror(act: Errand, *, company: str = "", entity: str = "") -> list[Checked]:
    """Prove now that one entity, or all of them, are complete here; a metered read each when nothing is wrong."""
    edges = act.edges
    with edges.database.reading() as work:
        chosen = found(work, act.caller.tenant, company)
    wanted = _wanted(entity)
    if chosen.cursor is None:
        raise Refused(
            "There is nothing to check yet",
            record=chosen.name,
            reason="this company was not imported",
            remedy="Import it first",
        )
    hold = Hold(edges, take_turn(edges, chosen, done="checked"))
    try:
        with open_books(edges, chosen, on_call=hold) as books:
            return [check_entity(edges, books, chosen, hold.lease, one, Pace()) for one in wanted]
    finally:
        hold.let_go()


def due_checks(work: Work, company: Company, *, now: datetime, pace: Pace) -> list[Due]:
    """List the checks that are due, the longest due first, with what each costs."""
    accounts = work.coverage.all(company.id)
    due = [
        (account.check_at or account.troubled_at or now, entity)
        for entity in mirrored()
        if (account := accounts.get(entity.name)) is not None and _is_due(account, now, pace.of(entity))
    ]
    # Counting reads the index of every record there is: only for a check that is due.
    counts = work.records.counts(company.id) if due else {}
    return [
        Due(entity.name, _cost(entity, counts.get(entity.name, 0)))
        for _, entity in sorted(due, key=lambda one: one[0])
    ]


def check_due(edges: Edges, books: Books, company: Company, lease: Lease, pace: Pace) -> list[Checked]:
    """Make the checks that are due, a few at a time; a network that does not answer ends them for now."""
    with edges.database.reading() as work:
        now_is = work.companies.get(company.id)
        assert now_is is not None, company
        due = due_checks(work, now_is, now=edges.clock.now(), pace=pace)
    done: list[Checked] = []
    for one in due[:AT_ONCE]:
        try:
            done.append(check_entity(edges, books, now_is, lease, by_name(one.entity), pace))
        except Retry:
            with edges.database.transaction() as work:
                work.companies.guard(lease)
                work.coverage.change(company.id, [one.entity], check_at=edges.clock.now() + SOONEST_AGAIN)
            break
    return done


def check_entity(
    edges: Edges, books: Books, company: Company, lease: Lease, entity: Entity, pace: Pace
) -> Checked:
    """Prove one entity complete, repairing what is found; what cannot be proven is noted as its trouble.

    Raises what concerns the company as a whole: Unreachable, Throttled, ReconnectNeeded, LeaseLost.
    """
    check = _check(edges, books, company, lease, entity, pace)
    return _ended(check, check.run, edges.clock.now() + pace.of(entity))


def bring_up_to_date(
    edges: Edges, books: Books, company: Company, lease: Lease, entity: Entity, pace: Pace
) -> Checked:
    """Read what changed of one entity until now, then prove it complete; a metered read for each of the two.

    Otherwise as `check_entity`.
    """
    check = _check(edges, books, company, lease, entity, pace)
    return _ended(check, check.run_to_now, edges.clock.now() + pace.of(entity))


def _check(edges: Edges, books: Books, company: Company, lease: Lease, entity: Entity, pace: Pace) -> _Check:
    with edges.database.transaction() as work:
        work.companies.guard(lease)
        account = keep_accounts(work, company, now=edges.clock.now(), pace=pace)[entity.name]
    return _Check(edges, books, company, lease, entity, account)


def _ended(check: _Check, run: Callable[[], Counted], check_at: datetime) -> Checked:
    """Run a check and write down how it ended."""
    try:
        counted = run()
    except (Rejected, Unproven, Unreachable) as error:
        if isinstance(error, Unreachable) and not was_answered(error):
            raise
        why = str(error) if isinstance(error, Unproven) else error.reason or error.message
        return check.failed(why)
    return check.passed(counted, check_at)


class _Check:
    """One check of one entity."""

    def __init__(
        self, edges: Edges, books: Books, company: Company, lease: Lease, entity: Entity, account: Covered
    ) -> None:
        self._edges, self._company, self._lease = edges, company, lease
        self._entity, self._account = entity, account
        self._feed = Feed(edges, books, company, lease)
        self._sweeper = Sweeper(edges, books, company, lease)
        self._until: tuple[datetime, str] | None = None
        """Up to when it is complete by this check, and what that rests on; None when the feed's word stays."""

    def run(self) -> Counted:
        """Compare, in the cheapest way that proves it."""
        cursor = self._company.cursor
        if Can.FOLLOW not in self._entity.can or cursor is None:
            return self._read_all()
        if is_current(self._account, cursor):
            return self._count(cursor)
        return self.run_to_now()

    def run_to_now(self) -> Counted:
        """Read what changed since it was last complete, or everything, then compare."""
        if Can.FOLLOW not in self._entity.can or self._account.complete_until is None:
            return self._read_all()
        return self._catch_up(self._account.complete_until - OVERLAP)

    def _count(self, cursor: datetime) -> Counted:
        if Can.COUNT in self._entity.can:
            counted = self._sweeper.count(self._entity)
            if counted.there == counted.here:
                return counted
            # Somebody may be at work: what changed since the last look comes in before anything is alarming.
            try:
                self._feed.read([self._entity], cursor)
            except TooLongAgo:
                return self._read_all()
            self._nothing_wrong()
        return self._sweeper.count_or_sweep(self._entity)

    def _catch_up(self, since: datetime) -> Counted:
        """Go on where the entity stayed behind; what the feed does not tell is read whole."""
        try:
            self._feed.read([self._entity], since)
        except TooLongAgo:
            return self._read_all()
        if self._feed.refused:
            counted = self._read_all()
            assert self._until is not None
            with self._edges.database.transaction() as work:
                work.companies.guard(self._lease)
                work.coverage.change(
                    self._company.id,
                    [self._entity.name],
                    complete_until=self._until[0],
                    rests_on=stored.READ,
                    counted_at=self._edges.clock.now(),
                    there=counted.there,
                    here=counted.here,
                )
        self._nothing_wrong()
        assert self._feed.until is not None
        counted = self._sweeper.count_or_sweep(self._entity)
        self._until = (self._feed.until, self._feed.rests_on(self._entity.name))
        return counted

    def _read_all(self) -> Counted:
        counted = self._sweeper.read_all(self._entity)
        assert counted.at is not None
        self._until = (counted.at, stored.READ)
        return counted

    def _nothing_wrong(self) -> None:
        if self._feed.trouble:
            raise Unproven(next(iter(self._feed.trouble.values())))

    def passed(self, counted: Counted, check_at: datetime) -> Checked:
        """Write down that the entity is complete."""
        now = self._edges.clock.now()
        values: dict[str, Any] = {
            "counted_at": now,
            "there": counted.there,
            "here": counted.here,
            "check_at": check_at,
            "trouble": "",
            "troubled_at": None,
            "refused": False,
        }
        if counted.swept:
            values["swept_at"] = now
        if self._until is not None:
            values["complete_until"], values["rests_on"] = self._until
        with self._edges.database.transaction() as work:
            work.companies.guard(self._lease)
            work.coverage.change(self._company.id, [self._entity.name], **values)
            note_company(work, self._lease, self._company)
        return self._checked(counted, "")

    def failed(self, why: str) -> Checked:
        """Write down why it could not be proven."""
        with self._edges.database.transaction() as work:
            work.companies.guard(self._lease)
            note_trouble(
                work,
                self._company,
                self._entity.name,
                why,
                now=self._edges.clock.now(),
                refused=bool(self._feed.refused),
            )
            here = work.records.count(self._company.id, self._entity.name, live=True)
        return self._checked(Counted(self._account.there, here, swept=False), why)

    def _checked(self, counted: Counted, trouble: str) -> Checked:
        changed = self._feed.changed + self._sweeper.changed
        return Checked(
            self._entity.name,
            not trouble,
            counted.there,
            counted.here,
            counted.swept,
            changed,
            trouble,
        )


def _is_due(account: Covered, now: datetime, every: timedelta) -> bool:
    # One that lies beyond its turn was written by a clock that has been put back since.
    return account.check_at is None or account.check_at <= now or account.check_at > now + 2 * every


def _cost(entity: Entity, here: int) -> int:
    if Can.FOLLOW in entity.can and Can.COUNT in entity.can:
        return 1
    return max(1, -(-here // PAGE))


def _wanted(entity: str) -> Sequence[Entity]:
    names = {one.name.casefold(): one for one in mirrored()}
    if not entity:
        return mirrored()
    if entity.casefold() not in names:
        raise Invalid(
            "This kind of record is not mirrored",
            record=entity,
            reason=f"the mirror holds {', '.join(one.name for one in mirrored())}",
            remedy="Use one of these names",
        )
    return (names[entity.casefold()],)
