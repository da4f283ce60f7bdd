"""The database: one connection pool, transactions that commit whole or not at all, and its set-up at start."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, StatementError
from sqlalchemy.exc import TimeoutError as PoolEmpty
from sqlalchemy.pool import StaticPool

from tieout.kit.errors import Invalid
from tieout.storage.server import NOTICES_A_CUT
from tieout.storage.trouble import explained
from tieout.storage.unit_of_work import Work
from tieout.storage.upgrades import head, revision, upgrade

if TYPE_CHECKING:
    from tieout.storage.carrier import Carrier

BUSY_SECONDS: Final = 15
"""How long a SQLite writer waits for another one."""
PAGE_BYTES: Final = 8192
"""Of a SQLite file that is made."""
SILENT_SECONDS: Final = 30.0
"""How long PostgreSQL waits for the next statement of a transaction; less than a lease lasts."""
WRITES: Final = "tieout_writes"


class Database:
    """One SQLite file or PostgreSQL database. Safe to share between threads."""

    def __init__(self, url: str, *, silent_seconds: float = SILENT_SECONDS) -> None:
        """Take an address such as `sqlite:///books.db` or `postgresql+psycopg://user@host/name`.

        Nothing is opened yet. PostgreSQL undoes a transaction in which nothing was asked for `silent_seconds`.
        Raises Invalid for an address that cannot be understood.
        """
        parsed = _parsed(url)
        self.name = _name(parsed)
        """The database for people: never with its password."""
        self._in_memory = parsed.get_backend_name() == "sqlite" and _file(parsed) is None
        self.engine = _engine(parsed, in_memory=self._in_memory, silent_seconds=silent_seconds)
        """For tests; everything else uses `transaction` and `reading`."""
        self._file = _file(parsed)
        self.folder = self._file.parent if self._file is not None else None
        """The folder of a SQLite file, whose disk must have room; None for any other database."""
        self._held = threading.local()
        # A database in memory is one connection, so its users take turns.
        self._turn = threading.Lock()

    def migrate(self) -> None:
        """Bring the tables to this version's shape; a SQLite file is copied first when it has data to lose.

        Safe to call at every start and from several processes at once. Raises Unreachable or Invalid, also
        when the database was last used by a newer Tieout.
        """
        with self._explained(writing=True), self._alone():
            upgrade(self.engine, name=self.name, file=self._file)

    @contextmanager
    def transaction(self) -> Iterator[Work]:
        """Open a unit of work that is saved whole at the end, or not at all when anything is raised.

        Not to be nested, and nothing outside the database may be called in it. Raises Unreachable when the
        database cannot be used now, OutcomeUnknown when the answer to the save itself was lost, Invalid when
        it cannot be used at all.
        """
        with self._opened(writing=True) as connection:
            yield Work(connection, writing=True)

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """Open a unit of work that sees one moment of the database and cannot change it. Not to be nested."""
        with self._opened(writing=False) as connection:
            yield Work(connection, writing=False)

    def now(self) -> datetime | None:
        """Tell the database server's own instant, in UTC; None for SQLite, which has no clock but this machine's.

        It is the time that several machines share. Raises Unreachable as `reading`.
        """
        if self.engine.dialect.name == "sqlite":
            return None
        with self._opened(writing=False) as connection:
            told = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        assert isinstance(told, datetime)
        return told.astimezone(UTC)

    def carrier(self) -> Carrier | None:
        """Give what brings work to this process as soon as it comes; None for SQLite, where it is looked for."""
        if self.engine.dialect.name == "sqlite":
            return None
        from tieout.storage.carrier import Carrier

        return Carrier(self.engine.url.render_as_string(hide_password=False))

    def is_current(self) -> bool:
        """Tell whether the tables have this version's shape; asks the database. Raises Unreachable as `reading`."""
        with self._opened(writing=False) as connection:
            return revision(connection) == head()

    def close(self) -> None:
        """Close every connection; the database can be used again afterwards."""
        self.engine.dispose()

    @contextmanager
    def _opened(self, *, writing: bool) -> Iterator[Connection]:
        with self._explained(writing=writing), self._alone(), self.engine.connect() as plain:
            connection = plain.execution_options(**self._options(writing=writing))
            transaction = connection.begin()
            try:
                yield connection
            except BaseException:
                transaction.rollback()
                raise
            try:
                transaction.commit()
            except DBAPIError as error:
                raise explained(error, self.name, writing=writing, committing=True) from error
            except BaseException:
                # Stopped in the middle: whoever gets this connection next must not find a transaction open.
                connection.invalidate()
                raise

    def _options(self, *, writing: bool) -> dict[str, Any]:
        if self.engine.dialect.name == "sqlite":
            return {WRITES: writing}
        if writing:
            return {"isolation_level": "READ COMMITTED"}
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    @contextmanager
    def _alone(self) -> Iterator[None]:
        assert not getattr(self._held, "yes", False), "a unit of work was opened inside another one"
        self._held.yes = True
        try:
            if self._in_memory:
                with self._turn:
                    yield
            else:
                yield
        finally:
            self._held.yes = False

    @contextmanager
    def _explained(self, *, writing: bool) -> Iterator[None]:
        try:
            yield
        except (StatementError, PoolEmpty) as error:
            raise explained(error, self.name, writing=writing) from error


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError) as wrong:
        raise Invalid(
            "The database address cannot be understood",
            record="database address",
            reason="it names no database that Tieout knows",
            remedy="Write it like sqlite:///tieout.db or postgresql+psycopg://user:password@host/name",
        ) from wrong
    if (parsed.get_backend_name(), parsed.get_driver_name()) not in (
        ("sqlite", "pysqlite"),
        ("postgresql", "psycopg"),
    ):
        raise Invalid(
            "The database cannot be used",
            record=f"{parsed.drivername} address",
            reason="Tieout keeps its data in SQLite, or in PostgreSQL through psycopg",
            remedy="Write the address like sqlite:///tieout.db or postgresql+psycopg://user:password@host/name",
        )
    return parsed


