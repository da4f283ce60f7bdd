"""What QuickBooks is asked on request: reports, printed documents, and which calls failed lately."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from tieout.api.asking import Asked, Limit
from tieout.api.shapes.base import PageOf
from tieout.api.shapes.calls import (
    FailedCallShown,
    ReportOfBooks,
    failed_call_shape,
    parameters,
    report_of_books_shape,
)
from tieout.connections.calls import list_failed_calls
from tieout.connections.reports import get_pdf, get_report

router = APIRouter(prefix="/companies/{company}", tags=["QuickBooks"])
Text = Annotated[str, Query(max_length=100)]


@router.get("/calls")
def calls(asked: Asked, company: str, limit: Limit = 50) -> PageOf[FailedCallShown]:
    """List the latest failed calls to QuickBooks, the newest first, with Intuit's id of each."""
    found = list_failed_calls(asked.edges, asked.caller, company=company, limit=limit)
    return PageOf(items=[failed_call_shape(one) for one in found])


@router.get("/reports/{name}")
def report(
    asked: Asked,
    company: str,
    name: Annotated[str, Path(description="As QuickBooks spells it: `ProfitAndLoss`", max_length=100)],
    start_date: Text = "",
    end_date: Text = "",
    accounting_method: Text = "",
    summarize_column_by: Text = "",
    also: Annotated[
        list[str] | None, Query(description="Any other parameter of the report: `customer=12`")
    ] = None,
) -> ReportOfBooks:
    """Ask QuickBooks for a report, its parameters spelled as in Intuit's documentation; one metered read."""
    params = {
        "start_date": start_date,
        "end_date": end_date,
        "accounting_method": accounting_method,
        "summarize_column_by": summarize_column_by,
        **parameters(also or []),
    }
    return report_of_books_shape(
        get_report(asked.edges, asked.caller, company=company, name=name, params=params)
    )


@router.get(
    "/pdf/{entity}/{qbo_id}",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "The document's pages"}},
)
def pdf(
    asked: Asked,
    company: str,
    entity: Annotated[str, Path(description="As QuickBooks spells it: `Invoice`", max_length=100)],
    qbo_id: Annotated[str, Path(description="The id it has in QuickBooks", max_length=100)],
) -> Response:
    """Ask QuickBooks for a document as its customers see it; one metered read."""
    pages = get_pdf(asked.edges, asked.caller, company=company, entity=entity, qbo_id=qbo_id)
    return Response(
        pages,
        media_type="application/pdf",
        headers={"content-disposition": "attachment", "x-content-type-options": "nosniff"},
    )
