"""The throttle that all workers share: turns are booked in the database, so that no number of them is too many.

Every process, on whatever machine, books its next call in the company's row (`storage.throttles`). What is booked
is one even spacing: 500 calls a minute are fewer than ten a second, so that a rhythm that keeps the first keeps the
second. A process keeps three more rules by itself: at most ten of its calls are under way, calls that come late
(the machine was busy) do not go all at once, and a turn that was missed (the process was paused) is booked anew.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from tieout.kit.clock import Clock, SystemClock
from tieout.kit.errors import Throttled
from tieout.kit.meters import THROTTLED
from tieout.qbo.throttle import IN_FLIGHT, PER_MINUTE, PER_SECOND, Kind, Throttle
from tieout.storage.database import Database
from tieout.storage.throttles import Spacing

MINUTE: Final = timedelta(minutes=1)
SHARE: Final = 0.94
"""Of what Intuit allows: calls do not arrive in exactly the rhythm in which they leave."""
SPACINGS: Final[Mapping[Kind, Spacing]] = {
    kind: Spacing(MINUTE / (most * SHARE), at_once=2) for kind, most in PER_MINUTE.items()
}
LATE_MOST: Final = PER_SECOND - 1
LATE_SPAN: Final = timedelta(seconds=1.05)
"""A process sends at most so many calls in that time, whatever turns it has booked."""
MISSED: Final = timedelta(seconds=0.5)
"""A turn that is so long over is not used: the process was paused, and the turns of now are those of others."""
LOOK_AGAIN: Final = 0.5
"""Seconds of waiting after which a process looks whether another one was told to slow down meanwhile."""


class Throttles:
    """The throttles of all companies, as one process keeps them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, SharedThrottle] = {}

    def __call__(self, environment: str, realm_id: str) -> Throttle:
        """Give the throttle of a company: one and the same for all that ask in this process."""
        key = f"{environment}/{realm_id}"
        with self._lock:
            if key not in self._known:
                self._known[key] = SharedThrottle(self._database, self._clock, key)
            return self._known[key]


class SharedThrottle:
    """The throttle of one company."""

    def __init__(self, database: Database, clock: Clock, key: str) -> None:
        self._database = database
        self._clock = clock
        self._key = key
        # The clocks of machines differ; the database has one for all. A simulated world has only its own.
        self._own_clock = isinstance(clock, SystemClock)
        self._places = threading.BoundedSemaphore(IN_FLIGHT)
        self._lock = threading.Lock()
        self._sent: deque[datetime] = deque(maxlen=LATE_MOST)

    @contextmanager
    def turn(self, kind: Kind, *, patience: float) -> Iterator[None]:
        """Wait for a turn and hold a place in flight; Throttled when the turn is farther away than `patience`."""
        with self._places:
            self._wait_for_turn(kind, patience)
            yield

    def slow_down(self, seconds: float) -> None:
        """Write down for every process that nobody calls before so many seconds have passed."""
        with self._database.transaction() as work:
            work.throttles.pause(self._key, timedelta(seconds=seconds), now=self._now())

    def _book(self, kind: Kind) -> float:
        spacings = {one.value: SPACINGS[one] for one in {Kind.CALL, kind}}
        with self._database.transaction() as work:
            return work.throttles.book(self._key, spacings, now=self._now()).total_seconds()

    def _wait_for_turn(self, kind: Kind, patience: float) -> None:
        """Book a turn and sleep until it comes; anew when it was missed, or others were told to slow down."""
        waited = 0.0
        while (wait := self._book(kind)) > 0:
            if waited + wait > patience:
                raise too_long(wait)
            before = self._clock.now()
            self._clock.sleep(wait)
            THROTTLED.inc(wait)
            waited += wait
            if self._clock.now() - before > timedelta(seconds=wait) + MISSED:
                continue
            if wait < LOOK_AGAIN or self._pause_left() == 0:
                break
        late = self._late()
        if late > 0:
            self._clock.sleep(late)

    def _pause_left(self) -> float:
        with self._database.reading() as work:
            return work.throttles.paused(self._key, now=self._now()).total_seconds()

    def _late(self) -> float:
        """Take a place among this process's own calls of the last second; gives the wait for it."""
        with self._lock:
            now = self._clock.now()
            turn = max(now, self._sent[0] + LATE_SPAN) if len(self._sent) == LATE_MOST else now
            self._sent.append(turn)
        return (turn - now).total_seconds()

    def _now(self) -> datetime | None:
        return None if self._own_clock else self._clock.now()


def too_long(seconds: float) -> Throttled:
    """Make the error of a call that was not sent, because its turn is too far away."""
    return Throttled(
        "QuickBooks asked us to slow down",
        record="this call",
        reason=f"calls to this company rest for another {seconds:.0f} seconds, and nothing was sent",
        remedy="It is tried again by itself",
        code="",
        tid="",
        element="",
        retry_after=seconds,
    )
