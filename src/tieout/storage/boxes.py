"""Boxes: every sealed secret of the database beside the grants', each in its row, for changing the key it is under."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Connection, Table, and_, func, select, update

from tieout.kit.crypto import Sealed
from tieout.storage.tables import apps, channels, grants

PLACES: Final[tuple[tuple[str, Table, str], ...]] = (
    ("app", apps, "secret"),
    ("verifier", apps, "verifier"),
    ("channel", channels, "secret"),
)
"""What is sealed beside grants: what it is called, its table, and its columns' prefix."""
EVERY: Final = ((grants, "access"), (grants, "refresh"), *((table, prefix) for _, table, prefix in PLACES))
"""Every place of a sealed secret: each column `…_box` of the database stands here."""


@dataclass(frozen=True)
class Box:
    """One sealed secret, and which row it belongs to."""

    what: str
    key: tuple[str, ...]
    """The row's primary key."""
    sealed: Sealed


class Boxes:
    """The sealed secrets of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def not_under(self, key: str, limit: int) -> list[Box]:
        """List boxes that are sealed with another key than that one."""
        found: list[Box] = []
        for what, table, prefix in PLACES:
            key_column, box_column = _columns(table, prefix)
            rows = self._connection.execute(
                select(*table.primary_key, key_column, box_column)
                .where(box_column.is_not(None), key_column != key)
                .limit(limit - len(found))
            )
            found += [Box(what, tuple(row[:-2]), Sealed(row[-2], row[-1])) for row in rows]
        return found

    def reseal(self, box: Box, sealed: Sealed) -> bool:
        """Put the same secret under another key; False when it was changed meanwhile."""
        table, prefix = next((table, prefix) for what, table, prefix in PLACES if what == box.what)
        key_column, box_column = _columns(table, prefix)
        mine = [column == value for column, value in zip(table.primary_key, box.key, strict=True)]
        done = self._connection.execute(
            update(table)
            .where(and_(*mine), box_column == box.sealed.box)
            .values({key_column.name: sealed.key_id, box_column.name: sealed.box})
            .returning(key_column)
        )
        return done.one_or_none() is not None

    def by_key(self) -> Counter[str]:
        """Count every secret of the database, grants' too, by the key it is sealed with."""
        counted: Counter[str] = Counter()
        for table, prefix in EVERY:
            key_column, box_column = _columns(table, prefix)
            rows = self._connection.execute(
                select(key_column, func.count()).where(box_column.is_not(None)).group_by(key_column)
            )
            for row in rows:
                counted[row[0]] += row[1]
        return counted


def _columns(table: Table, prefix: str) -> tuple[Column[Any], Column[Any]]:
    return table.c[f"{prefix}_key"], table.c[f"{prefix}_box"]
