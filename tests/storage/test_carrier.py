"""The carrier tells of work within seconds again, whatever happened to the database and to the way there."""

from __future__ import annotations

import contextlib
import secrets
import socket
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from tests.databases import NoPostgres, Server, own_postgres
from tieout.kit.clock import SystemClock
from tieout.storage.carrier import Carrier
from tieout.storage.database import Database

pytestmark = pytest.mark.postgres
PATIENCE = 60.0
"""Seconds for anything to happen on a machine that does much else."""


@pytest.fixture
def server() -> Iterator[Server]:
    """Give a PostgreSQL that may be crashed, with our tables."""
    with contextlib.ExitStack() as stack:
        try:
            made = stack.enter_context(own_postgres())
        except NoPostgres as none:
            pytest.skip(str(none))
        fresh = Database(made.url)
        fresh.migrate()
        fresh.close()
        yield made


class Told:
    """Somebody to whom a carrier brings what comes over one address."""

    def __init__(self, url: str) -> None:
        self.jobs = threading.Semaphore(0)
        self.has_a_hand = threading.Event()
        self.has_a_hand.set()
        self._stop = threading.Event()
        carrier = Carrier(url, silent_seconds=2)
        self.thread = threading.Thread(
            target=lambda: carrier.run(
                on_tick=lambda: True, on_job=self._job, jobs_at_once=1, stop=self._stop
            ),
            daemon=True,
        )
        self.thread.start()

    def _job(self) -> bool:
        if not self.has_a_hand.wait(0.1):
            return False
        self.jobs.release()
        return True

    def hears(self) -> bool:
        """Tell whether something that is told now, or was before, comes."""
        return self.jobs.acquire(timeout=PATIENCE)

    def stop(self) -> bool:
        """Have the carrier end; says whether it did."""
        self._stop.set()
        self.thread.join(20)
        return not self.thread.is_alive()


class Way:
    """A network between a program and the database, which can fall silent: nothing comes through, and nobody is told."""

    def __init__(self, url: str) -> None:
        there = make_url(url)
        self._there = (there.host, there.port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = there.set(port=self._listening.getsockname()[1]).render_as_string(hide_password=False)
        self._silent: set[socket.socket] = set()
        self._ends: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def __enter__(self) -> Way:
        return self

    def __exit__(self, *_: object) -> None:
        for one in (self._listening, *self._ends):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for one in (self._listening, *self._ends):
            one.close()

    def falls_silent(self) -> None:
        """Let what is open now lead nowhere for good, without telling either end; what is opened later goes through."""
        self._silent.update(self._ends)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = self._listening.accept()
                there = socket.create_connection(self._there)
                self._ends += [here, there]
                for one, other in ((here, there), (there, here)):
                    self._threads.append(threading.Thread(target=self._carry, args=(one, other)))
                    self._threads[-1].start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while came := one.recv(65536):
                if one not in self._silent:
                    other.sendall(came)
            if one not in self._silent:
                other.shutdown(socket.SHUT_WR)


def tell(server: Server) -> None:
    """Add a job, as a unit of work does."""
    database = Database(server.url)
    with database.transaction() as work:
        work.jobs.add(f"job_{secrets.token_hex(4)}", "house", {}, now=SystemClock().now())
    database.close()


def test_work_is_told_of_after_the_database_crashed_once_and_again(server: Server) -> None:
    told = Told(server.url)
    for _ in range(2):
        tell(server)
        assert told.hears()
        server.crash()
        server.start()
    tell(server)
    assert told.hears()
    assert told.stop()


def test_work_is_told_of_after_the_database_was_away_for_longer_than_anybody_waits(server: Server) -> None:
    told = Told(server.url)
    tell(server)
    assert told.hears()
    server.stop()
    told.thread.join(6)
    assert told.thread.is_alive(), "the carrier gave up"
    server.start()
    tell(server)
    assert told.hears()
    assert told.stop()


def test_a_crash_while_no_hand_is_free_holds_up_nothing_later(server: Server) -> None:
    told = Told(server.url)
    tell(server)
    assert told.hears()
    told.has_a_hand.clear()
    tell(server)
    server.crash()
    server.start()
    tell(server)
    told.has_a_hand.set()
    assert told.hears()
    assert told.stop()


def test_work_is_told_of_after_connections_fell_silent(server: Server) -> None:
    with Way(server.url) as way:
        told = Told(way.url)
        tell(server)
        assert told.hears()
        way.falls_silent()
        tell(server)
        assert told.hears()
        assert told.stop()


def test_a_carrier_that_never_reached_its_database_ends_when_told_to(server: Server) -> None:
    server.stop()
    told = Told(server.url)
    told.thread.join(0.5)
    assert told.stop()
