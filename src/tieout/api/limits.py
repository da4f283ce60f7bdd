"""Limits: how large a request's body may be, refused before it is read into memory."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tieout.api.problems import ProblemResponse, problem
from tieout.kit.errors import Refused

MEGABYTE: Final = 1024 * 1024
BODY_MAX: Final = 10 * MEGABYTE
"""Bytes of a JSON body: a few ten thousand records."""
UPLOAD_MAX: Final = 100 * MEGABYTE
"""Bytes of an uploaded folder of CSV files."""
UPLOADS: Final = ("/host/csv",)
"""Paths, below the API's own, that take files."""


class TooLarge(Refused):
    """The body has more bytes than this address takes."""

    code = "too_large"
    status = 413


class BodyLimit:
    """Refuses a body that is too large, by what it announces and by what really comes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counting what it brings."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = UPLOAD_MAX if str(scope["path"]).endswith(UPLOADS) else BODY_MAX
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > limit:
            await _refusal(scope["path"], limit)(scope, receive, send)
            return
        came = 0
        over = False
        answering = False

        async def counted() -> Message:
            nonlocal came, over
            message = await receive()
            came += len(message.get("body", b""))
            if came > limit:
                over = True
                return {"type": "http.disconnect"}
            return message

        async def noticed(message: Message) -> None:
            nonlocal answering
            if over and not answering:
                return
            answering = True
            await send(message)

        try:
            await self._app(scope, counted, noticed)
        except Exception:
            # A body that is cut off here makes its reader stumble; what it stumbled over is known.
            if not over or answering:
                raise
        if over and not answering:
            await _refusal(scope["path"], limit)(scope, receive, send)


def _refusal(path: str, limit: int) -> ProblemResponse:
    error = TooLarge(
        "The request is too large",
        record=path,
        reason=f"this address takes at most {limit // MEGABYTE} MB",
        remedy="Send it in several requests",
    )
    return ProblemResponse(problem(error), status_code=error.status)
