"""Metered reads: what each company costs this month, by day and by what is read, and what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from tieout.connections.budget import CompanyBudget, show_budget
from tieout.web.door import Door

WIDE: Final = 10
HIGH: Final = 60
"""Of a bar's place and of the drawing, in the drawing's own units."""


@dataclass(frozen=True)
class Bar:
    """One day of a chart of reads; measures in the drawing's units."""

    day: date
    number: int
    x: int
    y: float
    height: float


@dataclass(frozen=True)
class Chart:
    """A month of reads, day by day."""

    bars: list[Bar]
    width: int
    height: int
    peak: Bar | None
    """The day with the most; None when nothing was read."""


def add_to(routes: APIRouter, door: Door) -> None:
    """Add the page of metered reads."""

    @routes.get("/reads")
    def reads(request: Request, company: str = "") -> Response:
        """Show what all companies of a tenant read this month, the chosen one first."""
        frame = door.frame(company)
        budget = show_budget(door.edges, door.caller)
        chosen = frame["company"].id
        companies = sorted(budget.companies, key=lambda one: one.company != chosen)
        now = door.edges.clock.now()
        return door.rendering.page(
            request,
            "reads.html",
            budget=budget,
            budgets=[(one, chart_of(one, now)) for one in companies],
            **frame,
        )


def chart_of(budget: CompanyBudget, now: datetime) -> Chart:
    """Draw the reads of this month's days, from its first to today (UTC)."""
    today = now.date()
    days = [today.replace(day=1) + timedelta(days=number) for number in range(today.day)]
    most = max(budget.by_day.values(), default=0)
    bars = []
    for place, day in enumerate(days):
        number = budget.by_day.get(day, 0)
        height = max(1.0, round(HIGH * number / most, 1)) if number else 0.0
        bars.append(Bar(day, number, place * WIDE, round(HIGH - height, 1), height))
    peak = max(bars, key=lambda bar: bar.number) if most else None
    # The whole month has its place, so that the drawing does not stretch from day to day.
    return Chart(bars, 31 * WIDE, HIGH, peak)
