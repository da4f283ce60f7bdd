"""Intuit's limits on how fast a company may be asked, counted on the simulated clock.

Limits: Intuit's documentation (500 requests a minute per company; 10 a second per company and app; batches
40 a minute per company and app and 120 a minute per company). Windows slide, and a refused request does not
count: assumed.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """At most `most` calls in `seconds`."""

    name: str
    most: int
    seconds: float
    per_app: bool
    batches_only: bool


LIMITS = (
    Limit("requests per company and minute", 500, 60.0, per_app=False, batches_only=False),
    Limit("requests per company, app and second", 10, 1.0, per_app=True, batches_only=False),
    Limit("batches per company, app and minute", 40, 60.0, per_app=True, batches_only=True),
    Limit("batches per company and minute", 120, 60.0, per_app=False, batches_only=True),
)


class Throttle:
    """Remembers the last minute of calls. Not kept over a restart: a minute later it would be empty
    anyway."""

    def __init__(self) -> None:
        """Start with nobody having called."""
        self._lock = threading.Lock()
        self._calls: dict[tuple[str, str, str], deque[float]] = {}

    def exceeded(self, realm: str, client_id: str, *, batch: bool, now: float) -> Limit | None:
        """Count a call at `now` (seconds), or name the limit that forbids it."""
        with self._lock:
            counted: list[deque[float]] = []
            for limit in LIMITS:
                if limit.batches_only and not batch:
                    continue
                key = (limit.name, realm, client_id if limit.per_app else "")
                calls = self._calls.setdefault(key, deque())
                while calls and calls[0] <= now - limit.seconds:
                    calls.popleft()
                while calls and calls[-1] > now:  # the clock was set back
                    calls.pop()
                if len(calls) >= limit.most:
                    return limit
                counted.append(calls)
            for calls in counted:
                calls.append(now)
            return None
