"""The command `import`: the first copy of a company, with its progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from tieout.cli.installation import installation_of
from tieout.cli.terminal import CompanyOption, Json, put_json_line, say, whisper

if TYPE_CHECKING:
    from tieout.mirror.progress import Progress, Standing


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_)


def import_(
    context: typer.Context,
    company: CompanyOption = "",
    anew: Annotated[
        bool, typer.Option("--anew", help="Start from the beginning, also when an import was interrupted.")
    ] = False,
    only_watch: Annotated[
        bool, typer.Option("--watch", help="Start nothing: watch the import that another process runs.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read all records of a QuickBooks company into the mirror; goes on where an interrupted import stopped.

    With --json every line is a JSON document: steps as they come, then what was imported.
    """
    from tieout.api.shapes.companies import imported_shape
    from tieout.mirror.backfill import import_company

    if only_watch:
        _watch_another(context, company, as_json=as_json)
        return
    with installation_of(context).opened() as (edges, caller), _watching(as_json) as watch:
        done = import_company(edges, caller, company=company, watch=watch, anew=anew)
    if as_json:
        put_json_line({"event": "done", **imported_shape(done).model_dump(mode="json")})
        return
    say(
        f"Imported {sum(done.counts.values()):,} records; complete up to {done.complete_until:%Y-%m-%d %H:%M} UTC."
    )


def _watch_another(context: typer.Context, company: str, *, as_json: bool) -> None:
    """Tell how far an import is that runs elsewhere, until it is done or has stopped."""
    from tieout.api.shapes.imports import standing_shape
    from tieout.mirror.progress import watch_import

    with installation_of(context).opened() as (edges, caller):
        for one in watch_import(edges, caller, company=company):
            if as_json:
                put_json_line({"event": "progress", **standing_shape(one).model_dump(mode="json")})
            else:
                say(_standing(one))


def _standing(one: Standing) -> str:
    if one.state == "never":
        return "No import was started yet: tieout import"
    words = f"{one.state}: {one.done:,} of {one.total:,} records"
    if one.state == "running":
        return f"{words}, {pace(one.rate, one.seconds_left)}"
    return "\n".join([words, *(f"{part.entity}: {part.error}" for part in one.entities if part.error)])


def pace(rate: int, seconds_left: int | None) -> str:
    """Say how quickly it goes and how long it takes yet: `1,250 a second, 0:01:20 left`."""
    if seconds_left is None:
        return "nobody can say yet how long it takes"
    hours, rest = divmod(seconds_left, 3600)
    return f"{rate:,} a second, {hours}:{rest // 60:02}:{rest % 60:02} left"


@contextmanager
def _watching(as_json: bool) -> Iterator[Callable[[Progress], None]]:
    """Give what watches an import: JSON lines, a live display, or a line for each entity."""
    if as_json:
        from tieout.api.shapes.companies import progress_shape

        yield lambda step: put_json_line(
            {"event": "progress", **progress_shape(step).model_dump(mode="json")}
        )
    elif sys.stderr.isatty():
        with _live() as watch:
            yield watch
    else:
        yield lambda step: whisper(f"{step.entity:14} {step.done:>9,}") if step.finished else None


@contextmanager
def _live() -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn
    from rich.progress import Progress as Display

    columns = (
        TextColumn("{task.description:20}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}"),
    )
    with Display(*columns, console=Console(file=sys.stderr)) as display:
        tasks: dict[str, TaskID] = {}

        def watch(step: Progress) -> None:
            if step.entity not in tasks:
                tasks[step.entity] = display.add_task(step.entity, total=step.total, pace="")
            how = "" if step.finished else pace(step.rate, step.seconds_left)
            display.update(
                tasks[step.entity], completed=step.done, total=step.total, pace=step.error or step.way or how
            )

        yield watch
