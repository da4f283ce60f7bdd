"""The simulator itself: its clock, its switches, whether its books balance, and back to the beginning."""

from __future__ import annotations

from typing import Any

from qbosim.console.editing import amount_of
from qbosim.console.rendering import go_to, page
from qbosim.console.trouble import Trouble
from qbosim.console.visit import Visit
from qbosim.wire import Response

_SECONDS = {"minutes": 60, "hours": 3_600, "days": 86_400}
SWITCHES: tuple[tuple[str, str, str], ...] = (
    ("throttle", "flag", "Refuse beyond Intuit's limits"),
    ("throttle_body", "json xml", "How a throttled call is refused"),
    ("throttle_status", "429 403", "With which status (403 is of former years)"),
    ("reports_per_minute", "number", "Reports per company and minute (0: any number)"),
    ("change_feed_days", "number", "How many days back a change feed may start (0: any; 30 is documented)"),
    ("compress", "flag", "Answer with gzip whoever accepts it"),
    ("reuse_revokes", "flag", "A code or rotated refresh token that comes again ends its connection"),
    ("webhook_window", "number", "Seconds for which changes are gathered before a webhook tells of them"),
)
"""Every switch of the control plane: its name, its kind (or the values it may have), and what it does."""


def clock(visit: Visit) -> Response:
    """What time it is, and the ways to change it."""
    return _clock(visit)


def move_clock(visit: Visit) -> Response:
    """Set, advance, freeze or release the clock."""
    failed = "The clock was not moved"
    act = visit.said("act")
    try:
        wish: dict[str, Any]
        if act == "advance":
            number = amount_of(visit.said("number"), "how far", failed)
            wish = {"advance": float(number * _SECONDS.get(visit.said("unit"), 1))}
        elif act == "set":
            day, _, time = visit.said("instant").partition("T")
            wish = {"set": f"{day}T{time or '00:00'}{':00' if time.count(':') == 1 else ''}+00:00"}
        else:
            wish = {"freeze": act == "freeze"}
        told = visit.control("POST", "/clock", wish)
    except Trouble as trouble:
        return _clock(visit, trouble)
    state = "stands still" if told["frozen"] else "runs"
    return go_to("/clock", f"The clock {state} at {told['now'][:19].replace('T', ' ')} UTC.")


def settings(visit: Visit) -> Response:
    """The switches."""
    return _settings(visit)


def change_settings(visit: Visit) -> Response:
    """Set all switches as the form has them."""
    failed = "The settings were not changed"
    wish: dict[str, Any] = {}
    try:
        for name, kind, label in SWITCHES:
            if kind == "flag":
                wish[name] = visit.ticked(name)
            elif kind == "number":
                value = amount_of(visit.said(name), label, failed)
                wish[name] = int(value) if value == value.to_integral_value() else float(value)
            else:
                text = visit.said(name)
                wish[name] = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else text
        visit.control("POST", "/settings", wish)
    except Trouble as trouble:
        return _settings(visit, trouble)
    return go_to("/settings", "The settings are kept.")


def check(visit: Visit) -> Response:
    """Whether every company's books balance."""
    found = visit.control("GET", "/check")
    names = {each.realm: each.name for each in visit.simulator.companies()}
    return page(visit, "check.html", found=found, names=names, section="check")


def ask_reset(visit: Visit) -> Response:
    """The question before everything is thrown away."""
    return page(visit, "reset.html", state=visit.control("GET", "/state"), section="settings")


def reset(visit: Visit) -> Response:
    """Go back to the beginning."""
    try:
        if visit.said("sure") != "yes":
            raise Trouble(
                "The simulator was not reset",
                which="the box",
                why="It is not ticked.",
                remedy="Tick it when everything shall be thrown away.",
            )
        visit.control("POST", "/reset", {"keep_connections": visit.ticked("keep")})
    except Trouble as trouble:
        state = visit.control("GET", "/state")
        return page(
            visit, "reset.html", status=trouble.status, trouble=trouble, state=state, section="settings"
        )
    return go_to("", "The simulator is back at its beginning.")


def _clock(visit: Visit, trouble: Trouble | None = None) -> Response:
    return page(
        visit,
        "clock.html",
        status=200 if trouble is None else trouble.status,
        trouble=trouble,
        told=visit.control("GET", "/clock"),
        section="clock",
    )


def _settings(visit: Visit, trouble: Trouble | None = None) -> Response:
    return page(
        visit,
        "settings.html",
        status=200 if trouble is None else trouble.status,
        trouble=trouble,
        switches=SWITCHES,
        values=visit.control("GET", "/settings"),
        section="settings",
    )
