"""Meters: what this process counts and times while it runs, for whoever collects metrics."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Histogram, disable_created_metrics

# When a counter began is of no use to a collector, and doubles the lines.
disable_created_metrics()  # type: ignore[no-untyped-call]

CYCLES: Final = Histogram(
    "tieout_cycle_seconds",
    "Cycles by how they ended, and how long they took",
    ("result",),
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600),
)
CALLS: Final = Histogram(
    "tieout_call_seconds",
    "Calls to QuickBooks by status, and how long the answer took; status 0 for no answer",
    ("status",),
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
THROTTLED: Final = Counter("tieout_throttle_wait_seconds", "Seconds that calls waited for QuickBooks' limits")
WEBHOOKS: Final = Counter("tieout_webhook_events", "Webhook events by what became of them", ("result",))
DELIVERIES: Final = Counter("tieout_deliveries", "Attempts to deliver a notice", ("channel", "result"))
