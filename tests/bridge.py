"""An httpx2 transport that ends in a simulator in the same process: no socket, no port, no waiting."""

from __future__ import annotations

from typing import Protocol

import httpx2

from qbosim.wire import ConnectionCut, Request, Response


class Answers(Protocol):
    """Whatever answers requests as `qbosim.simulator.Simulator` does."""

    def answer(self, request: Request) -> Response:
        """Answer one request, or raise ConnectionCut."""
        ...


class SimulatorTransport(httpx2.BaseTransport):
    """Hands every request of an `httpx2.Client` to a simulator, whatever host it was meant for.

    A cut connection becomes what a client sees of one: `ReadError`, which does not tell whether the work
    was done. `calls` counts the requests that were handed over.
    """

    def __init__(self, simulator: Answers) -> None:
        self._simulator = simulator
        self.calls = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one HTTP request from the simulator."""
        self.calls += 1
        asked = Request(
            method=request.method,
            path=request.url.path,
            query=dict(request.url.params.multi_items()),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request.read(),
        )
        try:
            answer = self._simulator.answer(asked)
        except ConnectionCut as cut:
            raise httpx2.ReadError("the connection was closed without an answer", request=request) from cut
        return httpx2.Response(
            answer.status, headers=list(answer.headers), content=answer.body, request=request
        )
