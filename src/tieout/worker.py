"""The in-process worker: claims companies that are due and runs their cycles, until it is told to stop."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Final

import structlog

from tieout.connections.hold import claim_next
from tieout.edges import Edges
from tieout.kit.errors import TieoutError
from tieout.sync.cycle import Report, run_cycle

POLL: Final = timedelta(seconds=1)
BATCH: Final = 20
"""Cycles in one tick, so that a stop is not kept waiting for ever."""
log = structlog.get_logger()


class Worker:
    """Runs cycles of due companies in a thread of its own."""

    def __init__(self, edges: Edges) -> None:
        self._edges = edges
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def tick(self) -> list[Report]:
        """Run the cycles that are due now, one after another; each company is taken when its turn comes."""
        reports: list[Report] = []
        while len(reports) < BATCH and (lease := claim_next(self._edges)) is not None:
            reports.append(run_cycle(self._edges, lease, cause="due"))
        return reports

    def run(self) -> None:
        """Tick until told to stop; trouble of one tick is logged and the next one comes."""
        while not self._stop.is_set():
            try:
                for report in self.tick():
                    log.info(
                        "cycle",
                        company=report.company,
                        state=report.state,
                        error=report.error,
                        **report.stats,
                    )
            except TieoutError as error:
                log.warning("worker", error=error.sentence())
            except Exception:
                log.exception("worker")
            self._stop.wait(POLL.total_seconds())

    def start(self) -> None:
        """Start the thread."""
        assert self._thread is None, "a worker is started once"
        self._thread = threading.Thread(target=self.run, name="worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the cycle that is running."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
