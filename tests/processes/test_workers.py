"""Several workers on PostgreSQL: one that is paused past its lease writes nothing, one that is stopped gives back."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import emptied, postgres_database, postgres_url
from tests.processes.programs import Programs, until
from tests.processes.shop import write_shop
from tests.processes.storm import abandoned, cycles_of, holder_of, live, overlapping, settled, writes_after
from tieout.connections.working import list_workers
from tieout.kit.clock import SystemClock
from tieout.sync.documents import list_documents
from tieout.sync.host_records import import_csv
from tieout.wiring import TENANT

__all__ = ["postgres_database", "postgres_url"]
pytestmark = pytest.mark.postgres
INVOICES = 8
SLOW_SECONDS = 4.0
"""How long QuickBooks takes for the invoice in the middle of which a worker is struck."""


@pytest.fixture
def programs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Programs]:
    """Give a live company, and leases that are short enough to be waited for."""
    emptied(request.getfixturevalue("postgres_database"))
    with Programs(tmp_path, database=request.getfixturevalue("postgres_url")) as made:
        made.environment["TIEOUT_LEASE_SECONDS"] = "3"
        live(made, INVOICES)
        yield made


def test_who_is_paused_is_taken_over_and_sends_nothing_when_it_wakes_and_who_is_stopped_leaves_nothing_held(
    programs: Programs,
) -> None:
    _one_slow_invoice(programs)
    workers = [programs.worker(), programs.worker()]
    until(
        "an invoice is there, and its answer is not here", lambda: programs.count("Invoice") == 1, step=0.02
    )
    holder = holder_of(programs)
    (paused,) = [one for one in workers if str(one.pid) in holder.split(":")]
    paused.send_signal(signal.SIGSTOP)
    settled(programs, INVOICES)
    before = writes_after(programs, 0)
    paused.send_signal(signal.SIGCONT)
    until("the paused worker sees that its time is over", lambda: abandoned(programs) >= 1)
    until("it lives on", lambda: paused.poll() is None and _states(programs, paused.pid) == {"running"})
    assert writes_after(programs, before[-1]) == []
    fences = [one.fence for one in cycles_of(programs)]
    assert len(fences) == len(set(fences))
    assert overlapping(programs) == []

    _one_slow_invoice(programs)
    more = write_shop(programs.folder / "more", INVOICES + 1, today=SystemClock().now().date().isoformat())
    with programs.installation() as (edges, caller):
        assert import_csv(edges, caller, more).applied
    until("another one is there", lambda: programs.count("Invoice") == INVOICES + 1, step=0.02)
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    assert [one.wait(60) for one in workers] == [0, 0]
    with programs.installation() as (edges, caller), edges.database.reading() as work:
        assert [one.leased_by for one in work.companies.all(TENANT)] == [""]
        assert [one for one in work.jobs.holders() if one] == []
    assert {state for one in workers for state in _states(programs, one.pid)} == {"ended"}
    assert cycles_of(programs)[-1].state in ("succeeded", "partial")
    with programs.installation() as (edges, caller):
        stands = {one.ref: one.stands for one in list_documents(edges, caller, limit=500).rows}
    assert stands[f"K-{INVOICES:04}"] == "synced", "an answer that was waited for was not kept"


def _one_slow_invoice(programs: Programs) -> None:
    """Have QuickBooks answer the next invoice late."""
    slow = {"fault": "slow", "times": 1, "seconds": SLOW_SECONDS, "method": "POST", "path": "*/invoice"}
    programs.http.post("/qbosim/faults", json=slow).raise_for_status()


def _states(programs: Programs, process: int) -> set[str]:
    with programs.installation() as (edges, caller):
        return {one.state for one in list_workers(edges, caller) if one.id.split(":")[1] == str(process)}
