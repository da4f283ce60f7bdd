"""Intuit's change feed: one answer for many entities, deletions included, cut off silently when full."""

from __future__ import annotations

from typing import Final

import msgspec

from tieout.domain.seen import Gone
from tieout.qbo.call import Reply, asked_of, server_time_of
from tieout.qbo.faults import error_from, read_item_fault
from tieout.qbo.record import Changes, Record, decoded

CHANGES_MAX: Final = 1000
"""Objects in one answer of the change feed, all entities together (Intuit's documentation)."""


class _ChangeAnswer(msgspec.Struct):
    CDCResponse: list[dict[str, msgspec.Raw]]
    time: str = ""


_ANSWER = msgspec.json.Decoder(_ChangeAnswer)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_FEED = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])


def changes_from(reply: Reply) -> Changes:
    """Take the feed's answer apart. Every object counts towards the limit, deletions too."""
    answer = _ANSWER.decode(reply.body)
    records: dict[str, list[Record]] = {}
    gone: list[Gone] = []
    objects = 0
    for response in answer.CDCResponse:
        if "Fault" in response:
            raise error_from(read_item_fault(response["Fault"]), asked_of(reply.ask, 200, reply.tid))
        for feed in _FEED.decode(response.get("QueryResponse", msgspec.Raw(b"[]"))):
            for name, value in feed.items():
                if bytes(memoryview(value)[:1]) != b"[":
                    continue  # startPosition, maxResults, totalCount
                for raw in _LIST.decode(value):
                    objects += 1
                    one = decoded(name, raw, reply.tid)
                    if isinstance(one, Gone):
                        gone.append(one)
                    else:
                        records.setdefault(name, []).append(one)
    return Changes(
        records={name: tuple(found) for name, found in records.items()},
        gone=tuple(gone),
        server_time=server_time_of(answer.time, reply),
        may_be_cut=objects >= CHANGES_MAX,
    )
