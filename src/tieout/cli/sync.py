"""The command `sync`: a cycle now, and going live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tieout.cli.exits import CYCLE_EXITS, WRONG
from tieout.cli.installation import installation_of
from tieout.cli.terminal import CompanyOption, Json, put_json, say, when
from tieout.kit.errors import Invalid

if TYPE_CHECKING:
    from tieout.sync.cycle import Report


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sync")(sync)


def sync(
    context: typer.Context,
    company: CompanyOption = "",
    go_live: Annotated[
        bool,
        typer.Option("--go-live", help="From now on send documents and payments to QuickBooks."),
    ] = False,
    start: Annotated[
        str,
        typer.Option(
            "--from",
            help="With --go-live: leave documents dated before this day alone.",
            metavar="YYYY-MM-DD",
        ),
    ] = "",
    as_json: Json = False,
) -> None:
    """Run a cycle of a company now: QuickBooks' changes in, the host's changes in, what is owed out."""
    from tieout.api.shapes.companies import report_shape
    from tieout.connections.companies import change_setting
    from tieout.sync.cycle import sync_now

    if start and not go_live:
        raise Invalid(
            "A day was given and nothing goes live",
            record=f"--from {start}",
            reason="the day says from when on documents are sent once a company goes live",
            remedy="Add --go-live, or change the day: tieout settings set start_date YYYY-MM-DD",
        )
    with installation_of(context).opened() as (edges, caller):
        if start:
            change_setting(edges, caller, company=company, name="start_date", value=start)
        if go_live:
            change_setting(edges, caller, company=company, name="export", value="on")
        report = sync_now(edges, caller, company=company)
    if as_json:
        put_json(report_shape(report))
    else:
        _tell(report)
    raise typer.Exit(CYCLE_EXITS.get(report.state, WRONG))


def _tell(report: Report) -> None:
    worked = ", ".join(
        f"{name.replace('_', ' ')} {number}" for name, number in report.stats.items() if number
    )
    idle = "nothing to do" if report.state == "succeeded" else "nothing done"
    say(f"Cycle {report.state}: {worked or idle}.")
    if report.error:
        say(report.error)
    if report.next_at is not None and report.state != "aborted":
        say(f"Next cycle: {when(report.next_at)} (while `tieout serve` or `tieout worker` runs).")
