"""The clock: the only place where Tieout learns what time it is, so that a whole world can be replayed."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time and lets time pass."""

    def now(self) -> datetime:
        """Tell the present instant, aware, in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let that many seconds pass."""
        ...


class SystemClock:
    """The machine's own clock, set right by another one where several machines must agree."""

    def __init__(self) -> None:
        self._behind = timedelta()

    def now(self) -> datetime:
        """Tell the present instant in UTC: the machine's, or the one it was set to."""
        return datetime.now(UTC) + self._behind  # noqa: TID251  the one door that the rule points to

    def correct(self, by: timedelta) -> None:
        """Go on ahead by that much, or back if it is negative."""
        self._behind += by

    def sleep(self, seconds: float) -> None:
        """Block this thread for that many seconds."""
        time.sleep(seconds)


class ManualClock:
    """A clock that moves only when told to: for simulations and tests of what happens later."""

    def __init__(self, start: datetime) -> None:
        assert start.tzinfo is not None, "a clock without a zone cannot be compared"
        self._now = start

    def now(self) -> datetime:
        """Tell the instant at which the clock was left."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Move the clock on without waiting."""
        self._now += timedelta(seconds=seconds)
