"""The one place where objects are built: from the installation's settings to the edges everything works with."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from tieout.connections.hold import owner_name
from tieout.connections.renewal import take_in_spooled
from tieout.connections.throttle import Throttles
from tieout.domain.budget import APP_READS
from tieout.edges import Edges, Outgoing
from tieout.hosts.contract import Host
from tieout.hosts.ledger.adapter import LedgerHost
from tieout.hosts.ledger.records import LedgerRecords
from tieout.kit.clock import Clock, SystemClock
from tieout.kit.errors import Invalid, NotFound
from tieout.kit.ids import Ids, RandomIds
from tieout.kit.key_file import KeyFile
from tieout.kit.spool import Spool
from tieout.qbo.endpoints import PRODUCTION, SANDBOX, Endpoints, at
from tieout.qbo.throttle import Throttle, Unthrottled
from tieout.security.notices import OPERATOR
from tieout.storage.database import Database
from tieout.storage.leases import LEASE

TENANT = OPERATOR
"""The tenant of an installation that serves one business."""


class Settings(BaseSettings):
    """How this installation runs; read once, from the environment (`TIEOUT_…`) or a command's options."""

    model_config = SettingsConfigDict(env_prefix="TIEOUT_", extra="ignore")

    home: Path = Field(
        default=Path("~/.tieout"), description="Folder of the embedded database and the key file"
    )
    database: str = Field(default="", description="Database URL; empty for an SQLite file in the home folder")
    key_file: Path | None = Field(default=None, description="Key file; by default `keys` in the home folder")
    intuit_url: str = Field(
        default="",
        description="One address that stands in for all of Intuit's, for a stand-in such as qbosim",
    )
    environment: str = Field(default="production", description="Intuit environment: production or sandbox")
    host: str = Field(default="127.0.0.1", description="Address the page and the API listen on")
    port: int = Field(default=8787, description="Port the page and the API listen on")
    public_url: str = Field(default="", description="Address under which browsers reach this installation")
    workers: int = Field(
        default=0,
        ge=0,
        le=16,
        description="Cycles that one process runs at once; 0 for 4 on PostgreSQL and 2 on SQLite",
    )
    lease_seconds: float = Field(
        default=LEASE.total_seconds(),
        ge=3,
        le=3600,
        description="Seconds after which the work of a machine that fell silent is taken over",
    )
    access_token: str = Field(
        default="", description="Secret that programs and browsers must show; needed beyond loopback"
    )

    smtp_url: str = Field(
        default="",
        description="Mail server for notices: smtp://user:password@host:587 or smtps://user:password@host:465",
    )
    mail_from: str = Field(
        default="", description="Address that mail is sent from, such as tieout@example.com"
    )
    private_webhooks: bool = Field(
        default=False, description="Let notices go to addresses of this network, also without TLS"
    )
    deadman_url: str = Field(
        default="",
        description="Address of an outside watcher, called every five minutes while all is well",
    )
    app_reads: int = Field(
        default=APP_READS,
        ge=1000,
        description="Metered reads that each Intuit app may cost in a month: 500,000 on Intuit's free tier",
    )
    metrics_token: str = Field(
        default="", description="Secret with which a collector may read /metrics, and nothing else"
    )

    def home_folder(self) -> Path:
        """Give the home folder, made if it is absent."""
        home = self.home.expanduser()
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Invalid(
                "The home folder cannot be made",
                record=str(home),
                reason=str(error.strerror or error),
                remedy="Give another folder: TIEOUT_HOME=/path",
            ) from error
        return home

    def database_url(self) -> str:
        """Give the database's URL."""
        return self.database or f"sqlite:///{self.home_folder() / 'tieout.db'}"

    def key_path(self) -> Path:
        """Give the place of the key file."""
        return self.key_file.expanduser() if self.key_file else self.home_folder() / "keys"

    def threads(self) -> int:
        """Say how many cycles one process runs at once."""
        return self.workers or (2 if self.database_url().startswith("sqlite") else 4)

    def base_url(self) -> str:
        """Give the address under which browsers reach the page."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


READERS = 8
"""Pages that an import reads at once, at most: a page takes most of a second, and Intuit lets ten calls a second through."""


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    transport: httpx2.BaseTransport | None = None,
    owner: str = "",
    throttled: bool | None = None,
) -> Edges:
    """Build the edges of an installation, its database brought up to date; Invalid under `python -O`.

    `throttled` tells whether calls to QuickBooks wait for their turn; if it does not say, they do unless a
    transport was handed in: that ends in this process, and takes whatever comes.
    """
    if not __debug__:
        # An assert could not say this: it is what -O leaves out.
        raise Invalid(
            "Tieout was not started",
            record="python -O",
            reason="it leaves out the assertions that guard the books",
            remedy="Start it without -O, and with PYTHONOPTIMIZE unset",
        )
    clock = clock or SystemClock()
    ids = ids or RandomIds(clock)
    database = Database(settings.database_url())
    database.migrate()
    key_file = KeyFile(settings.key_path())
    options: dict[str, Any] = {"transport": transport} if transport is not None else {}
    edges = Edges(
        database=database,
        clock=clock,
        ids=ids,
        keys=key_file.ring(),
        key_file=key_file,
        spool=Spool(key_file.path.with_name(f"{key_file.path.name}.spool")),
        http=httpx2.Client(timeout=httpx2.Timeout(30, connect=10), follow_redirects=False, **options),
        endpoints=endpoints_of(settings),
        throttle=throttles_of(database, clock, wanted=transport is None if throttled is None else throttled),
        host=hosts_of(database),
        owner=owner or owner_name(socket.gethostname(), ids.new("run")),
        lease=timedelta(seconds=settings.lease_seconds),
        app_reads=settings.app_reads,
        # What is handed in ends in this process, where a world can be replayed: so nothing happens side by side.
        readers=READERS if transport is None else 1,
        outgoing=Outgoing(
            smtp_url=settings.smtp_url,
            mail_from=settings.mail_from,
            private_webhooks=settings.private_webhooks,
            deadman_url=settings.deadman_url,
            base_url=settings.base_url(),
        ),
    )
    # Tokens that a process renewed and died before it could keep.
    take_in_spooled(edges)
    return edges


def endpoints_of(settings: Settings) -> Callable[[str], Endpoints]:
    """Give Intuit's addresses by environment; one setting leads them all elsewhere."""
    if settings.intuit_url:
        elsewhere = at(settings.intuit_url)
        return lambda _environment: elsewhere
    return {"production": PRODUCTION, "sandbox": SANDBOX}.__getitem__


def throttles_of(database: Database, clock: Clock, *, wanted: bool) -> Callable[[str, str], Throttle]:
    """Give the throttles of companies, by environment and realm id."""
    if wanted:
        return Throttles(database, clock)
    return lambda _environment, _realm_id: Unthrottled()


def hosts_of(database: Database) -> Callable[[str, str], Host]:
    """Give host adapters by tenant and name."""

    def books(writing: bool) -> Callable[[], AbstractContextManager[LedgerRecords]]:
        @contextmanager
        def opened() -> Iterator[LedgerRecords]:
            with database.transaction() if writing else database.reading() as work:
                yield work.ledger

        return opened

    def host(tenant: str, name: str) -> Host:
        if name != "ledger":
            raise NotFound(
                "There is no such host",
                record=name,
                reason="this installation knows the built-in ledger",
                remedy="Use the host `ledger`",
            )
        return LedgerHost(tenant, books(True), books(False))

    return host
