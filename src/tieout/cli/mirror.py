"""The commands `mirror`, `history` and `as-of`: how complete the copy of QuickBooks is, and what was before."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tieout.cli.installation import installation_of
from tieout.cli.terminal import CompanyOption, Json, put_json, say, table, when
from tieout.kit.errors import Invalid

if TYPE_CHECKING:
    from tieout.mirror.check import Checked
    from tieout.mirror.coverage import CompanyCoverage
    from tieout.mirror.history import Event, RecordThen

EntityName = Annotated[str, typer.Argument(help="The entity as QuickBooks spells it: Invoice.")]
VALUE_MAX = 80
"""Characters of a value that are shown to people; --json shows more."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("mirror")(mirror)
    app.command("history")(history)
    app.command("as-of")(as_of)


def mirror(
    context: typer.Context,
    company: CompanyOption = "",
    check: Annotated[
        str,
        typer.Option(
            help="Prove an entity complete now, or `all` of them: a metered read each when nothing is wrong.",
            metavar="ENTITY",
        ),
    ] = "",
    as_json: Json = False,
) -> None:
    """Show up to when the copy of QuickBooks is complete, entity by entity, and what that rests on."""
    from tieout.api.shapes.mirror import checked_shape, coverage_shape
    from tieout.mirror.check import check_mirror
    from tieout.mirror.coverage import show_coverage

    with installation_of(context).opened() as (edges, caller):
        if check:
            entity = "" if check == "all" else check
            done = check_mirror(edges, caller, company=company, entity=entity)
            if as_json:
                put_json([checked_shape(one) for one in done])
            else:
                _show_checked(done)
            return
        found = show_coverage(edges, caller, company=company)
    if as_json:
        put_json(coverage_shape(found))
    else:
        _show_coverage(found)


def history(
    context: typer.Context,
    entity: EntityName,
    record: Annotated[str, typer.Argument(help="QuickBooks' id of the record.", metavar="ID")],
    company: CompanyOption = "",
    limit: Annotated[int, typer.Option(help="At most so many versions.", min=1, max=100)] = 20,
    before: Annotated[
        int | None, typer.Option(help="Go on before this version: the number that the part before ends with.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show every version of a record that was seen, the latest first, with what each one changed."""
    from tieout.api.shapes.mirror import history_shape
    from tieout.mirror.history import show_history

    with installation_of(context).opened() as (edges, caller):
        found = show_history(
            edges, caller, entity=entity, qbo_id=record, company=company, limit=limit, before=before
        )
    if as_json:
        put_json(history_shape(found))
        return
    say(f"{found.entity} {found.qbo_id} {found.name}".rstrip())
    for event in found.events:
        _show_event(event)
    if found.following is not None:
        say(f"\nEarlier versions: --before {found.following}")


def as_of(
    context: typer.Context,
    entity: EntityName,
    at: Annotated[str, typer.Argument(help="The instant, with its offset: 2026-03-02T16:00:00Z.")],
    record: Annotated[
        str, typer.Argument(help="QuickBooks' id of the record; without it the list of all.", metavar="ID")
    ] = "",
    company: CompanyOption = "",
    limit: Annotated[int, typer.Option(help="At most so many records.", min=1, max=500)] = 100,
    after: Annotated[str, typer.Option(help="Go on after this id.", metavar="ID")] = "",
    as_json: Json = False,
) -> None:
    """Show a record, or the records of an entity, as they were at an instant."""
    from tieout.api.shapes.mirror import listed_then_shape, then_shape
    from tieout.mirror.history import list_as_of, show_as_of

    moment = _moment(at)
    with installation_of(context).opened() as (edges, caller):
        if record:
            then = show_as_of(edges, caller, entity=entity, qbo_id=record, at=moment, company=company)
            if as_json:
                put_json(then_shape(then))
            else:
                _show_then(then)
            return
        listed = list_as_of(
            edges, caller, entity=entity, at=moment, company=company, limit=limit, after=after
        )
    if as_json:
        put_json(listed_then_shape(listed))
        return
    rows = [
        (one.qbo_id, one.name, one.number, "" if one.active else "inactive", when(one.since))
        for one in listed.records
    ]
    if rows:
        table(("Id", "Name", "Number", "", "So since"), rows)
    else:
        say("None of this part was there." if listed.following else "None was there.")
    if listed.unknown:
        say(f"Of {listed.unknown} more the mirror only knows what they were later.")
    if listed.following:
        say(f"More: --after {listed.following}")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(
            "This is no instant",
            record=text,
            reason="it is not written as a date and a time",
            remedy="Write it like 2026-03-02T16:00:00Z",
        ) from None


def _show_coverage(found: CompanyCoverage) -> None:
    until = when(found.complete_until) if found.complete_until is not None else "not proven"
    say(f"{found.name}: complete up to {until}")
    say(found.rests_on)
    rows = [
        (
            one.entity,
            one.here,
            when(one.complete_until) if one.complete_until is not None else "never read",
            "yes" if one.proven else "no",
            one.trouble or one.rests_on,
            when(one.check_at),
        )
        for one in found.entities
    ]
    table(("Entity", "Here", "Complete up to", "Proven", "Why", "Next check"), rows, right=(1,))


def _show_checked(done: list[Checked]) -> None:
    rows = [
        (
            one.entity,
            one.there,
            one.here,
            "compared" if one.swept else "counted",
            one.changed,
            "yes" if one.proven else one.trouble,
        )
        for one in done
    ]
    table(("Entity", "There", "Here", "How", "Put right", "Proven"), rows, right=(1, 2, 4))


def _show_event(event: Event) -> None:
    into = f" into {event.merged_into}" if event.merged_into else ""
    by = f" by user {event.by}" if event.by else ""
    say(f"\n{when(event.at) or when(event.seen_at)}  {event.what}{into}{by}  (version {event.sync_token})")
    if event.unseen:
        say(f"  {event.unseen} earlier changes were not seen")
    for one in event.differences:
        say(f"  {one.path}: {_value(one.before)} → {_value(one.after)}")
    if event.more:
        say("  … and more")


def _show_then(then: RecordThen) -> None:
    state = "there" if then.there else "not there" if then.known else "not known"
    say(f"{then.entity} {then.qbo_id} {then.name}".rstrip() + f": {state} at {when(then.at)}")
    say(then.says)
    if then.record is not None:
        put_json(dict(then.record))


def _value(value: str | None) -> str:
    if value is None:
        return "nothing"
    return value if len(value) <= VALUE_MAX else f"{value[: VALUE_MAX - 1]}…"
