"""The commands `sign-ins`: who authorised a company, in which order they are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tieout.cli.installation import installation_of
from tieout.cli.terminal import CompanyOption, Json, put_json, say, table, when

if TYPE_CHECKING:
    from tieout.connections.grants import GrantShown

grants_app = typer.Typer(
    no_args_is_help=False,
    rich_markup_mode=None,
    help="Show, order and remove the people's sign-ins that a company is synchronised as.",
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    grants_app.callback(invoke_without_command=True)(list_them)
    grants_app.command("order")(order)
    grants_app.command("remove")(remove)
    app.add_typer(grants_app, name="sign-ins")


def list_them(context: typer.Context, company: CompanyOption = "", as_json: Json = False) -> None:
    """List a company's sign-ins: the first good one is used. Add one with `tieout connect --reconnect … --add`."""
    if context.invoked_subcommand is not None:
        return
    from tieout.connections.grants import list_grants

    with installation_of(context).opened() as (edges, caller):
        found = list_grants(edges, caller, company=company)
    _show(found, as_json)


def order(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(help="Every sign-in's id, in the order they are tried.")],
    company: CompanyOption = "",
    as_json: Json = False,
) -> None:
    """Put a company's sign-ins into another order."""
    from tieout.connections.grants import order_grants

    with installation_of(context).opened() as (edges, caller):
        found = order_grants(edges, caller, company=company, grants=ids)
    _show(found, as_json)


def remove(
    context: typer.Context,
    sign_in: Annotated[str, typer.Argument(help="The sign-in's id.")],
    company: CompanyOption = "",
    as_json: Json = False,
) -> None:
    """Remove one of several sign-ins; the company stays connected by the others."""
    from tieout.connections.grants import remove_grant

    with installation_of(context).opened() as (edges, caller):
        found = remove_grant(edges, caller, company=company, grant=sign_in)
    _show(found, as_json)


def _show(found: list[GrantShown], as_json: bool) -> None:
    if as_json:
        from tieout.api.shapes.connections import GrantShape

        put_json([GrantShape.model_validate(one) for one in found])
        return
    if not found:
        say("Nobody's sign-in is kept: tieout connect")
        return
    table(
        ("Sign-in", "Who", "Since", "State", "Ends", "Why"),
        [
            (
                one.id,
                one.label or one.authorised_by,
                when(one.authorised_at),
                one.state.replace("_", " "),
                f"{one.ends_at:%Y-%m-%d} ({one.days_left} days; {one.ends_by})",
                one.why,
            )
            for one in found
        ],
    )
