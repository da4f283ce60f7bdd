"""How quickly a big company is read page by page over HTTP, and whether the last pages are as quick as the first.

    python -m benchmarks.paging --invoices 100000
    python -m benchmarks.paging --data books.db

One client reads pages of 1,000 invoices from the first to the last, one after another, in several orders. `flat` is the
median time of the last twentieth of the pages over that of the first: 1.0 is flat.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.machine import facts
from qbosim.clock import Clock
from qbosim.generate.msp import Size
from qbosim.generated_file import generate_file

PAGE = 1000
QUERIES = (
    "select * from Invoice",
    "select * from Invoice orderby Id",
    "select * from Invoice orderby MetaData.LastUpdatedTime",
    "select * from Invoice orderby TxnDate",
    "select * from Invoice orderby TxnDate desc",
    "select * from Invoice where TxnDate >= '2020-01-01' orderby Id",
)
NOW = datetime(2026, 5, 5, 17, 0, tzinfo=UTC)


@dataclass
class Client:
    """One connection with a token."""

    connection: http.client.HTTPConnection
    realm: str
    bearer: str
    server: int
    """The server's process id."""

    def get(self, place: str, **query: str) -> bytes:
        """One call that must succeed; answers the body."""
        headers = {"Authorization": f"Bearer {self.bearer}", "Accept": "application/json"}
        path = f"/v3/company/{self.realm}/{place}?{urlencode(query)}"
        self.connection.request("GET", path, headers=headers)
        response = self.connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise RuntimeError(f"{response.status}: {body[:300]!r}")
        return body

    def peak_megabytes(self) -> int:
        """The most memory that the server held so far (Linux)."""
        status = Path(f"/proc/{self.server}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) // 1024


@contextmanager
def served(data: Path) -> Iterator[Client]:
    """Serve a file in a process of its own, as a user does, and connect to it."""
    command = [sys.executable, "-c", "from qbosim.cli import run; run()"]
    command += ["serve", "--data", str(data), "--port", "0", "--no-throttle"]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            assert process.stdout is not None, "it is a pipe"
            ready = json.loads(process.stdout.readline())
            connection = http.client.HTTPConnection(ready["url"].partition("//")[2])
            connection.request("POST", "/qbosim/grant", b"{}")
            bearer = json.loads(connection.getresponse().read())["access_token"]
            yield Client(connection, ready["realm_id"], bearer, process.pid)
        finally:
            process.terminate()


def walk(client: Client, query: str) -> tuple[int, list[float]]:
    """Read all pages of a query; answers the number of records and each page's seconds."""
    records, seconds = 0, []
    while True:
        begun = time.perf_counter()
        body = client.get("query", query=f"{query} startposition {records + 1} maxresults {PAGE}")
        seconds.append(time.perf_counter() - begun)
        found = body.count(b'"SyncToken":')
        records += found
        if found < PAGE:
            return records, seconds


def main() -> None:
    """Read everything in every order and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, help="a file of qbosim; without it one is generated")
    parser.add_argument("--invoices", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    print(facts())
    with tempfile.TemporaryDirectory() as folder:
        data = asked.data
        if data is None:
            data = Path(folder) / "books.db"
            size = Size(max(1, asked.invoices // 100), asked.invoices, 3)
            generate_file(data, size, 1, clock=Clock.at(NOW))
        print(f"{data.stat().st_size / 2**20:.0f} MB")
        with served(data) as client:
            _measure(client, asked.rounds)


def _measure(client: Client, rounds: int) -> None:
    for query in QUERIES:
        walks = [walk(client, query) for _ in range(rounds)]
        rate = statistics.median(records / sum(seconds) for records, seconds in walks)
        every = [each for _, seconds in walks for each in seconds]
        print(
            f"{query}: {walks[0][0]} records, {rate:.0f}/s, page {statistics.median(every) * 1000:.1f} ms, "
            f"longest {max(every) * 1000:.0f} ms, flat {statistics.median(map(_flatness, walks)):.2f}"
        )
    begun = time.perf_counter()
    client.get("query", query="select count(*) from Invoice")
    counted = time.perf_counter()
    client.get("cdc", entities="Invoice,Payment", changedSince="2015-01-01T00:00:00Z")
    print(
        f"count {1000 * (counted - begun):.0f} ms, change feed {1000 * (time.perf_counter() - counted):.0f} ms"
    )


def _flatness(walked: tuple[int, list[float]]) -> float:
    seconds = walked[1][:-1] or walked[1]
    share = max(1, len(seconds) // 20)
    return statistics.median(seconds[-share:]) / statistics.median(seconds[:share])


if __name__ == "__main__":
    main()
