"""Instants and days as Intuit writes and reads them: Pacific offsets with second precision, whatever the company's zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PACIFIC = ZoneInfo("America/Los_Angeles")

_FIRST_YEAR, _LAST_YEAR = 100, 9900

_COMPACT_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")


def stamp(seconds: int) -> str:
    """Write an instant (whole seconds since 1970, UTC) like `2020-09-29T05:58:07-07:00` (recorded traffic)."""
    return datetime.fromtimestamp(seconds, PACIFIC).isoformat()


def stamp_millis(instant: datetime) -> str:
    """Write an instant like `2020-09-29T05:58:07.300-07:00`, the form of the `time` beside an answer."""
    return instant.astimezone(PACIFIC).isoformat(timespec="milliseconds")


def read_instant(text: str) -> float:
    """Read an ISO 8601 instant into seconds since 1970; without an offset it is Pacific time (assumed).

    Raises ValueError when it is not an instant.
    """
    cleaned = _COMPACT_OFFSET.sub(r"\1:\2", text.strip()) if "T" in text or " " in text else text.strip()
    instant = datetime.fromisoformat(cleaned)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=PACIFIC)
    try:
        return instant.timestamp()
    except OverflowError as error:
        raise ValueError(f"{text!r} is beyond the calendar") from error


def read_day(text: str) -> str:
    """Read a day, given as `2026-01-31` or as an instant on that day, into `2026-01-31`.

    Raises ValueError when it is not a day, or one so close to an end of the calendar that nothing could be counted
    from it.
    """
    day = date.fromisoformat(text.strip()[:10])
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(f"{text!r} is beyond the calendar")
    return day.isoformat()


def today_in(zone: str, now: datetime) -> date:
    """The calendar day at `now` in an IANA zone; an unknown zone counts as Pacific."""
    try:
        return now.astimezone(ZoneInfo(zone)).date()
    except (ZoneInfoNotFoundError, ValueError):
        return now.astimezone(PACIFIC).date()


def whole_seconds(instant: datetime) -> int:
    """Seconds since 1970 of an aware instant, cut to whole seconds as Intuit keeps them."""
    return int(instant.astimezone(UTC).timestamp())
