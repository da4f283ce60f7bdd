"""The mirror proves that it is complete: full feeds, refusals, garbled records, silent losses, clocks that differ."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from tests.bridge import SimulatorTransport
from tests.mirror.truth import Truth
from tests.mirror.wire import Died, calm, many, rewired
from tests.world import World
from tieout.kit.errors import Invalid, Refused
from tieout.mirror.check import Checked, check_mirror
from tieout.mirror.coverage import CompanyCoverage, EntityCoverage, show_coverage
from tieout.mirror.history import Event, show_history

HOUR = 3_600.0
DAY = 86_400.0
Answers = Callable[[httpx2.Request], Any]


class Instead(httpx2.BaseTransport):
    """Answers some requests itself: with a status and a body, or by changing what the simulator says."""

    def __init__(self, world: World, answers: Answers) -> None:
        self._inner = SimulatorTransport(world.simulator)
        self._answers = answers
        self.asked: list[str] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        self.asked.append(f"{request.url.path} {request.url.params.get('query', '')}")
        instead = self._answers(request)
        if callable(instead):
            answer = self._inner.handle_request(request)
            body = json.loads(answer.content)
            instead(body)
            return httpx2.Response(200, json=body, request=request)
        if instead is not None:
            return httpx2.Response(instead[0], json=instead[1], request=request)
        return self._inner.handle_request(request)


def instead(world: World, answers: Answers) -> Instead:
    """Restart a world's installation with such a transport."""
    transport = Instead(world, answers)
    world.transport = transport
    world.restart()
    return transport


@pytest.fixture
def ready(small_world: World) -> World:
    """Give a world that is connected, imported and live, on SQLite."""
    small_world.ready()
    return small_world


def coverage(world: World) -> CompanyCoverage:
    """Show how complete the mirror is."""
    return show_coverage(world.edges, world.caller)


def of(world: World, entity: str) -> EntityCoverage:
    """Show how complete one entity is."""
    return next(one for one in coverage(world).entities if one.entity == entity)


def check(world: World, entity: str) -> Checked:
    """Check one entity now."""
    (done,) = check_mirror(world.edges, world.caller, entity=entity)
    return done


def held(world: World, entity: str) -> set[str]:
    """Give the ids of an entity's records that the mirror holds."""
    with world.edges.database.reading() as work:
        company = work.companies.all("main")[0].id
        return set(work.coverage.ids_here(company, entity))


def there(world: World, entity: str) -> set[str]:
    """Give the ids that QuickBooks has."""
    return {one["Id"] for one in world.every(entity)}


def strangers(world: World, number: int, name: str = "Stranger") -> list[dict[str, Any]]:
    """Make customers in QuickBooks."""
    return many(world, "Customer", [{"DisplayName": f"{name} {one:05}"} for one in range(number)])


def test_after_the_import_every_entity_says_what_its_completeness_rests_on(world: World) -> None:
    shown = coverage(world)
    assert shown.proven
    assert shown.complete_until is not None
    assert all("import" in one.rests_on and "counted" in one.rests_on for one in shown.entities)
    world.pass_time(900)
    world.sync()
    later = coverage(world)
    assert later.changes_until is not None
    assert later.changes_until > shown.complete_until
    assert "change feed" in of(world, "Invoice").rests_on
    # What the feed does not cover is as old as its last reading, and does not pretend to be newer.
    assert later.complete_until == of(world, "TaxCode").complete_until == shown.complete_until


@pytest.mark.parametrize("spread", [0, 30], ids=["in one second", "over an hour"])
def test_more_changes_of_one_entity_than_the_feed_shows_are_all_seen(ready: World, spread: float) -> None:
    world = ready
    for part in range(21):
        strangers(world, 100, f"Stranger {part:02}")
        world.pass_time(spread)
    world.pass_time(900)
    assert world.sync().state == "succeeded"
    assert held(world, "Customer") == there(world, "Customer")
    assert len(held(world, "Customer")) == 2100
    assert coverage(world).proven
    assert "query" in of(world, "Customer").rests_on
    assert "change feed" in of(world, "Invoice").rests_on


