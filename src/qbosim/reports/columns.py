"""The columns of summary reports: one for all, one per span of days, or one per customer, vendor, class and so on."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from qbosim.reports.entries import Entries
from qbosim.reports.frame import Column
from qbosim.reports.parameters import NAMES, fiscal_month
from qbosim.reports.periods import FIRST_DAY, LAST_DAY, TIMES, Span, split
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Report columns",
    documented(
        "report.columns.names",
        "`summarize_column_by` Customers, Vendors, Employees, Classes, Departments and ProductsAndServices give a column "
        "per name with amounts, by name, and a total behind them.",
        "Intuit's documentation of ProfitAndLoss",
    ),
    assumed(
        "report.columns.not_specified",
        "Amounts without a name stand in a column Not Specified behind the names.",
        "so QuickBooks shows them on its own pages",
    ),
    assumed(
        "report.columns.keys",
        "The ColKey of a column of time is its title, that of a column by name is the name's id, and ageing steps are "
        "called current, 0, 1 and so on; the total is total.",
        "Intuit's samples show keys of other columns only",
    ),
    assumed(
        "report.columns.all_dates",
        "With all dates, or more than ten years of them, columns of time reach from the first to the last day with "
        "postings.",
        "there is no end to all dates",
    ),
)

NOT_SPECIFIED = "Not Specified"
MOST_DAYS = 3_660
"""A longer span has no columns beyond its postings."""

Amounts = list[int | None]
"""Cents per column, the total last where there is one; None where nothing was posted."""


@dataclass(frozen=True)
class Buckets:
    """What the columns of a report stand for."""

    by: str
    spans: Sequence[Span]
    keys: Sequence[int | None]
    """Ids that the columns stand for, when they are about names."""
    columns: Sequence[Column]
    """Without the leading one that names the rows; with the total, where there is one."""

    @property
    def key_column(self) -> str:
        """The posting's column that decides about the bucket; a constant when there is one bucket only."""
        if self.by in TIMES:
            return "day"
        return NAMES.get(self.by, "''")

    @property
    def has_total(self) -> bool:
        """Whether a total stands behind the columns."""
        return self.by != "Total"

    def place_of(self, key: object) -> int | None:
        """Which column of names a value of the key column falls into."""
        return 0 if self.by == "Total" else self.places.get(key)

    @cached_property
    def places(self) -> dict[object, int]:
        """The columns of the ids, when they are about names."""
        return {key: place for place, key in enumerate(self.keys)}

    def gather(self, sums: Iterable[tuple[int, object, int]]) -> dict[int, Amounts]:
        """Rows of account (or other row id), key and cents as amounts per row, with totals."""
        width = len(self.spans) if self.by in TIMES else max(1, len(self.keys))
        found: dict[int, Amounts] = defaultdict(lambda: [None] * width)
        starts = [span.start.isoformat() for span in self.spans]
        for row, key, amount in sums:
            if self.by in TIMES:
                place: int | None = bisect_right(starts, str(key)) - 1
            else:
                place = 0 if self.by == "Total" else self.places.get(key)
            if place is not None and place >= 0:
                found[row][place] = (found[row][place] or 0) + amount
        return {row: self.with_total(amounts) for row, amounts in found.items()}

    def with_total(self, amounts: Amounts) -> Amounts:
        """Amounts of the buckets with their sum behind them."""
        return [*amounts, add_up(amounts)] if self.has_total else amounts


def add_up(amounts: Iterable[int | None]) -> int | None:
    """The sum of amounts; None when there are none."""
    there = [amount for amount in amounts if amount is not None]
    return sum(there) if there else None


def add(rows: Iterable[Sequence[int | None]], width: int) -> Amounts:
    """Add up rows of amounts, column by column; `width` is the number of columns."""
    total: Amounts = [None] * width
    for row in rows:
        for place, amount in enumerate(row):
            if amount is not None:
                total[place] = (total[place] or 0) + amount
    return total


def filled(amounts: Sequence[int | None]) -> Amounts:
    """A sum with 0 where nothing was added, unless nothing was anywhere."""
    if all(amount is None for amount in amounts):
        return list(amounts)
    return [amount or 0 for amount in amounts]


def negative(amounts: Sequence[int | None]) -> Amounts:
    """Amounts with the other sign."""
    return [None if amount is None else -amount for amount in amounts]


def buckets_for(entries: Entries, *, where: str = "", total: bool = True, start: str = "") -> Buckets:
    """The columns a request asks for. `where` says which postings, from the day `start` on, decide about names."""
    asked = entries.asked
    by = asked.summarize
    last = [Column("Total", "Money", "total")]
    if by == "Total":
        return Buckets(by, [], [], last)
    if by in TIMES:
        parts = list(split(_bounded(entries), by, fiscal_month(entries.company)))
        columns = [
            Column(title, "Money", title, part.start.isoformat(), part.end.isoformat())
            for title, part in parts
        ]
        return Buckets(by, [part for _, part in parts], [], columns + (last if total else []))
    column = NAMES[by]
    ids = [row[0] for row in entries.sums(column, start or asked.start, asked.end, where=where)]
    named = sorted((entries.names.of(column, key).lower(), key) for key in ids if key is not None)
    keys: list[int | None] = [key for _, key in named]
    columns = [Column(entries.names.of(column, key), "Money", str(key)) for key in keys]
    if None in ids:
        keys.append(None)
        columns.append(Column(NOT_SPECIFIED, "Money", NOT_SPECIFIED))
    return Buckets(by, [], keys, [*columns, Column("TOTAL", "Money", "total")])


def _bounded(entries: Entries) -> Span:
    """The span of a request; where it has no first or last day, or is very long, that of the postings in it."""
    span = entries.asked.span
    is_bounded = span.start > FIRST_DAY and span.end < LAST_DAY
    if is_bounded and (span.end - span.start).days < MOST_DAYS:
        return span
    first, last = entries.company.db.execute(
        f"SELECT min(day), max(day) FROM {entries.table} WHERE realm = ? AND day BETWEEN ? AND ?",
        (entries.company.realm, entries.asked.start, entries.asked.end),
    ).fetchone()
    today = entries.company.today
    start = max(span.start, type(span.start).fromisoformat(first or today))
    end = min(span.end, type(span.end).fromisoformat(last or today))
    return Span(start, max(start, end))
