"""The demo's clock: the machine's own, which can be put forward so that nobody has to wait for a retry."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from tieout.kit.clock import SystemClock


class ForwardClock(SystemClock):
    """Runs as fast as the machine's clock, and ahead of it by what it was put forward."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead = timedelta()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Tell the present instant of the demo in UTC."""
        with self._lock:
            return super().now() + self._ahead

    def put_forward(self, seconds: float) -> None:
        """Move on by that many seconds at once."""
        with self._lock:
            self._ahead += timedelta(seconds=seconds)
