"""Lanes of an import: side by side, interrupted anywhere, while records come and go, and none is missed."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from tests.bridge import SimulatorTransport
from tests.looking import only
from tests.mirror.wire import Died, calm, many, rewired
from tests.world import World
from tieout.mirror.backfill import import_company
from tieout.mirror.lanes import Walk
from tieout.mirror.progress import import_progress
from tieout.qbo.entities import by_name
from tieout.storage.imports import ImportProgress

SMALL = 10
"""Records of a page here: a hundred customers then make what a hundred thousand make at Intuit."""


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read pages of ten."""
    monkeypatch.setattr("tieout.mirror.lanes.PAGE", SMALL)
    monkeypatch.setattr("tieout.mirror.filling.PAGE", SMALL)


def _customers(world: World, number: int) -> list[str]:
    made = many(world, "Customer", [{"DisplayName": f"Customer {one:05}"} for one in range(number)])
    return [one["Id"] for one in made]


def _ids(world: World, entity: str = "Customer") -> set[str]:
    with world.edges.database.reading() as work:
        return work.records.ids(only(work.companies.all("main")).id, entity)


def _state(world: World, entity: str = "Customer") -> ImportProgress:
    with world.edges.database.reading() as work:
        found = work.imports.get(only(work.companies.all("main")).id, entity)
    assert found is not None
    return found


@pytest.mark.parametrize("number", [0, 9, 10, 11, 95, 100, 189])
def test_an_entity_costs_a_call_for_each_page_and_two_more_at_most(small_world: World, number: int) -> None:
    world = small_world
    made = _customers(world, number)
    world.connect()
    wire = rewired(world)
    import_company(world.edges, world.caller)
    calls = [one for one in wire.asked if "FROM Customer " in one]
    assert len(calls) <= math.ceil(number / SMALL) + 2, calls
    assert _ids(world) == set(made)


