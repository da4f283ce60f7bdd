"""Access: who may open this installation's page and API at all.

On a loopback address nobody is asked to sign in, but a request must be meant for this installation (so that
no website can reach it under a name of its own) and anything that changes something must not come from
another site's page. Reachable from elsewhere, everything needs the installation's access token.
"""

from __future__ import annotations

import hashlib
import hmac
import html
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tieout.kit.clock import Clock
from tieout.kit.errors import Invalid, NotAllowed, TieoutError
from tieout.wiring import Settings

TOKEN_MIN: Final = 20
"""Characters; a shorter secret could be found by trying."""
SIGN_IN: Final = "/sign-in"
COOKIE: Final = "tieout_access"
SIGNED_IN_FOR: Final = timedelta(days=14)
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN: Final = ("/static/",)
"""What anybody may load: the looks of the sign-in form."""
FORM_MAX: Final = 4096


class SignInNeeded(NotAllowed):
    """Nobody has shown the access token yet."""

    code = "sign_in_needed"
    status = 401


def is_loopback(host: str) -> bool:
    """Tell whether a name or address means this computer only."""
    name = host.strip("[]").lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def reaches_out(settings: Settings) -> bool:
    """Tell whether others than this computer can reach the installation: directly, or through its public address."""
    public = urlsplit(settings.public_url).hostname if settings.public_url else None
    return not is_loopback(settings.host) or (public is not None and not is_loopback(public))


def check_reach(settings: Settings) -> None:
    """Refuse an installation that others can reach and anybody could use. Raises Invalid."""
    if settings.access_token and len(settings.access_token) < TOKEN_MIN:
        raise Invalid(
            "The access token is too short",
            record="TIEOUT_ACCESS_TOKEN",
            reason=f"it has {len(settings.access_token)} characters, and fewer than {TOKEN_MIN} can be guessed",
            remedy="Set a long random one, such as `openssl rand -hex 32` prints",
        )
    if reaches_out(settings) and not settings.access_token:
        raise Invalid(
            "Tieout does not start without an access token here",
            record=settings.public_url or f"{settings.host}:{settings.port}",
            reason="others than this computer could reach your books through it",
            remedy="Set TIEOUT_ACCESS_TOKEN to a long random secret, or listen on 127.0.0.1",
        )


