"""Proposals and links on the wire."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from tieout.domain import links as domain
from tieout.reconcile import matching


class MatchedKind(StrEnum):
    """The kinds that are matched, as addresses spell them."""

    CLIENT = "client"
    SERVICE = "service"
    TAX_REGION = "tax-region"
    TERM = "term"


class VerdictName(StrEnum):
    """How sure a match is."""

    EXACT = "exact"
    REVIEW = "review"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


class CandidateShown(BaseModel):
    """A QuickBooks record that a host record may be."""

    model_config = ConfigDict(from_attributes=True)
    qbo_id: str
    name: str
    score: int = Field(description="0 to 100")
    reasons: list[str]


class ProposalShown(BaseModel):
    """A host record that is not linked, and what it may be."""

    model_config = ConfigDict(from_attributes=True)
    kind: str
    ref: str
    label: str
    verdict: str
    candidates: list[CandidateShown]


class LinkShown(BaseModel):
    """This host record is that QuickBooks record."""

    model_config = ConfigDict(from_attributes=True)
    kind: str
    host_ref: str
    qbo_id: str
    how: str = Field(description="`exact`, `confirmed`, `created` or `adopted`")
    state: str
    linked_at: datetime
    ours: str = Field(default="", description="The host record's name")
    theirs: str = Field(default="", description="The QuickBooks record's name")


class LinkWish(BaseModel):
    """The QuickBooks record to link to."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"qbo_id": "58"}]})
    qbo_id: str = Field(min_length=1, max_length=50)


class Taken(BaseModel):
    """What was linked in bulk."""

    linked: int
    links: list[LinkShown]


def proposal_shape(one: matching.Proposal) -> ProposalShown:
    """Show a proposal."""
    return ProposalShown.model_validate(one)


def link_shape(link: domain.Link) -> LinkShown:
    """Show a link."""
    return LinkShown.model_validate(link)


def linked_shape(one: matching.Linked) -> LinkShown:
    """Show a link with the names of both sides."""
    return link_shape(one.link).model_copy(update={"ours": one.ours, "theirs": one.theirs})
