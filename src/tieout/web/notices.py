"""Notices: what the page says once about what was just pressed, carried over the redirect in a cookie."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tieout.kit.errors import Refused, TieoutError

COOKIE = "tieout_notice"
LIFE_SECONDS = 60
LENGTH_MAX = 700
"""Of each part; a cookie holds some 4,000 characters."""


class Notice(msgspec.Struct, frozen=True):
    """Something to say, in up to four parts."""

    tone: str
    """`good`, `info` or `bad`."""
    what: str
    record: str = ""
    why: str = ""
    remedy: str = ""


def done(what: str, why: str = "") -> Notice:
    """Say that something worked."""
    return Notice("good", what, why=why)


def told(what: str, why: str = "", remedy: str = "") -> Notice:
    """Say something that is neither good nor bad."""
    return Notice("info", what, why=why, remedy=remedy)


def trouble(parts: Mapping[str, str]) -> Notice:
    """Say what went wrong, from the four parts of an error."""
    return Notice("bad", parts["what"], parts["record"], parts["why"], parts["remedy"])


def refusal(error: TieoutError) -> Notice:
    """Say why something was not done; what was merely too late or already so is no alarm."""
    notice = trouble(error.parts())
    return msgspec.structs.replace(notice, tone="info") if type(error) is Refused else notice


def leave(response: Response, notice: Notice, *, secure: bool) -> None:
    """Put a notice where the next page finds it."""
    short = msgspec.structs.replace(
        notice,
        **{name: getattr(notice, name)[:LENGTH_MAX] for name in ("what", "record", "why", "remedy")},
    )
    value = base64.urlsafe_b64encode(msgspec.json.encode(short)).decode()
    response.set_cookie(
        COOKIE, value, max_age=LIFE_SECONDS, httponly=True, samesite="lax", secure=secure, path="/"
    )


def waiting(request: Request) -> Notice | None:
    """Read the notice that was left; None when there is none, or it is not one of ours."""
    value = request.cookies.get(COOKIE)
    if value is None:
        return None
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(value), type=Notice)
    except (msgspec.DecodeError, binascii.Error, UnicodeDecodeError):
        return None


def forget(response: Response) -> None:
    """Remove the notice: it was said."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
