"""The command `records`: QuickBooks as the mirror holds it, every entity alike."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from tieout.cli.installation import Installation, installation_of
from tieout.cli.terminal import CompanyOption, Json, put_json, say, table

STANDINGS = ("active", "inactive", "deleted", "all")
Day = datetime
DAY = ["%Y-%m-%d"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("records")(records)


def records(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(help="Such as Invoice; without it, what there is.")] = "",
    qbo_id: Annotated[
        str, typer.Argument(help="QuickBooks' id of one record, which is shown whole.", metavar="[ID]")
    ] = "",
    company: CompanyOption = "",
    search: Annotated[str, typer.Option(help="Words of the name, number or id.")] = "",
    standing: Annotated[str, typer.Option(help=f"{', '.join(STANDINGS)}.")] = "active",
    dated_from: Annotated[
        Day | None, typer.Option("--from", formats=DAY, help="QuickBooks' date, included.", metavar="DAY")
    ] = None,
    dated_to: Annotated[
        Day | None, typer.Option("--to", formats=DAY, help="QuickBooks' date, included.", metavar="DAY")
    ] = None,
    party: Annotated[
        str, typer.Option(help="QuickBooks' id of a customer, vendor or employee.", metavar="ID")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 50,
    after: Annotated[str, typer.Option(help="Where the page before ended.")] = "",
    as_json: Json = False,
) -> None:
    """Show what is mirrored: the entities, one entity's records, or one record whole."""
    installation = installation_of(context)
    if not entity:
        _entities(installation, company, as_json)
    elif qbo_id:
        _one(installation, company, entity, qbo_id, as_json)
    else:
        _list(
            installation,
            as_json,
            company=company,
            entity=entity,
            search=search,
            standing=standing,
            dated_from=dated_from.date() if dated_from is not None else None,
            dated_to=dated_to.date() if dated_to is not None else None,
            party=party,
            limit=limit,
            after=after,
        )


def _entities(installation: Installation, company: str, as_json: bool) -> None:
    from tieout.api.shapes.base import PageOf
    from tieout.api.shapes.records import entity_shape
    from tieout.mirror.records import list_entities

    with installation.opened() as (edges, caller):
        found = [entity_shape(one) for one in list_entities(edges, caller, company=company)]
    if as_json:
        put_json(PageOf(items=found))
        return
    table(
        ("Entity", "Records", "Inactive", "Deleted", ""),
        [
            (one.entity, f"{one.active:,}", one.inactive or "", one.deleted or "", one.summary)
            for one in found
        ],
        right=(1, 2, 3),
    )


def _list(
    installation: Installation,
    as_json: bool,
    *,
    company: str,
    entity: str,
    search: str,
    standing: str,
    dated_from: date | None,
    dated_to: date | None,
    party: str,
    limit: int,
    after: str,
) -> None:
    from tieout.api.shapes.base import PageOf
    from tieout.api.shapes.records import record_shape
    from tieout.mirror.records import list_records

    with installation.opened() as (edges, caller):
        page = list_records(
            edges,
            caller,
            company=company,
            entity=entity,
            search=search,
            standing=standing,
            dated_from=dated_from,
            dated_to=dated_to,
            party=party,
            limit=limit,
            after=after,
        )
    if as_json:
        put_json(PageOf(items=[record_shape(one) for one in page.rows], next=page.after or None))
        return
    if not page.rows:
        say("There are none.")
        return
    table(
        ("Id", "Name", "Number", "Dated", "Due", "Amount", "Balance", "", ""),
        [
            (
                one.qbo_id,
                one.name,
                one.number,
                one.dated,
                one.due,
                one.amount,
                one.balance,
                one.currency,
                "deleted" if one.deleted else "" if one.active else "inactive",
            )
            for one in page.rows
        ],
        right=(5, 6),
    )
    if page.after:
        say(f"More: --after {page.after}")


def _one(installation: Installation, company: str, entity: str, qbo_id: str, as_json: bool) -> None:
    from tieout.api.shapes.records import whole_record_shape
    from tieout.mirror.records import get_record

    with installation.opened() as (edges, caller):
        found = get_record(edges, caller, company=company, entity=entity, qbo_id=qbo_id)
    shown = whole_record_shape(found)
    if as_json:
        put_json(shown)
        return
    for name, value in shown.model_dump(mode="json", exclude={"object"}).items():
        if value not in (None, ""):
            say(f"{name.replace('_', ' '):14}{value}")
    say()
    put_json(shown.object)
