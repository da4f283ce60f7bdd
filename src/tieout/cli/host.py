"""The commands `host`: records of the built-in host, from a folder of CSV files or from JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tieout.cli.exits import WRONG
from tieout.cli.files import read_text
from tieout.cli.installation import installation_of
from tieout.cli.terminal import Json, put_json, say, table, whisper
from tieout.kit.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tieout.api.shapes.host import Bundle
    from tieout.api.shapes.verdicts import Taken
    from tieout.domain.documents import Kind
    from tieout.sync.host_records import CsvResult

host_app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="Put records into the built-in host, and look at them."
)
SHOWN_MAX = 20
"""Problems that are shown as words; --json shows more."""
KindArgument = Annotated[
    str, typer.Argument(help="client, service, tax-region, term, invoice, credit-note or payment.")
]
RefArgument = Annotated[str, typer.Argument(help="The record's ref.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    host_app.command("import")(import_folder)
    host_app.command("put")(put)
    host_app.command("list")(list_)
    host_app.command("show")(show)
    host_app.command("void")(void)
    app.add_typer(host_app, name="host")


def import_folder(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(help="The folder that holds clients.csv, invoices.csv and the others.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would happen.")] = False,
    encoding: Annotated[
        str,
        typer.Option(
            help="windows-1252, when you know that the files are in it; UTF-8 and UTF-16 are recognised."
        ),
    ] = "",
    currency: Annotated[
        str, typer.Option(help="ISO 4217, for documents and payments that name none.", metavar="USD")
    ] = "",
    problems: Annotated[
        Path | None,
        typer.Option(help="Also write what is wrong into this CSV file, for whoever mends the folder."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Read a folder of CSV files into the built-in host: all of it, or nothing when a row is refused."""
    from tieout.api.shapes.csv import csv_shape
    from tieout.hosts.csv_folder.problems import write_problems
    from tieout.sync.host_records import import_csv

    with installation_of(context).opened() as (edges, caller):
        result = import_csv(edges, caller, folder, encoding=encoding, currency=currency, dry_run=dry_run)
    if problems is not None:
        with problems.open("w", encoding="utf-8", newline="") as sheet:
            write_problems(result.plan.problems, sheet)
    if as_json:
        put_json(csv_shape(result))
    else:
        _tell_csv(result, dry_run)
    if result.plan.problems_total:
        raise typer.Exit(WRONG)


def _tell_csv(result: CsvResult, dry_run: bool) -> None:
    plan = result.plan
    for problem in plan.problems[:SHOWN_MAX]:
        whisper(problem.sentence())
    if plan.problems_total > SHOWN_MAX:
        whisper(f"… and {plan.problems_total - SHOWN_MAX} more problems.")
    for left in plan.left_out:
        whisper(f"Not taken: {left}.")
    rows = [
        (
            kind.value.replace("_", " "),
            *(counts.get(outcome, 0) for outcome in ("create", "change", "same", "refused")),
        )
        for kind, counts in plan.by_kind.items()
    ]
    if rows:
        table(("", "New", "Changed", "Same", "Refused"), rows, right=(1, 2, 3, 4))
    if plan.problems_total:
        say(f"{plan.problems_total} problems: nothing was written. Correct the files and run it again.")
    elif dry_run:
        say("Nothing was written: this was a dry run.")
    else:
        say(f"Done: {plan.create} new, {plan.change} changed, {plan.same} as they were.")


def put(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            help="JSON with lists: clients, services, tax_regions, terms, invoices …; - is stdin."
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would happen.")] = False,
    as_json: Json = False,
) -> None:
    """Put records from a JSON file into the built-in host: all of them, or none when one is refused.

    The file holds one object with any of the lists clients, services, tax_regions, terms, invoices,
    credit_notes and payments; their fields are those of the REST API.
    """
    from tieout.api.shapes.verdicts import taken
    from tieout.sync.host_records import put_records, weigh_records

    records = list(_bundle(file).records())
    with installation_of(context).opened() as (edges, caller):
        verdicts = (weigh_records if dry_run else put_records)(edges, caller, records)
    refused = any(one.outcome == "refused" for one in verdicts)
    told = taken(verdicts, applied=not (dry_run or refused))
    if as_json:
        put_json(told)
    else:
        _tell_taken(told, dry_run)
    if refused:
        raise typer.Exit(WRONG)


