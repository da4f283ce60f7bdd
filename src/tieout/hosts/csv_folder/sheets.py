"""Reads one CSV file: its encoding, its separator, its header, and its rows one at a time.

Nothing is guessed that could be guessed wrong. UTF-8 and UTF-16 are recognised for certain; any other encoding is
read only when it is named, because every byte means something in Windows-1252 and mostly the wrong thing.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tieout.hosts.csv_folder.columns import FileShape, header_key
from tieout.hosts.csv_folder.problems import CsvProblem, Problems

SEPARATORS = (",", ";", "\t")
WINDOWS = "windows-1252"
ENCODINGS = ("utf-8", "utf-16", WINDOWS)
CHUNK = 1 << 20
CELL_LENGTH_MAX = 100_000


class Unreadable(Exception):
    """A file that cannot be read at all, or not any further."""

    def __init__(self, problem: CsvProblem) -> None:
        super().__init__(problem.what)
        self.problem = problem


@dataclass(frozen=True)
class Sheet:
    """A CSV file whose header was understood."""

    shape: FileShape
    path: Path
    encoding: str
    separator: str
    columns: tuple[str, ...]
    """Column by column our name for it; "" for one that is left out."""
    digest: str
    """Of the file's bytes."""
    left_out: tuple[str, ...] = ()
    """Header cells that name no column of ours."""

    @property
    def name(self) -> str:
        """Name the file for people."""
        return self.path.name

    @property
    def decimal_comma(self) -> bool:
        """Tell whether 12,50 is a number here: only where the comma does not separate cells."""
        return self.separator == ";"

    def has(self, *names: str) -> bool:
        """Tell whether one of these columns is there."""
        return any(name in self.columns for name in names)

    def rows(self, problems: Problems) -> Iterator[tuple[int, dict[str, str]]]:
        """Read the rows with their numbers, blank ones left out; cells come without blanks around them.

        A row with another number of cells than the header is a problem and left out; Unreadable is raised
        where the file stops being CSV.
        """
        width = len(self.columns)
        keep = [(at, name) for at, name in enumerate(self.columns) if name]
        row = 0
        try:
            with self.path.open(encoding=self.encoding, newline="") as file:
                csv.field_size_limit(CELL_LENGTH_MAX)
                for row, cells in enumerate(csv.reader(file, delimiter=self.separator, strict=True), 1):
                    if row == 1 or not any(cells):
                        continue
                    if len(cells) < width or any(cells[width:]):
                        problems.add(_ragged(self, row, len(cells)))
                        continue
                    yield row, {name: cells[at].strip() for at, name in keep}
        except csv.Error as broken:
            raise Unreadable(
                CsvProblem(
                    self.name,
                    row + 1,
                    "",
                    "",
                    "The row cannot be read",
                    f"it is not CSV: {broken}",
                    "Look for a quotation mark that is not closed, or not doubled within a cell",
                )
            ) from broken
        except (OSError, UnicodeError) as broken:
            raise Unreadable(_unopened(self.path, broken)) from broken


def open_sheet(path: Path, shape: FileShape, encoding: str = "") -> Sheet:
    """Look at a whole file once, without keeping it: whether it can be decoded, and what its header says.

    Args:
        path: the file.
        shape: what it shall hold.
        encoding: one of `ENCODINGS` when somebody named it; "" to recognise UTF-8 and UTF-16.

    Raises:
        Unreadable: it cannot be opened or decoded, or its header lacks, doubles or misspells a column.
    """
    try:
        with path.open("rb") as file:
            chosen = encoding or _recognised(file.read(4))
        digest = _decoded(path, chosen)
        with path.open(encoding=chosen, newline="") as text:
            first = text.readline()
            separator = _separator(first, shape)
            text.seek(0)
            header = next(csv.reader(text, delimiter=separator, strict=True), [])
    except OSError as broken:
        raise Unreadable(_unopened(path, broken)) from broken
    except csv.Error as broken:
        why = f"its header is not CSV: {broken}"
        raise Unreadable(
            _about_header(path, "", "The header cannot be read", why, "Correct row 1")
        ) from broken
    columns, left_out = _columns(path, shape, header)
    return Sheet(shape, path, chosen, separator, columns, digest, left_out)


