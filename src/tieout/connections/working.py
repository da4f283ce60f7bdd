"""Who works and what is owed: the processes of this installation, and the jobs of a tenant's companies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tieout.connections.companies import found
from tieout.domain.permissions import READ
from tieout.kit.errors import NotFound
from tieout.security.notices import OPERATOR
from tieout.security.operation import Act, operation
from tieout.storage.jobs import Job

SILENT: Final = timedelta(minutes=2)
"""A process that gave no sign of life for this long is taken for gone."""


@dataclass(frozen=True)
class WorkerShown:
    """One process that runs, or ran. Instants are in UTC."""

    id: str
    """As it stands in leases; without machine and process id for tenants who do not run the installation."""
    role: str
    """`worker`, or `serve` for one with page and API besides."""
    version: str
    state: str
    """`running`, `silent` (it gave no sign of life for two minutes) or `ended` (it was stopped)."""
    started_at: datetime
    beat_at: datetime
    ended_at: datetime | None


@operation("worker.list", needs=READ, writes=False)
def list_workers(act: Act) -> list[WorkerShown]:
    """List the processes that run cycles, with when each was last heard of."""
    now = act.edges.clock.now()

    runs_it = act.caller.tenant == OPERATOR

    def state(beat_at: datetime, ended_at: datetime | None) -> str:
        if ended_at is not None:
            return "ended"
        return "silent" if now - beat_at > SILENT else "running"

    return [
        WorkerShown(
            one.id if runs_it else one.id.rpartition(":")[2],
            one.role,
            one.version,
            state(one.beat_at, one.ended_at),
            one.started_at,
            one.beat_at,
            one.ended_at,
        )
        for one in act.work.workers.list()
    ]


@operation("job.list", needs=READ, writes=False)
def list_jobs(act: Act, *, company: str = "", limit: int = 50) -> list[Job]:
    """List what workers do, did or will do for a tenant's companies, the latest first."""
    if company:
        chosen = [found(act.work, act.caller.tenant, company).id]
    else:
        chosen = [one.id for one in act.work.companies.all(act.caller.tenant)]
    return act.work.jobs.of_companies(chosen, limit=limit)


@operation("job.show", needs=READ, writes=False)
def show_job(act: Act, job: str) -> Job:
    """Show how far one job is."""
    known = act.work.jobs.get(job)
    holder = act.work.companies.get(known.company) if known is not None and known.company else None
    if known is None or holder is None or holder.tenant != act.caller.tenant:
        raise NotFound(
            "There is no such job",
            record=job,
            reason="it ended long ago, or never was",
            remedy="Choose one from the list of jobs",
        )
    return known
