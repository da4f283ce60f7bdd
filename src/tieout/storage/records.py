"""Records: our copy of QuickBooks, the newest version of each record at hand and the earlier ones kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final, Protocol, TypeAlias

from sqlalchemy import Connection, Row, and_, insert, or_, select, update

from tieout.kit.instants import instant_told
from tieout.storage.columns import folded, instant_text, told_as_text
from tieout.storage.holdings import Holding, holdings
from tieout.storage.inserting import add_rows, in_chunks, put_rows
from tieout.storage.tables import records, versions


@dataclass(slots=True)
class MirrorRow:
    """One record of QuickBooks as it was seen. Instants are in UTC. Nobody changes one.

    It is not frozen, since a first import makes hundreds of thousands and freezing costs most of making one.
    """

    entity: str
    qbo_id: str
    sync_token: str
    raw: bytes
    """QuickBooks' own JSON, byte for byte."""
    updated_at: datetime | None = None
    """QuickBooks' time of the last change."""
    active: bool = True
    name: str = ""
    number: str = ""
    party: str = ""
    """QuickBooks' id of the customer, vendor or employee it is about."""
    dated: date | None = None
    due: date | None = None
    amount: str = ""
    """Its total as exact decimal text, in `currency`; empty when the entity has none."""
    balance: str = ""
    """What is open of it, or of the name, as exact decimal text."""
    currency: str = ""
    """ISO code; empty when the record does not say, which means the company's own."""
    created_at: datetime | None = None
    """QuickBooks' time of its creation."""
    merged_into: str = ""
    """QuickBooks' id of the record that took its place."""
    deleted: bool = False
    """True once QuickBooks said that it was deleted; the row then shows what it was."""
    deleted_at: datetime | None = None
    seen_at: datetime | None = None
    """When it was last seen so; None for a row that was not kept yet."""


class SeenRow(Protocol):
    """What a record shows that was just read, as `MirrorRow` says it; nothing has to be copied to keep it.

    Instants are texts as QuickBooks wrote them, with their offset, empty when it did not say.
    """

    @property
    def entity(self) -> str: ...

    @property
    def qbo_id(self) -> str: ...

    @property
    def sync_token(self) -> str: ...

    @property
    def raw(self) -> bytes: ...

    @property
    def updated(self) -> str: ...

    @property
    def active(self) -> bool: ...

    @property
    def name(self) -> str: ...

    @property
    def number(self) -> str: ...

    @property
    def party(self) -> str: ...

    @property
    def dated(self) -> date | None: ...

    @property
    def due(self) -> date | None: ...

    @property
    def amount(self) -> str: ...

    @property
    def balance(self) -> str: ...

    @property
    def currency(self) -> str: ...

    @property
    def created(self) -> str: ...


@dataclass(frozen=True)
class Change:
    """A record that became new, or another, by what was seen."""

    entity: str
    qbo_id: str
    sync_token: str
    old_token: str | None
    """The SyncToken we knew; None for a record that is new here."""


Changes: TypeAlias = list[Change]
MirrorRows: TypeAlias = list[MirrorRow]


