"""Records: QuickBooks as the mirror holds it, every entity alike."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from tieout.api.asking import After, Asked, Limit, Search
from tieout.api.shapes.base import PageOf
from tieout.api.shapes.records import (
    EntityShown,
    RecordShown,
    WholeRecordShown,
    entity_shape,
    record_shape,
    whole_record_shape,
)
from tieout.mirror.records import get_record, list_entities, list_records
from tieout.storage.record_lists import Standing

router = APIRouter(prefix="/companies/{company}/records", tags=["Records"])


@router.get("")
def entities(asked: Asked, company: str) -> PageOf[EntityShown]:
    """List what is mirrored of a company, with the number of records of each entity."""
    return PageOf(
        items=[entity_shape(one) for one in list_entities(asked.edges, asked.caller, company=company)]
    )


@router.get("/{entity}")
def records(
    asked: Asked,
    company: str,
    entity: str,
    search: Search = "",
    standing: Standing = Standing.ACTIVE,
    dated_from: Annotated[date | None, Query(description="QuickBooks' date, included")] = None,
    dated_to: Annotated[date | None, Query(description="QuickBooks' date, included")] = None,
    party: Annotated[
        str, Query(description="Id of a customer, vendor or employee in QuickBooks", max_length=100)
    ] = "",
    after: After = "",
    limit: Limit = 100,
) -> PageOf[RecordShown]:
    """List records of any entity: documents by date, the newest first, names by name."""
    page = list_records(
        asked.edges,
        asked.caller,
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
    return PageOf(items=[record_shape(one) for one in page.rows], next=page.after or None)


@router.get("/{entity}/{qbo_id}")
def record(asked: Asked, company: str, entity: str, qbo_id: str) -> WholeRecordShown:
    """Show one record as QuickBooks has it, also one that was deleted."""
    return whole_record_shape(
        get_record(asked.edges, asked.caller, company=company, entity=entity, qbo_id=qbo_id)
    )
