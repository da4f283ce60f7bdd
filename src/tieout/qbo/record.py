"""Records as QuickBooks sent them: their bytes untouched, and the few fields that every record has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from tieout.domain.seen import Gone


@dataclass(frozen=True, slots=True)
class Record:
    """One record of one entity."""

    entity: str
    qbo_id: str
    sync_token: str
    active: bool
    """False only for a name that was made inactive."""
    updated_at: datetime | None
    """QuickBooks' own time of the last change, in UTC, to the second; None when it did not say."""
    raw: bytes
    """The record's JSON, byte for byte."""
    tid: str = ""
    """Intuit's id of the call that brought it."""


@dataclass(frozen=True)
class Page:
    """One page of a query's answer."""

    records: tuple[Record, ...]
    server_time: datetime
    """Intuit's clock at the answer, in UTC."""


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


class _MetaData(msgspec.Struct):
    LastUpdatedTime: str = ""


class _Head(msgspec.Struct):
    """The fields that every record has."""

    Id: str
    SyncToken: str = "0"
    Active: bool = True
    status: str = ""
    MetaData: _MetaData | None = None


_HEAD = msgspec.json.Decoder(_Head)


def decoded(entity: str, raw: msgspec.Raw | bytes, tid: str) -> Record | Gone:
    """Decode the head of one record; msgspec.DecodeError when it has no id or is no object."""
    head = _HEAD.decode(raw)
    updated_at = moment(head.MetaData.LastUpdatedTime) if head.MetaData is not None else None
    if head.status == "Deleted":
        return Gone(entity, head.Id, updated_at)
    return Record(entity, head.Id, head.SyncToken, head.Active, updated_at, bytes(raw), tid)


def moment(text: str) -> datetime | None:
    """Read one of QuickBooks' timestamps as an instant in UTC; None for none, or one without offset."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant.astimezone(UTC) if instant.tzinfo is not None else None


class Answer(msgspec.Struct):
    """A query's answer, split into records that nobody has looked into yet."""

    time: str
    records: list[msgspec.Raw]
    total: int | None
    """Only in the answer to `COUNT(*)`."""


def split_answer(entity: str, body: bytes) -> Answer:
    """Split a query's answer into records; msgspec.DecodeError when it is none."""
    answer = _answer_decoder(entity).decode(body)
    return Answer(answer.time, answer.QueryResponse.records, answer.QueryResponse.totalCount)


@lru_cache(maxsize=128)
def _answer_decoder(entity: str) -> msgspec.json.Decoder[Any]:
    """Make the decoder of one entity's answers: the entity's name is the key of the list."""
    found = msgspec.defstruct(
        "Found",
        [
            ("records", list[msgspec.Raw], msgspec.field(default_factory=list, name=entity)),
            ("totalCount", int | None, None),
        ],
    )
    return msgspec.json.Decoder(msgspec.defstruct("Answer", [("QueryResponse", found), ("time", str, "")]))
