"""Real databases for tests: a SQLite file, and a PostgreSQL that is found or started, one scratch database each.

PostgreSQL is looked for in this order: the address in TIEOUT_TEST_POSTGRES; a server on this machine that lets
the user `postgres` in; the binaries of an installed one, started for this run in a temporary folder. When none
of these works, the tests that need it are skipped and say what was tried.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import event, make_url, text

from tieout.storage.database import Database
from tieout.storage.server import SCHEMA
from tieout.storage.tables import metadata

VARIABLE = "TIEOUT_TEST_POSTGRES"
LOCAL = (
    "postgresql+psycopg://postgres@127.0.0.1:5432/postgres",
    "postgresql+psycopg://postgres@/postgres?host=/var/run/postgresql",
    "postgresql+psycopg://postgres@/postgres?host=/tmp",
)
START_SECONDS = 30
END_SECONDS = 8


class NoPostgres(Exception):
    """No PostgreSQL could be found or started; says what was tried."""


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a SQLite file whose tables are set up, to be copied."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    fresh = Database(f"sqlite:///{file}")
    fresh.migrate()
    fresh.close()
    return file


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Give the address of an empty scratch database on a real PostgreSQL, dropped at the end of the run."""
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(scratch_postgres())
        except NoPostgres as none:
            pytest.skip(str(none))
        yield url


@pytest.fixture(scope="session")
def postgres_database(postgres_url: str) -> Iterator[Database]:
    """Give a PostgreSQL database whose tables are set up; shared, so empty it before use."""
    shared = Database(postgres_url)
    shared.migrate()
    yield shared
    shared.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give an empty database that is set up: every test that takes it runs on both kinds."""
    if request.param == "sqlite":
        file = tmp_path / "tieout.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        fresh = hurried(Database(f"sqlite:///{file}"))
        yield fresh
        fresh.close()
    else:
        shared: Database = request.getfixturevalue("postgres_database")
        emptied(shared)
        yield shared


def emptied(database: Database) -> None:
    """Remove every row of every table; for a few rows quicker than TRUNCATE, which makes files anew."""
    with database.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
        if database.engine.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}"))
            connection.execute(text("DELETE FROM procrastinate_jobs"))


def hurried(database: Database) -> Database:
    """Let a SQLite file not wait for the disk at each commit: a killed process loses nothing by it."""
    if database.engine.dialect.name == "sqlite":
        event.listen(database.engine, "connect", _hurry)
        opened = database.engine.raw_connection()
        _hurry(opened.driver_connection, None)
        opened.close()
    return database


def _hurry(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


@contextlib.contextmanager
def scratch_postgres() -> Iterator[str]:
    """Make a database of a random name, give its address, and drop it afterwards; NoPostgres says why not."""
    tried: list[str] = []
    with contextlib.ExitStack() as stack:
        server = os.environ.get(VARIABLE, "")
        if server:
            _try(server, tried)
        else:
            server = next((one for one in LOCAL if _answers(one, tried)), "")
            if not server:
                server = stack.enter_context(_started(tried))
        name = f"tieout_test_{secrets.token_hex(6)}"
        with psycopg.connect(_plain(server), autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            # A process that is killed loses nothing by it; that a power cut does, nobody here can see.
            admin.execute(
                sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(sql.Identifier(name))
            )
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            with psycopg.connect(_plain(server), autocommit=True) as admin:
                admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _try(server: str, tried: list[str]) -> None:
    if not _answers(server, tried):
        raise NoPostgres(f"{VARIABLE} is set, but its server does not answer: {'; '.join(tried)}")


def _answers(server: str, tried: list[str]) -> bool:
    try:
        psycopg.connect(_plain(server), connect_timeout=3).close()
    except psycopg.Error as error:
        shown = make_url(server).render_as_string(hide_password=True)
        tried.append(f"{shown} ({str(error).strip().splitlines()[-1]})")
        return False
    return True


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


class Server:
    """A PostgreSQL of our own from installed binaries, without fsync: nothing in it outlives the run."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        """Make its files in a folder that is there; NoPostgres when that fails. `start` starts it."""
        # PostgreSQL refuses to run as root; its own user then runs it.
        self._user = "postgres" if os.geteuid() == 0 else None
        self._binaries, self._folder, self._port = binaries, folder, _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql+psycopg://postgres@127.0.0.1:{self._port}/postgres"
        if self._user:
            shutil.chown(folder, self._user)
        made = subprocess.run(
            [
                binaries / "initdb",
                "-D",
                folder / "data",
                *["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
            ],
            user=self._user,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            raise NoPostgres(f"initdb failed: {made.stderr.strip()}")
        with (folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write("listen_addresses = '127.0.0.1'\n")

    def start(self) -> None:
        """Start it, new or on what it was left with, and wait until it answers."""
        log = self._folder / "log"
        with log.open("ab") as written:
            self._process = subprocess.Popen(
                [
                    *(str(self._binaries / "postgres"), "-D", str(self._folder / "data"), "-F"),
                    *("-p", str(self._port), "-k", str(self._folder)),
                ],
                user=self._user,
                cwd=self._folder,
                stdout=written,
                stderr=written,
            )
        _wait(self.url, self._process, log)

    def stop(self) -> None:
        """Stop it in good order; nothing when it does not run."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """End it as a crash does: what was under way is lost, and it recovers from its log when it is started."""
        self._end(signal.SIGQUIT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(timeout=END_SECONDS)
            except subprocess.TimeoutExpired:
                # A connection that was being made right then is told of no end, and PostgreSQL 15 waits for it.
                for child in (
                    Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
                ):
                    os.kill(int(child), signal.SIGKILL)
                self._process.wait(timeout=END_SECONDS)
            self._process = None


@contextlib.contextmanager
def own_postgres() -> Iterator[Server]:
    """Start a PostgreSQL that nobody else uses, and that may be crashed; NoPostgres says why not."""
    binaries = _binaries()
    if binaries is None:
        raise NoPostgres("no initdb is installed")
    folder = Path(tempfile.mkdtemp(prefix="tieout-postgres-"))
    try:
        server = Server(binaries, folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _started(tried: list[str]) -> Iterator[str]:
    try:
        with own_postgres() as server:
            yield server.url
    except NoPostgres as none:
        raise NoPostgres(
            f"no PostgreSQL: tried {'; '.join(tried)}; and {none}. Install PostgreSQL "
            f"(Debian: apt install postgresql) or set {VARIABLE}=postgresql+psycopg://user:password@host/postgres"
        ) from none


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + START_SECONDS
    while not _answers(url, []):
        if server.poll() is not None or time.monotonic() > give_up:
            raise NoPostgres(f"a server of our own did not start: {log.read_text()[-500:]}")
        time.sleep(0.1)


def _binaries() -> Path | None:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((one for one in folders if (one / "initdb").exists() and (one / "postgres").exists()), None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
