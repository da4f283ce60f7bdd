"""What it costs to catch up with a company in which very much has changed since the last look.

    python -m benchmarks.catching_up --changes 1001,5000,100000
    python -m benchmarks.catching_up --changes 5000 --database postgresql+psycopg://postgres@127.0.0.1/postgres

A company with so many invoices is made by qbosim's generator, served by qbosim in a process of its own, and imported
by `tieout import`. Then somebody edits every invoice over the API, and voids, deletes and makes a few; with `--one-second`
QuickBooks dates all of that to one second. `tieout sync` is measured as a program of its own while somebody goes on
editing, and once more for what it left. Calls are those of qbosim's meter.

Ends with 1 when a mirror is not what its coverage claims after the first look, or not equal to the books in the end.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.processes.crowded import (
    audit,
    bookkeeper,
    change_every_invoice,
    generate,
    somebody_at_work,
    theirs,
)
from tests.processes.programs import TIEOUT, Programs

from benchmarks.machine import facts
from benchmarks.measuring import Measured, measured
from benchmarks.mirroring import empty_database

CYCLES_MAX = 60
"""So many looks must be enough to have everything applied."""


@dataclass
class CaughtUp:
    """How one company was caught up with."""

    records: int
    changes: int
    looks: list[Measured] = field(default_factory=list)
    """The first one with all the changes; later ones apply what one look has no room for."""
    reads: list[int] = field(default_factory=list)
    meanwhile: int = 0
    silent: int = 0
    wrong: list[str] = field(default_factory=list)


def catch_up(invoices: int, server: str, *, one_second: bool) -> CaughtUp:
    """Make a company, change it, and have it caught up with."""
    with tempfile.TemporaryDirectory() as temporary, _database(server) as database:
        folder = Path(temporary)
        generate(folder, invoices)
        with Programs(folder, database=database) as programs:
            _clock(programs, freeze=False)
            programs.sign_in()
            _run(programs, "import")
            found = CaughtUp(audit(programs)[0].records, 0)
            if one_second:
                _clock(programs, freeze=True)
            books = bookkeeper(programs)
            found.changes = change_every_invoice(books)
            _clock(programs, freeze=False, advance=2)
            _look(programs, found)
            return found


def _look(programs: Programs, found: CaughtUp) -> None:
    """Look at the changes while somebody is at work, then until nothing is left, with an audit after both."""
    began = theirs(programs)
    with somebody_at_work(programs) as edits:
        _measure(programs, found)
    found.meanwhile = edits[0]
    first, claims, waiting = audit(programs)
    if claims.changes_until is None or not began <= claims.changes_until <= theirs(programs):
        found.wrong.append(f"complete up to {claims.changes_until}, of a look that began at {began}")
    found.wrong += [f"claimed: {one}" for one in first.broken]
    while len(found.looks) < 2 or waiting:
        _measure(programs, found)
        last, claims, waiting = audit(programs)
        if len(found.looks) > CYCLES_MAX:
            found.wrong.append(f"{waiting} changes still wait after {CYCLES_MAX} looks")
            break
    found.silent = last.silent
    found.wrong += last.unequal
    found.wrong += [f"not proven: {one.entity}: {one.trouble}" for one in claims.entities if not one.proven]


def _measure(programs: Programs, found: CaughtUp) -> None:
    before = programs.reads()
    found.looks.append(_run(programs, "sync"))
    found.reads.append(programs.reads() - before)


def _run(programs: Programs, *words: str) -> Measured:
    return measured([*TIEOUT, *words, "--json"], "", programs.environment, programs.folder)


def _database(server: str) -> Any:
    """Give an empty database; without a server the installation has its own file."""
    return empty_database(server) if server else nullcontext("")


def _clock(programs: Programs, **wish: Any) -> None:
    programs.http.post("/qbosim/clock", json=wish).raise_for_status()


def _told(name: str, found: CaughtUp) -> list[str]:
    edited = f"{found.changes:,} changes and {found.meanwhile} meanwhile"
    return [
        f"{name}: {edited}, in a company of {found.records:,} records",
        f"  first look: {_figures(found.reads[:1], found.looks[:1])}",
        f"  {len(found.looks) - 1} more until nothing waits: {_figures(found.reads[1:], found.looks[1:])}",
        f"  {found.silent} records changed in QuickBooks without a date; {len(found.wrong)} are wrong",
        *(f"  {one}" for one in found.wrong[:20]),
    ]


def _figures(reads: Sequence[int], looks: Sequence[Measured]) -> str:
    processor, wall = sum(one.processor for one in looks), sum(one.wall for one in looks)
    peak = max(one.peak_mb for one in looks)
    return f"{sum(reads)} calls, {processor:.1f} s of processor, {wall:.1f} s by the clock, {peak:.0f} MB at most"


def main() -> int:
    """Measure and print; 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--changes", default="1001,5000,100000", help="how many invoices change, one company each"
    )
    parser.add_argument("--database", default="", help="a PostgreSQL server's address; without it SQLite")
    parser.add_argument(
        "--one-second", action="store_true", help="QuickBooks dates all changes to one second"
    )
    asked = parser.parse_args()
    print(facts(), flush=True)
    wrong = 0
    for invoices in (int(one) for one in asked.changes.split(",")):
        found = catch_up(invoices, asked.database, one_second=asked.one_second)
        wrong += len(found.wrong)
        print(*_told("PostgreSQL" if asked.database else "SQLite", found), sep="\n", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
