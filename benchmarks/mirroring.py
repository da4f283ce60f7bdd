"""What it costs to mirror a company: processor time, memory and calls of Tieout, beside the least that must be done.

    python -m benchmarks.mirroring --records 100000 --rounds 3
    python -m benchmarks.mirroring --rivals cache-folder --database postgresql+psycopg://postgres@127.0.0.1/postgres

A company is made by qbosim's generator (or taken from a file) and served by qbosim in a process of its own. Each
round runs every contender once, each as a program of its own on an empty database, in turn, so that whatever else the
machine does meets all of them. Figures are medians over the rounds; ratios are taken within a round.
"""

from __future__ import annotations

import argparse
import compileall
import json
import secrets
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psycopg

import tieout
from benchmarks.contenders import OURS, Contender, Task
from benchmarks.machine import facts
from benchmarks.measuring import Failed, measured
from benchmarks.rivals import CannotPrepare, rivals
from qbosim.clock import Clock
from qbosim.generate.msp import Size
from qbosim.generated_file import generate_file

NOW = datetime(2026, 5, 5, 17, 0, tzinfo=UTC)
INVOICES_OF_RECORDS = 0.42
"""Of a generated company's records so many are invoices; the rest follows from them."""
ENTITIES = (
    "Customer",
    "Vendor",
    "Item",
    "Account",
    "Invoice",
    "Payment",
    "CreditMemo",
    "Bill",
    "BillPayment",
    "Purchase",
    "Deposit",
    "JournalEntry",
)
"""What the generator makes, and so what everybody is asked to mirror; Tieout mirrors the others, too."""


@dataclass(frozen=True)
class Result:
    """One contender in one round."""

    name: str
    records: int
    processor: float
    wall: float
    peak_mb: float
    calls: int


@contextmanager
def served(data: Path) -> Iterator[dict[str, Any]]:
    """Serve a company in a process of its own, without its throttle; gives what it says when it is ready."""
    command = [sys.executable, "-c", "from qbosim.cli import run; run()"]
    command += ["serve", "--data", str(data), "--port", "0", "--no-throttle"]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            assert process.stdout is not None, "it is a pipe"
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


@contextmanager
def empty_database(server: str) -> Iterator[str]:
    """Make an empty database, a SQLite file without a server, and give its address."""
    if not server:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/mirror.db"
        return
    plain = server.replace("postgresql+psycopg:", "postgresql:")
    name = f"bench_{secrets.token_hex(4)}"
    with psycopg.connect(plain, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield server.rpartition("/")[0] + f"/{name}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def measure(name: str, contender: Contender, ready: dict[str, Any], server: str) -> Result | None:
    """Let one contender mirror the company as a fresh program; None, and why is printed, when it cannot."""
    grant = _control(ready, "POST", "grant")
    with empty_database(server) as database, tempfile.TemporaryDirectory() as folder:
        task = Task(
            ready["url"],
            ready["realm_id"],
            ready["client_id"],
            ready["client_secret"],
            grant["access_token"],
            grant["refresh_token"],
            ENTITIES,
            database,
        )
        try:
            program = contender.prepare(task, Path(folder))
            before = _calls(ready)
            took = measured(program.command, program.told, program.environment, Path(folder))
        except (CannotPrepare, Failed) as why:
            print(f"{name} is left out: {why}")
            return None
        records = contender.counted(took.output.strip().splitlines()[-1], task)
        return Result(name, records, took.processor, took.wall, took.peak_mb, _calls(ready) - before)


def main() -> None:
    """Run the rounds and print a line for each contender."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, help="a file of qbosim; without it one is generated")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", default="", help="a PostgreSQL server's address; without it SQLite")
    parser.add_argument(
        "--rivals", type=Path, help="others' programs, too; the folder in which what they need is kept"
    )
    parser.add_argument("--contenders", default="", help="these alone, separated by commas")
    asked = parser.parse_args()
    print(facts())
    # Compiled beforehand, as an installed program's modules are.
    for ours in (Path(tieout.__file__).parent, Path(__file__).parent):
        compileall.compile_dir(ours, quiet=2)
    everybody = OURS | (rivals(asked.rivals) if asked.rivals else {})
    wanted = asked.contenders.split(",") if asked.contenders else list(everybody)
    contenders = {
        name: one
        for name, one in everybody.items()
        if name in wanted and (one.postgresql if asked.database else one.sqlite)
    }
    with tempfile.TemporaryDirectory() as folder:
        data = asked.data
        if data is None:
            data = Path(folder) / "books.db"
            invoices = round(asked.records * INVOICES_OF_RECORDS)
            generate_file(data, Size(max(1, invoices // 100), invoices, 3), 1, clock=Clock.at(NOW))
        with served(data) as ready:
            rounds = [_round(contenders, ready, asked.database) for _ in range(asked.rounds)]
    _show(rounds)


def _round(contenders: dict[str, Contender], ready: dict[str, Any], server: str) -> dict[str, Result]:
    results = [measure(name, one, ready, server) for name, one in contenders.items()]
    return {one.name: one for one in results if one is not None}


def _show(rounds: list[dict[str, Result]]) -> None:
    for name, first in rounds[0].items():
        together = [one for one in rounds if name in one]
        runs = [one[name] for one in together]
        processor = statistics.median(one.processor for one in runs)
        line = (
            f"{name}: {first.records} records, {processor:.2f} s of processor"
            f" ({first.records / processor:,.0f} records a second)"
        )
        for other in ("floor", "tieout"):
            times = [one[name].processor / one[other].processor for one in together if other in one]
            if times and name != other:
                line += f", {statistics.median(times):.2f} x {other} ({_list(times)})"
        wall = statistics.median(one.wall for one in runs)
        peak = max(one.peak_mb for one in runs)
        print(f"{line}, {wall:.1f} s by the clock, {peak:.0f} MB at most, {runs[-1].calls} calls")


def _list(numbers: list[float]) -> str:
    return " ".join(f"{one:.2f}" for one in numbers)


def _calls(ready: dict[str, Any]) -> int:
    """Count the requests to the company's API so far."""
    newest = _control(ready, "GET", "log?order=newest&limit=1")["entries"]
    return int(newest[0]["number"]) if newest else 0


def _control(ready: dict[str, Any], method: str, path: str) -> Any:
    body = b"{}" if method == "POST" else None
    with urlopen(Request(f"{ready['url']}/qbosim/{path}", data=body, method=method)) as answer:  # noqa: S310 - our own server
        return json.loads(answer.read())


if __name__ == "__main__":
    main()
