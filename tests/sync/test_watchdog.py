"""Nothing stops silently: what stands still is told once, ends by itself, and an outside watcher hears while all is well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.connections.mailbox import Program, program
from tests.looking import plan_fault
from tests.world import World
from tieout.connections.hold import claim
from tieout.domain.pushes import State
from tieout.edges import Edges
from tieout.security.notices import list_notices
from tieout.storage.workers import Worker
from tieout.sync.watchdog import DISK_MIN, FEW, watch


@pytest.fixture
def watcher() -> Iterator[Program]:
    with program() as running:
        yield running


def beat(world: World, edges: Edges | None = None) -> None:
    now = world.clock.now()
    with (edges or world.edges).database.transaction() as work:
        work.workers.put(Worker("w1", "here", "worker", "1", now, now))


def look(world: World, edges: Edges | None = None) -> list[str]:
    """Look a minute later, and list what stands."""
    world.pass_time(61)
    watch(edges or world.edges)
    return standing(world)


def standing(world: World) -> list[str]:
    return sorted(one.kind for one in list_notices(world.edges, world.caller, standing=True))


def test_a_world_that_works_has_nothing_to_tell(world: World) -> None:
    world.sync()
    beat(world)
    assert look(world) == []


def test_without_a_worker_people_are_told_once_until_one_runs_again(world: World) -> None:
    assert look(world) == ["watch.workers"]
    assert look(world) == ["watch.workers"]
    assert len(list_notices(world.edges, world.caller)) == 1
    beat(world)
    assert look(world) == []
    world.pass_time(300)
    assert look(world) == ["watch.workers"]
    assert [one.times for one in list_notices(world.edges, world.caller)] == [2, 1]


def test_an_installation_without_companies_needs_no_worker(small_world: World) -> None:
    assert look(small_world) == []


def test_a_company_whose_cycle_is_long_due_is_named_and_forgotten_after_its_cycle(world: World) -> None:
    world.sync()
    world.pass_time(36 * 60)
    beat(world)
    assert look(world) == ["watch.overdue"]
    (notice,) = list_notices(world.edges, world.caller)
    assert notice.severity == "error"
    assert "due for" in notice.why
    world.sync()
    beat(world)
    assert look(world) == []


def test_a_frequency_of_its_own_is_respected(world: World) -> None:
    from tieout.connections.companies import change_setting

    change_setting(world.edges, world.caller, name="every_minutes", value="240")
    world.sync()
    with world.edges.database.reading() as work:
        due = work.companies.all("main")[0].due_at
    world.pass_time((due - world.clock.now()).total_seconds() + 120 * 60)
    beat(world)
    assert look(world) == []
    world.pass_time(130 * 60)
    beat(world)
    assert look(world) == ["watch.overdue"]


def test_many_companies_of_one_tenant_are_told_of_as_one_thing(world: World) -> None:
    with world.edges.database.transaction() as work:
        first = work.companies.all("main")[0]
        for number in range(FEW + 3):
            work.companies.add(
                replace(
                    first, id=f"co_{number}", realm_id=f"9{number}", name=f"Shop {number}", is_default=False
                )
            )
    world.pass_time(3600)
    beat(world)
    assert look(world) == ["watch.overdue"]
    (notice,) = list_notices(world.edges, world.caller)
    assert notice.record == f"{FEW + 4} companies"


def test_a_cycle_that_runs_for_an_hour_is_told_of_while_it_runs(world: World) -> None:
    with world.edges.database.reading() as work:
        company = work.companies.all("main")[0]
    lease = claim(world.edges, company.id)
    assert lease is not None
    with world.edges.database.transaction() as work:
        work.cycles.start("cyc_1", company.id, cause="due", fence=lease.fence, now=world.clock.now())
    world.pass_time(3700)
    with world.edges.database.transaction() as work:
        work.companies.renew(lease, until=world.clock.now() + timedelta(minutes=5))
    beat(world)
    assert look(world) == ["watch.cycle"]
    with world.edges.database.transaction() as work:
        work.companies.settle(lease, due_at=world.clock.now() + timedelta(minutes=15), now=world.clock.now())
    beat(world)
    assert look(world) == []


def test_pushes_and_lost_answers_that_grow_old_are_told_of(world: World) -> None:
    world.client()
    world.service()
    world.invoice()
    plan_fault(world, fault="reply_lost", method="POST", entity="Customer", times=1)
    world.sync()
    with world.edges.database.reading() as work:
        company = work.companies.all("main")[0]
        states = {state for state, number in work.pushes.counts(company.id).items() if number}
    assert State.SENT in states, states
    with world.edges.database.transaction() as work:
        # Nobody comes back to it: the company is put off, as by a worker that hangs.
        work.companies.set_status(company.id, "paused")
        work.companies.set_status(company.id, "connected")
    for _ in range(2):
        world.pass_time(1900)
        lease = claim(world.edges, company.id)
        assert lease is not None
        with world.edges.database.transaction() as work:
            far = world.clock.now() + timedelta(hours=1)
            work.companies.settle(lease, due_at=far, now=world.clock.now())
    beat(world)
    assert "watch.owed" in look(world)
    world.settle()
    beat(world)
    assert look(world) == []


def test_an_import_that_nobody_goes_on_with_is_told_of(world: World) -> None:
    with world.edges.database.transaction() as work:
        company = work.companies.all("main")[0]
        work.imports.begin(company.id, ["Invoice"], pinned=world.clock.now(), now=world.clock.now())
    world.pass_time(700)
    beat(world)
    assert look(world) == ["watch.import"]


def test_two_processes_look_once_a_minute_between_them(world: World) -> None:
    world.pass_time(61)
    assert watch(world.edges) != []
    assert watch(world.edges) == [], "somebody looked just now"


def test_the_outside_watcher_is_called_every_five_minutes_while_all_is_well(
    small_world: World, watcher: Program
) -> None:
    outgoing = replace(small_world.edges.outgoing, deadman_url=f"{watcher.url}/alive")
    edges = replace(small_world.edges, outgoing=outgoing)
    for _ in range(11):
        look(small_world, edges)
    assert watcher.gets == ["/alive"] * 3


def test_the_outside_watcher_hears_nothing_while_something_stands_still(
    world: World, watcher: Program
) -> None:
    edges = replace(world.edges, outgoing=replace(world.edges.outgoing, deadman_url=f"{watcher.url}/alive"))
    assert look(world, edges) == ["watch.workers"]
    assert watcher.gets == []
    world.sync()
    beat(world)
    look(world, edges)
    assert watcher.gets == ["/alive"]


def test_an_outside_watcher_that_cannot_be_reached_is_told_of(small_world: World, watcher: Program) -> None:
    outgoing = replace(small_world.edges.outgoing, deadman_url=watcher.url)
    edges = replace(small_world.edges, outgoing=outgoing)
    watcher.answers = [500]
    assert look(small_world, edges) == ["watch.deadman"]
    small_world.pass_time(300)
    assert look(small_world, edges) == []


def test_a_disk_that_is_nearly_full_is_told_of(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    # The machine's disk is not ours to fill: what it says is.
    full = type(shutil.disk_usage("/"))(DISK_MIN * 2, DISK_MIN + 1, DISK_MIN - 1)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "disk_usage", lambda _folder: full)
        assert look(small_world) == ["watch.disk"]
    assert look(small_world) == []
