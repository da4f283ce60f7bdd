"""Requests and answers as plain values: the one shape that the HTTP door, the tests and every endpoint share.

The simulator is a synchronous function from `Request` to `Response`. The ASGI server around it
(`qbosim.server`) and an in-process transport in somebody's tests are two thin skins over that function,
so that what a test sees in process is what a client sees over a socket.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Request:
    """One HTTP request, already read whole."""

    method: str
    """Upper case."""
    path: str
    """Decoded path, without the query string."""
    query: Mapping[str, str] = field(default_factory=dict)
    """Decoded query parameters; of a repeated one the last counts."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""

    def form(self) -> dict[str, str]:
        """Read the body as application/x-www-form-urlencoded."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True)
class Response:
    """One HTTP answer."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    """Names as Intuit spells them; may repeat."""

    def header(self, name: str) -> str | None:
        """Find a header by its name, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def json(self) -> Any:
        """Read the body as JSON."""
        return json.loads(self.body)


class ConnectionCut(Exception):
    """The connection ends without an answer (a planned fault).

    `committed` says whether the work had been done before the line went dead: the client cannot know.
    """

    def __init__(self, *, committed: bool) -> None:
        super().__init__("the reply was lost" if committed else "the request was lost")
        self.committed = committed
