"""Turns at a company, booked in one row: never closer than allowed, whoever asks, and none while a pause stands."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from tieout.storage.database import Database
from tieout.storage.throttles import Spacing

START = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
TENTH = Spacing(timedelta(milliseconds=100))
PAIRS = Spacing(timedelta(milliseconds=100), at_once=2)
SLOW = Spacing(timedelta(seconds=2))


def book(database: Database, *, key: str = "1", now: datetime = START, **spacings: Spacing) -> float:
    with database.transaction() as work:
        return work.throttles.book(key, spacings or {"calls": TENTH}, now=now).total_seconds()


def test_each_booking_waits_one_spacing_longer_than_the_one_before(database: Database) -> None:
    assert [book(database) for _ in range(4)] == [0, 0.1, 0.2, 0.3]


def test_after_a_rest_as_many_go_at_once_as_are_allowed_and_no_more(database: Database) -> None:
    assert [book(database, calls=PAIRS) for _ in range(4)] == [0, 0, 0.1, 0.2]
    later = START + timedelta(minutes=5)
    assert [book(database, now=later, calls=PAIRS) for _ in range(4)] == [0, 0, 0.1, 0.2]


def test_time_that_passed_is_not_waited_for_again(database: Database) -> None:
    book(database)
    book(database)
    assert book(database, now=START + timedelta(milliseconds=150)) == 0.05


def test_companies_do_not_wait_for_each_other(database: Database) -> None:
    assert [book(database, key=key) for key in ("1", "2", "3")] == [0, 0, 0]


def test_a_batch_waits_for_batches_and_for_calls_and_both_for_it(database: Database) -> None:
    assert book(database, calls=TENTH, batches=SLOW) == 0
    assert book(database, calls=TENTH, batches=SLOW) == 2
    # The second batch took a call's turn, too, two seconds from now.
    assert book(database) == 2.1


def test_a_pause_holds_everybody_up_and_only_a_longer_one_replaces_it(database: Database) -> None:
    with database.transaction() as work:
        work.throttles.pause("1", timedelta(seconds=60), now=START)
        work.throttles.pause("1", timedelta(seconds=10), now=START)
    assert [book(database), book(database), book(database, key="2")] == [60, 60.1, 0]
    with database.reading() as work:
        assert work.throttles.paused("1", now=START + timedelta(seconds=15)) == timedelta(seconds=45)
        assert work.throttles.paused("1", now=START + timedelta(seconds=75)) == timedelta()
        assert work.throttles.paused("nobody", now=START) == timedelta()


def test_threads_that_book_together_are_given_every_turn_once(database: Database) -> None:
    waits: list[float] = []

    def often() -> None:
        waits.extend(book(database) for _ in range(10))

    threads = [threading.Thread(target=often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == [number / 10 for number in range(40)]


def test_the_databases_own_clock_counts_when_no_other_is_given(database: Database) -> None:
    far_apart = {"calls": Spacing(timedelta(hours=1))}
    with database.transaction() as work:
        assert work.throttles.book("1", far_apart) == timedelta()
        wait = work.throttles.book("1", far_apart)
        work.throttles.pause("1", timedelta(hours=3))
        paused = work.throttles.paused("1")
    assert timedelta(minutes=59) < wait <= timedelta(hours=1)
    assert timedelta(hours=2, minutes=59) < paused <= timedelta(hours=3)
