"""Calls to QuickBooks, written down: how many metered reads each company costs by day, and which calls failed."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Final

import structlog

from tieout.edges import Edges
from tieout.kit.errors import Retry, TieoutError
from tieout.kit.meters import CALLS
from tieout.qbo.call import Call
from tieout.storage.failed_calls import FailedCall

EVERY: Final = timedelta(seconds=5)
"""How long reads are gathered before they are written down together: what a killed process may leave uncounted."""
UNANSWERED: Final = "unanswered"
"""What reads are counted as whose answer was lost: Intuit may or may not have metered them."""

log = structlog.get_logger()


class CallJournal:
    """Writes the calls of one piece of work down. Safe to share between threads.

    A call is written down at once, in a short transaction; while gathering, every few seconds and at the end.
    A clean end loses nothing. A process that is killed loses at most what it gathered since the last time.
    """

    def __init__(self, edges: Edges, company: str = "") -> None:
        """Write down for that company; without one, gather until `belongs_to` names it."""
        self._edges = edges
        self._company = company
        self._lock = threading.Lock()
        self._gathers = not company
        self._reads: Counter[tuple[date, str]] = Counter()
        self._failed: list[FailedCall] = []
        self._written_at = edges.clock.now()

    def note(self, call: Call) -> None:
        """Hear of a call that has ended. Never raises: it may have been a write, whose answer matters more."""
        CALLS.labels(str(call.status)).observe(call.duration)
        now = self._edges.clock.now()
        with self._lock:
            if call.reads:
                self._reads[now.date(), call.meter] += call.reads
            if call.doubtful:
                self._reads[now.date(), UNANSWERED] += call.doubtful
            if call.status != 200:
                self._failed.append(_failed(call, now))
            due = not self._gathers or now - self._written_at >= EVERY
        if due and self._company:
            self._write(now)

    def garbled(self, call: Call) -> None:
        """Hear that the answer of a call was none."""
        now = self._edges.clock.now()
        with self._lock:
            self._failed.append(_failed(call, now))
            due = not self._gathers
        if due:
            self._write(now)

    def gather(self) -> None:
        """From now on write several calls down at once."""
        with self._lock:
            self._gathers = True

    def close(self) -> None:
        """Write down what was gathered, if it is known for whom."""
        if self._company:
            with self._lock:
                self._gathers = False
            self._write(self._edges.clock.now())

    def belongs_to(self, company: str) -> None:
        """Name the company whose calls these were, and write them down."""
        self._company = company
        self.close()

    def _write(self, now: datetime) -> None:
        with self._lock:
            reads, failed = self._reads, self._failed
            self._reads, self._failed, self._written_at = Counter(), [], now
        if not reads and not failed:
            return
        try:
            with self._edges.database.transaction() as work:
                if work.companies.get(self._company) is None:
                    return  # it was erased meanwhile: there is nobody to count for
                for (day, what), number in sorted(reads.items()):
                    work.reads.add(self._company, day, what, number)
                work.failed_calls.add(self._company, failed)
        except Retry as error:
            log.warning("calls not written down yet", company=self._company, why=error.sentence())
            with self._lock:
                self._reads += reads
                self._failed = failed + self._failed
        except TieoutError as error:
            log.warning("calls not written down", company=self._company, why=error.sentence())


def _failed(call: Call, at: datetime) -> FailedCall:
    return FailedCall(at, call.what, call.status, call.code, call.tid, call.message)
