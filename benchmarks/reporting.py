"""How long every report of a big company takes over HTTP, on both bases, and how much memory serving it needs.

    python -m benchmarks.reporting --invoices 20000
    python -m benchmarks.reporting --data books.db

Without a file, one is generated as `qbosim generate` does: payments, in part and late, settle what was billed.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.machine import facts
from benchmarks.paging import NOW, Client, served
from qbosim.clock import Clock
from qbosim.generate.msp import Size
from qbosim.generated_file import generate_file
from qbosim.reports.catalogue import REPORTS
from qbosim.reports.frame import CUT

_YEAR = {"start_date": "2025-01-01", "end_date": "2025-12-31"}
_MONTHS = {**_YEAR, "summarize_column_by": "Month"}
_CASH = {"accounting_method": "Cash"}
_NOT_HERE = ("TaxSummary",)
"""Reports that an American company does not have."""
_MORE = (
    ("ProfitAndLoss", {**_YEAR, **_CASH}),
    ("ProfitAndLoss", {"date_macro": "All", **_CASH}),
    ("ProfitAndLoss", {**_MONTHS, **_CASH}),
    ("ProfitAndLoss", {**_YEAR, "summarize_column_by": "Customers"}),
    ("BalanceSheet", {**_MONTHS, **_CASH}),
    ("GeneralLedger", {**_YEAR, **_CASH}),
    ("TransactionList", {**_YEAR, "arpaid": "Unpaid"}),
)


def main() -> None:
    """Ask for every report, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, help="a file of qbosim; without it one is generated")
    parser.add_argument("--invoices", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(facts())
    with tempfile.TemporaryDirectory() as folder:
        data = asked.data
        if data is None:
            data = Path(folder) / "books.db"
            generate_file(
                data, Size(max(1, asked.invoices // 100), asked.invoices, 3), 1, clock=Clock.at(NOW)
            )
        with sqlite3.connect(data) as db:
            (postings,) = db.execute("SELECT count(*) FROM posting").fetchone()
            (settled,) = db.execute("SELECT count(*) FROM application").fetchone()
        print(f"{data.stat().st_size / 2**20:.0f} MB, {postings} postings, {settled} settlements")
        with served(data) as client:
            wanted = [(name, _YEAR) for name in REPORTS if name not in _NOT_HERE]
            for name, query in (*wanted, *_MORE):
                _measure(client, name, query, asked.rounds)
            print(f"the server's memory at its peak: {client.peak_megabytes()} MB")


def _measure(client: Client, name: str, query: dict[str, str], rounds: int) -> None:
    seconds = []
    for _ in range(rounds):
        begun = time.perf_counter()
        body = client.get(f"reports/{name}", **query)
        seconds.append(time.perf_counter() - begun)
    cut = ", cut" if CUT.encode() in body else ""
    words = " ".join(f"{key}={value}" for key, value in query.items() if key not in _YEAR)
    shown = f"{name} {words}".strip()
    median, most = statistics.median(seconds), max(seconds)
    print(f"{shown}: {median:.2f} s, longest {most:.2f} s, {len(body) / 2**20:.2f} MB{cut}", flush=True)


if __name__ == "__main__":
    main()
