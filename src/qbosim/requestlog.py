"""The log of every request: what was asked, what was answered, what it cost, which planned fault hit it.

Rows and bodies are kept up to a number of the newest; the reads per company and day are counted apart and
never forgotten, because that is what Intuit bills. Secrets do not reach the log.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS request_log (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    query TEXT NOT NULL,
    operation TEXT NOT NULL,
    entity TEXT,
    realm TEXT,
    client_id TEXT,
    request_id TEXT,
    status INTEGER,
    fault_code TEXT,
    cost INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    planned_fault INTEGER,
    intuit_tid TEXT NOT NULL,
    request_body TEXT,
    response_body TEXT
);
CREATE TABLE IF NOT EXISTS request_days (
    realm TEXT NOT NULL,
    day TEXT NOT NULL,
    requests INTEGER NOT NULL,
    reads INTEGER NOT NULL,
    PRIMARY KEY (realm, day)
);
"""

ROWS_KEPT = 100_000
BODIES_KEPT = 2_000
BODY_LIMIT = 16_384
"""Characters of a body that are kept."""
_SWEEP_EVERY = 500
_SECRET_FORM = re.compile(r"\b(code|refresh_token|client_secret|token|access_token)=([^&\s]{0,6})[^&\s]*")
_SECRET_JSON = re.compile(
    r'"(refresh_token|client_secret|token|access_token|id_token)"(\s*:\s*)"([^"]{0,6})[^"]*"'
)
_FAULT_CODE = re.compile(rb'"code"\s*:\s*"?(\d+)|<Error code="(\d+)"')
_COLUMNS = (
    "number",
    "at",
    "method",
    "path",
    "query",
    "operation",
    "entity",
    "realm",
    "client_id",
    "request_id",
    "status",
    "fault_code",
    "cost",
    "outcome",
    "planned_fault",
    "intuit_tid",
)
_BODIES = ("request_body", "response_body")
FILTERS = (
    "method",
    "operation",
    "entity",
    "realm",
    "client_id",
    "request_id",
    "status",
    "outcome",
    "fault_code",
)
"""Columns that a reader of the log may ask to be equal to something."""


@dataclass(frozen=True)
class Entry:
    """One request and what became of it."""

    number: int
    at: datetime
    method: str
    path: str
    query: str
    operation: str
    entity: str | None
    realm: str | None
    client_id: str | None
    request_id: str | None
    status: int | None
    """None when no answer was sent."""
    fault_code: str | None
    cost: int
    """Metered reads."""
    outcome: str
    """`answered`, `reply_lost`, `request_lost` or `body_cut`."""
    planned_fault: int | None
    intuit_tid: str
    request_body: bytes
    response_body: bytes


def last_number(db: sqlite3.Connection) -> int:
    """The number of the newest entry; 0 when the log is empty."""
    (number,) = db.execute("SELECT COALESCE(MAX(number), 0) FROM request_log").fetchone()
    return int(number)


def record(db: sqlite3.Connection, entry: Entry) -> None:
    """Add an entry and its cost, and forget what is beyond the limits."""
    db.execute(
        "INSERT INTO request_log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.number,
            entry.at.astimezone(UTC).isoformat(timespec="milliseconds"),
            entry.method,
            entry.path,
            without_secrets(entry.query),
            entry.operation,
            entry.entity,
            entry.realm,
            entry.client_id,
            entry.request_id,
            entry.status,
            entry.fault_code,
            entry.cost,
            entry.outcome,
            entry.planned_fault,
            entry.intuit_tid,
            _kept(entry.request_body),
            _kept(entry.response_body),
        ),
    )
    if entry.realm is not None:
        db.execute(
            "INSERT INTO request_days VALUES (?, ?, 1, ?) ON CONFLICT (realm, day)"
            " DO UPDATE SET requests = requests + 1, reads = reads + excluded.reads",
            (entry.realm, entry.at.astimezone(UTC).date().isoformat(), entry.cost),
        )
    if entry.number % _SWEEP_EVERY == 0:
        db.execute("DELETE FROM request_log WHERE number <= ?", (entry.number - ROWS_KEPT,))
        db.execute(
            "UPDATE request_log SET request_body = NULL, response_body = NULL"
            " WHERE number BETWEEN ? AND ? AND request_body IS NOT NULL",
            (entry.number - BODIES_KEPT - 2 * _SWEEP_EVERY, entry.number - BODIES_KEPT),
        )


def read(
    db: sqlite3.Connection,
    *,
    after: int = 0,
    before: int | None = None,
    limit: int = 100,
    newest_first: bool = False,
    path: str | None = None,
    filters: Mapping[str, str] | None = None,
    bodies: bool = False,
) -> list[dict[str, Any]]:
    """Entries with numbers between `after` and `before` (both excluded) as JSON-ready dictionaries.

    `path`: a part of the path. `filters`: exact values of columns named in FILTERS.
    """
    conditions, values = ["number > ?"], [str(after)]
    if before is not None:
        conditions.append("number < ?")
        values.append(str(before))
    if path:
        conditions.append("instr(path, ?) > 0")
        values.append(path)
    for column, value in (filters or {}).items():
        assert column in FILTERS, column
        conditions.append(f"CAST({column} AS TEXT) = ?")
        values.append(value)
    columns = _COLUMNS + (_BODIES if bodies else ())
    rows = db.execute(
        f"SELECT {', '.join(columns)} FROM request_log WHERE {' AND '.join(conditions)}"
        f" ORDER BY number {'DESC' if newest_first else 'ASC'} LIMIT ?",
        (*values, limit),
    )
    return [dict(zip(columns, row, strict=True)) for row in rows]


def clear(db: sqlite3.Connection) -> int:
    """Forget all entries but the newest (which keeps the numbering); answers how many went."""
    return db.execute("DELETE FROM request_log WHERE number < (SELECT MAX(number) FROM request_log)").rowcount


def summary(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """Requests and metered reads per company and day (UTC), since the simulator began."""
    rows = db.execute("SELECT realm, day, requests, reads FROM request_days ORDER BY day, realm")
    return [{"realm": row[0], "day": row[1], "requests": row[2], "reads": row[3]} for row in rows]


def fault_code(status: int, body: bytes) -> str | None:
    """The first error code in an answer that is a fault."""
    if status < 400:
        return None
    found = _FAULT_CODE.search(body)
    return (found.group(1) or found.group(2)).decode() if found else None


def without_secrets(text: str) -> str:
    """The text with tokens, codes and app secrets cut after their first characters."""
    return _SECRET_JSON.sub(r'"\1"\2"\3…"', _SECRET_FORM.sub(r"\1=\2…", text))


def _kept(body: bytes) -> str:
    text = without_secrets(body[: 4 * BODY_LIMIT].decode("utf-8", "replace"))
    return text if len(text) <= BODY_LIMIT else text[:BODY_LIMIT] + "…"
