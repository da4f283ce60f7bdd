"""The storm: what can go wrong on the wire and in our own process, drawn from a seed.

A fault is drawn for every request to QuickBooks and for every transaction of ours. In the calm nothing is drawn.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import httpx2
from sqlalchemy import Connection, event

from qbosim.wire import ConnectionCut
from tests.bridge import Answers, SimulatorTransport
from tieout.edges import Edges


class Crash(BaseException):
    """Our process dies here. Not an Exception, so that no handler of ours can survive it."""


@dataclass
class Odds:
    """How likely each fault is, per request or transaction; drawn once for a seed."""

    lost_request: float = 0
    lost_reply: float = 0
    throttled: float = 0
    server_error: float = 0
    late_error: float = 0
    """The work was done, and the answer says 500 all the same."""
    crash_on_wire: float = 0
    crash_in_database: float = 0
    paused: float = 0
    """Our worker stands still in the middle of a call until its lease is long over."""
    concurrent_edit: float = 0
    """The bookkeeper saves something between two calls of ours."""

    @classmethod
    def drawn(cls, rng: random.Random) -> Odds:
        """Draw the weather of a seed: some days have one kind of trouble, some have all."""
        level = rng.choice((0.01, 0.03, 0.08))
        names = list(cls.__dataclass_fields__)
        chosen = rng.sample(names, rng.randint(1, len(names)))
        rates = {name: level * rng.uniform(0.5, 1.5) for name in chosen}
        if "crash_in_database" in rates:
            rates["crash_in_database"] /= 3  # there are several transactions for each request
        return cls(**rates)


@dataclass
class Weather(httpx2.BaseTransport):
    """A transport that loses, breaks and delays what goes through it, and kills our process."""

    simulator: Answers
    rng: random.Random
    odds: Odds
    storm: bool = False
    seen: Counter[str] = field(default_factory=Counter)
    while_paused: Callable[[], None] | None = None
    """What the rest of the world does while our worker stands still; set by the day."""
    meddle: Callable[[], None] | None = None
    """What a bookkeeper does between two calls of ours; set by the day."""
    tokens_lost: int = 0
    """How often an answer was lost that may have brought the only refresh token that Intuit takes from then on."""
    dead: bool = False
    """True from a crash until the process is started anew: the dead neither call nor write."""

    def __post_init__(self) -> None:
        self._wire: httpx2.BaseTransport = SimulatorTransport(self.simulator)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Carry one request, unless the weather is against it."""
        if self.dead:
            raise Crash("dead already")
        if not self.storm:
            return self._wire.handle_request(request)
        if self._hits("crash_on_wire"):
            self._die("before the call")
        if self._hits("lost_request"):
            if self.rng.random() < 0.5:
                raise httpx2.ConnectError("nobody answered", request=request)
            raise httpx2.ReadError("the connection was closed", request=request)
        if self._hits("throttled"):
            return httpx2.Response(
                429, content=THROTTLED, headers={"content-type": "application/xml"}, request=request
            )
        if self._hits("server_error"):
            return httpx2.Response(503, content=b"upstream unavailable", request=request)
        if self.while_paused is not None and self._hits("paused"):
            self.while_paused()
        if self.meddle is not None and self._hits("concurrent_edit"):
            self.meddle()
        try:
            answer = self._wire.handle_request(request)
        except ConnectionCut as cut:  # pragma: no cover  the bridge translates it
            raise httpx2.ReadError("cut", request=request) from cut
        return self._on_its_way_back(request, answer)

    def _on_its_way_back(self, request: httpx2.Request, answer: httpx2.Response) -> httpx2.Response:
        """Carry an answer, unless the weather is against it."""
        tokens = request.url.path.endswith("/tokens/bearer")
        self.tokens_lost += tokens
        if self._hits("crash_on_wire"):
            self._die("after the call")
        if self._hits("lost_reply"):
            raise httpx2.ReadTimeout("no answer came in time", request=request)
        if self._hits("late_error"):
            return httpx2.Response(500, content=b"<html>oops</html>", request=request)
        self.tokens_lost -= tokens
        return answer

    def over_database(self, edges: Edges) -> None:
        """Let the process die at the beginning of transactions, or just before they are committed."""

        self.dead = False

        def at_begin(connection: Connection) -> None:
            if self.dead or (self.storm and self._hits("crash_in_database")):
                _break_off(connection)
                self._die("between two transactions")

        def at_commit(connection: Connection) -> None:
            if self.dead or (self.storm and self._hits("crash_in_database")):
                _break_off(connection)
                self._die("before a commit")

        event.listen(edges.database.engine, "begin", at_begin)
        event.listen(edges.database.engine, "commit", at_commit)

    def within(self, turn: AbstractContextManager[object]) -> None:
        """Let requests be answered one at a time, each while that lock is held."""
        self._wire = _OneByOne(self._wire, turn)

    def _die(self, when: str) -> None:
        self.dead = True
        raise Crash(when)

    def _hits(self, name: str) -> bool:
        if self.rng.random() < getattr(self.odds, name):
            self.seen[name] += 1
            return True
        return False


@dataclass
class _OneByOne(httpx2.BaseTransport):
    wire: httpx2.BaseTransport
    turn: AbstractContextManager[object]

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Carry one request."""
        with self.turn:
            return self.wire.handle_request(request)


def _break_off(connection: Connection) -> None:
    """Leave a transaction as a process leaves it that dies: undone."""
    connection.connection.rollback()


THROTTLED = (
    b'<?xml version="1.0"?><IntuitResponse><Fault type="SERVICE"><Error code="3001"><Message>message=ThrottleExceeded; '
    b"errorCode=003001; statusCode=429</Message><Detail>The request limit was reached.</Detail></Error></Fault>"
    b"</IntuitResponse>"
)
