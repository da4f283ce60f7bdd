"""Issues and decisions on the wire."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from tieout.domain import issues as domain


class IssueStateName(StrEnum):
    """Which issues to list."""

    OPEN = "open"
    RESOLVED = "resolved"
    CLEARED = "cleared"
    IGNORED = "ignored"
    ALL = "all"


class IssueShown(BaseModel):
    """Something that a person must decide, in four parts."""

    id: str
    company: str
    kind: str
    title: str
    severity: str = Field(description="`error` when money is wrong or stuck, else `warning`")
    state: str
    record_kind: str
    record: str
    label: str = Field(description="The record's name")
    what: str
    why: str
    remedy: str
    facts: dict[str, object] = Field(description="For programs: candidates, amounts and the like")
    actions: list[str] = Field(description="What can be decided; empty once it is closed")
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str
    closed_how: str
    times: int = Field(description="How often it was opened")


class Decision(BaseModel):
    """How to settle an issue."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"action": "push_ours"}]})
    action: str = Field(max_length=50, description="One of the issue's actions")
    choice: str = Field(
        default="", max_length=100, description="The record to link, where that is the action"
    )


def issue_shape(issue: domain.Issue) -> IssueShown:
    """Show an issue."""
    finding = issue.finding
    kind = domain.BY_NAME[finding.kind]
    return IssueShown(
        id=issue.id,
        company=issue.company,
        kind=finding.kind,
        title=kind.title,
        severity=kind.severity,
        state=issue.state.value,
        record_kind=finding.record_kind,
        record=finding.record,
        label=finding.label,
        what=finding.what,
        why=finding.why,
        remedy=finding.remedy,
        facts=dict(finding.facts),
        actions=list(issue.actions),
        opened_at=issue.opened_at,
        closed_at=issue.closed_at,
        closed_by=issue.closed_by,
        closed_how=issue.closed_how,
        times=issue.times,
    )
