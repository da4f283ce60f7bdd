"""Looking into the mirror for links: records of an entity that is tied out, by name, by id, and one in our words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tieout.connections.companies import found
from tieout.domain.permissions import READ
from tieout.domain.seen import SeenAccount, SeenItem, SeenParty, SeenRecord, SeenTaxCode, SeenTerm
from tieout.kit.errors import Invalid
from tieout.mirror.rows import is_readable, seen_of
from tieout.qbo.entities import ENTITIES, by_name
from tieout.qbo.entities.entity import Entity
from tieout.security.operation import Act, operation
from tieout.storage.records import MirrorRow

LISTED_MAX = 1000


@dataclass(frozen=True)
class Mirrored:
    """One record of QuickBooks, as a person recognises it in a list."""

    entity: str
    qbo_id: str
    name: str
    number: str
    detail: str
    """What tells it from others of the same name: an e-mail address, a type, a rate."""
    active: bool
    deleted: bool


@dataclass(frozen=True)
class MirroredRecord:
    """One record of QuickBooks, in our words."""

    shown: Mirrored
    seen: SeenRecord
    seen_at: datetime | None
    """UTC; when the mirror last saw it."""


@operation("mirror.list", needs=READ, writes=False)
def list_mirrored(
    act: Act, *, entity: str, search: str = "", company: str = "", limit: int = 50, after: str = ""
) -> list[Mirrored]:
    """List the active records of an entity by name; `search` are words of a name, number or id."""
    chosen = found(act.work, act.caller.tenant, company)
    sort = _entity(entity)
    rows = act.work.records.list(
        chosen.id,
        sort.name,
        search=search,
        limit=max(1, min(limit, LISTED_MAX)),
        after=after,
        dated=bool(sort.columns.dated),
    )
    return [_shown(sort, row) for row in rows]


@operation("mirror.names", needs=READ, writes=False)
def name_mirrored(act: Act, *, entity: str, ids: Sequence[str], company: str = "") -> dict[str, Mirrored]:
    """Put names to ids of an entity; ids that the mirror does not hold are left out."""
    chosen = found(act.work, act.caller.tenant, company)
    sort = _entity(entity)
    rows = act.work.records.many(chosen.id, sort.name, ids)
    return {key: _shown(sort, row) for key, row in rows.items()}


@operation("mirror.get", needs=READ, writes=False)
def get_mirrored(act: Act, *, entity: str, qbo_id: str, company: str = "") -> MirroredRecord | None:
    """Show one record as QuickBooks has it, also one that was deleted; None when the mirror never saw it."""
    chosen = found(act.work, act.caller.tenant, company)
    sort = _entity(entity)
    row = act.work.records.get(chosen.id, sort.name, qbo_id)
    return None if row is None else MirroredRecord(_shown(sort, row), seen_of(chosen, row), row.seen_at)


def _entity(name: str) -> Entity:
    tied_out = [entity.name for entity in ENTITIES if entity.applied]
    if name not in tied_out:
        raise Invalid(
            "This kind of record is not tied out",
            record=name,
            reason=f"what stands on both sides is {', '.join(tied_out)}",
            remedy="Use one of these names; every other kind of record is among the records of the company",
        )
    return by_name(name)


def _shown(entity: Entity, row: MirrorRow) -> Mirrored:
    return Mirrored(
        entity.name,
        row.qbo_id,
        row.name,
        row.number,
        _detail(entity.seen(row.raw)) if is_readable(entity, row.raw) else "cannot be read",
        row.active,
        row.deleted,
    )


def _detail(seen: SeenRecord) -> str:
    match seen:
        case SeenParty():
            place = ", ".join(part for part in (seen.address.city, seen.address.country) if part)
            return " · ".join(part for part in (seen.email, seen.phone, place) if part)
        case SeenAccount():
            return seen.type
        case SeenItem():
            return " · ".join(part for part in (seen.type, seen.sku) if part)
        case SeenTaxCode():
            return f"{seen.rate.normalize():f} %" if seen.rate is not None else seen.description
        case SeenTerm():
            return f"{seen.due_days} days" if seen.due_days is not None else ""
        case _:
            return ""
