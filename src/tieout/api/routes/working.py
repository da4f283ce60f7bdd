"""Who works and what is owed: the processes of this installation, and the jobs of its companies."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from tieout.api.asking import Asked
from tieout.api.shapes.base import PageOf, Shape
from tieout.connections.working import WorkerShown as Working
from tieout.connections.working import list_jobs, list_workers, show_job
from tieout.mirror.starting import start_import
from tieout.storage.jobs import Job

router = APIRouter(tags=["Workers and jobs"])


class WorkerShown(Shape):
    """One process that runs cycles, or ran them."""

    id: str
    role: str = Field(description="`worker`, or `serve` for one with page and API besides")
    version: str
    state: str = Field(description="`running`, `silent` for two minutes and more, or `ended`")
    started_at: datetime
    beat_at: datetime = Field(description="When it was last heard of")
    ended_at: datetime | None = None


class JobShown(Shape):
    """Work that is done once, by whichever worker comes."""

    id: str
    name: str
    company: str | None = None
    state: str = Field(description="`queued`, `running`, `done` or `failed`")
    attempts: int
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None = None
    error: str = Field(description="Why it was not done the last time; empty while all is well")


def worker_shape(one: Working) -> WorkerShown:
    """Show a worker."""
    return WorkerShown.model_validate(one)


def job_shape(one: Job) -> JobShown:
    """Show a job."""
    return JobShown.model_validate(one)


@router.get("/workers")
def workers(asked: Asked) -> PageOf[WorkerShown]:
    """List the processes that run cycles, with when each was last heard of."""
    return PageOf(items=[worker_shape(one) for one in list_workers(asked.edges, asked.caller)])


@router.get("/jobs")
def jobs(
    asked: Asked,
    company: str = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> PageOf[JobShown]:
    """List what workers do, did or will do, the latest first."""
    found = list_jobs(asked.edges, asked.caller, company=company, limit=limit)
    return PageOf(items=[job_shape(one) for one in found])


@router.get("/jobs/{job}")
def job(asked: Asked, job: str) -> JobShown:
    """Show how far one job is."""
    return job_shape(show_job(asked.edges, asked.caller, job))


@router.post("/companies/{company}/import/job", status_code=202)
def start(asked: Asked, company: str, anew: bool = False) -> JobShown:
    """Have a company imported by the next free worker and answer at once; an import under way goes on."""
    started = start_import(asked.edges, asked.caller, company=company, anew=anew)
    return job_shape(show_job(asked.edges, asked.caller, started.job))
