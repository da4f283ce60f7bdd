"""Mirrored entities and their records on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from tieout.mirror import records
from tieout.qbo.entities.entity import Can
from tieout.storage.record_lists import Listed

EXACT = "Exact decimal text, empty when the record has none"


class EntityShown(BaseModel):
    """One entity of QuickBooks, and how many of its records the mirror holds."""

    entity: str = Field(examples=["Invoice"])
    plural: str
    summary: str
    followed: bool = Field(description="The change feed tells of its changes")
    notified: bool = Field(description="Webhooks tell of its changes")
    applied: bool = Field(description="The engine looks at its changes; others are mirrored and nothing more")
    columns: list[str] = Field(
        description="Which of a record's columns it has", examples=[["name", "number"]]
    )
    active: int
    inactive: int
    deleted: int


class RecordShown(BaseModel):
    """A record in a list. Instants are in UTC, days are QuickBooks' own."""

    model_config = ConfigDict(from_attributes=True)
    entity: str
    qbo_id: str
    sync_token: str
    name: str
    number: str
    party: str = Field(description="Id of the customer, vendor or employee that it is about")
    dated: date | None
    due: date | None
    amount: str = Field(description=EXACT, examples=["129.90"])
    balance: str = Field(description=EXACT)
    currency: str = Field(description="ISO 4217; empty means the company's own")
    active: bool
    deleted: bool
    merged_into: str = Field(description="Id of the record that took its place")
    created_at: datetime | None
    updated_at: datetime | None = Field(description="QuickBooks' time of the last change")
    seen_at: datetime = Field(description="When the mirror last saw it so")


class WholeRecordShown(RecordShown):
    """One record with the object as QuickBooks sent it."""

    object: dict[str, Any] = Field(description="QuickBooks' own JSON")


def entity_shape(mirrors: records.Mirrors) -> EntityShown:
    """Show an entity."""
    entity, counted = mirrors.entity, mirrors.counted
    return EntityShown(
        entity=entity.name,
        plural=entity.plural,
        summary=entity.summary,
        followed=Can.FOLLOW in entity.can,
        notified=Can.NOTIFY in entity.can,
        applied=entity.applied,
        columns=[name for name, paths in entity.columns.paths().items() if paths],
        active=counted.active,
        inactive=counted.inactive,
        deleted=counted.deleted,
    )


def record_shape(listed: Listed) -> RecordShown:
    """Show a record in a list."""
    return RecordShown.model_validate(listed)


def whole_record_shape(whole: records.WholeRecord) -> WholeRecordShown:
    """Show a record with its object."""
    return WholeRecordShown(**record_shape(whole.listed).model_dump(), object=whole.object)
