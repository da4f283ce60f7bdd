"""Documents with their standing, pushes and history on the wire."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny

from tieout.api.shapes.base import ShownAmount
from tieout.api.shapes.host import HostShape, host_shape
from tieout.api.shapes.issues import IssueShown, issue_shape
from tieout.api.shapes.matching import LinkShown, link_shape
from tieout.sync import documents


class DocumentKind(StrEnum):
    """The kinds of document, as addresses spell them."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"
    PAYMENT = "payment"

    @property
    def word(self) -> str:
        """Give the kind as the domain spells it."""
        return self.value.replace("-", "_")


class DocumentShown(BaseModel):
    """A document in a list."""

    model_config = ConfigDict(from_attributes=True)
    kind: str
    ref: str
    label: str
    number: str
    client: str = Field(description="The client's name")
    dated: date | None
    total: ShownAmount | None
    currency: str
    stands: str = Field(description=f"One of {', '.join(documents.STANDS)}")
    detail: str
    qbo_id: str
    changed_at: datetime


class PushShown(BaseModel):
    """One change that is, or was, owed to QuickBooks."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    action: str
    state: str
    generation: int
    attempts: int
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
    waits_for: str
    error: str
    tid: str = Field(description="Intuit's id of the last call, for their support")
    qbo_id: str


class EventShown(BaseModel):
    """One moment in a document's life."""

    model_config = ConfigDict(from_attributes=True)
    at: datetime
    what: str
    detail: str
    qbo_id: str
    actor: str


class DocumentDetailShown(BaseModel):
    """All that is known of one document."""

    document: DocumentShown
    record: SerializeAsAny[HostShape] = Field(description="The host's record")
    link: LinkShown | None
    pushes: list[PushShown]
    issues: list[IssueShown]
    timeline: list[EventShown]


def document_shape(row: documents.DocumentRow) -> DocumentShown:
    """Show a document in a list."""
    return DocumentShown.model_validate(row)


def detail_shape(one: documents.DocumentDetail) -> DocumentDetailShown:
    """Show all that is known of one document."""
    return DocumentDetailShown(
        document=document_shape(one.row),
        record=host_shape(one.record),
        link=link_shape(one.link) if one.link is not None else None,
        pushes=[PushShown.model_validate(push) for push in one.pushes],
        issues=[issue_shape(issue) for issue in one.issues],
        timeline=[EventShown.model_validate(event) for event in one.timeline],
    )
