"""What a sceptic tried: claims of completeness while records vanish between two pages, clocks jump and pages are spoilt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.bridge import SimulatorTransport
from tests.looking import only
from tests.mirror.truth import Truth
from tests.mirror.wire import calm, many, rewired
from tests.world import World
from tieout.mirror.backfill import import_company
from tieout.mirror.check import check_mirror
from tieout.mirror.coverage import EntityCoverage, show_coverage

SMALL = 10
DAY = 86_400.0
HOUR = 3_600.0


class Between(httpx2.BaseTransport):
    """Lets something happen in QuickBooks once, before the n-th request whose statement holds some words."""

    def __init__(self, world: World, words: str, nth: int, happens: Callable[[], object]) -> None:
        self._inner = SimulatorTransport(world.simulator)
        self._words, self._left, self._happens = words, nth, happens

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Carry a request, after what happens before it."""
        if self._words in f"{request.url.path} {request.url.params.get('query', '')}":
            self._left -= 1
            if self._left == 0:
                self._happens()
        return self._inner.handle_request(request)


def between(world: World, words: str, nth: int, happens: Callable[[], object]) -> None:
    """Restart a world's installation with such a transport."""
    world.transport = Between(world, words, nth, happens)
    world.restart()


def of(world: World, entity: str) -> EntityCoverage:
    """Show how complete one entity is."""
    covered = show_coverage(world.edges, world.caller)
    return next(one for one in covered.entities if one.entity == entity)


def hours_of(world: World, number: int) -> list[dict[str, Any]]:
    """Enter hours in QuickBooks, which can be deleted again."""
    vendor = world.books("POST", "vendor", {"DisplayName": "Helping Hand"})["Vendor"]["Id"]
    body = {
        "NameOf": "Vendor",
        "VendorRef": {"value": vendor},
        "TxnDate": "2026-03-02",
        "Hours": 1,
        "Minutes": 0,
    }
    return many(world, "TimeActivity", [body] * number)


def delete_all(world: World, gone: list[dict[str, Any]]) -> None:
    """Delete hours in QuickBooks."""
    for one in gone:
        world.delete("TimeActivity", one["Id"])


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read pages of ten."""
    for room in ("walk", "sweep", "lanes", "filling"):
        monkeypatch.setattr(f"tieout.mirror.{room}.PAGE", SMALL)


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("gone", [1, 9, 10, 11, 25, 49])
def test_more_deletions_than_a_page_holds_between_two_pages_of_a_comparison_hide_no_record(
    small_world: World, gone: int
) -> None:
    world = small_world
    world.ready()
    made = hours_of(world, 80)
    # Nothing of it is known here, and the feed never tells of it: only the comparison can find it.
    world.simulator_clock.set(world.clock.now())
    between(world, "FROM TimeActivity", 6, lambda: delete_all(world, made[:gone]))
    world.pass_time(31 * DAY)
    (done,) = check_mirror(world.edges, world.caller, entity="TimeActivity")
    calm(world)
    with world.edges.database.reading() as work:
        here = work.records.ids(only(work.companies.all("main")).id, "TimeActivity")
    assert {one["Id"] for one in made[gone:]} <= here
    assert done.proven


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("gone", [1, 10, 11, 25, 49])
def test_more_deletions_than_a_page_holds_between_two_pages_of_an_import_hide_no_record(
    small_world: World, gone: int
) -> None:
    world = small_world
    made = hours_of(world, 80)
    world.connect()
    between(world, "STARTPOSITION 5", 1, lambda: delete_all(world, made[:gone]))
    by_position(world)
    with world.edges.database.reading() as work:
        here = work.records.ids(only(work.companies.all("main")).id, "TimeActivity")
    assert {one["Id"] for one in made[gone:]} <= here


def by_position(world: World) -> None:
    """Import from a QuickBooks that does not compare ids."""
    inner = world.transport
    fault = {
        "Fault": {"Error": [{"Message": "no", "Detail": "no", "code": "4001"}], "type": "ValidationFault"}
    }

    class Refusing(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            if "Id >" in request.url.params.get("query", ""):
                return httpx2.Response(400, json=fault, request=request)
            return inner.handle_request(request)

    world.transport = Refusing()
    world.restart()
    import_company(world.edges, world.caller)


def test_a_deletion_is_not_hidden_from_a_full_feed_by_what_is_made_while_it_is_read(
    small_world: World,
) -> None:
    world = small_world
    world.ready()
    made = hours_of(world, 3)
    world.pass_time(60)
    world.sync()
    world.pass_time(600)
    delete_all(world, made[:1])
    many(world, "TimeActivity", [_hours(made[1])] * 1000)
    world.pass_time(600)

    def one_more() -> None:
        world.pass_time(2)
        many(world, "TimeActivity", [_hours(made[1])])

    between(world, "COUNT(*) FROM TimeActivity", 1, one_more)
    assert world.sync().state == "succeeded"
    assert Truth(world).broken_claims() == []
    assert of(world, "TimeActivity").proven


def _hours(like: dict[str, Any]) -> dict[str, Any]:
    return {key: like[key] for key in ("NameOf", "VendorRef", "TxnDate", "Hours", "Minutes")}


def test_a_record_that_an_import_could_not_read_stands_against_its_completeness(small_world: World) -> None:
    world = small_world
    made = many(world, "Customer", [{"DisplayName": f"Customer {one}"} for one in range(3)])
    world.connect()

    def spoil(body: Any) -> None:
        for one in body.get("QueryResponse", {}).get("Customer", []):
            if one.get("Id") == made[1]["Id"]:
                del one["Id"]

    rewired(world, tamper=spoil)
    import_company(world.edges, world.caller)
    customer = of(world, "Customer")
    assert (customer.proven, customer.complete_until) == (False, None)
    assert "could not be read" in customer.trouble
    assert of(world, "Vendor").proven
    calm(world)
    world.sync()
    assert of(world, "Customer").proven
    with world.edges.database.reading() as work:
        here = work.records.ids(only(work.companies.all("main")).id, "Customer")
    assert here == {one["Id"] for one in made}


@pytest.mark.parametrize("hours", [-7, 7])
def test_what_was_deleted_while_the_feed_was_off_is_found_by_a_clock_that_was_put_wrong_meanwhile(
    small_world: World, hours: float
) -> None:
    world = small_world
    world.ready()
    made = hours_of(world, 2)
    world.pass_time(60)
    world.sync()
    began = world.simulator_clock.now()
    delete_all(world, made[:1])
    world.simulator_clock.advance(40 * DAY)
    world.clock.sleep(hours * HOUR)
    for _ in range(2):
        world.sync()
    assert Truth(world).broken_claims() == []
    with world.edges.database.reading() as work:
        company = only(work.companies.all("main")).id
        row = work.records.get(company, "TimeActivity", made[0]["Id"])
    assert row is not None
    assert row.deleted
    assert row.deleted_at is not None
    assert began <= row.deleted_at <= world.simulator_clock.now()
