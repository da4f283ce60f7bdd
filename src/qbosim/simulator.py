"""The simulator as a whole: a function from request to answer, with a state that survives a restart.

`Simulator.answer` is the only way in, for the HTTP server, for the control plane and for a test in process.
It decides whether a planned fault hits, lets the identity server or the gateway answer, and writes the
request log.
"""

from __future__ import annotations

import itertools
import json
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import msgspec

from qbosim import apps, chaos, gateway, pages, realms, refusals, requestlog, settings, tokens
from qbosim.api import Api
from qbosim.apps import App
from qbosim.batch import Meddler, Trouble
from qbosim.calls import Call, classify
from qbosim.chance import Chance
from qbosim.chaos import BodyCut, Plan, Planned
from qbosim.clock import Clock, ClockState
from qbosim.companies.empty import create_company
from qbosim.companies.load import LoadReport, load_directory
from qbosim.companies.sample import create_sample
from qbosim.control import Control
from qbosim.founding import Founding
from qbosim.gateway import USER, Gateway, Passed, dressed
from qbosim.generate.company import create_generated, size_of
from qbosim.oauth import OAuth, bearer_token
from qbosim.realms import Realm
from qbosim.settings import Settings
from qbosim.store import Store
from qbosim.throttle import Throttle
from qbosim.tokens import Bearer, Standing
from qbosim.webhooks import outbox
from qbosim.webhooks.delivery import Webhooks
from qbosim.wire import ConnectionCut, Request, Response
from qbosim.xmlanswers import in_asked_form

if TYPE_CHECKING:
    from qbosim.console.door import Console

SCHEMAS = (
    settings.SCHEMA,
    apps.SCHEMA,
    realms.SCHEMA,
    tokens.SCHEMA,
    chaos.SCHEMA,
    requestlog.SCHEMA,
)
DEFAULT_URL = "http://qbosim.localhost"
APP_NAME = "App under test"
CONSOLE = "/qbosim/console"
EDITOR = "Second Bookkeeper"
"""The display name of the person who changes a record in a planned edit."""
SAMPLE_NAME = "Larkspur Technical Services"
EMPTY_NAME = "New Company"
GENERATED_NAME = "Ridgeline Managed Services"


