"""The one place where objects are built: from the installation's settings to the edges everything works with."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx2
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from tieout.connections.hold import owner_name
from tieout.edges import Edges
from tieout.hosts.contract import Host
from tieout.hosts.ledger.adapter import LedgerHost
from tieout.hosts.ledger.records import LedgerRecords
from tieout.kit.clock import Clock, SystemClock
from tieout.kit.crypto import KeyRing, new_key_line, ring_from_text
from tieout.kit.errors import Invalid, NotFound
from tieout.kit.ids import Ids, RandomIds
from tieout.qbo.endpoints import PRODUCTION, SANDBOX, Endpoints, at
from tieout.qbo.pace import Pace
from tieout.storage.database import Database

TENANT = "main"
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
    access_token: str = Field(
        default="", description="Secret that programs and browsers must show; needed beyond loopback"
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

    def base_url(self) -> str:
        """Give the address under which browsers reach the page."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    transport: httpx2.BaseTransport | None = None,
    owner: str = "",
) -> Edges:
    """Build the edges of an installation, its database brought up to date; Invalid under `python -O`."""
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
    # A transport that was handed in ends in this process: no network, and no pace to keep on it.
    options: dict[str, Any] = (
        {"transport": transport} if transport is not None else {"event_hooks": {"request": [Pace(clock)]}}
    )
    return Edges(
        database=database,
        clock=clock,
        ids=ids,
        keys=key_ring(settings),
        http=httpx2.Client(timeout=httpx2.Timeout(30, connect=10), follow_redirects=False, **options),
        endpoints=endpoints_of(settings),
        host=hosts_of(database),
        owner=owner or owner_name(socket.gethostname(), ids.new("run")),
    )


def endpoints_of(settings: Settings) -> Callable[[str], Endpoints]:
    """Give Intuit's addresses by environment; one setting leads them all elsewhere."""
    if settings.intuit_url:
        elsewhere = at(settings.intuit_url)
        return lambda _environment: elsewhere
    return {"production": PRODUCTION, "sandbox": SANDBOX}.__getitem__


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


def key_ring(settings: Settings) -> KeyRing:
    """Read the key file; an installation without one gets a fresh key, readable by its user only.

    Raises Invalid when the file cannot be read, written or understood.
    """
    path = settings.key_path()
    try:
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(new_key_line("first"), encoding="utf-8")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(
            "The key file cannot be used",
            record=str(path),
            reason=str(getattr(error, "strerror", None) or "it holds no text").lower(),
            remedy="Restore it from your backup, or name another: TIEOUT_KEY_FILE=/path",
        ) from error
    return ring_from_text(text)
