"""A worker on a machine whose clock is wrong: `python -m tests.processes.skewed SECONDS`, ahead if positive.

It works on the installation that the environment names, until it is told to stop.
"""

from __future__ import annotations

import json
import signal
import sys
import threading

from tieout.cli.logs import log_to_stderr
from tieout.kit.clock import SystemClock
from tieout.wiring import Settings, build
from tieout.worker import Worker


def skewed(seconds: float) -> SystemClock:
    """Make the clock of such a machine."""
    from datetime import timedelta

    clock = SystemClock()
    clock.correct(timedelta(seconds=seconds))
    return clock


def main(seconds: float) -> None:
    """Work with a clock that is off by so many seconds."""
    log_to_stderr(20)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    settings = Settings()
    edges = build(settings, clock=skewed(seconds))
    worker = Worker(edges, threads=settings.threads())
    worker.start()
    sys.stdout.write(json.dumps({"worker": edges.owner}) + "\n")
    sys.stdout.flush()
    stopped.wait()
    worker.stop()
    edges.http.close()
    edges.database.close()


if __name__ == "__main__":
    main(float(sys.argv[1]))
