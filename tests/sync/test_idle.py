"""A company that webhooks feed, over months: what it costs by qbosim's own meter, and how fresh it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.hearing import Hearing, hearing
from tests.world import World
from tieout.connections.webhooks import SILENT
from tieout.mirror.coverage import show_coverage
from tieout.storage.notices import Notice

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
MONTH = 30 * DAY


@pytest.fixture
def fed(tmp_path: Path) -> Iterator[Hearing]:
    """A company that is here whole, that webhooks feed, and that has come to rest."""
    world = World(tmp_path)
    world.ready()
    with hearing(world) as made:
        entered(made, "The first to be told of")
        made.until(world.clock.now() + DAY)
        made.reports.clear()
        yield made
    world.close()


def entered(fed: Hearing, name: str) -> str:
    """Enter a customer in QuickBooks; gives its id."""
    return str(fed.world.books("POST", "customer", {"DisplayName": name})["Customer"]["Id"])


def is_here(fed: Hearing, customer: str) -> bool:
    company = fed.company.id
    with fed.world.edges.database.reading() as work:
        return work.records.get(company, "Customer", customer) is not None


def standing(fed: Hearing) -> Notice | None:
    company = fed.company
    with fed.world.edges.database.reading() as work:
        return work.notices.standing(company.tenant, SILENT, company.id)


def test_any_thirty_days_in_which_nothing_happens_cost_sixty_reads_at_most(fed: Hearing) -> None:
    # The checks of a company that was never checked come first; from then on they come in turn.
    fed.until(fed.world.clock.now() + 20 * DAY)
    fed.reports.clear()
    begins = fed.world.clock.now()
    fed.until(begins + 2 * MONTH)
    metered, counted = fed.metered(), fed.counted()
    first = begins.date() + DAY
    days = [first + number * DAY for number in range(60 - 1)]
    for start in range(len(days) - 29):
        month = [metered.get(day.isoformat(), 0) for day in days[start : start + 30]]
        assert 12 <= sum(month) <= 60, days[start]
    assert {day: counted[day] for day in counted if date.fromisoformat(day) >= first} == {
        day: metered[day] for day in metered if date.fromisoformat(day) >= first and metered[day]
    }
    assert {report.state for report in fed.reports} == {"succeeded"}
    covered = show_coverage(fed.world.edges, fed.world.caller)
    assert covered.proven, covered.rests_on
    assert covered.changes_until is not None
    assert fed.world.clock.now() - covered.changes_until <= 2 * DAY


def test_each_of_three_changes_a_day_is_here_within_a_minute_for_a_few_reads(fed: Hearing) -> None:
    before = sum(fed.metered().values())
    for number in range(3):
        customer = entered(fed, f"Customer {number}")
        fed.until(fed.world.clock.now() + MINUTE)
        assert is_here(fed, customer), number
        assert fed.open_events() == []
        fed.until(fed.world.clock.now() + timedelta(hours=8))
    # A look for the change, three down the ladder, and once the lists and counts that come with activity.
    assert sum(fed.metered().values()) - before <= 3 * 5 + 8 + 31
    assert standing(fed) is None


def test_webhooks_that_are_cut_off_are_noticed_and_the_promise_of_fifteen_minutes_holds_from_then_on(
    fed: Hearing,
) -> None:
    fed.deaf = True
    customer = entered(fed, "Nobody was told")
    due = fed.company.due_at
    assert due - fed.world.clock.now() <= 2 * DAY
    fed.until(due)
    assert is_here(fed, customer)
    told = standing(fed)
    assert told is not None
    assert told.what == "QuickBooks' webhooks do not arrive any more"
    later = entered(fed, "Nobody was told of this one, either")
    fed.until(fed.world.clock.now() + 15 * MINUTE)
    assert is_here(fed, later)
    assert fed.company.due_at - fed.world.clock.now() <= 15 * MINUTE


def test_webhooks_that_come_again_end_the_notice_and_the_frequent_looks(fed: Hearing) -> None:
    fed.deaf = True
    entered(fed, "Nobody was told")
    fed.until(fed.company.due_at)
    assert standing(fed) is not None
    fed.deaf = False
    entered(fed, "Everybody was told")
    fed.until(fed.world.clock.now() + 12 * MINUTE)
    assert standing(fed) is None
    looks = len(fed.reports)
    fed.until(fed.world.clock.now() + DAY)
    assert len(fed.reports) - looks <= 4
