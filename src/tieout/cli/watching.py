"""The watchman: in every process that runs, a thread that looks for what stands still and sends notices out.

It is apart from the cycles, so that a mail server that does not answer holds up nothing.
"""

from __future__ import annotations

import threading
from typing import Final

import structlog
from prometheus_client import start_http_server

from tieout.connections.delivering import deliver_due
from tieout.edges import Edges
from tieout.kit.errors import Invalid, TieoutError
from tieout.sync.watchdog import EVERY, watch

POLL_SECONDS: Final = 2.0
"""How soon a notice goes out."""
log = structlog.get_logger()


class Watchman:
    """Looks and delivers until it is told to stop."""

    def __init__(self, edges: Edges) -> None:
        self._edges = edges
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        assert self._thread is None, "a watchman is started once"
        self._thread = threading.Thread(target=self._run, name="watchman", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after what is being sent."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        # The first look comes after a minute: whoever started with us has given a sign of life by then.
        next_look = self._edges.clock.now() + EVERY
        while not self._stop.wait(POLL_SECONDS):
            try:
                deliver_due(self._edges)
                if self._edges.clock.now() >= next_look:
                    next_look = self._edges.clock.now() + EVERY
                    watch(self._edges)
            except TieoutError as error:
                log.warning("watchman", error=error.sentence())
            except Exception:
                log.exception("watchman")


def serve_metrics(port: int) -> None:
    """Let a collector on this machine read what this process counted. Raises Invalid for a port that is taken."""
    try:
        start_http_server(port, addr="127.0.0.1")
    except OSError as error:
        raise Invalid(
            "This port cannot be listened on",
            record=f"127.0.0.1:{port}",
            reason=(error.strerror or str(error)).lower(),
            remedy="Choose another with --metrics-port",
        ) from error
