"""How many transactions a second `qbosim generate` writes.

    python -m benchmarks.generating --invoices 20000 --rounds 3

Each round writes a file and counts by wall clock and by processor time, that of the second process included: on a busy
machine the second one counts.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.machine import facts
from qbosim.clock import Clock
from qbosim.generate.msp import Size
from qbosim.generated_file import generate_file

_LISTS = ("Customer", "Vendor")
_NOW = datetime(2026, 5, 5, 17, 0, tzinfo=UTC)


def main() -> None:
    """Run the rounds and print one line for each and the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--customers", type=int, default=400)
    parser.add_argument("--invoices", type=int, default=20_000)
    parser.add_argument("--years", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(facts())
    rates, own = [], []
    for number in range(asked.rounds):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "books.db"
            wall, cpu = time.perf_counter(), _processor_seconds()
            report = generate_file(
                path, Size(asked.customers, asked.invoices, asked.years), number, clock=Clock.at(_NOW)
            )
            wall, cpu = time.perf_counter() - wall, _processor_seconds() - cpu
            written = sum(count for name, count in report.items() if name not in _LISTS)
            rates.append(written / wall)
            own.append(written / cpu)
            size = path.stat().st_size / 2**20
        print(
            f"round {number + 1}: {written} transactions, {wall:.1f} s ({written / wall:.0f}/s), "
            f"processor {cpu:.1f} s ({written / cpu:.0f}/s), {size:.0f} MB"
        )
    print(f"median: {statistics.median(rates):.0f}/s, by processor time {statistics.median(own):.0f}/s")


def _processor_seconds() -> float:
    """What this process and those that it ended took of the processors."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


if __name__ == "__main__":
    main()
