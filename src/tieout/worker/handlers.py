"""Handlers: what each kind of job does, and how often those come again that nobody asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tieout.edges import Edges
from tieout.mirror.backfill import import_company
from tieout.mirror.starting import IMPORT
from tieout.security.callers import engine
from tieout.storage.jobs import Job
from tieout.sync.housekeeping import keep_house

HOUSEKEEPING: Final = "housekeeping"


@dataclass(frozen=True)
class Handler:
    """How one kind of job is done. It may come again after a crash, so it goes on rather than begins anew."""

    name: str
    run: Callable[[Edges, Job], object]
    every: timedelta | None = None
    """How long after its end it is done again; None for a job that is asked for."""


def _import(edges: Edges, job: Job) -> None:
    assert job.company is not None, job
    with edges.database.reading() as work:
        company = work.companies.get(job.company)
    if company is None:
        return  # erased meanwhile, and the job with it
    import_company(
        edges,
        engine(company.tenant),
        company=company.id,
        anew=bool(job.args.get("anew")) and job.attempts == 1,
    )


def _keep_house(edges: Edges, _job: Job) -> None:
    keep_house(edges)


HANDLERS: Final[tuple[Handler, ...]] = (
    Handler(IMPORT, _import),
    Handler(HOUSEKEEPING, _keep_house, every=timedelta(hours=1)),
)
"""Every kind of job there is: one function, one line."""
