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
from tieout.kit.errors import Unreachable
from tieout.qbo.faults import Asked, error_from, no_answer, read_fault
from tieout.qbo.network import AFTER_SENDING, BEFORE_SENDING
from tieout.qbo.record import moment

MINOR_VERSION: Final = "75"
"""Floor and default since August 2025 (Intuit's documentation); named, so that no later default surprises."""
TIMEOUT: Final = httpx2.Timeout(125.0, connect=10.0, pool=30.0)
"""Intuit ends a request after 120 seconds, so waiting longer tells nothing."""

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
    """Seconds."""
    reads: int
    """Reads that Intuit meters: one for an answered read, none for writes."""
    code: str
    """Intuit's code of a fault, or the name of what went wrong on the network; "" for success."""


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


@dataclass(frozen=True)
class Reply:
    """An answer with status 200."""

    ask: Ask
    body: bytes
    tid: str
    server_date: datetime | None


class Caller:
    """Makes the calls of one company."""

    def __init__(
        self,
        http: httpx2.Client,
        root: str,
        bearer: Bearer,
        clock: Clock,
        on_call: Callable[[Call], None] | None,
    ) -> None:
        """Call below `root`; `on_call` hears of every request, also of those that failed."""
        self._http = http
        self._root = root
        self._bearer = bearer
        self._clock = clock
        self._on_call = on_call

    def send(self, ask: Ask) -> Reply:
        """Make the call, with a second token when Intuit refuses the first; anything but 200 is raised."""
        token = self._bearer()
        answer = self._exchange(ask, token)
        if answer.status_code == 401:
            # Refused at the gateway, so nothing was done and the same call may be made again.
            token = self._bearer(stale=token)
            answer = self._exchange(ask, token)
        tid = answer.headers.get("intuit_tid", "")
        if answer.status_code == 200:
            return Reply(ask, answer.content, tid, _http_date(answer.headers.get("date", "")))
        raise error_from(
            read_fault(answer.content),
            asked_of(ask, answer.status_code, tid),
            retry_after=_seconds(answer.headers.get("retry-after", "")),
        )

    def _exchange(self, ask: Ask, token: str) -> httpx2.Response:
        """Put one request on the wire and tell `on_call` how it went."""
        started = self._clock.now()
        params = urlencode([*ask.params, ("minorversion", MINOR_VERSION)], quote_via=quote)
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if ask.body:
            headers["Content-Type"] = ask.content_type
        try:
            answer = self._http.request(
                ask.method,
                f"{self._root}{ask.path}?{params}",
                content=ask.body or None,
                headers=headers,
                timeout=TIMEOUT,
            )
        except BEFORE_SENDING as error:
            self._tell(ask, started, code=type(error).__name__)
            raise Unreachable(
                "QuickBooks could not be reached",
                record=ask.what,
                reason=f"no connection to it could be made ({type(error).__name__})",
                remedy="Check the network; it is tried again by itself",
                code="",
                tid="",
                element="",
            ) from None
        except AFTER_SENDING as error:
            self._tell(ask, started, code=type(error).__name__)
            raise no_answer(
                asked_of(ask, 0, ""),
                f"the connection ended before its answer ({type(error).__name__})",
                code="",
                tid="",
                element="",
            ) from None
        fault = read_fault(answer.content) if answer.status_code != 200 else None
        self._tell(ask, started, answer=answer, code=fault.code if fault is not None else "")
        return answer

    def _tell(
        self, ask: Ask, started: datetime, *, answer: httpx2.Response | None = None, code: str = ""
    ) -> None:
        if self._on_call is None:
            return
        status = answer.status_code if answer is not None else 0
        self._on_call(
            Call(
                method=ask.method,
                what=ask.what,
                status=status,
                tid=answer.headers.get("intuit_tid", "") if answer is not None else "",
                duration=(self._clock.now() - started).total_seconds(),
                reads=int(status == 200 and not ask.writes),
                code=code or (str(status) if status not in (0, 200) else ""),
            )
        )


_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])


def understood(reply: Reply, understand: Callable[[Reply], T]) -> T:
    """Take an answer apart; one that is cut or garbled is no answer, and a fault inside a 200 is a fault."""
    try:
        return understand(reply)
    except (msgspec.DecodeError, UnicodeDecodeError):
        asked = asked_of(reply.ask, 200, reply.tid)
        fault = read_fault(reply.body)
        if fault is not None:
            raise error_from(fault, asked) from None
        raise no_answer(
            asked, "its answer is cut off or garbled", code="", tid=reply.tid, element=""
        ) from None


def asked_of(ask: Ask, status: int, tid: str) -> Asked:
    """Describe a call for the error that it may end in."""
    return Asked(ask.what, ask.writes, tid, status, ask.entity)


def inside(reply: Reply) -> msgspec.Raw:
    """Find the record in an answer that holds one under its entity's name."""
    found = _OBJECT.decode(reply.body).get(reply.ask.entity)
    if found is None:
        raise msgspec.ValidationError(f"the answer has no {reply.ask.entity}")
    return found


def server_time_of(text: str, reply: Reply) -> datetime:
    """Take Intuit's clock from the answer, or from the HTTP date when the answer does not say."""
    told = moment(text) or reply.server_date
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