@pytest.mark.parametrize("total", range(1, 700, 31))
def test_lanes_never_need_a_page_more_than_one_walk(total: int) -> None:
    walk = Walk(by_name("Invoice"))
    walk.begin()
    walk.plan(total)
    spans = [later.start - earlier.start for earlier, later in zip(walk.lanes, walk.lanes[1:], strict=False)]
    assert all((span + 1) % SMALL == 0 for span in spans), (
        "a lane's pages end with its neighbour's first record"
    )
    last = math.ceil((total - walk.lanes[-1].start + 1) / SMALL)
    assert sum((span + 1) // SMALL for span in spans) + last == math.ceil(total / SMALL)


def test_lanes_are_read_side_by_side_by_several_readers(small_world: World) -> None:
    world = small_world
    made = _customers(world, 195)
    world.connect()
    wire = rewired(world)
    import_company(replace(world.edges, readers=8), world.caller)
    by_position = {
        one.rpartition("STARTPOSITION ")[2].split()[0] for one in wire.asked if "FROM Customer " in one
    }
    assert {"1", "40", "79", "118", "157"} <= by_position
    assert _ids(world) == set(made)
    assert len([one for one in wire.asked if "FROM Customer " in one]) <= 22


@pytest.mark.parametrize("readers", [1, 8])
def test_what_existed_throughout_is_held_however_many_records_come_and_go_meanwhile(
    small_world: World, readers: int
) -> None:
    world = small_world
    customer = _customers(world, 1)[0]
    bodies = [{"CustomerRef": {"value": customer}, "TotalAmt": 1}]
    paid = [one["Id"] for one in many(world, "Payment", bodies * 195)]
    world.connect()
    # From the front, from the middle, and from where another lane will begin.
    doomed = [paid[place] for place in (0, 1, 2, 3, 60, 61, 100, 117, 118, 39, 40, 150, 151, 4, 5, 6, 7)]
    gone: list[str] = []
    pages = 0

    def in_between(body: Any) -> None:
        nonlocal pages
        if "Payment" not in body.get("QueryResponse", {}):
            return
        pages += 1
        if doomed and pages > 1:
            gone.append(doomed.pop(0))
            world.delete("Payment", gone[-1])
        if pages % 5 == 0:
            many(world, "Payment", bodies)

    rewired(world, tamper=in_between)
    import_company(replace(world.edges, readers=readers), world.caller)
    assert len(gone) > 10
    assert set(paid) - set(gone) <= _ids(world, "Payment")
    world.pass_time(60)
    assert world.sync().state == "succeeded"
    assert _ids(world, "Payment") == {one["Id"] for one in world.every("Payment")}


@pytest.mark.parametrize("die_at", range(60, 100, 9))
def test_an_import_killed_among_its_lanes_goes_on_and_reads_no_kept_page_again(
    small_world: World, die_at: int
) -> None:
    world = small_world
    made = _customers(world, 195)
    world.connect()
    whole = rewired(world)
    import_company(world.edges, world.caller)
    first = next(
        n for n, one in enumerate(whole.asked, 1) if "Customer " in one and "STARTPOSITION 40" in one
    )

    died = rewired(world, die_at=first + (die_at - 60) // 3)
    with pytest.raises(Died):
        import_company(world.edges, world.caller, anew=True)
    before = [one for one in died.asked if "FROM Customer " in one]
    after = rewired(world)
    import_company(world.edges, world.caller)
    again = [one for one in after.asked if "FROM Customer " in one]
    assert len(before) + len(again) <= 22 + 1, "only the page that was on its way is asked again"
    assert _ids(world) == set(made)


def test_ids_that_do_not_ascend_are_walked_by_position_and_the_import_says_so(small_world: World) -> None:
    world = small_world
    made = _customers(world, 95)
    world.connect()

    def shuffle(body: Any) -> None:
        found = body.get("QueryResponse", {}).get("Customer")
        if found is not None and len(found) > 1:
            found.insert(1, found.pop(3 if len(found) > 3 else -1))

    rewired(world, tamper=shuffle)
    import_company(world.edges, world.caller)
    assert _ids(world) == set(made)
    assert _state(world).way == "its pages do not come in the order of their ids"


def test_where_quickbooks_does_not_compare_ids_pages_are_found_by_position(small_world: World) -> None:
    world = small_world
    made = _customers(world, 95)
    world.connect()
    _refusing(world, lambda statement: "Id >" in statement)
    import_company(world.edges, world.caller)
    assert _ids(world) == set(made)
    assert _state(world).way == "QuickBooks does not compare its ids"


def test_an_entity_that_is_not_shown_to_us_does_not_hold_up_the_others(small_world: World) -> None:
    world = small_world
    made = _customers(world, 15)
    world.connect()
    _refusing(world, lambda statement: "FROM Employee" in statement)
    import_company(world.edges, world.caller)
    assert _ids(world) == set(made)
    assert _state(world, "Employee").state == "refused"
    assert "cannot be asked for" in _state(world, "Employee").error
    assert import_progress(world.edges, world.caller).state == "done"


def test_a_record_without_an_id_is_left_out_and_said_and_the_rest_is_there(small_world: World) -> None:
    world = small_world
    made = _customers(world, 45)
    world.connect()

    def spoil(body: Any) -> None:
        for one in body.get("QueryResponse", {}).get("Customer", ()):
            if one["Id"] == made[17]:
                del one["Id"]

    rewired(world, tamper=spoil)
    import_company(world.edges, world.caller)
    assert _ids(world) == set(made) - {made[17]}
    assert (_state(world).state, _state(world).error) == ("done", "1 of them could not be read")


def test_a_watcher_in_another_process_sees_done_total_rate_and_time_left(small_world: World) -> None:
    world = small_world
    _customers(world, 95)
    world.connect()
    seen: list[tuple[int, int, int, int | None]] = []

    def look(body: Any) -> None:
        world.clock.sleep(1)
        found = [
            one for one in import_progress(world.edges, world.caller).entities if one.entity == "Customer"
        ]
        if found and found[0].done:
            seen.append((found[0].done, found[0].total, found[0].rate, found[0].seconds_left))

    rewired(world, tamper=look)
    import_company(world.edges, world.caller)
    told = [one for one in seen if one[2] > 0]
    assert len({done for done, *_ in told}) > 3, seen
    assert all(
        (total, time_left) == (95, -(-(95 - done) // rate)) for done, total, rate, time_left in told
    ), seen
    after = import_progress(world.edges, world.caller)
    assert (after.state, after.rate, after.seconds_left) == ("done", 0, 0)
    assert after.done == after.total >= 95


def _refusing(world: World, refuses: Callable[[str], bool]) -> None:
    """Restart a world on a wire that answers some queries as Intuit answers those that it does not understand."""

    class Refusing(SimulatorTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            if refuses(request.url.params.get("query", "")):
                error = {"Message": "Error parsing query", "Detail": "it cannot be asked for", "code": "4000"}
                body = {
                    "Fault": {"Error": [error], "type": "ValidationFault"},
                    "time": "2026-03-02T08:00:00.000-08:00",
                }
                return httpx2.Response(400, content=json.dumps(body).encode(), request=request)
            return super().handle_request(request)

    calm(world)
    world.transport = Refusing(world.simulator)
    world.restart()
