"""What a cycle tells people: how many issues it opened, and that cycles keep failing."""

from __future__ import annotations

from tests.looking import plan_fault, settle
from tests.world import World
from tieout.security.notices import list_notices


def standing(world: World) -> dict[str, str]:
    return {
        one.kind: f"{one.what} ({one.record}): {one.why}"
        for one in list_notices(world.edges, world.caller, standing=True)
    }


def test_new_issues_are_told_of_once_and_anew_when_more_come(world: World) -> None:
    world.client()
    world.service()
    world.invoice()
    world.settle()
    assert standing(world) == {}
    (invoice,) = world.every("Invoice")
    world.edit("Invoice", invoice["Id"], DocNumber="other")
    world.pass_time(60)
    world.sync()
    assert standing(world)["issues.new"].startswith("A new issue needs a person")
    told = len(list_notices(world.edges, world.caller))
    world.pass_time(60)
    world.sync()
    assert len(list_notices(world.edges, world.caller)) == told, "nothing new, so nothing is told"
    settle(world, "push_ours")
    world.pass_time(60)
    world.settle()
    assert standing(world) == {}


def test_cycles_that_keep_failing_are_told_of_until_one_works(world: World) -> None:
    world.sync()
    plan_fault(world, fault="503", path="/v3/*", times=None)
    for _ in range(4):
        world.pass_time(900)
        world.sync()
    assert "cycle.failing" in standing(world)
    world.control("DELETE", "faults")
    world.pass_time(900)
    world.settle()
    assert standing(world) == {}
