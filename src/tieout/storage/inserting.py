"""Inserting: `INSERT … ON CONFLICT`, which both databases spell alike, and many new rows through the driver itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from sqlalchemy import BigInteger, Boolean, ColumnElement, Connection, Date, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.types import TypeEngine

from tieout.storage.columns import Folded, Instant

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

T = TypeVar("T")

Insert: TypeAlias = "postgresql.Insert | sqlite.Insert"

CHUNK = 1000
"""How many rows or ids one statement takes."""


def inserting(connection: Connection, table: Table) -> Insert:
    """Begin an insert that may say what to do about a conflict."""
    return insert_of(connection.dialect.name, table)


def insert_of(dialect: str, table: Table) -> Insert:
    """Begin an insert in a database's own words; those of PostgreSQL are loaded when it is the one."""
    if dialect != "postgresql":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def put_rows(
    connection: Connection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    *,
    newer: Any = None,
    keep: frozenset[str] = frozenset(),
) -> None:
    """Insert rows, or replace those with the same primary key.

    `newer` is a function of (excluded row, table's columns) that tells whether a row may be replaced; `keep`
    names columns that stay as they were first written.
    """
    if not rows:
        return
    connection.execute(_putting(connection.dialect.name, table, tuple(rows[0]), newer, keep), list(rows))


@lru_cache(maxsize=64)
def _putting(dialect: str, table: Table, given: tuple[str, ...], newer: Any, keep: frozenset[str]) -> Insert:
    """Make the statement of `put_rows`; made for each page of an import, it would cost more than it does."""
    statement = insert_of(dialect, table)
    keys = [one.name for one in table.primary_key]
    changed = {
        one.name: statement.excluded[one.name]
        for one in table.columns
        if one.name not in keys and one.name not in keep and one.name in given
    }
    where: ColumnElement[bool] | None = newer(statement.excluded, table.c) if newer is not None else None
    return statement.on_conflict_do_update(index_elements=keys, set_=changed, where=where)


def add_rows(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> bool:
    """Insert rows that are all new, quickly; False when one of them was there, which stays as it is.

    Each row has a value for each column, in the table's order and as the driver takes it. SQLAlchemy looks at every
    value of every row, which costs several times what the database does with it; here the driver takes the rows as
    they are: `COPY` on PostgreSQL, which then inserts none of them, one prepared statement on SQLite, which inserts
    the others (a savepoint would have SQLite copy every page before it writes it).
    """
    if not rows:
        return True
    if connection.dialect.name != "postgresql":
        return _insert(connection, table, rows) == len(rows)
    from psycopg.errors import UniqueViolation

    attempt = connection.begin_nested()
    try:
        _copy(connection, table, rows)
    except IntegrityError as error:
        attempt.rollback()
        if not isinstance(error.orig, UniqueViolation):
            raise
        return False
    attempt.commit()
    return True


def _insert(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> int:
    """Run one prepared statement for all rows, and count those that were new.

    A failure is told as SQLAlchemy tells those of its own statements.
    """
    text = _insert_text(table)
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection), driver
    try:
        return driver.executemany(text, rows).rowcount
    except sqlite3.Error as error:
        raise DBAPIError.instance(text, None, error, sqlite3.Error, dialect=connection.dialect) from error


def _copy(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Send rows as PostgreSQL's binary stream; a failure is told as SQLAlchemy tells those of its own statements."""
    import psycopg
    from psycopg import sql

    text = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table.name), sql.SQL(", ").join(sql.Identifier(one.name) for one in table.columns)
    )
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection), driver
    try:
        with driver.cursor() as cursor, cursor.copy(text) as stream:
            stream.set_types(_stream_types(table))
            for row in rows:
                stream.write_row(row)
    except psycopg.Error as error:
        raise DBAPIError.instance(
            f"COPY {table.name}", None, error, psycopg.Error, dialect=connection.dialect
        ) from error


_STREAMED: Final[tuple[tuple[type[TypeEngine[Any]], str], ...]] = (
    (Instant, "timestamptz"),
    (Folded, "text"),
    (Text, "text"),
    (Boolean, "bool"),
    (Date, "date"),
    (LargeBinary, "bytea"),
    (BigInteger, "int8"),
    (Integer, "int4"),
)
"""PostgreSQL's names of our columns' types."""


@lru_cache(maxsize=16)
def _stream_types(table: Table) -> list[str]:
    return [next(name for kind, name in _STREAMED if isinstance(one.type, kind)) for one in table.columns]


@lru_cache(maxsize=16)
def _insert_text(table: Table) -> str:
    names = ", ".join(one.name for one in table.columns)
    return f"INSERT INTO {table.name} ({names}) VALUES ({', '.join('?' * len(table.columns))}) ON CONFLICT DO NOTHING"


def in_chunks(values: Iterable[T], size: int = CHUNK) -> Iterable[list[T]]:
    """Split values into lists that fit one statement."""
    chunk: list[T] = []
    for value in values:
        chunk.append(value)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
