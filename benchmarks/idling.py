"""What idle companies cost: the scheduler's share of a core with thousands of them, and one company's own cycle.

`python -m benchmarks.idling --companies 1000,10000` (PostgreSQL, found or started as for the tests). Companies are
rows that fall due evenly over their cadence. A worker runs as an installation runs it: procrastinate, heartbeat,
claims, settling; only what a cycle asks of QuickBooks is left out, and measured apart (`one_cycle`). CPU time is that
of this process and of PostgreSQL's backends of this database, read from the kernel before and after.
"""

from __future__ import annotations

import argparse
import logging
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import text
from tests.databases import scratch_postgres
from tests.world import World

from benchmarks.machine import facts
from tieout.edges import Edges
from tieout.kit.clock import SystemClock
from tieout.storage.companies import Company
from tieout.storage.leases import Lease
from tieout.sync.cycle import Report
from tieout.wiring import Settings, build
from tieout.worker import Worker

TENANTS = 500
CADENCES = {"every 15 minutes": timedelta(minutes=15), "webhook-fed, every 48 hours": timedelta(hours=48)}


@dataclass(frozen=True)
class Share:
    """How much of one core the scheduler took."""

    companies: int
    cadence: str
    cycles: int
    seconds: float
    ours: float
    """CPU seconds of the worker's process."""
    database: float
    """CPU seconds of PostgreSQL's backends."""

    @property
    def of_a_core(self) -> float:
        """Give the share of one core."""
        return (self.ours + self.database) / self.seconds


def schedule(edges: Edges, companies: int, cadence: timedelta, seconds: float) -> Share:
    """Run a worker over so many idle companies for a while, and measure it."""
    fill(edges, companies, cadence)
    cycles = 0

    def nothing_to_do(within: Edges, lease: Lease) -> Report:
        """Begin a cycle, find nothing, and settle: the statements of a cycle that are the scheduler's."""
        nonlocal cycles
        now = within.clock.now()
        with within.database.transaction() as work:
            cycle = within.ids.new("cyc")
            work.cycles.start(cycle, lease.company, cause="due", fence=lease.fence, now=now)
        with within.database.transaction() as work:
            work.companies.settle(lease, due_at=now + cadence, now=now)
            work.cycles.finish(cycle, state="succeeded", stats={}, error="", now=now)
        cycles += 1
        return Report(lease.company, state="succeeded")

    worker = Worker(edges, threads=4, run=nothing_to_do)
    try:
        worker.start()
        _wait_for_the_house(edges)
        began, count, before = time.monotonic(), cycles, _cpu(edges)
        time.sleep(seconds)
        after, took, done = _cpu(edges), time.monotonic() - began, cycles - count
    finally:
        worker.stop()
    return Share(companies, "", done, took, after[0] - before[0], after[1] - before[1])


def _wait_for_the_house(edges: Edges) -> None:
    """Wait until the hour's housekeeping is over, which comes right after a start and is measured apart."""
    while True:
        time.sleep(2)
        with edges.database.engine.connect() as connection:
            done = connection.execute(text("SELECT count(*) FROM jobs WHERE state = 'done'")).scalar_one()
        if done:
            return


def fill(edges: Edges, companies: int, cadence: timedelta) -> None:
    """Make so many companies that fall due evenly over their cadence."""
    now = edges.clock.now()
    with edges.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM companies"))
    with edges.database.transaction() as work:
        for number in range(companies):
            at = now + cadence * (number / companies)
            work.companies.add(_idle(number, at))
    with edges.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE companies"))


def _idle(number: int, due_at: object) -> Company:
    return Company(
        id=f"co_{number:06}",
        tenant=f"tenant {number % TENANTS}",
        realm_id=str(number),
        name=f"Company {number}",
        country="US",
        currency="USD",
        environment="sandbox",
        status="connected",
        read_only=False,
        is_default=False,
        due_at=due_at,  # type: ignore[arg-type]
        leased_by="",
        lease_until=None,
        fence=0,
        again=False,
        cursor=None,
        complete_until=None,
        host="ledger",
        connected_at=due_at,  # type: ignore[arg-type]
    )


def _cpu(edges: Edges) -> tuple[float, float]:
    """Give the CPU seconds so far of this process, and of PostgreSQL's backends for this database."""
    with edges.database.engine.connect() as connection:
        rows = connection.execute(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"))
        backends = [row.pid for row in rows]
    return time.process_time(), sum(_seconds_of(pid) for pid in backends)


def _seconds_of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def one_cycle(folder: Path, cadence: timedelta, rounds: int = 60) -> tuple[float, float, int]:
    """Run idle cycles of one company in process, so far apart; gives CPU milliseconds, calls and bytes of one.

    The simulator answers in the same process, and its share is taken off by the clock around its answers.
    """
    world = World(folder)
    world.ready()
    world.settle()
    spent = calls = size = 0.0
    answer = world.simulator.answer

    def measured(request: object) -> object:
        nonlocal spent, calls, size
        began = time.thread_time()
        answered = answer(request)  # type: ignore[arg-type]
        spent += time.thread_time() - began
        calls += 1
        size += len(answered.body)
        return answered

    world.simulator.answer = measured  # type: ignore[method-assign,assignment]
    began = time.process_time()
    for _ in range(rounds):
        world.pass_time(cadence.total_seconds())
        assert world.sync().state == "succeeded"
    took = time.process_time() - began - spent
    world.close()
    return took / rounds * 1000, calls / rounds, round(size / rounds)


@contextmanager
def installation(folder: Path) -> Iterator[Edges]:
    """Give an installation on a scratch PostgreSQL, on the machine's own clock."""
    with scratch_postgres() as url:
        edges = build(Settings(home=folder, database=url), clock=SystemClock())
        try:
            yield edges
        finally:
            edges.http.close()
            edges.database.close()


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--companies", default="1000,10000")
    asked.add_argument("--seconds", type=float, default=60)
    told = asked.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    print(facts(), flush=True)
    assert threading.active_count() == 1, "whatever else runs would be measured, too"
    for name, cadence in CADENCES.items():
        with tempfile.TemporaryDirectory() as folder:
            milliseconds, calls, size = one_cycle(Path(folder), cadence)
        # No webhooks come here: what a fed company does at such a cadence is less.
        print(
            f"one idle cycle, {name.rpartition(', ')[2]}: {milliseconds:.1f} CPU-ms, {calls:.1f} calls, {size:,} bytes",
            flush=True,
        )
    print(f"{'companies':>9}  {'cadence':30} {'cycles/s':>8} {'worker':>7} {'database':>8} {'of a core':>9}")
    for companies in (int(one) for one in told.companies.split(",")):
        for name, cadence in CADENCES.items():
            with tempfile.TemporaryDirectory() as folder, installation(Path(folder)) as edges:
                share = schedule(edges, companies, cadence, told.seconds)
            print(
                f"{companies:9,}  {name:30} {share.cycles / share.seconds:8.2f}"
                f" {share.ours / share.seconds:7.1%} {share.database / share.seconds:8.1%} {share.of_a_core:9.1%}",
                flush=True,
            )


if __name__ == "__main__":
    main()
