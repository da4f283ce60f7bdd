"""Webhooks that go wrong on request: lost, late, twice, in another order, wrongly signed."""

from __future__ import annotations

import sqlite3
from typing import Literal

import msgspec

from qbosim.chance import Chance
from qbosim.webhooks.events import Event

SCHEMA = """
CREATE TABLE IF NOT EXISTS webhook_plan (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    plan TEXT NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0,
    fired INTEGER NOT NULL DEFAULT 0
);
"""

Mishap = Literal["lost", "late", "duplicate", "out_of_order", "wrong_signature"]

KINDS: dict[Mishap, str] = {
    "lost": "the event is never sent",
    "late": "the event is sent `seconds` later than it would be",
    "duplicate": "the event is sent again, `seconds` later, with the same id",
    "out_of_order": "the event is sent after a later one of the same app, or `seconds` later when none comes",
    "wrong_signature": "the first attempt to send the event carries a signature that is not right",
}
"""Every way in which a webhook goes wrong."""


class Plan(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One planned mishap. What is left out matches every event."""

    fault: Mishap
    entity: str | None = None
    """Whatever the case."""
    operation: str | None = None
    """Create, Update, Delete, Void, Emailed, Merge; whatever the case."""
    realm: str | None = None
    client_id: str | None = None
    nth: int = 1
    """Strike from the nth matching event on."""
    times: int | None = 1
    """How often to strike; null: for ever."""
    probability: float = 1.0
    """Chance that a matching event is struck (thrown from the seed)."""
    seconds: float = 60.0


class Planned(msgspec.Struct):
    """A plan with its number and what it has done so far."""

    id: int
    plan: Plan
    seen: int
    fired: int


def add(db: sqlite3.Connection, plan: Plan) -> int:
    """Plan a mishap; answers its number."""
    cursor = db.execute("INSERT INTO webhook_plan (plan) VALUES (?)", (msgspec.json.encode(plan).decode(),))
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def every(db: sqlite3.Connection) -> list[Planned]:
    """All plans, in the order in which they are tried."""
    rows = db.execute("SELECT number, plan, seen, fired FROM webhook_plan ORDER BY number")
    return [Planned(row[0], msgspec.json.decode(row[1], type=Plan), row[2], row[3]) for row in rows]


def clear(db: sqlite3.Connection) -> int:
    """Take back all plans; answers how many there were."""
    return db.execute("DELETE FROM webhook_plan").rowcount


def strike(db: sqlite3.Connection, chance: Chance, client_id: str, event: Event) -> Plan | None:
    """Count an event against the plans and answer the one that strikes it, if any."""
    for each in every(db):
        plan = each.plan
        if plan.times is not None and each.fired >= plan.times:
            continue
        if not _matches(plan, client_id, event):
            continue
        seen = each.seen + 1
        hits = (
            seen >= plan.nth and chance.fraction(f"planned webhook mishap {each.id}", seen) < plan.probability
        )
        db.execute(
            "UPDATE webhook_plan SET seen = ?, fired = ? WHERE number = ?",
            (seen, each.fired + hits, each.id),
        )
        if hits:
            return plan
    return None


def _matches(plan: Plan, client_id: str, event: Event) -> bool:
    return (
        (plan.entity is None or plan.entity.lower() == event.entity.lower())
        and (plan.operation is None or plan.operation.lower() == event.operation.lower())
        and (plan.realm is None or plan.realm == event.realm)
        and (plan.client_id is None or plan.client_id == client_id)
    )
