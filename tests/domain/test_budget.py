"""What a month of metered reads comes to, and how slow looks must be for the rest to last."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tieout.domain.budget import SLOWEST, forecast, month_of, pace, whole_days

HALF = datetime(2026, 4, 16, tzinfo=UTC)
"""The middle of a month of 30 days."""
QUARTER = timedelta(minutes=15)


def test_a_month_is_that_of_utc_whatever_the_zone_of_the_instant() -> None:
    california = datetime.fromisoformat("2026-02-28T17:00:00-08:00")
    assert month_of(california) == (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    assert month_of(datetime(2026, 12, 31, 23, tzinfo=UTC))[1] == datetime(2027, 1, 1, tzinfo=UTC)


def test_a_forecast_goes_on_with_what_is_planned_when_there_are_no_days_to_go_by() -> None:
    assert forecast(now=HALF, so_far=40, lately=[], interval=QUARTER) == 40 + 15 * 96


def test_a_forecast_goes_on_with_the_middle_of_the_last_days_so_that_an_import_does_not_count_again() -> None:
    lately = [9000, 200, 210, 190, 200, 200, 205]
    assert forecast(now=HALF, so_far=10_000, lately=lately, interval=QUARTER) == 10_000 + 15 * 200


def test_a_forecast_knows_of_a_plan_that_became_dearer() -> None:
    assert forecast(now=HALF, so_far=20, lately=[1] * 7, interval=QUARTER) == 20 + 15 * 96


def test_what_is_left_lasts_to_the_end_of_the_month() -> None:
    assert pace(now=HALF, left=15 * 96) == QUARTER
    assert pace(now=HALF, left=15 * 96, companies=2) == 2 * QUARTER


def test_a_company_is_looked_at_once_a_day_when_nothing_is_left() -> None:
    assert pace(now=HALF, left=0) == pace(now=HALF, left=-500) == pace(now=HALF, left=3) == SLOWEST


def test_whole_days_leave_out_today_and_the_day_of_the_connection() -> None:
    by_day = {date(2026, 4, 12): 5000, date(2026, 4, 13): 7, date(2026, 4, 15): 9, date(2026, 4, 16): 80}
    noon = HALF + timedelta(hours=12)
    assert whole_days(by_day, now=noon, since=datetime(2026, 4, 12, 8, tzinfo=UTC)) == [7, 0, 9]
    assert whole_days(by_day, now=noon, since=noon) == []
    assert len(whole_days(by_day, now=noon, since=datetime(2020, 1, 1, tzinfo=UTC))) == 7


@given(
    seconds=st.integers(0, 31 * 86_400 - 1),
    allowance=st.integers(100, 100_000),
    every=st.integers(5, 1440),
)
def test_looks_at_the_pace_of_the_budget_stay_within_it_but_for_one_a_day(
    seconds: int, allowance: int, every: int
) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    _, end = month_of(now)
    looks, days = 0, (end - now) / timedelta(days=1)
    while now < end and looks < 20_000:
        now += max(timedelta(minutes=every), pace(now=now, left=allowance - looks))
        looks += 1
    assert looks <= max(allowance, days) + 1
