"""A crew gives its hands what there is to do, overlooks nothing that is woken meanwhile, and ends when told to."""

from __future__ import annotations

import threading
from collections import deque

from tieout.worker.crew import Crew

PATIENCE = 20.0


class Pile:
    """Work that is taken from one end."""

    def __init__(self) -> None:
        self.waiting: deque[str] = deque()
        self.asked: list[int] = []

    def take(self, limit: int) -> list[str]:
        self.asked.append(limit)
        return [self.waiting.popleft() for _ in range(min(limit, len(self.waiting)))]


def test_hands_work_beside_each_other() -> None:
    pile, together = Pile(), threading.Barrier(2)
    done: list[str] = []
    pile.waiting.extend("ab")

    def do(piece: str) -> None:
        together.wait(PATIENCE)  # would not end with one hand at work
        done.append(piece)

    crew = Crew("test", 2, take=pile.take, do=do)
    assert crew.fill() == 2
    assert crew.stop(PATIENCE)
    assert sorted(done) == ["a", "b"]


def test_everything_that_waits_is_done_by_as_few_hands_as_there_are() -> None:
    pile, all_done = Pile(), threading.Event()
    done: list[str] = []
    pile.waiting.extend(str(number) for number in range(50))

    def do(piece: str) -> None:
        done.append(piece)
        if len(done) == 50:
            all_done.set()

    crew = Crew("test", 3, take=pile.take, do=do)
    crew.fill()
    assert all_done.wait(PATIENCE)
    assert crew.stop(PATIENCE)
    assert sorted(done, key=int) == [str(number) for number in range(50)]
    assert max(pile.asked) == 3


def test_what_comes_while_the_last_hand_falls_idle_is_not_overlooked() -> None:
    pile = Pile()
    done: list[str] = []
    arrived = threading.Semaphore(0)

    def do(piece: str) -> None:
        done.append(piece)
        arrived.release()

    crew = Crew("test", 1, take=pile.take, do=do)
    for number in range(300):
        pile.waiting.append(str(number))
        assert crew.offer(PATIENCE)
        assert arrived.acquire(timeout=PATIENCE), f"{number} was overlooked"
    assert crew.stop(PATIENCE)


def test_a_piece_that_fails_costs_no_hand() -> None:
    pile = Pile()
    tried: list[str] = []
    pile.waiting.extend("ab")

    def do(piece: str) -> None:
        tried.append(piece)
        raise RuntimeError(piece)

    crew = Crew("test", 1, take=pile.take, do=do)
    crew.fill()
    assert crew.stop(PATIENCE)
    pile.waiting.append("c")
    again = Crew("test", 1, take=pile.take, do=do)
    again.fill()
    assert again.stop(PATIENCE)
    assert tried[0] == "a"


def test_a_crew_that_is_stopped_says_whether_all_ended_and_takes_nothing_more() -> None:
    pile, go_on, began = Pile(), threading.Event(), threading.Event()
    pile.waiting.extend("ab")

    def do(piece: str) -> None:
        began.set()
        go_on.wait(PATIENCE)

    crew = Crew("test", 1, take=pile.take, do=do)
    crew.fill()
    assert began.wait(PATIENCE)
    assert not crew.offer(0.05), "its only hand is busy"
    assert not crew.stop(0.05)
    assert crew.offer(PATIENCE), "who is stopped keeps nobody waiting"
    go_on.set()
    assert crew.stop(PATIENCE)
    assert list(pile.waiting) == ["b"]
