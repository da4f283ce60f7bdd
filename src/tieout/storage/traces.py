"""Traces: what an SQLite file still holds of rows that were deleted, until its pages are written anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Final

from sqlalchemy import Engine

LEFT: Final = "traces left"
"""The fact that something was erased, and that its traces may still stand in the file."""
PATIENCE: Final = 10.0
"""Seconds to wait for whoever uses the database."""


def wipe(engine: Engine) -> bool:
    """Write an SQLite file anew without its deleted rows, and empty its log; False when that cannot be done now.

    Takes as long as copying the file, and as much room again. PostgreSQL frees and reuses its pages by itself.
    """
    if engine.dialect.name != "sqlite" or engine.url.database in (None, "", ":memory:"):
        return True
    try:
        with closing(
            sqlite3.connect(str(engine.url.database), timeout=PATIENCE, isolation_level=None)
        ) as file:
            file.execute("VACUUM")
            busy, _, _ = file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error:
        return False
    return not busy
