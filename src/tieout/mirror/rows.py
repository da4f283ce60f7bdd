"""Rows of the mirror: a record's bytes as they came, and the few fields that lists are searched by.

A record that cannot be read is mirrored all the same: it is one problem of its own, not the end of whatever read it
together with others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from tieout.domain.seen import SeenRecord
from tieout.kit.errors import Invalid
from tieout.qbo.client import Record
from tieout.qbo.entities import by_name
from tieout.qbo.entities.entity import Entity
from tieout.storage.companies import Company
from tieout.storage.records import MirrorRow


def seen_of(company: Company, row: MirrorRow) -> SeenRecord:
    """Translate a mirrored record; amounts without a currency of their own are in the company's.

    Raises Invalid for a record that does not have the form that Intuit documents.
    """
    try:
        return by_name(row.entity).seen(row.raw, company.currency)
    except (msgspec.DecodeError, ValueError) as wrong:
        raise Invalid(
            "A record of QuickBooks cannot be read",
            record=f"{row.entity} {row.qbo_id} in QuickBooks",
            reason=f"it does not have the expected form: {wrong}",
            remedy="Correct the record in QuickBooks, or set this aside; every other record goes on meanwhile",
        ) from wrong


def readable(company: Company, rows: Iterable[MirrorRow]) -> Iterator[tuple[MirrorRow, SeenRecord]]:
    """Translate the records that can be read; each of the others has its own issue."""
    for row in rows:
        try:
            yield row, seen_of(company, row)
        except Invalid:
            continue


def row_of(record: Record) -> MirrorRow:
    """Make the mirror's row for a record that was read."""
    return MirrorRow(
        record.entity,
        record.qbo_id,
        record.sync_token,
        record.raw,
        record.updated_at,
        record.active,
        record.name,
        record.number,
        record.party,
        record.dated,
        record.due,
        record.amount,
        record.balance,
        record.currency,
        record.created_at,
    )


def is_readable(entity: Entity, raw: bytes) -> bool:
    """Tell whether the engine can read a record; what it never looks at needs no form."""
    if not entity.applied:
        return True
    try:
        entity.seen(raw)
    except (msgspec.DecodeError, ValueError):
        return False
    return True
