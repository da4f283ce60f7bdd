"""What the console says when something cannot be done: what, which, why, and what helps."""

from __future__ import annotations

from typing import Any

from qbosim.wire import Response

_REMEDIES = {
    "5010": "Open the record again, look at what it holds now, and repeat your change.",
    "6140": "Give another number, or leave it out.",
    "6210": "Take a later date, or change the closing date under Preferences.",
    "6240": "Choose another name. Customers, vendors and employees share one list of names.",
    "6540": "Take it out of the deposit first.",
    "610": "It is deleted or inactive: make it active again, or choose another one.",
    "2020": "Fill in the field that is named.",
    "2500": "Choose a record that exists.",
}
_REMEDY = "Correct that and try again; nothing was changed."


class Trouble(Exception):
    """Something cannot be done, in words for the person who asked."""

    def __init__(self, what: str, *, which: str, why: str, remedy: str, status: int = 400) -> None:
        super().__init__(f"{what}: {which}: {why} {remedy}")
        self.what = what
        self.which = which
        self.why = why
        self.remedy = remedy
        self.status = status


def refusal(failed: str, response: Response) -> Trouble:
    """A fault of the accounting API in four parts: its own words, and what helps against it."""
    error: dict[str, Any] = response.json()["Fault"]["Error"][0]
    code = str(error.get("code", ""))
    detail = str(error.get("Detail", ""))
    message = str(error.get("Message", ""))
    words = message if not detail or detail == message else f"{message}: {detail}"
    return Trouble(
        failed,
        which=str(error.get("element") or "") or f"code {code}",
        why=f"{words} (code {code})",
        remedy=_REMEDIES.get(code, _REMEDY),
        status=response.status,
    )
