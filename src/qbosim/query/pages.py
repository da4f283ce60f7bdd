"""Which records stand on a page of a query, as quickly on the last page as on the first.

`OFFSET` counts its way to the page, row by row. The page after it begins where this one ended, and so the order of the
rows is noted down as far as it was read, for as long as nobody writes the entity's table (`Database.notes`). What is
noted is what `OFFSET` would count: a page is the same with and without it.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from qbosim.records.layout import Layout
from qbosim.rules import Topic, assumed
from qbosim.store import Database

RULES = Topic(
    "Query",
    assumed(
        "query.pages",
        "A page is counted through the list as it stands at that moment: what is written between two pages moves the rows "
        "behind it.",
        "Intuit documents positions, and nothing that would keep a list still while it is paged through",
    ),
)

_MOST_NOTED = 8
"""Queries whose order is noted down for one table; a million rows take 8 MB each."""
_STRIDE = 100_000
"""Rows read ahead where the order can be read off an index alone."""
_FEW = 20_000
"""Rows that are found by a condition and then sorted sooner than met on the way through all others."""


@dataclass(frozen=True)
class Term:
    """One condition in SQL, on one column."""

    column: str
    sql: str
    values: tuple[Any, ...]
    sought: bool = True
    """Whether an index on the column finds the rows (not so for LIKE)."""


@dataclass(frozen=True)
class Ordered:
    """A query without its page: which live records of which company, in which order."""

    layout: Layout
    realm: str
    terms: tuple[Term, ...]
    order: str

    @property
    def where(self) -> str:
        """The condition in SQL."""
        return " AND ".join(("realm = ?", "deleted = 0", *(term.sql for term in self.terms)))

    @property
    def values(self) -> tuple[Any, ...]:
        """What the condition's marks stand for."""
        return (self.realm, *(value for term in self.terms for value in term.values))

    @property
    def led_by(self) -> str:
        """The column that the order looks at first, with its collation where it is not the column's own."""
        return self.order.partition(",")[0].removesuffix(" ASC").removesuffix(" DESC")


def count_rows(db: Database, query: Ordered) -> int:
    """How many records the query finds on all pages together."""
    row = db.execute(f"SELECT count(*) FROM {query.layout.table} WHERE {query.where}", query.values)
    return int(row.fetchone()[0])


def read_page(db: Database, query: Ordered, skip: int, most: int) -> list[str]:
    """The bodies of at most `most` records after the first `skip`, in their order."""
    return _bodies(db, query.layout.table, _places(db, query, skip, most))


def _places(db: Database, query: Ordered, skip: int, most: int) -> Sequence[int]:
    notes = db.notes(query.layout.table)
    noted: _Noted | None = notes.pop(query, None)
    if noted is None:
        noted = _Noted(db, query)
        if len(notes) >= _MOST_NOTED:
            del notes[next(iter(notes))]
    notes[query] = noted  # behind all others: the one not asked for the longest goes first
    return noted.between(skip, skip + most)


class _Noted:
    """The first rows of a query in their order, as far as somebody read."""

    def __init__(self, db: Database, query: Ordered) -> None:
        self._db = db
        self._query = query
        self._places = array("q")
        self._whole = False
        self._was_far = False

    def between(self, first: int, last: int) -> Sequence[int]:
        """The places of the rows from `first` up to `last` (excluded), counted from 0."""
        known = len(self._places)
        if known < last and not self._whole:
            if self._is_single(first, known):
                return self._read(self._leading, last - first, first)
            self._read_on(last)
        return self._places[first:last]

    def _is_single(self, first: int, known: int) -> bool:
        """Whether this is one page far away, for which nobody should note a million rows; the next one is not."""
        far = self._is_plain and first > known + _STRIDE and not self._was_far
        self._was_far = self._was_far or far
        return far

    def _read_on(self, last: int) -> None:
        """Note down rows up to `last` and, where somebody pages on, more: all, unless an index gives them in order."""
        known = len(self._places)
        index, most = self._leading, last
        if self._selective is not None and (known or self._is_selective):
            index, most = self._selective, -1
        elif known or last > _STRIDE:
            most = max(_STRIDE, last - known) if self._is_plain else -1
        skip = 0 if most < 0 else known
        found = self._read(index, most, skip)
        self._whole = most < 0 or len(found) < most
        self._places = self._places[:skip] + found

    def _read(self, index: str | None, most: int, skip: int) -> array[int]:
        query = self._query
        by = f" INDEXED BY {index}" if index is not None else ""
        rows = self._db.execute(
            f"SELECT rowid FROM {query.layout.table}{by} WHERE {query.where} ORDER BY {query.order} LIMIT ? OFFSET ?",
            (*query.values, most, skip),
        )
        return array("q", (place for (place,) in rows))

    @property
    def _leading(self) -> str | None:
        """The index that has the rows in the order asked for."""
        return self._query.layout.index_on(self._query.led_by)

    @property
    def _is_plain(self) -> bool:
        """Whether that index alone tells which rows are met, so that to pass over one costs next to nothing."""
        own = {self._query.led_by, "id"}
        return self._leading is not None and all(term.column in own for term in self._query.terms)

    @cached_property
    def _is_selective(self) -> bool:
        return self._found_by[0] < _FEW

    @cached_property
    def _selective(self) -> str | None:
        """The index by which a condition finds the fewest rows; None where none can, or where the order's own does."""
        return None if self._is_plain else self._found_by[1]

    @cached_property
    def _found_by(self) -> tuple[int, str | None]:
        """How many rows (counted no further than `_FEW`) the best index finds, and which one it is."""
        layout = self._query.layout
        found: list[tuple[int, str]] = []
        for column in dict.fromkeys(term.column for term in self._query.terms if term.sought):
            index = layout.index_on(column)
            if index is not None:
                found.append((self._count(column, index), index))
        return min(found, default=(_FEW, None))

    def _count(self, column: str, index: str) -> int:
        terms = [term for term in self._query.terms if term.sought and term.column == column]
        where = " AND ".join(("realm = ?", "deleted = 0", *(term.sql for term in terms)))
        row = self._db.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM {self._query.layout.table} INDEXED BY {index} WHERE {where} LIMIT ?)",
            (self._query.realm, *(value for term in terms for value in term.values), _FEW),
        )
        return int(row.fetchone()[0])


def _bodies(db: Database, table: str, places: Sequence[int]) -> list[str]:
    """The bodies in the order of their places."""
    rows = db.execute(
        f"SELECT rowid, body FROM {table} WHERE rowid IN (SELECT value FROM json_each(?))",
        (json.dumps(list(places)),),
    )
    found = dict(rows.fetchall())
    return [found[place] for place in places]