class Records:
    """The mirror in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def upsert_many(self, company: str, rows: Iterable[MirrorRow], *, now: datetime) -> Changes:
        """Keep what was seen, unless something newer is known, and tell what really changed.

        Newer is the higher SyncToken, then the later time of change (recorded sandbox traffic shows balances
        moving without a new SyncToken). A record that was deleted stays so until a change that is later than
        its deletion is seen. The version that is replaced is kept among the versions.
        """
        changes: list[Change] = []
        for chunk in in_chunks(rows):
            changes += self._upsert(company, _newest(chunk), now)
        return changes

    def add_new(self, company: str, rows: Sequence[SeenRow], *, now: datetime) -> bool:
        """Keep records none of which was ever seen, quickly: a first import has hundreds of thousands.

        False when one of them is known already, and stays as it was: then `upsert_many` is the way for all of them.
        """
        made = (
            _new_rows(company, rows, instant_text(now), date.isoformat, told_as_text)
            if self._connection.dialect.name == "sqlite"
            else _new_rows(company, rows, now, _same, instant_told)
        )
        return add_rows(self._connection, records, made)

    def unseen_since(self, company: str, entity: str, moment: datetime, *, now: datetime) -> list[str]:
        """Give the ids of records that were not deleted and that nobody saw in QuickBooks since a moment of our clock.

        What was seen later than `now` was so by a clock that has been put back since.
        """
        return list(
            self._connection.scalars(
                select(records.c.qbo_id)
                .where(
                    records.c.company == company,
                    records.c.entity == entity,
                    records.c.deleted.is_(False),
                    or_(records.c.seen_at < moment, records.c.seen_at > now),
                )
                .order_by(records.c.qbo_id)
            )
        )

    def mark_deleted(
        self,
        company: str,
        entity: str,
        qbo_id: str,
        *,
        now: datetime,
        deleted_at: datetime | None = None,
        merged_into: str = "",
    ) -> bool:
        """Note that QuickBooks said a record was deleted; False when that was known, or the record never seen.

        `deleted_at` is QuickBooks' time of it, if it told; `merged_into` the id of the record that it became
        a part of. That may be told later than the end itself, and is then noted without being news.
        """
        known = self._rows(company, [(entity, qbo_id)]).get((entity, qbo_id))
        if known is None:
            return False
        if known.deleted:
            if merged_into and known.merged_into != merged_into:
                self._note_merge(company, entity, qbo_id, merged_into)
            return False
        self._keep_versions(company, [(entity, qbo_id)])
        self._connection.execute(
            update(records)
            .where(records.c.company == company, records.c.entity == entity, records.c.qbo_id == qbo_id)
            .values(
                deleted=True,
                active=False,
                deleted_at=deleted_at or now,
                merged_into=merged_into,
                seen_at=now,
            )
        )
        return True

    def get(self, company: str, entity: str, qbo_id: str) -> MirrorRow | None:
        """Find a record by QuickBooks' id, also one that was deleted."""
        row = self._rows(company, [(entity, qbo_id)], lock=False).get((entity, qbo_id))
        return None if row is None else _mirror_row(row)

    def many(self, company: str, entity: str, ids: Iterable[str]) -> dict[str, MirrorRow]:
        """Find records by QuickBooks' ids; those that are unknown are left out."""
        found: dict[str, MirrorRow] = {}
        for chunk in in_chunks(ids):
            rows = self._connection.execute(
                select(records).where(
                    records.c.company == company, records.c.entity == entity, records.c.qbo_id.in_(chunk)
                )
            )
            found.update((row.qbo_id, _mirror_row(row)) for row in rows)
        return found

    def list(
        self,
        company: str,
        entity: str,
        search: str = "",
        active: bool | None = True,
        limit: int = 50,
        after: str = "",
        dated: bool = True,
    ) -> MirrorRows:
        """List records that were not deleted, by name then number.

        `search` are words of the name, number or id in any case; `active` None takes inactive ones too;
        `after` is the id of the last record of the page before. `dated` False says that the entity's records
        have no date, and finds them by an index.
        """
        statement = select(records).where(
            records.c.company == company, records.c.entity == entity, records.c.deleted.is_(False)
        )
        if not dated:
            statement = statement.where(records.c.dated.is_(None))
        if active is not None:
            statement = statement.where(records.c.active.is_(active))
        for word in folded(search).split():
            statement = statement.where(records.c.search.contains(word, autoescape=True))
        if after:
            last = self._connection.execute(
                select(records.c.search).where(
                    records.c.company == company, records.c.entity == entity, records.c.qbo_id == after
                )
            ).scalar_one_or_none()
            if last is None:
                return []
            statement = statement.where(
                or_(records.c.search > last, and_(records.c.search == last, records.c.qbo_id > after))
            )
        ordered = statement.order_by(records.c.search, records.c.qbo_id).limit(limit)
        return [_mirror_row(row) for row in self._connection.execute(ordered)]

    def count(self, company: str, entity: str, live: bool = True) -> int:
        """Count an entity's records; `live` leaves deleted ones out, inactive ones always count."""
        found = holdings(self._connection, company, entity).get(entity, Holding())
        return found.live if live else found.live + found.deleted

    def counts(self, company: str) -> dict[str, int]:
        """Count the records that were not deleted, by entity; an entity without any is absent."""
        return {name: one.live for name, one in holdings(self._connection, company).items() if one.live}

    def versions(self, company: str, entity: str, qbo_id: str) -> MirrorRows:
        """List every version of a record that was seen, the newest first."""
        now = self.get(company, entity, qbo_id)
        earlier = self._connection.execute(
            select(versions)
            .where(versions.c.company == company, versions.c.entity == entity, versions.c.qbo_id == qbo_id)
            .order_by(versions.c.id.desc())
        )
        return [*([now] if now is not None else []), *(_mirror_row(row) for row in earlier)]

    def ids(self, company: str, entity: str) -> set[str]:
        """Give the ids of an entity's records that were not deleted, inactive ones included."""
        return set(
            self._connection.scalars(
                select(records.c.qbo_id).where(
                    records.c.company == company, records.c.entity == entity, records.c.deleted.is_(False)
                )
            )
        )

    def tokens(self, company: str, entity: str) -> dict[str, str]:
        """Give the SyncToken of each of an entity's records that were not deleted, by id."""
        rows = self._connection.execute(
            select(records.c.qbo_id, records.c.sync_token).where(
                records.c.company == company, records.c.entity == entity, records.c.deleted.is_(False)
            )
        )
        return {row.qbo_id: row.sync_token for row in rows}

    def every(self, company: str, entity: str) -> MirrorRows:
        """Give all of an entity's records that were not deleted, inactive ones included, by name."""
        rows = self._connection.execute(
            select(records)
            .where(records.c.company == company, records.c.entity == entity, records.c.deleted.is_(False))
            .order_by(records.c.search, records.c.qbo_id)
        )
        return [_mirror_row(row) for row in rows]

    def _upsert(self, company: str, rows: dict[tuple[str, str], MirrorRow], now: datetime) -> Changes:
        known = self._rows(company, list(rows))
        changes: list[Change] = []
        same: list[tuple[str, str]] = []
        written: list[dict[str, Any]] = []
        for key, row in rows.items():
            old = known.get(key)
            if old is not None and not _is_newer(row, old):
                continue
            if old is not None and not old.deleted and old.raw == row.raw:
                same.append(key)
                continue
            written.append(_shown(company, row, now))
            changes.append(
                Change(row.entity, row.qbo_id, row.sync_token, None if old is None else old.sync_token)
            )
        self._keep_versions(
            company, [(one.entity, one.qbo_id) for one in changes if one.old_token is not None]
        )
        put_rows(self._connection, records, written, newer=_replaces)
        self._seen(company, same, now)
        return changes

    def _note_merge(self, company: str, entity: str, qbo_id: str, merged_into: str) -> None:
        self._connection.execute(
            update(records)
            .where(records.c.company == company, records.c.entity == entity, records.c.qbo_id == qbo_id)
            .values(merged_into=merged_into)
        )

    def _rows(
        self, company: str, keys: Sequence[tuple[str, str]], lock: bool = True
    ) -> dict[tuple[str, str], Row[Any]]:
        found: dict[tuple[str, str], Row[Any]] = {}
        for entity, ids in _by_entity(keys).items():
            statement = select(records).where(
                records.c.company == company, records.c.entity == entity, records.c.qbo_id.in_(ids)
            )
            rows = self._connection.execute(statement.with_for_update() if lock else statement)
            found.update(((entity, row.qbo_id), row) for row in rows)
        return found

    def _keep_versions(self, company: str, keys: Sequence[tuple[str, str]]) -> None:
        kept = [one.name for one in versions.columns if one.name != "id"]
        for entity, ids in _by_entity(keys).items():
            source = select(*(records.c[name] for name in kept)).where(
                records.c.company == company, records.c.entity == entity, records.c.qbo_id.in_(ids)
            )
            self._connection.execute(insert(versions).from_select(kept, source))

    def _seen(self, company: str, keys: Sequence[tuple[str, str]], now: datetime) -> None:
        for entity, ids in _by_entity(keys).items():
            self._connection.execute(
                update(records)
                .where(records.c.company == company, records.c.entity == entity, records.c.qbo_id.in_(ids))
                .values(seen_at=now)
            )


