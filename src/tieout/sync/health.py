"""Sync health: what a company's connection, mirror, queue and last cycle look like at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tieout.connections.companies import found, settings_of
from tieout.domain.issues import IssueState
from tieout.domain.permissions import READ
from tieout.security.operation import Act, operation
from tieout.storage.companies import Company
from tieout.storage.cycles import Cycle
from tieout.storage.imports import ImportProgress


@dataclass(frozen=True)
class Health:
    """Everything the health card shows."""

    company: Company
    settings: dict[str, str]
    last_cycle: Cycle | None
    next_cycle_at: datetime | None
    pushes: dict[str, int]
    """How many pushes stand in each state."""
    oldest_waiting: datetime | None
    """When the oldest push that has not ended was queued."""
    open_issues: int
    mirrored: dict[str, int]
    """How many live records of each entity the mirror holds."""
    imports: list[ImportProgress]
    complete_until: datetime | None
    access_expires_at: datetime | None
    refresh_expires_at: datetime | None


@operation("health.read", needs=READ, writes=False)
def read_health(act: Act, *, company: str = "") -> Health:
    """Show how a company's synchronisation stands."""
    work = act.work
    chosen = found(work, act.caller.tenant, company)
    grant = work.tokens.get(chosen.id)
    recent = work.cycles.list(chosen.id, limit=1)
    return Health(
        company=chosen,
        settings=settings_of(work, chosen.id),
        last_cycle=recent[0] if recent else None,
        next_cycle_at=chosen.due_at if chosen.status == "connected" else None,
        pushes={state.value: number for state, number in work.pushes.counts(chosen.id).items()},
        oldest_waiting=work.pushes.oldest_open(chosen.id),
        open_issues=work.issues.counts(chosen.id).get(IssueState.OPEN.value, 0),
        mirrored=work.records.counts(chosen.id),
        imports=work.imports.all(chosen.id),
        complete_until=chosen.complete_until,
        access_expires_at=grant.access_expires_at if grant else None,
        refresh_expires_at=grant.refresh_expires_at if grant else None,
    )


@operation("cycle.list", needs=READ, writes=False)
def list_cycles(act: Act, *, company: str = "", limit: int = 20) -> list[Cycle]:
    """List a company's latest cycles, newest first."""
    chosen = found(act.work, act.caller.tenant, company)
    return act.work.cycles.list(chosen.id, limit=limit)