def _file(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database)


def _name(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        file = _file(url)
        return f"SQLite file {file}" if file is not None else "SQLite database in memory"
    where = url.host or "this machine"
    return f"PostgreSQL database {url.database or url.username or ''} on {where}:{url.port or 5432}"


def _engine(url: URL, *, in_memory: bool, silent_seconds: float) -> Engine:
    if url.get_backend_name() != "sqlite":
        engine = create_engine(
            url,
            pool_size=10,
            max_overflow=20,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 10, "application_name": "tieout", **NOTICES_A_CUT},
        )
        event.listen(engine, "connect", lambda made, _record: _end_when_silent(made, silent_seconds))
        return engine
    arguments: dict[str, Any] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    if in_memory:
        engine = create_engine(url, poolclass=StaticPool, connect_args=arguments)
    else:
        engine = create_engine(url, pool_size=10, max_overflow=20, connect_args=arguments)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _end_when_silent(connection: Any, seconds: float) -> None:
    """Have PostgreSQL undo what a process left in the middle that froze, or whose machine is gone.

    Its locks would keep everybody from that company until the network gives up, which takes hours.
    """
    connection.execute(f"SET idle_in_transaction_session_timeout = {round(seconds * 1000)}")
    connection.commit()


def _prepare(connection: Any, _record: object) -> None:
    """Set a fresh SQLite connection up: its transactions are ours to open, and its promises are kept."""
    connection.isolation_level = None
    # Heard by a file that has no table yet. Records are some thousand bytes: in pages of 4,096 most would be split.
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    # A commit survives a power cut: an answer of QuickBooks that we recorded must not be forgotten.
    connection.execute("PRAGMA synchronous = FULL")


def _begin(connection: Connection) -> None:
    """Open a SQLite transaction: a writer takes its turn at once, a reader cannot write by mistake.

    Through the driver itself: every unit of work comes by here, and SQLAlchemy's way takes ten times as long.
    """
    writes = bool(connection.get_execution_options().get(WRITES, True))
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection), driver
    statement = "BEGIN IMMEDIATE" if writes else "BEGIN"
    try:
        if connection.info.get(WRITES) != writes:
            driver.execute(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
            connection.info[WRITES] = writes
        driver.execute(statement)
    except sqlite3.Error as error:
        raise DBAPIError.instance(
            statement, None, error, sqlite3.Error, dialect=connection.dialect
        ) from error
