"""The simulator's state: one SQLite database behind one lock, where a change happens whole or not at all.

Everything that must survive a restart (records, postings, tokens, the request log) is a table in here. Whoever needs a
table declares it with `Store.ensure`; nobody else opens the database.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from collections.abc import Collection, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

if sys.platform != "win32":  # there, SQLite's own locks still keep the file whole
    import fcntl

_PAGE_BYTES = 16_384
"""Of a new file. A record is some 2 KB: with SQLite's own 4 KB, half of a big file would be empty."""

_MANY = 1_000_000
"""Rows that a table is said to have, all of one company."""


class CannotOpen(Exception):
    """Why a file cannot be had."""


class Database(sqlite3.Connection):
    """The store's connection, and what its readers found out about a table that holds until the table is written.

    Whoever writes a table of records says so with `written`; whoever notes something down finds it again for as long as
    it is true, and not a moment longer.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._notes: dict[str, dict[Hashable, Any]] = {}

    def notes(self, table: str) -> dict[Hashable, Any]:
        """What was noted down about a table since it was last written; the caller may add to it."""
        return self._notes.setdefault(table, {})

    def written(self, table: str) -> None:
        """A row of the table was added, changed or removed."""
        self._notes.pop(table, None)

    def forget(self) -> None:
        """Nothing noted down is sure any more: work was undone."""
        self._notes.clear()


class Store:
    """One SQLite database, in memory or in a file, that any thread may use.

    Threads take turns: `transaction` holds the store's lock until its block ends. A file is written in WAL mode with
    `synchronous=NORMAL`, so that a killed process loses no committed work (a machine that loses power may lose the last
    moments, but never tears a transaction). Nobody else opens it meanwhile: what is noted down about a table would not hold.
    """

    def __init__(self, path: str | Path = ":memory:", *, expendable: bool = False) -> None:
        """Open a file.

        One that is `expendable` begins anew, is of no use to anybody if this process dies, and is written faster.
        Raises `CannotOpen` when another store has the file, in this process or another one, or when none can be there.
        """
        self.file = None if str(path) == ":memory:" else Path(path).resolve()
        """The file; None for a database in memory."""
        self._held = None if self.file is None else _hold(self.file)
        self._lock = threading.RLock()
        self._depth = 0
        self._declared: set[str] = set()
        try:
            if self.file is not None and expendable:
                self.file.unlink(missing_ok=True)
            self._db = _connected(str(path), expendable=expendable)
        except BaseException:
            self._let_go()
            raise

    def ensure(self, schema_sql: str) -> None:
        """Create the tables and indexes of `schema_sql` (written with IF NOT EXISTS) where they are missing."""
        with self._lock:
            if schema_sql in self._declared:
                return
            assert self._depth == 0, "a schema is declared before any transaction begins"
            self._db.executescript(schema_sql)
            _advise(self._db)
            self._declared.add(schema_sql)

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """Give the database to one thread; an exception undoes everything the block did.

        Blocks nest: an inner block that fails undoes its own work only, and the outer one decides about the rest.
        """
        with self._lock:
            level = self._depth
            self._db.execute("BEGIN IMMEDIATE" if level == 0 else f"SAVEPOINT level_{level}")
            self._depth = level + 1
            before = self._db.total_changes
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK" if level == 0 else f"ROLLBACK TO level_{level}")
                if level:
                    self._db.execute(f"RELEASE level_{level}")
                if self._db.total_changes != before:
                    self._db.forget()
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
            db.forget()

    def take_over(self, other: Store) -> None:
        """Hold what another store holds, down to its numbering, and nothing of what this one held."""
        with self._lock, other._lock:
            assert self._depth == 0, "a store is exchanged while nobody works on it"
            assert other._depth == 0, "a store is copied while nobody works on it"
            other._db.backup(self._db)
            self._db.forget()
            missing, self._declared = self._declared - other._declared, set(other._declared)
            for schema in missing:
                self.ensure(schema)

    def close(self) -> None:
        """Close the database; the store is of no use afterwards."""
        with self._lock:
            self._db.close()
            self._let_go()

    def _let_go(self) -> None:
        if self._held is not None and not self._held.closed:
            Path(self._held.name).unlink(missing_ok=True)
            self._held.close()


def _connected(path: str, *, expendable: bool) -> Database:
    db = sqlite3.connect(
        path, check_same_thread=False, isolation_level=None, cached_statements=1024, factory=Database
    )
    try:
        db.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        db.execute(f"PRAGMA journal_mode = {'OFF' if expendable else 'WAL'}")
        db.execute(f"PRAGMA synchronous = {'OFF' if expendable else 'NORMAL'}")
        db.execute("PRAGMA temp_store = MEMORY")
        db.execute("PRAGMA cache_size = -65536")
    except BaseException:
        db.close()
        raise
    return db


def _hold(file: Path) -> IO[str] | None:
    """Take the lock that lies beside a file, until what is answered is closed."""
    if sys.platform == "win32":
        return None
    while True:
        try:
            held = Path(f"{file}.lock").open("w")  # noqa: SIM115 - held for as long as the store is open
        except OSError as error:
            raise CannotOpen(f"the file cannot be written there ({error.strerror})") from error
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(held.fileno()).st_ino == Path(held.name).stat().st_ino:
                return held
        except FileNotFoundError:
            pass  # whoever had it removed it a moment ago: take the next one
        except OSError as error:
            held.close()
            raise CannotOpen("another qbosim is serving this file") from error
        held.close()


@contextmanager
def unindexed(db: Database, names: Collection[str]) -> Iterator[None]:
    """Do without some indexes for the length of the block: a million rows are sorted once more quickly than one by one."""
    found = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'index'").fetchall()
    statements = {name: sql for name, sql in found if name in names}
    advice = [row for row in db.execute("SELECT * FROM sqlite_stat1").fetchall() if row[1] in statements]
    for name in statements:
        db.execute(f"DROP INDEX {name}")
    yield
    for sql in statements.values():
        db.execute(sql)
    db.executemany("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", advice)
    db.execute("ANALYZE sqlite_schema")


def _advise(db: sqlite3.Connection) -> None:
    """Tell SQLite how selective the indexes are, which it guesses wrongly.

    Without statistics it takes the first column of any index for a good one. Here that is the company, which has all rows:
    a payment's applications would be looked for among everybody's. What is said holds for small and big books alike, so
    that both are read in the same way; they are never counted.
    """
    db.execute("ANALYZE sqlite_schema")  # makes the table of statistics, and later reads it
    db.execute("DELETE FROM sqlite_stat1")
    tables = db.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    for table, sql in tables.fetchall():
        for _, index, unique, origin, _ in db.execute(f"PRAGMA index_list({table})").fetchall():
            columns = [row[2] for row in db.execute(f"PRAGMA index_info({index})")]
            if columns[0] == "realm":
                # SQLite knows the primary key of a table without row ids by the table's own name
                name = table if origin == "pk" and "WITHOUT ROWID" in sql else index
                found = 2 if "p_DocNumber" in columns else 50
                statistics = _statistics(len(columns), found, unique=bool(unique))
                db.execute("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", (table, name, statistics))
    db.execute("ANALYZE sqlite_schema")


def _statistics(columns: int, found: int, *, unique: bool) -> str:
    """Rows in all, then rows that share the first column's value, the first two columns' values (`found`), and so on."""
    shares = [_MANY, *(max(1, found // 5**place) for place in range(columns - 1))]
    if unique:
        shares[-1] = 1
    return " ".join(str(share) for share in (_MANY, *shares))
