"""Warnings ahead of a permission's end: at 14, 7 and 2 days, once each, over when it is renewed."""

from __future__ import annotations

from itertools import pairwise

from tests.world import World
from tieout.connections.expiry import warn_of_expiry
from tieout.connections.standing import pause, resume
from tieout.security.notices import list_notices
from tieout.storage.notices import Notice

HOUR = 3600.0
DAY = 24 * HOUR


def _notices(world: World, *, standing: bool = False) -> list[Notice]:
    found = list_notices(world.edges, world.caller, standing=standing)
    return [one for one in found if one.kind == "connection.expires"]


def _hours(world: World, number: int) -> list[int]:
    """Let hours pass and ask each of them; gives at which hours there was something new."""
    new = []
    for hour in range(number):
        world.pass_time(HOUR)
        if warn_of_expiry(world.edges):
            new.append(hour)
    return new


def test_an_idle_permission_is_warned_of_three_times_and_renewed_by_going_on(small_world: World) -> None:
    world = small_world
    world.connect()
    pause(world.edges, world.caller, reason="moving house")
    world.pass_time(86 * DAY)
    assert warn_of_expiry(world.edges) == 0, "Intuit says 101 days"
    told = _hours(world, 15 * 24)
    assert len(told) == 3
    assert [round((later - earlier) / 24) for earlier, later in pairwise(told)] == [7, 5]
    assert [one.severity for one in reversed(_notices(world))] == ["warning", "warning", "error"]
    (standing,) = _notices(world, standing=True)
    assert "paused" in standing.why
    assert all((standing.what, standing.record, standing.why, standing.remedy))
    world.simulator_clock.set(world.clock.now())
    resume(world.edges, world.caller)
    world.connect()
    assert _notices(world, standing=True) == []
    assert _hours(world, 3) == []


def test_intuits_hard_limit_is_warned_of_although_everything_is_renewed(small_world: World) -> None:
    world = small_world
    world.connect()
    for _ in range(36):
        world.pass_time(50 * DAY)
        warn_of_expiry(world.edges)
    assert _notices(world) == []
    world.pass_time(12 * DAY)
    assert warn_of_expiry(world.edges) == 1
    (told,) = _notices(world)
    assert "five years" in told.why
    assert _hours(world, 24) == []
