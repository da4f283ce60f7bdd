"""Webhooks: where they go, what was sent and answered, sending again, and what shall go wrong with them."""

from __future__ import annotations

from typing import Any

from qbosim.console.editing import amount_of
from qbosim.console.rendering import go_to, page, pretty
from qbosim.console.trouble import Trouble
from qbosim.console.visit import Visit
from qbosim.webhooks.events import COVERED
from qbosim.webhooks.mischief import KINDS
from qbosim.wire import Response

_SHOWN = 50
_OPERATIONS = ("Create", "Update", "Delete", "Void", "Emailed")


def deliveries(visit: Visit) -> Response:
    """The addresses, the newest attempts, and the forms."""
    return _webhooks(visit)


def register(visit: Visit) -> Response:
    """Send an app's webhooks to an address of this machine."""
    wish = {name: visit.said(name) for name in ("url", "client_id", "format") if visit.said(name)}
    return _done(visit, "POST", "/webhooks", wish, "Webhooks go to that address from now on.")


def remove(visit: Visit) -> Response:
    """Send an app none any more."""
    try:
        visit.control("DELETE", "/webhooks", client_id=visit.said("client_id"))
    except Trouble as trouble:
        return _webhooks(visit, trouble)
    return go_to("/webhooks", "The address was removed, with what waited for it.")


def deliver(visit: Visit) -> Response:
    """Send what is due now."""
    many = visit.control("POST", "/webhooks/deliver")["attempts"]
    return go_to("/webhooks", f"{many} messages were sent." if many else "Nothing is due yet.")


def replay(visit: Visit, number: str) -> Response:
    """Send a message once more."""
    return _done(visit, "POST", f"/webhooks/replay/{number}", None, "The message was sent once more.")


def plan(visit: Visit) -> Response:
    """Let events go wrong."""
    failed = "The fault was not planned"
    wish: dict[str, Any] = {"fault": visit.said("fault")}
    wish.update({name: visit.said(name) for name in ("entity", "operation") if visit.said(name)})
    try:
        for name in ("nth", "times"):
            if visit.said(name):
                wish[name] = int(amount_of(visit.said(name), name, failed))
        if visit.ticked("forever"):
            wish["times"] = None
        if visit.said("seconds"):
            wish["seconds"] = float(amount_of(visit.said("seconds"), "seconds", failed))
    except Trouble as trouble:
        return _webhooks(visit, trouble)
    return _done(visit, "POST", "/webhooks/faults", wish, "That is planned.")


def clear(visit: Visit) -> Response:
    """Let nothing go wrong any more."""
    return _done(visit, "DELETE", "/webhooks/faults", None, "Nothing goes wrong with webhooks any more.")


def _done(visit: Visit, method: str, door: str, wish: dict[str, Any] | None, said: str) -> Response:
    try:
        visit.control(method, door, wish)
    except Trouble as trouble:
        return _webhooks(visit, trouble)
    return go_to("/webhooks", said)


def _webhooks(visit: Visit, trouble: Trouble | None = None) -> Response:
    shown = visit.control("GET", "/webhooks")
    return page(
        visit,
        "webhooks.html",
        status=200 if trouble is None else trouble.status,
        trouble=trouble,
        endpoints=shown["endpoints"],
        faults=shown["faults"],
        attempts=[{**each, "body": pretty(each["body"])} for each in _newest(visit)],
        kinds=KINDS,
        entities=sorted(COVERED),
        operations=_OPERATIONS,
        apps=visit.control("GET", "/apps")["apps"],
        values={key: visit.said(key) for key in visit.form},
        section="webhooks",
    )


def _newest(visit: Visit) -> list[dict[str, Any]]:
    """The newest attempts, the newest first; the log is read by its numbers, which begin at 1."""
    after = 0
    newest: list[dict[str, Any]] = []
    while True:
        found = visit.control("GET", "/webhooks/log", after=str(after), limit="1000")
        newest = [*newest, *found["attempts"]][-_SHOWN:]
        if found["next"] is None:
            return list(reversed(newest))
        after = found["next"]