@pytest.mark.parametrize("die_at", [2, 4, 6, 8, 9, 10, 11])
def test_a_walk_through_many_changes_that_is_killed_anywhere_skips_nothing(ready: World, die_at: int) -> None:
    world = ready
    gone = world.books("POST", "timeactivity", _hours(world))["TimeActivity"]["Id"]
    world.sync()
    world.delete("TimeActivity", gone)
    strangers(world, 1001)
    world.pass_time(900)
    rewired(world, die_at=die_at)
    with pytest.raises(Died):
        world.sync()
    calm(world)
    world.settle()
    assert held(world, "Customer") == there(world, "Customer")
    assert held(world, "TimeActivity") == set()
    assert coverage(world).proven


def _hours(world: World) -> dict[str, Any]:
    vendor = world.books("POST", "vendor", {"DisplayName": "Helping Hand"})["Vendor"]["Id"]
    return {
        "NameOf": "Vendor",
        "VendorRef": {"value": vendor},
        "TxnDate": "2026-03-02",
        "Hours": 2,
        "Minutes": 0,
    }


def _fault(code: str, words: str) -> dict[str, Any]:
    return {
        "Fault": {"Error": [{"Message": words, "Detail": words, "code": code}], "type": "ValidationFault"}
    }


@pytest.mark.parametrize("inside", [False, True], ids=["as its answer", "inside an answer"])
def test_an_entity_that_the_feed_refuses_holds_up_no_other(ready: World, inside: bool) -> None:
    world = ready
    strangers(world, 3)
    world.pass_time(900)

    def answers(request: httpx2.Request) -> Any:
        if not request.url.path.endswith("/cdc") or "Vendor," not in request.url.params["entities"] + ",":
            return None
        if not inside:
            return 400, _fault("4001", "invalid context declaration: Vendor")

        def spoil(body: Any) -> None:
            body["CDCResponse"][0]["QueryResponse"].append(_fault("5020", "no permission"))

        return spoil

    before = of(world, "Vendor").complete_until
    wire = instead(world, answers)
    assert world.sync().state == "succeeded"
    assert held(world, "Customer") == there(world, "Customer")
    vendor = of(world, "Vendor")
    assert (vendor.proven, vendor.complete_until) == (False, before)
    assert vendor.trouble
    assert "vendors" in coverage(world).rests_on
    # From now on it is asked on its own, and not at every look.
    world.pass_time(300)
    wire.asked.clear()
    world.sync()
    assert sum(1 for one in wire.asked if "/cdc" in one) == 1
    calm(world)
    world.pass_time(HOUR)
    world.sync()
    assert coverage(world).proven


def test_a_feed_that_answers_nobody_is_not_asked_sixty_times(ready: World) -> None:
    world = ready
    world.pass_time(900)
    before = of(world, "Customer").complete_until

    def answers(request: httpx2.Request) -> Any:
        return (400, _fault("4001", "no")) if request.url.path.endswith("/cdc") else None

    wire = instead(world, answers)
    assert world.sync().state == "failed"
    assert len(wire.asked) <= 5
    assert of(world, "Customer").complete_until == before


def test_a_record_without_an_id_is_told_with_its_place_and_the_rest_arrives(ready: World) -> None:
    world = ready
    made = strangers(world, 3)
    world.pass_time(900)

    def spoil(body: Any) -> None:
        for part in body["CDCResponse"][0]["QueryResponse"]:
            for one in part.get("Customer", []):
                if one.get("Id") == made[1]["Id"]:
                    del one["Id"]

    def answers(request: httpx2.Request) -> Any:
        return spoil if request.url.path.endswith("/cdc") else None

    before = of(world, "Customer").complete_until
    instead(world, answers)
    world.sync()
    assert held(world, "Customer") == {made[0]["Id"], made[2]["Id"]}
    customer = of(world, "Customer")
    assert (customer.proven, customer.complete_until) == (False, before)
    assert "object 2" in customer.trouble
    assert of(world, "Invoice").proven
    calm(world)
    world.pass_time(HOUR)
    world.sync()
    assert held(world, "Customer") == there(world, "Customer")
    assert coverage(world).proven


