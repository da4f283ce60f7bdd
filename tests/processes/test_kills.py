"""Real processes, killed without a warning in the middle of an export: nothing doubled, nothing lost, to the cent."""

from __future__ import annotations

import random
import time
from functools import partial
from pathlib import Path

import pytest

from tests.databases import emptied, postgres_database, postgres_url
from tests.processes.programs import Programs, killed, until
from tests.processes.storm import holder_of, live, settled
from tieout.sync.checkup import check_up
from tieout.sync.cycle import sync_now

__all__ = ["postgres_database", "postgres_url"]


def _settled(programs: Programs, invoices: int) -> None:
    """Let a worker finish what is left, and check both sides against what the shop's files say."""
    worker = programs.worker()
    settled(programs, invoices)
    killed(worker)
    names = [one["DisplayName"] for one in programs.every("Customer")]
    assert len(names) == len(set(names)) == len({one % 15 for one in range(invoices)})
    assert [one["Name"] for one in programs.every("Item")].count("Workshop hour") == 1
    with programs.installation() as (edges, caller):
        assert [one for one in check_up(edges, caller) if one.state != "ok"] == []


def _there(programs: Programs, invoices: int) -> bool:
    return programs.count("Invoice") >= invoices


def test_an_export_killed_eight_times_and_its_books_once_ends_right(tmp_path: Path) -> None:
    invoices, chance = 200, random.Random(20260302)
    with Programs(tmp_path) as programs:
        live(programs, invoices)
        # In the first half: however late a kill comes on a busy machine, there is much left to be sent.
        goals = sorted(chance.sample(range(3, invoices // 2), 8))
        for round_, goal in enumerate(goals):
            worker = programs.worker()
            until(f"invoice {goal} is in the books", partial(_there, programs, goal), step=0.02)
            time.sleep(chance.uniform(0, 0.08))
            if round_ == 4:
                programs.kill_simulator()
                time.sleep(chance.uniform(0, 0.2))
            killed(worker)
            if round_ == 4:
                programs.serve()
                with programs.installation() as (edges, caller):
                    assert sync_now(edges, caller).state in ("succeeded", "partial")
        assert programs.count("Invoice") < invoices, "everything had left before the last kill"
        _settled(programs, invoices)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_of_two_workers_one_works_and_the_other_takes_over_from_the_dead(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    database = ""
    if kind == "postgresql":
        emptied(request.getfixturevalue("postgres_database"))
        database = request.getfixturevalue("postgres_url")
    with Programs(tmp_path, database=database) as programs:
        live(programs, 40)
        workers = [programs.worker(), programs.worker()]
        until("some invoices are in the books", lambda: programs.count("Invoice") >= 10)
        holder = holder_of(programs)
        (dying,) = [one for one in workers if str(one.pid) in holder.split(":")]
        killed(dying)
        _settled(programs, 40)
