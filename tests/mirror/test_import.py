"""The first import: counted, watched, killed anywhere and resumed, and never at the price of a change."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.looking import invoices, kinds, left, only
from tests.mirror.wire import Died, calm, many, rewired
from tests.world import World
from tieout.kit.errors import Retry
from tieout.mirror.backfill import Progress, import_company, mirrored


def _held(world: World) -> dict[str, int]:
    """Count what the mirror holds, by entity."""
    with world.edges.database.reading() as work:
        company = only(work.companies.all("main"))
        return {one.name: work.records.count(company.id, one.name) for one in mirrored()}


def _ids(world: World, entity: str) -> set[str]:
    with world.edges.database.reading() as work:
        return work.records.ids(only(work.companies.all("main")).id, entity)


def _there(world: World) -> dict[str, int]:
    """Ask QuickBooks to count, inactive names included."""
    found = {}
    for entity in mirrored():
        where = " where Active in (true, false)" if entity.active_flag else ""
        answer = world.books("GET", "query", query=f"select count(*) from {entity.name}{where}")
        found[entity.name] = answer["QueryResponse"]["totalCount"]
    return found


def _customers(world: World, number: int) -> None:
    many(world, "Customer", [{"DisplayName": f"Customer {one:05}"} for one in range(number)])


def test_an_import_holds_what_quickbooks_counts_inactive_names_included(world: World) -> None:
    _customers(world, 40)
    world.edit(
        "Customer", only(world.every("Customer", "DisplayName = 'Customer 00007'"))["Id"], Active=False
    )
    done = import_company(world.edges, world.caller, anew=True)
    assert _held(world) == _there(world) == done.counts
    assert done.counts["Customer"] == 40


def test_an_import_tells_how_far_it_is(small_world: World) -> None:
    world = small_world
    _customers(world, 1050)
    world.connect()
    told: list[Progress] = []
    import_company(world.edges, world.caller, watch=told.append)
    customers = [(one.done, one.total, one.finished) for one in told if one.entity == "Customer"]
    assert customers == [(1000, 1050, False), (1050, 1050, False), (1050, 1050, True)]
    assert {one.entity for one in told if one.finished} == {one.name for one in mirrored()}


def test_an_import_that_was_killed_goes_on_with_the_page_it_had_not_read(small_world: World) -> None:
    world = small_world
    _customers(world, 2100)
    world.connect()
    whole = rewired(world)
    import_company(world.edges, world.caller)
    second = next(n for n, one in enumerate(whole.asked, 1) if "Customer" in one and "Id >" in one)

    rewired(world, die_at=second)
    with pytest.raises(Died):
        import_company(world.edges, world.caller, anew=True)
    again = rewired(world)
    done = import_company(world.edges, world.caller)
    pages = [one for one in again.asked if "FROM Customer " in one and "COUNT" not in one]
    assert ["Id >" in one for one in pages] == [True, True], "the first page was kept before the process died"
    assert not any("FROM Account" in one for one in again.asked)
    assert done.counts["Customer"] == 2100
    assert _held(world) == _there(world)


@pytest.mark.parametrize("die_at", range(1, 36, 3))
def test_an_import_killed_at_any_call_ends_complete(small_world: World, die_at: int) -> None:
    world = small_world
    _customers(world, 35)
    world.connect()
    wire = rewired(world, die_at=die_at)
    with pytest.raises(Died):
        import_company(world.edges, world.caller)
    assert wire.calls == die_at
    calm(world)
    import_company(world.edges, world.caller)
    assert _held(world) == _there(world)
    assert world.sync().state == "succeeded"


def test_a_record_deleted_between_two_pages_hides_none_of_the_others(small_world: World) -> None:
    world = small_world
    customer = many(world, "Customer", [{"DisplayName": "Blue Heron Boats"}])[0]["Id"]
    paid = many(world, "Payment", [{"CustomerRef": {"value": customer}, "TotalAmt": 1}] * 1005)
    world.connect()
    deleted = False

    def in_between(body: Any) -> None:
        nonlocal deleted
        if not deleted and len(body["QueryResponse"].get("Payment", ())) == 1000:
            deleted = True
            world.delete("Payment", paid[3]["Id"])

    rewired(world, tamper=in_between)
    import_company(world.edges, world.caller)
    assert deleted
    assert {one["Id"] for one in paid} == _ids(world, "Payment"), "what was read is held until the feed tells"
    assert world.sync().state == "succeeded"
    assert _held(world) == _there(world)


def test_an_import_that_cannot_reach_quickbooks_says_so_and_goes_on_later(small_world: World) -> None:
    world = small_world
    world.connect()
    world.control("POST", "faults", {"fault": "request_lost", "path": "*/query", "times": None})
    with pytest.raises(Retry) as refused:
        import_company(world.edges, world.caller)
    assert all(refused.value.parts().values()), refused.value.parts()
    world.control("DELETE", "faults")
    import_company(world.edges, world.caller)
    assert _held(world) == _there(world)


def test_a_payment_that_an_import_anew_brought_is_booked_all_the_same(world: World) -> None:
    world.client()
    world.service()
    world.invoice()
    world.settle()
    bill = only(invoices(world))
    world.pay(bill["CustomerRef"]["value"], {bill["Id"]: "60"})
    world.pass_time(3600)
    import_company(world.edges, world.caller, anew=True)
    world.settle()
    assert left(world) == Decimal(100)


def test_a_drift_that_an_import_anew_brought_is_seen_all_the_same(world: World) -> None:
    world.client()
    world.service()
    world.invoice()
    world.settle()
    world.delete("Invoice", only(invoices(world))["Id"])
    world.pass_time(3600)
    import_company(world.edges, world.caller, anew=True)
    world.settle()
    assert kinds(world) == ["drift.deleted"]
