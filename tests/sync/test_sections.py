"""Sections on request: what changed comes in, what is gone is proven gone, and what cannot be read is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.mirror.wire import calm, rewired
from tests.world import World
from tieout.connections.standing import pause
from tieout.kit.errors import Refused, Retry, TieoutError
from tieout.mirror.backfill import import_company
from tieout.mirror.check import check_mirror
from tieout.mirror.coverage import show_coverage
from tieout.mirror.starting import start_import
from tieout.storage.companies import Company
from tieout.sync.sections import SectionStanding, sync_section


@pytest.fixture
def company(small_world: World) -> Company:
    """Give the company of a world that is connected, imported and live."""
    return small_world.ready()


def customer(world: World, name: str) -> str:
    """Make a customer in QuickBooks and give its id."""
    made: str = world.books("POST", "customer", {"DisplayName": name})["Customer"]["Id"]
    return made


def is_live(world: World, company: Company, entity: str, qbo_id: str) -> bool:
    """Tell whether the mirror holds a record that is not deleted."""
    with world.edges.database.reading() as work:
        found = work.records.get(company.id, entity, qbo_id)
    return found is not None and not found.deleted


def standing(found: list[SectionStanding], name: str) -> SectionStanding:
    """Find one section's standing."""
    return next(one for one in found if one.name == name)


def test_a_section_brings_in_what_changed_and_proves_its_lists(small_world: World, company: Company) -> None:
    world = small_world
    made = customer(world, "New Moon Cafe")
    world.pass_time(120)
    found = sync_section(world.edges, world.caller, section="customers")
    assert standing(found, "customers").completed_by == "section"
    assert is_live(world, company, "Customer", made)
    covered = {one.entity: one for one in show_coverage(world.edges, world.caller).entities}
    assert covered["Customer"].complete_until == world.clock.now()
    assert covered["Customer"].counted_there == covered["Customer"].counted_here


def test_a_customer_that_was_merged_away_is_found_by_its_section(
    small_world: World, company: Company
) -> None:
    world = small_world
    stays, goes = customer(world, "Blue Heron"), customer(world, "Blue Heron Ltd")
    world.sync()
    assert is_live(world, company, "Customer", goes)
    world.control("POST", "merge", {"entity": "Customer", "gone": goes, "kept": stays})
    world.pass_time(120)
    sync_section(world.edges, world.caller, section="customers")
    assert not is_live(world, company, "Customer", goes)
    assert is_live(world, company, "Customer", stays)


def test_a_customer_that_comes_garbled_is_not_taken_for_gone(small_world: World, company: Company) -> None:
    world = small_world
    known = customer(world, "Pine Street Dental")
    world.sync()
    new = customer(world, "New Moon Cafe")
    world.pass_time(120)

    def garble(body: Any) -> None:
        for one in body.get("QueryResponse", {}).get("Customer", []):
            if one.get("Id") == known:
                del one["Id"]
        if body.get("Customer", {}).get("Id") == known:
            del body["Customer"]["Id"]
        for answer in body.get("CDCResponse", []):
            for part in answer["QueryResponse"]:
                for one in part.get("Customer", []):
                    one.pop("Id", None)

    rewired(world, tamper=garble)
    with pytest.raises(TieoutError) as told:
        sync_section(world.edges, world.caller, section="customers")
    assert "Customers" in told.value.record
    assert is_live(world, company, "Customer", known)
    calm(world)
    found = sync_section(world.edges, world.caller, section="customers")
    assert standing(found, "customers").error == ""
    assert is_live(world, company, "Customer", known)
    assert is_live(world, company, "Customer", new)


def test_what_one_section_meets_holds_up_no_other(small_world: World, company: Company) -> None:
    world = small_world
    world.pass_time(120)

    def garble(body: Any) -> None:
        for one in body.get("QueryResponse", {}).get("TaxCode", []):
            one.pop("Id", None)

    rewired(world, tamper=garble)
    with pytest.raises(TieoutError):
        sync_section(world.edges, world.caller)
    calm(world)
    with world.edges.database.reading() as work:
        runs = {run.name: run for run in work.sections.list(company.id)}
    assert runs["customers"].completed_at is not None
    assert runs["products"].completed_at is not None
    assert runs["tax_codes"].completed_at is None
    assert "read" in runs["tax_codes"].error
    assert runs["full"].error


def test_nothing_is_read_of_a_paused_company_and_the_reason_is_said(
    small_world: World, company: Company
) -> None:
    world = small_world
    pause(world.edges, world.caller, reason="year-end close")
    for ask in (sync_section, check_mirror, import_company, start_import):
        with pytest.raises(Refused) as told:
            ask(world.edges, world.caller)
        assert told.value.record == company.name
        assert "year-end close" in (told.value.reason or "")
        assert told.value.remedy == "Resume it first"


@pytest.mark.parametrize("ask", [sync_section, check_mirror], ids=["section", "check"])
def test_who_loses_the_company_meanwhile_is_told_so_in_words(
    small_world: World, company: Company, ask: Callable[..., object]
) -> None:
    world = small_world
    world.pass_time(120)

    def steal(_answer: Any) -> None:
        now = world.clock.now()
        with world.edges.database.transaction() as work:
            work.companies.free(company.id, world.edges.owner, now=now)
            work.companies.claim(company.id, "another:1:x", now, timedelta(minutes=5))

    rewired(world, tamper=steal)
    with pytest.raises(Retry) as told:
        ask(world.edges, world.caller)
    assert told.value.record == company.name
    assert told.value.reason
    assert told.value.remedy
