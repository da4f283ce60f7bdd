"""What a report was asked for: its days, its basis, its columns and its filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from qbosim import faults
from qbosim.moments import stamp
from qbosim.records.company import Company
from qbosim.reports.periods import FIRST_DAY, LAST_DAY, LAST_YEAR, MONTHS, TIMES, Span, macro_span
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Report parameters",
    documented(
        "report.basis",
        "`accounting_method` Cash or Accrual chooses the basis; without it Preferences.ReportPrefs.ReportBasis does.",
        "Intuit's documentation of ProfitAndLoss and Preferences",
    ),
    documented(
        "report.dates",
        "`start_date` and `end_date` name the first and the last day; a start behind the end is refused.",
        "Intuit's documentation of the report entities",
    ),
    recorded(
        "report.default_period",
        "Without dates, lists of transactions show this month to date, and their header says so in DateMacro.",
        "sandbox traffic (minimul/qbo_api, GeneralLedger)",
    ),
    documented(
        "report.default_year",
        "Without dates, statements show this year to date.",
        "Intuit's documentation of ProfitAndLoss and BalanceSheet",
    ),
    documented(
        "report.filters",
        "customer, vendor, employee, item, class, department, account and account_type take one or several values with "
        "commas between; the header repeats those of names.",
        "Intuit's documentation of the report entities; Report.xsd",
    ),
    documented(
        "report.unknown_parameters",
        "Parameters that a report does not know have no effect.",
        "Intuit's release notes of 2026 (testing_migration)",
    ),
    assumed(
        "report.only_end",
        "With an `end_date` alone, a report begins where its usual period up to that day begins: statements with the "
        "fiscal year, lists with the month. With a `start_date` alone it ends today.",
        "so that naming today as the end changes nothing",
    ),
    assumed(
        "report.filters.no_children",
        "A customer, class or location stands for itself alone in filters; those below it are named too when they are "
        "wanted.",
        "the documentation speaks of lists of ids, and says nothing of those below them",
    ),
    assumed(
        "report.bad_values",
        "A date, a choice or an id that cannot be read is refused with 2060, 2170 or 2030.",
        "these codes stand for such values everywhere else",
    ),
)

NAMES = {
    "Customers": "customer",
    "Vendors": "vendor",
    "Employees": "employee",
    "Classes": "klass",
    "Departments": "department",
    "ProductsAndServices": "item",
}
"""Values of `summarize_column_by` that are about names, and the posting's column of each."""

_SUMMARIES = {word.lower(): word for word in ("Total", *TIMES, *NAMES)} | {
    "day": "Days",
    "weeks": "Week",
    "months": "Month",
    "quarters": "Quarter",
    "years": "Year",
}

FILTERS = {
    "customer": "customer",
    "vendor": "vendor",
    "employee": "employee",
    "item": "item",
    "class": "klass",
    "department": "department",
    "account": "account",
}
"""Parameters that name ids, and the posting's column of each."""

_MOST_DIGITS = 18
"""Of an id: more do not fit into 64 bits."""

_IN_HEADER = (
    ("customer", "Customer"),
    ("vendor", "Vendor"),
    ("employee", "Employee"),
    ("item", "Item"),
    ("class", "Class"),
    ("department", "Department"),
)


@dataclass(frozen=True)
class Asked:
    """One request for a report, read and checked."""

    name: str
    query: Mapping[str, str]
    """The parameters as they were sent, their names in lower case."""
    span: Span
    macro: str
    """The date macro that led to the span, in lower case; empty when days were named."""
    basis: str
    """`Cash` or `Accrual`."""
    summarize: str
    descending: bool
    filters: Mapping[str, tuple[int, ...]]
    """Posting column to the ids that it may hold."""

    def word(self, name: str) -> str:
        """A parameter's text; empty when it was not sent."""
        return self.query.get(name, "").strip()

    @property
    def start(self) -> str:
        """The first day, `YYYY-MM-DD`."""
        return self.span.start.isoformat()

    @property
    def end(self) -> str:
        """The last day, `YYYY-MM-DD`."""
        return self.span.end.isoformat()


def fiscal_month(company: Company) -> int:
    """The month in which the fiscal year begins, 1 to 12."""
    name = str(company.info.get("FiscalYearStartMonth", "January"))
    return MONTHS.index(name) + 1 if name in MONTHS else 1


