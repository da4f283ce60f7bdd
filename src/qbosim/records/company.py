"""One company's records during one call: finding, saving and removing them inside a transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache, cached_property
from typing import Any, Self

from qbosim import faults, jsontext
from qbosim.moments import stamp, today_in, whole_seconds
from qbosim.records.changes import Changes, Operation
from qbosim.records.layout import META_KEYS, Body, Layout
from qbosim.store import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS counter (realm TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
    PRIMARY KEY (realm, name)) WITHOUT ROWID;
"""

_HEAD = "id, token, created, updated, author, body"


@dataclass
class Record:
    """One record as it stands."""

    entity: Layout
    id: int
    token: int
    created: int
    """Seconds since 1970."""
    updated: int
    """Seconds since 1970; Intuit keeps no fractions."""
    author: str
    """Display name of whoever changed it last."""
    body: Body
    """Everything but id, token and times; of MetaData only what others than the simulator put there."""
    text: str
    """The record as JSON, exactly as it is served."""

    @property
    def name(self) -> str:
        """What references show as this record's name."""
        return str(self.body.get(self.entity.label, ""))

    @property
    def active(self) -> bool:
        """False for a deactivated name list record."""
        return self.body.get("Active") is not False

    def reference(self) -> Body:
        """A reference to this record, as it stands in other records."""
        return {"value": self.entity.id_text(self.id), "name": self.name}


