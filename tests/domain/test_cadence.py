"""How soon a company is looked at again: its frequency, the ladder of quiet, retries, and what the budget leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.domain.cadence import LONGEST, SOON, Standing, early_share, interval, is_braked, next_look

NOW = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
QUARTER = 15 * MINUTE


def standing(**changes: Any) -> Standing:
    given_: dict[str, Any] = {"now": NOW, "every": QUARTER, "fed": True, "quiet_since": NOW}
    return Standing(**(given_ | changes))


def wait(**changes: Any) -> timedelta:
    return next_look(standing(**changes), early=0) - NOW


def test_a_company_without_webhooks_is_looked_at_in_its_own_frequency_however_quiet_it_is() -> None:
    assert wait(fed=False, quiet_since=NOW - timedelta(days=90)) == QUARTER
    assert wait(fed=False, every=5 * MINUTE) == 5 * MINUTE


def test_a_company_with_work_is_looked_at_in_its_own_frequency_although_webhooks_feed_it() -> None:
    assert wait(at_work=True, quiet_since=NOW - timedelta(days=90)) == QUARTER


@pytest.mark.parametrize("early", [0.0, 0.5, 0.999])
def test_a_quiet_company_that_webhooks_feed_is_left_alone_for_longer_and_longer(early: float) -> None:
    at, looks = NOW, []
    for _ in range(6):
        now = next_look(standing(now=at), early=early)
        looks.append(now - at)
        at = now
    steps = [QUARTER, HOUR, 6 * HOUR, LONGEST, LONGEST, LONGEST]
    assert [step * 0.9 <= look <= step for step, look in zip(steps, looks, strict=True)] == [True] * 6


def test_a_frequency_that_is_rarer_than_the_ladder_counts() -> None:
    assert wait(every=timedelta(days=1)) == timedelta(days=1)


def test_what_fails_again_and_again_is_tried_later_and_later_but_never_more_rarely_than_the_frequency() -> (
    None
):
    waits = [wait(failures=count) for count in range(1, 12)]
    assert waits[0] == SOON
    assert all(later >= sooner for sooner, later in pairwise(waits))
    assert waits[-1] == QUARTER


def test_a_change_that_is_retried_and_a_write_that_is_owed_hurry_a_company() -> None:
    assert wait(retry_at=NOW + 2 * MINUTE) == 2 * MINUTE
    assert wait(owed_at=NOW + 3 * MINUTE, at_work=True) == 3 * MINUTE
    assert wait(owed_at=NOW - HOUR, at_work=True) == SOON


def test_what_a_webhook_told_and_quickbooks_does_not_show_yet_is_looked_for_later_and_later() -> None:
    assert [wait(unfound=tries) for tries in (0, 1, 2, 9)] == [
        timedelta(seconds=5),
        MINUTE,
        5 * MINUTE,
        5 * MINUTE,
    ]


def test_a_brake_slows_looks_that_nobody_asked_for_and_never_a_write() -> None:
    braked = {"pace": 4 * HOUR, "fed": False}
    assert wait(**braked) == 4 * HOUR
    assert wait(**braked, failures=1) == 4 * HOUR
    assert wait(**braked, unfound=0) == 4 * HOUR
    assert wait(**braked, at_work=True, owed_at=NOW + MINUTE) == MINUTE
    assert is_braked(standing(**braked))
    assert not is_braked(standing(pace=4 * HOUR, quiet_since=NOW - timedelta(days=3)))


def test_ten_thousand_companies_that_were_connected_together_do_not_fall_due_together() -> None:
    dues = [
        next_look(standing(fed=False), early=early_share(f"co_{number}", NOW)) - NOW
        for number in range(10_000)
    ]
    assert min(dues) >= QUARTER * 0.9
    assert max(dues) <= QUARTER
    by_second: dict[int, int] = {}
    for due in dues:
        by_second[int(due.total_seconds())] = by_second.get(int(due.total_seconds()), 0) + 1
    assert max(by_second.values()) < 200  # of 10,000 in 90 seconds


@given(
    fed=st.booleans(),
    at_work=st.booleans(),
    quiet=st.timedeltas(timedelta(0), timedelta(days=400)),
    every=st.integers(5, 1440),
    failures=st.integers(0, 500),
    unfound=st.none() | st.integers(0, 50),
    pace=st.timedeltas(timedelta(0), timedelta(days=1)),
    early=st.floats(0, 1),
)
def test_a_company_always_falls_due_again_and_never_at_once(
    fed: bool,
    at_work: bool,
    quiet: timedelta,
    every: int,
    failures: int,
    unfound: int | None,
    pace: timedelta,
    early: float,
) -> None:
    given_ = standing(
        fed=fed,
        at_work=at_work,
        quiet_since=NOW - quiet,
        every=every * MINUTE,
        failures=failures,
        unfound=unfound,
        pace=pace,
    )
    due = next_look(given_, early=early) - NOW
    assert timedelta(seconds=4) <= due <= max(LONGEST, pace)
    if not fed:
        assert due <= max(every * MINUTE, pace)
    assert interval(given_) >= every * MINUTE
