"""The heartbeat of a worker: it says that the process lives, renews its jobs, and keeps its clock right."""

from __future__ import annotations

import socket
import threading
from datetime import timedelta
from importlib.metadata import version
from typing import Final

import structlog

from tieout.connections.hold import BEATS_IN_A_LEASE
from tieout.edges import Edges
from tieout.kit.clock import SystemClock
from tieout.kit.errors import TieoutError
from tieout.storage.workers import Worker as Known
from tieout.worker.jobs import JobsInHand

SKEW_MAX: Final = timedelta(seconds=1)
"""How far a machine's clock may be from the database's before it is set right."""
log = structlog.get_logger()


def agree_with_the_database(edges: Edges) -> timedelta:
    """Set this process's clock to the database's, so that all machines mean the same instant; gives the change.

    Leases of several machines are compared with each other: a clock that is ahead would take over what is
    alive. Nothing happens on SQLite, or with a clock that is led by hand.
    """
    if not isinstance(edges.clock, SystemClock):
        return timedelta()
    before = edges.clock.now()
    theirs = edges.database.now()
    if theirs is None:
        return timedelta()
    after = edges.clock.now()
    off = theirs - (before + (after - before) / 2)
    if abs(off) <= SKEW_MAX + (after - before):
        return timedelta()
    edges.clock.correct(off)
    log.warning("clock", off_by_seconds=off.total_seconds(), what="set to the database's time")
    return off


class Heart:
    """Beats three times in a lease, in a thread of its own."""

    def __init__(self, edges: Edges, jobs: JobsInHand, *, role: str) -> None:
        self._edges = edges
        self._jobs = jobs
        self._role = role
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Say that this process lives, and go on saying so."""
        now = self._edges.clock.now()
        known = Known(
            self._edges.owner,
            socket.gethostname(),
            self._role,
            version("tieout"),
            started_at=now,
            beat_at=now,
        )
        with self._edges.database.transaction() as work:
            work.workers.put(known)
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Beat no more, and say that this process ended by itself."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        with self._edges.database.transaction() as work:
            work.workers.end(self._edges.owner, now=self._edges.clock.now())

    def beat(self) -> None:
        """Beat once."""
        agree_with_the_database(self._edges)
        self._jobs.renew(self._edges)
        with self._edges.database.transaction() as work:
            work.workers.beat(self._edges.owner, now=self._edges.clock.now())

    def _run(self) -> None:
        while not self._stop.wait(self._edges.lease.total_seconds() / BEATS_IN_A_LEASE):
            try:
                self.beat()
            except TieoutError as error:
                # What is held runs out if this lasts; whoever works finds out before it writes.
                log.warning("heart", error=error.sentence())
            except Exception:
                log.exception("heart")
