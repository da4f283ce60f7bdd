"""How the gateway in front of the books says no: 401, 403, 429 and the failures of a bad day.

The gateway's 401 has its own shape, with lower-case keys (recorded sandbox traffic); its 403 is the same
shape (quoted by many integrators); its 429 was recorded as XML, whatever the request accepts, and its JSON
rendering is assumed.
"""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from qbosim.wire import Response

PACIFIC = ZoneInfo("America/Los_Angeles")

TOO_SHORT_OR_LONG = "Malformed bearer token: too short or too long"
THROTTLED_DETAIL = "The request limit was reached.  Try again later"


def unauthorized(detail: str, now: datetime) -> Response:
    """401: the bearer token is missing, malformed, expired or unknown."""
    body = _gateway_body("AuthenticationFailed", "3200", 401, detail, "AUTHENTICATION", now)
    return Response(
        401,
        body,
        (
            ("Content-Type", "application/json"),
            ("WWW-Authenticate", 'Bearer realm="Intuit", error="invalid_token"'),
        ),
    )


def forbidden(now: datetime) -> Response:
    """403: the token is for another company, or the connection was ended."""
    body = _gateway_body("ApplicationAuthorizationFailed", "3100", 403, None, "SERVICE", now)
    return Response(403, body, (("Content-Type", "application/json"),))


def throttled(now: datetime, *, as_xml: bool, status: int = 429) -> Response:
    """429 or 403: too many requests. No Retry-After, as none is documented and none was ever recorded."""
    message = f"message=ThrottleExceeded; errorCode=003001; statusCode={status}"
    if as_xml:
        text = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f'<IntuitResponse time="{pacific(now)}" xmlns="http://schema.intuit.com/finance/v3">\n'
            '    <Fault type="SERVICE">\n'
            '        <Error code="3001">\n'
            f"            <Message>{message}</Message>\n"
            f"            <Detail>{THROTTLED_DETAIL}</Detail>\n"
            "        </Error>\n"
            "    </Fault>\n"
            "</IntuitResponse>\n"
        )
        return Response(status, text.encode(), (("Content-Type", "application/xml"),))
    return fault(status, code="3001", message=message, detail=THROTTLED_DETAIL, kind="SERVICE", now=now)


def fault(
    status: int, *, code: str, message: str, detail: str, kind: str, now: datetime, element: str = ""
) -> Response:
    """A Fault in the shape of the accounting API itself."""
    error = {"Message": message, "Detail": detail, "code": code, "element": element}
    body = {"Fault": {"Error": [error], "type": kind}, "time": pacific(now)}
    return Response(
        status, json.dumps(body, separators=(",", ":")).encode(), (("Content-Type", "application/json"),)
    )


def unavailable() -> Response:
    """503 as an Envoy proxy words it (Intuit's gateway names itself envoy since 2022; the text is
    assumed)."""
    text = "upstream connect error or disconnect/reset before headers. reset reason: connection failure"
    return Response(503, text.encode(), (("Content-Type", "text/plain"),))


def pacific(now: datetime) -> str:
    """An instant as the API writes `time`: milliseconds and the Pacific offset."""
    return now.astimezone(PACIFIC).isoformat(timespec="milliseconds")


def _gateway_body(error: str, code: str, status: int, detail: str | None, kind: str, now: datetime) -> bytes:
    message = f"message={error}; errorCode=00{code}; statusCode={status}"
    body: dict[str, object] = {
        "warnings": None,
        "intuitObject": None,
        "fault": {
            "error": [{"message": message, "detail": detail, "code": code, "element": None}],
            "type": kind,
        },
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "time": int(now.timestamp() * 1000),
        "status": None,
        "cdcresponse": [],
    }
    return json.dumps(body, separators=(",", ":")).encode()