def test_a_change_that_the_feed_never_told_is_found_by_counting_and_comparing(ready: World) -> None:
    world = ready
    kept, lost = (world.books("POST", "vendor", {"DisplayName": one})["Vendor"]["Id"] for one in ("A", "B"))
    hours = [world.books("POST", "timeactivity", _hours_of(kept))["TimeActivity"]["Id"] for _ in range(2)]

    def silence(body: Any) -> None:
        for part in body["CDCResponse"][0]["QueryResponse"]:
            for name in ("Vendor", "TimeActivity"):
                part[name] = [one for one in part.get(name, []) if one["Id"] not in (lost, hours[0])]

    world.sync()
    world.delete("TimeActivity", hours[0])
    lost = world.books("POST", "vendor", {"DisplayName": "C"})["Vendor"]["Id"]
    world.pass_time(900)
    instead(world, lambda request: silence if request.url.path.endswith("/cdc") else None)
    world.sync()
    calm(world)
    world.pass_time(HOUR)
    world.sync()
    assert lost not in held(world, "Vendor")
    assert hours[0] in held(world, "TimeActivity")
    vendors, times = check(world, "Vendor"), check(world, "timeactivity")
    assert (vendors.proven, vendors.swept, vendors.changed) == (True, True, 1)
    assert (times.proven, times.swept, times.changed) == (True, True, 1)
    assert held(world, "Vendor") == there(world, "Vendor")
    assert held(world, "TimeActivity") == {hours[1]}
    assert of(world, "Vendor").swept_at == world.clock.now()


def _hours_of(vendor: str) -> dict[str, Any]:
    return {
        "NameOf": "Vendor",
        "VendorRef": {"value": vendor},
        "TxnDate": "2026-03-02",
        "Hours": 1,
        "Minutes": 0,
    }


def test_a_change_made_just_before_a_count_alarms_nobody(ready: World) -> None:
    world = ready
    world.sync()
    strangers(world, 2)
    done = check(world, "Customer")
    assert (done.proven, done.swept, done.there, done.here) == (True, False, 2, 2)


def test_a_count_that_agrees_costs_one_read(ready: World) -> None:
    world = ready
    wire = instead(world, lambda _: None)
    done = check(world, "Customer")
    assert (done.proven, done.swept) == (True, False)
    assert len([one for one in wire.asked if "/v3/" in one]) == 1


@pytest.mark.parametrize("still_given", [False, True])
def test_a_tax_code_that_is_gone_is_marked_only_when_that_is_proven(ready: World, still_given: bool) -> None:
    world = ready
    code = next(one for one in world.every("TaxCode") if one["Id"].isdecimal())["Id"]

    def hide(body: Any) -> None:
        found = body["QueryResponse"]
        found["TaxCode"] = [one for one in found.get("TaxCode", []) if one["Id"] != code]

    def answers(request: httpx2.Request) -> Any:
        if "FROM TaxCode" in request.url.params.get("query", ""):
            return hide
        if request.url.path.endswith(f"/taxcode/{code}") and not still_given:
            return 400, _fault("610", "Object Not Found")
        return None

    world.sync()
    instead(world, answers)
    world.pass_time(2 * DAY)
    for _ in range(12):  # a few of the checks that are due are made at each look
        world.sync()
        world.pass_time(60)
    assert (code in held(world, "TaxCode")) == still_given
    assert of(world, "TaxCode").proven != still_given


@pytest.mark.parametrize("hours", [-7, 7])
def test_a_clock_that_is_hours_wrong_changes_nothing(small_world: World, hours: float) -> None:
    world = small_world
    theirs = world.clock.now()
    world.clock.sleep(hours * HOUR)
    world.ready()
    for name in ("A", "B", "C"):
        theirs += timedelta(minutes=15)
        world.clock.sleep(900)
        world.simulator_clock.set(theirs)
        strangers(world, 2, name)
        assert world.sync().state == "succeeded"
    assert held(world, "Customer") == there(world, "Customer")
    gone = world.books("POST", "timeactivity", _hours(world))["TimeActivity"]["Id"]
    world.sync()
    world.delete("TimeActivity", gone)
    world.sync()
    assert held(world, "TimeActivity") == set()
    shown = coverage(world)
    assert shown.proven
    assert shown.changes_until is not None
    assert abs(shown.changes_until - theirs) < timedelta(seconds=5)


