"""The control plane under /qbosim/: what a tester or another program may ask of the simulator itself.

A stable contract, listed in DOORS (the command line's help, the front page and `GET /qbosim` all show that
list). Bodies and answers are JSON. A request that cannot be done is answered with an error in four parts:
what, which, why, remedy.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from qbosim import chaos, realms, requestlog, tokens
from qbosim.asked import Refused, invalid, is_number, iso, read_body
from qbosim.controls.bundles import BundleDoor
from qbosim.controls.clock import ClockDoors
from qbosim.controls.companies import CompanyDoors, company_shown
from qbosim.controls.connections import ConnectionDoors
from qbosim.controls.faults import FaultDoors, planned_fault
from qbosim.controls.log import LogDoors
from qbosim.controls.merging import MergeDoor
from qbosim.controls.world import Controlled
from qbosim.generate.company import size_of
from qbosim.oauth import OAuth
from qbosim.settings import Settings
from qbosim.webhooks.doors import WebhookDoors
from qbosim.wire import Request, Response

_MOST_MADE_ANEW = 20_000
"""Invoices of a generated company that a reset makes once more; it takes some ten seconds."""


class Reset(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /qbosim/reset."""

    keep_connections: bool = False


class SettingsChange(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /qbosim/settings; what is left out stays as it is."""

    throttle: bool | msgspec.UnsetType = msgspec.UNSET
    throttle_body: str | msgspec.UnsetType = msgspec.UNSET
    throttle_status: int | msgspec.UnsetType = msgspec.UNSET
    reports_per_minute: int | msgspec.UnsetType = msgspec.UNSET
    change_feed_days: int | msgspec.UnsetType = msgspec.UNSET
    compress: bool | msgspec.UnsetType = msgspec.UNSET
    reuse_revokes: bool | msgspec.UnsetType = msgspec.UNSET
    webhook_window: float | msgspec.UnsetType = msgspec.UNSET


Act = Callable[["Control", Request], Any]


@dataclass(frozen=True)
class Door:
    """One thing the control plane does."""

    method: str
    path: str
    doc: str
    act: Act


class Control:
    """Answers control requests by acting on a simulator."""

    def __init__(self, simulator: Controlled, oauth: OAuth) -> None:
        """`oauth` words the answer of a grant."""
        self._simulator = simulator
        self.connections = ConnectionDoors(simulator, oauth)
        """The doors for apps and their connections."""
        self.companies = CompanyDoors(simulator)
        """The doors for companies."""
        self.clock = ClockDoors(simulator)
        """The doors for the clock."""
        self.faults = FaultDoors(simulator)
        """The doors for planned faults."""
        self.log = LogDoors(simulator)
        """The doors for the request log."""
        self.webhooks = WebhookDoors(simulator)
        """The doors for webhooks."""
        self.bundles = BundleDoor(simulator)
        """The door for bundles."""
        self.merging = MergeDoor(simulator)
        """The door for merging."""

    @property
    def doors(self) -> tuple[Door, ...]:
        """Everything that can be asked."""
        return DOORS

    def answer(self, request: Request) -> Response:
        """Answer a request whose path is /qbosim or below."""
        path = request.path.rstrip("/")
        try:
            return _json(200, self._act(path, request))
        except Refused as refused:
            return _json(refused.status, {"error": refused.parts})

    def _act(self, path: str, request: Request) -> Any:
        here = [door for door in DOORS if _leads_to(door.path, path)]
        if not here:
            raise Refused(
                "There is no such control",
                which=path,
                why="The control plane has no door of that name.",
                remedy="GET /qbosim lists all of them.",
                status=404,
            )
        for door in here:
            if door.method == request.method:
                if door.method != "GET" and _from_another_site(request):
                    raise Refused(
                        "The control was not used",
                        which=f"{request.method} {path} from {request.headers.get('origin', 'another site')}",
                        why="A page of another site sent it through a browser; any page could.",
                        remedy="Call the control plane from a program or a terminal, or use the console.",
                        status=403,
                    )
                return door.act(self, request)
        raise Refused(
            "This control is not used that way",
            which=f"{request.method} {path}",
            why=f"It answers {' and '.join(door.method for door in here)} only.",
            remedy="GET /qbosim lists all doors with their methods.",
            status=405,
        )

    def index(self, _request: Request) -> Any:
        """List the doors."""
        return {"doors": [{"method": door.method, "path": door.path, "does": door.doc} for door in DOORS]}

    def state(self, request: Request) -> Any:
        """The world at one look."""
        simulator = self._simulator
        with simulator.store.transaction() as db:
            return {
                "url": simulator.base_url(request),
                "seed": simulator.founding.seed,
                "company": simulator.founding.company,
                "realm_id": simulator.realm_id,
                "client_id": simulator.client_id,
                "clock": self.clock.show(request),
                "settings": msgspec.to_builtins(simulator.settings),
                "companies": [company_shown(each) for each in realms.every(db)],
                "connections": [
                    {
                        "client_id": each.client_id,
                        "realm_id": each.realm,
                        "scope": each.scope,
                        "granted_at": iso(each.granted_at),
                        "revoked_at": None if each.revoked_at is None else iso(each.revoked_at),
                    }
                    for each in tokens.connections(db)
                ],
                "faults": [planned_fault(each) for each in chaos.every(db)],
                "requests": requestlog.last_number(db),
            }

    def reset(self, request: Request) -> Any:
        """Back to the beginning."""
        wish = read_body(request, Reset, "The simulator was not reset")
        company = self._simulator.founding.company
        size = size_of(company)
        if size is not None and size.invoices > _MOST_MADE_ANEW:
            raise Refused(
                "The simulator was not reset",
                which=company,
                why="So many transactions are not made anew while a caller waits.",
                remedy="Stop the simulator, put back a copy of the file (or generate it again) and start it.",
                status=409,
            )
        try:
            if company not in ("sample", "empty") and size is None and not Path(company).is_dir():
                raise FileNotFoundError("the directory is not there any more")
            self._simulator.reset(keep_connections=wish.keep_connections)
        except (ValueError, OSError) as error:
            raise Refused(
                "The simulator was not reset",
                which=company,
                why=f"The company cannot be loaded from this directory again: {error}.",
                remedy="Put the directory back as it was, or start a new simulator.",
                status=409,
            ) from error
        return self.state(request)

    def settings(self, _request: Request) -> Any:
        """The switches."""
        return msgspec.to_builtins(self._simulator.settings)

    def change_settings(self, request: Request) -> Any:
        """Change some switches."""
        failed = "The settings were not changed"
        wish = read_body(request, SettingsChange, failed)
        merged = msgspec.to_builtins(self._simulator.settings) | msgspec.to_builtins(wish)
        try:
            changed = msgspec.convert(merged, Settings)
        except msgspec.ValidationError as error:
            raise invalid(failed, error) from error
        self._simulator.change_settings(changed)
        return msgspec.to_builtins(changed)


DOORS: tuple[Door, ...] = (
    Door("GET", "/qbosim", "this list", Control.index),
    Door("GET", "/qbosim/state", "the world at one look", Control.state),
    Door(
        "POST",
        "/qbosim/grant",
        'connect without a browser: {"realm_id", "client_id", "scope"} (optional) -> Intuit\'s tokens',
        lambda control, request: control.connections.grant(request),
    ),
    Door(
        "POST",
        "/qbosim/revoke",
        'the user disconnects in QuickBooks: {"realm_id", "client_id" (optional)}',
        lambda control, request: control.connections.revoke(request),
    ),
    Door(
        "POST",
        "/qbosim/reset",
        'back to the company it started with: {"keep_connections": false}; what was generated is made anew, up to'
        f" {_MOST_MADE_ANEW} invoices",
        Control.reset,
    ),
    Door("GET", "/qbosim/clock", "the simulated time", lambda control, request: control.clock.show(request)),
    Door(
        "POST",
        "/qbosim/clock",
        '{"set": instant with offset} / {"advance": seconds} / {"freeze": true|false}',
        lambda control, request: control.clock.move(request),
    ),
    Door(
        "GET",
        "/qbosim/faults",
        "planned faults, what they did, and the kinds there are",
        lambda control, request: control.faults.show(request),
    ),
    Door(
        "POST",
        "/qbosim/faults",
        'plan a fault: {"fault": kind, "method", "path" (with *), "entity", "operation", "realm",'
        ' "client_id", "nth": 1, "times": 1 (null: for ever), "probability": 1.0,'
        ' "when": "before"|"after" the work is done,'
        ' "seconds", "status", "code", "message", "detail", "type"}',
        lambda control, request: control.faults.plan(request),
    ),
    Door(
        "DELETE",
        "/qbosim/faults",
        "take back all planned faults",
        lambda control, request: control.faults.clear(request),
    ),
    Door(
        "DELETE",
        "/qbosim/faults/{id}",
        "take back one",
        lambda control, request: control.faults.clear(request),
    ),
    Door(
        "GET",
        "/qbosim/log",
        "every request with its cost in metered reads; filters ?realm= &operation= &entity= &status="
        " &outcome= &path= …, paging ?after= &before= &limit= &order=newest, ?bodies=1",
        lambda control, request: control.log.show(request),
    ),
    Door(
        "DELETE",
        "/qbosim/log",
        "forget the entries (the reads per day stay)",
        lambda control, request: control.log.clear(request),
    ),
    Door(
        "GET",
        "/qbosim/log/summary",
        "requests and metered reads per company and day (UTC)",
        lambda control, request: control.log.summary(request),
    ),
    Door(
        "GET", "/qbosim/companies", "the companies", lambda control, request: control.companies.show(request)
    ),
    Door(
        "POST",
        "/qbosim/companies",
        'add one: {"kind": "empty"|"sample"|"directory", "name", "directory",'
        ' "country": "US", "currency": "USD"}',
        lambda control, request: control.companies.add(request),
    ),
    Door(
        "GET",
        "/qbosim/apps",
        "the registered apps with their credentials",
        lambda control, request: control.connections.apps(request),
    ),
    Door(
        "POST",
        "/qbosim/apps",
        'register one: {"name", "redirect_uris": []}',
        lambda control, request: control.connections.add_app(request),
    ),
    Door("GET", "/qbosim/settings", "the switches", Control.settings),
    Door(
        "POST",
        "/qbosim/settings",
        '{"throttle": true|false, "throttle_body": "json"|"xml", "reuse_revokes": true|false,'
        ' "webhook_window": seconds}',
        Control.change_settings,
    ),
    Door(
        "GET",
        "/qbosim/webhooks",
        "where webhooks go, how many events wait, what shall go wrong",
        lambda control, request: control.webhooks.show(request),
    ),
    Door(
        "POST",
        "/qbosim/webhooks",
        'send an app\'s webhooks to an address of this machine: {"url", "client_id", "format": "cloudevents"|"legacy",'
        ' "entities": [] (left out: all)}',
        lambda control, request: control.webhooks.register(request),
    ),
    Door(
        "DELETE",
        "/qbosim/webhooks",
        "send none any more (?client_id= for one app); what waits is dropped",
        lambda control, request: control.webhooks.remove(request),
    ),
    Door(
        "POST",
        "/qbosim/webhooks/deliver",
        "send everything that is due by the simulated clock, now",
        lambda control, request: control.webhooks.deliver(request),
    ),
    Door(
        "GET",
        "/qbosim/webhooks/log",
        "every attempt to send a message; paging ?after= &limit=",
        lambda control, request: control.webhooks.log(request),
    ),
    Door(
        "POST",
        "/qbosim/webhooks/replay/{id}",
        "send the message of that attempt once more, at once",
        lambda control, request: control.webhooks.replay(request),
    ),
    Door(
        "GET",
        "/qbosim/webhooks/faults",
        "what shall go wrong with webhooks, and what can",
        lambda control, request: control.webhooks.plans(request),
    ),
    Door(
        "POST",
        "/qbosim/webhooks/faults",
        'let events go wrong: {"fault": "lost"|"late"|"duplicate"|"out_of_order"|"wrong_signature", "entity",'
        ' "operation", "realm", "client_id", "nth": 1, "times": 1 (null: for ever), "probability": 1.0,'
        ' "seconds": 60}',
        lambda control, request: control.webhooks.plan(request),
    ),
    Door(
        "DELETE",
        "/qbosim/webhooks/faults",
        "let nothing go wrong with webhooks any more",
        lambda control, request: control.webhooks.clear(request),
    ),
    Door(
        "POST",
        "/qbosim/bundles",
        'make a bundle of items, which the API cannot: {"name", "parts": [{"item": "3", "quantity": 2}], "realm_id",'
        ' "description", "sku"} -> {"Item"}',
        lambda control, request: control.bundles.make(request),
    ),
    Door(
        "POST",
        "/qbosim/merge",
        'merge two records of a list, which the API cannot: {"entity": "Customer", "gone": "5", "kept": "3", "realm_id",'
        ' "leaves": "nothing"|"inactive"} -> the record that stays',
        lambda control, request: control.merging.merge(request),
    ),
    Door(
        "GET",
        "/qbosim/check",
        "do the books balance? (?realm_id= for one company)",
        lambda control, request: control.companies.check(request),
    ),
)
"""The whole control plane."""


def _from_another_site(request: Request) -> bool:
    """Whether a browser says that another page than ours sends this; programs say nothing of the kind."""
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return True
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")


def _leads_to(pattern: str, path: str) -> bool:
    stem, _, slot = pattern.rpartition("/")
    if slot != "{id}":
        return pattern == path
    parent, _, last = path.rpartition("/")
    return parent == stem and is_number(last)


def _json(status: int, value: Any) -> Response:
    return Response(
        status,
        json.dumps(value, ensure_ascii=False).encode(),
        (("Content-Type", "application/json;charset=utf-8"), ("Cache-Control", "no-store")),
    )
