"""Takes a folder of CSV files into a host: first a plan that says everything, then all of it or nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tieout.domain.documents import HostRecord, Kind
from tieout.hosts.contract import AcceptsRecords, RecordFault, Verdict
from tieout.hosts.csv_folder.columns import FILES, FileShape
from tieout.hosts.csv_folder.problems import CsvProblem, Problems
from tieout.hosts.csv_folder.records import FolderReader, Origin
from tieout.hosts.csv_folder.sheets import ENCODINGS, Sheet, Unreadable, open_sheet
from tieout.kit.errors import Invalid

COLUMN_OF = {"dated": "date", "lines": "", "allocations": ""}
"""Fields of a record that a file calls otherwise, or that are no single cell."""
_PART = re.compile(r"(?P<parts>lines|allocations)\[(?P<at>\d+)\](?:\.(?P<field>\w+))?$")


@dataclass(frozen=True)
class CsvPlan:
    """What taking a folder would do."""

    folder: Path
    create: int
    change: int
    same: int
    refused: int
    by_kind: Mapping[Kind, Mapping[str, int]]
    """Kind → `create`, `change`, `same` or `refused` → how many."""
    problems: tuple[CsvProblem, ...]
    """The first of them, file by file in the order of reading."""
    problems_total: int
    files: tuple[str, ...]
    """The files that were read."""
    left_out: tuple[str, ...]
    """Columns and files that nothing here knows, in words: they are not taken."""
    encoding: str = ""
    currency: str = ""
    digests: Mapping[str, str] = field(default_factory=dict)
    """Of every file as it was planned."""

    @property
    def can_be_applied(self) -> bool:
        """Tell whether nothing stands against it."""
        return self.problems_total == 0


@dataclass(frozen=True)
class CsvOutcome:
    """What taking a folder did."""

    create: int
    change: int
    same: int
    by_kind: Mapping[Kind, Mapping[str, int]]


def plan(folder: Path, ledger: AcceptsRecords, *, encoding: str = "", currency: str = "") -> CsvPlan:
    """Read a folder and say what taking it would create, change and leave as it is, and everything in the way.

    Args:
        folder: holds the files of docs/csv.md, at least one of them.
        ledger: what it would be taken into; nothing is written.
        encoding: `windows-1252` when somebody knows that the files are; "" to recognise UTF-8 and UTF-16.
        currency: ISO 4217 code for documents and payments that name none; "" to refuse those.

    Raises:
        Invalid: the folder is not there, holds none of the files, or the encoding is none we read.
    """
    if encoding and encoding not in ENCODINGS:
        raise Invalid(
            "The encoding is unknown",
            record=f"encoding {encoding}",
            reason=f"only {', '.join(ENCODINGS)} can be read",
            remedy="Name one of them, or none to have UTF-8 and UTF-16 recognised",
        )
    problems = Problems()
    paths, ignored = _files_of(folder)
    sheets = _open(paths, encoding, problems)
    left_out = (
        *(f"the file {name}" for name in ignored),
        *(f"the column {cell} of {sheet.name}" for sheet in sheets.values() for cell in sheet.left_out),
    )
    reader = FolderReader(sheets, problems, currency)
    counts: Counter[tuple[Kind, str]] = Counter()
    # With one file missing its records, every other would complain about what is not there.
    if not problems.total:
        origins: list[Origin] = []
        verdicts = _weighed(ledger, reader, origins)
        for verdict, origin in zip(verdicts, origins, strict=True):
            counts[verdict.kind, verdict.outcome] += 1
            for fault in verdict.faults:
                problems.add(_located(fault, origin))
    by_kind = _by_kind(counts)
    outcomes = _outcomes(counts)
    return CsvPlan(
        folder=folder,
        create=outcomes["create"],
        change=outcomes["change"],
        same=outcomes["same"],
        refused=outcomes["refused"] + reader.refused,
        by_kind=by_kind,
        problems=tuple(problems.listed),
        problems_total=problems.total,
        files=tuple(sheet.name for sheet in sheets.values()),
        left_out=left_out,
        encoding=encoding,
        currency=currency,
        digests={sheet.name: sheet.digest for sheet in sheets.values()},
    )


def apply(planned: CsvPlan, ledger: AcceptsRecords) -> CsvOutcome:
    """Take a folder as it was planned: every record, or none.

    Raises:
        Invalid: the plan has problems, a file changed since, or the ledger did and refuses a record now.
    """
    folder = str(planned.folder)
    if not planned.can_be_applied:
        first = planned.problems[0]
        raise Invalid(
            "The folder was not taken",
            record=folder,
            reason=f"it has {planned.problems_total} problems, the first: {first.sentence()}",
            remedy="Correct the files and plan again; nothing was written",
            problems=list(planned.problems),
            problems_total=planned.problems_total,
        )
    problems = Problems()
    paths, _ = _files_of(planned.folder)
    sheets = _open(paths, planned.encoding, problems)
    now = {sheet.name: sheet.digest for sheet in sheets.values()}
    changed = sorted(name for name in {*now, *planned.digests} if now.get(name) != planned.digests.get(name))
    if changed or problems.total:
        raise Invalid(
            "The folder changed since it was planned",
            record=folder,
            reason=problems.listed[0].sentence()
            if problems.total
            else f"other content: {', '.join(changed)}",
            remedy="Plan again and look at it; nothing was written",
        )
    origins: list[Origin] = []
    reader = FolderReader(sheets, problems, planned.currency)
    try:
        verdicts = ledger.take(_flawless(reader, origins))
    except Unreadable as broken:
        raise _spoilt(folder, broken.problem) from broken
    refused = [
        _located(fault, origin)
        for verdict, origin in zip(verdicts, origins, strict=True)
        for fault in verdict.faults
    ]
    if refused:
        raise _spoilt(folder, refused[0])
    counts = Counter((verdict.kind, verdict.outcome) for verdict in verdicts)
    outcomes = _outcomes(counts)
    return CsvOutcome(outcomes["create"], outcomes["change"], outcomes["same"], _by_kind(counts))


def _files_of(folder: Path) -> tuple[dict[FileShape, Path], list[str]]:
    """Find the files of a folder by shape, and name the CSV files nobody knows."""
    try:
        present = sorted(path for path in folder.iterdir() if path.suffix.casefold() == ".csv")
    except OSError as broken:
        raise Invalid(
            "The folder cannot be read",
            record=str(folder),
            reason=f"the system says: {(broken.strerror or str(broken)).lower()}",
            remedy="Give the folder that holds your CSV files",
        ) from broken
    by_name: dict[str, list[Path]] = {}
    for path in present:
        by_name.setdefault(path.name.casefold(), []).append(path)
    doubled = next((paths for paths in by_name.values() if len(paths) > 1), None)
    if doubled:
        raise Invalid(
            "The folder holds a file twice",
            record=str(folder),
            reason=f"{' and '.join(path.name for path in doubled)} differ only in capitals",
            remedy="Keep one of them",
        )
    found = {shape: by_name[shape.name][0] for shape in FILES if shape.name in by_name}
    if not found:
        held = ", ".join(path.name for path in present) or "no CSV file at all"
        raise Invalid(
            "There is nothing to take in the folder",
            record=str(folder),
            reason=f"it holds {held}",
            remedy=f"Name the files {', '.join(shape.name for shape in FILES)}",
        )
    known = set(found.values())
    return found, [path.name for path in present if path not in known]


def _open(paths: Mapping[FileShape, Path], encoding: str, problems: Problems) -> dict[str, Sheet]:
    sheets: dict[str, Sheet] = {}
    for shape, path in paths.items():
        try:
            sheets[shape.name] = open_sheet(path, shape, encoding)
        except Unreadable as broken:
            problems.add(broken.problem)
    return sheets


def _weighed(ledger: AcceptsRecords, reader: FolderReader, origins: list[Origin]) -> list[Verdict]:
    """Weigh what can be read; where a file stops being CSV, weighing has no sense and its problem is told."""
    try:
        return list(ledger.weigh(_traced(reader, origins)))
    except Unreadable as broken:
        reader.problems.add(broken.problem)
        origins.clear()
        return []


def _traced(reader: FolderReader, origins: list[Origin]) -> Iterator[HostRecord]:
    for record, origin in reader.records():
        origins.append(origin)
        yield record


def _flawless(reader: FolderReader, origins: list[Origin]) -> Iterator[HostRecord]:
    """Read records, and break off the transaction that takes them when a problem turned up after all."""
    yield from _traced(reader, origins)
    if reader.problems.total:
        raise Unreadable(reader.problems.listed[0])


def _located(fault: RecordFault, origin: Origin) -> CsvProblem:
    """Say in which file, row and column a fault of a record is."""
    part = _PART.match(fault.field)
    file, row, column = origin.file, origin.row, COLUMN_OF.get(fault.field, fault.field)
    if part:
        at = int(part["at"])
        column = part["field"] or "invoice"
        if at < len(origin.part_rows):
            file, row = origin.parts_file, origin.part_rows[at]
        if part["parts"] == "allocations" and column == "amount" and file == origin.file:
            column = "allocated"
    return CsvProblem(file, row, column, fault.record, fault.what, fault.why, fault.remedy)


def _by_kind(counts: Mapping[tuple[Kind, str], int]) -> dict[Kind, dict[str, int]]:
    found: dict[Kind, dict[str, int]] = {}
    for (kind, outcome), count in sorted(counts.items()):
        found.setdefault(kind, {})[outcome] = count
    return found


def _outcomes(counts: Mapping[tuple[Kind, str], int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for (_, outcome), count in counts.items():
        found[outcome] += count
    return found


def _spoilt(folder: str, problem: CsvProblem) -> Invalid:
    return Invalid(
        "The folder was not taken",
        record=folder,
        reason=problem.sentence(),
        remedy="Plan again and look at it; nothing was written",
    )
