"""What a world was like when it stood ready, kept so that the next one of its kind goes on from there.

To connect and import takes longer than most of what a test looks at afterwards. The first world of a kind in a
process does it and is written down; the others take over every row of both houses, the keys that sealed them, and
where the ids stood. `tests/sync/test_worlds.py` holds such a world against one that did it all itself.
"""

from __future__ import annotations

import copy
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import text

from qbosim.clock import Clock
from qbosim.simulator import Simulator
from qbosim.store import Store
from tieout.edges import Edges
from tieout.storage.database import BUSY_SECONDS, Database
from tieout.storage.server import SCHEMA
from tieout.storage.tables import metadata


@dataclass(frozen=True)
class PostgresRows:
    """The rows of each table that has any, as COPY tells them, and where the numbering of tables stood."""

    rows: list[tuple[sql.Identifier, bytes]]
    numbers: list[tuple[str, int]]


Rows = sqlite3.Connection | PostgresRows
"""A SQLite file, copied into memory, or what a PostgreSQL database held."""


@dataclass(frozen=True)
class Kept:
    """A moment of a world."""

    books: Store
    rows: Rows
    keys: bytes
    ids: dict[str, Any]


_SAMPLES: dict[int, Store] = {}


def founded(company: str | Path, seed: int, at: datetime) -> Store:
    """Give a store for a simulator on a company of that kind; a sample company stands in it already, as of `at`."""
    store = Store()
    if str(company) == "sample":
        if seed not in _SAMPLES:
            _SAMPLES[seed] = Store()
            Simulator(_SAMPLES[seed], company=company, seed=seed, clock=Clock.at(at))
        store.take_over(_SAMPLES[seed])
    return store


def keep(simulator: Simulator, edges: Edges) -> Kept:
    """Write a world down in which nothing is under way."""
    books = Store()
    books.take_over(simulator.store)
    return Kept(
        books=books,
        rows=_rows(edges.database),
        keys=edges.key_file.path.read_bytes(),
        ids=copy.deepcopy(vars(edges.ids)),
    )


def take_over(kept: Kept, simulator: Simulator, edges: Edges) -> None:
    """Go on from there, in a world of that kind in which nothing has happened yet."""
    simulator.take_over(kept.books)
    edges.key_file.path.write_bytes(kept.keys)  # whoever holds the ring follows the file
    _fill(edges.database, kept.rows)
    # The doors of a world hold its ids already: the same object goes on where the other one stood.
    vars(edges.ids).update(copy.deepcopy(kept.ids))


@cache
def set_up() -> bytes:
    """Give a SQLite file whose tables are set up, and have no row."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "tieout.db"
        fresh = Database(f"sqlite:///{file}")
        fresh.migrate()
        fresh.close()
        return file.read_bytes()


def writes(simulator: Simulator) -> int:
    """Count what was ever written to a simulator's store by this process."""
    with simulator.store.transaction() as db:
        return db.total_changes


def is_empty(database: Database) -> bool:
    """Tell whether none of our tables has a row."""
    some = " OR ".join(f"EXISTS (SELECT 1 FROM {table.name})" for table in metadata.sorted_tables)
    with database.engine.connect() as connection:
        return not connection.execute(text(f"SELECT {some}")).scalar_one()


def _rows(database: Database) -> Rows:
    if database.engine.dialect.name == "sqlite":
        kept = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(_file(database)) as file:
            file.backup(kept)
        return kept
    with _postgres(database) as connection:
        return PostgresRows(
            rows=[(one, told) for one in _tables() if (told := _told(connection, one))],
            numbers=[
                (name, last)
                for schema, name, last in connection.execute(
                    "SELECT schemaname, quote_ident(schemaname) || '.' || quote_ident(sequencename), last_value"
                    " FROM pg_sequences WHERE last_value IS NOT NULL"
                )
                if schema != SCHEMA or name.endswith(".procrastinate_jobs_id_seq")
            ],
        )


def _fill(database: Database, kept: Rows) -> None:
    if isinstance(kept, sqlite3.Connection):
        with closing(_file(database)) as file:
            # Pages go to a file that nobody needs after this process.
            file.execute("PRAGMA synchronous = OFF")
            kept.backup(file)
        return
    with _postgres(database) as connection:
        for table, told in kept.rows:
            with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(table)) as copied:
                copied.write(told)
        for name, last in kept.numbers:
            connection.execute("SELECT setval(%s, %s)", (name, last))


def _tables() -> list[sql.Identifier]:
    """Name the tables, those first that others refer to; the carrier notes by itself what is put into its own."""
    ours = [sql.Identifier(table.name) for table in metadata.sorted_tables]
    return [*ours, sql.Identifier(SCHEMA, "procrastinate_jobs")]


def _told(connection: psycopg.Connection[Any], table: sql.Identifier) -> bytes:
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(table)) as copied:
        return b"".join(bytes(part) for part in copied)


def _file(database: Database) -> sqlite3.Connection:
    return sqlite3.connect(database.engine.url.database or "", timeout=BUSY_SECONDS)


def _postgres(database: Database) -> psycopg.Connection[Any]:
    url = database.engine.url.set(drivername="postgresql")
    return psycopg.connect(
        url.render_as_string(hide_password=False), options=f"-c search_path=public,{SCHEMA}"
    )
