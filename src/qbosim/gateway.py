"""The gateway in front of the books: who may pass, how fast, and which headers an answer carries.

Production and sandbox share one address here. A request with a good token for its company goes on to the
`Api`; every other one is refused in the gateway's own words (`qbosim.refusals`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime

from qbosim import refusals, tokens
from qbosim.api import Api
from qbosim.batch import Meddler
from qbosim.calls import Call
from qbosim.chance import Chance
from qbosim.metering import metered_reads
from qbosim.rules import Topic, documented, recorded
from qbosim.settings import Settings
from qbosim.throttle import Throttle
from qbosim.tokens import Bearer, Standing
from qbosim.wire import Request, Response
from qbosim.xmlanswers import in_asked_form

RULES = Topic(
    "Gateway and throttles",
    recorded(
        "gateway.unauthorized",
        "A missing, malformed, expired or unknown token is refused with 401 and code 3200 in the gateway's own lower-case "
        "shape, with WWW-Authenticate; the words for an unknown token are ours.",
        "sandbox traffic (minimul/qbo_api, error/401)",
    ),
    documented(
        "gateway.forbidden",
        "A token for another company, or whose connection was ended, is refused with 403 and code 3100.",
        "the same body quoted by many integrators",
    ),
    recorded(
        "gateway.headers",
        "An answer carries intuit_tid, X-Spanid, Cache-Control, Expires, Strict-Transport-Security, QBO-Version and "
        "Service-Time; a refusal by the gateway lacks the last two.",
        "sandbox traffic (minimul/qbo_api, void/invoice and error/401)",
    ),
    recorded(
        "gateway.throttled",
        "Beyond a limit 429 and code 3001 come without Retry-After: XML, or as JSON for who asks for it (setting "
        "throttle_body), in former years with 403 (setting throttle_status).",
        "quoted in python-quickbooks issue 43; ruckus/quickbooks-ruby, throttle_exceeded_error.xml; JSON is assumed",
    ),
)

USER = "Book Keeper"
"""The display name under which every app acts, because one user gives all consents."""
_SHORTEST_TOKEN, _LONGEST_TOKEN = 20, 4_096
_NO_CACHE = "max-age=0, no-cache, no-store, must-revalidate, private"
_QBO_VERSION = "1988.128"


@dataclass(frozen=True)
class Passed:
    """An answer and what it cost."""

    response: Response
    cost: int = 0
    """Metered reads."""


class Gateway:
    """Checks a request's token and pace, then lets the books answer."""

    def __init__(self, api: Api, throttle: Throttle, settings: Callable[[], Settings]) -> None:
        """`settings` answers the switches as they are now."""
        self._api = api
        self._throttle = throttle
        self._settings = settings

    def answer(
        self,
        request: Request,
        call: Call,
        token: str | None,
        bearer: Bearer,
        now: datetime,
        meddle: Meddler | None = None,
    ) -> Passed:
        """Answer a request under /v3/company/{realm}/ whose bearer token (`token`) speaks for `bearer`.

        `meddle` is asked before each item of a batch.
        """
        refusal = refuse(token, bearer, call.realm, now)
        if refusal is not None:
            return Passed(in_asked_form(request, refusal))
        assert call.realm is not None
        assert bearer.client_id is not None
        realm, client_id, settings = call.realm, bearer.client_id, self._settings()
        if settings.throttle and self._throttle.exceeded(
            realm, client_id, call.operation, now=now.timestamp(), reports=settings.reports_per_minute
        ):
            return Passed(in_asked_form(request, too_fast(now, settings)))
        response = self._api.answer(realm, request, user=USER, meddle=meddle)
        return Passed(response, metered_reads(request, response))


def too_fast(now: datetime, settings: Settings) -> Response:
    """The refusal of a call that exceeds a limit, in the form that the settings say."""
    return refusals.throttled(now, as_xml=settings.throttle_body == "xml", status=settings.throttle_status)


def refuse(token: str | None, bearer: Bearer, realm: str | None, now: datetime) -> Response | None:
    """Say no to a token that is not good, or not for this company; None lets it pass.

    The texts for a malformed and an expired token were recorded; the one for an unknown token is assumed.
    """
    if token is None or not _SHORTEST_TOKEN <= len(token) <= _LONGEST_TOKEN:
        return refusals.unauthorized(refusals.TOO_SHORT_OR_LONG, now)
    if bearer.standing is Standing.EXPIRED:
        return refusals.unauthorized(f"Token expired: {token}", now)
    if bearer.standing is Standing.UNKNOWN:
        return refusals.unauthorized(f"Token invalid: {token}", now)
    if bearer.standing is Standing.REVOKED or bearer.realm != realm:
        return refusals.forbidden(now)
    if tokens.ACCOUNTING not in bearer.scope.split():
        return refusals.forbidden(now)
    return None


def dressed(response: Response, call: Call, chance: Chance, number: int, now: datetime) -> Response:
    """The answer with the headers that Intuit's servers add (recorded traffic of 2022).

    `number` is the request's number in the log: every draw depends on it. An answer that the gateway or the
    validator gave early has fewer headers than one of the books.
    """
    first, second = chance.hexadecimal("intuit_tid", number, 8), chance.hexadecimal("intuit_tid", -number, 24)
    added = [
        ("Date", format_datetime(now, usegmt=True)),
        ("Server", "envoy"),
        ("intuit_tid", f"1-{first}-{second}"),
    ]
    if response.status not in (401, 403):
        added += [
            ("X-Spanid", chance.uuid("span", number)),
            ("Strict-Transport-Security", "max-age=31536000"),
        ]
    if call.realm is not None and response.status == 200:
        total = 20 + chance.octets("service time", number, 1)[0]
        added += [
            ("QBO-Version", _QBO_VERSION),
            ("Service-Time", f"total={total}, db={total * 2 // 3}"),
            ("Expires", "0"),
            ("Cache-Control", _NO_CACHE),
        ]
    present = {name.lower() for name, _ in response.headers}
    missing = tuple(each for each in added if each[0].lower() not in present)
    return replace(response, headers=response.headers + missing)
