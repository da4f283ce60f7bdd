"""The worker: runs the cycles of due companies and the jobs that are owed, until it is told to stop."""

from __future__ import annotations

from tieout.worker.worker import Worker

__all__ = ["Worker"]
