"""The product as the demo runs it: page, REST and worker over a fresh database, in threads of this process."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from tieout.cli.server import bound, make_app
from tieout.kit.clock import Clock
from tieout.kit.errors import Invalid, Unreachable
from tieout.wiring import Settings, build

ADDRESS = "127.0.0.1"
USUAL_PORT = 8787
START_SECONDS = 20.0
END_SECONDS = 6.0


@contextmanager
def served(*, home: Path, intuit_url: str, port: int | None, clock: Clock) -> Iterator[Settings]:
    """Serve Tieout for the length of a `with` block, pointed at the address that stands in for Intuit's.

    `port` None takes the usual one when it is free and another otherwise; 0 takes any free one. Raises Invalid
    when the wanted port is taken.
    """
    listener = _listener(port)
    settings = Settings(
        home=home,
        database="",
        key_file=None,
        intuit_url=intuit_url,
        environment="production",
        host=ADDRESS,
        port=listener.getsockname()[1],
        public_url="",
        access_token="",
    )
    with listener:
        edges = build(settings, clock=clock)
        try:
            server = uvicorn.Server(
                uvicorn.Config(
                    make_app(edges, settings),
                    log_level="error",
                    access_log=False,
                    timeout_graceful_shutdown=1,
                )
            )
            thread = threading.Thread(
                target=server.run, kwargs={"sockets": [listener]}, name="page", daemon=True
            )
            thread.start()
            try:
                _wait_until_started(server, thread)
                yield settings
            finally:
                server.should_exit = True
                thread.join(END_SECONDS)
        finally:
            edges.http.close()
            edges.database.close()


def _listener(port: int | None) -> socket.socket:
    """Take a port now, so that nobody else can have it between looking and serving."""
    if port is not None:
        return bound(ADDRESS, port)
    try:
        return bound(ADDRESS, USUAL_PORT)
    except Invalid:
        return bound(ADDRESS, 0)


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    give_up = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > give_up:
            raise Unreachable(
                "The demo's page did not start",
                record="the page",
                reason="the web server ended before it was ready; what it said stands above",
                remedy="Run the demo again",
            )
        time.sleep(0.02)
