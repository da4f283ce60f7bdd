"""Issues: what a person must decide, with the kinds we know and the actions each allows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class IssueState(StrEnum):
    """Where an issue stands."""

    OPEN = "open"
    RESOLVED = "resolved"
    """A person settled it."""
    CLEARED = "cleared"
    """Its cause went away by itself."""
    IGNORED = "ignored"
    """Set aside until the facts change."""


@dataclass(frozen=True)
class IssueKind:
    """A kind of issue and what a person can do about it."""

    name: str
    title: str
    actions: tuple[str, ...]
    severity: str = "warning"
    """`error` when money is wrong or stuck, `warning` when it may become so."""


PUSH_OURS = "push_ours"
ACCEPT_THEIRS = "accept_theirs"
IGNORE = "ignore"
RETRY = "retry"
CANCEL = "cancel"
LINK = "link"
CREATE = "create"

DRIFT_ACTIONS = (PUSH_OURS, ACCEPT_THEIRS, IGNORE)

KINDS: tuple[IssueKind, ...] = (
    IssueKind("drift.total", "The total was changed in QuickBooks", DRIFT_ACTIONS, "error"),
    IssueKind("drift.lines", "Lines were changed in QuickBooks", DRIFT_ACTIONS),
    IssueKind("drift.customer", "The customer was changed in QuickBooks", DRIFT_ACTIONS, "error"),
    IssueKind("drift.dates", "A date was changed in QuickBooks", DRIFT_ACTIONS),
    IssueKind("drift.number", "The number was changed in QuickBooks", DRIFT_ACTIONS),
    IssueKind("drift.voided", "It was voided in QuickBooks", DRIFT_ACTIONS, "error"),
    IssueKind("drift.deleted", "It was deleted in QuickBooks", DRIFT_ACTIONS, "error"),
    IssueKind("export.variance", "QuickBooks computed another total", (IGNORE, RETRY)),
    IssueKind("export.unmapped", "Something it needs is not linked yet", (RETRY, CANCEL), "error"),
    IssueKind("export.invalid", "It cannot be sent as it is", (RETRY, CANCEL), "error"),
    IssueKind("export.rejected", "QuickBooks turned it down", (RETRY, CANCEL), "error"),
    IssueKind("export.closed_period", "Its period is closed", (RETRY, CANCEL), "error"),
    IssueKind("export.duplicate_number", "Its number is taken in QuickBooks", (LINK, RETRY, CANCEL), "error"),
    IssueKind("customer.ambiguous", "Several customers could be meant", (LINK, CREATE, CANCEL), "error"),
    IssueKind("customer.unlinked", "Its customer is gone in QuickBooks", (LINK, CREATE, IGNORE), "error"),
    IssueKind("payment.unknown_invoice", "A payment settles an invoice we do not know", (RETRY, IGNORE)),
    IssueKind("payment.closed_target", "A payment settles a void or draft invoice", (RETRY, IGNORE), "error"),
    IssueKind("payment.over_application", "A payment settles more than is open", (RETRY, IGNORE), "error"),
    IssueKind(
        "payment.duplicate_suspect",
        "The same payment may be there twice",
        ("merge", "apply", IGNORE),
        "error",
    ),
    IssueKind(
        "payment.forgotten", "A payment that Tieout sent is not known here", ("apply", IGNORE), "error"
    ),
    IssueKind("payment.currency_mismatch", "A payment has another currency", (RETRY, IGNORE), "error"),
    IssueKind("payment.changed_ours", "A payment we sent was changed in QuickBooks", DRIFT_ACTIONS, "error"),
    IssueKind("connection.auth", "The connection needs attention", ("reconnect",), "error"),
    IssueKind("host.unreadable", "A host record cannot be used", (RETRY, IGNORE), "error"),
    IssueKind("sync.poison", "One change could not be applied", (RETRY, IGNORE), "error"),
)
BY_NAME: dict[str, IssueKind] = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True)
class Finding:
    """Something that is wrong now: opens an issue, or refreshes the open one of its kind and record."""

    kind: str
    record_kind: str
    """A host kind, or a QuickBooks entity for what the host does not know."""
    record: str
    """The record's id on the side named by `record_kind`."""
    label: str
    """The record's name for people."""
    what: str
    why: str
    remedy: str
    signature: str = ""
    """Changes when the facts change: an ignored issue stays shut while its signature stays."""
    facts: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.kind in BY_NAME, self.kind


@dataclass(frozen=True)
class Issue:
    """An issue as it is stored."""

    id: str
    company: str
    finding: Finding
    state: IssueState
    opened_at: datetime
    seen_at: datetime
    closed_at: datetime | None = None
    closed_by: str = ""
    closed_how: str = ""
    times: int = 1
    """How often it was opened."""

    @property
    def actions(self) -> tuple[str, ...]:
        """Tell what a person can do about it; nothing once it is closed."""
        return BY_NAME[self.finding.kind].actions if self.state is IssueState.OPEN else ()
