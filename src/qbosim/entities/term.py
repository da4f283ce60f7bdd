"""Payment terms, and the due dates that follow from them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from qbosim import faults, jsontext
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.entities.name_list import follow_rename, is_active, keep_unique, named, shown
from qbosim.entities.texts import check_lengths
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Term",
    documented(
        "term.standard",
        "A term with DueDays (0 to 999) is of Type STANDARD: due so many days after the document's date.",
        "Intuit's documentation of Term",
    ),
    documented(
        "term.date_driven",
        "A term with DayOfMonthDue is of Type DATE_DRIVEN: due on that day of the month, or of the next month when the "
        "document is dated within DueNextMonthDays of it.",
        "Intuit's documentation of Term",
    ),
    assumed(
        "term.short_month",
        "A day that a month lacks is its last one.",
        "a document must fall due on some day",
    ),
    documented(
        "term.name",
        "A term needs a Name of at most 31 characters that no other one has (6240), and one of the two ways to fall due.",
        "Intuit's documentation of Term",
    ),
    recorded(
        "term.starting_list",
        "A company starts with Due on receipt, Net 15, Net 30, Net 60 and Net 10, which have the ids 1 to 5.",
        "terms of a real sandbox company",
    ),
)


def due_date(term: Body, day: str) -> str:
    """When a document of `day` (`YYYY-MM-DD`) falls due under a term's body.

    STANDARD adds days. DATE_DRIVEN means the given day of this month, or of the next one when the document is dated
    within `DueNextMonthDays` of it or later (Intuit's documentation; a day that a month lacks is its last, assumed).
    """
    issued = date.fromisoformat(day)
    if term.get("Type") != "DATE_DRIVEN":
        return (issued + timedelta(days=int(term.get("DueDays", 0)))).isoformat()
    due = _in_month(issued.year, issued.month, int(term["DayOfMonthDue"]))
    if issued + timedelta(days=int(term.get("DueNextMonthDays", 0))) > due or due < issued:
        year, month = (issued.year + 1, 1) if issued.month == 12 else (issued.year, issued.month + 1)
        due = _in_month(year, month, int(term["DayOfMonthDue"]))
    return due.isoformat()


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def _prepare(company: Company, change: Change) -> Body:
    name = named(change, "Name")
    active = is_active(change)
    body: Body = {"Name": shown(name, active), "Active": active}
    days = change.value("DueDays")
    day_of_month = change.value("DayOfMonthDue")
    if days is None and day_of_month is None:
        old = change.old or {}
        days, day_of_month = old.get("DueDays"), old.get("DayOfMonthDue")
    if days is None and day_of_month is None:
        raise faults.missing("DueDays")
    if day_of_month is None:
        if not 0 <= int(days) <= 999:
            raise faults.bad_number("DueDays", days)
        body |= {"Type": "STANDARD", "DueDays": int(days)}
        if change.value("DiscountDays") is not None:
            body["DiscountDays"] = int(change.value("DiscountDays"))
    else:
        if not 1 <= int(day_of_month) <= 31:
            raise faults.bad_number("DayOfMonthDue", day_of_month)
        body |= {
            "Type": "DATE_DRIVEN",
            "DayOfMonthDue": int(day_of_month),
            "DueNextMonthDays": int(change.value("DueNextMonthDays") or 0),
        }
        if change.value("DiscountDayOfMonth") is not None:
            body["DiscountDayOfMonth"] = int(change.value("DiscountDayOfMonth"))
    if change.value("DiscountPercent") is not None:
        body["DiscountPercent"] = jsontext.plain(change.value("DiscountPercent"))
    check_lengths(body, {"Name": 31})
    keep_unique(company, ("Term",), "Name", body["Name"], change)
    return body


def _saved(company: Company, before: Record | None, after: Record) -> None:
    follow_rename(company, before, after)


TERM = Entity(
    name="Term",
    order=(
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "Name",
        "Active",
        "Type",
        "DiscountPercent",
        "DueDays",
        "DiscountDays",
        "DayOfMonthDue",
        "DueNextMonthDays",
        "DiscountDayOfMonth",
    ),
    verbs=frozenset({"create", "update"}),
    prepare=_prepare,
    collection="Terms",
    properties=(
        Property("Name", indexed=True),
        Property("Active", "flag"),
        Property("Type"),
        Property("DueDays", "number"),
    ),
    sorted_by="Name",
    is_list=True,
    label="Name",
    referred_as=("SalesTermRef",),
    saved=_saved,
)
