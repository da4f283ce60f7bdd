"""One call to a company's API: a token, a request, an answer or an error, and a line for the log."""

from __future__ import annotations

import email.utils
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol, TypeVar
from urllib.parse import quote, urlencode

import httpx2
import msgspec

from tieout.kit.clock import Clock
from tieout.kit.errors import (
    NotAllowed,
    OutcomeUnknown,
    ReconnectNeeded,
    Throttled,
    TieoutError,
    Unreachable,
)
from tieout.kit.instants import instant_told
from tieout.qbo.circuit import Circuit
from tieout.qbo.faults import Asked, Fault, error_from, no_answer, read_fault
from tieout.qbo.network import AFTER_SENDING, BEFORE_SENDING
from tieout.qbo.throttle import Kind, Throttle

MINOR_VERSION: Final = "75"
"""Floor and default since August 2025 (Intuit's documentation); named, so that no later default surprises."""
TIMEOUT: Final = httpx2.Timeout(125.0, connect=10.0, pool=30.0)
"""Intuit ends a request after 120 seconds, so waiting longer tells nothing."""
WRITE_PATIENCE: Final = 10.0
"""Seconds that a write waits for its turn; rather than longer, it is left for the next cycle."""
NO_FACTS: Final[dict[str, object]] = {"code": "", "tid": "", "element": ""}

TOKENS_MOST: Final = 10
"""Tokens that one call is tried with: a renewed one for each of the few people who authorised a company, and an end to it
when Intuit gives ever new ones that it then refuses."""

T = TypeVar("T")


class Bearer(Protocol):
    """Gives the company's access token."""

    def __call__(self, stale: str | None = None) -> str:
        """Give a token; `stale` names one that Intuit just refused. ReconnectNeeded when there is none."""
        ...


@dataclass(frozen=True)
class Call:
    """One call as logs and the read budget see it."""

    method: str
    what: str
    """`query Invoice`, `create Payment`, …; no names, amounts or tokens."""
    status: int
    """0 when nothing answered."""
    tid: str
    duration: float
    """Seconds, without the wait for its turn."""
    reads: int
    """Reads that Intuit meters: one for an answered read, one for each query of a batch, none for writes."""
    code: str
    """Intuit's code of a fault, or the name of what went wrong on the network; "" for success."""
    meter: str = ""
    """What the reads are counted as: `query`, `changes`, `read`, …; "" for a call that is not metered."""
    doubtful: int = 0
    """Reads that may have been metered: their answer was lost on the way."""
    message: str = ""
    """What kind of refusal it was; neither names nor amounts."""


@dataclass(frozen=True)
class Ask:
    """A call, before it is made."""

    method: str
    path: str
    what: str
    entity: str = ""
    params: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    content_type: str = "application/json"
    writes: bool = False
    accept: str = "application/json"
    kind: Kind = Kind.CALL
    meter: str = ""
    """What its reads are counted as; "" for a call that is not metered."""
    reads: int = 1
    """How many reads it costs if it is metered."""

    def __post_init__(self) -> None:
        # What is neither a GET nor a query may change the books, and must not pass for a read.
        assert self.writes or self.meter, self


@dataclass(frozen=True)
class Reply:
    """An answer with status 200."""

    ask: Ask
    body: bytes
    tid: str
    server_date: datetime | None
    took: float
    """Seconds, without the wait for its turn."""


class Journal(Protocol):
    """Writes calls down: what they cost and which of them failed."""

    def note(self, call: Call) -> None:
        """Hear of a request that has ended, well or not. Never raises: the answer matters more than its cost."""
        ...

    def garbled(self, call: Call) -> None:
        """Hear once more of a call whose answer, a success by its status, turned out to be none."""
        ...

    def gather(self) -> None:
        """From now on write several calls down at once; `close` will follow."""
        ...

    def close(self) -> None:
        """Write down what was gathered."""
        ...


@dataclass(frozen=True)
class Watch:
    """Who hears of calls and may keep them here; each is optional."""

    journal: Journal | None = None
    on_call: Callable[[Call], None] | None = None
    """Hears of every request, also of those that failed."""
    before_write: Callable[[], None] | None = None
    """Asked right before a write leaves; what it raises keeps the write here."""


