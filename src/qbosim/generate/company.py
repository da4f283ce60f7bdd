"""Making a generated company: the history of `qbosim.generate.msp`, written by the API's own rules, many calls at a time."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from qbosim.clock import Clock
from qbosim.companies.empty import create_company
from qbosim.entities import writing
from qbosim.entities.catalogue import BY_NAME
from qbosim.generate.gathering import Gathering
from qbosim.generate.msp import History, Posted, Size
from qbosim.records.layout import Body
from qbosim.refusals import PACIFIC
from qbosim.store import Database, Store

_VERBS = {
    "create": writing.create,
    "update": writing.update,
    "void": writing.void,
    "delete": writing.delete,
}
_LABELS = {"Account": "p_FullyQualifiedName", "Term": "p_Name", "PaymentMethod": "p_Name"}
_CALLS_AT_ONCE = 20_000
"""Calls after which what was gathered is written: some 100 MB."""
_OPENS = time(9)
_WORKING_SECONDS = 8 * 3600
USER = "Book Keeper"


def kind_of(size: Size) -> str:
    """The words under which a file remembers what was generated."""
    return f"generated: {size.customers} customers, {size.invoices} invoices, {size.years} years"


def size_of(kind: str) -> Size | None:
    """Read those words; None when they are others."""
    found = re.fullmatch(r"generated: (\d+) customers, (\d+) invoices, (\d+) years", kind)
    return None if found is None else Size(*(int(number) for number in found.groups()))


def create_generated(store: Store, past: Clock, realm: str, *, name: str, seed: int, size: Size) -> None:
    """Make the company `realm` with a history of `size` that ends at what `past` shows, a clock that stands still."""
    now = past.now()
    last = now.astimezone(PACIFIC).date() - timedelta(days=1)
    with store.transaction() as db, _without_pauses():
        books = _Bulk(db, realm, now)
        history = History(books, size, seed, last)
        past.set(datetime.combine(history.first - timedelta(days=4), _OPENS, PACIFIC))
        create_company(store, past, realm, name=name, seed=seed)
        past.set(now)
        history.tell()
        books.company.write_out()


class Moments:
    """When on its day each call of a history comes: from nine to five, one a second as far as that goes."""

    def __init__(self, day: date) -> None:
        self.on(day)

    def on(self, day: date) -> None:
        """The calls that follow come on that day."""
        self._day = datetime.combine(day, _OPENS, PACIFIC)
        self._calls = 0

    def next(self) -> datetime:
        """The next call's moment."""
        self._calls += 1
        return self._day + timedelta(seconds=min(self._calls, _WORKING_SECONDS))


class _Bulk:
    """Books that are written some thousand calls at a time."""

    def __init__(self, db: Database, realm: str, now: datetime) -> None:
        self.company = Gathering(db, realm, now=now, user=USER, entities=BY_NAME)
        self._moments = Moments(now.date())
        self._calls = 0

    def on(self, day: date) -> None:
        """From now on it is that day."""
        self._moments.on(day)

    def post(self, entity: str, body: Body, verb: str = "create") -> Posted:
        """Do one thing the API knows."""
        self._calls += 1
        if self._calls % _CALLS_AT_ONCE == 0:
            self.company.write_out()
        self.company.begin_call(self._moments.next())
        record = _VERBS[verb](self.company, BY_NAME[entity], body)
        return Posted(record.entity.id_text(record.id), str(record.token))

    def find(self, entity: str, name: str) -> str:
        """The id of a record of a name list."""
        (record,) = self.company.select(entity, f"{_LABELS[entity]} = ?", name)
        return record.entity.id_text(record.id)


@contextmanager
def _without_pauses() -> Iterator[None]:
    """Records hold no circles, so the collector would look through them for nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