def read(company: Company, name: str, query: Mapping[str, str], default_macro: str) -> Asked:
    """Read the parameters of the report `name`. Raises 2030, 2060 or 2170 for what cannot be read.

    `default_macro` counts when neither days nor a macro were asked for.
    """
    sent = {key.lower(): value for key, value in query.items()}
    span, macro = _span(company, sent, default_macro)
    own = company.preference("ReportPrefs", "ReportBasis") or "Accrual"
    return Asked(
        name,
        sent,
        span,
        macro,
        choice(sent, "accounting_method", {"cash": "Cash", "accrual": "Accrual"}, str(own)),
        choice(sent, "summarize_column_by", _SUMMARIES, "Total"),
        choice(sent, "sort_order", {"ascend": "", "descend": "descend"}, "") == "descend",
        {column: ids(sent, key) for key, column in FILTERS.items() if sent.get(key, "").strip()},
    )


def choice(sent: Mapping[str, str], name: str, choices: Mapping[str, str], otherwise: str) -> str:
    """A parameter that is one of a few words, in any case. Raises 2170 for another word."""
    text = sent.get(name, "").strip()
    if not text:
        return otherwise
    found = choices.get(text.lower())
    if found is None:
        raise faults.bad_choice(name, text)
    return found


def ids(sent: Mapping[str, str], name: str) -> tuple[int, ...]:
    """A list of ids with commas between. Raises 2030 when one is no number that an id can be."""
    parts = [part.strip() for part in sent.get(name, "").split(",") if part.strip()]
    for part in parts:
        if not _is_number(part):
            raise faults.bad_id(part, name)
    return tuple(int(part) for part in parts)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS


def number(sent: Mapping[str, str], name: str, otherwise: int, most: int) -> int:
    """A whole number from 1 to `most`. Raises 2040 for anything else."""
    text = sent.get(name, "").strip()
    if not text:
        return otherwise
    if not _is_number(text) or not 1 <= int(text) <= most:
        raise faults.bad_number(name, text)
    return int(text)


def day(sent: Mapping[str, str], name: str) -> date | None:
    """A day, or None when it was not sent. Raises 2060 when it is no day."""
    text = sent.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise faults.bad_day(name, text) from error


def _span(company: Company, sent: Mapping[str, str], default_macro: str) -> tuple[Span, str]:
    start, end = day(sent, "start_date"), day(sent, "end_date")
    today = date.fromisoformat(company.today)
    first_month = fiscal_month(company)
    if start is None and end is None:
        macro = " ".join(sent.get("date_macro", "").lower().split()) or default_macro
        if macro == "this year-to-date":
            macro = "this fiscal year-to-date" if first_month > 1 else "this calendar year-to-date"
        span = macro_span(macro, today, first_month)
        if span is None:
            raise faults.bad_choice("date_macro", sent.get("date_macro", ""))
        return span, macro
    if end is None:
        end = max(today, start or today)
    if start is None:
        start = _usual_start(end, default_macro, first_month)
    if start > end:
        raise faults.bad_day("start_date", start.isoformat())
    return Span(max(start, FIRST_DAY), LAST_DAY if end.year >= LAST_YEAR else max(end, FIRST_DAY)), ""


def _usual_start(end: date, default_macro: str, first_month: int) -> date:
    """Where the period that a report shows without dates would begin, if it were the day `end` today."""
    macro = "this fiscal year-to-date" if default_macro == "this year-to-date" else default_macro
    span = macro_span(macro, end, first_month) if end > FIRST_DAY and end.year < LAST_YEAR else None
    return FIRST_DAY if span is None else span.start


def header(
    company: Company, asked: Asked, *, basis: bool = True, summarize: bool = True, period: bool = True
) -> dict[str, Any]:
    """A report's header without its options; the switches leave out what a kind of report does not have."""
    shown: dict[str, Any] = {"Time": stamp(company.seconds), "ReportName": asked.name}
    if asked.macro and period:
        shown["DateMacro"] = asked.macro
    if basis:
        shown["ReportBasis"] = asked.basis
    if period and asked.span.start != FIRST_DAY:
        shown["StartPeriod"] = asked.start
    if period and asked.span.end != LAST_DAY:
        shown["EndPeriod"] = asked.end
    if summarize:
        shown["SummarizeColumnsBy"] = asked.summarize
    shown["Currency"] = company.home_currency
    for key, label in _IN_HEADER:
        if asked.word(key):
            shown[label] = asked.word(key)
    return shown
