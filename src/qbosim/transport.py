"""The simulator as a transport for a synchronous httpx2 client: the same answers as over a socket, without
one.

For tests in process: `httpx2.Client(transport=InProcess(simulator), base_url=simulator.url)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from qbosim.chaos import BodyCut
from qbosim.wire import ConnectionCut, Request

if TYPE_CHECKING:
    from qbosim.simulator import Simulator


class InProcess(httpx2.BaseTransport):
    """Hands every request of a client straight to `Simulator.answer`.

    A cut connection is raised as httpx2 raises it from a real socket (`RemoteProtocolError`).
    """

    def __init__(self, simulator: Simulator) -> None:
        """Whatever host a request is for, `simulator` answers it."""
        self._simulator = simulator

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        try:
            response = self._simulator.answer(
                Request(
                    method=request.method.upper(),
                    path=request.url.path,
                    query=dict(request.url.params),
                    headers={name.lower(): value for name, value in request.headers.items()},
                    body=request.read(),
                )
            )
        except BodyCut as cut:
            raise httpx2.RemoteProtocolError(
                "peer closed connection without sending complete message body", request=request
            ) from cut
        except ConnectionCut as cut:
            raise httpx2.RemoteProtocolError(
                "Server disconnected without sending a response.", request=request
            ) from cut
        return httpx2.Response(
            response.status, headers=list(response.headers), content=response.body, request=request
        )
