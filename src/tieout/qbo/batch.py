"""Batches: up to 30 writes in one call, each with an outcome of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from tieout.domain.seen import Gone
from tieout.kit.errors import TieoutError
from tieout.qbo.call import Reply
from tieout.qbo.faults import Asked, error_from, no_answer, read_item_fault
from tieout.qbo.record import Record, decoded

BATCH_MAX: Final = 30
"""Items of a batch (Intuit's documentation)."""


@dataclass(frozen=True)
class BatchItem:
    """One write of a batch."""

    operation: str
    """`create`, `update`, `void` or `delete`."""
    entity: str
    body: bytes
    """The record's JSON; for `void` and `delete` its `Id` and `SyncToken`."""


class _BatchAnswer(msgspec.Struct):
    BatchItemResponse: list[dict[str, msgspec.Raw]]


_ANSWER = msgspec.json.Decoder(_BatchAnswer)
_TEXT = msgspec.json.Decoder(str)


def batch_body(items: Sequence[BatchItem]) -> bytes:
    """Spell a batch; its items are numbered from 1."""
    return msgspec.json.encode(
        {"BatchItemRequest": [_batch_item(number, item) for number, item in enumerate(items, 1)]}
    )


def outcomes(items: Sequence[BatchItem], reply: Reply) -> list[Record | Gone | TieoutError]:
    """Give each item its outcome, in the order of the items; msgspec.DecodeError for no batch's answer."""
    answers = _batch_answers(reply)
    return [_batch_outcome(item, answers.get(str(number)), reply) for number, item in enumerate(items, 1)]


def _batch_item(number: int, item: BatchItem) -> dict[str, Any]:
    """Spell one item; a void is an update with an option (Intuit's documentation)."""
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
    item: BatchItem, answer: Mapping[str, msgspec.Raw] | None, reply: Reply
) -> Record | Gone | TieoutError:
    asked = Asked(f"{item.operation} {item.entity}", True, reply.tid, 200, item.entity)
    if answer is not None and "Fault" in answer:
        return error_from(read_item_fault(answer["Fault"]), asked)
    if answer is None or item.entity not in answer:
        return no_answer(
            asked, "the answer of the batch does not mention it", code="", tid=reply.tid, element=""
        )
    try:
        return decoded(item.entity, answer[item.entity], reply.tid)
    except msgspec.DecodeError:
        return no_answer(asked, "its part of the answer is garbled", code="", tid=reply.tid, element="")
