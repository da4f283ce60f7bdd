"""Events that wait, messages made of them, and what became of each attempt: all in the store, so it outlives a restart."""

from __future__ import annotations

import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from qbosim import tokens
from qbosim.chance import Chance
from qbosim.records.company import Company
from qbosim.rules import Topic, assumed, documented
from qbosim.webhooks import endpoints, mischief
from qbosim.webhooks.endpoints import Endpoint
from qbosim.webhooks.events import Event, told_as, written

SCHEMA = (
    endpoints.SCHEMA
    + mischief.SCHEMA
    + """
CREATE TABLE IF NOT EXISTS webhook_event (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    realm TEXT NOT NULL,
    entity TEXT NOT NULL,
    record TEXT NOT NULL,
    operation TEXT NOT NULL,
    at REAL NOT NULL,
    not_before REAL NOT NULL,
    mishap TEXT,
    message INTEGER
);
CREATE INDEX IF NOT EXISTS webhook_event_waiting ON webhook_event (client_id, number) WHERE message IS NULL;
CREATE TABLE IF NOT EXISTS webhook_merged (event TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS webhook_message (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id TEXT NOT NULL,
    body TEXT NOT NULL,
    events INTEGER NOT NULL,
    made REAL NOT NULL,
    due REAL,
    attempts INTEGER NOT NULL DEFAULT 0,
    spoilt INTEGER NOT NULL DEFAULT 0,
    replay_of INTEGER
);
CREATE INDEX IF NOT EXISTS webhook_message_due ON webhook_message (due) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS webhook_attempt (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    message INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    at REAL NOT NULL,
    url TEXT NOT NULL,
    status INTEGER,
    error TEXT,
    signature TEXT NOT NULL,
    next_at REAL
);
"""
)
PORTAL_TABLES = ("webhook_endpoint",)
"""What belongs to the apps and not to the books."""

LADDER = (10, 20, 30, 5 * 60, 20 * 60, 2 * 3600, 4 * 3600, 6 * 3600)
"""Seconds from a failed attempt to the next one; the last step repeats."""
_LOST = 0
"""Stands for the message of an event that is never sent."""
_MOST_EVENTS = 1_000
"""Events in one message; the others come in the next one."""
_KEPT = 10_000
"""Messages, with their attempts and events, that are kept after they were delivered."""

RULES = Topic(
    "Webhooks",
    documented(
        "webhook.aggregated",
        "Changes are gathered for a while and sent in one message, which may hold several companies.",
        "Intuit's documentation of webhooks",
    ),
    assumed(
        "webhook.window",
        "They are gathered for 5 seconds, unless the setting `webhook_window` says otherwise.",
        "Intuit tells them within seconds as a rule; no figure is documented",
    ),
    documented(
        "webhook.retry",
        "A message that was not accepted is sent again after 10 s, 20 s, 30 s, 5 min, 20 min, 2 h, 4 h, 6 h and then "
        "every 6 h.",
        "Intuit's documentation of webhooks",
    ),
    documented(
        "webhook.held",
        "While a message is not accepted, the app's later events wait behind it.",
        "Intuit's documentation of webhooks",
    ),
)


@dataclass(frozen=True)
class Message:
    """One message that is to be sent now."""

    number: int
    endpoint: Endpoint
    body: bytes
    attempt: int
    """Counted from 1."""
    spoilt: bool
    """Its signature shall not be right."""


def note(chance: Chance, company: Company) -> None:
    """Put what a call changed into the outbox, for every app that is connected and asked for it."""
    wishes = endpoints.every(company.db)
    if not wishes:
        return
    connected = {
        each.client_id
        for each in tokens.connections(company.db)
        if each.realm == company.realm and each.revoked_at is None and tokens.ACCOUNTING in each.scope.split()
    }
    at = company.now.timestamp()
    for wish in wishes:
        if wish.client_id not in connected:
            continue
        for changed in company.changes:
            operation = told_as(changed.entity, changed.operation)
            if operation is not None and wish.wants(changed.entity):
                name = company.entities[changed.entity].id_text
                gone = None if changed.merged is None else name(changed.merged)
                event = Event("", company.realm, changed.entity, name(changed.id), operation, at, gone)
                _put(company.db, chance, wish.client_id, event)


