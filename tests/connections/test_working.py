"""Who works: whoever runs the installation sees the machines; other tenants see only that somebody does."""

from __future__ import annotations

from datetime import timedelta

from tests.world import World
from tieout.connections.working import SILENT, list_workers
from tieout.security.callers import owner
from tieout.storage.workers import Worker


def test_only_whoever_runs_the_installation_is_told_the_machines(small_world: World) -> None:
    world, now = small_world, small_world.clock.now()
    with world.edges.database.transaction() as work:
        work.workers.put(Worker("cellar-7:4242:run_1", "cellar-7", "worker", "1", now, now))
    (ours,) = list_workers(world.edges, world.caller)
    (theirs,) = list_workers(world.edges, owner("other", "test"))
    assert ours.id == "cellar-7:4242:run_1"
    assert theirs.id == "run_1"
    assert "cellar" not in str(theirs)
    assert (theirs.role, theirs.state) == ("worker", "running")
    world.pass_time((SILENT + timedelta(seconds=1)).total_seconds())
    (gone,) = list_workers(world.edges, owner("other", "test"))
    assert gone.state == "silent"
