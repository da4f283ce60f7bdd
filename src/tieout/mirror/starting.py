"""Starting an import as a job: whichever worker comes carries it on, whoever watches may leave, and a crash stops nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tieout.connections.companies import found
from tieout.connections.hold import check_workable
from tieout.domain.permissions import SYNC
from tieout.security.operation import Act, operation

IMPORT: Final = "company.import"
"""The job that reads all records of a company into the mirror."""


@dataclass(frozen=True)
class Started:
    """An import that is owed."""

    job: str
    company: str
    running: bool
    """It had been started before, and goes on."""


@operation("import.start", needs=SYNC, writes=True)
def start_import(act: Act, *, company: str = "", anew: bool = False) -> Started:
    """Have all records of a company read into the mirror by the next free worker; one that is under way goes on."""
    chosen = found(act.work, act.caller.tenant, company)
    check_workable(chosen, chosen, done="imported")
    known = act.work.jobs.active(IMPORT, chosen.id)
    if known is not None:
        # One that failed and waits for its next try goes on now: somebody asked for it.
        act.work.jobs.hasten(known.id, now=act.edges.clock.now())
        return Started(known.id, chosen.id, running=True)
    job = act.work.jobs.add(
        act.edges.ids.new("job"),
        IMPORT,
        {"anew": anew},
        now=act.edges.clock.now(),
        company=chosen.id,
        lock=f"{IMPORT} {chosen.id}",
    )
    return Started(job, chosen.id, running=False)
