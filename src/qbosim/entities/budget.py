"""Budgets: what a company plans to earn and spend, planned in QuickBooks itself and only read through the API."""

from __future__ import annotations

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.records.company import Company
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Budget",
    documented(
        "budget.read_only",
        "Budgets are read and queried; they are made in QuickBooks itself.",
        "Intuit's documentation of Budget; python-quickbooks' source (a read-only object)",
    ),
    assumed(
        "budget.filters",
        "Budgets are filtered by Name, Active, BudgetType, StartDate and EndDate.",
        "the schema says so of Id only, and a budget has no other plain properties",
    ),
)


def _refuse(_company: Company, _change: Change) -> Body:
    raise faults.unsupported("write on Budget")


BUDGET = Entity(
    name="Budget",
    order=(
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "Name",
        "StartDate",
        "EndDate",
        "BudgetType",
        "BudgetEntryType",
        "Active",
        "BudgetDetail",
    ),
    verbs=frozenset(),
    prepare=_refuse,
    collection="Budgets",
    properties=(
        Property("Name"),
        Property("Active", "flag"),
        Property("BudgetType"),
        Property("StartDate", "day"),
        Property("EndDate", "day"),
    ),
    label="Name",
)
