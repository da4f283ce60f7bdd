"""The control plane's doors for webhooks: where they go, what goes wrong, what became of them."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from qbosim import apps
from qbosim.asked import Refused, iso, read_body, whole_number
from qbosim.clock import Clock
from qbosim.store import Store
from qbosim.webhooks import endpoints, mischief, outbox
from qbosim.webhooks.delivery import Webhooks
from qbosim.webhooks.endpoints import Endpoint
from qbosim.webhooks.events import COVERED, Format
from qbosim.wire import Request

_LONGEST_PAGE = 1_000
_LOWER_COVERED = frozenset(name.lower() for name in COVERED)


class WebhookWorld(Protocol):
    """What these doors act on."""

    store: Store
    clock: Clock
    webhooks: Webhooks

    @property
    def client_id(self) -> str:
        """The client id of the first app."""
        ...


class NewEndpoint(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /qbosim/webhooks."""

    url: str
    client_id: str | None = None
    format: Format = "cloudevents"
    entities: list[str] | None = None


class WebhookDoors:
    """Answers control requests about webhooks."""

    def __init__(self, world: WebhookWorld) -> None:
        self._world = world

    def show(self, _request: Request) -> Any:
        """Where webhooks go, how many events wait, what shall go wrong."""
        with self._world.store.transaction() as db:
            waiting = outbox.waiting(db)
            return {
                "endpoints": [
                    {**_endpoint(each), "waiting": waiting.get(each.client_id, 0)}
                    for each in endpoints.every(db)
                ],
                "faults": [_planned(each) for each in mischief.every(db)],
            }

    def register(self, request: Request) -> Any:
        """Send an app's webhooks to an address of this machine."""
        failed = "The webhook address was not registered"
        wish = read_body(request, NewEndpoint, failed)
        why = endpoints.why_not(wish.url)
        if why is not None:
            raise Refused(
                failed,
                which=f"url {wish.url}",
                why=why,
                remedy="Send an address of this machine, such as http://127.0.0.1:5000/webhooks.",
            )
        unknown = [name for name in wish.entities or () if name.lower() not in _LOWER_COVERED]
        if unknown:
            raise Refused(
                failed,
                which=f"entities {', '.join(unknown)}",
                why="Intuit sends no webhooks about them.",
                remedy=f"Leave entities out for all of them, or use some of {', '.join(sorted(COVERED))}.",
            )
        names = None if wish.entities is None else frozenset(name.lower() for name in wish.entities)
        with self._world.store.transaction() as db:
            client_id = wish.client_id or self._world.client_id
            if apps.find(db, client_id) is None:
                raise Refused(
                    failed,
                    which=f"client_id {client_id}",
                    why="No app with this client id is registered here.",
                    remedy="Leave client_id out for the first app, or register one with POST /qbosim/apps.",
                    status=404,
                )
            endpoint = Endpoint(client_id, wish.url, wish.format, names)
            endpoints.register(db, endpoint)
        self._world.webhooks.wake()
        return _endpoint(endpoint)

    def remove(self, request: Request) -> Any:
        """Send no more webhooks to one app (?client_id=), or to any."""
        client_id = request.query.get("client_id")
        with self._world.store.transaction() as db:
            outbox.forget(db, client_id)
            return {"removed": endpoints.remove(db, client_id)}

    def deliver(self, _request: Request) -> Any:
        """Send everything that is due by the simulator's clock, now."""
        return {"attempts": self._world.webhooks.deliver()}

    def log(self, request: Request) -> Any:
        """A page of the log of attempts."""
        failed = "The log of webhooks was not read"
        after = whole_number(request.query.get("after", "0"), "after", failed)
        limit = min(max(whole_number(request.query.get("limit", "100"), "limit", failed), 1), _LONGEST_PAGE)
        with self._world.store.transaction() as db:
            entries = [
                each
                | {
                    "at": iso(each["at"]),
                    "next_at": None if each["next_at"] is None else iso(each["next_at"]),
                }
                for each in outbox.attempts(db, after, limit)
            ]
        return {"attempts": entries, "next": entries[-1]["id"] if len(entries) == limit else None}

    def replay(self, request: Request) -> Any:
        """Send the message of an attempt once more."""
        number = int(request.path.rstrip("/").rpartition("/")[2])
        with self._world.store.transaction() as db:
            message = outbox.replay(db, number, self._world.clock.now().timestamp())
        if message is None:
            raise Refused(
                "The message was not sent again",
                which=f"attempt {number}",
                why="The log has no attempt with this number.",
                remedy="GET /qbosim/webhooks/log lists them.",
                status=404,
            )
        self._world.webhooks.deliver()
        return {"message": message}

    def plan(self, request: Request) -> Any:
        """Let webhooks go wrong."""
        failed = "The fault was not planned"
        plan = read_body(request, mischief.Plan, failed)
        for field, wrong, why in (
            ("nth", plan.nth < 1, "Events are counted from 1."),
            ("times", plan.times is not None and plan.times < 1, "It must be 1 or more, or null for ever."),
            ("probability", not 0 <= plan.probability <= 1, "It lies between 0 and 1."),
            ("seconds", not 0 <= plan.seconds <= 31_536_000, "It lies between 0 and a year."),
        ):
            if wrong:
                raise Refused(
                    failed, which=field, why=why, remedy="GET /qbosim/webhooks/faults shows how a plan looks."
                )
        with self._world.store.transaction() as db:
            number = mischief.add(db, plan)
            return _planned(next(each for each in mischief.every(db) if each.id == number))

    def plans(self, _request: Request) -> Any:
        """What shall go wrong, what did so far, and what can."""
        with self._world.store.transaction() as db:
            return {"faults": [_planned(each) for each in mischief.every(db)], "kinds": mischief.KINDS}

    def clear(self, _request: Request) -> Any:
        """Let nothing go wrong any more."""
        with self._world.store.transaction() as db:
            return {"removed": mischief.clear(db)}


def _endpoint(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "client_id": endpoint.client_id,
        "url": endpoint.url,
        "format": endpoint.format,
        "entities": None if endpoint.entities is None else sorted(endpoint.entities),
    }


def _planned(planned: mischief.Planned) -> dict[str, Any]:
    plan: dict[str, Any] = msgspec.to_builtins(planned.plan)
    return {"id": planned.id, "seen": planned.seen, "fired": planned.fired, **plan}