class Access:
    """Stands in front of everything and lets through what may come through."""

    def __init__(self, app: ASGIApp, *, settings: Settings, clock: Clock) -> None:
        self._app = app
        self._clock = clock
        self._token = settings.access_token
        self._base = urlsplit(settings.base_url())
        self._local = not reaches_out(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        answer = await self._stopped(request)
        await (answer or self._app)(scope, receive, send)

    async def _stopped(self, request: Request) -> Response | None:
        """Give the answer to a request that may not come through; None for one that may."""
        path = request.url.path
        if not self._is_meant_for_us(request.headers):
            return _refusal(request, _ELSEWHERE)
        if request.method not in SAFE and not self._is_own_site(request.headers):
            return _refusal(request, _FOREIGN)
        if not self._token:
            return None
        if path == SIGN_IN:
            return await self._sign_in(request)
        if path.startswith(OPEN) or self._has_shown_token(request):
            return None
        if path.startswith("/api/") or request.method not in SAFE:
            return _refusal(request, _UNKNOWN)
        return RedirectResponse(f"{SIGN_IN}?then={quote(path)}", 303)

    def _is_meant_for_us(self, headers: Headers) -> bool:
        """Look at the name the request was sent to: on loopback only our own names are good."""
        host = headers.get("host", "")
        name = urlsplit(f"//{host}").hostname or ""
        return not self._local or is_loopback(name) or host == self._base.netloc

    def _is_own_site(self, headers: Headers) -> bool:
        """Look where it came from, by what a page cannot forge; a program sends neither header."""
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return False
        origin = headers.get("origin")
        if origin is None:
            return True
        return urlsplit(origin).netloc in (headers.get("host", ""), self._base.netloc)

    def _has_shown_token(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return hmac.compare_digest(given.strip().encode(), self._token.encode())
        return self._is_signed_in(request.headers.get("cookie", ""))

    def _is_signed_in(self, cookies: str) -> bool:
        try:
            morsel = SimpleCookie(cookies).get(COOKIE)
        except CookieError:
            return False
        ends, _, seal = (morsel.value if morsel else "").partition(".")
        if not ends.isdigit() or not hmac.compare_digest(seal, self._seal(ends)):
            return False
        return self._clock.now().timestamp() < int(ends)

    def _seal(self, ends: str) -> str:
        return hmac.new(self._token.encode(), f"signed in until {ends}".encode(), hashlib.sha256).hexdigest()

    async def _sign_in(self, request: Request) -> Response:
        then = _own_path(request.query_params.get("then", "/"))
        if request.method in SAFE:
            return _form(then, "")
        length = request.headers.get("content-length", "")
        if not length.isdigit() or int(length) > FORM_MAX:
            return _form(then, "The form is too large.", status=413)
        given = parse_qs((await request.body()).decode("ascii", "replace")).get("token", [""])[0]
        if not hmac.compare_digest(given.strip().encode(), self._token.encode()):
            return _form(then, "This is not the access token of this installation.", status=401)
        ends = str(int((self._clock.now() + SIGNED_IN_FOR).timestamp()))
        answer = RedirectResponse(then, 303)
        answer.set_cookie(
            COOKIE,
            f"{ends}.{self._seal(ends)}",
            max_age=int(SIGNED_IN_FOR.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=self._base.scheme == "https",
            path="/",
        )
        return answer


_ELSEWHERE: Final = NotAllowed(
    "This request was sent to another name",
    record="the Host header",
    reason="a website could have led your browser here under a name of its own",
    remedy="Open Tieout under the address it printed when it started, or set TIEOUT_PUBLIC_URL",
)
_FOREIGN: Final = NotAllowed(
    "This request came from another site",
    record="the Origin header",
    reason="only Tieout's own page, or a program, may change something here",
    remedy="Open Tieout's page and press the button there",
)
_UNKNOWN: Final = SignInNeeded(
    "The access token is missing or wrong",
    record="the Authorization header",
    reason="this installation can be reached by others, so it asks who comes",
    remedy="Send `Authorization: Bearer` with the installation's TIEOUT_ACCESS_TOKEN",
)


def _refusal(request: Request, error: TieoutError) -> Response:
    """Answer a refusal: as a problem for programs, as a page for people."""
    if request.url.path.startswith("/api/"):
        from tieout.api.problems import answer

        response: Response = answer(error)
        if error.status == 401:
            response.headers["www-authenticate"] = "Bearer"
        return response
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse(error.parts(), error.status)
    title, text = html.escape(error.message), html.escape(error.sentence())
    return HTMLResponse(_PAGE.format(title=title, body=f"<p>{text}</p>"), error.status, headers=_HEADERS)


def _form(then: str, trouble: str, *, status: int = 200) -> Response:
    """Show the sign-in form."""
    said = f'<p role="alert">{html.escape(trouble)}</p>' if trouble else ""
    body = (
        f'<form method="post" action="{SIGN_IN}?then={quote(then)}">{said}'
        '<p><label>Access token <input type="password" name="token" autocomplete="current-password" required '
        "autofocus></label></p><p><button>Sign in</button></p></form>"
        "<p>It is the TIEOUT_ACCESS_TOKEN that this installation was started with.</p>"
    )
    return HTMLResponse(_PAGE.format(title="Sign in to Tieout", body=body), status, headers=_HEADERS)


def _own_path(wanted: str) -> str:
    if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable():
        return wanted
    return "/"


_HEADERS: Final = {
    "content-security-policy": "default-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}
_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title}</title>
<link rel="stylesheet" href="/static/vendor/basecoat.min.css"></head>
<body><main><h1>{title}</h1>{body}</main></body></html>
"""
