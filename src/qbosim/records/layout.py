"""How an entity's records are kept: their table, their ids, and the properties that queries may use."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

Body = dict[str, Any]
Kind = Literal["text", "number", "flag", "day", "reference"]

_LARGEST = 2**63 - 1
"""The largest id that the database can keep."""

META_KEYS = frozenset({"domain", "sparse", "status", "Id", "SyncToken", "MetaData"})
"""Kept beside a record's body, not in it."""


def id_number(text: str) -> int | None:
    """The number an id stands for, or None when the text is no id."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        return None
    number = int(text)
    return number if number <= _LARGEST else None


@dataclass(frozen=True)
class Property:
    """One property that queries may filter and sort by; kept as a column of the entity's table."""

    name: str
    kind: Kind = "text"
    indexed: bool = False
    path: tuple[str, ...] = ()
    """Where the value stands in the body; by default under its own name (a reference: under `value`)."""
    filterable: bool = True
    within: str = ""
    """The key of the list whose entries `path` starts from: a condition holds when it does for one of them."""

    @property
    def column(self) -> str:
        """The column's name in the entity's table."""
        return f"p_{self.name.replace('.', '_')}"

    @property
    def sql_kind(self) -> str:
        """The column's declared type; texts compare without regard to case (assumed)."""
        if self.kind == "number":
            return "REAL"
        if self.kind == "flag":
            return "INTEGER"
        return "TEXT COLLATE NOCASE"

    def of(self, body: Body) -> str | float | int | None:
        """The property's value in `body`, as the column keeps it."""
        value: Any = (body.get(self.within) or [None])[0] if self.within else body
        for step in self.path or ((self.name, "value") if self.kind == "reference" else (self.name,)):
            if not isinstance(value, dict):
                return None
            value = value.get(step)
        if value is None:
            return None
        if self.kind == "number":
            return float(value)
        if self.kind == "flag":
            return int(value)
        return str(value)


@dataclass(frozen=True, eq=False, kw_only=True)
class Layout:
    """One entity's records: what they are called, ordered by and found by."""

    name: str
    order: tuple[str, ...]
    """Keys in the order of Intuit's answers; others follow after them."""
    sequence: str = ""
    """Whose ids are counted together with this entity's; by default its own."""
    first_id: int = 1
    collection: str = ""
    """Intuit's word for the list in reference faults (`Names`, `Items`, `Klasses`)."""
    properties: tuple[Property, ...] = ()
    sorted_by: str = ""
    """The property that orders a query without ORDERBY; empty: last updated first."""
    is_list: bool = False
    """A name list: records are deactivated instead of deleted, and queries show active ones only."""
    label: str = ""
    """The body's key that references show as their name."""
    referred_as: tuple[str, ...] = ()
    """Keys under which other records refer to this one and show its name."""
    in_change_feed: bool = True
    single: bool = False
    """One record per company (CompanyInfo, Preferences)."""
    day_key: str = ""
    """The key of the date that the closing of the books protects; empty for lists."""
    kind_key: str = ""
    """The body's key that says which kind of object a record is wrapped in (recurring transactions); empty: none."""
    kinds: tuple[str, ...] = ()
    """The kinds of objects that records are wrapped in."""
    shows_creation: bool = True
    """Whether MetaData says when the record was made."""
    named_ids: dict[str, int] = field(default_factory=dict)
    """Ids that are words (TAX, NON), and the numbers they are kept under."""

    @property
    def table(self) -> str:
        """The entity's table."""
        return f"r_{self.name}"

    @property
    def counter(self) -> str:
        """The name of the counter that gives this entity its ids."""
        return self.sequence or self.name

    def find_property(self, name: str) -> Property | None:
        """Find a property by its name, whatever its case."""
        return self._by_name.get(name.lower())

    @cached_property
    def _by_name(self) -> dict[str, Property]:
        return {entry.name.lower(): entry for entry in self.properties}

    def schema_sql(self) -> str:
        """The DDL of the entity's table.

        The indexes hold the orders that queries and the change feed ask for, down to the id, of live and of deleted
        records apart: a page is found by reading an index alone. The body comes last, so that the columns before it are
        read without it.
        """
        columns = "".join(f"{entry.column} {entry.sql_kind}, " for entry in self.properties)
        indexes = "".join(
            f"CREATE INDEX IF NOT EXISTS {index} ON {self.table} (realm, {column}, id) WHERE deleted = 0;"
            for column, index in self._indexes.items()
        )
        return (
            f"CREATE TABLE IF NOT EXISTS {self.table} (realm TEXT NOT NULL, id INTEGER NOT NULL, token INTEGER "
            "NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL, deleted INTEGER NOT NULL DEFAULT 0, "
            f"author TEXT NOT NULL, {columns}body TEXT NOT NULL, PRIMARY KEY (realm, id));"
            f"CREATE INDEX IF NOT EXISTS {self.table}_live ON {self.table} (realm, id) WHERE deleted = 0;"
            f"CREATE INDEX IF NOT EXISTS {self.table}_gone ON {self.table} (realm, updated, id) WHERE deleted = 1;"
            f"{indexes}"
        )

    def indexes(self) -> tuple[str, ...]:
        """The names of the table's indexes, but for the primary key."""
        return (f"{self.table}_live", f"{self.table}_gone", *self._indexes.values())

    def index_on(self, column: str) -> str | None:
        """The index that has the live records in the order of a column or of `sorted_order`, or None."""
        return f"{self.table}_live" if column == "id" else self._indexes.get(column)

    @cached_property
    def _indexes(self) -> dict[str, str]:
        properties = {
            entry.column: f"{self.table}_{entry.name}" for entry in self.properties if entry.indexed
        }
        by_name = {self.sorted_order: f"{self.table}_sorted"} if self.sorted_by else {}
        return {"updated": f"{self.table}_changed", **properties, **by_name}

    @property
    def sorted_order(self) -> str:
        """What `sorted_by` sorts by in SQL: capital letters come before small ones (recorded), unlike in conditions."""
        return f"p_{self.sorted_by} COLLATE BINARY"

    def wrapped(self, body: Body, inner: Body) -> Body:
        """What is answered about a record of that body: `inner`, inside its kind where the entity has kinds."""
        return {str(body[self.kind_key]): inner} if self.kind_key else inner

    def unwrapped(self, raw: Any) -> Any:
        """The other way round: the object inside its kind, which is then said under `kind_key`; others as they are."""
        if not self.kind_key or not isinstance(raw, dict) or len(raw) != 1:
            return raw
        kind, inner = next(iter(raw.items()))
        return {**inner, self.kind_key: kind} if kind in self.kinds and isinstance(inner, dict) else raw

    def id_text(self, number: int) -> str:
        """The id as clients see it."""
        return next((word for word, kept in self.named_ids.items() if kept == number), str(number))

    def id_number(self, text: str) -> int | None:
        """The id as it is kept, or None when the text is no id."""
        if text in self.named_ids:
            return self.named_ids[text]
        return id_number(text)
