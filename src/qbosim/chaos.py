"""Planned faults: which call goes wrong, how, and how often.

A plan is matched against every request; the first plan that fires decides. Counters live in the store and
throws of the dice come from the seed, so that the same requests meet the same faults after a restart or in
a replay.
"""

from __future__ import annotations

import sqlite3
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

from qbosim.calls import Call
from qbosim.chance import Chance
from qbosim.wire import ConnectionCut, Response

SCHEMA = """
CREATE TABLE IF NOT EXISTS planned_faults (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    plan TEXT NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0,
    fired INTEGER NOT NULL DEFAULT 0
);
"""

KINDS = {
    "reply_lost": "the work is done, then the connection ends without an answer",
    "request_lost": "the connection ends without an answer and without any work done",
    "429": "too many requests (Intuit's throttle fault)",
    "500": "a system failure (code 10000)",
    "503": "the service is unavailable",
    "401": "the access token is not accepted",
    "slow": "the answer comes `seconds` late",
    "cut_body": "the work is done, the answer breaks off in the middle of its body",
    "garbage": "the work is done, the answer is 200 with a body that is no JSON",
    "stale": "somebody else changed the record first (5010)",
    "fault": "a fault of your own: `status`, `code`, `message`, `detail`, `type`",
}
"""Every kind of fault and what it does."""

_AFTER_BY_DEFAULT = frozenset({"reply_lost", "slow", "cut_body", "garbage"})
ALWAYS_AFTER = frozenset({"reply_lost", "cut_body"})
ALWAYS_BEFORE = frozenset({"request_lost"})


class Plan(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One planned fault. What is left out matches everything."""

    fault: Literal[
        "reply_lost",
        "request_lost",
        "429",
        "500",
        "503",
        "401",
        "slow",
        "cut_body",
        "garbage",
        "stale",
        "fault",
    ]
    method: str | None = None
    path: str | None = None
    """A pattern with * and ?, matched against the whole path."""
    entity: str | None = None
    """Whatever the case; of a query the entity after FROM."""
    operation: str | None = None
    realm: str | None = None
    client_id: str | None = None
    nth: int = 1
    """Fire from the nth matching call on."""
    times: int | None = 1
    """How often to fire; null: for ever."""
    probability: float = 1.0
    """Chance that a matching call is hit (thrown from the seed)."""
    when: Literal["before", "after"] | None = None
    """Whether the work is left undone (before) or done (after) when an answer of 4xx or 5xx comes."""
    seconds: float = 0.0
    """For `slow`."""
    status: int = 400
    """For `fault`, as the fields below."""
    code: str = "6000"
    message: str = "A business validation error has occurred while processing your request"
    detail: str = "Business Validation Error: planned by the tester"
    type: str = "ValidationFault"

    def work_is_done(self) -> bool:
        """Whether the books change although the caller sees a fault."""
        if self.fault in ALWAYS_AFTER:
            return True
        if self.fault in ALWAYS_BEFORE:
            return False
        return (self.when or ("after" if self.fault in _AFTER_BY_DEFAULT else "before")) == "after"


class Planned(msgspec.Struct):
    """A plan with its number and what it has done so far."""

    id: int
    plan: Plan
    seen: int
    """Matching calls so far."""
    fired: int


class BodyCut(ConnectionCut):
    """The answer breaks off in the middle of its body. `response` is the whole answer that was meant."""

    def __init__(self, response: Response) -> None:
        super().__init__(committed=True)
        self.response = response


def add(db: sqlite3.Connection, plan: Plan) -> int:
    """Plan a fault; answers its number."""
    cursor = db.execute("INSERT INTO planned_faults (plan) VALUES (?)", (msgspec.json.encode(plan).decode(),))
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def every(db: sqlite3.Connection) -> list[Planned]:
    """All plans, in the order in which they are tried."""
    rows = db.execute("SELECT number, plan, seen, fired FROM planned_faults ORDER BY number")
    return [Planned(row[0], msgspec.json.decode(row[1], type=Plan), row[2], row[3]) for row in rows]


def remove(db: sqlite3.Connection, number: int | None = None) -> int:
    """Take back one plan, or all; answers how many there were."""
    if number is None:
        return db.execute("DELETE FROM planned_faults").rowcount
    return db.execute("DELETE FROM planned_faults WHERE number = ?", (number,)).rowcount


def strike(
    db: sqlite3.Connection,
    chance: Chance,
    planned: list[Planned],
    call: Call,
    *,
    method: str,
    path: str,
    client_id: str | None,
) -> Planned | None:
    """Count a call against the plans and answer the one that hits it, if any."""
    for each in planned:
        plan = each.plan
        if plan.times is not None and each.fired >= plan.times:
            continue
        if not _matches(plan, call, method=method, path=path, client_id=client_id):
            continue
        each.seen += 1
        thrown = chance.fraction(f"planned fault {each.id}", each.seen)
        hits = each.seen >= plan.nth and thrown < plan.probability
        each.fired += hits
        db.execute(
            "UPDATE planned_faults SET seen = ?, fired = ? WHERE number = ?", (each.seen, each.fired, each.id)
        )
        if hits:
            return each
    return None


def _matches(plan: Plan, call: Call, *, method: str, path: str, client_id: str | None) -> bool:
    return (
        (plan.method is None or plan.method.upper() == method)
        and (plan.path is None or fnmatchcase(path, plan.path))
        and (plan.entity is None or plan.entity.lower() == call.entity)
        and (plan.operation is None or plan.operation.lower() == call.operation)
        and (plan.realm is None or plan.realm == call.realm)
        and (plan.client_id is None or plan.client_id == client_id)
    )