class Simulator:
    """One simulated Intuit with its companies, apps, tokens, faults and log."""

    def __init__(
        self,
        data: str | Path | Store = ":memory:",
        *,
        company: str | Path = "sample",
        seed: int = 0,
        clock: Clock | None = None,
        url: str = DEFAULT_URL,
        throttle: bool | None = None,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        """Open the world kept in `data` (a file, ":memory:", or a store that is open), or found a new one there.

        `company`, `seed`: for a new world only; a directory is loaded as real QBO objects. `clock`: without
        one, real time, or the time the world was left in. `url`: the base address for a client that sends
        no Host header. `throttle`: refuse beyond Intuit's limits; None leaves it as it was (off in a new
        world). `sleep`: waits the seconds of a `slow` fault; without it they pass on a frozen clock only.

        Raises CannotOpen for a file that another simulator has open, or that cannot be written,
        sqlite3.DatabaseError for one that is no database, OSError or ValueError for a directory
        that cannot be loaded.
        """
        self.url = url.rstrip("/")
        self.store = data if isinstance(data, Store) else Store(data)
        for schema in SCHEMAS:
            self.store.ensure(schema)
        self.clock = clock or Clock()
        self._sleep = sleep
        self.load_report: LoadReport | None = None
        """What a directory could not place, when this object founded the world from one."""
        self._throttle = Throttle()
        self._settings = Settings()
        self.webhooks = Webhooks(
            self.store, self.clock, lambda: self.chance, lambda: self._settings.webhook_window
        )
        """Tells apps what changed; `deliver` sends what is due."""
        self._open_books()
        founding = self._founding()
        self.founded_now = founding is None
        """Whether the world was made by this object rather than found in its file."""
        if founding is None:
            founding = Founding(seed, _company_name(company), self.clock.state)
            try:
                self._found(founding)
            except BaseException:
                self.store.close()
                raise
        elif clock is None:
            self.clock.restore(self._kept_clock())
        self.founding = founding
        self.chance = Chance(founding.seed)
        self.clock.on_change(self._keep_clock)
        self._keep_clock(self.clock.state)
        with self.store.transaction() as db:
            self._settings = settings.load(db)
        if throttle is not None:
            self.change_settings(msgspec.structs.replace(self._settings, throttle=throttle))
        self._connect_parts()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the state; the simulator is of no use afterwards."""
        self.store.close()

    @property
    def realm_id(self) -> str:
        """The company the simulator started with."""
        return self.companies()[0].realm

    @property
    def client_id(self) -> str:
        """The client id of the first app."""
        return self.app.client_id

    @property
    def client_secret(self) -> str:
        """The secret of the first app."""
        return self.app.client_secret

    @property
    def client_credentials(self) -> tuple[str, str]:
        """Client id and secret of the first app."""
        return (self.app.client_id, self.app.client_secret)

    @property
    def webhook_verifier(self) -> str:
        """The token that signs webhooks to the first app."""
        return self.app.webhook_verifier

    @property
    def app(self) -> App:
        """The app that exists from the start."""
        with self.store.transaction() as db:
            return apps.every(db)[0]

    @property
    def api(self) -> Api:
        """The books' own door, behind the gateway."""
        return self._api

    @property
    def settings(self) -> Settings:
        """The switches as they are now."""
        return self._settings

    def change_settings(self, changed: Settings) -> None:
        """Set the switches and keep them."""
        with self.store.transaction() as db:
            settings.save(db, changed)
        self._settings = changed
        self.webhooks.wake()

    def companies(self) -> list[Realm]:
        """All companies, the first one first."""
        with self.store.transaction() as db:
            return realms.every(db)

    def add_company(
        self, kind: str, *, name: str | None = None, country: str = "US", currency: str = "USD"
    ) -> tuple[Realm, LoadReport | None]:
        """Add a company: `sample`, `empty`, or a directory of real QBO objects.

        Raises FileNotFoundError for a directory that is not there, ValueError when it holds nothing to load.
        """
        with self.store.transaction() as db:
            number = len(realms.every(db)) + 1
            return self._add_company(self.chance, number, kind, name, country, currency)

    def reset(self, *, keep_connections: bool = False) -> None:
        """Go back to the company the world started with: same ids, same clock, no faults, an empty log.

        `keep_connections`: tokens that apps hold go on working, and webhooks go where they went. Raises
        ValueError or OSError when the folder that the company came from cannot be loaded any more; then
        nothing has changed.
        """
        before = self.clock.state
        self.clock.restore(self.founding.clock)
        try:
            self._begin_again(keep_connections)
        except BaseException:  # the store undid its part; the clock must not stay behind
            self.clock.restore(before)
            raise
        self._throttle = Throttle()
        self._open_books()
        self._connect_parts()

    def take_over(self, kept: Store) -> None:
        """Go on from the world that a copy of a simulator's store holds: its books, its tokens, its log, its time.

        The last minute that a throttle remembers is forgotten, as in a restart.
        """
        self.store.take_over(kept)
        founding = self._founding()
        assert founding is not None, "a store without a world"
        self.founding, self.founded_now = founding, False
        self.chance = Chance(founding.seed)
        with self.store.transaction() as db:
            self._settings = settings.load(db)
        self.clock.restore(self._kept_clock())
        self._throttle = Throttle()
        self._open_books()
        self._connect_parts()

    def answer(self, request: Request) -> Response:
        """Answer one request. Raises ConnectionCut when a planned fault ends the connection instead."""
        if request.path == CONSOLE or request.path.startswith(f"{CONSOLE}/"):
            return self._console.answer(request)
        if request.path == "/qbosim" or request.path.startswith("/qbosim/"):
            return self._control.answer(request)
        if request.path == "/" and request.method in ("GET", "HEAD"):
            doors = [(f"{door.method} {door.path}", door.doc) for door in self._control.doors]
            return pages.front(self.base_url(request), self.companies(), doors)
        return self._logged(request)

    def base_url(self, request: Request) -> str:
        """The address under which a client reached us."""
        host = request.headers.get("host")
        if not host:
            return self.url
        scheme = self.url.partition("://")[0]
        return f"{scheme}://{host}"

    @cached_property
    def _console(self) -> Console:
        """The pages for people; loaded when the first one is asked for, since few programs ever do."""
        from qbosim.console.door import Console

        return Console(self)

    def _logged(self, request: Request) -> Response:
        number = next(self._numbers)
        call = classify(request)
        now = self.clock.now()
        token = bearer_token(request)
        with self.store.transaction() as db:
            bearer = tokens.bearer(db, token, now.timestamp()) if token else Bearer(Standing.UNKNOWN)
            client_id = bearer.client_id or _claimed_client(request)
            plans = chaos.every(db)
            planned = chaos.strike(
                db,
                self.chance,
                plans,
                call,
                method=request.method,
                path=request.path,
                client_id=client_id,
            )
        outcome, cost, response, cut = "answered", 0, None, None
        inside: list[int] = []
        meddle = self._meddler(request, client_id, inside) if plans and call.operation == "batch" else None
        if planned is not None and planned.plan.fault == "edit":
            self._edit(call, planned.plan)
        if planned is None or planned.plan.work_is_done():
            passed = self._work(request, call, token, bearer, now, meddle)
            response, cost = passed.response, passed.cost
        if planned is not None:
            response, cut = self._struck(planned, response, request, call, token, bearer, now)
            if response is not None and call.realm is not None:
                response = in_asked_form(request, response)
        if response is not None:
            response = dressed(response, call, self.chance, number, now)
        if cut is not None:
            outcome = "reply_lost" if cut.committed else "request_lost"
            if isinstance(cut, BodyCut):
                outcome, cut = "body_cut", BodyCut(dressed(cut.response, call, self.chance, number, now))
        sent = cut.response if isinstance(cut, BodyCut) else response
        with self.store.transaction() as db:
            requestlog.record(
                db,
                requestlog.Entry(
                    number=number,
                    at=now,
                    method=request.method,
                    path=request.path,
                    query="&".join(f"{name}={value}" for name, value in request.query.items()),
                    operation=call.operation,
                    entity=call.entity,
                    realm=call.realm,
                    client_id=client_id,
                    request_id=request.query.get("requestid") or request.headers.get("request-id") or None,
                    status=None if sent is None else sent.status,
                    fault_code=None if sent is None else requestlog.fault_code(sent.status, sent.body),
                    cost=cost,
                    outcome=outcome,
                    planned_fault=next(iter(inside), None) if planned is None else planned.id,
                    intuit_tid="" if sent is None else sent.header("intuit_tid") or "",
                    request_body=request.body,
                    response_body=b"" if sent is None else _loggable(sent),
                ),
            )
        if cut is not None:
            raise cut
        assert response is not None
        return response

    def _meddler(self, request: Request, client_id: str | None, struck: list[int]) -> Meddler:
        """What asks for each item of a batch whether a planned fault hits it; notes in `struck` which did."""

        def meddle(item: Call) -> Trouble | None:
            with self.store.transaction() as db:
                planned = chaos.strike(
                    db,
                    self.chance,
                    chaos.every(db),
                    item,
                    method=request.method,
                    path=request.path,
                    client_id=client_id,
                    inside_batch=True,
                )
            if planned is None:
                return None
            struck.append(planned.id)
            if planned.plan.fault == "edit":
                self._edit(item, planned.plan)
                return None
            return Trouble(chaos.told(planned.plan, USER), planned.plan.work_is_done())

        return meddle

    def _edit(self, call: Call, plan: Plan) -> None:
        """A person changes the record that a call is about, at the worst moment."""
        if call.realm is not None and call.entity is not None and call.identity is not None:
            self._api.edit(call.realm, call.entity, call.identity, plan.change, user=EDITOR)

    def _work(
        self,
        request: Request,
        call: Call,
        token: str | None,
        bearer: Bearer,
        now: datetime,
        meddle: Meddler | None = None,
    ) -> Passed:
        if call.realm is not None:
            return self._gateway.answer(request, call, token, bearer, now, meddle)
        response = self._api.fetch(request) or self._oauth.answer(request)
        if response is None:
            text = f"Nothing of Intuit's lives at {request.path}. See / for what this simulator answers.\n"
            response = Response(404, text.encode(), (("Content-Type", "text/plain;charset=utf-8"),))
        return Passed(response)

    def _struck(
        self,
        planned: Planned,
        response: Response | None,
        request: Request,
        call: Call,
        token: str | None,
        bearer: Bearer,
        now: datetime,
    ) -> tuple[Response | None, ConnectionCut | None]:
        """What a planned fault makes of an answer (None: the work was not done)."""
        plan = planned.plan
        match plan.fault:
            case "reply_lost":
                return None, ConnectionCut(committed=True)
            case "request_lost":
                return None, ConnectionCut(committed=False)
            case "cut_body":
                assert response is not None
                return None, BodyCut(response)
            case "slow":
                self._wait(chaos.seconds_of(planned, self.chance))
                if response is None:
                    response = self._work(request, call, token, bearer, self.clock.now()).response
                return response, None
            case "garbage":
                return Response(
                    200, b"<html>\xff\x00 not what you asked for", (("Content-Type", "text/html"),)
                ), None
            case "429":
                return gateway.too_fast(now, self._settings), None
            case "503":
                return refusals.unavailable(), None
            case "401":
                return refusals.unauthorized(f"Token expired: {token or ''}", now), None
            case "edit":
                return response, None
            case _:
                return chaos.told(plan, USER).response(now), None

    def _wait(self, seconds: float) -> None:
        if self._sleep is not None:
            self._sleep(seconds)
        elif self.clock.frozen:
            self.clock.advance(seconds)

    def _open_books(self) -> None:
        self._api = Api(
            self.store,
            self.clock,
            noticed=self.webhooks.noticed,
            base_url=self.base_url,
            change_feed_days=lambda: self._settings.change_feed_days,
        )
        self._past = Clock.at(self.clock.now())
        self._past_api = Api(self.store, self._past)  # writes a sample company's history on its own days

    def _connect_parts(self) -> None:
        with self.store.transaction() as db:
            self._numbers = itertools.count(requestlog.last_number(db) + 1)
        self._oauth = OAuth(
            self.store,
            self.clock,
            self.chance,
            base_url=self.base_url,
            reuse_revokes=lambda: self._settings.reuse_revokes,
        )
        self._gateway = Gateway(self._api, self._throttle, lambda: self._settings)
        self._control = Control(self, self._oauth)

    def _found(self, founding: Founding) -> None:
        """Make the first app and company, all at once: a world that was only half made is made anew."""
        with self.store.transaction() as db:
            if settings.get(db, "founding") is None:
                self.store.reset()
            chance = Chance(founding.seed)
            apps.register(db, chance, name=APP_NAME)
            _, self.load_report = self._add_company(chance, 1, founding.company, None, "US", "USD")
            settings.put(db, "founding", json.dumps(_founding_json(founding)))

    def _begin_again(self, keep_connections: bool) -> None:
        with self.store.transaction() as db:
            portal = (*tokens.TABLES, *outbox.PORTAL_TABLES)
            kept = {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in portal}
            self.store.reset()
            db.execute("DELETE FROM sqlite_sequence")
            self._found(self.founding)
            if keep_connections:
                for table, rows in kept.items():
                    for row in rows:
                        db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
            settings.save(db, self._settings)
            self._keep_clock(self.clock.state)

    def _add_company(
        self, chance: Chance, number: int, kind: str, name: str | None, country: str, currency: str
    ) -> tuple[Realm, LoadReport | None]:
        realm = "9341" + chance.digits("realm", number, 12)
        seed = _company_seed(chance, number)
        report = None
        with self.store.transaction() as db:
            if kind == "sample":
                made = Realm(realm, name or SAMPLE_NAME, "sample", "US", "USD")
                self._past.set(self.clock.now())
                create_sample(self.store, self._past_api, self._past, realm, name=made.name, seed=seed)
            elif (size := size_of(kind)) is not None:
                made = Realm(realm, name or GENERATED_NAME, "generated", "US", "USD")
                self._past.set(self.clock.now())
                create_generated(self.store, self._past, realm, name=made.name, seed=seed, size=size)
            elif kind == "empty":
                made = Realm(realm, name or EMPTY_NAME, "empty", country, currency)
                create_company(
                    self.store,
                    self.clock,
                    realm,
                    name=made.name,
                    country=country,
                    home_currency=currency,
                    seed=seed,
                )
            else:
                report = load_directory(self.store, self.clock, realm, Path(kind))
                made = self._loaded(realm)
            realms.add(db, made)
        return made, report

    def _loaded(self, realm: str) -> Realm:
        """What a loaded company says of itself."""

        def read(place: str) -> Any:
            request = Request("GET", f"/v3/company/{realm}/{place}", {}, {"accept": "application/json"})
            return self._api.answer(realm, request, user=USER).json()

        info = read(f"companyinfo/{realm}")["CompanyInfo"]
        currency = read("preferences")["Preferences"]["CurrencyPrefs"]["HomeCurrency"]["value"]
        return Realm(realm, info["CompanyName"], "directory", info["Country"], currency)

    def _founding(self) -> Founding | None:
        with self.store.transaction() as db:
            kept = settings.get(db, "founding")
        if kept is None:
            return None
        value = json.loads(kept)
        return Founding(value["seed"], value["company"], _clock_state(value["clock"]))

    def _kept_clock(self) -> ClockState:
        with self.store.transaction() as db:
            kept = settings.get(db, "clock")
        return _clock_state(json.loads(kept)) if kept else ClockState()

    def _keep_clock(self, state: ClockState) -> None:
        with self.store.transaction() as db:
            settings.put(db, "clock", json.dumps(_clock_json(state)))
        self.webhooks.wake()


def _company_seed(chance: Chance, number: int) -> int:
    """The seed of the company with that number; the first company's is the world's own."""
    return chance.seed if number == 1 else int.from_bytes(chance.octets("company seed", number, 4))


def _company_name(company: str | Path) -> str:
    text = str(company)
    return text if text in ("sample", "empty") or size_of(text) is not None else str(Path(text).resolve())


def _claimed_client(request: Request) -> str | None:
    """The client id that a request to the identity server claims, for the log and for matching faults."""
    scheme, _, word = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            return b64decode(word, validate=True).decode().partition(":")[0] or None
        except ValueError:
            return None
    return request.query.get("client_id")


def _loggable(response: Response) -> bytes:
    kind = response.header("content-type") or ""
    return response.body if "json" in kind or "xml" in kind or kind.startswith("text/plain") else b""


def _founding_json(founding: Founding) -> dict[str, Any]:
    return {"seed": founding.seed, "company": founding.company, "clock": _clock_json(founding.clock)}


def _clock_json(state: ClockState) -> dict[str, Any]:
    frozen = state.frozen_at.isoformat() if state.frozen_at is not None else None
    return {"offset_seconds": state.offset_seconds, "frozen_at": frozen}


def _clock_state(value: dict[str, Any]) -> ClockState:
    frozen = datetime.fromisoformat(value["frozen_at"]) if value["frozen_at"] else None
    return ClockState(value["offset_seconds"], frozen)
