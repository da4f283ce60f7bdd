"""Inserting: `INSERT … ON CONFLICT`, which both databases spell alike and SQLAlchemy in two classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")

CHUNK = 1000
"""How many rows or ids one statement takes."""


def inserting(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Begin an insert that may say what to do about a conflict."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


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
    statement = inserting(connection, table)
    keys = [one.name for one in table.primary_key]
    changed = {
        one.name: statement.excluded[one.name]
        for one in table.columns
        if one.name not in keys and one.name not in keep and one.name in rows[0]
    }
    where: ColumnElement[bool] | None = newer(statement.excluded, table.c) if newer is not None else None
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=changed, where=where), list(rows)
    )


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
