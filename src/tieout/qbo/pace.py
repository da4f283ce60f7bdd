"""Pace: no company is asked faster than Intuit allows, so that a quick network does not earn a minute's wait.

Intuit takes ten requests a second from one app for one company (Intuit's documentation); beyond that it answers
429, and a minute passes before anything is asked again. The pace is kept among the threads of one process.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from datetime import datetime, timedelta
from typing import Final

import httpx2

from tieout.kit.clock import Clock

MOST: Final = 9
"""One less than allowed: requests do not arrive in exactly the rhythm in which they are sent."""
SPAN: Final = timedelta(seconds=1.05)
COMPANY: Final = re.compile(r"/v3/company/([^/]+)/")


class Pace:
    """Called before each request of an `httpx2.Client` (its event hook `request`), it waits where it must."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._turns: dict[str, deque[datetime]] = {}

    def __call__(self, request: httpx2.Request) -> None:
        """Let a request to a company go when it is its turn; requests to others go at once."""
        found = COMPANY.search(request.url.path)
        if found is None:
            return
        with self._lock:
            now = self._clock.now()
            turns = self._turns.setdefault(found[1], deque(maxlen=MOST))
            turn = max(now, turns[0] + SPAN) if len(turns) == MOST else now
            turns.append(turn)
        # The turn is taken; waiting for it holds nobody else up.
        if turn > now:
            self._clock.sleep((turn - now).total_seconds())
