"""The requests that programs made: a filtered log, what they cost per day, and one request with its bodies."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from qbosim.calls import OPERATIONS
from qbosim.console.rendering import go_to, page, pretty
from qbosim.console.trouble import Trouble
from qbosim.console.visit import Visit
from qbosim.wire import Response

_PAGE = 50
FILTERS = ("operation", "entity", "method", "status", "outcome", "fault_code", "realm", "path")
_OUTCOMES = ("answered", "reply_lost", "request_lost", "body_cut")
_DAYS = 14


def log(visit: Visit) -> Response:
    """The newest requests that the filters let through."""
    asked = {name: visit.query[name].strip() for name in FILTERS if visit.query.get(name, "").strip()}
    before = visit.query.get("before", "")
    trouble = None
    found: dict[str, Any] = {"entries": [], "next": None}
    try:
        wish = {**asked, "order": "newest", "limit": str(_PAGE), **({"before": before} if before else {})}
        if "entity" in wish:
            wish["entity"] = wish["entity"].lower()
        found = visit.control("GET", "/log", **wish)
    except Trouble as refused:
        trouble = refused
    days = visit.control("GET", "/log/summary")
    return page(
        visit,
        "requests.html",
        status=200 if trouble is None else trouble.status,
        trouble=trouble,
        entries=found["entries"],
        asked=asked,
        older=None if found["next"] is None else "?" + urlencode({**asked, "before": str(found["next"])}),
        newest=bool(before),
        operations=OPERATIONS,
        outcomes=_OUTCOMES,
        days=list(reversed(days["days"]))[:_DAYS],
        all_days=len(days["days"]),
        names={each.realm: each.name for each in visit.simulator.companies()},
        section="requests",
    )


def one(visit: Visit, number: str) -> Response:
    """One request with what was sent and answered."""
    found = None
    if number.isascii() and number.isdigit() and 0 < len(number) < 18:
        answer = visit.control("GET", "/log", after=str(int(number) - 1), limit="1", bodies="1")
        found = next((each for each in answer["entries"] if each["number"] == int(number)), None)
    if found is None:
        raise Trouble(
            "There is no such request",
            which=f"request {number}",
            why="The log does not have it, or has forgotten it.",
            remedy="Go back to the log.",
            status=404,
        )
    return page(
        visit,
        "request.html",
        entry=found,
        sent=pretty(found["request_body"] or ""),
        answered=pretty(found["response_body"] or ""),
        bodies_kept=found["response_body"] is not None,
        section="requests",
    )


def clear(visit: Visit) -> Response:
    """Forget the entries; the reads per day stay."""
    removed = visit.control("DELETE", "/log")["removed"]
    return go_to("/requests", f"{removed} requests were forgotten.")
