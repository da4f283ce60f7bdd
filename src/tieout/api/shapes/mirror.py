"""How complete the mirror is, and what its records were before, on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from tieout.mirror import check, coverage, history


class EntityCoverageShown(BaseModel):
    """How complete one entity is. Instants are in UTC."""

    model_config = ConfigDict(from_attributes=True)
    entity: str = Field(examples=["Invoice"])
    followed: bool = Field(description="False for a list that the change feed does not cover")
    complete_until: datetime | None = Field(
        description="QuickBooks' time up to which everything is here; null when nothing is proven"
    )
    proven: bool
    rests_on: str = Field(description="What that rests on, in words")
    trouble: str = Field(description="Why it cannot be proven now; empty while all is well")
    here: int
    counted_at: datetime | None
    counted_there: int
    counted_here: int
    swept_at: datetime | None = Field(description="When ids were last compared one by one")
    changed_at: datetime | None
    check_at: datetime | None = Field(description="When it is checked next")


class CoverageShown(BaseModel):
    """How complete a company's mirror is. Instants are in UTC."""

    model_config = ConfigDict(from_attributes=True)
    company: str
    name: str
    complete_until: datetime | None = Field(description="The earliest of all entities")
    changes_until: datetime | None = Field(description="The earliest of those that the change feed covers")
    proven: bool
    rests_on: str
    entities: list[EntityCoverageShown]


class CheckedShown(BaseModel):
    """How one check ended."""

    model_config = ConfigDict(from_attributes=True)
    entity: str
    proven: bool
    there: int = Field(description="Records that QuickBooks has, inactive ones included")
    here: int
    swept: bool = Field(description="True when records were compared one by one, not only counted")
    changed: int = Field(description="Records that were missing, other or gone, and are right now")
    trouble: str


class DifferenceShown(BaseModel):
    """One field that became another."""

    model_config = ConfigDict(from_attributes=True)
    path: str = Field(examples=["Line[2].Amount"], description="Lines are told apart by their ids")
    before: str | None
    after: str | None


class EventShown(BaseModel):
    """One version of a record. Instants are in UTC."""

    model_config = ConfigDict(from_attributes=True)
    what: str = Field(
        description="`created`, `first seen`, `changed`, `made inactive`, `active again`, `deleted`, `merged`, `came back`"
    )
    at: datetime | None = Field(description="QuickBooks' time of it")
    seen_at: datetime
    by: str = Field(description="QuickBooks' id of the user who changed it, where it tells")
    sync_token: str
    merged_into: str
    differences: list[DifferenceShown]
    more: bool = Field(description="True when more fields changed than are listed")
    unseen: int = Field(
        description="Changes before this one that QuickBooks counts and the mirror did not see"
    )


class HistoryShown(BaseModel):
    """A part of a record's history, the latest first."""

    model_config = ConfigDict(from_attributes=True)
    entity: str
    qbo_id: str
    name: str
    events: list[EventShown]
    following: int | None = Field(description="Give it as `before` for the earlier ones; null at the end")


class RecordThenShown(BaseModel):
    """One record as it was at an instant. Instants are in UTC."""

    model_config = ConfigDict(from_attributes=True)
    entity: str
    qbo_id: str
    at: datetime
    known: bool = Field(description="False when the mirror holds nothing of that time")
    there: bool = Field(description="True when the record was there: made, and not deleted")
    says: str
    since: datetime | None
    until: datetime | None
    name: str
    number: str
    active: bool
    sync_token: str
    record: dict[str, Any] | None = Field(description="QuickBooks' own object")


class RecordsThenShown(BaseModel):
    """Records of an entity as they were at an instant, by id."""

    model_config = ConfigDict(from_attributes=True)
    entity: str
    at: datetime
    records: list[RecordThenShown]
    unknown: int = Field(
        description="Records of this part that may have been there: what is known of them is later"
    )
    following: str = Field(description="Give it as `after` for what follows, also when a part is empty")


def coverage_shape(one: coverage.CompanyCoverage) -> CoverageShown:
    """Show how complete a company's mirror is."""
    return CoverageShown.model_validate(one)


def checked_shape(one: check.Checked) -> CheckedShown:
    """Show how a check ended."""
    return CheckedShown.model_validate(one)


def history_shape(one: history.History) -> HistoryShown:
    """Show a part of a record's history."""
    return HistoryShown.model_validate(one)


def then_shape(one: history.RecordThen) -> RecordThenShown:
    """Show a record as it was."""
    return RecordThenShown.model_validate(one)


def listed_then_shape(one: history.RecordsThen) -> RecordsThenShown:
    """Show records as they were."""
    return RecordsThenShown.model_validate(one)
