"""The simulator's state: one SQLite database behind one lock, where a change happens whole or not at all.

Everything that must survive a restart (records, postings, tokens, the request log) is a table in here. Whoever needs a
table declares it with `Store.ensure`; nobody else opens the database.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Store:
    """One SQLite database, in memory or in a file, that any thread may use.

    Threads take turns: `transaction` holds the store's lock until its block ends. A file is written in WAL mode with
    `synchronous=NORMAL`, so that a killed process loses no committed work (a machine that loses power may lose the last
    moments, but never tears a transaction).
    """

    def __init__(self, path: str | Path = ":memory:") -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._declared: set[str] = set()
        self._db = sqlite3.connect(
            str(path), check_same_thread=False, isolation_level=None, cached_statements=1024
        )
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA temp_store = MEMORY")
        self._db.execute("PRAGMA cache_size = -65536")

    def ensure(self, schema_sql: str) -> None:
        """Create the tables and indexes of `schema_sql` (written with IF NOT EXISTS) where they are missing."""
        with self._lock:
            if schema_sql in self._declared:
                return
            assert self._depth == 0, "a schema is declared before any transaction begins"
            self._db.executescript(schema_sql)
            self._declared.add(schema_sql)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the database to one thread; an exception undoes everything the block did.

        Blocks nest: an inner block that fails undoes its own work only, and the outer one decides about the rest.
        """
        with self._lock:
            level = self._depth
            self._db.execute("BEGIN IMMEDIATE" if level == 0 else f"SAVEPOINT level_{level}")
            self._depth = level + 1
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK" if level == 0 else f"ROLLBACK TO level_{level}")
                if level:
                    self._db.execute(f"RELEASE level_{level}")
                raise
            else:
                self._db.execute("COMMIT" if level == 0 else f"RELEASE level_{level}")
            finally:
                self._depth = level

    def reset(self) -> None:
        """Empty every table; the tables themselves stay."""
        with self.transaction() as db:
            names = db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
            for (name,) in names.fetchall():
                db.execute(f'DELETE FROM "{name}"')

    def close(self) -> None:
        """Close the database; the store is of no use afterwards."""
        with self._lock:
            self._db.close()
