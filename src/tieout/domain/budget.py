"""The read budget: what a month of metered reads comes to, and how slow looks must be for the rest to last.

Months and days are those of UTC: Intuit meters by calendar month and names no time zone (reference, section 9).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Final

COMPANY_READS: Final = 20_000
"""What one company may cost in a month unless its people say otherwise: a look every three minutes, and more."""
APP_READS: Final = 500_000
"""What Intuit's free tier gives an app in a month; beyond it every read is refused until the next one."""
WARN_AT: Final = 0.8
SLOWEST: Final = timedelta(days=1)
"""However little is left, a company is looked at once a day."""
DAY: Final = timedelta(days=1)
RECENT: Final = 7
"""Days from whose middle a forecast goes on; a day with an import says nothing of the next ones."""
ENOUGH: Final = 3


def month_of(now: datetime) -> tuple[datetime, datetime]:
    """Give when the month of an instant begins and ends, in UTC."""
    today = now.astimezone(UTC)
    start = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return start, (start + timedelta(days=32)).replace(day=1)


def forecast(
    *, now: datetime, so_far: int, lately: Sequence[int], interval: timedelta, companies: int = 1
) -> int:
    """Tell what a month's reads will come to: those so far, and for the rest what is usual or planned, the greater.

    `lately` are the reads of the last whole days; `interval` is the planned time between two looks.
    """
    _, end = month_of(now)
    usual = median(lately[-RECENT:]) if len(lately) >= ENOUGH else 0
    planned = companies * (DAY / interval)
    return so_far + round(max(usual, planned) * ((end - now) / DAY))


def pace(*, now: datetime, left: int, companies: int = 1) -> timedelta:
    """Give the time between two looks at which what is left of a month's reads lasts to its end.

    `companies` share what is left. Never longer than a day.
    """
    _, end = month_of(now)
    if left <= 0:
        return SLOWEST
    return min(SLOWEST, (end - now) * companies / left)


def whole_days(by_day: dict[date, int], *, now: datetime, since: datetime) -> list[int]:
    """List the reads of the last whole days, days without any included; none before the company was connected."""
    today = now.astimezone(UTC).date()
    first = max(since.astimezone(UTC).date() + DAY, today - RECENT * DAY)
    return [by_day.get(first + number * DAY, 0) for number in range(max((today - first).days, 0))]