def _recognised(start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Header names are plain letters, so a zero byte beside the first one shows UTF-16 without its mark.
    if len(start) >= 2 and start[0] and not start[1]:
        return "utf-16-le"
    if len(start) >= 2 and not start[0] and start[1]:
        return "utf-16-be"
    return "utf-8-sig"


def _decoded(path: Path, encoding: str) -> str:
    """Decode the whole file and answer the digest of its bytes."""
    decoder = codecs.getincrementaldecoder(encoding)()
    digest = hashlib.sha256()
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as broken:
            raise Unreadable(_undecodable(path, encoding)) from broken
    return digest.hexdigest()


def _undecodable(path: Path, encoding: str) -> CsvProblem:
    """Find the row of the first byte that cannot be decoded, and say what the file may be instead."""
    content = path.read_bytes()
    try:
        content.decode(encoding)
        at = len(content)
    except UnicodeDecodeError as broken:
        at = broken.start
    row = content[:at].count(b"\n") + 1
    byte = f"0x{content[at]:02X}" if at < len(content) else "at the end"
    name = {"utf-8-sig": "UTF-8", WINDOWS: "Windows-1252"}.get(encoding, "UTF-16")
    remedy = "Save the file as “CSV UTF-8” in your spreadsheet"
    if encoding != WINDOWS:
        try:
            line = content.decode(WINDOWS).splitlines()[row - 1].strip()
        except (UnicodeDecodeError, IndexError):
            pass
        else:
            remedy += f"; or, if row {row} should read “{line[:60]}”, read it as {WINDOWS}"
    return CsvProblem(
        path.name,
        row,
        "",
        "",
        f"The file is not {name}",
        f"the byte {byte} in row {row} means nothing in {name}",
        remedy,
    )


def _separator(header: str, shape: FileShape) -> str:
    """Choose the separator that makes most of the header's cells columns we know."""

    def known(separator: str) -> int:
        cells = next(csv.reader([header], delimiter=separator), [])
        return sum(shape.column(cell) is not None for cell in cells)

    return max(SEPARATORS, key=known)


def _columns(path: Path, shape: FileShape, header: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found: list[str] = []
    unknown: list[str] = []
    for cell in header:
        column = shape.column(cell)
        if column is None:
            found.append("")
            if cell.strip():
                unknown.append(cell.strip())
            continue
        if column.name in found:
            why = f"{cell.strip()!r} and {header[found.index(column.name)].strip()!r} both mean {column.name}"
            remedy = "Remove one of the two, or give it a name of its own"
            raise Unreadable(_about_header(path, cell.strip(), "A column is there twice", why, remedy))
        found.append(column.name)
    missing = [column.name for column in shape.columns if column.needed and column.name not in found]
    named = ", ".join(cell.strip() for cell in header if cell.strip()) or "nothing"
    if missing:
        what = "A column is missing" if len(missing) == 1 else "Columns are missing"
        raise Unreadable(
            _about_header(
                path,
                ", ".join(missing),
                what,
                f"{shape.name} needs {', '.join(missing)}, and its header says {named}",
                "Add it to row 1, or rename the column that holds it",
            )
        )
    absent = [column.name for column in shape.columns if column.name not in found]
    for cell in unknown:
        close = difflib.get_close_matches(header_key(cell), map(header_key, absent), 1, 0.8)
        if close:
            meant = next(name for name in absent if header_key(name) == close[0])
            why = f"{cell!r} is not a column of {shape.name}, and looks like {meant}"
            remedy = f"Rename it to {meant}, or to something else if it is another thing"
            raise Unreadable(_about_header(path, cell, "A column's name may be misspelt", why, remedy))
    return tuple(found), tuple(unknown)


def _about_header(path: Path, column: str, what: str, why: str, remedy: str) -> CsvProblem:
    return CsvProblem(path.name, 1, column, "", what, why, remedy)


def _ragged(sheet: Sheet, row: int, count: int) -> CsvProblem:
    return CsvProblem(
        sheet.name,
        row,
        "",
        "",
        "The row has another number of cells than the header",
        f"it has {count}, and the header has {len(sheet.columns)}",
        "Look for a separator within a text that is not in quotation marks",
    )


def _unopened(path: Path, broken: Exception) -> CsvProblem:
    why = broken.strerror if isinstance(broken, OSError) and broken.strerror else str(broken)
    return CsvProblem(
        path.name,
        0,
        "",
        "",
        "The file cannot be read",
        f"the system says: {why.lower() if isinstance(broken, OSError) else why}",
        "See that it is there, is not being written, and may be read by the user Tieout runs as",
    )
