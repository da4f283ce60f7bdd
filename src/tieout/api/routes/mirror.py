"""The mirror: how complete it is, and what its records were before."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime

from tieout.api.asking import After, Asked, Limit
from tieout.api.shapes.base import PageOf
from tieout.api.shapes.mirror import (
    CheckedShown,
    CoverageShown,
    HistoryShown,
    RecordsThenShown,
    RecordThenShown,
    checked_shape,
    coverage_shape,
    history_shape,
    listed_then_shape,
    then_shape,
)
from tieout.mirror.check import check_mirror
from tieout.mirror.coverage import show_coverage
from tieout.mirror.history import list_as_of, show_as_of, show_history

router = APIRouter(prefix="/companies/{company}", tags=["Mirror"])

EntityName = Annotated[str, Path(description="As QuickBooks spells it: `Invoice`", max_length=50)]
RecordId = Annotated[str, Path(description="QuickBooks' own id of the record", max_length=100)]
At = Annotated[AwareDatetime, Query(description="The instant, with its offset: `2026-03-02T16:00:00Z`")]


@router.get("/coverage")
def coverage(asked: Asked, company: str) -> CoverageShown:
    """Show up to when the mirror is complete, entity by entity, and what that rests on."""
    return coverage_shape(show_coverage(asked.edges, asked.caller, company=company))


@router.post("/coverage/check")
def check(
    asked: Asked,
    company: str,
    entity: Annotated[str, Query(description="Only this one; without it all", max_length=50)] = "",
) -> PageOf[CheckedShown]:
    """Prove now that one entity, or all of them, are complete here; a metered read each when nothing is wrong."""
    done = check_mirror(asked.edges, asked.caller, company=company, entity=entity)
    return PageOf(items=[checked_shape(one) for one in done])


@router.get("/history/{entity}/{qbo_id}")
def history(
    asked: Asked,
    company: str,
    entity: EntityName,
    qbo_id: RecordId,
    limit: Annotated[int, Query(ge=1, le=100, description="At most so many versions")] = 20,
    before: Annotated[
        int | None, Query(ge=1, le=2**62, description="`following` of the part before; without it the latest")
    ] = None,
) -> HistoryShown:
    """Show every version of a record that was seen, the latest first, with what each one changed."""
    return history_shape(
        show_history(
            asked.edges,
            asked.caller,
            entity=entity,
            qbo_id=qbo_id,
            company=company,
            limit=limit,
            before=before,
        )
    )


@router.get("/as-of/{entity}")
def listed_as_of(
    asked: Asked, company: str, entity: EntityName, at: At, after: After = "", limit: Limit = 100
) -> RecordsThenShown:
    """List the records of an entity as they were at an instant, inactive ones included, by id."""
    return listed_then_shape(
        list_as_of(asked.edges, asked.caller, entity=entity, at=at, company=company, limit=limit, after=after)
    )


@router.get("/as-of/{entity}/{qbo_id}")
def one_as_of(asked: Asked, company: str, entity: EntityName, qbo_id: RecordId, at: At) -> RecordThenShown:
    """Show one record as it was at an instant, by QuickBooks' own time of its changes."""
    return then_shape(
        show_as_of(asked.edges, asked.caller, entity=entity, qbo_id=qbo_id, at=at, company=company)
    )