class Caller:
    """Makes the calls of one company. Safe to share between threads."""

    def __init__(
        self,
        http: httpx2.Client,
        root: str,
        bearer: Bearer,
        clock: Clock,
        throttle: Throttle,
        watch: Watch,
        *,
        may_write: bool,
    ) -> None:
        """Call below `root`, each call in its turn; without `may_write` nothing that could change the books is sent."""
        self._http = http
        self._root = root
        self._bearer = bearer
        self._clock = clock
        self._throttle = throttle
        self._circuit = Circuit(clock)
        self._watch = watch
        self._may_write = may_write

    def send(self, ask: Ask, *, patience: float = WRITE_PATIENCE) -> Reply:
        """Make the call, with a second token when Intuit refuses the first; anything but 200 is raised.

        `patience` is how long it may wait for its turn, in seconds. Raises NotAllowed for a write to a company
        that is only read, before anything is sent.
        """
        if ask.writes and not self._may_write:
            raise only_read(ask.what)
        self._circuit.check(ask.what)
        token = self._bearer()
        answer, took = self._exchange(ask, token, patience)
        tried = {token}
        while len(tried) < TOKENS_MOST and self._is_refused(ask, answer):
            # Refused at the gateway, so nothing was done and the same call may be made again: with a renewed
            # token, then as the next of the people who authorised the company.
            try:
                token = self._bearer(stale=token)
            except ReconnectNeeded:
                if len(tried) == 1:
                    raise
                break
            if token in tried:
                break
            tried.add(token)
            answer, took = self._exchange(ask, token, patience)
        tid = answer.headers.get("intuit_tid", "")
        if answer.status_code == 200:
            sent_at = _http_date(answer.headers.get("date", ""))
            return Reply(ask, answer.content, tid, sent_at, took)
        error = error_from(
            read_fault(answer.content),
            asked_of(ask, answer.status_code, tid),
            retry_after=_seconds(answer.headers.get("retry-after", "")),
        )
        if isinstance(error, Throttled):
            self._throttle.slow_down(float(str(error.facts["retry_after"])))
        raise error

    def understood(self, reply: Reply, understand: Callable[[Reply], T]) -> T:
        """Take an answer apart; one that is cut or garbled is no answer, and a fault inside a 200 is a fault."""
        asked = asked_of(reply.ask, 200, reply.tid)
        try:
            return understand(reply)
        except (msgspec.DecodeError, UnicodeDecodeError):
            fault = read_fault(reply.body)
        except TieoutError as error:
            self._tell_garbled(reply, str(error.facts.get("code", "")), "a fault inside the answer")
            raise
        if fault is None:
            self._tell_garbled(reply, "garbled", "the answer was cut off or garbled")
            raise no_answer(asked, "its answer is cut off or garbled", code="", tid=reply.tid, element="")
        self._tell_garbled(reply, fault.code, fault.kind_of)
        raise error_from(fault, asked)

    def fetch(self, address: str, what: str) -> bytes:
        """Fetch what Intuit keeps under an address of its own, such as a file; no token goes along."""
        asked = Asked(what, False, "", 0)
        try:
            answer = self._http.get(address, timeout=TIMEOUT)
        except (*BEFORE_SENDING, *AFTER_SENDING) as error:
            raise no_answer(asked, f"it could not be fetched ({type(error).__name__})", **NO_FACTS) from None
        if answer.status_code != 200:
            raise no_answer(asked, f"its address answers with status {answer.status_code}", **NO_FACTS)
        return answer.content

    def _is_refused(self, ask: Ask, answer: httpx2.Response) -> bool:
        """Tell whether it was the token that was turned away: run out, or of somebody whose access was withdrawn."""
        if answer.status_code != 403:
            return answer.status_code == 401
        fault = read_fault(answer.content)
        return isinstance(error_from(fault, asked_of(ask, 403, "")), ReconnectNeeded)

    def _exchange(self, ask: Ask, token: str, patience: float) -> tuple[httpx2.Response, float]:
        """Put one request on the wire when it is its turn, and tell how it went; gives the seconds it took, too."""
        params = urlencode([*ask.params, ("minorversion", MINOR_VERSION)], quote_via=quote)
        headers = {"Authorization": f"Bearer {token}", "Accept": ask.accept}
        if ask.method == "POST":
            headers["Content-Type"] = ask.content_type
        with self._throttle.turn(ask.kind, patience=patience):
            if ask.writes and self._watch.before_write is not None:
                self._watch.before_write()
            started = self._clock.now()
            try:
                answer = self._http.request(
                    ask.method,
                    f"{self._root}{ask.path}?{params}",
                    content=ask.body or None,
                    headers=headers,
                    timeout=TIMEOUT,
                )
            except (*BEFORE_SENDING, *AFTER_SENDING) as error:
                lost: httpx2.RequestError | None = error
            else:
                lost = None
            took = (self._clock.now() - started).total_seconds()
        if lost is not None:
            self._circuit.failed()
            self._tell_lost(ask, took, lost)
            raise _lost(ask, lost)
        if answer.status_code >= 500:
            self._circuit.failed()
        else:
            self._circuit.answered()
        self._tell(ask, took, answer)
        return answer, took

    def _tell(self, ask: Ask, took: float, answer: httpx2.Response) -> None:
        status = answer.status_code
        tid = answer.headers.get("intuit_tid", "")
        if status == 200:
            reads = ask.reads if ask.meter else 0
            self._heard(Call(ask.method, ask.what, status, tid, took, reads, "", ask.meter))
            return
        fault = read_fault(answer.content) or Fault()
        code = fault.code or str(status)
        self._heard(Call(ask.method, ask.what, status, tid, took, 0, code, ask.meter, message=fault.kind_of))

    def _tell_lost(self, ask: Ask, took: float, error: httpx2.RequestError) -> None:
        arrived = not isinstance(error, BEFORE_SENDING)
        doubtful = ask.reads if arrived and ask.meter else 0
        message = "nothing answered" if arrived else "no connection could be made"
        code = type(error).__name__
        self._heard(Call(ask.method, ask.what, 0, "", took, 0, code, ask.meter, doubtful, message))

    def _heard(self, call: Call) -> None:
        if self._watch.journal is not None:
            self._watch.journal.note(call)
        if self._watch.on_call is not None:
            self._watch.on_call(call)

    def _tell_garbled(self, reply: Reply, code: str, message: str) -> None:
        if self._watch.journal is not None:
            ask = reply.ask
            self._watch.journal.garbled(
                Call(ask.method, ask.what, 200, reply.tid, 0.0, 0, code, message=message)
            )


