"""The frame of every report: cells, rows and sections, columns, header, and the JSON that they become."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from qbosim import jsontext
from qbosim.reports.quick_zoom import Link
from qbosim.rules import Topic, assumed, documented, recorded

MOST_CELLS = 400_000
CUT = "Unable to display more data"

RULES = Topic(
    "Reports",
    recorded(
        "report.shape",
        "A report is `Header`, `Columns` and `Rows`; a section has Header, Rows, Summary, type and group, a line has "
        "ColData; every value is a text, amounts have two decimals, and what is empty is an empty text.",
        "sandbox traffic (minimul/qbo_api, ProfitAndLoss and GeneralLedger)",
    ),
    recorded(
        "report.column_keys",
        "Columns have a type (Account, Money, Date, String, …) and their key stands in MetaData as ColKey.",
        "XML and JSON of 2021 (ruckus/quickbooks-ruby)",
    ),
    recorded(
        "report.no_data",
        "A report without a single line says NoReportData `true` in its header's options.",
        "sandbox traffic (minimul/qbo_api, ProfitAndLoss)",
    ),
    documented(
        "report.cut",
        "A report is cut at 400,000 cells and then ends with the row `Unable to display more data`.",
        "Intuit's documentation of running reports",
    ),
    assumed(
        "report.cut.sections",
        "Sections that the cut leaves open have no summary.",
        "nothing is known of what is beyond the cut",
    ),
)


@dataclass(frozen=True)
class Cell:
    """One value of a row, and the id of what it names."""

    value: str = ""
    id: str = ""
    shows_no_id: bool = False
    """Whether the cell says `"id": ""` where it names nothing."""


@dataclass(frozen=True)
class Line:
    """A row of values."""

    cells: Sequence[Cell]
    group: str = ""
    typed: bool = True
    """Whether it says `"type": "Data"`: lines of the lists of names do not (Intuit's samples)."""


@dataclass(frozen=True)
class Section:
    """Rows under a heading, with their sum."""

    header: Sequence[Cell] | None = None
    rows: Iterable[Line | Section] | None = None
    """None where the section is nothing but its sum."""
    summary: Sequence[Cell] | None = None
    group: str = ""


Row = Line | Section


@dataclass(frozen=True)
class Column:
    """One column, or a heading over several."""

    title: str
    kind: str
    key: str = ""
    start: str = ""
    end: str = ""
    """First and last day of what the column is about, where it is about a time (`YYYY-MM-DD`)."""
    columns: Sequence[Column] = ()

    def as_object(self) -> dict[str, Any]:
        """The column as it stands in the answer."""
        named = (("StartDate", self.start), ("EndDate", self.end), ("ColKey", self.key))
        column: dict[str, Any] = {"ColTitle": self.title, "ColType": self.kind}
        meta = [{"Name": name, "Value": value} for name, value in named if value]
        if meta:
            column["MetaData"] = meta
        if self.columns:
            column["Columns"] = {"Column": [part.as_object() for part in self.columns]}
        return column


@dataclass(frozen=True)
class Report:
    """A whole report, ready to be written."""

    header: dict[str, Any]
    """All of the header but its options."""
    columns: Sequence[Column]
    rows: Iterable[Row]
    options: Sequence[tuple[str, str]] = field(default_factory=tuple)


def money(cents: int) -> str:
    """Whole cents as a report shows them: `275.00`, `-0.50`."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def bare_money(cents: int) -> str:
    """Whole cents as detail reports show them, without a leading zero: `275.00`, `-.50`, `.00`."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100 or ''}.{abs(cents) % 100:02d}"


def amount_cells(amounts: Sequence[int | None]) -> list[Cell]:
    """Amounts in cents as cells; None leaves the cell empty."""
    return [Cell("" if amount is None else money(amount)) for amount in amounts]


def to_json(report: Report, most_cells: int = MOST_CELLS, link: Link | None = None) -> str:
    """The report as JSON text, cut where it has more than `most_cells` cells; `link` gives cells of lines an address."""
    writer = _Writer(most_cells, [column.key for column in report.columns], link)
    rows = writer.rows(report.rows)
    if writer.is_cut:
        rows.append({"ColData": [{"value": CUT}], "type": "Data"})
    empty = "false" if writer.lines else "true"
    options = [*report.options, ("NoReportData", empty)]
    whole = {
        "Header": {
            **report.header,
            "Option": [{"Name": name, "Value": value} for name, value in options],
        },
        "Columns": {"Column": [column.as_object() for column in report.columns]},
        "Rows": {"Row": rows} if rows else {},
    }
    return jsontext.dumps(whole).decode()


class _Writer:
    """Turns rows into objects until the cells are used up."""

    def __init__(self, most_cells: int, keys: Sequence[str], link: Link | None) -> None:
        self._left = most_cells
        self._keys = keys
        self._link = link
        self.lines = 0
        self.is_cut = False

    def rows(self, rows: Iterable[Row]) -> list[Any]:
        """Sections as objects, lines as JSON: there may be many, and their text is smaller."""
        written: list[Any] = []
        for row in rows:
            if isinstance(row, Section):
                written.append(self._section(row))
            elif self._take(len(row.cells)):
                self.lines += 1
                written.append(jsontext.raw(self._line(row)))
            if self.is_cut:
                break
        if isinstance(rows, Generator):
            rows.close()  # what it was still reading would hold its table
        return written

    def _section(self, section: Section) -> dict[str, Any]:
        written: dict[str, Any] = {}
        if section.header is not None and self._take(len(section.header)):
            written["Header"] = {"ColData": _cells(section.header)}
        if section.rows is not None:
            inner = self.rows(section.rows)
            written["Rows"] = {"Row": inner} if inner else {}
        if section.summary is not None and not self.is_cut and self._take(len(section.summary)):
            written["Summary"] = {"ColData": _cells(section.summary)}
        written["type"] = "Section"
        if section.group:
            written["group"] = section.group
        return written

    def _line(self, line: Line) -> dict[str, Any]:
        cells = _cells(line.cells)
        if self._link is not None:
            for key, cell in zip(self._keys, cells, strict=False):
                if href := self._link(key, cell["value"], cell.get("id", "")):
                    cell["href"] = href
        written: dict[str, Any] = {"ColData": cells}
        if line.typed:
            written["type"] = "Data"
        if line.group:
            written["group"] = line.group
        return written

    def _take(self, cells: int) -> bool:
        if self.is_cut or cells > self._left:
            self.is_cut = True
            return False
        self._left -= cells
        return True


def _cells(cells: Sequence[Cell]) -> list[dict[str, str]]:
    return [
        {"value": cell.value, "id": cell.id} if cell.id or cell.shows_no_id else {"value": cell.value}
        for cell in cells
    ]
