"""The commands `documents`: how each invoice, credit note and payment stands."""

from __future__ import annotations

from typing import Annotated

import typer

from tieout.cli.installation import installation_of
from tieout.cli.terminal import CompanyOption, Json, put_json, say, table, when
from tieout.kit.errors import Invalid

KINDS = ("invoice", "credit-note", "payment")
documents_app = typer.Typer(rich_markup_mode=None, help="Show documents and how they stand in QuickBooks.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    documents_app.callback(invoke_without_command=True)(list_)
    documents_app.command("show")(show)
    app.add_typer(documents_app, name="documents")


def list_(
    context: typer.Context,
    company: CompanyOption = "",
    kind: Annotated[str, typer.Option(help=f"{', '.join(KINDS)}; without it all.")] = "",
    search: Annotated[str, typer.Option(help="Words to look for.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=500, help="At most so many.")] = 50,
    after: Annotated[str, typer.Option(help="Where the page before ended.")] = "",
    as_json: Json = False,
) -> None:
    """List documents and how they stand, the latest changed first."""
    if context.invoked_subcommand is not None:
        return
    from tieout.api.shapes.base import PageOf
    from tieout.api.shapes.documents import document_shape
    from tieout.sync.documents import list_documents

    word = _kind(kind) if kind else ""
    with installation_of(context).opened() as (edges, caller):
        page = list_documents(
            edges, caller, company=company, kind=word, search=search, limit=limit, after=after
        )
    if as_json:
        put_json(PageOf(items=[document_shape(row) for row in page.rows], next=page.after or None))
        return
    if not page.rows:
        say("There are no documents.")
        return
    table(
        ("Document", "Ref", "Client", "Dated", "Total", "", "Stands", "Detail"),
        [
            (
                row.label,
                row.ref,
                row.client,
                row.dated,
                "" if row.total is None else f"{row.total:,}",
                row.currency,
                row.stands.replace("_", " "),
                row.detail,
            )
            for row in page.rows
        ],
        right=(4,),
    )
    if page.after:
        say(f"More: --after {page.after}")


def show(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=f"{', '.join(KINDS)}.")],
    ref: Annotated[str, typer.Argument(help="The host's ref of the document.")],
    company: CompanyOption = "",
    as_json: Json = False,
) -> None:
    """Show one document with its link, pushes, issues and history."""
    from tieout.api.shapes.documents import detail_shape
    from tieout.sync.documents import get_document

    with installation_of(context).opened() as (edges, caller):
        found = get_document(edges, caller, kind=_kind(kind), ref=ref, company=company)
    if as_json:
        put_json(detail_shape(found))
        return
    row = found.row
    total = "" if row.total is None else f", {row.total:,} {row.currency}"
    say(f"{row.label}, {row.client}{total}: {row.stands.replace('_', ' ')}")
    if row.detail:
        say(f"  {row.detail}")
    if found.link is not None:
        say(f"  QuickBooks id {found.link.qbo_id}, {found.link.how.value}, {found.link.state}")
    for issue in found.issues:
        say(f"  issue {issue.id} ({issue.state.value}): {issue.finding.what}")
    for push in found.pushes:
        say(
            f"  push {push.id} ({push.action.value}): {push.state.value}{f', {push.error}' if push.error else ''}"
        )
    for event in found.timeline:
        say(f"  {when(event.at)}  {event.what}  {event.detail}")


def _kind(kind: str) -> str:
    if kind.replace("_", "-") not in KINDS:
        raise Invalid(
            "There is no such kind of document",
            record=kind,
            reason=f"documents are {', '.join(KINDS)}",
            remedy="Use one of these",
        )
    return kind.replace("-", "_")
