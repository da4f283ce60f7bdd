"""Sending what is due: after each commit from a background thread when served, or when asked in process.

What is due depends on the simulator's clock alone. The store is free while a message is under way, so that whoever
receives it may ask the simulator back.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from qbosim import apps
from qbosim.chance import Chance
from qbosim.clock import Clock
from qbosim.moments import stamp
from qbosim.records.company import Company
from qbosim.store import Store
from qbosim.webhooks import outbox
from qbosim.webhooks.outbox import Message
from qbosim.webhooks.sending import post, signature

_LONGEST_WAIT = 0.5
"""Real seconds between two looks at a clock that somebody may have moved."""
_log = logging.getLogger(__name__)


class Webhooks:
    """A simulator's outbox and the hand that empties it."""

    def __init__(
        self, store: Store, clock: Clock, chance: Callable[[], Chance], window: Callable[[], float]
    ) -> None:
        """`window` answers for how many seconds changes are gathered."""
        self._store = store
        self._clock = clock
        self._chance = chance
        self._window = window
        self._sending = threading.Lock()
        self._woken = threading.Event()
        self._ending = threading.Event()
        store.ensure(outbox.SCHEMA)

    def noticed(self, company: Company) -> None:
        """Put what a call changed into the outbox; part of the call's own transaction."""
        outbox.note(self._chance(), company)
        self.wake()

    def wake(self) -> None:
        """Let the background thread look at once whether something is due."""
        self._woken.set()

    def deliver(self) -> int:
        """Send everything that is due now, each message once; answers the number of attempts.

        Changes that receivers make meanwhile are left for the next time.
        """
        with self._sending:
            with self._store.transaction() as db:
                upto = outbox.last_event(db)
            now = self._clock.now().timestamp()
            count = 0
            while not self._ending.is_set():
                with self._store.transaction() as db:
                    message = outbox.next_message(db, self._chance(), now, self._window(), upto)
                    verifier = "" if message is None else _verifier(db, message)
                if message is None:
                    break
                self._send(message, verifier)
                count += 1
            return count

    @contextmanager
    def running(self) -> Iterator[None]:
        """Deliver from a background thread for the length of the block."""
        self._ending.clear()
        thread = threading.Thread(target=self._run, name="qbosim webhooks", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ending.set()
            self._woken.set()
            thread.join()
            self._ending.clear()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._woken.clear()
            try:
                self.deliver()
                pause = self._pause()
            except sqlite3.Error:
                _log.exception("webhooks were not delivered")  # the outbox still has them
                pause = _LONGEST_WAIT
            self._woken.wait(pause)

    def _pause(self) -> float | None:
        """Real seconds until something may be due; None: when somebody changes something."""
        with self._store.transaction() as db:
            due = outbox.next_due(db, self._window())
        if due is None:
            return None
        return min(max(due - self._clock.now().timestamp(), 0.01), _LONGEST_WAIT)

    def _send(self, message: Message, verifier: str) -> None:
        signed = signature(message.body, verifier + " spoilt" if message.spoilt else verifier)
        at = self._clock.now().timestamp()
        outcome = post(
            message.endpoint.url,
            message.body,
            signed=signed,
            created=stamp(int(at)),
            trace=self._chance().uuid("webhook message", f"{message.number}.{message.attempt}"),
        )
        with self._store.transaction() as db:
            outbox.came_back(
                db,
                message,
                at=self._clock.now().timestamp(),
                signature=signed,
                status=outcome.status,
                error=outcome.error,
            )


def _verifier(db: sqlite3.Connection, message: Message) -> str:
    app = apps.find(db, message.endpoint.client_id)
    return "" if app is None else app.webhook_verifier
