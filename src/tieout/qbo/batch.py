"""Batches: up to 30 writes and queries in one call, each with an outcome of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

import msgspec

from tieout.domain.seen import Gone
from tieout.kit.errors import TieoutError
from tieout.qbo.call import Reply
from tieout.qbo.entities import by_name
from tieout.qbo.faults import Asked, error_from, no_answer, read_item_fault
from tieout.qbo.heads import decoded, heads_of
from tieout.qbo.record import Record, Unread

BATCH_MAX: Final = 30
"""Items of a batch (Intuit's documentation)."""
OBJECTS_MAX: Final = 1000
"""Objects that the queries of one batch answer together (Intuit's documentation)."""


@dataclass(frozen=True)
class BatchItem:
    """One write of a batch."""

    operation: str
    """`create`, `update`, `void` or `delete`."""
    entity: str
    body: bytes
    """The record's JSON; for `void` and `delete` its `Id` and `SyncToken`."""


@dataclass(frozen=True)
class BatchQuery:
    """One query of a batch."""

    entity: str
    statement: str
    """In Intuit's query language, as `query.select` writes it."""


@dataclass(frozen=True)
class Found:
    """What one query of a batch found."""

    records: tuple[Record, ...]
    total: int | None
    """Of a query that counts; None for others."""
    may_be_cut: bool
    """True when the batch's queries together found as much as Intuit shows: more may fit, of any of them."""
    unread: tuple[Unread, ...] = ()


End: TypeAlias = Record | Gone | Found | TieoutError
"""How one item of a batch ended."""


class _BatchAnswer(msgspec.Struct):
    BatchItemResponse: list[dict[str, msgspec.Raw]]


class _Counted(msgspec.Struct):
    totalCount: int | None = None


_COUNTED = msgspec.json.Decoder(_Counted)
_ANSWER = msgspec.json.Decoder(_BatchAnswer)
_TEXT = msgspec.json.Decoder(str)


def batch_body(items: Sequence[BatchItem | BatchQuery]) -> bytes:
    """Spell a batch; its items are numbered from 1."""
    return msgspec.json.encode(
        {"BatchItemRequest": [_batch_item(number, item) for number, item in enumerate(items, 1)]}
    )


def outcomes(items: Sequence[BatchItem | BatchQuery], reply: Reply) -> list[End]:
    """Give each item its outcome, in the order of the items; msgspec.DecodeError for no batch's answer."""
    answers = _batch_answers(reply)
    ends = [_batch_outcome(item, answers.get(str(number)), reply) for number, item in enumerate(items, 1)]
    objects = sum(len(end.records) + len(end.unread) for end in ends if isinstance(end, Found))
    if objects < OBJECTS_MAX:
        return ends
    return [replace(end, may_be_cut=True) if isinstance(end, Found) else end for end in ends]


def _batch_item(number: int, item: BatchItem | BatchQuery) -> dict[str, Any]:
    """Spell one item; a void is an update with an option (Intuit's documentation)."""
    if isinstance(item, BatchQuery):
        return {"bId": str(number), "Query": item.statement}
    assert item.operation in ("create", "update", "void", "delete"), item.operation
    spelled: dict[str, Any] = {
        "bId": str(number),
        "operation": "update" if item.operation == "void" else item.operation,
        item.entity: msgspec.Raw(item.body),
    }
    if item.operation == "void":
        spelled["optionsData"] = "void"
    return spelled


def _batch_answers(reply: Reply) -> dict[str, Mapping[str, msgspec.Raw]]:
    """Sort the answers of a batch by the id of their item; Intuit gives them in any order."""
    answer = _ANSWER.decode(reply.body)
    return {_TEXT.decode(one["bId"]): one for one in answer.BatchItemResponse if "bId" in one}


def _batch_outcome(
    item: BatchItem | BatchQuery, answer: Mapping[str, msgspec.Raw] | None, reply: Reply
) -> End:
    queries = isinstance(item, BatchQuery)
    verb = "query" if isinstance(item, BatchQuery) else item.operation
    asked = Asked(f"{verb} {item.entity}", not queries, reply.tid, 200, item.entity)
    if answer is not None and "Fault" in answer:
        return error_from(read_item_fault(answer["Fault"]), asked)
    key = "QueryResponse" if queries else by_name(item.entity).answered_as
    if answer is None or key not in answer:
        return no_answer(
            asked, "the answer of the batch does not mention it", code="", tid=reply.tid, element=""
        )
    try:
        if queries:
            return _found(item.entity, answer[key], reply.tid)
        return decoded(item.entity, answer[key], reply.tid)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return no_answer(asked, "its part of the answer is garbled", code="", tid=reply.tid, element="")


def _found(entity: str, raw: msgspec.Raw, tid: str) -> Found:
    """Read one query's answer as if it had been asked alone."""
    alone = b'{"QueryResponse":' + bytes(raw) + b"}"
    objects, _time = heads_of(entity).of_answer(alone, tid)
    return Found(
        tuple(one for one in objects if isinstance(one, Record)),
        _COUNTED.decode(raw).totalCount if not objects else None,
        may_be_cut=False,
        unread=tuple(one for one in objects if isinstance(one, Unread)),
    )
