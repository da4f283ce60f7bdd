"""The error tree. Its shape answers one question: what happens next?

TieoutError
├── Retry                  the machine tries again by itself
│   ├── Throttled          we were asked to slow down
│   ├── Unreachable        nothing answered, and nothing was written
│   └── OutcomeUnknown     nothing answered, but something may have been written
├── NeedsPerson            nothing improves until somebody decides
│   ├── ReconnectNeeded    a connection lost its permission
│   ├── Unmapped           we do not know which customer, item, tax code or account to use
│   ├── Rejected           the document was read and turned down
│   ├── ChangedElsewhere   the record moved while we were looking away
│   └── PeriodClosed       the books of that date are closed
└── Refused                the caller may not, or cannot, have what it asked for
    ├── NotAllowed
    ├── NotFound
    └── Invalid

A broken promise of our own code is none of these: it is an `assert`.
"""

from __future__ import annotations

from typing import ClassVar


class TieoutError(Exception):
    """Something went wrong that can be explained to a bookkeeper."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    """The HTTP status a door answers with."""

    def __init__(
        self, message: str, *, record: str = "", reason: str = "", remedy: str = "", **facts: object
    ) -> None:
        """Say it in four parts; `facts` go to the log and to programs, not into the sentence."""
        super().__init__(message)
        self.message = message
        self.record = record
        self.reason = reason
        self.remedy = remedy
        self.facts = facts

    def parts(self) -> dict[str, str]:
        """Give the four parts that every door shows: what, which record, why, what to do."""
        return {
            "what": self.message,
            "record": self.record,
            "why": self.reason,
            "remedy": self.remedy,
        }

    def sentence(self) -> str:
        """Put the four parts into one line for a terminal or a log."""
        head = f"{self.record}: {self.message}" if self.record else self.message
        return " ".join(part.rstrip(".") + "." for part in (head, self.reason, self.remedy) if part)


class Retry(TieoutError):
    """The machine tries again by itself."""

    code = "retry"
    status = 503


class Throttled(Retry):
    """We were asked to slow down."""

    code = "throttled"
    status = 429


class Unreachable(Retry):
    """Nothing answered, and nothing was written."""

    code = "unreachable"


class OutcomeUnknown(Retry):
    """Nothing answered, but something may have been written."""

    code = "outcome_unknown"


class NeedsPerson(TieoutError):
    """Nothing improves until somebody decides."""

    code = "needs_person"
    status = 409


class ReconnectNeeded(NeedsPerson):
    """A connection lost its permission."""

    code = "reconnect_needed"


class Unmapped(NeedsPerson):
    """We do not know which customer, item, tax code or account to use."""

    code = "unmapped"


class Rejected(NeedsPerson):
    """The document was read and turned down."""

    code = "rejected"
    status = 422


class ChangedElsewhere(NeedsPerson):
    """The record moved while we were looking away."""

    code = "changed_elsewhere"


class PeriodClosed(NeedsPerson):
    """The books of that date are closed."""

    code = "period_closed"


class Refused(TieoutError):
    """The caller may not, or cannot, have what it asked for."""

    code = "refused"
    status = 400


class NotAllowed(Refused):
    """The caller has no permission for this."""

    code = "not_allowed"
    status = 403


class NotFound(Refused):
    """There is no such thing, or not for this caller."""

    code = "not_found"
    status = 404


class Invalid(Refused):
    """What was sent cannot be used as it is."""

    code = "invalid"
    status = 422
