"""The route: what holds for every page — sessions, forms of our own only, strict headers, errors in four parts."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

import structlog
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tieout.kit.crypto import Secret
from tieout.kit.errors import Invalid, NotAllowed, TieoutError
from tieout.web import notices
from tieout.web.background import OURS
from tieout.web.door import Door, enter
from tieout.web.session import FIELD, keep, local_path, same_origin, session_of, token_fits
from tieout.wiring import TENANT

log = structlog.get_logger(__name__)

FORM_BYTES_MAX = 100_000
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

Answer = Callable[[Request], Coroutine[Any, Any, Response]]


def route_class(door: Door) -> type[APIRoute]:
    """Make the kind of route that all pages of a door are made with."""

    class PageRoute(APIRoute):
        """A page."""

        def get_route_handler(self) -> Answer:
            answer = super().get_route_handler()

            async def guarded(request: Request) -> Response:
                return await _guarded(door, request, answer)

            return guarded

    return PageRoute


async def _guarded(door: Door, request: Request, answer: Answer) -> Response:
    # Whose token was shown in front of us; on this computer alone it is the operator's own tenant.
    enter(getattr(request.state, "tenant", TENANT))
    session = session_of(request)
    request.state.session = session or Secret(door.edges.ids.token())
    try:
        if request.method not in SAFE:
            await _check_form(door, request, session)
        response = await answer(request)
    except TieoutError as error:
        response = await _refused(door, request, error)
    except RequestValidationError as error:
        response = await _refused(door, request, _unusable(error))
    except Exception:
        log.exception("page.failed", path=request.url.path)
        response = door.rendering.page(request, "error.html", status=500, trouble=OURS, code="error")
    if session is None:
        keep(response, request.state.session, secure=secure(door))
    for name, value in _headers(door).items():
        response.headers.setdefault(name, value)
    if request.url.path.startswith("/static/"):
        return response
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def secure(door: Door) -> bool:
    """Tell whether browsers reach this installation over TLS, so that cookies must travel so too."""
    return door.settings.base_url().startswith("https:")


def back(door: Door, path: str, notice: notices.Notice | None = None) -> Response:
    """Send the browser to a page after a form, so that reloading it repeats nothing."""
    response = RedirectResponse(local_path(path), 303)
    if notice is not None:
        notices.leave(response, notice, secure=secure(door))
    return response


async def _check_form(door: Door, request: Request, session: Secret | None) -> None:
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > FORM_BYTES_MAX or "transfer-encoding" in request.headers:
        raise _Foreign(
            "This form is too large",
            reason="no form of this page is that long",
            remedy="Open the page anew and try again",
        )
    given = (await request.form()).get(FIELD, "")
    if not same_origin(request, door.settings.base_url()):
        raise _Foreign(
            "This form did not come from Tieout's own page",
            reason="another site made your browser send it, so nothing was done",
            remedy="Open Tieout's page and press the button there",
        )
    if not token_fits(session, given if isinstance(given, str) else ""):
        raise _Foreign(
            "This page was open for too long",
            reason="the browser session it belonged to has ended, so nothing was done",
            remedy="Open the page anew and press the button there",
        )


class _Foreign(NotAllowed):
    """A form that must not even be answered with a redirect."""


async def _refused(door: Door, request: Request, error: TieoutError) -> Response:
    """Show an error: a page of its own, or a notice on the page that the form stood on."""
    if request.method in SAFE or isinstance(error, _Foreign):
        return door.rendering.page(
            request, "error.html", status=error.status, trouble=error.parts(), code=error.code
        )
    wanted = (await request.form()).get("back", "/")
    return back(door, wanted if isinstance(wanted, str) else "/", notices.refusal(error))


def _unusable(error: RequestValidationError) -> Invalid:
    fields = ", ".join(dict.fromkeys(str(one["loc"][-1]) for one in error.errors()))
    return Invalid(
        "Something is missing, or cannot be used",
        record=fields,
        reason="; ".join(dict.fromkeys(str(one["msg"]).lower() for one in error.errors())),
        remedy="Fill in the form and press the button once more",
    )


def _headers(door: Door) -> dict[str, str]:
    """Allow the page its own files, forms to itself and to Intuit's consent page, and nothing else."""
    consent = urlsplit(door.edges.endpoints(door.environment).authorize)
    policy = (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        f"form-action 'self' {consent.scheme}://{consent.netloc}",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
