"""A crew: a few hands that take work as long as there is any, one piece each at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog

T = TypeVar("T")
log = structlog.get_logger()


class Crew(Generic[T]):
    """Takes pieces of work and does each in a thread; a hand that is done takes the next piece by itself.

    Threads are daemons: what is not done when the crew is stopped is given back, and ends with the process.
    """

    def __init__(
        self, name: str, hands: int, *, take: Callable[[int], list[T]], do: Callable[[T], None]
    ) -> None:
        """Name the crew and say how many hands it has, how up to so many pieces are taken, and how one is done."""
        self.name = name
        self._hands = self._free = hands
        self._take = take
        self._do = do
        self._stopping = False
        # Held while work is taken and while a hand falls idle: what is woken between the two is not overlooked.
        self._changing = threading.Condition()

    def fill(self) -> int:
        """Give every free hand something to do, as far as there is work; says how many began."""
        with self._changing:
            if self._stopping or not self._free:
                return 0
            taken = self._take(self._free)
            assert len(taken) <= self._free, "more was taken than there are hands"
            self._free -= len(taken)
        for piece in taken:
            threading.Thread(target=self._work, args=(piece,), name=self.name, daemon=True).start()
        return len(taken)

    def offer(self, patience: float = 0.0) -> bool:
        """Wait up to so many seconds until a hand is free, then `fill`; says whether one was, or the crew was stopped."""
        with self._changing:
            if not self._changing.wait_for(lambda: self._free or self._stopping, patience):
                return False
        self.fill()
        return True

    def stop(self, patience: float) -> bool:
        """Take nothing new and wait up to so many seconds for what is being done; says whether all of it was."""
        give_up = time.monotonic() + patience
        with self._changing:
            self._stopping = True
            self._changing.notify_all()
            while self._free < self._hands:
                left = give_up - time.monotonic()
                if left <= 0:
                    return False
                self._changing.wait(left)
        return True

    def _work(self, piece: T) -> None:
        following: T | None = piece
        while following is not None:
            try:
                self._do(following)
            except Exception:
                log.exception("worker", crew=self.name)
            following = self._next()

    def _next(self) -> T | None:
        """Take one more piece, or fall idle."""
        with self._changing:
            taken: list[T] = []
            try:
                if not self._stopping:
                    taken = self._take(1)
            except Exception:
                log.exception("worker", crew=self.name)
            if not taken:
                self._free += 1
                self._changing.notify_all()
            return taken[0] if taken else None
