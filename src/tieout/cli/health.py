"""The command `health`: how everything stands, readable at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tieout.cli.exits import WRONG
from tieout.cli.installation import installation_of
from tieout.cli.terminal import CompanyOption, Json, put_json, say, when

if TYPE_CHECKING:
    from tieout.sync.health import CompanyHealth, WholeHealth
    from tieout.sync.signs import Sign

MARKS = {"good": "good     ", "attention": "ATTENTION", "stopped": "STOPPED  "}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("health")(health)


def health(
    context: typer.Context,
    company: CompanyOption = "",
    after: Annotated[
        str, typer.Option(help="Go on after this company, when there are more than are shown.", metavar="ID")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=500, help="At most so many companies.")] = 50,
    as_json: Json = False,
) -> None:
    """Show how the installation and every company stand, why, and what to do.

    Exits with 1 when something stands still. Without --company all companies are shown.
    """
    from tieout.api.shapes.health import whole_health_shape
    from tieout.sync.health import show_health

    with installation_of(context).opened() as (edges, caller):
        found = show_health(edges, caller, company=company, after=after, limit=limit)
    if as_json:
        put_json(whole_health_shape(found))
    else:
        _show(found)
    if found.state == "stopped":
        raise typer.Exit(WRONG)


def _show(found: WholeHealth) -> None:
    say(f"{MARKS[found.state]}  this installation")
    _signs(found.signs)
    for one in found.companies:
        _company(one)
    if found.next:
        say(f"There are more: tieout health --after {found.next}")


def _company(one: CompanyHealth) -> None:
    say("")
    say(f"{MARKS[one.state]}  {one.company.name} ({one.company.realm_id})")
    _signs(one.signs)
    for section in one.sections:
        done = when(section.completed_at) or "never completed"
        say(f"  {'section':<11} {section.title}: {done}{f'; {section.error}' if section.error else ''}")
    if one.next_cycle_at is not None:
        say(f"  {'next cycle':<11} {when(one.next_cycle_at)}, every {one.every_minutes} minutes")


def _signs(signs: list[Sign]) -> None:
    for sign in signs:
        mark = "" if sign.state == "good" else f"{MARKS[sign.state].strip()}: "
        say(f"  {sign.name:<11} {mark}{sign.says}")
        if sign.remedy and sign.state != "good":
            say(f"  {'':<11} {sign.remedy}.")
