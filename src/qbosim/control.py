"""The control plane under /qbosim/: what a tester or another program may ask of the simulator itself.

A stable contract, listed in DOORS (the command line's help, the front page and `GET /qbosim` all show that
list). Bodies and answers are JSON. A request that cannot be done is answered with an error in four parts:
what, which, why, remedy.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec

from qbosim import apps, chaos, realms, requestlog, tokens
from qbosim.asked import Refused, invalid, is_number, iso, read_body, whole_number
from qbosim.books.ledger import check_balanced
from qbosim.bundledoor import BundleDoor
from qbosim.chance import Chance
from qbosim.chaos import Plan
from qbosim.clock import Clock
from qbosim.companies.load import LoadReport
from qbosim.founding import Founding
from qbosim.generate.company import size_of
from qbosim.mergedoor import MergeDoor
from qbosim.oauth import SCOPES, OAuth
from qbosim.realms import Realm
from qbosim.settings import Settings
from qbosim.store import Store
from qbosim.webhooks.delivery import Webhooks
from qbosim.webhooks.doors import WebhookDoors
from qbosim.wire import Request, Response

_LONGEST_PAGE = 1_000
_MOST_MADE_ANEW = 20_000
"""Invoices of a generated company that a reset makes once more; it takes some ten seconds."""


class Controlled(Protocol):
    """What the control plane acts on: the parts of a simulator that a tester may move."""

    store: Store
    clock: Clock
    chance: Chance
    founding: Founding
    webhooks: Webhooks

    def base_url(self, request: Request) -> str:
        """The address under which the asker reaches the simulator."""
        ...

    @property
    def realm_id(self) -> str:
        """The company the simulator started with."""
        ...

    @property
    def client_id(self) -> str:
        """The client id of the first app."""
        ...

    @property
    def settings(self) -> Settings:
        """The switches as they are now."""
        ...

    def change_settings(self, changed: Settings) -> None:
        """Set the switches and keep them."""
        ...

    def companies(self) -> list[Realm]:
        """All companies, the first one first."""
        ...

    def add_company(
        self, kind: str, *, name: str | None = None, country: str = "US", currency: str = "USD"
    ) -> tuple[Realm, LoadReport | None]:
        """Add a company: `sample`, `empty`, or a directory of real QBO objects."""
        ...

    def reset(self, *, keep_connections: bool = False) -> None:
        """Go back to the beginning."""
        ...


class Grant(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /qbosim/grant."""

    realm_id: str | None = None
    client_id: str | None = None
    scope: str = tokens.ACCOUNTING


