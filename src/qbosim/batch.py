"""Batches: up to 30 independent operations in one call, each with its own outcome."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from qbosim import faults, jsontext
from qbosim.calls import Call, entity_of_query
from qbosim.cdc import run_change_feed
from qbosim.entities.catalogue import find_entity
from qbosim.entities.entity import Entity
from qbosim.query.select import Room, run_query
from qbosim.records.company import Company
from qbosim.reports.catalogue import run_report
from qbosim.routes import change, deliver
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Batch",
    recorded(
        "batch.alone",
        "Each item succeeds or is refused alone; the answer is 200 whatever became of them, in the order of the request.",
        "sandbox traffic (minimul/qbo_api, batch/basic)",
    ),
    documented(
        "batch.thirty",
        "A batch has at most 30 items; one with more is refused whole with 1040.",
        "Intuit's documentation of Batch and of its error codes; 30 against 31 tried by a user of the .NET SDK (issue 358)",
    ),
    documented(
        "batch.verbs",
        "An item creates, updates, deletes, voids or sends one object, or asks a Query, a CDCQuery or a ReportQuery; "
        "optionsData holds what `include` holds elsewhere, void and allowduplicatedocnum among it.",
        "IntuitRestServiceDef.xsd (OperationEnum, BatchItemRequest) and Intuit's documentation of Batch",
    ),
    assumed(
        "batch.report",
        "A ReportQuery is a report's name and its parameters, as in the report's address, and answers Report.",
        "IntuitRestServiceDef.xsd says that it is a text and that the answer is called Report; no exchange is known",
    ),
    documented(
        "batch.thousand",
        "The queries of a batch answer at most 1000 objects together.",
        "Intuit's documentation of Batch",
    ),
    assumed(
        "batch.beyond",
        "What is beyond the 1000 objects is left out, item by item in the order of the request, without a sign.",
        "the change feed does so with the same limit",
    ),
    assumed(
        "batch.merge",
        "merge and revert, which the schema also names, are refused with 500.",
        "no client uses them against QuickBooks Online and no answer was found",
    ),
    assumed(
        "batch.without_words",
        "An item without operation creates, or updates when it names an Id; one without bId is answered without bId.",
        "node-quickbooks' own tests send items without bId and operation",
    ),
    assumed(
        "batch.shape",
        "An item about nothing, about two things or about something unknown is refused with 2010.",
        "a key that Intuit's objects do not have is refused so",
    ),
    recorded(
        "batch.key",
        "With a requestid the item's key is requestid and bId together; longer than 50 characters it is refused with 6000.",
        "an answer quoted by a user of the Java SDK (issue 180): 32 and 36 characters",
    ),
)

MOST_ITEMS = 30
MOST_OBJECTS = 1000
LONGEST_KEY = 50

_CONTROL = frozenset({"bId", "operation", "optionsData", "Query", "CDCQuery", "ReportQuery"})
_VERBS = {"create": "create", "update": "update", "delete": "delete", "void": "void", "": "write"}


@dataclass(frozen=True)
class Trouble:
    """What a planned fault does to one item."""

    fault: faults.Fault
    work_is_done: bool
    """Whether the item is done all the same, and only its answer is the fault."""


Meddler = Callable[[Call], Trouble | None]
"""Asked before each item of a batch whether something goes wrong with it."""


class Item:
    """One item of a batch, taken apart."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.identity = raw.get("bId")
        self.operation = str(raw.get("operation") or "").lower()
        self.options = frozenset(re.split(r"[,\s]+", str(raw.get("optionsData") or "").lower())) - {""}
        query = next((value for key, value in raw.items() if key.lower() == "query"), None)
        self.query = query if isinstance(query, str) else None
        self.feed = raw.get("CDCQuery") if isinstance(raw.get("CDCQuery"), dict) else None
        self.report = raw.get("ReportQuery") if isinstance(raw.get("ReportQuery"), str) else None
        self._objects = {
            key: value for key, value in raw.items() if key not in _CONTROL and key.lower() != "query"
        }

    @property
    def writes(self) -> bool:
        """Whether the item changes something."""
        return self.query is None and self.feed is None and self.report is None

    def call(self, realm: str) -> Call:
        """The item as a call of its own, for whoever matches calls."""
        if self.feed is not None:
            return Call("cdc", realm)
        if self.query is not None:
            return Call("query", realm, entity_of_query(self.query))
        if self.report is not None:
            return Call("report", realm, _report_asked(self.report)[0].lower())
        name, raw = next(iter(self._objects.items()), ("", None))
        identity = str(raw["Id"]) if isinstance(raw, dict) and raw.get("Id") else None
        operation = "void" if "void" in self.options else self.operation
        return Call(operation or ("update" if identity else "create"), realm, name.lower(), identity)

    def key(self, request_id: str) -> str:
        """What a repetition of the item is known by; empty without a request id. Raises 6000 when it is too long."""
        key = f"{request_id}{self.identity or ''}" if request_id and self.writes else ""
        if len(key) > LONGEST_KEY:
            raise faults.long_request_id(key, LONGEST_KEY)
        return key

    def subject(self) -> tuple[Entity, Any]:
        """The entity the item is about, and its object."""
        if len(self._objects) != 1:
            raise faults.unreadable()
        name, raw = next(iter(self._objects.items()))
        entity = find_entity(name)
        if entity is None or name != entity.name:
            raise faults.unreadable()
        return entity, raw

    def run(self, company: Company, change_feed_days: int, room: Room) -> str:
        """Do the item; answers the members of its response, without braces. A query takes from the batch's `room`."""
        if self.query is not None:
            return f'"QueryResponse":{run_query(company, self.query, room)}'
        if self.report is not None:
            return f'"Report":{run_report(company, *_report_asked(self.report))}'
        if self.feed is not None:
            entities = self.feed.get("Entities") or self.feed.get("entities") or ""
            since = self.feed.get("ChangedSince") or self.feed.get("changedSince") or ""
            asked = {"entities": str(entities), "changedSince": str(since)}
            return f'"CDCResponse":{run_change_feed(company, asked, change_feed_days)}'
        entity, raw = self.subject()
        if self.operation == "send":
            identity = str(raw.get("Id") or "") if isinstance(raw, dict) else ""
            return f'"{entity.name}":{deliver(company, entity, identity, None).text}'
        verb = _VERBS.get(self.operation)
        if verb is None:
            raise faults.unsupported(self.operation)
        if "void" in self.options:
            verb = "void"
        return f'"{entity.name}":{change(company, entity, verb, raw)}'


