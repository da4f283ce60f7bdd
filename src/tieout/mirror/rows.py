"""Rows of the mirror: a record's bytes as they came, and the few fields that lists are searched by."""

from __future__ import annotations

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
from tieout.qbo.client import Record
from tieout.qbo.entities import by_name
from tieout.qbo.entities.entity import Entity
from tieout.storage.companies import Company
from tieout.storage.records import MirrorRow


def seen_of(company: Company, row: MirrorRow) -> SeenRecord:
    """Translate a mirrored record; amounts without a currency of their own are in the company's."""
    return by_name(row.entity).seen(row.raw, company.currency)


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


def _searched(entity: Entity, record: Record) -> tuple[str, str]:
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
