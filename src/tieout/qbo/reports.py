"""Reports as QuickBooks sent them: their bytes untouched, what their header says, and whether all of it is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import msgspec

from tieout.kit.instants import instant_told

CUT: Final = "Unable to display more data"
"""The last row of a report that had more cells than Intuit shows (400,000; Intuit's documentation)."""


@dataclass(frozen=True)
class Report:
    """One report."""

    name: str
    """As QuickBooks spells it: `ProfitAndLoss`."""
    basis: str
    """`Cash` or `Accrual`; "" for a report that has none."""
    start: date | None
    """The first day of its period; None where it has no beginning."""
    end: date | None
    currency: str
    """ISO 4217."""
    summarized_by: str
    """What its columns stand for, such as `Total` or `Month`; "" for a list."""
    made_at: datetime | None
    """When QuickBooks made it, in UTC."""
    no_data: bool
    """QuickBooks says that there is nothing to show."""
    cut: bool
    """QuickBooks left rows out because there were too many: ask for a shorter period."""
    raw: bytes
    """The report's JSON, byte for byte."""
    tid: str = ""
    """Intuit's id of the call that brought it."""


class _Option(msgspec.Struct):
    Name: str | None = None
    Value: str | None = None


class _Header(msgspec.Struct):
    ReportName: str
    Time: str = ""
    ReportBasis: str = ""
    StartPeriod: str = ""
    EndPeriod: str = ""
    SummarizeColumnsBy: str = ""
    Currency: str = ""
    Option: list[_Option] = []


class _Rows(msgspec.Struct):
    Row: list[msgspec.Raw] = []


class _Report(msgspec.Struct):
    Header: _Header
    Rows: _Rows = msgspec.field(default_factory=_Rows)


class _Cell(msgspec.Struct):
    value: str | None = None


class _Row(msgspec.Struct):
    ColData: list[_Cell] = []


_DECODER = msgspec.json.Decoder(_Report)
_ROW = msgspec.json.Decoder(_Row)


def report_from(body: bytes, tid: str) -> Report:
    """Take a report's head apart; msgspec.DecodeError when the bytes are no report."""
    found = _DECODER.decode(body)
    header = found.Header
    options = {one.Name: one.Value for one in header.Option}
    return Report(
        name=header.ReportName,
        basis=header.ReportBasis,
        start=_day(header.StartPeriod),
        end=_day(header.EndPeriod),
        currency=header.Currency,
        summarized_by=header.SummarizeColumnsBy,
        made_at=instant_told(header.Time),
        no_data=options.get("NoReportData") == "true",
        cut=_is_cut(found.Rows.Row),
        raw=body,
        tid=tid,
    )


def _is_cut(rows: list[msgspec.Raw]) -> bool:
    """Look whether the last row is the one with which QuickBooks ends a report that it cut."""
    cells = _ROW.decode(rows[-1]).ColData if rows else []
    return any((cell.value or "").strip().startswith(CUT) for cell in cells)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
