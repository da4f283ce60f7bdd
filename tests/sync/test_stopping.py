"""Sending that somebody stops while a cycle sends: what is on its way ends, and nothing more leaves."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qbosim.wire import Request, Response
from tests.looking import invoices, plan_fault
from tests.world import World
from tieout.connections.companies import change_setting
from tieout.connections.oauth import connect_with_refresh_token
from tieout.connections.standing import pause, resume
from tieout.kit.crypto import Secret


def _meanwhile(world: World, act: Callable[[], object]) -> None:
    """Have something done while the answer to the next write is on its way."""
    answer = world.simulator.answer
    begun: list[Request] = []

    def answered(request: Request) -> Response:
        if request.method == "POST" and "/v3/company/" in request.path and not begun:
            begun.append(request)
            act()
        return answer(request)

    world.simulator.answer = answered  # type: ignore[method-assign]


STOPS: dict[str, Callable[[World], object]] = {
    "paused": lambda world: pause(world.edges, world.caller, reason="somebody looks into the books"),
    "switched off": lambda world: change_setting(world.edges, world.caller, name="export", value="off"),
}


@pytest.mark.parametrize("stop", STOPS)
def test_what_was_not_on_its_way_when_sending_was_stopped_stays_here(world: World, stop: str) -> None:
    world.client()
    world.service()
    for number in range(3):
        world.invoice(f"i{number}")
    before = len(world.every("Customer")) + len(world.every("Item"))
    _meanwhile(world, lambda: STOPS[stop](world))
    world.sync()
    assert invoices(world) == []
    assert len(world.every("Customer")) + len(world.every("Item")) == before + 1, "only what was on its way"
    if stop == "paused":
        resume(world.edges, world.caller)
    else:
        change_setting(world.edges, world.caller, name="export", value="on")
    world.settle()
    assert len(invoices(world)) == 3


def test_a_lost_answer_of_a_company_that_is_only_read_by_now_is_found_without_writing(world: World) -> None:
    plan_fault(world, fault="reply_lost", method="POST", entity="Customer", times=1)
    world.client()
    world.service()
    world.invoice()
    world.sync()
    connect_with_refresh_token(
        world.edges,
        world.caller,
        environment="production",
        realm_id=world.simulator.realm_id,
        refresh_token=Secret(world.grant()["refresh_token"]),
        access="read_only",
    )
    world.pass_time(900)
    report = world.sync()
    assert (report.state, report.stats["adopted"]) == ("succeeded", 1)
    assert len(world.every("Customer")) == 1
    assert invoices(world) == []
