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
    from tieout.mirror.backfill import Progress


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_)


def import_(
    context: typer.Context,
    company: CompanyOption = "",
    anew: Annotated[
        bool, typer.Option("--anew", help="Start from the beginning, also when an import was interrupted.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read all records of a QuickBooks company into the mirror; goes on where an interrupted import stopped.

    With --json every line is a JSON document: steps as they come, then what was imported.
    """
    from tieout.api.shapes.companies import imported_shape
    from tieout.mirror.backfill import import_company

    with installation_of(context).opened() as (edges, caller), _watching(as_json) as watch:
        done = import_company(edges, caller, company=company, watch=watch, anew=anew)
    if as_json:
        put_json_line({"event": "done", **imported_shape(done).model_dump(mode="json")})
        return
    say(
        f"Imported {sum(done.counts.values()):,} records; complete up to {done.complete_until:%Y-%m-%d %H:%M} UTC."
    )


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
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Display

    columns = (TextColumn("{task.description:14}"), BarColumn(), MofNCompleteColumn())
    with Display(*columns, console=Console(file=sys.stderr)) as display:
        tasks: dict[str, object] = {}

        def watch(step: Progress) -> None:
            if step.entity not in tasks:
                tasks[step.entity] = display.add_task(step.entity, total=step.total)
            display.update(tasks[step.entity], completed=step.done, total=step.total)  # type: ignore[arg-type]

        yield watch
