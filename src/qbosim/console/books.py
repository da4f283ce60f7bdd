"""A company at one look, and every report as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from qbosim.console.rendering import money, page
from qbosim.console.trouble import Trouble
from qbosim.console.visit import Visit
from qbosim.console.wording import words
from qbosim.reports.catalogue import REPORTS
from qbosim.wire import Response

_PASSED_ON = (
    "start_date",
    "end_date",
    "date_macro",
    "accounting_method",
    "summarize_column_by",
    "customer",
    "vendor",
    "account",
)
_MACROS = (
    "All",
    "Today",
    "This Month",
    "This Month-to-date",
    "Last Month",
    "This Fiscal Quarter",
    "This Fiscal Year",
    "This Fiscal Year-to-date",
    "Last Fiscal Year",
)
_NUMBERS = ("Money", "Rate", "Quantity", "Numeric")


@dataclass(frozen=True)
class Line:
    """One row of a report as the table shows it."""

    cells: tuple[str, ...]
    depth: int
    kind: str
    """`head`, `row` or `sum`."""


def overview(visit: Visit, realm: str) -> Response:
    """What a company is worth, earned and is owed, and where to go on."""
    company = visit.company(realm)
    checked = visit.control("GET", "/check", realm_id=realm)["companies"][0]
    return page(
        visit,
        "company.html",
        realm=company,
        checked=checked,
        statements=[
            _report(visit, realm, "ProfitAndLoss", {"date_macro": "This Fiscal Year-to-date"}),
            _report(visit, realm, "BalanceSheet", {"date_macro": "Today"}),
            _report(visit, realm, "TrialBalance", {"date_macro": "All"}),
        ],
        open_invoices=_open(visit, realm, "Invoice"),
        open_bills=_open(visit, realm, "Bill"),
        section="overview",
    )


def reports(visit: Visit, realm: str) -> Response:
    """The list of reports."""
    return page(visit, "reports.html", realm=visit.company(realm), reports=REPORTS, section="reports")


def report(visit: Visit, realm: str, name: str) -> Response:
    """One report, with the parameters that the address carries."""
    company = visit.company(realm)
    asked = {key: visit.query[key] for key in _PASSED_ON if visit.query.get(key)}
    shown: dict[str, Any] | None = None
    trouble = None
    try:
        shown = _report(visit, realm, name, asked)
    except Trouble as refused:
        trouble = refused
    return page(
        visit,
        "report.html",
        status=200 if trouble is None else trouble.status,
        trouble=trouble,
        realm=company,
        name=name,
        title=words(name),
        report=shown,
        asked=asked,
        macros=_MACROS,
        section="reports",
    )


def _open(visit: Visit, realm: str, entity: str) -> int:
    answer = visit.select(realm, f"select count(*) from {entity} where Balance > '0'")
    return int(answer["totalCount"])


def _report(visit: Visit, realm: str, name: str, asked: dict[str, str]) -> dict[str, Any]:
    """A report's heading, columns and lines."""
    answer = visit.read(realm, f"reports/{name}", **asked)
    header = answer["Header"]
    columns = list(_columns(answer["Columns"]))
    kinds = [each["kind"] for each in columns]
    span = " to ".join(dict.fromkeys(header[key] for key in ("StartPeriod", "EndPeriod") if header.get(key)))
    return {
        "name": name,
        "title": words(header.get("ReportName", name)),
        "span": span,
        "basis": header.get("ReportBasis", ""),
        "currency": header.get("Currency", ""),
        "columns": columns,
        "lines": list(_lines(answer.get("Rows", {}), 0, kinds)),
    }


def _columns(columns: dict[str, Any], above: str = "") -> Iterator[dict[str, Any]]:
    """The columns, those that stand below a common title with that title before their own."""
    for each in columns.get("Column", []):
        title = " · ".join(part for part in (above, each.get("ColTitle") or "") if part)
        if "Columns" in each:
            yield from _columns(each["Columns"], title)
        else:
            yield {"title": title, "kind": each.get("ColType"), "number": each.get("ColType") in _NUMBERS}


def _lines(rows: dict[str, Any], depth: int, kinds: list[Any]) -> Iterator[Line]:
    for row in rows.get("Row", []):
        if "Header" in row:
            yield _line(row["Header"], depth, "head", kinds)
        if "ColData" in row:
            yield _line(row, depth, "row", kinds)
        yield from _lines(row.get("Rows", {}), depth + 1, kinds)
        if "Summary" in row:
            yield _line(row["Summary"], depth, "sum", kinds)


def _line(row: dict[str, Any], depth: int, kind: str, kinds: list[Any]) -> Line:
    cells = [str(cell.get("value", "")) for cell in row["ColData"]]
    shown = [
        money(cell) if number < len(kinds) and kinds[number] == "Money" else cell
        for number, cell in enumerate(cells)
    ]
    return Line(tuple(shown), min(depth, 6), kind)
