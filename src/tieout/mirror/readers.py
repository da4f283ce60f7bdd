"""Readers: several questions asked at once, their answers given one by one as they come."""

from __future__ import annotations

import contextvars
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from math import ceil
from types import TracebackType
from typing import Any, Final, Generic, TypeVar

from tieout.qbo.throttle import PER_SECOND

T = TypeVar("T")

REMEMBERED: Final = 8
"""Answers by which it is judged how long one takes: the slowest of them counts."""


class Readers(Generic[T]):
    """Asks questions in the order they are put, a few at a time.

    No more answers than that are ever held: the next question is asked when an answer was taken away. As long as
    answers come quickly fewer are asked at once: readers that wait for each other only hold memory. One
    at a time means in the thread that waits for the answers, so that whatever happens happens in one order.
    """

    def __init__(self, at_once: int) -> None:
        """Ask so many at once, each in a thread of its own beyond the first."""
        self._at_once = at_once
        self._waiting: deque[tuple[T, Callable[[], Any]]] = deque()
        self._flying: dict[Future[Any], T] = {}
        self._took: deque[float] = deque([0.0], REMEMBERED)
        self._threads = ThreadPoolExecutor(at_once, "reader") if at_once > 1 else None

    def __enter__(self) -> Readers[T]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=True, cancel_futures=True)

    def ask(self, question: T, answer: Callable[[], Any]) -> None:
        """Put a question; `answer` finds its answer or raises."""
        self._waiting.append((question, answer))
        self._send()

    def judge(self, took: float) -> None:
        """Hear how many seconds an answer took, once it was its turn."""
        self._took.append(took)

    def answers(self) -> Iterator[tuple[T, Future[Any]]]:
        """Give each answer as it comes, until none is waited for; more may be asked meanwhile."""
        while self._waiting or self._flying:
            if self._threads is None:
                question, answer = self._waiting.popleft()
                yield question, _answered(answer)
                continue
            self._send()
            done, _ = wait(self._flying, return_when=FIRST_COMPLETED)
            for one in done:
                yield self._flying.pop(one), one

    def _send(self) -> None:
        # Answers that take a second need as many readers as calls a second are let through.
        enough = min(self._at_once, ceil(max(self._took) * PER_SECOND) + 1)
        while self._threads is not None and self._waiting and len(self._flying) < enough:
            question, answer = self._waiting.popleft()
            # What the log says of the work at hand holds for its threads too.
            self._flying[self._threads.submit(contextvars.copy_context().run, answer)] = question


def _answered(answer: Callable[[], Any]) -> Future[Any]:
    answered: Future[Any] = Future()
    try:
        answered.set_result(answer())
    except BaseException as error:  # it is raised where the answer is taken
        answered.set_exception(error)
    return answered
