"""A stand-in for the network where a simulator cannot misbehave enough: canned answers, and what was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx2

Answer = httpx2.Response | Exception


def json_answer(body: str | bytes, status: int = 200, **headers: str) -> httpx2.Response:
    """Make an answer as the service gives it; header names are written with `_` for `-`."""
    spelled = {name.replace("_", "-"): value for name, value in headers.items()}
    spelled["intuit_tid"] = spelled.pop("intuit-tid", "1-tid")
    return httpx2.Response(
        status,
        content=body if isinstance(body, bytes) else body.encode(),
        headers={"content-type": "application/json;charset=utf-8", **spelled},
    )


@dataclass
class Line:
    """A line to nowhere: hands out the canned answers one after the other, the last one for ever."""

    answers: list[Answer]
    asked: list[httpx2.Request] = field(default_factory=list)

    def client(self) -> httpx2.Client:
        """Make a client whose requests end here."""
        return httpx2.Client(transport=httpx2.MockTransport(self._answer()))

    def _answer(self) -> Callable[[httpx2.Request], httpx2.Response]:
        def answer(request: httpx2.Request) -> httpx2.Response:
            self.asked.append(request)
            given = self.answers[min(len(self.asked), len(self.answers)) - 1]
            if isinstance(given, Exception):
                raise given
            return httpx2.Response(given.status_code, content=given.content, headers=given.headers)

        return answer
