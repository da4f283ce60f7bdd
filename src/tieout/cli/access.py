"""Access: who may open this installation's page and API at all.

On a loopback address nobody is asked to sign in, but a request must be meant for this installation (so that
no website can reach it under a name of its own) and anything that changes something must not come from
another site's page. Reachable from elsewhere, everything needs an access token: the installation's own, which is its
operator's, or that of one of its tenants. Whose token was shown is written into the request (`state.tenant`),
and everything behind works for that tenant only.
"""

from __future__ import annotations

import hashlib
import hmac
import html
import re
import secrets
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tieout.connections.tenants import tenant_of, token_mark
from tieout.connections.webhooks import PLACE
from tieout.edges import Edges
from tieout.kit.errors import Invalid, NotAllowed, TieoutError
from tieout.security.notices import OPERATOR
from tieout.wiring import Settings

TOKEN_MIN: Final = 20
"""Characters; a shorter secret could be found by trying."""
SIGN_IN: Final = "/sign-in"
COOKIE: Final = "tieout_access"
SIGNED_IN_FOR: Final = timedelta(days=14)
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN: Final = ("/static/", PLACE)
"""What anybody may reach: the looks of the sign-in form, and Intuit's webhooks, which are checked by signature."""
PROBES: Final = ("/healthz", "/readyz")
"""What whoever runs the machine asks: whether we live and can work; nothing about anybody's books."""
METRICS: Final = "/metrics"
FORM_MAX: Final = 4096
_NUMBER: Final = re.compile(r"[0-9]{1,12}")
"""What a stranger may write where a number is meant: `isdigit` takes signs that are none, and numbers without end."""


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
    for name, token in (
        ("TIEOUT_ACCESS_TOKEN", settings.access_token),
        ("TIEOUT_METRICS_TOKEN", settings.metrics_token),
    ):
        if token and len(token) < TOKEN_MIN:
            raise Invalid(
                "The access token is too short",
                record=name,
                reason=f"it has {len(token)} characters, and fewer than {TOKEN_MIN} can be guessed",
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

    def __init__(self, app: ASGIApp, *, settings: Settings, edges: Edges) -> None:
        self._app = app
        self._edges = edges
        self._clock = edges.clock
        self._token = settings.access_token
        self._metrics_token = settings.metrics_token
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
        path: str = request.scope[
            "path"
        ]  # what routes go by; `url` is put together with what a stranger wrote
        if path in PROBES and request.method in SAFE:
            return None
        if path == METRICS and self._may_collect(request.headers):
            return None
        if not self._is_meant_for_us(request.headers):
            return _refusal(request, _ELSEWHERE)
        if request.method not in SAFE and not self._is_own_site(request.headers):
            return _refusal(request, _FOREIGN)
        if self._token and path == SIGN_IN:
            return await self._sign_in(request)
        if path.startswith(OPEN):
            return None
        # It may look into the database, which must not hold up everybody else.
        tenant = await run_in_threadpool(self._tenant, request)
        if tenant is not None and (path != METRICS or tenant == OPERATOR):
            request.state.tenant = tenant
            return None
        if path.startswith("/api/") or path == METRICS or request.method not in SAFE:
            return _refusal(request, _UNKNOWN)
        return RedirectResponse(f"{SIGN_IN}?then={quote(path)}", 303)

    def _may_collect(self, headers: Headers) -> bool:
        """Look for the collector's own token, which opens nothing else."""
        scheme, _, given = headers.get("authorization", "").partition(" ")
        wanted = self._metrics_token
        return bool(wanted) and scheme.lower() == "bearer" and _same(given.strip(), wanted)

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

    def _tenant(self, request: Request) -> str | None:
        """Tell for whom a request comes; None for a stranger.

        A token that is shown must be somebody's, also where none is asked for: a tenant whose token was changed
        must not be taken for the operator.
        """
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._whose(given.strip())
        if not self._token:
            return OPERATOR
        return self._signed_in(request.headers.get("cookie", ""))

    def _whose(self, token: str) -> str | None:
        if self._token and _same(token, self._token):
            return OPERATOR
        return tenant_of(self._edges, token)

    def _signed_in(self, cookies: str) -> str | None:
        try:
            morsel = SimpleCookie(cookies).get(COOKIE)
        except CookieError:
            return None
        ends, _, rest = (morsel.value if morsel else "").partition(".")
        tenant, _, seal = rest.rpartition(".")
        tenant = tenant or OPERATOR
        if not _NUMBER.fullmatch(ends) or self._clock.now().timestamp() >= int(ends):
            return None
        return tenant if _same(seal, self._seal(ends, tenant)) else None

    def _seal(self, ends: str, tenant: str) -> str:
        """Seal a sign-in with the tenant's token, so that it ends when that is changed or the tenant removed."""
        mark = self._token if tenant == OPERATOR else token_mark(self._edges, tenant)
        if not mark:
            return secrets.token_hex()  # nobody's: no seal fits
        said = f"signed in until {ends}" + ("" if tenant == OPERATOR else f" for {tenant}")
        return hmac.new(mark.encode(), said.encode(), hashlib.sha256).hexdigest()

    async def _sign_in(self, request: Request) -> Response:
        then = _own_path(request.query_params.get("then", "/"))
        if request.method in SAFE:
            return _form(then, "")
        length = request.headers.get("content-length", "")
        if not _NUMBER.fullmatch(length) or int(length) > FORM_MAX:
            return _form(then, "The form is too large.", status=413)
        given = parse_qs((await request.body()).decode("ascii", "replace")).get("token", [""])[0]
        tenant = await run_in_threadpool(self._whose, given.strip())
        if tenant is None:
            return _form(then, "This is not an access token of this installation.", status=401)
        ends = str(int((self._clock.now() + SIGNED_IN_FOR).timestamp()))
        seal = await run_in_threadpool(self._seal, ends, tenant)
        answer = RedirectResponse(then, 303)
        answer.set_cookie(
            COOKIE,
            ".".join(part for part in (ends, tenant if tenant != OPERATOR else "", seal) if part),
            max_age=int(SIGNED_IN_FOR.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=self._base.scheme == "https",
            path="/",
        )
        return answer


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


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
    remedy="Send `Authorization: Bearer` with your tenant's access token, or the installation's TIEOUT_ACCESS_TOKEN",
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
        "<p>It is the token your operator gave you, or the TIEOUT_ACCESS_TOKEN of this installation.</p>"
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