def _bundle(file: Path) -> Bundle:
    """Read a JSON file of records; Invalid names the place of what cannot be read."""
    from pydantic import ValidationError

    from tieout.api.shapes.host import Bundle

    text = read_text(file, what="file of records")
    try:
        data: Any = json.loads(text)
    except ValueError as wrong:
        raise Invalid(
            "The file holds no JSON",
            record=str(file),
            reason=str(wrong),
            remedy='Write it like {"clients": [{"ref": "C-17", "name": "Blue Heron Ltd"}]}',
        ) from wrong
    try:
        return Bundle.model_validate(data)
    except ValidationError as wrong:
        errors = wrong.errors()
        said = [f"{_place(one['loc'])}: {one['msg'].removeprefix('Value error, ')}" for one in errors[:5]]
        more = f"; and {len(errors) - 5} more" if len(errors) > 5 else ""
        raise Invalid(
            "The records cannot be read",
            record=str(file),
            reason="; ".join(said) + more,
            remedy="Correct the named fields; the REST reference shows each record with an example",
        ) from wrong


def _place(parts: Sequence[int | str]) -> str:
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "the file"


def _tell_taken(told: Taken, dry_run: bool) -> None:
    for verdict in told.refused[:SHOWN_MAX]:
        for fault in verdict.faults:
            whisper(f"{fault.record}, {fault.field}: {fault.what}. {fault.why}. {fault.remedy}.")
    counts = ", ".join(f"{number} {outcome}" for outcome, number in told.counts.items()) or "no records"
    if told.counts.get("refused"):
        say(f"{counts}: nothing was written.")
    else:
        say(f"{counts}{': nothing was written, this was a dry run' if dry_run else ''}.")


def list_(
    context: typer.Context,
    kind: KindArgument,
    search: Annotated[str, typer.Option(help="Words to look for.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=500, help="At most so many.")] = 50,
    after: Annotated[str, typer.Option(help="Where the page before ended.")] = "",
    as_json: Json = False,
) -> None:
    """List records of the built-in host by ref."""
    from tieout.api.shapes.base import PageOf
    from tieout.api.shapes.host import host_shape
    from tieout.domain.documents import title
    from tieout.sync.host_records import list_records

    with installation_of(context).opened() as (edges, caller):
        page = list_records(edges, caller, _kind(kind).value, search=search, after=after, limit=limit)
    if as_json:
        items = [host_shape(record).model_dump(mode="json") for record in page.records]
        put_json(PageOf(items=items, next=page.after if page.more else None))
        return
    table(("Ref", "Record"), [(record.ref, title(record)) for record in page.records])
    if page.more:
        say(f"More: --after {page.after}")


def show(context: typer.Context, kind: KindArgument, ref: RefArgument, as_json: Json = False) -> None:
    """Show one record of the built-in host."""
    from tieout.api.shapes.host import host_shape
    from tieout.sync.host_records import get_record

    with installation_of(context).opened() as (edges, caller):
        record = get_record(edges, caller, _kind(kind).value, ref)
    _show(host_shape(record), as_json)


def void(
    context: typer.Context,
    kind: KindArgument,
    ref: RefArgument,
    because: Annotated[
        str, typer.Option(help="Why, for whoever looks at it later.")
    ] = "asked for by command",
    as_json: Json = False,
) -> None:
    """Void an invoice, credit note or payment of the built-in host: it stays visible and counts for nothing."""
    from tieout.api.shapes.host import host_shape
    from tieout.sync.host_records import void_record

    with installation_of(context).opened() as (edges, caller):
        record = void_record(edges, caller, _kind(kind).value, ref, because=because)
    _show(host_shape(record), as_json)


def _show(shape: Any, as_json: bool) -> None:
    if as_json:
        put_json(shape)
        return
    for name, value in shape.model_dump(mode="json").items():
        if value not in ("", [], None):
            say(
                f"{name:12} {value if not isinstance(value, list | dict) else json.dumps(value, ensure_ascii=False)}"
            )


def _kind(word: str) -> Kind:
    from tieout.domain.documents import Kind

    try:
        return Kind(word.replace("-", "_"))
    except ValueError as wrong:
        kinds = ", ".join(kind.value.replace("_", "-") for kind in Kind)
        raise Invalid(
            "There is no such kind of record",
            record=word,
            reason=f"the host has {kinds}",
            remedy="Use one of these",
        ) from wrong
