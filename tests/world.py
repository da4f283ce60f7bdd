"""A whole world in one process: qbosim, a Tieout installation, its built-in host, and a clock that moves both.

No socket and no port: Tieout's HTTP client ends in the simulator through `tests.bridge`. The bookkeeper asks
the simulator over its API with a token of their own; the shop puts records into the built-in host.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2

from qbosim.clock import Clock as SimulatorClock
from qbosim.simulator import Simulator
from qbosim.wire import Request
from tests.bridge import SimulatorTransport
from tests.databases import hurried
from tests.kept import Kept, founded, is_empty, keep, set_up, take_over, writes
from tieout.connections.apps import save_app
from tieout.connections.companies import change_setting
from tieout.connections.oauth import connect_with_refresh_token
from tieout.domain.documents import Allocation, Client, Kind, Line, Payment, SalesDocument, Service, Status
from tieout.edges import Edges
from tieout.hosts.ledger.adapter import LedgerHost
from tieout.kit.clock import ManualClock
from tieout.kit.crypto import Secret
from tieout.kit.ids import SeededIds
from tieout.mirror.backfill import import_company
from tieout.security.callers import Caller, owner
from tieout.storage.companies import Company
from tieout.sync.cycle import Report, sync_now
from tieout.wiring import TENANT, Settings, build

START = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
"""When a world begins: a Monday morning on the Pacific coast."""
TODAY = date(2026, 3, 2)
READY: dict[tuple[str, int, str], tuple[Company, Kept]] = {}
"""Worlds of this process as they were when they stood ready, by company, seed and database."""


class World:
    """One company of the simulator, one installation of Tieout, and time."""

    def __init__(
        self,
        folder: Path,
        *,
        company: str | Path = "empty",
        database: str = "",
        seed: int = 1,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.folder = folder
        self.database = database
        self.seed = seed
        self.clock = ManualClock(START)
        self.simulator_clock = SimulatorClock.at(START)
        self.simulator = Simulator(
            founded(company, seed, START), company=company, seed=seed, clock=self.simulator_clock
        )
        self.transport = transport or SimulatorTransport(self.simulator)
        self.caller: Caller = owner(TENANT, "test")
        if not database and not (folder / "tieout.db").exists():
            (folder / "tieout.db").write_bytes(set_up())
        self.edges: Edges = self.start()
        self._starts = 1
        self._token = self.grant()["access_token"]
        self._kind = (str(company), seed, self.edges.database.engine.dialect.name)
        self._books_at_first = writes(self.simulator)
        self._plain = transport is None

    def start(self, *, ids_seed: int | None = None) -> Edges:
        """Start (or, after a crash, restart) the installation on its database."""
        settings = Settings(home=self.folder, database=self.database, intuit_url="http://qbosim.localhost")
        edges = build(
            settings,
            clock=self.clock,
            ids=SeededIds(self.seed if ids_seed is None else ids_seed),
            transport=self.transport,
            owner=f"worker-{ids_seed or 0}",
        )
        hurried(edges.database)
        return edges

    def restart(self) -> None:
        """Start again as after a crash: another process, the same database."""
        self.edges.database.close()
        self._starts += 1
        self.edges = self.start(ids_seed=self.seed * 1000 + self._starts)

    def close(self) -> None:
        """End both."""
        self.edges.database.close()
        self.simulator.close()

    def pass_time(self, seconds: float) -> None:
        """Let time pass on both sides."""
        self.clock.sleep(seconds)
        self.simulator_clock.set(self.clock.now())

    # The connection

    def grant(self) -> Any:
        """Ask the control plane for tokens, as a consent would give."""
        return self.control(
            "POST", "grant", {"realm_id": self.simulator.realm_id, "client_id": self.simulator.client_id}
        )

    def connect(self) -> Company:
        """Connect the company by command."""
        save_app(
            self.edges,
            self.caller,
            environment="production",
            client_id=self.simulator.client_id,
            client_secret=Secret(self.simulator.client_secret),
        )
        return connect_with_refresh_token(
            self.edges,
            self.caller,
            environment="production",
            realm_id=self.simulator.realm_id,
            refresh_token=Secret(self.grant()["refresh_token"]),
        )

    def ready(self) -> Company:
        """Connect, import, choose the accounts and go live; or go on from where another world did, which is the same.

        A world in which anything happened before does it itself, and so does one that a storm may reach.
        """
        if not self._untouched():
            return self.make_ready()
        if self._kind in READY:
            company, kept = READY[self._kind]
            take_over(kept, self.simulator, self.edges)
        else:
            company = self.make_ready()
            READY[self._kind] = company, keep(self.simulator, self.edges)
        return company

    def _untouched(self) -> bool:
        """Tell whether this is still the world that began, and its calls go straight to the simulator."""
        return (
            self._plain
            and self._starts == 1
            and self.clock.now() == START
            and writes(self.simulator) == self._books_at_first
            and is_empty(self.edges.database)
        )

    def make_ready(self) -> Company:
        """Connect, import, choose the accounts and go live, call by call."""
        company = self.connect()
        import_company(self.edges, self.caller)
        accounts = {one["Name"]: one for one in self.every("Account")}
        income = next(one for one in accounts.values() if one["AccountType"] == "Income")
        change_setting(self.edges, self.caller, name="income_account", value=income["Id"])
        change_setting(self.edges, self.caller, name="export", value="on")
        return company

    def sync(self) -> Report:
        """Run a cycle now."""
        return sync_now(self.edges, self.caller)

    def settle(self, *, cycles: int = 12, step: float = 120) -> Report:
        """Run cycles, time passing between them, until one succeeds with nothing left to do."""
        for _ in range(cycles):
            report = self.sync()
            if (
                report.state == "succeeded"
                and not report.stats["confirmed"]
                and not report.stats["postponed"]
            ):
                return report
            self.pass_time(step)
        return report

    # The bookkeeper in QuickBooks

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Use the simulator's control plane."""
        answer = self.simulator.answer(
            Request(
                method,
                f"/qbosim/{path}",
                {},
                {"content-type": "application/json"},
                json.dumps(body or {}).encode(),
            )
        )
        assert answer.status == 200, answer.body
        return answer.json()

    def books(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """Call the company's API as somebody else's app; the answer must be a success."""
        status, answer = self.try_books(method, path, body, **query)
        assert status == 200, answer
        return answer

    def try_books(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, Any]:
        """Call the company's API as somebody else's app; gives the status and the answer."""
        headers = {
            "authorization": f"Bearer {self._token}",
            "accept": "application/json",
            "content-type": "application/json",
        }
        asked = Request(
            method,
            f"/v3/company/{self.simulator.realm_id}/{path}",
            query,
            headers,
            json.dumps(body).encode() if body is not None else b"",
        )
        answer = self.simulator.answer(asked)
        if answer.status in (401, 403):  # expired, or ended with our connection: they share an app
            self._token = self.grant()["access_token"]
            answer = self.simulator.answer(
                Request(
                    method,
                    asked.path,
                    query,
                    {**headers, "authorization": f"Bearer {self._token}"},
                    asked.body,
                )
            )
        return answer.status, answer.json()

    def every(self, entity: str, where: str = "") -> list[dict[str, Any]]:
        """Query every record of an entity."""
        found: list[dict[str, Any]] = []
        while True:
            statement = f"select * from {entity}{' where ' + where if where else ''} orderby Id "
            page = self.books(
                "GET", "query", query=f"{statement}startposition {len(found) + 1} maxresults 1000"
            )["QueryResponse"].get(entity, [])
            found += page
            if len(page) < 1000:
                return found

    def read(self, entity: str, qbo_id: str) -> dict[str, Any]:
        """Read one record."""
        record: dict[str, Any] = self.books("GET", f"{entity.lower()}/{qbo_id}")[entity]
        return record

    def edit(self, entity: str, qbo_id: str, **changes: Any) -> dict[str, Any]:
        """Edit a record as a bookkeeper does: a sparse update."""
        now = self.read(entity, qbo_id)
        body = {"Id": qbo_id, "SyncToken": now["SyncToken"], "sparse": True, **changes}
        if entity == "Payment":
            body = {"CustomerRef": now["CustomerRef"], "TotalAmt": now["TotalAmt"], **body}
        record: dict[str, Any] = self.books("POST", entity.lower(), body)[entity]
        return record

    def void(self, entity: str, qbo_id: str) -> dict[str, Any]:
        """Void an invoice or payment."""
        body = {"Id": qbo_id, "SyncToken": self.read(entity, qbo_id)["SyncToken"], "sparse": True}
        query = {"operation": "void"} if entity == "Invoice" else {"operation": "update", "include": "void"}
        record: dict[str, Any] = self.books("POST", entity.lower(), body, **query)[entity]
        return record

    def delete(self, entity: str, qbo_id: str) -> None:
        """Delete a transaction."""
        body = {"Id": qbo_id, "SyncToken": self.read(entity, qbo_id)["SyncToken"]}
        self.books("POST", entity.lower(), body, operation="delete")

    def pay(
        self, customer: str, parts: dict[str, str], *, total: str | None = None, **more: Any
    ) -> dict[str, Any]:
        """Enter a payment: amounts by invoice id."""
        amount = (
            Decimal(total) if total is not None else sum((Decimal(one) for one in parts.values()), Decimal())
        )
        body = {
            "CustomerRef": {"value": customer},
            "TotalAmt": float(amount),
            "Line": [
                {"Amount": float(Decimal(part)), "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]}
                for invoice, part in parts.items()
            ],
            **more,
        }
        record: dict[str, Any] = self.books("POST", "payment", body)["Payment"]
        return record

    # The shop at the host

    @property
    def host(self) -> LedgerHost:
        """The built-in host."""
        host = self.edges.host(TENANT, "ledger")
        assert isinstance(host, LedgerHost)
        return host

    def client(self, ref: str = "c1", name: str = "Blue Heron Boats", **more: Any) -> Client:
        """Put a client into the host."""
        client = Client(ref, name, **more)
        self.host.put(client)
        return client

    def service(
        self, ref: str = "s1", name: str = "Workshop hour", price: str = "80", **more: Any
    ) -> Service:
        """Put a service into the host."""
        service = Service(ref, name, unit_price=Decimal(price), **more)
        self.host.put(service)
        return service

    def invoice(
        self,
        ref: str = "i1",
        *,
        client: str = "c1",
        lines: tuple[tuple[str, str, str], ...] = (("s1", "2", "80"),),
        number: str = "",
        status: Status = Status.FINAL,
        kind: Kind = Kind.INVOICE,
        **more: Any,
    ) -> SalesDocument:
        """Put an invoice into the host; lines are (service, quantity, price)."""
        document = SalesDocument(
            kind=kind,
            ref=ref,
            number=number or f"T-{ref}",
            client=client,
            dated=more.pop("dated", TODAY),
            currency="USD",
            lines=tuple(
                Line(
                    service,
                    Decimal(quantity),
                    Decimal(price),
                    Decimal(quantity) * Decimal(price),
                    description=service,
                )
                for service, quantity, price in lines
            ),
            status=status,
            **more,
        )
        self.host.put(document)
        return document

    def payment(
        self, ref: str = "p1", *, client: str = "c1", parts: dict[str, str] | None = None, **more: Any
    ) -> Payment:
        """Put a payment into the host: amounts by invoice ref."""
        allocations = tuple(
            Allocation(invoice, Decimal(part)) for invoice, part in (parts or {"i1": "160"}).items()
        )
        payment = Payment(
            ref=ref,
            client=client,
            dated=more.pop("dated", TODAY),
            amount=more.pop("amount", sum((one.amount for one in allocations), Decimal())),
            currency="USD",
            allocations=allocations,
            **more,
        )
        self.host.put(payment)
        return payment
