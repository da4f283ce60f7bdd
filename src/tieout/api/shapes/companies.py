"""Companies, their health, settings, cycles and imports on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from tieout.connections import companies as operations

if TYPE_CHECKING:
    from tieout.mirror import backfill
    from tieout.storage import companies as stored
    from tieout.storage import cycles, imports
    from tieout.sync import cycle, health


class Company(BaseModel):
    """One connected QuickBooks company. Instants are in UTC."""

    model_config = ConfigDict(from_attributes=True)
    id: str = Field(examples=["co_01jd8w2m4k7h3n5p9q0rstvw"])
    realm_id: str = Field(description="QuickBooks' own id of the company", examples=["9130357849201"])
    name: str
    country: str
    currency: str
    environment: str = Field(description="`production` or `sandbox`")
    status: str = Field(description="`connected`, `needs_reconnect`, `paused` or `disconnected`")
    status_why: str = Field(default="", description="Why it is paused")
    read_only: bool = Field(default=False, description="Tieout turns every write into it away")
    is_default: bool
    host: str
    connected_at: datetime
    complete_until: datetime | None


class CycleShown(BaseModel):
    """One synchronisation."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    cause: str
    state: str = Field(description="`running`, `succeeded`, `partial`, `aborted`, `failed` or `abandoned`")
    started_at: datetime
    finished_at: datetime | None
    stats: dict[str, int]
    error: str


class ReportShown(BaseModel):
    """How a cycle that was asked for ended."""

    model_config = ConfigDict(from_attributes=True)
    company: str
    state: str
    stats: dict[str, int]
    error: str
    next_at: datetime | None


class ImportShown(BaseModel):
    """How far the import of one entity is."""

    model_config = ConfigDict(from_attributes=True)
    entity: str
    state: str = Field(description="`running`, `done`, or `refused` when QuickBooks does not show it to us")
    done: int
    total: int | None
    started_at: datetime
    finished_at: datetime | None
    error: str


class ProgressShown(BaseModel):
    """One step of a running import."""

    model_config = ConfigDict(from_attributes=True)
    entity: str
    done: int
    total: int
    finished: bool
    rate: int = Field(description="Records a second, over the last ten seconds")
    seconds_left: int | None = Field(description="Null when nobody can say")
    error: str = Field(description="Why it stopped, or what could not be read")
    way: str = Field(description="Empty, or why its pages are found by position rather than by id")


class ImportedShown(BaseModel):
    """What an import brought."""

    model_config = ConfigDict(from_attributes=True)
    company: str
    counts: dict[str, int]
    complete_until: datetime


class HealthShown(BaseModel):
    """How a company's synchronisation stands."""

    model_config = ConfigDict(from_attributes=True)
    company: Company
    settings: dict[str, str]
    last_cycle: CycleShown | None
    next_cycle_at: datetime | None
    pushes: dict[str, int] = Field(description="How many pushes stand in each state")
    oldest_waiting: datetime | None
    open_issues: int
    mirrored: dict[str, int] = Field(description="How many live records of each entity the mirror holds")
    imports: list[ImportShown]
    complete_until: datetime | None
    access_expires_at: datetime | None
    refresh_expires_at: datetime | None


class SettingShown(BaseModel):
    """Something that a bookkeeper decides for one company."""

    name: str
    value: str
    summary: str
    choices: list[str] = Field(description="The values it takes; empty for free text")
    default: str


class SettingValue(BaseModel):
    """A setting's new value."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"value": "on"}]})
    value: str = Field(max_length=500)


def company_shape(company: stored.Company) -> Company:
    """Show a company: what its lease and cursor are is nobody's business."""
    return Company.model_validate(company)


def cycle_shape(one: cycles.Cycle) -> CycleShown:
    """Show a cycle."""
    return CycleShown.model_validate(one)


def report_shape(report: cycle.Report) -> ReportShown:
    """Show how a cycle ended."""
    return ReportShown(
        company=report.company,
        state=report.state,
        stats=dict(report.stats),
        error=report.error,
        next_at=report.next_at,
    )


def import_shape(one: imports.ImportProgress) -> ImportShown:
    """Show how far an import is."""
    return ImportShown.model_validate(one)


def progress_shape(one: backfill.Progress) -> ProgressShown:
    """Show a step of a running import."""
    return ProgressShown.model_validate(one)


def imported_shape(one: backfill.Imported) -> ImportedShown:
    """Show what an import brought."""
    return ImportedShown.model_validate(one)


def health_shape(one: health.Health) -> HealthShown:
    """Show how a company's synchronisation stands."""
    return HealthShown.model_validate(one)


def settings_shape(values: Mapping[str, str]) -> list[SettingShown]:
    """Show every setting with its value and what it is for."""
    return [
        SettingShown(
            name=one.name,
            value=values[one.name],
            summary=one.summary,
            choices=list(one.choices),
            default=one.default,
        )
        for one in operations.SETTINGS_KNOWN
    ]
