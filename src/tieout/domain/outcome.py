"""How one item ended: a value, so that a run of 500 never stops at the third."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True)
class Posted:
    """QuickBooks has it."""

    qbo_id: str
    sync_token: str
    adopted: bool = False
    """True when an earlier attempt had made it and its answer was lost."""


@dataclass(frozen=True)
class Postponed:
    """Not now; by itself, later."""

    until: datetime
    why: str
    waits_for: str = ""
    uncertain: bool = False
    """True when QuickBooks may have it."""


@dataclass(frozen=True)
class Blocked:
    """Not before somebody decides: becomes an issue."""

    issue_kind: str
    what: str
    why: str
    remedy: str
    facts: dict[str, object] = field(default_factory=dict)


Outcome: TypeAlias = Posted | Postponed | Blocked
