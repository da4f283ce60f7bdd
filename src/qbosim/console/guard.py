"""Who may use the console: this machine's own browser pages, and no other site's.

The simulator listens on loopback, where every page of every site that is open in the same browser can reach it. So a
name that could belong to somebody else's site is refused (a rebound DNS name), and a form counts only when it comes
from the console's own pages and brings the token of the browser's cookie.
"""

from __future__ import annotations

import hmac
import secrets
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from urllib.parse import urlsplit

from qbosim.console.trouble import Trouble
from qbosim.wire import Request

TOKEN_COOKIE = "qbosim_console"  # noqa: S105 - a name
PERSON_COOKIE = "qbosim_person"
NOTICE_COOKIE = "qbosim_notice"
_LONG_ENOUGH = 20


def cookies_of(request: Request) -> dict[str, str]:
    """The cookies that came along; none when they cannot be read."""
    try:
        jar = SimpleCookie(request.headers.get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def token_of(cookies: dict[str, str]) -> str:
    """The browser's token, or a new one."""
    token = cookies.get(TOKEN_COOKIE, "")
    good = len(token) >= _LONG_ENOUGH and token.replace("-", "").replace("_", "").isalnum()
    return token if good and token.isascii() else secrets.token_urlsafe(24)


def check_host(request: Request) -> None:
    """Raise Trouble (403) for a host name that another site could have pointed at this machine."""
    host = request.headers.get("host", "")
    name = _name_in(host)
    if not host or (name is not None and _is_ours(name)):
        return
    raise Trouble(
        "The console does not answer under this name",
        which=f"host {host}",
        why="Any site could have pointed a name of its own at this machine.",
        remedy="Use http://127.0.0.1 or http://localhost with the simulator's port.",
        status=403,
    )


def check_form(request: Request, sent: str, cookies: dict[str, str]) -> None:
    """Raise Trouble (403) for a form that does not come from the console's own pages."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    if site not in ("same-origin", "none") or (
        origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")
    ):
        raise Trouble(
            "The form was not accepted",
            which=f"a form of {origin or 'another site'}",
            why="It was not sent by a page of this console.",
            remedy="Open the console itself and use the form there.",
            status=403,
        )
    kept = cookies.get(TOKEN_COOKIE, "")
    if len(kept) < _LONG_ENOUGH or not hmac.compare_digest(sent.encode(), kept.encode()):
        raise Trouble(
            "The form was not accepted",
            which="the form's token",
            why="It is not the one that this browser's cookie holds; perhaps cookies are switched off.",
            remedy="Allow cookies for this address, open the page again and fill in the form there.",
            status=403,
        )


def _name_in(host: str) -> str | None:
    """The name in a Host header; None when it cannot be read."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    return parts.hostname


def _is_ours(name: str) -> bool:
    """An address, this machine, or a name without a dot, which no site in the world can own."""
    if name == "localhost" or name.endswith(".localhost") or "." not in name:
        return True
    try:
        return bool(ip_address(name))
    except ValueError:
        return False
