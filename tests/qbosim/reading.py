"""Reading a report as a person does: by the words of its rows and the titles of its columns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.qbosim.desk import Desk, exact


def report(desk: Desk, name: str, /, **query: str) -> Any:
    """A report that must be made."""
    return desk.get(f"reports/{name}", **query)


def every_row(rows: Any) -> Iterator[tuple[str, list[Any]]]:
    """Every row of values with its kind: `header`, `line` or `sum`, in the order of the page."""
    for row in rows.get("Row", []):
        if "Header" in row:
            yield "header", row["Header"]["ColData"]
        if "ColData" in row:
            yield "line", row["ColData"]
        if "Rows" in row:
            yield from every_row(row["Rows"])
        if "Summary" in row:
            yield "sum", row["Summary"]["ColData"]


def lines(answer: Any) -> list[list[str]]:
    """The texts of all lines."""
    return [[cell["value"] for cell in cells] for kind, cells in every_row(answer["Rows"]) if kind == "line"]


def groups(rows: Any) -> list[str]:
    """The groups of all sections, outer ones first."""
    found = []
    for row in rows.get("Row", []):
        if "group" in row:
            found.append(row["group"])
        found += groups(row.get("Rows", {}))
    return found


def row(answer: Any, words: str) -> list[str]:
    """What stands behind the first row (line, heading or sum) that begins with these words."""
    for _, cells in every_row(answer["Rows"]):
        if cells[0]["value"] == words:
            return [cell["value"] for cell in cells[1:]]
    raise AssertionError(
        f"no row {words!r} in {[cells[0]['value'] for _, cells in every_row(answer['Rows'])]}"
    )


def titles(answer: Any) -> list[str]:
    """The columns' titles."""
    return [column["ColTitle"] for column in answer["Columns"]["Column"]]


def keys(answer: Any) -> list[str]:
    """The columns' keys."""
    return [
        entry["Value"]
        for column in answer["Columns"]["Column"]
        for entry in column["MetaData"]
        if entry["Name"] == "ColKey"
    ]


def option(answer: Any, name: str) -> str:
    """One option of the header."""
    return next(str(entry["Value"]) for entry in answer["Header"]["Option"] if entry["Name"] == name)


def cents(text: str) -> Decimal:
    """An amount; nothing is 0."""
    return exact(text or "0")


def with_years_from(month: str, folder: Path) -> Desk:
    """A company whose fiscal years begin in a month; it is loaded from files in `folder`."""
    (settings,) = Desk().rows("CompanyInfo")
    (folder / "CompanyInfo.json").write_text(json.dumps([{**settings, "FiscalYearStartMonth": month}]))
    return Desk(folder=folder)
