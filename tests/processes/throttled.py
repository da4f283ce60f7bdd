"""One worker of the throttle's tests and measurements: threads that read one company as fast as they are let.

`python -m tests.processes.throttled THREADS SECONDS` works on the installation that the environment names.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from tieout.connections.books import open_books
from tieout.wiring import TENANT, Settings, build


def main(threads: int, seconds: float) -> None:
    """Read that long, and print how many calls were answered."""
    edges = build(Settings())
    with edges.database.reading() as work:
        (company,) = work.companies.all(TENANT)
    until = edges.clock.now() + timedelta(seconds=seconds)
    with open_books(edges, company) as books, ThreadPoolExecutor(threads) as pool:

        def read(_thread: int) -> int:
            calls = 0
            while edges.clock.now() < until:
                books.count("Customer")
                calls += 1
            return calls

        calls = sum(pool.map(read, range(threads)))
    sys.stdout.write(json.dumps({"calls": calls}) + "\n")
    edges.http.close()
    edges.database.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
