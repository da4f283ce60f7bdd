"""The read budget from outside: what is shown, the brake and its end, and that a person and a write still go."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.world import World
from tieout.cli.server import make_app
from tieout.connections.books import open_books
from tieout.connections.budget import BRAKE, show_budget
from tieout.connections.companies import change_setting
from tieout.connections.hold import claim_next
from tieout.kit.errors import Invalid
from tieout.security.callers import owner
from tieout.security.notices import list_notices
from tieout.storage.companies import Company
from tieout.storage.notices import Notice
from tieout.sync.cycle import Report, run_cycle
from tieout.wiring import Settings

QUARTER = timedelta(minutes=15)
OF_THIS_TEST = 1
"""Reads that a test makes itself, when it looks at all invoices once."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.ready()
    yield made
    made.close()


def company_of(world: World) -> Company:
    with world.edges.database.reading() as work:
        return work.companies.all(world.caller.tenant)[0]


def spend(world: World, reads: int) -> None:
    company = company_of(world).id
    with world.edges.database.transaction() as work:
        work.reads.add(company, world.clock.now().date(), "query", reads)


def look(world: World) -> Report:
    """Let the company fall due and look at it, as a worker does."""
    due = company_of(world).due_at
    world.pass_time(max((due - world.clock.now()).total_seconds(), 0))
    lease = claim_next(world.edges)
    assert lease is not None
    return run_cycle(world.edges, lease, cause="due")


def brake_of(world: World) -> Notice | None:
    company = company_of(world)
    with world.edges.database.reading() as work:
        return work.notices.standing(company.tenant, BRAKE, company.id)


def test_what_is_shown_is_what_was_read(world: World) -> None:
    world.sync()
    before = show_budget(world.edges, world.caller).companies[0]
    world.sync()
    after = show_budget(world.edges, world.caller).companies[0]
    assert after.month - before.month == after.today - before.today == 1
    assert after.spent_on["changes"] == before.spent_on["changes"] + 1
    assert after.allowance == 20_000
    # Fifteen minutes apart to the end of March: 96 a day for the 29 days and 8 hours that are left.
    assert after.forecast == pytest.approx(after.month + 96 * 29.33, abs=10)


def test_a_company_that_has_nearly_used_its_reads_is_looked_at_more_rarely_so_that_the_rest_lasts(
    world: World,
) -> None:
    change_setting(world.edges, world.caller, name="monthly_reads", value="1000")
    look(world)
    assert brake_of(world) is not None  # 2,800 looks are planned, and 900 are left
    spend(world, 800)
    look(world)
    left = 1000 - show_budget(world.edges, world.caller).companies[0].month
    month_left = datetime(2026, 4, 1, tzinfo=UTC) - world.clock.now()
    slowed = company_of(world).due_at - world.clock.now()
    assert slowed == pytest.approx(month_left / left, abs=timedelta(minutes=15))
    shown = show_budget(world.edges, world.caller).companies[0]
    assert shown.slowed_to is not None
    assert shown.slowed_to > QUARTER
    told = brake_of(world)
    assert told is not None
    assert "1,000 metered reads" in told.why


def test_with_nothing_left_a_company_is_looked_at_once_a_day(world: World) -> None:
    change_setting(world.edges, world.caller, name="monthly_reads", value="100")
    spend(world, 5000)
    look(world)
    assert company_of(world).due_at - world.clock.now() == timedelta(days=1)


def test_a_person_and_a_write_still_go_while_the_brake_is_on(world: World) -> None:
    change_setting(world.edges, world.caller, name="monthly_reads", value="100")
    spend(world, 5000)
    look(world)
    assert brake_of(world) is not None
    report = world.sync()
    assert report.state == "succeeded"
    assert report.stats["reads"] == 1
    world.client()
    world.service()
    world.invoice()
    world.settle()
    assert len(world.every("Invoice")) == 1


def test_the_brake_ends_with_the_month_and_with_a_higher_allowance(world: World) -> None:
    change_setting(world.edges, world.caller, name="monthly_reads", value="100")
    spend(world, 5000)
    look(world)
    assert brake_of(world) is not None
    change_setting(world.edges, world.caller, name="monthly_reads", value="20000")
    look(world)
    assert brake_of(world) is None
    assert company_of(world).due_at - world.clock.now() <= QUARTER
    change_setting(world.edges, world.caller, name="monthly_reads", value="3000")
    look(world)
    assert brake_of(world) is not None
    world.pass_time((datetime(2026, 4, 1, tzinfo=UTC) - world.clock.now()).total_seconds())
    look(world)
    assert brake_of(world) is None


