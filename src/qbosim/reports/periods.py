"""Spans of days: what a date macro means, and how a span falls into weeks, months, quarters and years."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Report periods",
    documented(
        "report.date_macro",
        "`date_macro` names a span of days in Intuit's words, in any case; fiscal ones follow "
        "CompanyInfo.FiscalYearStartMonth.",
        "Intuit's documentation of the report entities",
    ),
    documented(
        "report.columns.time",
        "`summarize_column_by` Days, Week, Month, Quarter, Year, FiscalQuarter and FiscalYear give a column per span, "
        "with StartDate and EndDate in its MetaData, and a total behind them.",
        "Intuit's documentation of ProfitAndLoss; Report.xsd",
    ),
    recorded(
        "report.year_titles",
        "A column of a whole year is `Jan - Dec 2025`, one of a part of it `Jan 1 - Jun 21, 2025`.",
        "XML of a BalanceSheet by years (ruckus/quickbooks-ruby)",
    ),
    assumed(
        "report.columns.weeks",
        "Weeks begin on Sunday, and the first and last column are cut to the report's own days.",
        "so QuickBooks shows weeks in the US",
    ),
)

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(9999, 12, 31)
LAST_YEAR = 9000
"""From this year on, an end is no end: calendars end in 9999."""

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True)
class Span:
    """Days from `start` to `end`, both included."""

    start: date
    end: date


def fiscal_year_start(day: date, first_month: int) -> date:
    """The first day of the fiscal year that `day` lies in; `first_month` is 1 to 12."""
    year = day.year if day.month >= first_month else day.year - 1
    return date(year, first_month, 1)


def add_months(day: date, count: int) -> date:
    """The first day of a month that lies `count` months from that of `day`."""
    index = day.year * 12 + day.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def _month(day: date, back: int) -> Span:
    start = add_months(day, -back)
    return Span(start, add_months(start, 1) - timedelta(days=1))


def _weeks(day: date, back: int, count: int = 1) -> Span:
    sunday = day - timedelta(days=(day.weekday() + 1) % 7) - timedelta(days=7 * back)
    return Span(sunday, sunday + timedelta(days=7 * count - 1))


def _quarter(day: date, back: int, first_month: int) -> Span:
    year = fiscal_year_start(day, first_month)
    passed = (day.year * 12 + day.month) - (year.year * 12 + year.month)
    start = add_months(year, passed // 3 * 3 - 3 * back)
    return Span(start, add_months(start, 3) - timedelta(days=1))


def _year(day: date, back: int, first_month: int) -> Span:
    start = add_months(fiscal_year_start(day, first_month), -12 * back)
    return Span(start, add_months(start, 12) - timedelta(days=1))


def _same_point(day: date, span: Span, past: Span) -> Span:
    """The part of a past span that corresponds to the part of `span` that has passed on `day`."""
    months = (day.year * 12 + day.month) - (span.start.year * 12 + span.start.month)
    if past.end - past.start < timedelta(days=8):
        return Span(past.start, past.start + (day - span.start))
    first = add_months(past.start, months)
    last = add_months(first, 1) - timedelta(days=1)
    return Span(past.start, min(first + timedelta(days=day.day - 1), last, past.end))


_UNITS: dict[str, Callable[[date, int, int], Span]] = {
    "week": lambda day, back, _first: _weeks(day, back),
    "month": lambda day, back, _first: _month(day, back),
    "calendar quarter": lambda day, back, _first: _quarter(day, back, 1),
    "fiscal quarter": _quarter,
    "calendar year": lambda day, back, _first: _year(day, back, 1),
    "fiscal year": _year,
    "quarter": lambda day, back, _first: _quarter(day, back, 1),
    "year": lambda day, back, _first: _year(day, back, 1),
}


def macro_span(macro: str, today: date, first_month: int) -> Span | None:
    """The days that a date macro means, or None for words that are no macro."""
    words = " ".join(macro.lower().split())
    fixed = {
        "today": Span(today, today),
        "yesterday": Span(today - timedelta(days=1), today - timedelta(days=1)),
        "all": Span(FIRST_DAY, LAST_DAY),
        "next 4 weeks": _weeks(today, -1, 4),
    }
    if words in fixed:
        return fixed[words]
    to_date = words.endswith("-to-date")
    which, _, unit = words.removesuffix("-to-date").partition(" ")
    back = {"this": 0, "last": 1, "next": -1}.get(which)
    span_of = _UNITS.get(unit)
    if back is None or span_of is None or (to_date and back < 0):
        return None
    span = span_of(today, back, first_month)
    if not to_date:
        return span
    return _same_point(today, span_of(today, 0, first_month), span)


def split(span: Span, by: str, first_month: int) -> Iterator[tuple[str, Span]]:
    """The columns of a span: title and days of each. `by` is a value of `summarize_column_by` that is about time."""
    day = span.start
    while day <= span.end:
        whole = _SPLITS[by](day, first_month)
        part = Span(max(whole.start, span.start), min(whole.end, span.end))
        yield _title(by, part, whole), part
        day = whole.end + timedelta(days=1)


def whole_around(day: date, by: str, first_month: int) -> tuple[str, Span]:
    """The title and the days of the whole week, month and so on in which a day lies; `by` is as in `split`."""
    whole = _SPLITS[by](day, first_month)
    return _title(by, whole, whole), whole


_SPLITS: dict[str, Callable[[date, int], Span]] = {
    "Days": lambda day, _first: Span(day, day),
    "Week": lambda day, _first: _weeks(day, 0),
    "Month": lambda day, _first: _month(day, 0),
    "Quarter": lambda day, _first: _quarter(day, 0, 1),
    "FiscalQuarter": lambda day, first: _quarter(day, 0, first),
    "Year": lambda day, _first: _year(day, 0, 1),
    "FiscalYear": lambda day, first: _year(day, 0, first),
}
TIMES = frozenset(_SPLITS)


def _short(day: date) -> str:
    return MONTHS[day.month - 1][:3]


def _title(by: str, part: Span, whole: Span) -> str:
    start, end = part.start, part.end
    if by == "Days":
        return f"{_short(start)} {start.day}, {start.year}"
    if by in ("Week",) or (by == "Month" and part != whole):
        if start.month == end.month:
            return f"{_short(start)} {start.day} - {end.day}, {end.year}"
        return f"{_short(start)} {start.day} - {_short(end)} {end.day}, {end.year}"
    if by == "Month":
        return f"{_short(start)} {start.year}"
    if by in ("Quarter", "FiscalQuarter"):
        return f"{_short(start)} - {_short(end)}, {end.year}"
    if part != whole:
        return f"{_short(start)} {start.day} - {_short(end)} {end.day}, {end.year}"
    if start.year == end.year:
        return f"{_short(start)} - {_short(end)} {end.year}"
    return f"{_short(start)} {start.year} - {_short(end)} {end.year}"