def _by_entity(keys: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for entity, qbo_id in keys:
        grouped.setdefault(entity, []).append(qbo_id)
    return grouped


def _newest(rows: Sequence[MirrorRow]) -> dict[tuple[str, str], MirrorRow]:
    """Keep one row of each record: pages that overlap show some twice."""
    best: dict[tuple[str, str], MirrorRow] = {}
    for row in rows:
        held = best.get((row.entity, row.qbo_id))
        if held is None or _age(row.sync_token, row.updated_at) >= _age(held.sync_token, held.updated_at):
            best[row.entity, row.qbo_id] = row
    return best


def _is_newer(row: MirrorRow, old: Row[Any]) -> bool:
    """Tell whether what was seen may replace what is known: it is as new, or newer."""
    if old.deleted:
        return row.updated_at is not None and bool(row.updated_at > old.deleted_at)
    if row.updated_at is None or old.updated_at is None:
        return bool(_token_number(row.sync_token) >= old.token_number)
    return _age(row.sync_token, row.updated_at) >= (old.token_number, old.updated_at.timestamp())


def _age(sync_token: str, updated_at: datetime | None) -> tuple[int, float]:
    return _token_number(sync_token), updated_at.timestamp() if updated_at is not None else 0.0


def _token_number(sync_token: str) -> int:
    """Read a SyncToken as the number it is; entities without one count as 0."""
    return int(sync_token) if sync_token.isdecimal() else 0


def _replaces(new: Any, old: Any) -> Any:
    """Say `_is_newer` in SQL, for the row that another process wrote since we looked."""
    return or_(old.deleted, new.token_number >= old.token_number)


def _shown(company: str, row: MirrorRow, now: datetime) -> dict[str, Any]:
    """Give the values of a row that was just seen."""
    name, number, party, currency = (
        one.replace(_NUL, "") for one in (row.name, row.number, row.party, row.currency)
    )
    return {
        "company": company,
        "entity": row.entity,
        "qbo_id": row.qbo_id,
        "sync_token": row.sync_token,
        "token_number": _token_number(row.sync_token),
        "active": row.active,
        "deleted": False,
        "deleted_at": None,
        "name": name,
        "number": number,
        "search": folded(name, number, row.qbo_id),
        "party": party,
        "dated": row.dated,
        "due": row.due,
        "amount": row.amount,
        "balance": row.balance,
        "currency": currency,
        "merged_into": row.merged_into,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "seen_at": now,
        "raw": row.raw,
    }


def _new_rows(
    company: str,
    rows: Sequence[SeenRow],
    now: datetime | str,
    day: Callable[[date], date | str],
    instant: Callable[[str], datetime | str | None],
) -> list[tuple[Any, ...]]:
    """Give what `_shown` gives, in the order of `_COLUMNS`; `day` and `instant` turn values into what the driver takes.

    This runs for each record of a first import: one tuple of what is at hand, and nothing called that need not be.
    """
    made = [
        (
            company,
            row.entity,
            row.qbo_id,
            row.sync_token,
            int(row.sync_token) if row.sync_token.isdecimal() else 0,
            row.active,
            False,
            None,
            row.name,
            row.number,
            folded(row.name, row.number, row.qbo_id),
            row.party,
            row.dated and day(row.dated),
            row.due and day(row.due),
            row.amount,
            row.balance,
            row.currency,
            "",
            instant(row.created),
            instant(row.updated),
            now,
            row.raw,
        )
        for row in rows
    ]
    if any(
        _NUL in row.name or _NUL in row.number or _NUL in row.party or _NUL in row.currency for row in rows
    ):
        return [
            tuple(one.replace(_NUL, "") if isinstance(one, str) else one for one in values) for values in made
        ]
    return made


def _same(day: date) -> date:
    return day


_NUL: Final = "\0"
"""A character that JSON can spell and PostgreSQL's text cannot hold: it is left out of the columns, not of the bytes."""

_COLUMNS: Final = (
    "company",
    "entity",
    "qbo_id",
    "sync_token",
    "token_number",
    "active",
    "deleted",
    "deleted_at",
    "name",
    "number",
    "search",
    "party",
    "dated",
    "due",
    "amount",
    "balance",
    "currency",
    "merged_into",
    "created_at",
    "updated_at",
    "seen_at",
    "raw",
)
"""A list of values, not a mapping: making 20 entries by name costs more than keeping the record."""
assert tuple(records.columns.keys()) == _COLUMNS, "a column of the mirror has no value, or another place"


def _mirror_row(row: Row[Any]) -> MirrorRow:
    return MirrorRow(**{name: value for name, value in row._mapping.items() if name in _FIELDS})


_FIELDS: Final = frozenset(one.name for one in fields(MirrorRow))
