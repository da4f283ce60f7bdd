"""Faults on purpose: planned from a form, listed with what they did, taken back."""

from __future__ import annotations

from typing import Any

from qbosim.calls import OPERATIONS
from qbosim.chaos import KINDS
from qbosim.console.editing import amount_of
from qbosim.console.rendering import go_to, page
from qbosim.console.trouble import Trouble
from qbosim.console.visit import Visit
from qbosim.console.wording import GROUPS
from qbosim.wire import Response

STORM = ("429", "500", "503", "reply_lost", "request_lost", "slow", "cut_body", "garbage", "401", "stale")
"""What a storm's form offers; each with a percentage."""
_TEXTS = (
    "method",
    "path",
    "entity",
    "operation",
    "realm",
    "client_id",
    "when",
    "code",
    "message",
    "detail",
    "type",
)
_NUMBERS = ("nth", "status", "seconds", "spread")


def planned(visit: Visit) -> Response:
    """The planned faults and the forms for new ones."""
    return _faults(visit)


def plan(visit: Visit) -> Response:
    """Plan one fault."""
    failed = "The fault was not planned"
    wish: dict[str, Any] = {"fault": visit.said("fault")}
    wish.update({name: visit.said(name) for name in _TEXTS if visit.said(name)})
    try:
        for name in _NUMBERS:
            if visit.said(name):
                wish[name] = _number(visit.said(name), name, failed)
        times = visit.said("times", "1")
        wish["times"] = None if visit.ticked("forever") else _number(times or "1", "times", failed)
        if visit.said("percent"):
            wish["probability"] = float(amount_of(visit.said("percent"), "Probability", failed) / 100)
        if visit.said("memo") and wish["fault"] == "edit":
            wish["change"] = {"PrivateNote": visit.said("memo")}
        made = visit.control("POST", "/faults", wish)
    except Trouble as trouble:
        return _faults(visit, trouble)
    return go_to("/faults", f"Fault {made['id']} is planned: {KINDS[made['fault']]}.")


def storm(visit: Visit) -> Response:
    """Plan a storm, which lasts until it is taken back."""
    failed = "The storm was not planned"
    try:
        mix = {
            name: float(amount_of(visit.said(f"mix-{name}"), name, failed) / 100)
            for name in STORM
            if visit.said(f"mix-{name}")
        }
        wish: dict[str, Any] = {"fault": "storm", "mix": {name: part for name, part in mix.items() if part}}
        if visit.said("realm"):
            wish["realm"] = visit.said("realm")
        wish["times"] = None
        made = visit.control("POST", "/faults", wish)
    except Trouble as trouble:
        return _faults(visit, trouble)
    return go_to("/faults", f"Storm {made['id']} begins.")


def remove(visit: Visit, number: str) -> Response:
    """Take one back."""
    try:
        visit.control("DELETE", f"/faults/{number}")
    except Trouble as trouble:
        return _faults(visit, trouble)
    return go_to("/faults", f"Fault {number} was taken back.")


def clear(visit: Visit) -> Response:
    """Take all back."""
    removed = visit.control("DELETE", "/faults")["removed"]
    return go_to("/faults", f"{removed} planned faults were taken back.")


def _number(text: str, name: str, failed: str) -> int | float:
    value = amount_of(text, name, failed)
    return int(value) if value == value.to_integral_value() else float(value)


def _faults(visit: Visit, trouble: Trouble | None = None) -> Response:
    return page(
        visit,
        "faults.html",
        status=200 if trouble is None else trouble.status,
        trouble=trouble,
        faults=visit.control("GET", "/faults")["faults"],
        kinds=KINDS,
        storms=STORM,
        operations=OPERATIONS,
        entities=sorted(name for _, names in GROUPS for name in names),
        values={key: visit.said(key) for key in visit.form},
        section="faults",
    )
