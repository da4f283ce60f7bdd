"""The commands `budget` and `webhooks`: what reading QuickBooks costs, and what keeps it small."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tieout.cli.files import read_secret
from tieout.cli.installation import installation_of
from tieout.cli.terminal import CompanyOption, Json, put_json, say, table

if TYPE_CHECKING:
    from tieout.kit.crypto import Secret

VERIFIER_VARIABLE = "TIEOUT_WEBHOOK_VERIFIER"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("budget")(budget)
    app.command("webhooks")(webhooks)


def budget(context: typer.Context, company: CompanyOption = "", as_json: Json = False) -> None:
    """Show what reading QuickBooks costs: metered reads today, this month, the forecast and the allowance."""
    from tieout.api.shapes.budget import budget_shape
    from tieout.connections.budget import show_budget

    with installation_of(context).opened() as (edges, caller):
        shown = budget_shape(show_budget(edges, caller, company=company))
    if as_json:
        put_json(shown)
        return
    table(
        ("Company", "Today", "Month", "Forecast", "Allowed", "A look every", "Webhooks", "Spent on"),
        [
            (
                one.name,
                one.today,
                one.month,
                one.forecast,
                one.allowance,
                _span(one.look_every_minutes)
                + (f", slowed to {_span(one.slowed_to_minutes)}" if one.slowed_to_minutes else ""),
                one.webhooks,
                ", ".join(f"{what} {number}" for what, number in sorted(one.spent_on.items())),
            )
            for one in shown.companies
        ],
        right=(1, 2, 3, 4),
    )
    say(
        f"The Intuit app: {shown.app_used:,} of {shown.app_allowance:,} reads by {shown.app_companies} "
        f"companies. The month ends at {shown.month_ends:%Y-%m-%d %H:%M} UTC."
    )


def webhooks(
    context: typer.Context,
    environment: Annotated[
        str, typer.Option(help="production or sandbox; without it TIEOUT_ENVIRONMENT.")
    ] = "",
    set_up: Annotated[
        bool, typer.Option("--set-up", help="Make the address, unless there is one already.")
    ] = False,
    verifier_file: Annotated[
        Path | None,
        typer.Option(
            help=f"File that holds Intuit's verifier token; - is stdin. Otherwise {VERIFIER_VARIABLE}.",
            metavar="FILE",
        ),
    ] = None,
    shared: Annotated[
        bool, typer.Option("--shared", help="Of the operator's app, which tenants without their own use.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Set up Intuit's webhooks, which let an idle company cost almost nothing.

    First --set-up gives the address to paste in Intuit's developer portal, under Webhooks; then give the
    verifier token that the portal shows. The token is never given on the command line, and never shown.
    """
    from tieout.api.shapes.budget import webhooks_shape
    from tieout.connections.webhooks import set_webhooks, share_webhooks, show_webhooks

    installation = installation_of(context)
    settings = installation.settings(environment=environment or None)
    verifier = _verifier(verifier_file)
    with installation.opened(settings) as (edges, caller):
        if set_up or verifier is not None:
            change = share_webhooks if shared else set_webhooks
            kept = change(edges, caller, environment=settings.environment, verifier=verifier)
        else:
            kept = show_webhooks(edges, caller, environment=settings.environment)
    shown = webhooks_shape(kept)
    if as_json:
        put_json(shown)
        return
    if not shown.url:
        say("Webhooks are not set up: tieout webhooks --set-up")
        return
    say(f"Address:  {shown.url}")
    say(f"Verifier: {'kept' if shown.ready else 'missing; every message is turned away until it is given'}")
    if not shown.reachable:
        say("Intuit sends to public https addresses only: set TIEOUT_PUBLIC_URL to where this is reached.")


def _verifier(file: Path | None) -> Secret | None:
    from tieout.kit.crypto import Secret

    if file is not None:
        return read_secret(file, what="verifier token")
    given = os.environ.get(VERIFIER_VARIABLE, "")
    return Secret(given) if given else None


def _span(minutes: int) -> str:
    return f"{minutes} min" if minutes < 120 else f"{round(minutes / 60)} h"
