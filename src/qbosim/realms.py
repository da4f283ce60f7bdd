"""The companies (realms) of this simulated Intuit: which exist, what they are called, how they were made."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

SCHEMA = """
CREATE TABLE IF NOT EXISTS realms (
    number INTEGER PRIMARY KEY,
    realm TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    country TEXT NOT NULL,
    currency TEXT NOT NULL
);
"""


@dataclass(frozen=True)
class Realm:
    """One company file."""

    realm: str
    """The realm id, a string of digits."""
    name: str
    kind: str
    """`sample`, `empty` or `directory`."""
    country: str
    """ISO 3166 alpha-2."""
    currency: str
    """Home currency, ISO 4217."""


def add(db: sqlite3.Connection, realm: Realm) -> None:
    """Put a company on the list."""
    db.execute(
        "INSERT INTO realms (realm, name, kind, country, currency) VALUES (?, ?, ?, ?, ?)",
        (realm.realm, realm.name, realm.kind, realm.country, realm.currency),
    )


def every(db: sqlite3.Connection) -> list[Realm]:
    """All companies, the one the simulator started with first."""
    rows = db.execute("SELECT realm, name, kind, country, currency FROM realms ORDER BY number")
    return [Realm(*row) for row in rows]


def find(db: sqlite3.Connection, realm: str) -> Realm | None:
    """The company with that realm id, if there is one."""
    return next((each for each in every(db) if each.realm == realm), None)
