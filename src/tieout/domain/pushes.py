"""Pushes: changes that we owe QuickBooks, and the states each goes through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tieout.domain.documents import Kind


class Action(StrEnum):
    """What a push does to its QuickBooks record."""

    CREATE = "create"
    UPDATE = "update"
    VOID = "void"
    DELETE = "delete"


class State(StrEnum):
    """Where a push stands."""

    QUEUED = "queued"
    WAITING = "waiting"
    """On another push, named in `waits_for`."""
    LEASED = "leased"
    """Being prepared by a cycle; nothing has left yet."""
    SENT = "sent"
    """On its way: QuickBooks may or may not have it. Never sent again blindly, always verified."""
    RETRY_AT = "retry_at"
    BLOCKED = "blocked"
    """An open issue says why."""
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


OPEN_STATES = frozenset(
    {State.QUEUED, State.WAITING, State.LEASED, State.SENT, State.RETRY_AT, State.BLOCKED}
)
ORDER: tuple[Kind, ...] = (
    Kind.TERM,
    Kind.CLIENT,
    Kind.SERVICE,
    Kind.INVOICE,
    Kind.CREDIT_NOTE,
    Kind.PAYMENT,
)
"""Dependencies first: a customer before its invoice, an invoice before its payment."""


@dataclass(frozen=True)
class Push:
    """One change that we owe one company's books."""

    id: str
    company: str
    kind: Kind
    host_ref: str
    action: Action
    state: State
    created_at: datetime
    updated_at: datetime
    generation: int = 1
    attempts: int = 0
    due_at: datetime | None = None
    """When to try again, in state `retry_at`."""
    request_id: str = ""
    """What QuickBooks knows the attempt by: the push's id and its generation."""
    body: bytes = b""
    """Exactly what was sent, kept so that a replay is the same request."""
    sent_at: datetime | None = None
    waits_for: str = ""
    """In words: `customer Blue Heron Ltd`."""
    error: str = ""
    tid: str = ""
    """Intuit's id of the last call, for their support."""
    qbo_id: str = ""
    label: str = ""
    """The record's name for people: `Invoice 1042`."""
    intended: str = ""
    """Fingerprint of the host's record that this push carries."""
    sync_token: str = ""
    """The SyncToken that it was sent with; once confirmed, the one that QuickBooks answered."""
    duplicate_number: bool = False
    """True for a document made anew on purpose: its void predecessor still carries its number."""


def request_id(push_id: str, generation: int, attempt: int) -> str:
    """Make the request id of one attempt: at most 36 characters, so that it fits a batch too.

    A new attempt gets a new id, because QuickBooks may repeat its old answer to an old one; that is safe since
    a push is attempted anew only when it is known that nothing was written.
    """
    made = f"{push_id.replace('_', '-')}-{generation}-{attempt}"
    assert len(made) <= 36, made
    return made