def _put(db: sqlite3.Connection, chance: Chance, client_id: str, event: Event) -> None:
    (number,) = db.execute("SELECT COALESCE(MAX(number), 0) + 1 FROM webhook_event").fetchone()
    identity = chance.uuid("webhook event", number)
    plan = mischief.strike(db, chance, client_id, event)
    mishap = None if plan is None else plan.fault
    later = 0.0 if plan is None else plan.seconds

    def insert(not_before: float, mishap: str | None, message: int | None = None) -> None:
        db.execute(
            "INSERT INTO webhook_event (id, client_id, realm, entity, record, operation, at, not_before, mishap, message)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                identity,
                client_id,
                event.realm,
                event.entity,
                event.record,
                event.operation,
                event.at,
                not_before,
                mishap,
                message,
            ),
        )

    if event.deleted is not None:
        db.execute("INSERT INTO webhook_merged VALUES (?, ?)", (identity, event.deleted))
    late = mishap in ("late", "out_of_order")
    insert(event.at + later if late else event.at, mishap, _LOST if mishap == "lost" else None)
    if mishap == "duplicate":
        insert(event.at + later, mishap)


def next_message(
    db: sqlite3.Connection, chance: Chance, now: float, window: float, upto: int
) -> Message | None:
    """The message that is to be sent at `now`, made of waiting events when none waits already.

    `window`: seconds for which events are gathered. `upto`: later events than this number are left for another time.
    """
    wishes = {wish.client_id: wish for wish in endpoints.every(db)}
    for client_id in wishes.keys() - _held(db):
        _gather(db, chance, wishes[client_id], now, window, upto)
    rows = db.execute(
        "SELECT number, client_id, body, attempts, spoilt FROM webhook_message WHERE due <= ? ORDER BY due, number",
        (now,),
    ).fetchall()
    for number, client_id, body, attempts, spoilt in rows:
        if client_id in wishes:
            first = attempts == 0
            return Message(number, wishes[client_id], body.encode(), attempts + 1, bool(spoilt) and first)
    return None


def _held(db: sqlite3.Connection) -> set[str]:
    """The apps whose last message has not been accepted yet."""
    rows = db.execute(
        "SELECT DISTINCT client_id FROM webhook_message WHERE due IS NOT NULL AND replay_of IS NULL"
    )
    return {client_id for (client_id,) in rows}


def _gather(
    db: sqlite3.Connection, chance: Chance, wish: Endpoint, now: float, window: float, upto: int
) -> None:
    """Make a message of an app's waiting events, if the first of them has waited long enough."""
    rows = db.execute(
        "SELECT number, id, realm, entity, record, operation, at, not_before, mishap FROM webhook_event"
        " WHERE client_id = ? AND message IS NULL AND number <= ? ORDER BY number",
        (wish.client_id, upto),
    ).fetchall()
    ready = [
        row for row in rows if row[7] <= now or (row[8] == "out_of_order" and _overtaken(db, wish, row[0]))
    ]
    if not any(row[8] == "out_of_order" or row[7] + window <= now for row in ready):
        return
    taken = {row[1]: row for row in reversed(ready)}  # a duplicate goes into another message than its twin
    chosen = sorted(taken.values(), key=lambda row: (row[8] == "out_of_order", row[0]))[:_MOST_EVENTS]
    merged = dict(db.execute("SELECT event, record FROM webhook_merged"))
    events = [replace(Event(*row[1:7]), deleted=merged.get(row[1])) for row in chosen]
    source = "intuit." + b64encode(chance.octets("webhook source", wish.client_id, 32)).decode()
    cursor = db.execute(
        "INSERT INTO webhook_message (client_id, body, events, made, due, spoilt) VALUES (?, ?, ?, ?, ?, ?)",
        (
            wish.client_id,
            written(events, wish.format, source),
            len(events),
            now,
            now,
            int(any(row[8] == "wrong_signature" for row in chosen)),
        ),
    )
    marks = ", ".join("?" * len(chosen))
    db.execute(
        f"UPDATE webhook_event SET message = ? WHERE number IN ({marks})",
        (cursor.lastrowid, *(row[0] for row in chosen)),
    )
    _tidy(db, (cursor.lastrowid or 0) - _KEPT)


def _overtaken(db: sqlite3.Connection, wish: Endpoint, number: int) -> bool:
    """Whether a later event of the app has been sent."""
    found = db.execute(
        "SELECT 1 FROM webhook_event WHERE client_id = ? AND number > ? AND message > 0 LIMIT 1",
        (wish.client_id, number),
    )
    return found.fetchone() is not None


