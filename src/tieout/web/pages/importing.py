"""The import: every list of a company read into the mirror, watched live by whoever comes, run by a worker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import anyio
from fastapi import APIRouter, Form
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tieout.connections.companies import get_company
from tieout.connections.working import list_jobs, list_workers
from tieout.mirror.backfill import mirrored
from tieout.mirror.progress import Progress, Standing, import_progress
from tieout.mirror.starting import IMPORT, start_import
from tieout.storage.companies import Company
from tieout.storage.jobs import FAILED, QUEUED, Job
from tieout.web.door import Door
from tieout.web.route import back

LOOK_SECONDS: Final = 0.5
"""How often a running import is looked at for whoever watches."""
SIGN_OF_LIFE: Final = 30
"""After so many looks without news, something is sent, so that a lost watcher is noticed."""


@dataclass(frozen=True)
class Row:
    """One list, and how far it is."""

    plural: str
    state: str
    """`done`, `running`, `stopped` or `waiting`."""
    progress: Progress | None


@dataclass(frozen=True)
class Importing:
    """How a company's import stands."""

    state: str
    """`never`, `waiting` for a worker, `running`, `stopped` or `done`."""
    standing: Standing
    rows: list[Row]
    finished: int
    """Lists that are read."""
    trouble: str
    """Why it stopped, in a sentence."""
    next_try: datetime | None
    nobody_works: bool
    """True when no worker runs that would do it."""

    @property
    def moves(self) -> bool:
        """Tell whether there is something to watch: it runs, or goes on by itself."""
        return self.state in ("waiting", "running") or self.next_try is not None


def add_to(routes: APIRouter, door: Door) -> None:
    """Add the page of an import, its events, and starting it."""

    @routes.get("/import")
    def page(request: Request, company: str = "", part: str = "") -> Response:
        """Show how far the import of a company is."""
        values = {**door.frame(company), "page_of_its_own": True}
        values["importing"] = importing_of(door, values["company"])
        if part:
            return door.rendering.part(request, "parts/importing.html", **values)
        return door.rendering.page(request, "importing.html", events=events_address(values), **values)

    @routes.get("/import/events")
    async def events(request: Request, company: str = "") -> Response:
        """Send the part that shows the progress whenever it has changed, and `end` when nothing moves any more."""
        values: dict[str, Any] = await run_in_threadpool(door.frame, company)

        def look() -> tuple[bytes, bool]:
            # Anew each time: the company may have been disconnected, or erased, meanwhile.
            chosen = get_company(door.edges, door.caller, company=values["company"].id)
            found = importing_of(door, chosen)
            shown = {**values, "company": chosen, "importing": found, "page_of_its_own": True}
            return bytes(door.rendering.part(request, "parts/importing.html", **shown).body), found.moves

        async def told() -> AsyncIterator[bytes]:
            before, quiet = b"", 0
            while True:
                text, moves = await run_in_threadpool(look)
                if not moves:
                    yield format_sse_event(data_str=text.decode(), event="end")
                    return
                if text != before:
                    yield format_sse_event(data_str=text.decode(), event="progress")
                    quiet = 0
                elif (quiet := quiet + 1) % SIGN_OF_LIFE == 0:
                    yield b": still here\n\n"
                before = text
                await anyio.sleep(LOOK_SECONDS)

        return StreamingResponse(told(), media_type="text/event-stream")

    @routes.post("/import")
    def start(
        company: Annotated[str, Form()],
        anew: Annotated[str, Form()] = "",
        back_to: Annotated[str, Form(alias="back")] = "",
    ) -> Response:
        """Hand the import of a company, or what is left of it, to the next free worker."""
        started = start_import(door.edges, door.caller, company=company, anew=anew == "yes")
        return back(door, back_to or "/import" + door.query(started.company))


def events_address(values: dict[str, Any]) -> str:
    """Give where the events of an import are; empty when nothing moves."""
    if not values["importing"].moves:
        return ""
    return "/import/events?" + urlencode({"company": values["company"].id})


def importing_of(door: Door, company: Company) -> Importing:
    """Gather how a company's import stands: what is read, whether a worker has it or will, and what stopped it."""
    edges, caller = door.edges, door.caller
    standing = import_progress(edges, caller, company=company.id)
    jobs = [one for one in list_jobs(edges, caller, company=company.id, limit=20) if one.name == IMPORT]
    job = jobs[0] if jobs else None
    now = edges.clock.now()
    state = _state(standing, job, moving=_moved(standing), complete=company.complete_until is not None)
    rows = _rows(standing, state)
    waits = state == "waiting" or (state == "stopped" and job is not None and job.state == QUEUED)
    return Importing(
        state,
        standing,
        rows,
        finished=sum(one.state == "done" for one in rows),
        trouble=_trouble(standing, job) if state == "stopped" else "",
        next_try=job.due_at if state == "stopped" and job is not None and job.state == QUEUED else None,
        nobody_works=waits
        and not any(one.state == "running" for one in list_workers(edges, caller))
        and (job is None or job.due_at <= now),
    )


def _state(standing: Standing, job: Job | None, *, moving: bool, complete: bool) -> str:
    match job.state if job is not None else "":
        case "running":
            return "running"
        case "queued":
            assert job is not None
            return "stopped" if job.error else "waiting"
        case "failed" if standing.state != "done" or not complete:
            return "stopped"
    if standing.state == "done" and complete:
        return "done"
    if standing.state == "never":
        return "done" if complete else "never"
    return "running" if moving else "stopped"


def _moved(standing: Standing) -> bool:
    return standing.state == "running" and any(one.rate for one in standing.entities)


def _trouble(standing: Standing, job: Job | None) -> str:
    if job is not None and job.state in (QUEUED, FAILED) and job.error:
        return job.error
    return next((one.error for one in standing.entities if one.error), "")


def _rows(standing: Standing, state: str) -> list[Row]:
    known = {one.entity: one for one in standing.entities}
    rows = []
    for entity in mirrored():
        progress = known.get(entity.name)
        if progress is None or (not progress.finished and not progress.done and not progress.error):
            shown = "waiting"
        elif progress.finished:
            shown = "done"
        else:
            shown = "stopped" if progress.error or state == "stopped" else "running"
        rows.append(Row(entity.plural, shown, progress))
    return rows
