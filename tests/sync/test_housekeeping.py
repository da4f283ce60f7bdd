"""Housekeeping forgets what is old and has ended, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from tests.world import World
from tieout.storage.events import NewEvent
from tieout.storage.imports import ImportProgress
from tieout.sync.housekeeping import EVENTS_KEPT, READS_KEPT, keep_house


def test_what_is_old_and_ended_is_forgotten_and_what_is_open_stays(world: World) -> None:
    company = world.ready()
    long_ago = world.clock.now()
    told = [
        NewEvent(key, "Customer", "1", "Update", "", long_ago, settled=settled)
        for key, settled in (("shown", True), ("open", False))
    ]
    day = long_ago.date()
    with world.edges.database.transaction() as work:
        work.events.add(company.id, told, now=long_ago)
        work.reads.add(company.id, day, "query")
        work.reads.add(company.id, day + timedelta(days=30), "query")
    before = {one.entity for one in _imports(world, company.id)}
    world.pass_time(READS_KEPT.total_seconds() + 86_400)
    assert READS_KEPT > EVENTS_KEPT
    keep_house(world.edges)
    with world.edges.database.reading() as work:
        assert work.events.known(company.id, ["shown", "open"]) == {"open"}
        assert {one.day for one in work.reads.since(company.id, day)} == {day + timedelta(days=30)}
        assert {one.entity for one in work.imports.all(company.id)} == before


def _imports(world: World, company: str) -> list[ImportProgress]:
    with world.edges.database.reading() as work:
        return list(work.imports.all(company))
