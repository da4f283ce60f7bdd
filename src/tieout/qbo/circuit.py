"""The circuit: when call after call gets no answer, the next ones are not made for a while.

Without it, a cycle with hundreds of documents would wait out each of their time-outs while QuickBooks is down.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Final

from tieout.kit.clock import Clock
from tieout.kit.errors import Unreachable

FAILURES: Final = 8
"""So many calls in a row without an answer, and the circuit is open."""
REST: Final = timedelta(seconds=60)
"""How long it stays open; then one more failure opens it again."""


class Open(Unreachable):
    """A call was not made, because the ones before it got no answer; trying at once would not help."""


class Circuit:
    """Watches the calls of one company. Safe to share between threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until: datetime | None = None

    def check(self, what: str) -> None:
        """Raise Open while no call should be made; nothing was sent then."""
        with self._lock:
            open_until, failures = self._open_until, self._failures
        if open_until is not None and self._clock.now() < open_until:
            raise Open(
                "QuickBooks does not answer",
                record=what,
                reason=f"the last {failures} calls to this company got no answer, so this one was not made",
                remedy="It is tried again by itself",
                code="",
                tid="",
                element="",
            )

    def answered(self) -> None:
        """Hear that a call was answered, whatever the answer says."""
        with self._lock:
            self._failures, self._open_until = 0, None

    def failed(self) -> None:
        """Hear that a call got no answer, or one that says that QuickBooks itself is down."""
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES:
                self._open_until = self._clock.now() + REST
