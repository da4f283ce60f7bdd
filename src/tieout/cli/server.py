"""The server: one application of page and REST, guarded, with the worker in its lifetime."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware

from tieout.api.app import make_api
from tieout.api.intuit import intuit_route
from tieout.api.probes import probe_routes
from tieout.cli.access import Access, check_reach
from tieout.cli.installation import Installation
from tieout.cli.watching import Watchman
from tieout.edges import Edges
from tieout.kit.errors import Invalid
from tieout.web.app import router
from tieout.wiring import Settings
from tieout.worker import Worker

API = "/api/v1"
HEADERS_MAX_SECONDS = 5
"""How long an idle connection is kept open."""


def make_app(edges: Edges, settings: Settings, *, with_worker: bool = True) -> FastAPI:
    """Make the whole application: the page under `/`, REST under `/api/v1`, the worker while it lives.

    Raises Invalid when it would be reachable beyond this computer without an access token.
    """
    check_reach(settings)

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        worker = Worker(edges, threads=settings.threads(), role="serve") if with_worker else None
        watchman = Watchman(edges)
        if worker is not None:
            worker.start()
        watchman.start()
        try:
            yield
        finally:
            await run_in_threadpool(watchman.stop)
            if worker is not None:
                # It finishes the cycles that are running, and must not hold up the loop meanwhile.
                await run_in_threadpool(worker.stop)

    app = FastAPI(
        title="Tieout",
        lifespan=life,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[Middleware(Access, settings=settings, edges=edges)],
    )
    app.router.routes.append(intuit_route(edges))
    app.router.routes.extend(probe_routes(edges))
    app.mount(API, make_api(edges, base_url=settings.base_url()))
    app.include_router(router(edges, settings))
    return app


class _Server(uvicorn.Server):
    """A uvicorn that says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()


def serve_until_stopped(
    installation: Installation, settings: Settings, *, ready: Callable[[str], None], with_worker: bool
) -> None:
    """Serve an installation until a signal stops it; `ready` is told the address once it answers.

    Raises Invalid when the address cannot be listened on, or must not be without an access token.
    """
    check_reach(settings)
    with bound(settings.host, settings.port) as listening:
        settings = settings.model_copy(update={"port": listening.getsockname()[1]})
        with installation.opened(settings) as (edges, _caller):
            config = uvicorn.Config(
                make_app(edges, settings, with_worker=with_worker),
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=HEADERS_MAX_SECONDS,
                timeout_graceful_shutdown=5,
                lifespan="on",
            )
            _Server(config, lambda: ready(settings.base_url())).run(sockets=[listening])


def bound(host: str, port: int) -> socket.socket:
    """Listen on an address; Invalid says why it cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        raise Invalid(
            "This address cannot be listened on",
            record=f"{host}:{port}",
            reason=(error.strerror or str(error)).lower(),
            remedy="Stop what uses it, or choose another: --port 0 takes a free one",
        ) from error
    return listening
