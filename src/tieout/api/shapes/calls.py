"""Failed calls and reports of QuickBooks on the wire."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from tieout.kit.errors import Invalid
from tieout.qbo import reports
from tieout.storage import failed_calls


class FailedCallShown(BaseModel):
    """One call to QuickBooks that got no good answer."""

    model_config = ConfigDict(from_attributes=True)
    at: datetime
    what: str = Field(examples=["query Invoice"])
    status: int = Field(description="Of HTTP; 0 when nothing answered")
    code: str = Field(description="Intuit's code, or the name of what went wrong on the network")
    tid: str = Field(description="Intuit's id of the call, which its support asks for")
    message: str


class ReportOfBooks(BaseModel):
    """A report as QuickBooks made it."""

    model_config = ConfigDict(from_attributes=True)
    name: str
    basis: str = Field(description="`Cash` or `Accrual`; empty for a report that has none")
    start: date | None
    end: date | None
    currency: str
    summarized_by: str
    made_at: datetime | None
    no_data: bool
    cut: bool = Field(description="QuickBooks left rows out: ask for a shorter period")
    report: dict[str, Any] = Field(description="The report as QuickBooks sent it")


def failed_call_shape(call: failed_calls.FailedCall) -> FailedCallShown:
    """Shape a failed call."""
    return FailedCallShown.model_validate(call)


def report_of_books_shape(report: reports.Report) -> ReportOfBooks:
    """Shape a report."""
    return ReportOfBooks(
        name=report.name,
        basis=report.basis,
        start=report.start,
        end=report.end,
        currency=report.currency,
        summarized_by=report.summarized_by,
        made_at=report.made_at,
        no_data=report.no_data,
        cut=report.cut,
        report=json.loads(report.raw),
    )


def parameters(pairs: list[str]) -> dict[str, str]:
    """Read `name=value` pairs; Invalid for what is none."""
    found = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise Invalid(
            "This is no parameter of a report",
            record=wrong[0],
            reason="a parameter is written name=value",
            remedy="Write it like customer=12",
        )
    return found