class Reset(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /qbosim/reset."""

    keep_connections: bool = False


class ClockChange(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /qbosim/clock."""

    set: datetime | None = None
    advance: float | None = None
    freeze: bool | None = None


class NewCompany(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /qbosim/companies."""

    kind: str = "empty"
    name: str | None = None
    directory: str | None = None
    country: str = "US"
    currency: str = "USD"


class NewApp(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /qbosim/apps."""

    name: str
    redirect_uris: list[str] = []


class Disconnect(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /qbosim/revoke."""

    realm_id: str
    client_id: str | None = None


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
        self._oauth = oauth
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
                "clock": self.clock(request),
                "settings": msgspec.to_builtins(simulator.settings),
                "companies": [_company(each) for each in realms.every(db)],
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
                "faults": [_planned(each) for each in chaos.every(db)],
                "requests": requestlog.last_number(db),
            }

    def grant(self, request: Request) -> Any:
        """Connect without a browser: Intuit's token JSON, plus nothing."""
        wish = read_body(request, Grant, "No tokens were issued")
        simulator = self._simulator
        with simulator.store.transaction() as db:
            realm = wish.realm_id or simulator.realm_id
            client_id = wish.client_id or simulator.client_id
            self._known_company("No tokens were issued", realm)
            if apps.find(db, client_id) is None:
                raise Refused(
                    "No tokens were issued",
                    which=f"client_id {client_id}",
                    why="No app with this client id is registered here.",
                    remedy="Leave client_id out for the first app, or register one with POST /qbosim/apps.",
                    status=404,
                )
            unknown = [scope for scope in wish.scope.split() if scope not in SCOPES]
            if unknown or not wish.scope.strip():
                raise Refused(
                    "No tokens were issued",
                    which=f"scope {' '.join(unknown) or '(empty)'}",
                    why="Intuit has no such scope.",
                    remedy=f"Use one or more of: {' '.join(SCOPES)}.",
                )
            issued = tokens.grant(
                db,
                simulator.chance,
                client_id=client_id,
                realm=realm,
                scope=" ".join(wish.scope.split()),
                now=simulator.clock.now().timestamp(),
            )
        return self._oauth.granted(issued)

    def revoke(self, request: Request) -> Any:
        """The user disconnects the app inside QuickBooks."""
        wish = read_body(request, Disconnect, "Nothing was disconnected")
        self._known_company("Nothing was disconnected", wish.realm_id)
        with self._simulator.store.transaction() as db:
            ended = tokens.revoke_realm(
                db,
                realm=wish.realm_id,
                client_id=wish.client_id,
                now=self._simulator.clock.now().timestamp(),
            )
        return {"realm_id": wish.realm_id, "connections_ended": ended}

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

    def clock(self, _request: Request) -> Any:
        """What time it is."""
        clock = self._simulator.clock
        return {
            "now": clock.now().isoformat(),
            "frozen": clock.frozen,
            "offset_seconds": clock.state.offset_seconds,
        }

    def move_clock(self, request: Request) -> Any:
        """Set, advance, freeze or release the clock; in this order when several are asked."""
        wish = read_body(request, ClockChange, "The clock was not moved")
        clock = self._simulator.clock
        if wish.set is None and wish.advance is None and wish.freeze is None:
            raise Refused(
                "The clock was not moved",
                which="the body",
                why="It asks for nothing.",
                remedy='Send {"set": "2026-01-31T09:00:00+00:00"}, {"advance": seconds} or {"freeze": true}.',
            )
        try:
            if wish.set is not None:
                clock.set(wish.set)
            if wish.advance is not None:
                clock.advance(wish.advance)
        except (ValueError, OverflowError) as error:
            raise Refused(
                "The clock was not moved",
                which="set" if wish.set is not None else "advance",
                why=f"{error}.",
                remedy='Send an instant with its offset, like "2026-01-31T09:00:00+00:00", or fewer seconds.',
            ) from error
        if wish.freeze is True:
            clock.freeze()
        elif wish.freeze is False:
            clock.run()
        return self.clock(request)

    def faults(self, _request: Request) -> Any:
        """The planned faults and what they did so far."""
        with self._simulator.store.transaction() as db:
            return {"faults": [_planned(each) for each in chaos.every(db)], "kinds": chaos.KINDS}

    def plan_fault(self, request: Request) -> Any:
        """Plan one fault."""
        plan = read_body(request, Plan, "The fault was not planned")
        wrong = chaos.nonsense(plan)
        if wrong is not None:
            field, why = wrong
            raise Refused(
                "The fault was not planned",
                which=field,
                why=why,
                remedy="GET /qbosim/faults lists the kinds and shows how a plan looks.",
            )
        with self._simulator.store.transaction() as db:
            number = chaos.add(db, plan)
            return _planned(next(each for each in chaos.every(db) if each.id == number))

    def clear_faults(self, request: Request) -> Any:
        """Take back all planned faults, or the one whose number ends the path."""
        last = request.path.rstrip("/").rpartition("/")[2]
        number = int(last) if last.isdigit() else None
        with self._simulator.store.transaction() as db:
            removed = chaos.remove(db, number)
        if number is not None and not removed:
            raise Refused(
                "The fault was not taken back",
                which=f"fault {number}",
                why="There is no planned fault with this number.",
                remedy="GET /qbosim/faults lists them.",
                status=404,
            )
        return {"removed": removed}

    def log(self, request: Request) -> Any:
        """A page of the request log."""
        query = dict(request.query)
        number = {
            name: whole_number(query.pop(name, default), name, "The log was not read")
            for name, default in (("after", "0"), ("limit", "100"), ("bodies", "0"), ("before", "0"))
        }
        order = query.pop("order", "oldest")
        path = query.pop("path", None)
        unknown = [name for name in query if name not in requestlog.FILTERS]
        if unknown or order not in ("oldest", "newest"):
            raise Refused(
                "The log was not read",
                which=", ".join(unknown) or f"order {order}",
                why="There is no such filter." if unknown else "The order is oldest or newest (first).",
                remedy=f"Filters: {', '.join(requestlog.FILTERS)}, path; pages: after, before, limit, order.",
            )
        limit = min(max(number["limit"], 1), _LONGEST_PAGE)
        with self._simulator.store.transaction() as db:
            entries = requestlog.read(
                db,
                after=number["after"],
                before=number["before"] or None,
                limit=limit,
                newest_first=order == "newest",
                path=path,
                filters=query,
                bodies=bool(number["bodies"]),
            )
        more = entries[-1]["number"] if len(entries) == limit else None
        return {"entries": entries, "next": more}

    def clear_log(self, _request: Request) -> Any:
        """Forget the entries; the count of reads per day stays."""
        with self._simulator.store.transaction() as db:
            return {"removed": requestlog.clear(db)}

    def log_summary(self, _request: Request) -> Any:
        """Requests and metered reads per company and day (UTC)."""
        with self._simulator.store.transaction() as db:
            days = requestlog.summary(db)
        return {
            "days": days,
            "requests": sum(each["requests"] for each in days),
            "reads": sum(each["reads"] for each in days),
        }

    def companies(self, _request: Request) -> Any:
        """The companies there are."""
        return {"companies": [_company(each) for each in self._simulator.companies()]}

    def add_company(self, request: Request) -> Any:
        """Add a company."""
        failed = "The company was not added"
        wish = read_body(request, NewCompany, failed)
        if wish.kind not in ("empty", "sample", "directory"):
            raise Refused(
                failed,
                which=f"kind {wish.kind}",
                why="A company is empty, sample or directory.",
                remedy="Send one of these as kind.",
            )
        kind = wish.kind
        if kind == "directory":
            if not wish.directory or not Path(wish.directory).is_dir():
                raise Refused(
                    failed,
                    which=f"directory {wish.directory or '(missing)'}",
                    why="There is no such directory on the machine that runs the simulator.",
                    remedy="Send the path of a folder with one JSON file per entity.",
                )
            kind = str(Path(wish.directory).resolve())
        try:
            realm, report = self._simulator.add_company(
                kind, name=wish.name, country=wish.country.upper(), currency=wish.currency.upper()
            )
        except (ValueError, OSError) as error:
            raise Refused(
                failed,
                which=wish.directory or wish.name or wish.kind,
                why=f"{error}.",
                remedy="Correct that and try again; nothing was kept.",
            ) from error
        return _company(realm) | ({} if report is None else {"load": load_summary(report)})

    def apps(self, _request: Request) -> Any:
        """The registered apps with their credentials."""
        with self._simulator.store.transaction() as db:
            return {"apps": [_app(each) for each in apps.every(db)]}

    def add_app(self, request: Request) -> Any:
        """Register an app."""
        wish = read_body(request, NewApp, "The app was not registered")
        with self._simulator.store.transaction() as db:
            app = apps.register(
                db, self._simulator.chance, name=wish.name, redirect_uris=tuple(wish.redirect_uris)
            )
        return _app(app)

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

    def check(self, request: Request) -> Any:
        """Whether every company's books balance."""
        wanted = request.query.get("realm_id")
        if wanted is not None:
            self._known_company("The books were not checked", wanted)
        found = []
        for each in self._simulator.companies():
            if wanted in (None, each.realm):
                problems = check_balanced(self._simulator.store, each.realm)
                found.append({"realm_id": each.realm, "balanced": not problems, "problems": problems})
        return {"balanced": all(each["balanced"] for each in found), "companies": found}

    def _known_company(self, failed: str, realm: str) -> None:
        known = [each.realm for each in self._simulator.companies()]
        if realm not in known:
            raise Refused(
                failed,
                which=f"realm_id {realm}",
                why="This simulator has no such company.",
                remedy=f"Use one of {', '.join(known)}, or add one with POST /qbosim/companies.",
                status=404,
            )


DOORS: tuple[Door, ...] = (
    Door("GET", "/qbosim", "this list", Control.index),
    Door("GET", "/qbosim/state", "the world at one look", Control.state),
    Door(
        "POST",
        "/qbosim/grant",
        'connect without a browser: {"realm_id", "client_id", "scope"} (optional) -> Intuit\'s tokens',
        Control.grant,
    ),
    Door(
        "POST",
        "/qbosim/revoke",
        'the user disconnects in QuickBooks: {"realm_id", "client_id" (optional)}',
        Control.revoke,
    ),
    Door(
        "POST",
        "/qbosim/reset",
        'back to the company it started with: {"keep_connections": false}; what was generated is made anew, up to'
        f" {_MOST_MADE_ANEW} invoices",
        Control.reset,
    ),
    Door("GET", "/qbosim/clock", "the simulated time", Control.clock),
    Door(
        "POST",
        "/qbosim/clock",
        '{"set": instant with offset} / {"advance": seconds} / {"freeze": true|false}',
        Control.move_clock,
    ),
    Door("GET", "/qbosim/faults", "planned faults, what they did, and the kinds there are", Control.faults),
    Door(
        "POST",
        "/qbosim/faults",
        'plan a fault: {"fault": kind, "method", "path" (with *), "entity", "operation", "realm",'
        ' "client_id", "nth": 1, "times": 1 (null: for ever), "probability": 1.0,'
        ' "when": "before"|"after" the work is done,'
        ' "seconds", "status", "code", "message", "detail", "type"}',
        Control.plan_fault,
    ),
    Door("DELETE", "/qbosim/faults", "take back all planned faults", Control.clear_faults),
    Door("DELETE", "/qbosim/faults/{id}", "take back one", Control.clear_faults),
    Door(
        "GET",
        "/qbosim/log",
        "every request with its cost in metered reads; filters ?realm= &operation= &entity= &status="
        " &outcome= &path= …, paging ?after= &before= &limit= &order=newest, ?bodies=1",
        Control.log,
    ),
    Door("DELETE", "/qbosim/log", "forget the entries (the reads per day stay)", Control.clear_log),
    Door(
        "GET",
        "/qbosim/log/summary",
        "requests and metered reads per company and day (UTC)",
        Control.log_summary,
    ),
    Door("GET", "/qbosim/companies", "the companies", Control.companies),
    Door(
        "POST",
        "/qbosim/companies",
        'add one: {"kind": "empty"|"sample"|"directory", "name", "directory",'
        ' "country": "US", "currency": "USD"}',
        Control.add_company,
    ),
    Door("GET", "/qbosim/apps", "the registered apps with their credentials", Control.apps),
    Door("POST", "/qbosim/apps", 'register one: {"name", "redirect_uris": []}', Control.add_app),
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
    Door("GET", "/qbosim/check", "do the books balance? (?realm_id= for one company)", Control.check),
)
"""The whole control plane."""


def load_summary(report: LoadReport) -> dict[str, Any]:
    """What became of a loaded directory, as JSON."""
    return {
        "loaded": report.loaded,
        "left_out": {
            entity: {"records": count, "why": why} for entity, (count, why) in report.left_out.items()
        },
        "refused": [
            {"entity": entity, "id": identity, "why": why} for entity, identity, why in report.refused
        ],
        "derived": list(report.derived),
        "differing": list(report.differing),
    }


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


def _company(realm: Realm) -> dict[str, Any]:
    return {
        "realm_id": realm.realm,
        "name": realm.name,
        "kind": realm.kind,
        "country": realm.country,
        "currency": realm.currency,
    }


def _app(app: apps.App) -> dict[str, Any]:
    return {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "name": app.name,
        "redirect_uris": list(app.redirect_uris),
        "webhook_verifier": app.webhook_verifier,
    }


def _planned(planned: chaos.Planned) -> dict[str, Any]:
    plan: dict[str, Any] = msgspec.to_builtins(planned.plan)
    return {"id": planned.id, "seen": planned.seen, "fired": planned.fired, **plan}


def _json(status: int, value: Any) -> Response:
    return Response(
        status,
        json.dumps(value, ensure_ascii=False).encode(),
        (("Content-Type", "application/json;charset=utf-8"), ("Cache-Control", "no-store")),
    )
