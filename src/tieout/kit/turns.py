"""Turns: within this process, one thread at a time for each name, and nobody else is kept waiting."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """A lock for each name, made when it is first asked for."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Wait for the turn of that name, and have it while the block runs."""
        with self._guard:
            lock = self._locks[name]
        with lock:
            yield
