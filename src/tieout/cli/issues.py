"""The commands `issues`: what needs a person, and the deciding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tieout.cli.installation import installation_of
from tieout.cli.terminal import CompanyOption, Json, put_json, say, table, when
from tieout.kit.errors import Invalid

if TYPE_CHECKING:
    from tieout.domain.issues import Issue

STATES = ("open", "resolved", "cleared", "ignored", "all")
issues_app = typer.Typer(rich_markup_mode=None, help="Show and settle what needs a person.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    issues_app.callback(invoke_without_command=True)(list_)
    issues_app.command("show")(show)
    issues_app.command("decide")(decide)
    app.add_typer(issues_app, name="issues")


def list_(
    context: typer.Context,
    company: CompanyOption = "",
    state: Annotated[str, typer.Option(help=f"{', '.join(STATES)}.")] = "open",
    kind: Annotated[str, typer.Option(help="A kind or its beginning, such as drift.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
    as_json: Json = False,
) -> None:
    """List issues, the newest first."""
    if context.invoked_subcommand is not None:
        return
    from tieout.api.shapes.issues import issue_shape
    from tieout.connections.companies import get_company
    from tieout.sync.decide import list_issues

    if state not in STATES:
        raise Invalid(
            "There is no such state",
            record=f"--state {state}",
            reason=f"issues are {', '.join(STATES[:-1])}",
            remedy=f"Use one of {', '.join(STATES)}",
        )
    with installation_of(context).opened() as (edges, caller):
        chosen = get_company(edges, caller, company=company).id if company else ""
        found = list_issues(edges, caller, company=chosen, state=state, kind=kind, limit=limit)
    if as_json:
        put_json([issue_shape(one) for one in found])
        return
    if not found:
        say("Nothing needs attention." if state == "open" else "There are none.")
        return
    table(
        ("Issue", "Record", "What", "What to do", "Actions"),
        [
            (one.id, one.finding.label, one.finding.what, one.finding.remedy, ", ".join(one.actions))
            for one in found
        ],
    )


def show(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="The issue's id.")],
    as_json: Json = False,
) -> None:
    """Show one issue."""
    from tieout.sync.decide import get_issue

    with installation_of(context).opened() as (edges, caller):
        found = get_issue(edges, caller, issue=issue)
    _show(found, as_json)


def decide(
    context: typer.Context,
    issue: Annotated[str, typer.Argument(help="The issue's id.")],
    action: Annotated[str, typer.Argument(help="One of its actions, as `tieout issues show` lists them.")],
    choice: Annotated[
        str, typer.Option(help="The QuickBooks id to link, where the action is to link.", metavar="ID")
    ] = "",
    as_json: Json = False,
) -> None:
    """Settle an issue by one of its actions; the next cycle carries it out."""
    from tieout.sync.decide import decide as settle

    with installation_of(context).opened() as (edges, caller):
        settled = settle(edges, caller, issue=issue, action=action, choice=choice)
    _show(settled, as_json)


def _show(issue: Issue, as_json: bool) -> None:
    from tieout.api.shapes.issues import issue_shape

    shown = issue_shape(issue)
    if as_json:
        put_json(shown)
        return
    say(f"{shown.label}: {shown.what}")
    say(f"  why      {shown.why}")
    say(f"  to do    {shown.remedy}")
    say(
        f"  state    {shown.state}, opened {when(shown.opened_at)}{f', {shown.times} times' if shown.times > 1 else ''}"
    )
    if shown.closed_at is not None:
        say(f"  closed   {when(shown.closed_at)} by {shown.closed_by or 'Tieout'}: {shown.closed_how}")
    for name, value in shown.facts.items():
        say(f"  {name:8} {value}")
    if shown.actions:
        say(f"  actions  {', '.join(shown.actions)}: tieout issues decide {shown.id} ACTION")