def only_read(what: str) -> NotAllowed:
    """Make the refusal of a write to a company that is only read; nothing was sent."""
    return NotAllowed(
        "This company is only read",
        record=what,
        reason="it is connected read-only, so nothing is ever written to its books",
        remedy="Allow writing in the company's connection, if that is wanted",
    )


def _lost(ask: Ask, error: httpx2.RequestError) -> Unreachable | OutcomeUnknown:
    if isinstance(error, BEFORE_SENDING):
        return Unreachable(
            "QuickBooks could not be reached",
            record=ask.what,
            reason=f"no connection to it could be made ({type(error).__name__})",
            remedy="Check the network; it is tried again by itself",
            **NO_FACTS,
        )
    why = f"the connection ended before its answer ({type(error).__name__})"
    return no_answer(asked_of(ask, 0, ""), why, **NO_FACTS)


_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])


def asked_of(ask: Ask, status: int, tid: str) -> Asked:
    """Describe a call for the error that it may end in."""
    return Asked(ask.what, ask.writes, tid, status, ask.entity)


def inside(reply: Reply, key: str = "") -> msgspec.Raw:
    """Find the record in an answer that holds one under `key`, by default its entity's name."""
    key = key or reply.ask.entity
    found = _OBJECT.decode(reply.body).get(key)
    if found is None:
        raise msgspec.ValidationError(f"the answer has no {key}")
    return found


def server_time_of(text: str, reply: Reply) -> datetime:
    """Take Intuit's clock from the answer, or from the HTTP date when the answer does not say."""
    told = instant_told(text) or reply.server_date
    if told is None:
        raise msgspec.ValidationError("the answer does not tell the time")
    return told


def _seconds(text: str) -> float | None:
    return float(text) if text.isdecimal() else None


def _http_date(text: str) -> datetime | None:
    try:
        return email.utils.parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None
