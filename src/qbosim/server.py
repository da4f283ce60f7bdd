"""The HTTP door: reads a request whole, asks the simulator in a worker thread, writes the answer or cuts
the line.

A thin skin over `Simulator.answer`. A planned lost reply really closes the socket without a byte, and a cut
body ends in the middle, because clients treat a dead line differently from any status code.
"""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import anyio.to_thread
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from qbosim.chaos import BodyCut
from qbosim.packed import TooLarge, unpacked
from qbosim.rules import Topic, assumed, documented, recorded
from qbosim.wire import ConnectionCut, Request, Response

if TYPE_CHECKING:
    from uvicorn._types import (
        ASGI3Application,
        ASGIReceiveCallable,
        ASGISendCallable,
        HTTPScope,
        Scope,
    )

    from qbosim.certificates import Certificates
    from qbosim.simulator import Simulator

_THREADS = 16
"""The store lets one through at a time; more threads only wait, but a slow planned fault must not block the
others."""
_CUT = "qbosim.cut"
_LARGEST_BODY = 110 * 1024 * 1024
"""An upload may have 100 MB (Intuit's documentation), and something around it."""
_WORTH_COMPRESSING = range(1_000, 200_000)
"""Bytes of an answer that is compressed: a page of 1,000 records would take longer to pack than to make."""
_GZIP = re.compile(r"(^|[\s,])(x-)?gzip\s*(;\s*q\s*=\s*(1|0\.\d*[1-9]))?\s*(,|$)", re.IGNORECASE)

RULES = Topic(
    "Requests",
    recorded(
        "requests.gzip",
        "An answer is compressed with gzip for whoever accepts that (setting compress); here not beyond 200 KB.",
        "answers carry Vary: Accept-Encoding in sandbox traffic (minimul/qbo_api, misc/irregular_char)",
    ),
    documented(
        "requests.largest",
        "A body beyond 100 MB and a little is refused with 413.",
        "Intuit's documentation of uploads names 100 MB; the status is what gateways answer",
    ),
    documented(
        "requests.packed",
        "A body may come compressed with gzip or deflate; what unpacks to more than 100 MB and a little is refused "
        "with 413.",
        "Intuit's SDKs for .NET and Java, whose requests can be compressed",
    ),
    assumed(
        "requests.http",
        "Chunked bodies, Expect: 100-continue, kept-alive connections and HEAD work as HTTP says.",
        "public clients rely on them",
    ),
)


