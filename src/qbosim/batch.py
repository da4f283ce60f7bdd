"""Batches: up to 30 independent operations in one call, each with its own outcome."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from qbosim import faults, jsontext
from qbosim.cdc import run_change_feed
from qbosim.entities.catalogue import find_entity
from qbosim.entities.entity import Entity
from qbosim.query.select import run_query
from qbosim.records.company import Company
from qbosim.routes import change

MOST_ITEMS = 30

_CONTROL = frozenset({"bId", "operation", "optionsData", "Query", "CDCQuery", "ReportQuery"})
_VERBS = {"create": "create", "update": "update", "delete": "delete", "void": "void", "": "write"}


class Item:
    """One item of a batch, taken apart."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.identity = raw.get("bId")
        self.operation = str(raw.get("operation") or "").lower()
        self.options = frozenset(re.split(r"[,\s]+", str(raw.get("optionsData") or "").lower())) - {""}
        query = next((value for key, value in raw.items() if key.lower() == "query"), None)
        self.query = query if isinstance(query, str) else None
        self.feed = raw.get("CDCQuery") if isinstance(raw.get("CDCQuery"), dict) else None
        self._objects = {
            key: value for key, value in raw.items() if key not in _CONTROL and key.lower() != "query"
        }

    @property
    def writes(self) -> bool:
        """Whether the item changes something."""
        return self.query is None and self.feed is None

    def subject(self) -> tuple[Entity, Any]:
        """The entity the item is about, and its object."""
        if len(self._objects) != 1:
            raise faults.unreadable()
        name, raw = next(iter(self._objects.items()))
        entity = find_entity(name)
        if entity is None or name != entity.name:
            raise faults.unreadable()
        return entity, raw

    def run(self, company: Company) -> str:
        """Do the item; answers the members of its response, without braces."""
        if self.query is not None:
            return f'"QueryResponse":{run_query(company, self.query)}'
        if self.feed is not None:
            entities = self.feed.get("Entities") or self.feed.get("entities") or ""
            since = self.feed.get("ChangedSince") or self.feed.get("changedSince") or ""
            return f'"CDCResponse":{run_change_feed(company, {"entities": entities, "changedSince": since})}'
        entity, raw = self.subject()
        verb = _VERBS.get(self.operation)
        if verb is None:
            raise faults.unsupported(self.operation)
        if "void" in self.options:
            verb = "void"
        return f'"{entity.name}":{change(company, entity, verb, raw)}'


def read_items(raw: object) -> list[Item]:
    """The items of a batch request; raises 2010 for another shape and 1040 for too many."""
    listed = raw.get("BatchItemRequest") if isinstance(raw, dict) else None
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise faults.unreadable()
    if len(listed) > MOST_ITEMS:
        raise faults.batch_too_big(MOST_ITEMS, len(listed))
    return [Item(entry) for entry in listed]


def run_batch(items: list[Item], do: Callable[[Item], str]) -> str:
    """Answer a batch with the JSON text of its `BatchItemResponse`: a fault stays inside its item (recorded)."""
    answers = []
    for item in items:
        try:
            members = do(item)
        except faults.Fault as fault:
            members = f'"Fault":{jsontext.dumps(fault.as_object()).decode()}'
        if item.identity is not None:
            members += f',"bId":{jsontext.dumps(str(item.identity)).decode()}'
        answers.append(f"{{{members}}}")
    return f"[{','.join(answers)}]"