@pytest.mark.parametrize("value", ["4", "1441", "", "often", "15.5", "-15", "٣٠", "9" * 30])
def test_a_frequency_that_is_none_is_refused_by_name(world: World, value: str) -> None:
    with pytest.raises(Invalid, match="setting cannot have this value"):
        change_setting(world.edges, world.caller, name="every_minutes", value=value)


def test_a_company_is_looked_at_as_often_as_its_people_want(world: World) -> None:
    for minutes in (5, 60):
        change_setting(world.edges, world.caller, name="every_minutes", value=str(minutes))
        look(world)
        wait = company_of(world).due_at - world.clock.now()
        assert timedelta(minutes=minutes) * 0.9 <= wait <= timedelta(minutes=minutes)


def test_rest_shows_the_budget_and_sets_webhooks_up_without_showing_the_verifier(world: World) -> None:
    app = make_app(world.edges, Settings(home=world.folder), with_worker=False)
    with TestClient(app, base_url="http://127.0.0.1:8787") as client:
        shown = client.get("/api/v1/budget").json()
        assert shown["companies"][0]["allowance"] == 20_000
        assert shown["app_allowance"] == 500_000
        before = client.get("/api/v1/apps/production/webhooks").json()
        assert (before["url"], before["ready"]) == ("", False)
        address = client.put("/api/v1/apps/production/webhooks", json={}).json()
        assert "/webhooks/intuit/" in address["url"]
        assert not address["ready"]
        secret = "9f2c1a77-0000-4c55-9d7e-2f6a51c0ffee"
        kept = client.put("/api/v1/apps/production/webhooks", json={"verifier": secret}).json()
        assert kept["ready"]
        assert kept["url"] == address["url"]
        assert secret not in json.dumps([kept, client.get("/api/v1/apps/production/webhooks").json()])
        assert client.get("/api/v1/apps/sandbox/webhooks").json()["url"] == ""


def test_another_tenant_sees_neither_budget_nor_address(world: World) -> None:
    stranger = owner("another tenant", "test")
    assert show_budget(world.edges, stranger).companies == []


def test_a_month_whose_reads_are_used_up_in_its_middle_goes_on_with_writes_and_the_next_begins_by_itself(
    world: World,
) -> None:
    """From end to end: by qbosim's own meter, with a worker that does only what is due."""
    before = _metered(world)
    counted = show_budget(world.edges, world.caller).companies[0].month
    change_setting(world.edges, world.caller, name="every_minutes", value="60")
    change_setting(world.edges, world.caller, name="monthly_reads", value="900")
    _live_until(world, datetime(2026, 3, 6, tzinfo=UTC))
    assert brake_of(world) is None, "an hourly look makes some 750 a month"
    used = show_budget(world.edges, world.caller).companies[0].month
    with open_books(world.edges, company_of(world)) as books:
        for _ in range(900 - used):
            books.count("Customer")
    world.client()
    world.service()
    writes = looks = 0
    while world.clock.now() < datetime(2026, 3, 12, tzinfo=UTC):
        # One document a day is entered at the host, and somebody has it sent.
        writes += 1
        world.invoice(f"i{writes}")
        assert world.sync().state == "succeeded"
        looks += _live_until(world, world.clock.now() + timedelta(days=1))
    assert len(world.every("Invoice")) == writes
    assert looks <= writes + 1, "at most one look a day that nobody asked for"
    assert brake_of(world) is not None
    looks = _live_until(world, datetime(2026, 4, 2, tzinfo=UTC))
    assert brake_of(world) is None
    assert looks > 30, "April has its own reads, and nobody had to do anything"
    told = [one for one in list_notices(world.edges, world.caller) if one.kind == BRAKE]
    assert len(told) == 1, [one.told_at for one in told]
    ours = show_budget(world.edges, world.caller).companies[0]
    with world.edges.database.reading() as work:
        rows = work.reads.since(ours.company, datetime(2026, 3, 1, tzinfo=UTC).date())
    assert sum(row.number for row in rows) - counted == _metered(world) - before - OF_THIS_TEST
    assert ours.slowed_to is None


def _live_until(world: World, end: datetime) -> int:
    """Run what is due until then, as a worker does; gives how many looks that were."""
    looks = 0
    while company_of(world).due_at < end:
        look(world)
        looks += 1
    world.pass_time(max((end - world.clock.now()).total_seconds(), 0))
    return looks


def _metered(world: World) -> int:
    """Give the reads by qbosim's own meter."""
    return sum(int(one["reads"]) for one in world.control("GET", "log/summary")["days"])
