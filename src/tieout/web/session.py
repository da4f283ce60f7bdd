"""The browser session: a random value in a cookie, and the token that every form of the page carries.

The session says which browser this is, so that only the one that pressed Connect can finish connecting. The
form token is derived from it: another site can make a browser send the cookie, but cannot know the token.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from tieout.kit.crypto import Secret

COOKIE = "tieout_session"
FIELD = "token"
"""The form field that carries the token."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SHAPE = re.compile(r"[A-Za-z0-9_-]{20,100}")


def session_of(request: Request) -> Secret | None:
    """Read the browser's session; None for a browser that has none yet."""
    value = request.cookies.get(COOKIE, "")
    return Secret(value) if _SHAPE.fullmatch(value) else None


def form_token(session: Secret) -> str:
    """Derive the token that forms carry in this session."""
    return hashlib.sha256(f"form:{session.value}".encode()).hexdigest()[:40]


def token_fits(session: Secret | None, given: str) -> bool:
    """Tell, in constant time, whether a form came from a page of this session."""
    return session is not None and hmac.compare_digest(form_token(session), given)


def keep(response: Response, session: Secret, *, secure: bool) -> None:
    """Give the browser its session: until it closes, out of reach of scripts and of other sites' requests."""
    response.set_cookie(COOKIE, session.value, httponly=True, samesite="lax", secure=secure, path="/")


def same_origin(request: Request, base_url: str) -> bool:
    """Tell whether a browser sent this from a page of ours, by the headers that a page cannot forge."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None or origin == "null":
        return origin is None
    parts = urlsplit(origin)
    return parts.netloc in (request.headers.get("host", ""), urlsplit(base_url).netloc)


def other_loopback_name(request: Request, base_url: str) -> bool:
    """Tell whether the page is open under another name of this computer than the one that Intuit sends back to."""
    here, there = request.url.hostname or "", urlsplit(base_url).hostname or ""
    return here != there and here in LOOPBACK and there in LOOPBACK


def local_path(wanted: str, otherwise: str = "/") -> str:
    """Give a path of this page to go back to, whatever was sent: never another host."""
    if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable():
        return wanted
    return otherwise
