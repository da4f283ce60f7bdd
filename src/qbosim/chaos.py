"""Planned faults: which call goes wrong, how, and how often.

A plan is matched against every request, and against every item of a batch; the first plan that fires decides.
Counters live in the store and throws of the dice come from the seed, so that the same requests meet the same
faults after a restart or in a replay.
"""

from __future__ import annotations

import sqlite3
from fnmatch import fnmatchcase
from typing import Any, Literal

import msgspec

from qbosim import faults
from qbosim.calls import Call
from qbosim.chance import Chance
from qbosim.faults import Fault, FaultError
from qbosim.rules import Topic, assumed, documented, recorded
from qbosim.wire import ConnectionCut, Response

RULES = Topic(
    "Faults on purpose",
    recorded(
        "faults.stale",
        "Whoever writes a record that somebody changed since it was read is refused with 5010, which names that person.",
        "real answers (Boulevard/ExQuickBooks; minimul/qbo_api, batch/basic)",
    ),
    documented(
        "faults.system",
        "A failure inside QuickBooks answers 500 with a SystemFault of code 10000.",
        "Intuit's documentation of error codes; quoted in PHP SDK issue 127",
    ),
    documented(
        "faults.lapsed",
        "A company whose subscription ended answers 6190; its words here are ours.",
        "Intuit's documentation of error codes",
    ),
    assumed(
        "faults.inside_batch",
        "A failure of one item of a batch stands in that item, in the shape it has elsewhere, and the batch answers 200.",
        "recorded item faults look so, and a SystemFault was never seen inside a batch",
    ),
)

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
    "edit": "a person changes the record just before the call does (`change`: what), and the call is answered as ever",
    "lapsed": "the company's subscription has ended (6190)",
    "closed": "the period is closed (6210)",
    "fault": "a fault of your own: `status`, `code`, `message`, `detail`, `type`",
    "storm": "now this, now that: `mix` says how likely each kind is; lasts until it is taken back",
}
"""Every kind of fault and what it does."""

_AFTER_BY_DEFAULT = frozenset({"reply_lost", "slow", "cut_body", "garbage", "edit"})
ALWAYS_AFTER = frozenset({"reply_lost", "cut_body", "edit"})
ALWAYS_BEFORE = frozenset({"request_lost"})
TOLD = frozenset({"500", "stale", "lapsed", "closed", "fault"})
"""Kinds that answer with a Fault of the accounting API; with `edit`, what can happen to one item of a batch."""

Struck = Literal[
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
    "edit",
    "lapsed",
    "closed",
]
"""What a storm may do."""


