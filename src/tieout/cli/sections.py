"""The commands `sections`: parts of a company, each brought up to date on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tieout.cli.installation import installation_of
from tieout.cli.terminal import CompanyOption, Json, put_json, table, when

if TYPE_CHECKING:
    from tieout.sync.sections import SectionStanding

sections_app = typer.Typer(
    rich_markup_mode=None, help="Show when parts of a company were last completed, and bring them up to date."
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    sections_app.callback(invoke_without_command=True)(list_)
    sections_app.command("sync")(sync)
    app.add_typer(sections_app, name="sections")


def list_(context: typer.Context, company: CompanyOption = "", as_json: Json = False) -> None:
    """List the sections with when each was last completed."""
    if context.invoked_subcommand is not None:
        return
    from tieout.sync.sections import list_sections

    with installation_of(context).opened() as (edges, caller):
        found = list_sections(edges, caller, company=company)
    _show(found, as_json)


def sync(
    context: typer.Context,
    section: Annotated[str, typer.Argument(help="customers, products, tax_codes, or full for all.")] = "full",
    company: CompanyOption = "",
    as_json: Json = False,
) -> None:
    """Bring a section up to date now: a read for each of its lists, and one to count it."""
    from tieout.sync.sections import sync_section

    with installation_of(context).opened() as (edges, caller):
        found = sync_section(edges, caller, company=company, section=section)
    _show(found, as_json)


def _show(found: list[SectionStanding], as_json: bool) -> None:
    from tieout.api.shapes.health import section_shape

    if as_json:
        put_json([section_shape(one) for one in found])
        return
    table(
        ("Section", "What", "Last completed", "By", "Active", "Inactive", "Trouble"),
        [
            (
                one.name,
                one.title,
                when(one.completed_at) or "never",
                one.completed_by,
                one.active,
                one.inactive,
                one.error,
            )
            for one in found
        ],
        right=(4, 5),
    )
