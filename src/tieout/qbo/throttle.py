"""The throttle as the client sees it: a turn is waited for before each call, and given back after it.

How many calls Intuit takes is said here; who keeps count of them, over all processes, is `connections.throttle`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from enum import Enum
from typing import Protocol


class Kind(Enum):
    """Kinds of calls that Intuit limits apart; every one of them is a call, too."""

    CALL = "calls"
    BATCH = "batches"
    REPORT = "reports"


PER_SECOND = 10
"""Calls of one app to one company in a second (Intuit's documentation)."""
IN_FLIGHT = 10
"""Calls to one company that are under way at once (Intuit's documentation of former years)."""
PER_MINUTE = {Kind.CALL: 500, Kind.BATCH: 40, Kind.REPORT: 200}
"""Calls to one company in a minute (Intuit's documentation; reports: its documentation of 2016)."""


class Throttle(Protocol):
    """Keeps one company from being asked faster than Intuit allows."""

    def turn(self, kind: Kind, *, patience: float) -> AbstractContextManager[None]:
        """Wait for a turn, at most `patience` seconds, and hold one of the places in flight within the context.

        Raises Throttled when the turn is farther away; nothing was sent then.
        """
        ...

    def slow_down(self, seconds: float) -> None:
        """Hear that Intuit refused a call as one too many: nobody calls before so many seconds have passed."""
        ...


class Unthrottled:
    """Lets every call go at once: for a stand-in that takes whatever comes."""

    def turn(self, _kind: Kind, *, patience: float) -> AbstractContextManager[None]:
        """Wait for nothing."""
        assert patience >= 0, patience
        return nullcontext()

    def slow_down(self, seconds: float) -> None:
        """Keep no pause: whoever called waits by itself."""
        assert seconds >= 0, seconds
