"""Lanes: how the records of one entity are read side by side, so that none that was there throughout is missed.

A position in a list says where a lane begins; from there on the lane asks for what lies behind the last id it
read, until it meets the first id of the lane behind it. Lanes overlap by one record, so that a lane whose pages
are all read has met its neighbour, however many records were deleted or made meanwhile. That costs no page more
than one walk through everything: there are only as many lanes as the last page has room for.

Where ids cannot be walked along (they do not ascend, or QuickBooks refuses to compare them), one lane goes by
positions, and each page shows the last record of the one before it again: if it shows none of that page, records
have moved, and the lane goes back until it meets what it has read.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tieout.mirror.walk import PAGE, everything
from tieout.qbo.client import Page, Record
from tieout.qbo.entities.entity import Entity
from tieout.qbo.query import both, quoted
from tieout.storage.imports import Lane

LANES_MAX: Final = 8
"""Lanes of one entity: as many pages on their way as a second's round trip lets ten calls a second use."""
PAGES_LEAST: Final = 3
"""Pages below which a lane of its own is not worth it."""
NO_IDS: Final = "its records have no id of their own"


class Disorder(Exception):
    """A page does not stand where it must; says how, in words."""


@dataclass(frozen=True)
class Question:
    """One page to be asked for."""

    entity: Entity
    lane: int
    start: int
    where: str
    walk: int
    """The number of the walk that it belongs to: an entity that is read anew begins another one."""

    @property
    def compares_ids(self) -> bool:
        """Tell whether it asks for what lies behind an id."""
        return "Id >" in self.where


@dataclass
class Walk:
    """One entity being read, as far as its pages have come."""

    entity: Entity
    total: int = 0
    """What QuickBooks counted; 0 before it was asked."""
    way: str = ""
    """Empty while ids are walked along; else why positions are."""
    lanes: list[Lane] = field(default_factory=list)
    number: int = 0
    rounds: int = 0
    """How often it was read on because the counts did not agree."""
    unread: int = 0
    """Objects of this walk that are no records."""
    asked: set[int] = field(default_factory=set)
    """Lanes whose next page is on its way."""
    before: frozenset[str] = frozenset()
    """The ids of the page before, where positions are walked along."""

    def __post_init__(self) -> None:
        if not self.way and (self.entity.key != ("Id",) or self.entity.order != "Id"):
            self.way = NO_IDS

    @property
    def done(self) -> int:
        """Count the records that were read."""
        return sum(lane.done for lane in self.lanes)

    @property
    def finished(self) -> bool:
        """Tell whether every lane has come to its end."""
        return bool(self.lanes) and all(lane.finished for lane in self.lanes)

    @property
    def in_one_page(self) -> int | None:
        """Tell how many objects there are, if one page that had room for more showed them all: no count adds to that."""
        shown = self.done if self.way else self.done + self.unread
        return shown if self.finished and len(self.lanes) == 1 and shown < PAGE else None

    def begin(self, *, way: str = "") -> None:
        """Walk from the first record; answers to whatever was asked before are void."""
        self.way = way or self.way
        self.number += 1
        self.lanes, self.asked, self.before, self.unread = [Lane(0, 1)], set(), frozenset(), 0

    def resume(self, lanes: Sequence[Lane]) -> None:
        """Go on where lanes stood."""
        self.lanes = list(lanes)
        if self.way:
            # Of what the last page showed only the last record is remembered: it must be met again.
            self.before = frozenset(one.last_id for one in self.lanes if one.last_id)

    def read_on(self) -> None:
        """Look behind the last record; from the first one again where that cannot be asked."""
        opened = [one for one in self.lanes if one.last_id]
        if self.way or not opened:
            self.begin()
        else:
            self.total = 0
            self.lanes = [*opened[:-1], replace(opened[-1], finished=False)]

    def plan(self, total: int) -> None:
        """Split what lies behind the first page into lanes, now that it is counted."""
        self.total = total
        if self.way:
            return
        if self.done >= total:
            self.lanes = [replace(one, finished=True) for one in self.lanes]
            return
        pages = -(-total // PAGE)
        room = pages * PAGE - total
        number = max(1, min(LANES_MAX, room + 1, pages // PAGES_LEAST))
        each = -(-pages // number)
        starts = [1 + place * (each * PAGE - 1) for place in range(number)]
        self.lanes += [
            Lane(place, start) for place, start in enumerate(starts) if place > 0 and start <= total
        ]

    def questions(self) -> list[Question]:
        """Ask for each lane's next page that can be asked now: lanes walk on when all of them have begun."""
        beginning = not self.way and any(not one.first_id and not one.finished for one in self.lanes)
        asked = [
            place
            for place, one in enumerate(self.lanes)
            if not one.finished and place not in self.asked and not (beginning and one.first_id)
        ]
        self.asked.update(asked)
        return [self._question(place) for place in asked]

    def take(self, question: Question, page: Page) -> tuple[Record, ...]:
        """Take a page in, and give the records of it that are to be kept; Disorder when it stands wrong."""
        assert question.walk == self.number, "an answer that nobody waits for"
        self.asked.discard(question.lane)
        self.unread += len(page.unread)
        return self._by_position(question.start, page) if self.way else self._by_id(question.lane, page)

    def _by_id(self, place: int, page: Page) -> tuple[Record, ...]:
        lane, records = self.lanes[place], page.records
        numbers = _ascending(records, lane.last_id)
        neighbour = next((int(one.first_id) for one in self.lanes[place + 1 :] if one.first_id), 0)
        met = bool(neighbour and numbers and numbers[-1] >= neighbour)
        if met:
            records = records[: bisect_left(numbers, neighbour)]
        done = lane.done + len(records)
        counted = place == len(self.lanes) - 1 and 0 < self.total <= lane.start - 1 + done
        self.lanes[place] = replace(
            lane,
            first_id=lane.first_id or (records[0].qbo_id if records else ""),
            last_id=records[-1].qbo_id if records else lane.last_id,
            done=done,
            finished=met or counted or page.size != PAGE,
        )
        return records

    def _by_position(self, asked: int, page: Page) -> tuple[Record, ...]:
        lane, ids = self.lanes[0], [one.qbo_id for one in page.records]
        if self.before and lane.start > 1 and self.before.isdisjoint(ids) and not page.unread:
            # Records before this page are gone, and others have moved to where we were: a page back.
            self.lanes[0] = replace(lane, start=max(1, lane.start - PAGE))
            return page.records
        fresh = tuple(one for one in page.records if one.qbo_id not in self.before)
        start = asked + page.size
        last = ids[-1] if ids and not page.unread else ""
        self.lanes[0] = replace(lane, start=start, last_id=last, done=start - 1, finished=page.size != PAGE)
        self.before = frozenset(ids) if last else frozenset()
        return fresh

    def _question(self, place: int) -> Question:
        lane, where = self.lanes[place], everything(self.entity)
        start = lane.start
        if self.way:
            start = max(1, start - 1) if self.before else start
        elif lane.last_id:
            where, start = both(where, f"Id > {quoted(lane.last_id)}"), 1
        return Question(self.entity, place, start, where, self.number)


def _ascending(records: Sequence[Record], after: str) -> list[int]:
    """Give the ids as the numbers they are; Disorder when they are none, or do not ascend from where we were."""
    try:
        numbers = [int(one.qbo_id) for one in records]
    except ValueError:
        raise Disorder("its ids are no numbers") from None
    known = int(after) if after else -1
    if any(later <= earlier for earlier, later in zip([known, *numbers], numbers, strict=False)):
        raise Disorder("its pages do not come in the order of their ids")
    return numbers