class Company:
    """A company's books, open for the duration of one transaction."""

    def __init__(
        self,
        db: Database,
        realm: str,
        *,
        now: datetime,
        user: str,
        entities: Mapping[str, Layout],
        include: frozenset[str] = frozenset(),
    ) -> None:
        """`user` is the display name of who is acting; `include` holds the words of the query parameter."""
        self.db = db
        self.realm = realm
        self.now = now
        self.user = user
        self.entities = entities
        self.include = include
        self.seconds = whole_seconds(now)
        self.changes = Changes()
        """What was created, changed and deleted so far."""
        self.entries: dict[tuple[int, int], list[Any]] = {}
        """Double entries as they stand, by transaction and part: the ledger's, so that it reads each once."""
        self._seen: dict[tuple[str, int], Record | None] = {}

    @cached_property
    def info(self) -> Body:
        """CompanyInfo's body."""
        return self._single("CompanyInfo")

    @cached_property
    def preferences(self) -> Body:
        """Preferences' body."""
        return self._single("Preferences")

    def preference(self, group: str, key: str) -> Any:
        """One preference, or None."""
        return self.preferences.get(group, {}).get(key)

    @cached_property
    def country(self) -> str:
        """Two letters; decides how sales tax works."""
        return str(self.info.get("Country", "US"))

    @cached_property
    def today(self) -> str:
        """The calendar day in the company's zone, `YYYY-MM-DD`."""
        return today_in(str(self.info.get("DefaultTimeZone", "America/Los_Angeles")), self.now).isoformat()

    @cached_property
    def home_currency(self) -> str:
        """ISO code of the currency the books are kept in."""
        home = self.preference("CurrencyPrefs", "HomeCurrency") or {}
        return str(home.get("value", "USD"))

    def exists(self) -> bool:
        """Whether this company has been created."""
        return self.find("CompanyInfo", 1) is not None

    # -- records ---------------------------------------------------------------------------------------------

    def find(self, entity: str, number: int) -> Record | None:
        """The live record with that id, or None."""
        key = (entity, number)
        if key in self._seen:
            return self._seen[key]
        declared = self.entities[entity]
        row = self.db.execute(
            f"SELECT {_HEAD} FROM {declared.table} WHERE realm = ? AND id = ? AND deleted = 0",
            (self.realm, number),
        ).fetchone()
        record = None if row is None else _record(declared, row)
        self._seen[key] = record
        return record

    def need(self, entity: str, text: str) -> Record:
        """The live record with the id a client wrote; raises 2030 for no number and 610 for no record."""
        declared = self.entities[entity]
        number = declared.id_number(text)
        if number is None:
            raise faults.bad_id(text)
        record = self.find(entity, number)
        if record is None:
            raise faults.not_found()
        return record

    def refer(self, entity: str, reference: Body, kept: Body | None = None) -> Record:
        """The record a reference leads to.

        Raises 2500 when there is none, or when it is inactive and not what the record referred to before (`kept`).
        """
        declared = self.entities[entity]
        text = str(reference.get("value", ""))
        number = declared.id_number(text)
        record = None if number is None else self.find(entity, number)
        if record is None:
            raise faults.unknown_reference(declared.collection or entity, text)
        if not record.active and (kept or {}).get("value") != text:
            raise faults.inactive_reference()
        return record

    def select(self, entity: str, where: str, *values: Any) -> Iterator[Record]:
        """Live records for which the SQL condition `where` on the entity's columns holds, by id."""
        declared = self.entities[entity]
        rows = self.db.execute(
            f"SELECT {_HEAD} FROM {declared.table} WHERE realm = ? AND deleted = 0 AND {where} ORDER BY id",
            (self.realm, *values),
        ).fetchall()
        for row in rows:
            key = (entity, row[0])
            record = self._seen.get(key)
            if record is None:
                record = self._seen[key] = _record(declared, row)
            yield record

    def insert(
        self,
        entity: str,
        body: Body,
        *,
        number: int | None = None,
        token: int = 0,
        created: int | None = None,
        updated: int | None = None,
    ) -> Record:
        """Keep a new record; without `number` it gets the next id of its sequence."""
        declared = self.entities[entity]
        identity = self.next_id(declared) if number is None else number
        record = Record(
            declared,
            identity,
            token,
            self.seconds if created is None else created,
            self.seconds if updated is None else updated,
            self.user,
            body,
            "",
        )
        self._write(record, new=True)
        self._seen[entity, identity] = record
        self.changes.note(entity, identity, "Create")
        return record

    def save(self, record: Record, body: Body, *, bump: bool = True, touch: bool = True) -> Record:
        """Replace a record's body. `bump` counts its SyncToken up; `touch` sets LastUpdatedTime to now."""
        declared = record.entity
        changed = Record(
            declared,
            record.id,
            record.token + 1 if bump else record.token,
            record.created,
            self.seconds if touch else record.updated,
            self.user if bump else record.author,
            body,
            "",
        )
        self._write(changed, new=False)
        self._seen[declared.name, changed.id] = changed
        if touch:
            self.changes.note(declared.name, changed.id, "Update")
        return changed

    def move_balance(self, how: Callable[[Self, int, Decimal], None], number: int, delta: Decimal) -> None:
        """Move the balances that hang on a record by an amount; `how` does it."""
        how(self, number, delta)

    def drop(self, record: Record) -> None:
        """Delete a record; its id and the moment stay for the change feed."""
        self._write_gone(record)
        self._seen[record.entity.name, record.id] = None
        self.changes.note(record.entity.name, record.id, "Delete")

    def tell(self, record: Record, operation: Operation) -> None:
        """Say what an update of this call meant: the record was voided, or e-mailed."""
        self.changes.note(record.entity.name, record.id, operation)

    def forget(self, entity: str, number: int | None) -> None:
        """Read that record anew when it is needed next: what is known of it was rolled back."""
        if number is not None:
            self._seen.pop((entity, number), None)
            self.changes.forget(entity, number)
            self.entries.clear()

    def rename(self, record: Record, before: str, readers: Collection[str]) -> None:
        """Show a record's new name in every reference to it; `readers` are the entities that may refer to it.

        Intuit resolves names when it answers (recorded: a renamed item shows its new name on untouched invoices),
        so neither SyncToken nor LastUpdatedTime of the referring records changes.
        """
        identity = record.entity.id_text(record.id)
        old = {"value": identity, "name": before}
        new = {"value": identity, "name": record.name}
        for key in (*record.entity.referred_as, "ParentRef"):
            # Without the closing brace: a reference to a payee goes on with its type.
            was = f'"{key}":{jsontext.dumps(old).decode()[:-1]}'
            becomes = f'"{key}":{jsontext.dumps(new).decode()[:-1]}'
            for reader in (record.entity.name,) if key == "ParentRef" else readers:
                table = self.entities[reader].table
                self.db.execute(
                    f"UPDATE {table} SET body = replace(body, ?, ?) WHERE realm = ? AND instr(body, ?) > 0",
                    (was, becomes, self.realm, was),
                )
        self._seen.clear()
        self._seen[record.entity.name, record.id] = record

    # -- counters --------------------------------------------------------------------------------------------

    def next_id(self, entity: Layout) -> int:
        """Take the next id of the entity's sequence."""
        return self.count_up(entity.counter, entity.first_id)

    def count_up(self, counter: str, first: int = 1) -> int:
        """Take the next number of a counter, starting with `first`."""
        row = self.db.execute(
            "INSERT INTO counter VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value",
            (self.realm, counter, first),
        ).fetchone()
        return int(row[0])

    def count_from(self, counter: str, last: int) -> None:
        """Make a counter go on after `last`, unless it is further already."""
        self.db.execute(
            "INSERT INTO counter VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = max(value, excluded.value)",
            (self.realm, counter, last),
        )

    # -- the tables ------------------------------------------------------------------------------------------

    def _write(self, record: Record, *, new: bool) -> None:
        """Keep a record in its table."""
        self._write_all(record.entity, [record], new=new)

    def _write_all(self, entity: Layout, records: Sequence[Record], *, new: bool) -> None:
        """Keep records of one entity in its table, all of them new or none."""
        for record in records:
            record.text = _text(record)
        self.db.executemany(
            _insertion(entity) if new else _replacement(entity),
            [(*_columns(record), self.realm, record.id) for record in records],
        )
        self.db.written(entity.table)

    def _write_gone(self, record: Record) -> None:
        self.db.execute(
            f"UPDATE {record.entity.table} SET deleted = 1, updated = ?, token = token + 1, author = ? "
            "WHERE realm = ? AND id = ?",
            (self.seconds, self.user, self.realm, record.id),
        )
        self.db.written(record.entity.table)

    def _single(self, entity: str) -> Body:
        record = self.find(entity, 1)
        return {} if record is None else record.body


