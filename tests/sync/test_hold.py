"""A company is held while its cycle runs, and set free when its holder is known to be dead."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.world import World
from tieout.connections.hold import LEASE, Hold, claim, claim_next, is_dead, owner_name
from tieout.storage.leases import LeaseLost


def _dead_process() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_a_process_of_this_machine_that_ended_is_known_to_be_dead() -> None:
    ours = owner_name("desk", "run_1")
    assert is_dead(f"desk:{_dead_process()}:run_0", ours)
    assert not is_dead(f"desk:{os.getppid()}:run_0", ours), "it is alive"
    assert not is_dead(f"elsewhere:{_dead_process()}:run_0", ours), "who could know?"
    assert not is_dead(ours, ours)
    assert not is_dead("worker-1", ours), "this is no name of ours"


def test_the_lease_of_a_killed_process_is_taken_over_at_once(world: World) -> None:
    killed = f"desk:{_dead_process()}:run_0"
    with world.edges.database.transaction() as work:
        chosen = work.companies.all("main")[0]
        assert work.companies.claim(chosen.id, killed, world.clock.now(), LEASE) is not None
    assert claim(world.edges, chosen.id) is None, "the test's own owner is no name of a process here"
    edges = replace(world.edges, owner=owner_name("desk", "run_1"))
    lease = claim_next(edges)
    assert lease is not None
    assert lease.owner == edges.owner


def test_a_long_cycle_keeps_its_company(world: World) -> None:
    with world.edges.database.transaction() as work:
        chosen = work.companies.all("main")[0]
    lease = claim(world.edges, chosen.id)
    assert lease is not None
    hold = Hold(world.edges, lease)
    for _ in range(10):
        world.pass_time(LEASE.total_seconds() * 0.6)
        hold()
        assert claim(replace(world.edges, owner="somebody else"), chosen.id) is None
    world.pass_time((LEASE + timedelta(seconds=1)).total_seconds())
    assert claim(replace(world.edges, owner="somebody else"), chosen.id) is not None


def test_what_a_vanished_machine_holds_is_taken_over_when_its_lease_runs_out_and_no_sooner(
    world: World,
) -> None:
    gone = replace(world.edges, owner=f"elsewhere:{_dead_process()}:run_0")
    here = replace(world.edges, owner=owner_name("desk", "run_1"))
    with world.edges.database.transaction() as work:
        chosen = work.companies.all("main")[0]
    theirs = claim(gone, chosen.id)
    assert theirs is not None
    with world.edges.database.transaction() as work:
        work.companies.wake(chosen.id, now=world.clock.now())
    assert claim_next(here) is None
    world.pass_time((LEASE - timedelta(seconds=1)).total_seconds())
    assert claim_next(here) is None
    assert claim(here, chosen.id) is None
    world.pass_time(2)
    ours = claim_next(here)
    assert ours is not None
    assert (ours.company, ours.fence) == (chosen.id, theirs.fence + 1)
    with pytest.raises(LeaseLost), gone.database.transaction() as work:
        work.companies.guard(theirs)
