"""Intuit's change feed: one answer for many entities, deletions included, cut off silently when full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from tieout.domain.seen import Gone
from tieout.kit.errors import ReconnectNeeded, Throttled, TieoutError
from tieout.qbo.call import Reply, asked_of, server_time_of
from tieout.qbo.entities import by_word
from tieout.qbo.faults import error_from, read_item_fault
from tieout.qbo.heads import heads_of
from tieout.qbo.record import Changes, Record, Unread

CHANGES_MAX: Final = 1000
"""Objects in one answer of the change feed, all entities together (Intuit's documentation)."""


class _ChangeAnswer(msgspec.Struct):
    CDCResponse: list[dict[str, msgspec.Raw]]
    time: str = ""


_ANSWER = msgspec.json.Decoder(_ChangeAnswer)
_FEED = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
NOTHING: Final = msgspec.Raw(b"[]")


def changes_from(reply: Reply) -> Changes:
    """Take the feed's answer apart. Every object counts towards the limit, deletions too.

    A fault in the place of an entity's changes is told beside the changes of the others; one that is about the
    connection as a whole is raised.
    """
    answer = _ANSWER.decode(reply.body)
    records: dict[str, list[Record]] = {}
    gone: list[Gone] = []
    unread: list[Unread] = []
    refused: TieoutError | None = None
    objects = 0
    for response in answer.CDCResponse:
        for part in (response, *_FEED.decode(response.get("QueryResponse", NOTHING))):
            if "Fault" in part:
                refused = error_from(read_item_fault(part["Fault"]), asked_of(reply.ask, 200, reply.tid))
                if isinstance(refused, ReconnectNeeded | Throttled):
                    raise refused
        for one in _objects(response, reply.tid):
            objects += 1
            match one:
                case Gone():
                    gone.append(one)
                case Unread():
                    unread.append(one)
                case Record():
                    records.setdefault(one.entity, []).append(one)
    return Changes(
        records={name: tuple(found) for name, found in records.items()},
        gone=tuple(gone),
        server_time=server_time_of(answer.time, reply),
        may_be_cut=objects >= CHANGES_MAX,
        unread=tuple(unread),
        refused=refused,
    )


def _objects(response: dict[str, msgspec.Raw], tid: str) -> Iterator[Record | Gone | Unread]:
    """Give every object of a response, under the name of its entity and not the key that it is answered under."""
    for feed in _FEED.decode(response.get("QueryResponse", NOTHING)):
        for key, value in feed.items():
            if bytes(memoryview(value)[:1]) != b"[":
                continue  # startPosition, maxResults, totalCount, a fault
            entity = by_word(key)
            if entity is None:
                yield Unread(key, 1, "nobody here knows such an entity")
                continue
            yield from heads_of(entity.name).of_list(value, tid)
