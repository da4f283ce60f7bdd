"""Journal codes: how French companies sort their journal entries."""

from __future__ import annotations

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.entities.name_list import follow_rename, keep_unique, named
from qbosim.entities.texts import check_lengths
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "JournalCode",
    documented(
        "journal_code.name",
        "A journal code needs a Name of 2 to 20 characters.",
        "Intuit's documentation of JournalCode",
    ),
    documented(
        "journal_code.type",
        "Type is one of Expenses, Sales, Bank, Nouveaux, Wages, Cash and Others, and never changes.",
        "Intuit's documentation of JournalCode",
    ),
    documented(
        "journal_code.france",
        "Only French companies have journal codes.",
        "Intuit's documentation of JournalCode",
    ),
    assumed(
        "journal_code.default_type",
        "A journal code that is made without a Type is of type Others.",
        "the documentation calls Type optional and names no other catch-all",
    ),
    documented(
        "journal_code.change_feed",
        "The change feed does not know journal codes.",
        "Intuit's documentation of change data capture",
    ),
)

_TYPES = ("Expenses", "Sales", "Bank", "Nouveaux", "Wages", "Cash", "Others")
_SHORTEST = 2
_LONGEST = 20


def _prepare(company: Company, change: Change) -> Body:
    if company.country != "FR":
        raise faults.not_in_this_edition("JournalCode")
    name = named(change, "Name")
    if len(name) < _SHORTEST:
        raise faults.bad_length("Name", _LONGEST, len(name), _SHORTEST)
    kind = (change.old or {}).get("Type") or change.value("Type") or "Others"
    if kind not in _TYPES:
        raise faults.bad_choice("Type", kind)
    body: Body = {"Name": name, "Type": kind, "Active": True}
    description = change.value("Description")
    if description is not None:
        body["Description"] = description
    check_lengths(body, {"Name": _LONGEST})
    keep_unique(company, ("JournalCode",), "Name", name, change)
    return body


def _saved(company: Company, before: Record | None, after: Record) -> None:
    follow_rename(company, before, after)


JOURNAL_CODE = Entity(
    name="JournalCode",
    order=("Name", "Type", "Description", "Active", "domain", "sparse", "Id", "SyncToken", "MetaData"),
    verbs=frozenset({"create", "update"}),
    prepare=_prepare,
    collection="JournalCodes",
    properties=(
        Property("Name", indexed=True),
        Property("Description"),
        Property("Active", "flag", filterable=False),
    ),
    label="Name",
    referred_as=("JournalCodeRef",),
    saved=_saved,
    in_change_feed=False,
)
