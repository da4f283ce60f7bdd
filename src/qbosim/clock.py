"""The simulated clock: runs with real time plus an offset, or stands still until it is moved.

Everything in the simulator asks this clock, so that a test can let a year pass in a millisecond and a whole
world can be replayed from its seed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class ClockState:
    """What has to be kept so that a restarted simulator goes on in its own time."""

    offset_seconds: float = 0.0
    """Simulated time minus real time; meaningless while frozen."""
    frozen_at: datetime | None = None
    """The instant (UTC) at which the clock stands still; None while it runs."""


EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)
"""Beyond these, dates derived from the clock (due dates, local times) would leave Python's calendar."""


def real_now() -> datetime:
    """The machine's own time, as an aware UTC datetime."""
    return datetime.fromtimestamp(time.time(), UTC)


class Clock:
    """A clock that may be read and moved from any thread. All instants are aware datetimes in UTC."""

    def __init__(self, state: ClockState | None = None, *, real: Callable[[], datetime] = real_now) -> None:
        """Start from `state` (default: real time). `real` is the source of real time."""
        self._real = real
        self._state = state or ClockState()
        self._lock = threading.Lock()
        self._listener: Callable[[ClockState], None] | None = None

    @classmethod
    def at(cls, instant: datetime) -> Clock:
        """Make a clock that stands still at `instant` (aware) until it is moved."""
        return cls(ClockState(frozen_at=_utc(instant)))

    @property
    def state(self) -> ClockState:
        """What a store keeps to go on after a restart."""
        return self._state

    @property
    def frozen(self) -> bool:
        """Whether the clock stands still."""
        return self._state.frozen_at is not None

    def now(self) -> datetime:
        """The simulated instant, UTC."""
        state = self._state
        if state.frozen_at is not None:
            return state.frozen_at
        return self._real() + timedelta(seconds=state.offset_seconds)

    def set(self, instant: datetime) -> None:
        """Move the clock to `instant` (aware; backwards too). A frozen clock stays frozen there.

        Raises ValueError for an instant without a zone, or before 1971 or after 8999.
        """
        target = _possible(_utc(instant))
        with self._lock:
            if self._state.frozen_at is not None:
                self._replace(ClockState(frozen_at=target))
            else:
                self._replace(ClockState(offset_seconds=(target - self._real()).total_seconds()))

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once (negative: go back). Raises ValueError before 1971 or after 8999."""
        with self._lock:
            state = self._state
            try:
                target = _possible(self.now() + timedelta(seconds=seconds))
            except OverflowError as error:
                raise ValueError(f"{seconds:g} seconds lead beyond the calendar") from error
            if state.frozen_at is not None:
                self._replace(ClockState(frozen_at=target))
            else:
                self._replace(ClockState(offset_seconds=state.offset_seconds + seconds))

    def freeze(self) -> None:
        """Stop where the clock is now."""
        with self._lock:
            self._replace(ClockState(frozen_at=self.now()))

    def run(self) -> None:
        """Let a frozen clock run on from where it stands."""
        with self._lock:
            now = self.now()
            self._replace(ClockState(offset_seconds=(now - self._real()).total_seconds()))

    def restore(self, state: ClockState) -> None:
        """Take over a kept state, as after a restart."""
        with self._lock:
            self._replace(state)

    def on_change(self, listener: Callable[[ClockState], None]) -> None:
        """Call `listener` with the new state after every movement (one listener; it keeps the state)."""
        self._listener = listener

    def _replace(self, state: ClockState) -> None:
        self._state = state
        if self._listener is not None:
            self._listener(state)


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no time zone; write it like 2026-01-31T09:00:00+00:00")
    return instant.astimezone(UTC)


def _possible(instant: datetime) -> datetime:
    if not EARLIEST <= instant < LATEST:
        raise ValueError(f"{instant.isoformat()} is beyond the calendar, which goes from 1971 to 8999")
    return instant
