"""What every door of the control plane does with a request: read its body, refuse in four parts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from qbosim.wire import Request

T = TypeVar("T")


class Refused(Exception):
    """A control request that cannot be done, in words for the person who sent it."""

    def __init__(self, what: str, *, which: str, why: str, remedy: str, status: int = 400) -> None:
        super().__init__(f"{what}: {which}: {why} {remedy}")
        self.status = status
        self.parts = {"what": what, "which": which, "why": why, "remedy": remedy}


def read_body(request: Request, kind: type[T], failed: str) -> T:
    """Read a JSON body; an empty one counts as {}."""
    try:
        return msgspec.json.decode(request.body.strip() or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise invalid(failed, error) from error
    except msgspec.DecodeError as error:
        raise Refused(
            failed,
            which="the body",
            why=f"It is not JSON: {error}.",
            remedy="Send a JSON object with Content-Type application/json.",
        ) from error


def invalid(failed: str, error: msgspec.ValidationError) -> Refused:
    """The refusal of a body with a field that is wrong."""
    why, _, where = str(error).partition(" - at ")
    return Refused(
        failed,
        which=where.replace("`", "").replace("$.", "") or "the body",
        why=f"{why}.",
        remedy="GET /qbosim shows what each door takes.",
    )


def whole_number(text: str, name: str, failed: str) -> int:
    """Read a query parameter made of digits."""
    if not is_number(text):
        raise Refused(
            failed,
            which=f"{name}={text}",
            why="It is not a whole number.",
            remedy=f"Send {name} as digits, 18 at most.",
        )
    return int(text)


def is_number(text: str) -> bool:
    """Whether a text is a number as the store counts: up to 18 ASCII digits."""
    return text.isascii() and text.isdigit() and len(text) <= 18


def iso(seconds: float) -> str:
    """An instant, in seconds since 1970, as the control plane writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
