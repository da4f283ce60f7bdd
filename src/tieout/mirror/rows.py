"""Rows of the mirror: a record's bytes as they came, and the few fields that lists are searched by.

A record that cannot be read is mirrored all the same, without name and number: it is one problem of its own,
not the end of whatever read it together with others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from tieout.domain.seen import (
    SeenAccount,
    SeenDocument,
    SeenItem,
    SeenName,
    SeenParty,
    SeenPayment,
    SeenRecord,
    SeenTaxCode,
    SeenTerm,
)
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


def row_of(entity: Entity, record: Record) -> MirrorRow:
    """Make the mirror's row for a record that was read."""
    name, number = _searched(entity, record)
    return MirrorRow(
        entity=entity.name,
        qbo_id=record.qbo_id,
        sync_token=record.sync_token,
        active=record.active,
        name=name,
        number=number,
        updated_at=record.updated_at,
        raw=record.raw,
    )


def is_readable(entity: Entity, raw: bytes) -> bool:
    """Tell whether a record has the form that Intuit documents."""
    try:
        entity.seen(raw)
    except (msgspec.DecodeError, ValueError):
        return False
    return True


def _searched(entity: Entity, record: Record) -> tuple[str, str]:
    if not is_readable(entity, record.raw):
        return "", ""
    match entity.seen(record.raw):
        case SeenParty() as party:
            return party.name, ""
        case SeenItem() as item:
            return item.name, item.sku
        case SeenDocument() as document:
            return document.customer_name, document.number
        case SeenPayment() as payment:
            return "", payment.reference
        case SeenAccount() as account:
            return account.name, ""
        case SeenTaxCode() as code:
            return code.name, ""
        case SeenName() as listed:
            return listed.name, ""
        case SeenTerm() as term:
            return term.name, ""
