"""Intuit's limits on how fast a company may be asked, counted on the simulated clock."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Gateway and throttles",
    documented(
        "throttle.limits",
        "A company has 500 requests a minute; an app has 10 a second at a company; batches are 40 a minute per company "
        "and app, and 120 per company.",
        "Intuit's documentation of REST API features and its notice of batch throttling of 2025",
    ),
    documented(
        "throttle.reports",
        "Reports may be limited apart (setting reports_per_minute).",
        "Intuit's documentation of 2016, 200 a minute, quoted by its staff in PHP SDK issue 54; not in the present table",
    ),
    assumed(
        "throttle.windows",
        "Windows slide, and a refused request does not count.",
        "Intuit says to wait a minute, which is right under any counting",
    ),
    assumed(
        "throttle.companies",
        "Two companies do not share a throttle.",
        "every documented limit is per company",
    ),
)


@dataclass(frozen=True)
class Limit:
    """At most `most` calls in `seconds`."""

    name: str
    most: int
    seconds: float
    per_app: bool
    operation: str = ""
    """Calls of this kind only; empty: all."""


LIMITS = (
    Limit("requests per company and minute", 500, 60.0, per_app=False),
    Limit("requests per company, app and second", 10, 1.0, per_app=True),
    Limit("batches per company, app and minute", 40, 60.0, per_app=True, operation="batch"),
    Limit("batches per company and minute", 120, 60.0, per_app=False, operation="batch"),
)


class Throttle:
    """Remembers the last minute of calls. Not kept over a restart: a minute later it would be empty
    anyway."""

    def __init__(self) -> None:
        """Start with nobody having called."""
        self._lock = threading.Lock()
        self._calls: dict[tuple[str, str, str], deque[float]] = {}

    def exceeded(
        self, realm: str, client_id: str, operation: str, *, now: float, reports: int = 0
    ) -> Limit | None:
        """Count a call at `now` (seconds), or name the limit that forbids it.

        `reports`: how many reports a company may have in a minute; 0 for any number.
        """
        more = (Limit("reports per company and minute", reports, 60.0, per_app=False, operation="report"),)
        with self._lock:
            counted: list[deque[float]] = []
            for limit in LIMITS + (more if reports else ()):
                if limit.operation not in ("", operation):
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
