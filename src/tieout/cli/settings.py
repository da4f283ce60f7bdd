"""The commands `settings`: what a bookkeeper decides for a company."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tieout.cli.installation import installation_of
from tieout.cli.terminal import CompanyOption, Json, put_json, table

if TYPE_CHECKING:
    from collections.abc import Mapping

settings_app = typer.Typer(
    no_args_is_help=False,
    rich_markup_mode=None,
    help="Show and change what a bookkeeper decides for a company.",
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    settings_app.callback(invoke_without_command=True)(list_settings)
    settings_app.command("set")(set_setting)
    app.add_typer(settings_app, name="settings")


def list_settings(context: typer.Context, company: CompanyOption = "", as_json: Json = False) -> None:
    """Show a company's settings, their values and what each is for."""
    if context.invoked_subcommand is not None:
        return
    from tieout.connections.companies import read_settings

    with installation_of(context).opened() as (edges, caller):
        values = read_settings(edges, caller, company=company)
    _show(values, as_json)


def set_setting(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The setting's name.")],
    value: Annotated[str, typer.Argument(help='Its new value; "" empties it.')],
    company: CompanyOption = "",
    as_json: Json = False,
) -> None:
    """Change one setting; the others stay as they are."""
    from tieout.connections.companies import change_setting

    with installation_of(context).opened() as (edges, caller):
        values = change_setting(edges, caller, company=company, name=name, value=value)
    _show(values, as_json)


def _show(values: Mapping[str, str], as_json: bool) -> None:
    from tieout.api.shapes.companies import settings_shape

    shown = settings_shape(values)
    if as_json:
        put_json(shown)
        return
    table(
        ("Setting", "Value", "Takes", "What it is for"),
        [(one.name, one.value, " or ".join(one.choices), one.summary) for one in shown],
    )
