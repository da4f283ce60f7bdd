"""The commands `workers` and `jobs`: who works, and what is owed."""

from __future__ import annotations

from typing import Annotated

import typer

from tieout.cli.installation import installation_of
from tieout.cli.terminal import CompanyOption, Json, put_json, say, table, when


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("workers")(workers)
    app.command("jobs")(jobs)


def workers(context: typer.Context, as_json: Json = False) -> None:
    """List the processes that run cycles, with when each was last heard of."""
    from tieout.api.routes.working import worker_shape
    from tieout.connections.working import list_workers

    with installation_of(context).opened() as (edges, caller):
        found = list_workers(edges, caller)
    if as_json:
        put_json([worker_shape(one) for one in found])
        return
    if not found:
        say("None has run yet: tieout serve, or tieout worker")
        return
    table(
        ("Process", "Role", "State", "Version", "Started", "Last heard of"),
        [
            (one.id, one.role, one.state, one.version, when(one.started_at), when(one.beat_at))
            for one in found
        ],
    )


def jobs(
    context: typer.Context,
    company: CompanyOption = "",
    start_import: Annotated[
        bool, typer.Option("--import", help="Have the company imported by the next free worker.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List what workers do, did or will do for companies, the latest first."""
    from tieout.api.routes.working import job_shape
    from tieout.connections.companies import list_companies
    from tieout.connections.working import list_jobs
    from tieout.mirror import starting

    with installation_of(context).opened() as (edges, caller):
        if start_import:
            started = starting.start_import(edges, caller, company=company)
            if not as_json:
                say(
                    "The import goes on."
                    if started.running
                    else "The import starts with the next free worker."
                )
        found = list_jobs(edges, caller, company=company)
        names = {one.id: one.name for one in list_companies(edges, caller)}
    if as_json:
        put_json([job_shape(one) for one in found])
        return
    if not found:
        say("There are none.")
        return
    table(
        ("Job", "What", "Company", "State", "Tries", "Since", "Trouble"),
        [
            (
                one.id,
                one.name,
                names.get(one.company or "", one.company or ""),
                one.state,
                str(one.attempts),
                when(one.created_at),
                one.error,
            )
            for one in found
        ],
    )
