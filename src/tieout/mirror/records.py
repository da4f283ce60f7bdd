"""Records for people and programs: what is mirrored, any entity's records listed, and one of them as it came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from tieout.connections.companies import found
from tieout.domain.permissions import READ
from tieout.kit.errors import Invalid, NotFound
from tieout.qbo.entities import ENTITIES, by_word
from tieout.qbo.entities.entity import Entity
from tieout.security.operation import Act, operation
from tieout.storage.holdings import Holding
from tieout.storage.record_lists import Listed, Standing, Wanted

PAGE_MAX = 1000


@dataclass(frozen=True)
class Mirrors:
    """One entity, and how many of its records the mirror of a company holds."""

    entity: Entity
    counted: Holding


@dataclass(frozen=True)
class ListedPage:
    """One page of records."""

    rows: list[Listed]
    after: str
    """The id to go on after; empty at the end."""


@dataclass(frozen=True)
class WholeRecord:
    """One record: its columns, and the object as QuickBooks sent it."""

    listed: Listed
    object: Any


@operation("entity.list", needs=READ, writes=False)
def list_entities(act: Act, *, company: str = "") -> list[Mirrors]:
    """List what is mirrored of a company, with the number of records of each entity."""
    chosen = found(act.work, act.caller.tenant, company)
    counts = act.work.record_lists.counts(chosen.id)
    return [Mirrors(entity, counts.get(entity.name, Holding())) for entity in ENTITIES]


@operation("record.list", needs=READ, writes=False)
def list_records(
    act: Act,
    *,
    entity: str,
    company: str = "",
    search: str = "",
    standing: str = Standing.ACTIVE,
    dated_from: date | None = None,
    dated_to: date | None = None,
    party: str = "",
    limit: int = 50,
    after: str = "",
) -> ListedPage:
    """List records of any entity: documents by date, the newest first, names by name.

    `search` are words of a name, number or id; `standing` is active, inactive, deleted or all; `dated_from` and
    `dated_to` are QuickBooks' own dates, both included; `party` is the id of a customer, vendor or employee;
    `after` is the id that the page before ended with.
    """
    chosen = found(act.work, act.caller.tenant, company)
    sort = _entity(entity)
    wanted = Wanted(search, _standing(standing), dated_from, dated_to, party)
    if dated_from is not None and dated_to is not None and dated_from > dated_to:
        raise Invalid(
            "No day is within these",
            record=f"{dated_from} to {dated_to}",
            reason="the first day is after the last",
            remedy="Give the earlier day first",
        )
    if after and act.work.record_lists.get(chosen.id, sort.name, after) is None:
        raise Invalid(
            "No page ended with this record",
            record=f"{sort.name} {after}",
            reason=f"{chosen.name} has none with this id",
            remedy="Give what the page before said is next, or leave it out for the first page",
        )
    size = max(1, min(limit, PAGE_MAX))
    rows = act.work.record_lists.page(
        chosen.id, sort.name, wanted, newest_first=bool(sort.columns.dated), limit=size + 1, after=after
    )
    return ListedPage(rows[:size], rows[size - 1].qbo_id if len(rows) > size else "")


@operation("record.get", needs=READ, writes=False)
def get_record(act: Act, *, entity: str, qbo_id: str, company: str = "") -> WholeRecord:
    """Show one record as QuickBooks has it, also one that was deleted; NotFound when the mirror never saw it."""
    chosen = found(act.work, act.caller.tenant, company)
    sort = _entity(entity)
    listed = act.work.record_lists.get(chosen.id, sort.name, qbo_id)
    row = act.work.records.get(chosen.id, sort.name, qbo_id)
    if listed is None or row is None:
        raise NotFound(
            "The mirror holds no such record",
            record=f"{sort.name} {qbo_id}",
            reason=f"{chosen.name} has none with this id that was ever seen here",
            remedy=f"Look for it in the list of {sort.plural}, or import the company if that was not done yet",
        )
    return WholeRecord(listed, msgspec.json.decode(row.raw))


def _entity(name: str) -> Entity:
    """Find an entity by any of its names, in any case."""
    entity = by_word(name)
    if entity is None:
        raise Invalid(
            "This kind of record is not mirrored",
            record=name,
            reason=f"the mirror holds {', '.join(one.name for one in ENTITIES)}",
            remedy="Use one of these names",
        )
    return entity


def _standing(word: str) -> Standing:
    if word not in list(Standing):
        raise Invalid(
            "There is no such standing",
            record=word,
            reason=f"records are {', '.join(one.value for one in Standing)}",
            remedy="Use one of these words",
        )
    return Standing(word)