class Plan(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One planned fault. What is left out matches everything."""

    fault: Struck | Literal["fault", "storm"]
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
    spread: float = 0.0
    """For `slow`: up to so many seconds more (thrown from the seed)."""
    mix: dict[Struck, float] = {}
    """For `storm`: each kind's chance for a call that matches; what is left of 1 is the chance of no fault."""
    change: dict[str, Any] = {}
    """For `edit`: the properties that the person changes; without one the record is saved as it is."""
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


def nonsense(plan: Plan) -> tuple[str, str] | None:
    """What makes a plan impossible: the field that is wrong, and why."""
    slow = plan.fault == "slow" or "slow" in plan.mix
    checks = (
        ("nth", plan.nth < 1, "Calls are counted from 1."),
        ("times", plan.times is not None and plan.times < 1, "It must be 1 or more, or null for ever."),
        ("probability", not 0 <= plan.probability <= 1, "It lies between 0 and 1."),
        ("seconds", plan.seconds < 0, "Nothing answers before it was asked."),
        ("spread", plan.spread < 0, "Nothing answers before it was asked."),
        ("seconds", slow and not plan.seconds + plan.spread, "A slow answer needs the seconds it takes."),
        ("status", not 400 <= plan.status <= 599, "A fault has a status from 400 to 599."),
        (
            "mix",
            plan.fault == "storm" and not plan.mix,
            'A storm needs the chance of each kind, as {"503": 0.1}.',
        ),
        ("mix", bool(plan.mix) and plan.fault != "storm", "Only a storm has a mix."),
        ("mix", any(part < 0 for part in plan.mix.values()), "A chance is not below 0."),
        ("mix", sum(plan.mix.values()) > 1 + 1e-9, "The chances together are at most 1."),
        ("change", bool(plan.change) and plan.fault != "edit", "Only an edit has a change."),
        (
            "when",
            (plan.fault in ALWAYS_AFTER and plan.when == "before")
            or (plan.fault in ALWAYS_BEFORE and plan.when == "after"),
            f"{plan.fault} means: {KINDS[plan.fault]}.",
        ),
    )
    return next(((field, why) for field, wrong, why in checks if wrong), None)


def told(plan: Plan, user: str) -> Fault:
    """The fault that a plan of one of the kinds `TOLD` answers; `user` is who is said to have been faster."""
    match plan.fault:
        case "500":
            return faults.system_failure()
        case "stale":
            return faults.stale(user)
        case "lapsed":
            return faults.lapsed()
        case "closed":
            return faults.books_closed()
        case _:
            error = FaultError(plan.code, plan.message, plan.detail, "")
            return Fault(error, kind=plan.type, status=plan.status)


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
    inside_batch: bool = False,
) -> Planned | None:
    """Count a call, or an item of a batch, against the plans and answer the one that hits it, if any.

    Of a storm, the plan in the answer is of the kind that was drawn.
    """
    for each in planned:
        plan = each.plan
        endless = plan.times is None or plan.fault == "storm"
        if not endless and plan.times is not None and each.fired >= plan.times:
            continue
        if not _matches(plan, call, method=method, path=path, client_id=client_id):
            continue
        if inside_batch and not _fits_an_item(plan):
            continue
        each.seen += 1
        thrown = chance.fraction(f"planned fault {each.id}", each.seen)
        hits = each.seen >= plan.nth and thrown < plan.probability
        if hits and plan.fault == "storm":
            drawn = _drawn(plan, chance.fraction(f"storm {each.id}", each.seen))
            hits = drawn is not None and (drawn != "edit" or call.identity is not None)
            if drawn is not None:
                each.plan = msgspec.structs.replace(plan, fault=drawn, mix={})
        each.fired += hits
        db.execute(
            "UPDATE planned_faults SET seen = ?, fired = ? WHERE number = ?", (each.seen, each.fired, each.id)
        )
        if hits:
            return each
    return None


def seconds_of(plan: Planned, chance: Chance) -> float:
    """How long the struck call of a `slow` plan takes."""
    return plan.plan.seconds + plan.plan.spread * chance.fraction(f"seconds {plan.id}", plan.seen)


def _drawn(plan: Plan, thrown: float) -> Struck | None:
    """The kind on which a throw of the dice falls; None where nothing happens."""
    for kind, share in plan.mix.items():
        if thrown < share:
            return kind
        thrown -= share
    return None


def _fits_an_item(plan: Plan) -> bool:
    """Whether a plan can be about one item of a batch: it says which, and it can be told inside an answer."""
    return (plan.entity is not None or plan.operation is not None) and (
        plan.fault in TOLD or plan.fault == "edit"
    )


def _matches(plan: Plan, call: Call, *, method: str, path: str, client_id: str | None) -> bool:
    return (
        (plan.method is None or plan.method.upper() == method)
        and (plan.path is None or fnmatchcase(path, plan.path))
        and (plan.entity is None or plan.entity.lower() == call.entity)
        and (plan.operation is None or plan.operation.lower() == call.operation)
        and (plan.realm is None or plan.realm == call.realm)
        and (plan.client_id is None or plan.client_id == client_id)
        and (plan.fault != "edit" or (call.identity is not None and call.operation != "read"))
    )
