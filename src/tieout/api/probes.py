"""Probes: whether this process lives, whether it can work, and what a collector reads. No books, no secrets."""

from __future__ import annotations

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tieout.api.metrics import MEDIA_TYPE, exposition
from tieout.edges import Edges
from tieout.kit.errors import TieoutError


def probe_routes(edges: Edges) -> list[Route]:
    """Make `/healthz`, `/readyz` and `/metrics`; who may ask for the last was decided in front of them."""

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(_request: Request) -> Response:
        try:
            current = await anyio.to_thread.run_sync(edges.database.is_current)
        except TieoutError:
            return JSONResponse({"ready": False, "why": "the database cannot be used"}, 503)
        if not current:
            return JSONResponse({"ready": False, "why": "the database belongs to another version"}, 503)
        return JSONResponse({"ready": True})

    async def metrics(_request: Request) -> Response:
        try:
            text = await anyio.to_thread.run_sync(exposition, edges)
        except TieoutError:
            return PlainTextResponse("the database cannot be used\n", 503)
        return Response(text, media_type=MEDIA_TYPE)

    return [
        Route("/healthz", alive, include_in_schema=False),
        Route("/readyz", ready, include_in_schema=False),
        Route("/metrics", metrics, include_in_schema=False),
    ]
