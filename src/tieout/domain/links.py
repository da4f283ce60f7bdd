"""Links: this host record is that QuickBooks record, in that company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tieout.domain.documents import Kind
from tieout.domain.seen import SeenDocument, SeenPayment


class How(StrEnum):
    """How a link came to be."""

    EXACT = "exact"
    """The names were equal, and no other candidate was."""
    CONFIRMED = "confirmed"
    """A person said so."""
    CREATED = "created"
    """We made the QuickBooks record."""
    ADOPTED = "adopted"
    """We found, after an answer had been lost, the record that we had made."""


@dataclass(frozen=True)
class Link:
    """One host record and its QuickBooks counterpart in one company."""

    company: str
    kind: Kind
    host_ref: str
    qbo_id: str
    sync_token: str
    """The newest SyncToken known to be ours or accepted: a change with this token is an echo."""
    how: How
    linked_at: datetime
    generation: int = 1
    """Grows when a record is deliberately made anew."""
    baseline: SeenDocument | SeenPayment | None = None
    """What QuickBooks showed when both sides last agreed; documents only."""
    intended: str = ""
    """Fingerprint of the host's record at that moment."""
    state: str = "linked"
    """`linked`, `drifted`, `voided`, `deleted` or `unlinked`."""
