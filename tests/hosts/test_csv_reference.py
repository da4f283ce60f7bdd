"""The reference of CSV columns says what is read, and its example can be taken."""

from __future__ import annotations

import re
from pathlib import Path

from tests.hosts.conftest import ledger_of
from tieout.hosts.csv_folder.columns import FILES, LINE_COLUMNS
from tieout.hosts.csv_folder.folder import apply, plan
from tieout.storage.database import Database

REFERENCE = Path(__file__).parents[2] / "docs" / "csv.md"


def test_every_file_and_column_is_in_the_reference() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+\.csv)` \| ([^|]+)\|", text, re.MULTILINE))
    assert set(rows) == {shape.name for shape in FILES}
    lines = {column.name for column in LINE_COLUMNS}
    assert all(name in text for name in lines)
    for shape in FILES:
        row = rows[shape.name] if "as `" not in rows[shape.name] else rows["invoices.csv"]
        bold = set(re.findall(r"\*\*(\w+)\*\*", row))
        assert bold == {column.name for column in shape.columns if column.needed}
        for column in shape.columns:
            inherited = "columns of lines" in row and column.name in lines
            assert inherited or re.search(rf"\b{column.name}\b", row), (shape.name, column.name)


def test_the_example_of_the_reference_can_be_taken(database: Database, tmp_path: Path) -> None:
    example = REFERENCE.read_text(encoding="utf-8").split("## Example")[1].split("```")[1]
    for block in example.strip().split("\n\n"):
        name, _, content = block.partition("\n")
        (tmp_path / name).write_text(content + "\n", encoding="utf-8")
    ledger = ledger_of(database, "tenant-1")
    found = plan(tmp_path, ledger, currency="USD")
    assert found.problems == ()
    assert found.left_out == ()
    assert apply(found, ledger).create == 4
    assert ledger.balance("1001").amount == 0