def _report_asked(text: str) -> tuple[str, dict[str, str]]:
    """A report's name and parameters, out of `ProfitAndLoss?start_date=2026-01-01`."""
    place, _, parameters = text.strip().partition("?")
    return place.rpartition("/")[2], dict(parse_qsl(parameters))


def read_items(raw: object) -> list[Item]:
    """The items of a batch request; raises 2010 for another shape and 1040 for too many."""
    listed = raw.get("BatchItemRequest") if isinstance(raw, dict) else None
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise faults.unreadable()
    if len(listed) > MOST_ITEMS:
        raise faults.batch_too_big(MOST_ITEMS, len(listed))
    return [Item(entry) for entry in listed]


def run_batch(items: list[Item], do: Callable[[Item], str], meddle: Callable[[Item], Trouble | None]) -> str:
    """Answer a batch with the JSON text of its `BatchItemResponse`: a fault stays inside its item (recorded)."""
    answers = []
    for item in items:
        try:
            trouble = meddle(item)
            members = do(item) if trouble is None or trouble.work_is_done else ""
            if trouble is not None:
                raise trouble.fault
        except faults.Fault as fault:
            members = f'"Fault":{jsontext.dumps(fault.as_object()).decode()}'
        if item.identity is not None:
            members += f',"bId":{jsontext.dumps(str(item.identity)).decode()}'
        answers.append(f"{{{members}}}")
    return f"[{','.join(answers)}]"