def _names(entity: Layout) -> tuple[str, ...]:
    return (
        "token",
        "created",
        "updated",
        "author",
        "body",
        *(entry.column for entry in entity.properties),
        "realm",
        "id",
    )


@cache
def _insertion(entity: Layout) -> str:
    names = _names(entity)
    return f"INSERT INTO {entity.table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


@cache
def _replacement(entity: Layout) -> str:
    *kept, _, _ = _names(entity)
    return f"UPDATE {entity.table} SET {', '.join(f'{name} = ?' for name in kept)} WHERE realm = ? AND id = ?"


def _columns(record: Record) -> Iterator[Any]:
    """The values of a record's row, but for realm and id."""
    yield from (record.token, record.created, record.updated, record.author, record.text)
    yield from (entry.of(record.body) for entry in record.entity.properties)


def _record(entity: Layout, row: tuple[Any, ...]) -> Record:
    identity, token, created, updated, author, text = row
    whole = entity.unwrapped(jsontext.loads(text))
    body = {key: value for key, value in whole.items() if key not in META_KEYS}
    foreign = {
        key: value for key, value in whole["MetaData"].items() if key not in {"CreateTime", "LastUpdatedTime"}
    }
    if foreign:
        body["MetaData"] = foreign
    return Record(entity, identity, token, created, updated, author, body, text)


def _text(record: Record) -> str:
    body = record.body
    made = {"CreateTime": stamp(record.created)} if record.entity.shows_creation else {}
    meta = {**made, **body.get("MetaData", {})}
    meta["LastUpdatedTime"] = stamp(record.updated)
    head = {
        "domain": "QBO",
        "sparse": False,
        "Id": record.entity.id_text(record.id),
        "SyncToken": str(record.token),
        "MetaData": meta,
    }
    ordered: Body = {}
    for key in record.entity.order:
        if key in head:
            ordered[key] = head[key]
        elif key in body:
            ordered[key] = body[key]
    for key, value in body.items():
        if key not in ordered and key != record.entity.kind_key:
            ordered[key] = value
    return jsontext.dumps(record.entity.wrapped(body, ordered)).decode()
