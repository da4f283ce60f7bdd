"""Making a generated company: the history of `qbosim.generate.msp`, written by the API's own rules, many calls at a time."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from qbosim.clock import Clock
from qbosim.companies.empty import create_company
from qbosim.entities import writing
from qbosim.entities.catalogue import BY_NAME, ENTITIES
from qbosim.generate.gathering import Gathering
from qbosim.generate.msp import OFFICES, History, Posted, Size
from qbosim.generate.offices import OtherOffice, Plan, lists_of, pass_over, put_together
from qbosim.records.layout import Body
from qbosim.refusals import PACIFIC
from qbosim.store import Database, Store, unindexed

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
_WORTH_HELP = 3_000
"""Invoices from which on a second process is quicker than one."""
USER = "Book Keeper"
ALL = frozenset(range(OFFICES))


def kind_of(size: Size) -> str:
    """The words under which a file remembers what was generated."""
    return f"generated: {size.customers} customers, {size.invoices} invoices, {size.years} years"


def size_of(kind: str) -> Size | None:
    """Read those words; None when they are others."""
    found = re.fullmatch(r"generated: (\d+) customers, (\d+) invoices, (\d+) years", kind)
    return None if found is None else Size(*(int(number) for number in found.groups()))


def create_generated(
    store: Store, past: Clock, realm: str, *, name: str, seed: int, size: Size, helped: bool | None = None
) -> None:
    """Make the company `realm` with a history of `size` that ends at what `past` shows, a clock that stands still.

    `helped`: a second process does one office's part; without word it does where that is worth its while. The books are
    the same either way. Raises `OfficeFailed` when that process could not do it.
    """
    plan = Plan(realm, name, seed, size, past.now())
    if helped is None:
        helped = size.invoices >= _WORTH_HELP and (os.cpu_count() or 1) > 1
    if not helped or store.file is None:
        write_books(store, past, plan, ALL)
        return
    with OtherOffice(plan, store.file) as other:
        write_books(store, past, plan, frozenset({0}), other)


def write_books(
    store: Store, past: Clock, plan: Plan, offices: frozenset[int], other: OtherOffice | None = None
) -> None:
    """Write the company with what `offices` do, and with what the `other` one wrote meanwhile in a file of its own."""
    forms = [entity for entity in ENTITIES if entity.day_key]
    with store.transaction() as db, _without_pauses():
        # Numbers must be found before they are given again; whatever else is looked up is looked up by id.
        indexes = [
            name for entity in forms for name in entity.indexes() if name != entity.index_on("p_DocNumber")
        ]
        with unindexed(db, [*indexes, "posting_account"]):
            books = _Bulk(db, plan.realm, plan.now, offices)
            last = plan.now.astimezone(PACIFIC).date() - timedelta(days=1)
            history = History(books, plan.size, plan.seed, last)
            past.set(datetime.combine(history.first - timedelta(days=4), _OPENS, PACIFIC))
            create_company(store, past, plan.realm, name=plan.name, seed=plan.seed)
            past.set(plan.now)
            history.set_up()
            books.company.write_out()
            before = lists_of(books.company) if other is not None else {}
            history.tell_years()
            books.company.write_out()
            if other is not None:
                put_together(books.company, other.finished(), before)


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
    """Books that are written some thousand calls at a time: what some offices do, and what all of them stand on."""

    def __init__(self, db: Database, realm: str, now: datetime, offices: frozenset[int]) -> None:
        self.company = Gathering(db, realm, now=now, user=USER, entities=BY_NAME)
        self._moments = Moments(now.date())
        self._offices = offices
        self._calls = 0

    def on(self, day: date) -> None:
        """From now on it is that day."""
        self._moments.on(day)

    def post(self, entity: str, body: Body, verb: str = "create", office: int | None = None) -> Posted:
        """Do one thing the API knows, or leave it to the office that does it."""
        moment = self._moments.next()
        if office is not None and office not in self._offices:
            if verb != "create":
                return Posted(body["Id"], body["SyncToken"])
            return Posted(str(pass_over(self.company, BY_NAME[entity])), "0")
        self._calls += 1
        if self._calls % _CALLS_AT_ONCE == 0:
            self.company.write_out()
        self.company.begin_call(moment)
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
