"""Imports: start one and watch it, as one answer or as server-sent events."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Annotated, Any

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import BaseModel
from starlette.responses import Response

from tieout.api.asking import Asked, Asking
from tieout.api.problems import problem
from tieout.api.shapes.base import PageOf
from tieout.api.shapes.companies import (
    ImportedShown,
    ImportShown,
    import_shape,
    imported_shape,
    progress_shape,
)
from tieout.api.shapes.imports import StandingShown, standing_shape
from tieout.connections.companies import get_company
from tieout.kit.errors import TieoutError
from tieout.mirror.backfill import import_company
from tieout.mirror.progress import Progress, Standing, import_progress, watch_import
from tieout.sync.health import read_health

STREAM = "text/event-stream"
router = APIRouter(prefix="/companies/{company}/import", tags=["Imports"])


@router.get("")
def progress(asked: Asked, company: str) -> PageOf[ImportShown]:
    """Show how far the import of each entity is."""
    found = read_health(asked.edges, asked.caller, company=company)
    return PageOf(items=[import_shape(one) for one in found.imports])


@router.get("/progress")
def standing(asked: Asked, company: str) -> StandingShown:
    """Tell how far a company's import is: done, of how many, how quickly, and how long it takes yet."""
    return standing_shape(import_progress(asked.edges, asked.caller, company=company))


@router.get("/events", responses={200: {"content": {STREAM: {"schema": {"type": "string"}}}}})
def events(asked: Asked, company: str) -> Response:
    """Watch an import, whoever runs it: a `progress` event whenever it has moved, and `end` when it is done or stopped.

    The events are made of what is kept, so a watcher may leave and come back at any time.
    """
    found = get_company(asked.edges, asked.caller, company=company)

    def told() -> Iterator[bytes]:
        last: Standing | None = None
        for last in watch_import(asked.edges, asked.caller, company=found.id):
            yield _event("progress", standing_shape(last))
        assert last is not None, "there is always one to tell"
        yield _event("end", standing_shape(last))

    return StreamingResponse(told(), media_type=STREAM, headers={"cache-control": "no-store"})


@router.post(
    "",
    response_model=ImportedShown,
    responses={200: {"content": {STREAM: {"schema": {"type": "string"}}}}},
)
def start(
    asked: Asked,
    company: str,
    anew: bool = False,
    accept: Annotated[str, Header(description=f"`{STREAM}` to watch it")] = "",
) -> Any:
    """Read all records of a company into the mirror; goes on where an interrupted import stopped.

    With `Accept: text/event-stream` the answer is a stream of `progress` events, then `done` or `problem`.
    Otherwise it comes when the import has ended. An import goes on when its watcher leaves.
    """
    found = get_company(asked.edges, asked.caller, company=company)
    if STREAM in accept:
        return streamed(asked, found.id, anew=anew)
    return imported_shape(import_company(asked.edges, asked.caller, company=found.id, anew=anew))


def streamed(asked: Asking, company: str, *, anew: bool) -> Response:
    """Run an import in a thread of its own and tell its steps as they come."""
    events: SimpleQueue[bytes | None] = SimpleQueue()

    def watch(step: Progress) -> None:
        events.put(_event("progress", progress_shape(step)))

    def work() -> None:
        try:
            done = import_company(asked.edges, asked.caller, company=company, watch=watch, anew=anew)
            events.put(_event("done", imported_shape(done)))
        except TieoutError as error:
            events.put(_event("problem", problem(error)))
        finally:
            events.put(None)

    def told() -> Iterator[bytes]:
        while (event := events.get()) is not None:
            yield event

    threading.Thread(target=work, name=f"import of {company}", daemon=True).start()
    return StreamingResponse(told(), media_type=STREAM, headers={"cache-control": "no-store"})


def _event(name: str, data: BaseModel | dict[str, Any]) -> bytes:
    import json

    text = data.model_dump_json() if isinstance(data, BaseModel) else json.dumps(data)
    return format_sse_event(data_str=text, event=name)
