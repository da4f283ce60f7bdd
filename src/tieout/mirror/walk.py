"""Walking through an entity by query: all that changed in a span of time, every record, every id.

QuickBooks pages by position, and positions move while people work. So a walk by time goes on from the last time
it saw, and a walk by position begins each page with the last record of the page before: when nothing of that page
is on this one, records before it are gone, and the walk steps back until it meets what it has seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from tieout.kit.errors import Unreachable
from tieout.qbo.client import Books, Page
from tieout.qbo.entities.entity import Entity
from tieout.qbo.query import ACTIVE_AND_NOT, both, quoted, since_clause, stamp

PAGE: Final = 1000
"""Intuit's largest page."""
TROUBLED_MAX: Final = 20
"""How often a walk may step back before the entity is left to a calmer moment."""
TIME: Final = "MetaData.LastUpdatedTime"
SECOND: Final = timedelta(seconds=1)


class OutOfOrder(Exception):
    """QuickBooks did not keep the order that it was asked for, so a walk by time would leave records out."""


def everything(entity: Entity) -> str:
    """Ask for inactive records too: QuickBooks hides them otherwise."""
    return ACTIVE_AND_NOT if entity.active_flag else ""


def changed_between(books: Books, entity: Entity, since: datetime, until: datetime) -> Iterator[Page]:
    """Read what changed from one instant to another, both in QuickBooks' time, the oldest change first.

    A record may come twice. One that changes meanwhile may not come: its change is later than `until`. Raises
    OutOfOrder, and what `Books.page` raises.
    """
    at = since.replace(microsecond=0)
    while True:
        page = books.page(entity.name, start=1, size=PAGE, where=_where(entity, since_clause(at)), order=TIME)
        times = [record.updated_at for record in page.records if record.updated_at is not None]
        if times != sorted(times):
            raise OutOfOrder(entity.name)
        yield page
        if page.size < PAGE or (times and times[-1] > until):
            return
        if times and times[-1].replace(microsecond=0) > at:
            at = times[-1].replace(microsecond=0)
            continue
        # More than a page was changed within this second: by id within it, then the next second.
        yield from _one_second(books, entity, at)
        at += SECOND


def every_page(books: Books, entity: Entity, *, where: str = "", fields: str = "*") -> Iterator[Page]:
    """Read all records of an entity, inactive ones too, in a fixed order, with the steps back that it takes.

    A record may come twice; none that is there all the while is left out. Raises Unreachable when records are
    being deleted faster than they are read, and what `Books.page` raises.
    """
    start, steps_back = 1, 0
    before: frozenset[str] = frozenset()
    while True:
        page = books.page(
            entity.name,
            start=start,
            size=PAGE,
            where=_where(entity, where),
            order=entity.order,
            fields=fields,
        )
        ids = frozenset(record.qbo_id for record in page.records)
        if before and start > 1 and before.isdisjoint(ids) and not page.unread:
            steps_back += 1
            if steps_back > TROUBLED_MAX:
                raise Unreachable(
                    f"The {entity.plural} cannot be read through",
                    record=f"{entity.plural} in QuickBooks",
                    reason="records are being deleted faster than they are read",
                    remedy="It is tried again by itself",
                )
            start = max(1, start - PAGE)
            continue
        yield page
        if page.size < PAGE:
            return
        # The last record is read once more as the first of the next page; beside spoilt ones that proves nothing.
        before = ids if not page.unread else frozenset()
        start += page.size - (1 if before else 0)


def _one_second(books: Books, entity: Entity, at: datetime) -> Iterator[Page]:
    span = f"{TIME} >= {quoted(stamp(at))} AND {TIME} < {quoted(stamp(at + SECOND))}"
    yield from every_page(books, entity, where=span)


def _where(entity: Entity, where: str) -> str:
    return both(everything(entity), where)
