"""The throttle that all workers share: never faster than Intuit allows, nearly as fast, and quiet after a 429."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tieout.connections.throttle import LATE_MOST, LATE_SPAN, Throttles
from tieout.kit.clock import ManualClock
from tieout.kit.errors import Throttled
from tieout.qbo.throttle import IN_FLIGHT, PER_MINUTE, PER_SECOND, Kind, Throttle
from tieout.storage.database import Database

START = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def pass_by(throttle: Throttle, kind: Kind = Kind.CALL, *, patience: float = 600.0) -> None:
    with throttle.turn(kind, patience=patience):
        pass


def most_in(span: timedelta, moments: Sequence[datetime]) -> int:
    """The most moments that any window of that length holds."""
    return max(sum(1 for one in moments if first <= one < first + span) for first in moments)


def sent(database: Database, kind: Kind, number: int) -> list[datetime]:
    """When so many calls leave, two processes taking turns that wait for nothing but the throttle."""
    clock = ManualClock(START)
    processes = [Throttles(database, clock)("production", "1") for _ in range(2)]
    moments = []
    for place in range(number):
        pass_by(processes[place % 2], kind)
        moments.append(clock.now())
    return moments


def test_no_second_and_no_minute_holds_more_calls_than_intuit_takes_and_nearly_as_many_go(
    database: Database,
) -> None:
    moments = sent(database, Kind.CALL, 600)
    assert most_in(SECOND, moments) <= PER_SECOND
    assert 0.9 * PER_MINUTE[Kind.CALL] <= most_in(MINUTE, moments) <= PER_MINUTE[Kind.CALL]


@pytest.mark.parametrize("kind", [Kind.BATCH, Kind.REPORT])
def test_no_minute_holds_more_batches_or_reports_than_intuit_takes(database: Database, kind: Kind) -> None:
    moments = sent(database, kind, PER_MINUTE[kind] + 20)
    assert 0.9 * PER_MINUTE[kind] <= most_in(MINUTE, moments) <= PER_MINUTE[kind]


def test_a_call_goes_while_the_next_batch_must_wait(database: Database) -> None:
    clock = ManualClock(START)
    throttle = Throttles(database, clock)("production", "1")
    for _ in range(2):
        pass_by(throttle, Kind.BATCH)
    pass_by(throttle)
    assert clock.now() - START < SECOND
    pass_by(throttle, Kind.BATCH)
    assert clock.now() - START > SECOND


def test_one_company_does_not_wait_for_another_nor_production_for_the_sandbox(database: Database) -> None:
    clock = ManualClock(START)
    throttles = Throttles(database, clock)
    for environment, realm in (("production", "1"), ("production", "2"), ("sandbox", "1")):
        pass_by(throttles(environment, realm))
    assert clock.now() == START


def test_when_one_process_is_told_to_slow_down_all_of_them_wait_the_minute(database: Database) -> None:
    clock = ManualClock(START)
    told, other = (Throttles(database, clock)("production", "1") for _ in range(2))
    told.slow_down(60.0)
    pass_by(other)
    assert clock.now() == START + MINUTE


def test_a_call_that_waits_already_waits_on_when_another_process_is_told_to_slow_down(
    database: Database,
) -> None:
    class Telling(ManualClock):
        """While the first sleeper sleeps, somebody else gets a 429."""

        told: Throttle | None = None

        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            told, self.told = self.told, None
            if told is not None:
                told.slow_down(60.0)

    clock = Telling(START)
    waiting, told = (Throttles(database, clock)("production", "1") for _ in range(2))
    for _ in range(3):
        pass_by(waiting, Kind.BATCH)
    at = clock.now()
    clock.told = told
    pass_by(waiting, Kind.BATCH)
    assert clock.now() >= at + MINUTE


def test_a_call_without_the_patience_for_its_turn_is_refused_unsent(database: Database) -> None:
    clock = ManualClock(START)
    throttle = Throttles(database, clock)("production", "1")
    throttle.slow_down(60.0)
    with pytest.raises(Throttled) as refused:
        pass_by(throttle, patience=10.0)
    assert clock.now() == START
    assert refused.value.facts["retry_after"] == 60.0


def test_calls_that_come_late_do_not_go_all_at_once(database: Database) -> None:
    class Late(ManualClock):
        """A machine that was asleep: every wait ends at the same late moment."""

        late = START + timedelta(minutes=3)

        def sleep(self, seconds: float) -> None:
            self._now = max(self._now + timedelta(seconds=seconds), self.late)

    clock = Late(START)
    throttle = Throttles(database, clock)("production", "1")
    moments = []
    for _ in range(30):
        pass_by(throttle)
        moments.append(clock.now())
    assert most_in(SECOND, moments) <= PER_SECOND
    assert most_in(LATE_SPAN, moments) <= LATE_MOST


def test_a_process_that_was_paused_past_its_turn_books_another_behind_those_who_went_on(
    database: Database,
) -> None:
    class Paused(ManualClock):
        """The first sleeper is paused; another process goes on meanwhile, and has just sent what it may."""

        going_on: Throttle | None = None

        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            going_on, self.going_on = self.going_on, None
            if going_on is not None:
                self._now += timedelta(seconds=20)
                for _ in range(PER_SECOND - 1):
                    pass_by(going_on)
                    moments.append(self.now())

    clock = Paused(START)
    paused, going_on = (Throttles(database, clock)("production", "1") for _ in range(2))
    moments: list[datetime] = []
    for _ in range(3):
        pass_by(paused)
    clock.going_on = going_on
    for _ in range(3):
        pass_by(paused)
        moments.append(clock.now())
    assert most_in(SECOND, moments) <= PER_SECOND
    assert all(later > earlier for earlier, later in pairwise(moments[1:])), "a turn that was over was used"


def test_at_most_ten_calls_to_a_company_are_under_way_in_a_process(database: Database) -> None:
    throttle = Throttles(database, ManualClock(START))("production", "1")
    inside, most, lock, let_go = 0, 0, threading.Lock(), threading.Event()
    full = threading.Semaphore(0)

    def call() -> None:
        nonlocal inside, most
        with throttle.turn(Kind.CALL, patience=600.0):
            with lock:
                inside += 1
                most = max(most, inside)
            full.release()
            let_go.wait(10)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=call) for _ in range(IN_FLIGHT + 4)]
    for thread in threads:
        thread.start()
    for _ in range(IN_FLIGHT):
        assert full.acquire(timeout=10)
    let_go.set()
    for thread in threads:
        thread.join()
    assert most == IN_FLIGHT
