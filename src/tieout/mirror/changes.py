"""What was seen of QuickBooks, stored together with the work that it causes for the engine."""

from __future__ import annotations

from collections.abc import Iterable

from tieout.domain.seen import Gone
from tieout.edges import Edges
from tieout.mirror.rows import row_of
from tieout.qbo.client import Record
from tieout.qbo.entities import by_name
from tieout.qbo.entities.entity import Entity
from tieout.storage.companies import Company
from tieout.storage.unit_of_work import Work


def store_changes(
    edges: Edges, work: Work, company: Company, records: Iterable[tuple[Entity, Record]], gone: Iterable[Gone]
) -> int:
    """Store changed records and queue, in the same transaction, what the engine must look at; counts what changed."""
    now = edges.clock.now()
    changed: list[str] = []
    for change in work.records.upsert_many(company.id, [row_of(record) for _, record in records], now=now):
        _owe(edges, work, company, change.entity, change.qbo_id, change.sync_token)
        changed.append(change.entity)
    for absent in gone:
        if work.records.mark_deleted(
            company.id,
            absent.entity,
            absent.qbo_id,
            now=now,
            deleted_at=absent.at,
            merged_into=absent.merged_into,
        ):
            _owe(edges, work, company, absent.entity, absent.qbo_id, "deleted")
            changed.append(absent.entity)
    work.coverage.change(company.id, sorted(set(changed)), changed_at=now)
    return len(changed)


def _owe(edges: Edges, work: Work, company: Company, entity: str, qbo_id: str, version: str) -> None:
    """Have the engine look at a change of an entity that it applies; others are mirrored and nothing more."""
    if by_name(entity).applied:
        work.inbound.queue(company.id, entity, qbo_id, version, now=edges.clock.now())
