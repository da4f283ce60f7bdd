"""Health, sections, notices and channels on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tieout.api.shapes.companies import Company, CycleShown
from tieout.connections import channels as operations
from tieout.storage import channels, notices
from tieout.sync import checkup, health, sections

State = Literal["good", "attention", "stopped"]
Severity = Literal["info", "warning", "error"]


class Shown(BaseModel):
    """A thing that is only shown."""

    model_config = ConfigDict(from_attributes=True)


class SignShown(Shown):
    """How one thing stands, in plain words."""

    name: str = Field(examples=["freshness"])
    state: State
    says: str
    remedy: str = Field(description="What to do; empty while all is well")


class WorkerShown(Shown):
    """A process that runs. Instants are in UTC."""

    worker: str
    machine: str
    role: str
    version: str
    started_at: datetime
    beat_at: datetime


class PermissionShown(Shown):
    """One authorising user's permission."""

    label: str
    state: str = Field(description="`good` or `lost`")
    why: str
    ends_at: datetime
    limit: str = Field(description="What ends it: `idle` (it was not used) or `hard` (Intuit's own limit)")
    days_left: int


class WaitingShown(Shown):
    """Work that has not ended."""

    what: str = Field(description="`pushes`, `changes`, `events` or `jobs`")
    state: str
    number: int
    oldest: datetime


class FreshnessShown(Shown):
    """Up to when the mirror is proven complete, and by what."""

    complete_until: datetime | None
    age_seconds: int | None
    rests_on: str
    troubled: dict[str, str] = Field(description="Lists that cannot be proven now, with the reason")


class ReadCountShown(Shown):
    """Intuit's metered reads; days and months are in UTC."""

    today: int
    month: int
    forecast: int
    allowance: int
    spent_on: dict[str, int] = Field(description="This month's reads by what was read")
    webhooks: str = Field(description="`working`, `silent` or `never` heard")


class SectionShown(Shown):
    """A part of the books that can be brought up to date by itself."""

    name: str = Field(examples=["customers"])
    title: str
    holds: str
    completed_at: datetime | None
    completed_by: str = Field(description="`section` for its own run, `cycle` for the cycles")
    tried_at: datetime | None
    error: str
    active: int
    inactive: int
    stats: dict[str, int]


class CompanyHealthShown(Shown):
    """How one company stands and why."""

    company: Company
    state: State
    signs: list[SignShown]
    permissions: list[PermissionShown]
    last_cycle: CycleShown | None
    next_cycle_at: datetime | None
    every_minutes: int
    waiting: list[WaitingShown]
    owed: int = Field(description="Pushes that were sent and whose answer is not known")
    freshness: FreshnessShown
    reads: ReadCountShown
    issues: dict[str, int] = Field(description="Open issues by severity")
    sections: list[SectionShown]


class NoticeShown(Shown):
    """Something that people were told. Instants are in UTC."""

    id: str
    company: str | None
    kind: str
    about: str
    severity: Severity
    what: str
    record: str
    why: str
    remedy: str
    told_at: datetime
    over_at: datetime | None = Field(description="When its cause was gone; null while it stands")
    seen_at: datetime | None
    seen_by: str
    times: int = Field(description="How often it was told")


class WholeHealthShown(Shown):
    """How everything stands."""

    state: State
    signs: list[SignShown]
    workers: list[WorkerShown]
    notices: list[NoticeShown]
    companies: list[CompanyHealthShown]
    next: str = Field(description="Give this as `after` for more companies; empty at the end")


class ChannelShown(Shown):
    """A place where people are told."""

    id: str
    kind: Literal["email", "webhook"]
    address: str
    least: Severity
    created_at: datetime
    created_by: str


class NewChannelShown(ChannelShown):
    """A channel that was just added."""

    secret: str | None = Field(
        description="What its posts are signed with; shown this once. "
        "`Tieout-Signature: t=…,v1=…` is HMAC-SHA256 over `t.body` with it, in hexadecimal"
    )


class ChannelGiven(BaseModel):
    """A channel to be added."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"kind": "email", "address": "books@example.com"}]},
    )
    kind: Literal["email", "webhook"]
    address: str = Field(max_length=2000)
    least: Severity = Field(default="warning", description="The least grave that it wants")
    secret: str | None = Field(default=None, max_length=200, description="Random when it is left out")


class DeliveryShown(Shown):
    """One notice on its way through one channel."""

    id: str
    notice: str
    channel: str
    state: str = Field(description="`waiting`, `delivered` or `failed`")
    attempts: int
    due_at: datetime | None
    error: str
    created_at: datetime
    delivered_at: datetime | None


class CheckShown(Shown):
    """One thing that was looked at."""

    name: str
    subject: str
    state: str = Field(description="`ok`, `warning` or `broken`")
    says: str
    remedy: str


def check_shape(one: checkup.Check) -> CheckShown:
    """Show one thing that was looked at."""
    return CheckShown.model_validate(one)


def whole_health_shape(found: health.WholeHealth) -> WholeHealthShown:
    """Show how everything stands."""
    return WholeHealthShown.model_validate(found)


def section_shape(one: sections.SectionStanding) -> SectionShown:
    """Show how a section stands."""
    return SectionShown.model_validate(one)


def notice_shape(one: notices.Notice) -> NoticeShown:
    """Show a notice."""
    return NoticeShown.model_validate(one)


def channel_shape(one: channels.Channel) -> ChannelShown:
    """Show a channel without its secret."""
    return ChannelShown.model_validate(one)


def new_channel_shape(one: operations.NewChannel) -> NewChannelShown:
    """Show a channel that was just added, with its secret."""
    shown = channel_shape(one.channel)
    return NewChannelShown(**shown.model_dump(), secret=one.secret.value if one.secret else None)


def delivery_shape(one: notices.Delivery) -> DeliveryShown:
    """Show a delivery."""
    return DeliveryShown.model_validate(one)