def asgi_app(simulator: Simulator) -> ASGI3Application:
    """The simulator as an ASGI application.

    Under another server than `Server` (or in an ASGI test transport) a cut connection appears as an
    exception, since ASGI itself knows no way to end one.
    """
    limiter: list[anyio.CapacityLimiter] = []

    async def app(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            return
        if not limiter:
            limiter.append(anyio.CapacityLimiter(_THREADS))
        try:
            request = await _request(scope, receive)
            if request is None:
                return
            response = await anyio.to_thread.run_sync(_answer, simulator, request, limiter=limiter[0])
        except _TooBig:
            await _send(send, Response(413, b"", (("Connection", "close"),)))
        except BodyCut as cut:
            await _send(send, cut.response, half=True)
            await _cut(scope, receive, cut)
        except ConnectionCut as cut:
            await _cut(scope, receive, cut)
        else:
            await _send(send, response, head_only=request.method == "HEAD")

    return app


class Server:
    """The HTTP server around one simulator; binds at once, so that the port is known and surely free."""

    def __init__(
        self,
        simulator: Simulator,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: Certificates | None = None,
        listening: socket.socket | None = None,
    ) -> None:
        """Bind `host`:`port` (0: any free port) and tell the simulator its address; with `tls` it speaks https.

        `listening`: a socket that listens at `host` already. Raises OSError.
        """
        self._socket = _listening(host, port) if listening is None else listening
        self.host = host
        self.port: int = self._socket.getsockname()[1]
        shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared, not bound
        scheme, usual = ("http", 80) if tls is None else ("https", 443)
        shown = f"[{shown}]" if ":" in shown else shown
        self.url = f"{scheme}://{shown}" + ("" if self.port == usual else f":{self.port}")
        simulator.url = self.url
        self._webhooks = simulator.webhooks
        config = uvicorn.Config(
            asgi_app(simulator),
            http=_CuttableProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=75,  # clients keep connections in a pool and idle between their cycles
            timeout_graceful_shutdown=2,
            ssl_context_factory=None if tls is None else lambda *_: tls.server_context(),
        )
        self._server = uvicorn.Server(config)

    def run(self, ready: Callable[[], None] | None = None) -> None:
        """Serve until stopped by `stop` or by a signal; `ready` is called once requests are answered."""
        with self._webhooks.running():
            asyncio.run(self._serve(ready))

    def stop(self) -> None:
        """Ask a running server to end (from any thread)."""
        self._server.should_exit = True

    async def _serve(self, ready: Callable[[], None] | None) -> None:
        serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started and not serving.done():
            await asyncio.sleep(0.005)
        if self._server.started and ready is not None:
            ready()
        await serving


@contextmanager
def running(
    simulator: Simulator, *, host: str = "127.0.0.1", port: int = 0, tls: Certificates | None = None
) -> Iterator[str]:
    """Serve in a thread for the length of the block; yields the base address."""
    with serving(Server(simulator, host=host, port=port, tls=tls)) as address:
        yield address


@contextmanager
def serving(server: Server) -> Iterator[str]:
    """Let a server answer from a thread for the length of the block; yields its base address."""
    started = threading.Event()
    thread = threading.Thread(target=server.run, args=(started.set,), name="qbosim", daemon=True)
    thread.start()
    try:
        if not started.wait(10):
            raise RuntimeError("the simulator's server did not start within 10 seconds")
        yield server.url
    finally:
        server.stop()
        thread.join(10)


def open_simulator(**arguments: Any) -> Simulator:
    """A simulator whose slow answers take real seconds. The arguments are those of `Simulator`."""
    from qbosim.simulator import Simulator

    return Simulator(sleep=time.sleep, **arguments)


def _listening(host: str, port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(256)
    except OSError:
        made.close()
        raise
    return made


class _CuttableProtocol(H11Protocol):
    """Uvicorn's own HTTP/1.1, which also hands the application a way to end the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # Head and body are two writes; without this each keep-alive request would wait some 40 ms for an
        # acknowledgement.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        inner = self.app

        async def app(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
            if scope["type"] == "http":
                scope.setdefault("extensions", {})[_CUT] = {"transport": transport}
            await inner(scope, receive, send)

        self.app = app


class _TooBig(Exception):
    """A body larger than Intuit takes."""


def _answer(simulator: Simulator, request: Request) -> Response:
    """Answer a request, compressed where the client takes that and it is worth while. Raises _TooBig."""
    if (encoding := request.headers.get("content-encoding")) is not None:
        try:
            request = replace(request, body=unpacked(request.body, encoding, _LARGEST_BODY))
        except TooLarge as large:
            raise _TooBig from large
    response = simulator.answer(request)
    accepted = request.headers.get("accept-encoding", "")
    if (
        len(response.body) not in _WORTH_COMPRESSING
        or not _GZIP.search(accepted)
        or not simulator.settings.compress
        or not (response.header("content-type") or "").startswith(("application/json", "application/xml"))
    ):
        return response
    headers = (*response.headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
    return Response(response.status, gzip.compress(response.body, compresslevel=1, mtime=0), headers)


async def _request(scope: HTTPScope, receive: ASGIReceiveCallable) -> Request | None:
    """The whole request, or None when the client went away before it had sent all of it."""
    pieces = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.request":
            size += len(message["body"])
            pieces.append(message["body"])
            if size > _LARGEST_BODY:
                pieces.clear()  # read to its end, so that the client is listening, but not kept
            if not message["more_body"]:
                break
        else:
            return None
    if size > _LARGEST_BODY:
        raise _TooBig
    return Request(
        method=scope["method"].upper(),
        path=scope["path"],
        query=dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=b"".join(pieces),
    )


async def _send(
    send: ASGISendCallable, response: Response, *, half: bool = False, head_only: bool = False
) -> None:
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in response.headers]
    headers.append((b"content-length", str(len(response.body)).encode()))
    await send(
        {"type": "http.response.start", "status": response.status, "headers": headers, "trailers": False}
    )
    if half:
        part = response.body[: max(1, len(response.body) // 2)]
        await send({"type": "http.response.body", "body": part, "more_body": True})
    else:
        body = b"" if head_only else response.body
        await send({"type": "http.response.body", "body": body, "more_body": False})


async def _cut(scope: HTTPScope, receive: ASGIReceiveCallable, cut: ConnectionCut) -> None:
    extensions: dict[str, Any] = scope.get("extensions") or {}
    handle = extensions.get(_CUT)
    if handle is None:
        raise cut
    if isinstance(cut, BodyCut):
        handle["transport"].close()  # after what was written has gone out
    else:
        handle["transport"].abort()
    while (await receive())["type"] != "http.disconnect":
        pass
