"""The commands `pause`, `resume`, `access`, `default` and `erase`: how a company stands, and its end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from tieout.cli.installation import installation_of
from tieout.cli.terminal import CompanyOption, Json, put_json, say, table, whisper
from tieout.kit.errors import Invalid

if TYPE_CHECKING:
    from tieout.connections.ending import Leaving
    from tieout.connections.standing import Comparison, Permission
    from tieout.storage.companies import Company


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("pause")(pause)
    app.command("resume")(resume)
    app.command("default")(default)
    app.command("access")(access)
    app.command("erase")(erase)


def pause(
    context: typer.Context,
    reason: Annotated[str, typer.Argument(help="Why, for whoever wonders later.")],
    company: CompanyOption = "",
    as_json: Json = False,
) -> None:
    """Pause a company: nothing of it is read, sent or renewed by itself until somebody resumes it."""
    from tieout.connections import standing

    with installation_of(context).opened() as (edges, caller):
        now = standing.pause(edges, caller, company=company, reason=reason)
    _tell(now, f"{now.name} is paused: {now.status_why}.", as_json)


def resume(context: typer.Context, company: CompanyOption = "", as_json: Json = False) -> None:
    """Let a paused company go on."""
    from tieout.connections import standing

    with installation_of(context).opened() as (edges, caller):
        now = standing.resume(edges, caller, company=company)
    _tell(now, f"{now.name} is {now.status.replace('_', ' ')}.", as_json)


def default(
    context: typer.Context,
    company: Annotated[str, typer.Argument(help="A company's id, realm id or name.")],
    as_json: Json = False,
) -> None:
    """Make a company the one that is meant when none is named."""
    from tieout.connections import standing

    with installation_of(context).opened() as (edges, caller):
        now = standing.make_default(edges, caller, company=company)
    _tell(now, f"{now.name} is the default company.", as_json)


def access(
    context: typer.Context,
    change: Annotated[
        str, typer.Argument(help="read_only or read_write; without it what is allowed is only shown.")
    ] = "",
    company: CompanyOption = "",
    compare: Annotated[
        bool, typer.Option("--compare", help="What each access would allow; needs no company yet.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show what Tieout may do in a company's books and why, or change it."""
    from tieout.connections import standing
    from tieout.connections.oauth import ACCESSES

    if change not in ACCESSES:
        raise Invalid(
            "The access is unknown",
            record=change,
            reason="a company is read_only or read_write",
            remedy="Give one of these",
        )
    with installation_of(context).opened() as (edges, caller):
        if compare and not change:
            _show_comparison(standing.compare_accesses(edges, caller), as_json)
            return
        if change:
            read_only = bool(ACCESSES[change])
            found = standing.set_access(edges, caller, company=company, read_only=read_only)
        else:
            found = standing.permissions(edges, caller, company=company)
    _show_permissions(found, as_json)


def erase(
    context: typer.Context,
    company: Annotated[str, typer.Argument(help="A company's id, realm id or name.")],
    confirm: Annotated[
        str,
        typer.Option(help="The company's name, as it is written; otherwise you are asked.", metavar="NAME"),
    ] = "",
    dry: Annotated[bool, typer.Option("--show", help="Only show what would go.")] = False,
    as_json: Json = False,
) -> None:
    """Erase a company with everything that belongs to it here, after naming what goes. QuickBooks keeps its books."""
    from tieout.api.shapes.connections import LeavingShape
    from tieout.connections import ending

    with installation_of(context).opened() as (edges, caller):
        leaving = ending.what_goes(edges, caller, company=company)
        if not dry:
            if not as_json:
                _show_leaving(leaving, "would go")
            typed = confirm or _asked(leaving.company)
            leaving = ending.erase(edges, caller, company=leaving.company.id, confirm=typed)
    if as_json:
        put_json(LeavingShape.model_validate(leaving))
    elif dry:
        _show_leaving(leaving, "would go")
    else:
        say(f"{leaving.company.name} is erased.")
        if leaving.becomes_default:
            say(f"{leaving.becomes_default} is the default company now.")


def _asked(company: Company) -> str:
    if not sys.stdin.isatty():
        raise Invalid(
            "It was not confirmed",
            record=company.name,
            reason="there is nobody to ask here",
            remedy="Add --confirm with the company's exact name",
        )
    return str(typer.prompt(f"Type the company's name ({company.name}) to erase it", err=True))


def _show_leaving(leaving: Leaving, words: str) -> None:
    whisper(f"Of {leaving.company.name} ({leaving.company.realm_id}) this {words}:")
    for one in leaving.goes:
        if one.number:
            whisper(f"  {one.number:>9} {one.words}")
    whisper(f"What stays: {', '.join(leaving.stays)}.")
    if leaving.hindrance:
        whisper(f"It cannot be erased now: {leaving.hindrance}.")


def _show_permissions(found: list[Permission], as_json: bool) -> None:
    if as_json:
        from tieout.api.shapes.connections import PermissionShape

        put_json([PermissionShape.model_validate(one) for one in found])
        return
    table(
        ("Allowed", "What", "Why"),
        [("yes" if one.allowed else "no", one.what, one.why) for one in found],
    )


def _show_comparison(found: list[Comparison], as_json: bool) -> None:
    if as_json:
        from tieout.api.shapes.connections import ComparisonShape

        put_json([ComparisonShape.model_validate(one) for one in found])
        return
    words = {True: "yes", False: "no"}
    table(
        ("Read only", "Read and write", "What", "Why"),
        [(words[one.read_only], words[one.read_write], one.what, one.why) for one in found],
    )


def _tell(company: Company, text: str, as_json: bool) -> None:
    if as_json:
        from tieout.api.shapes.companies import company_shape

        put_json(company_shape(company))
        return
    say(text)
