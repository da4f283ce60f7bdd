"""Transactions of a list in groups: by account, name, type or payment method, or by day, week, month and so on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from qbosim.reports.entries import Entries
from qbosim.reports.frame import Row, Section
from qbosim.reports.lines import Layout, Told
from qbosim.reports.parameters import fiscal_month
from qbosim.reports.periods import whole_around
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Report filters",
    documented(
        "report.group_by",
        "group_by puts the lines of TransactionList into sections: by Account, Customer, Vendor, Employee, Name, Location, "
        "Payment Method, Transaction Type, Day, Week, Month, Quarter or Year.",
        "Intuit's documentation of TransactionList; n8n's QuickBooks node lists the values",
    ),
    assumed(
        "report.group_by.sections",
        "A group ends with `Total for …`; what has nothing to be grouped by stands in Not Specified, at the end.",
        "like the other sections of detail reports",
    ),
)

NOT_SPECIFIED = "Not Specified"

_TIMES = {"day": "Days", "week": "Week", "month": "Month", "quarter": "Quarter", "year": "Year"}
_NAMES = {"customer": "customer", "vendor": "vendor", "employee": "employee", "location": "department"}
GROUPS = {
    **{word: word for word in (*_TIMES, *_NAMES, "account", "name", "payment method", "transaction type")},
    "department": "location",
    "fiscal quarter": "quarter",
    "fiscal year": "year",
    "none": "",
}
"""Values of `group_by`, in lower case; an empty one groups nothing."""

_Key = tuple[bool, str, str, int | None]
"""Whether there is nothing to group by, what decides the order, the title, and the id of what it names."""


def in_groups(entries: Entries, layout: Layout, told: Iterable[Told], grouped: str) -> list[Row]:
    """The lines in sections, each with its sum; `grouped` is a value of `GROUPS`."""
    keyed = sorted(((_key(entries, one, grouped), one) for one in told), key=lambda pair: pair[0][:3])
    rows: list[Row] = []
    for (_, _, title, identity), pairs in groupby(keyed, key=lambda pair: pair[0]):
        found = [one for _, one in pairs]
        total = layout.words(f"Total for {title}", amount=sum(one.natural for one in found))
        rows.append(
            Section(layout.words(title, identity=identity), [layout.line(one) for one in found], total)
        )
    return rows


def _key(entries: Entries, one: Told, grouped: str) -> _Key:
    if grouped in _TIMES:
        day = date.fromisoformat(one.entry.day)
        title, start = _around(day, _TIMES[grouped], fiscal_month(entries.company))
        return False, start, title, None
    name, identity = _name(entries, one, grouped)
    return not name, name.lower(), name or NOT_SPECIFIED, identity if name else None


def _around(day: date, by: str, first_month: int) -> tuple[str, str]:
    title, span = whole_around(day, by, first_month)
    return title, span.start.isoformat()


def _name(entries: Entries, one: Told, grouped: str) -> tuple[str, int | None]:
    if grouped in _NAMES:
        identity = getattr(one.entry, _NAMES[grouped])
        return entries.names.of(_NAMES[grouped], identity), identity
    if grouped == "name":
        return one.party
    if grouped == "account":
        return (one.account.full_name, one.account.id) if one.account else ("", None)
    if grouped == "payment method":
        return one.document.method, None
    return one.document.title, None