@pytest.mark.parametrize(
    "days_told", [0, 30], ids=["an older start is answered", "an older start is refused"]
)
def test_what_was_deleted_while_the_feed_was_off_for_31_days_is_found_whatever_our_clock_says(
    world: World, days_told: int
) -> None:
    world.control("POST", "settings", {"change_feed_days": days_told})
    customers = strangers(world, 4)
    customer = {"CustomerRef": {"value": customers[0]["Id"]}}
    hours = world.books("POST", "timeactivity", _hours(world))["TimeActivity"]["Id"]
    paid = [one["Id"] for one in many(world, "Payment", [{**customer, "TotalAmt": one} for one in (1, 2, 3)])]
    world.sync()
    assert (held(world, "TimeActivity"), held(world, "Payment")) == ({hours}, set(paid))
    began = world.simulator_clock.now()
    world.delete("TimeActivity", hours)
    world.delete("Payment", paid[1])
    merged = {"entity": "Customer", "gone": customers[1]["Id"], "kept": customers[2]["Id"]}
    world.control("POST", "merge", merged)
    world.edit("Customer", customers[3]["Id"], Active=False)
    made = strangers(world, 1, "Newcomer")[0]["Id"]
    # Only QuickBooks' clock moves: by ours a quarter of an hour went by.
    world.clock.sleep(900)
    world.simulator_clock.set(world.clock.now() + timedelta(days=31))
    assert world.sync().state == "succeeded"
    assert held(world, "TimeActivity") == set()
    assert held(world, "Payment") == {paid[0], paid[2]}
    assert held(world, "Customer") == {customers[0]["Id"], customers[2]["Id"], customers[3]["Id"], made}
    assert Truth(world).differences(silent=True) == []
    shown = coverage(world)
    assert shown.proven
    assert shown.changes_until is not None
    assert shown.changes_until - began > timedelta(days=30)
    # What is gone stays in the history, with what it was until then.
    last, before = _versions(world, "Payment", paid[1])
    assert (last.what, before.what) == ("deleted", "created")


def _versions(world: World, entity: str, qbo_id: str) -> tuple[Event, ...]:
    return show_history(world.edges, world.caller, entity=entity, qbo_id=qbo_id).events


def test_a_merged_customer_is_gone_from_the_mirror(ready: World) -> None:
    world = ready
    kept, gone = strangers(world, 2)
    world.sync()
    world.control("POST", "merge", {"entity": "Customer", "gone": gone["Id"], "kept": kept["Id"]})
    world.pass_time(900)
    world.sync()
    assert held(world, "Customer") == {kept["Id"]}
    assert check(world, "Customer").proven


def test_only_what_is_mirrored_and_imported_can_be_checked(small_world: World) -> None:
    world = small_world
    world.connect()
    with pytest.raises(Refused, match="nothing to check"):
        check(world, "Customer")
    assert not coverage(world).proven
    assert coverage(world).complete_until is None
    world.ready()
    with pytest.raises(Invalid, match="not mirrored"):
        check(world, "Unicorn")


def test_all_entities_are_proven_on_request(ready: World) -> None:
    done = check_mirror(ready.edges, ready.caller)
    assert all(one.proven for one in done), [one for one in done if not one.proven]
    assert all(one.there == one.here for one in done)


def test_every_entity_comes_up_for_its_check_in_turn(ready: World) -> None:
    world = ready
    began = world.clock.now()
    for _ in range(16):
        world.pass_time(12 * HOUR)
        world.sync()
    assert all(_checked_since(one, began) for one in coverage(world).entities)


def _checked_since(one: EntityCoverage, moment: datetime) -> bool:
    return one.proven and one.counted_at is not None and one.counted_at > moment