def _tidy(db: sqlite3.Connection, last: int) -> None:
    db.execute("DELETE FROM webhook_attempt WHERE message <= ?", (last,))
    db.execute("DELETE FROM webhook_event WHERE message <= ? AND message > 0", (last,))
    db.execute("DELETE FROM webhook_merged WHERE event NOT IN (SELECT id FROM webhook_event)")
    db.execute("DELETE FROM webhook_message WHERE number <= ? AND due IS NULL", (last,))


def came_back(
    db: sqlite3.Connection,
    message: Message,
    *,
    at: float,
    signature: str,
    status: int | None,
    error: str | None,
) -> None:
    """Keep what became of an attempt, and when the next one is due. `status` None: no answer, `error` says why."""
    accepted = status is not None and 200 <= status < 300
    step = LADDER[min(message.attempt, len(LADDER)) - 1]
    next_at = None if accepted else at + step
    db.execute(
        "UPDATE webhook_message SET attempts = ?, due = ? WHERE number = ?",
        (message.attempt, next_at, message.number),
    )
    db.execute(
        "INSERT INTO webhook_attempt (message, attempt, at, url, status, error, signature, next_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (message.number, message.attempt, at, message.endpoint.url, status, error, signature, next_at),
    )


def last_event(db: sqlite3.Connection) -> int:
    """The number of the newest event."""
    (number,) = db.execute("SELECT COALESCE(MAX(number), 0) FROM webhook_event").fetchone()
    return int(number)


def next_due(db: sqlite3.Connection, window: float) -> float | None:
    """When there is something to send next, in seconds since 1970; None: nothing waits."""
    (of_messages,) = db.execute("SELECT MIN(due) FROM webhook_message").fetchone()
    held = _held(db)
    rows = db.execute(
        "SELECT client_id, MIN(not_before) FROM webhook_event WHERE message IS NULL GROUP BY client_id"
    ).fetchall()
    known = {wish.client_id for wish in endpoints.every(db)}
    moments = [first + window for client_id, first in rows if client_id in known - held]
    return min([*moments, *([] if of_messages is None else [of_messages])], default=None)


def replay(db: sqlite3.Connection, number: int, now: float) -> int | None:
    """Send the message of an attempt once more, at once; answers the new message's number, None for no such attempt."""
    row = db.execute(
        "SELECT m.number, m.client_id, m.body, m.events FROM webhook_attempt a JOIN webhook_message m"
        " ON m.number = a.message WHERE a.number = ?",
        (number,),
    ).fetchone()
    if row is None:
        return None
    original, client_id, body, events = row
    cursor = db.execute(
        "INSERT INTO webhook_message (client_id, body, events, made, due, replay_of) VALUES (?, ?, ?, ?, ?, ?)",
        (client_id, body, events, now, now, original),
    )
    return cursor.lastrowid


def waiting(db: sqlite3.Connection) -> dict[str, int]:
    """Client id to the number of its events that no message has taken yet."""
    rows = db.execute(
        "SELECT client_id, COUNT(*) FROM webhook_event WHERE message IS NULL GROUP BY client_id"
    )
    return dict(rows.fetchall())


def forget(db: sqlite3.Connection, client_id: str | None) -> None:
    """Drop what waits for an app that wants no more webhooks (None: for all)."""
    which, values = ("", ()) if client_id is None else (" AND client_id = ?", (client_id,))
    db.execute(f"DELETE FROM webhook_event WHERE message IS NULL{which}", values)
    db.execute(f"UPDATE webhook_message SET due = NULL WHERE due IS NOT NULL{which}", values)


def attempts(db: sqlite3.Connection, after: int, limit: int) -> Iterator[dict[str, Any]]:
    """The log of attempts after the one numbered `after`, the oldest first."""
    rows = db.execute(
        "SELECT a.number, a.message, a.attempt, a.at, m.client_id, a.url, a.status, a.error, a.signature, a.next_at,"
        " m.events, m.replay_of, m.body FROM webhook_attempt a JOIN webhook_message m ON m.number = a.message"
        " WHERE a.number > ? ORDER BY a.number LIMIT ?",
        (after, limit),
    )
    for row in rows:
        yield dict(zip(_ATTEMPT, row, strict=True))


_ATTEMPT = (
    "id",
    "message",
    "attempt",
    "at",
    "client_id",
    "url",
    "status",
    "error",
    "signature",
    "next_at",
    "events",
    "replay_of",
    "body",
)
