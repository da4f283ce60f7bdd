"""Where Intuit's webhooks come in: public, checked by signature, answered at once, and nothing said about why not."""

from __future__ import annotations

from functools import partial
from typing import Final

import anyio
import structlog
from anyio import CapacityLimiter, to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from tieout.connections.webhooks import PLACE, Answer, receive
from tieout.edges import Edges
from tieout.kit.errors import TieoutError
from tieout.kit.meters import WEBHOOKS
from tieout.qbo.webhooks import MESSAGE_MAX, SIGNATURE

PATIENCE: Final = 2.5
"""Seconds after which Intuit is asked to come again: it waits three for an answer."""
AT_ONCE: Final = 16
"""Messages that are worked on at a time; more wait for their turn, within the same patience."""
log = structlog.get_logger()


def intuit_route(edges: Edges) -> Route:
    """Make the route that Intuit posts to."""
    limiter = CapacityLimiter(AT_ONCE)

    async def take(request: Request) -> Response:
        try:
            with anyio.fail_after(PATIENCE):
                body = await _body(request)
                if body is None:
                    return Response(status_code=413)
                signature = request.headers.get(SIGNATURE, "")
                work = partial(receive, edges, request.path_params["door"], body, signature)
                # Left alone, a call that waits for the database still ends; what it writes is known next time.
                received = await to_thread.run_sync(work, abandon_on_cancel=True, limiter=limiter)
        except TimeoutError:
            return _again("no answer in time")
        except ClientDisconnect:
            return Response(status_code=400)
        except TieoutError as error:
            return _again(error.sentence())
        if received.answer is Answer.STRANGE:
            WEBHOOKS.labels("strange").inc()
        else:
            WEBHOOKS.labels("kept").inc(received.kept)
        return Response(status_code=401 if received.answer is Answer.STRANGE else 200)

    return Route(f"{PLACE}{{door}}", take, methods=["POST"], include_in_schema=False)


async def _body(request: Request) -> bytes | None:
    """Read the body as it came; None when it is longer than any message of Intuit's."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > MESSAGE_MAX:
        return None
    pieces: list[bytes] = []
    length = 0
    async for piece in request.stream():
        length += len(piece)
        if length > MESSAGE_MAX:
            return None
        pieces.append(piece)
    return b"".join(pieces)


def _again(why: str) -> Response:
    log.warning("webhook put off", why=why)
    return Response(status_code=503, headers={"retry-after": "10"})
