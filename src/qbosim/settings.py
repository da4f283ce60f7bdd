"""The few switches of a simulator, kept in its store and changed through the control plane."""

from __future__ import annotations

import sqlite3
from typing import Annotated, Literal

import msgspec

SCHEMA = """
CREATE TABLE IF NOT EXISTS world (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
"""


class Settings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How this simulator behaves where Intuit's behaviour varies."""

    throttle: bool = False
    """Refuse with 429 beyond Intuit's limits."""
    throttle_body: Literal["json", "xml"] = "json"
    """How a 429 is written; XML was recorded even for requests that accept JSON."""
    throttle_status: Literal[429, 403] = 429
    """The status of a throttled call; 403 with the same code 3001 was recorded in former years."""
    reports_per_minute: Annotated[int, msgspec.Meta(ge=0)] = 0
    """With `throttle`: how many reports a company may have in a minute (Intuit's former figure: 200); 0 for no limit."""
    change_feed_days: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Refuse a change feed that starts longer ago (documented: 30); 0 answers any, as recorded."""
    compress: bool = True
    """Answer with gzip whoever accepts it."""
    reuse_revokes: bool = False
    """A code or rotated refresh token that comes again also ends its connection (Intuit may do that)."""
    webhook_window: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 5.0
    """Seconds for which changes are gathered before a webhook message tells of them."""


def load(db: sqlite3.Connection) -> Settings:
    """The switches as they were last set."""
    return msgspec.json.decode(get(db, "settings") or "{}", type=Settings)


def save(db: sqlite3.Connection, settings: Settings) -> None:
    """Keep the switches."""
    put(db, "settings", msgspec.json.encode(settings).decode())


def get(db: sqlite3.Connection, name: str) -> str | None:
    """A kept fact about this world (its seed, its clock, how it was founded)."""
    row = db.execute("SELECT value FROM world WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def put(db: sqlite3.Connection, name: str, value: str) -> None:
    """Keep a fact about this world."""
    db.execute("INSERT OR REPLACE INTO world VALUES (?, ?)", (name, value))
