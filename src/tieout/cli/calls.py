"""The commands `report`, `pdf` and `calls`: what QuickBooks is asked on request, and which calls failed lately."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from tieout.cli.installation import installation_of
from tieout.cli.terminal import CompanyOption, Json, put_json, say, table, when
from tieout.kit.errors import Invalid

BASES = ("", "cash", "accrual")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("report")(report)
    app.command("pdf")(pdf)
    app.command("calls")(calls)


def report(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="As QuickBooks spells it, such as ProfitAndLoss.")],
    company: CompanyOption = "",
    start: Annotated[str, typer.Option("--from", help="The first day, YYYY-MM-DD.")] = "",
    end: Annotated[str, typer.Option("--to", help="The last day, YYYY-MM-DD.")] = "",
    basis: Annotated[str, typer.Option(help="cash or accrual; without it as the company is set up.")] = "",
    columns: Annotated[str, typer.Option(help="What columns stand for, such as Month or Customers.")] = "",
    also: Annotated[
        list[str] | None, typer.Option("--also", help="Any other parameter of the report: customer=12.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Ask QuickBooks for a report; it costs one metered read."""
    from tieout.api.shapes.calls import parameters, report_of_books_shape
    from tieout.connections.reports import get_report

    if basis.lower() not in BASES:
        raise Invalid(
            "There is no such basis",
            record=f"--basis {basis}",
            reason="reports are on cash or accrual basis",
            remedy="Use --basis cash or --basis accrual",
        )
    params = {
        "start_date": start,
        "end_date": end,
        "accounting_method": basis.capitalize(),
        "summarize_column_by": columns,
        **parameters(also or []),
    }
    with installation_of(context).opened() as (edges, caller):
        shown = report_of_books_shape(get_report(edges, caller, company=company, name=name, params=params))
    if as_json:
        put_json(shown)
        return
    period = f"{shown.start or 'the beginning'} to {shown.end or 'the end'}"
    say(", ".join(part for part in (shown.name, shown.basis, period, shown.currency) if part))
    if shown.no_data:
        say("There is nothing to show.")
        return
    titles = [str(one.get("ColTitle", "")) for one in shown.report.get("Columns", {}).get("Column", [])]
    table(titles, lines_of(shown.report.get("Rows", {})), right=range(1, len(titles)))
    if shown.cut:
        say("QuickBooks left rows out because there were too many: ask for a shorter period.")


def lines_of(rows: dict[str, Any], depth: int = 0) -> Iterator[list[str]]:
    """Flatten a report's rows to lines of cells, indented as deep as they lie."""
    for row in rows.get("Row", []):
        for part in (row.get("Header", {}), row):
            yield from _line(part, depth)
        yield from lines_of(row.get("Rows", {}), depth + 1)
        yield from _line(row.get("Summary", {}), depth)


def _line(part: dict[str, Any], depth: int) -> Iterator[list[str]]:
    cells = [str(cell.get("value", "")) for cell in part.get("ColData", [])]
    if cells:
        yield ["  " * depth + cells[0], *cells[1:]]


def pdf(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(help="As QuickBooks spells it, such as Invoice.")],
    qbo_id: Annotated[str, typer.Argument(help="The id it has in QuickBooks.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write; - is stdout.")],
    company: CompanyOption = "",
    as_json: Json = False,
) -> None:
    """Get an invoice, credit memo or payment as its customer sees it; it costs one metered read."""
    from tieout.connections.reports import get_pdf

    with installation_of(context).opened() as (edges, caller):
        pages = get_pdf(edges, caller, company=company, entity=entity, qbo_id=qbo_id)
    if str(out) == "-":
        sys.stdout.buffer.write(pages)
        sys.stdout.flush()
        return
    try:
        out.write_bytes(pages)
    except OSError as error:
        raise Invalid(
            "The file cannot be written",
            record=str(out),
            reason=str(error.strerror or error).lower(),
            remedy="Give another place: --out FILE",
        ) from error
    if as_json:
        put_json({"file": str(out), "bytes": len(pages)})
    else:
        say(f"{out}: {len(pages):,} bytes.")


def calls(
    context: typer.Context,
    company: CompanyOption = "",
    limit: Annotated[int, typer.Option(min=1, max=500, help="At most so many.")] = 50,
    as_json: Json = False,
) -> None:
    """List the latest failed calls to QuickBooks, with Intuit's id of each, which its support asks for."""
    from tieout.api.shapes.calls import failed_call_shape
    from tieout.connections.calls import list_failed_calls

    with installation_of(context).opened() as (edges, caller):
        found = list_failed_calls(edges, caller, company=company, limit=limit)
    if as_json:
        put_json([failed_call_shape(one) for one in found])
        return
    if not found:
        say("No call failed lately.")
        return
    table(
        ("At", "Call", "Status", "Code", "Intuit's id", "Message"),
        [(when(one.at), one.what, one.status or "", one.code, one.tid, one.message) for one in found],
    )
