"""A way to the simulator that can be cut, listened to and tampered with; and many records made cheaply."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2

from tests.bridge import SimulatorTransport
from tests.world import World

Tamper = Callable[[Any], None]


class Died(BaseException):
    """The process ends here; no handler of ours may survive it."""


class Wire(httpx2.BaseTransport):
    """Carries requests to the simulator; dies at the n-th, and changes answers on their way back if told to."""

    def __init__(self, world: World, *, die_at: int = 0, tamper: Tamper | None = None) -> None:
        self._inner = SimulatorTransport(world.simulator)
        self._die_at, self._tamper = die_at, tamper
        self.asked: list[str] = []
        """The query statements that were sent."""
        self.calls = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Carry a request, unless the process dies now."""
        self.calls += 1
        if self.calls == self._die_at:
            raise Died
        self.asked.append(request.url.params.get("query", request.url.path))
        answer = self._inner.handle_request(request)
        if self._tamper is None or answer.status_code != 200 or not answer.content:
            return answer
        body = json.loads(answer.content)
        self._tamper(body)
        kept = [pair for pair in answer.headers.items() if pair[0].lower() != "content-length"]
        return httpx2.Response(200, headers=kept, content=json.dumps(body).encode(), request=request)


def rewired(world: World, **options: Any) -> Wire:
    """Restart a world's installation on such a wire."""
    wire = Wire(world, **options)
    world.transport = wire
    world.restart()
    return wire


def calm(world: World) -> None:
    """Restart a world's installation on a wire that only carries, after whatever it held has run out."""
    world.transport = SimulatorTransport(world.simulator)
    world.restart()
    world.pass_time(600)


def many(world: World, entity: str, bodies: list[dict[str, Any]], **more: Any) -> list[dict[str, Any]]:
    """Write many records in QuickBooks, thirty to a batch; `more` goes into every request."""
    made: list[dict[str, Any]] = []
    for first in range(0, len(bodies), 30):
        requests = [
            {"bId": str(number), "operation": "create", **more, entity: body}
            for number, body in enumerate(bodies[first : first + 30])
        ]
        answers = world.books("POST", "batch", {"BatchItemRequest": requests})["BatchItemResponse"]
        made += [one[entity] for one in sorted(answers, key=lambda one: int(one["bId"]))]
    return made
