"""A folder of QuickBooks objects, read: one JSON file per entity, each holding a list; and ways to look through it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qbosim import jsontext
from qbosim.entities.catalogue import BY_NAME, find_entity
from qbosim.records.layout import Body


class Unreadable(ValueError):
    """The folder cannot be loaded at all; the message says which file and why."""


class Folder:
    """What the files hold, by entity; objects that are wrapped in their kind are unwrapped."""

    def __init__(self, name: str, files: dict[str, list[Any]]) -> None:
        """`name`: the folder's own, which the company is called by when nothing else names it."""
        self.title = re.sub(r"[-_]+", " ", name).strip().title() or "Company"
        self._files = {
            entity: [BY_NAME[entity].unwrapped(raw) if entity in BY_NAME else raw for raw in records]
            for entity, records in files.items()
        }

    def __contains__(self, entity: object) -> bool:
        return entity in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def entries(self, entity: str) -> list[Any]:
        """Everything in an entity's file, odd entries included."""
        return self._files.get(entity, [])

    def records(self, entity: str) -> Iterator[Body]:
        """An entity's objects."""
        return (record for record in self.entries(entity) if isinstance(record, dict))

    def parts(self, entity: str, key: str) -> Iterator[Body]:
        """The objects that an entity's objects hold under `key`."""
        return (part for record in self.records(entity) if isinstance(part := record.get(key), dict))

    def values(self, entity: str, key: str) -> Iterator[str]:
        """The ids that an entity's objects refer to under `key`."""
        return (str(part["value"]) for part in self.parts(entity, key) if part.get("value"))

    def ids(self, entity: str) -> Iterator[str]:
        """An entity's ids."""
        return (str(record.get("Id", "")) for record in self.records(entity))

    def ids_of(self, entity: str, key: str, value: str) -> Iterator[str]:
        """The ids of an entity's objects that have `value` under `key`."""
        return (str(record.get("Id", "")) for record in self.records(entity) if record.get(key) == value)

    def details(self, entity: str, kind: str) -> Iterator[Body]:
        """The details of an entity's lines of one kind (`DiscountLineDetail`)."""
        for record in self.records(entity):
            lines = record.get("Line")
            for line in lines if isinstance(lines, list) else []:
                if isinstance(line, dict) and isinstance(line.get(kind), dict):
                    yield line[kind]

    def address_ids(self) -> Iterator[int]:
        """The ids of all addresses."""
        for entity in self:
            for record in self.records(entity):
                for key, part in record.items():
                    if key.endswith("Addr") and isinstance(part, dict):
                        number = str(part.get("Id", ""))
                        if number.isdecimal():
                            yield int(number)

    def linked_ids(self) -> Iterator[int]:
        """The ids of the transactions that links lead to, whether they are in the folder or not."""
        for entity in self:
            for record in self.records(entity):
                lines = record.get("Line")
                for holder in (record, *(lines if isinstance(lines, list) else [])):
                    links = holder.get("LinkedTxn") if isinstance(holder, dict) else None
                    for link in links if isinstance(links, list) else []:
                        number = str(link.get("TxnId", "")) if isinstance(link, dict) else ""
                        if number.isdecimal():
                            yield int(number)


def read_folder(directory: Path) -> Folder:
    """Read every `Entity.json`; raises `Unreadable` for a folder without one, and for a file that is no JSON list."""
    paths = sorted(directory.glob("*.json")) if directory.is_dir() else []
    if not paths:
        raise Unreadable(
            f"The company folder {directory} holds no JSON files: one per entity is expected, like Customer.json, "
            "each with a list of QuickBooks objects. Check the path."
        )
    files: dict[str, list[Any]] = {}
    for path in paths:
        try:
            content = jsontext.loads(path.read_bytes())
        except ValueError as error:
            raise Unreadable(
                f"{path.name} is not JSON ({error}). Save it as UTF-8 JSON and load again."
            ) from error
        if not isinstance(content, list):
            raise Unreadable(
                f"{path.name} must hold a list of {path.stem} objects. Put them between [ and ]."
            )
        known = find_entity(path.stem)
        files[known.name if known is not None else path.stem] = content
    return Folder(directory.name, files)
