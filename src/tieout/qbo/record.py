"""Records as QuickBooks sent them: their bytes untouched, and the few fields that every record has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from tieout.domain.seen import Gone
from tieout.kit.errors import TieoutError
from tieout.kit.instants import instant_told


class Record(msgspec.Struct, frozen=True, gc=False):
    """One record of one entity. (A structure of msgspec, since an import makes hundreds of thousands.)"""

    entity: str
    qbo_id: str
    sync_token: str
    active: bool
    """False only for a name that was made inactive."""
    raw: bytes
    """The record's JSON, byte for byte."""
    tid: str = ""
    """Intuit's id of the call that brought it."""
    created: str = ""
    """When it was made, as QuickBooks wrote it, with its offset; empty when it did not say."""
    updated: str = ""
    """When it was last changed, likewise."""
    name: str = ""
    number: str = ""
    party: str = ""
    """The id of the customer, vendor or employee that it is about."""
    dated: date | None = None
    due: date | None = None
    amount: str = ""
    """Exact decimal text in `currency`, as is `balance`."""
    balance: str = ""
    currency: str = ""
    """ISO 4217; empty when the record does not say: then it is the company's own."""

    @property
    def created_at(self) -> datetime | None:
        """QuickBooks' own time of its making, in UTC; None when it did not say."""
        return instant_told(self.created)

    @property
    def updated_at(self) -> datetime | None:
        """QuickBooks' own time of the last change, in UTC, to the second; None when it did not say."""
        return instant_told(self.updated)


@dataclass(frozen=True)
class Unread:
    """An object of an answer that is no record: without an id, or of a form that nobody could keep."""

    entity: str
    place: int
    """Where it stands in the answer, counted from 1 among its entity's objects."""
    why: str


@dataclass(frozen=True)
class Page:
    """One page of a query's answer."""

    records: tuple[Record, ...]
    server_time: datetime
    """Intuit's clock at the answer, in UTC."""
    unread: tuple[Unread, ...] = ()
    took: float = 0.0
    """Seconds that the answer took, without the wait for the question's turn."""

    @property
    def size(self) -> int:
        """Count the objects of the page, unreadable ones too: the next page starts behind them."""
        return len(self.records) + len(self.unread)


@dataclass(frozen=True)
class Changes:
    """What changed since a moment."""

    records: dict[str, tuple[Record, ...]]
    """By entity, oldest change first; an entity without changes is absent."""
    gone: tuple[Gone, ...]
    server_time: datetime
    """Intuit's clock at the answer, in UTC."""
    may_be_cut: bool
    """True when the feed was full: more may have changed than is shown here."""
    unread: tuple[Unread, ...] = ()
    refused: TieoutError | None = None
    """Why a part of the answer is missing: QuickBooks answered for some entity with a fault."""


class _Total(msgspec.Struct):
    totalCount: int | None = None


class _Counted(msgspec.Struct):
    QueryResponse: _Total


_COUNTED = msgspec.json.Decoder(_Counted)


def total_of(body: bytes) -> int:
    """Read the answer to `COUNT(*)`; msgspec.DecodeError when it is none."""
    total = _COUNTED.decode(body).QueryResponse.totalCount
    if total is None:
        raise msgspec.ValidationError("the answer has no count")
    return total
