"""Lists of records: the mirror searched, filtered and counted for people and programs that look into it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from tieout.storage.columns import folded
from tieout.storage.holdings import Holding, holdings
from tieout.storage.tables import records


class Standing(StrEnum):
    """Which records a list holds."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DELETED = "deleted"
    ALL = "all"


@dataclass(frozen=True)
class Wanted:
    """What a list is asked for. Days are QuickBooks' own dates, both ends included."""

    search: str = ""
    """Words of the name, number or id, in any case; all of them must be there."""
    standing: Standing = Standing.ACTIVE
    dated_from: date | None = None
    dated_to: date | None = None
    party: str = ""
    """The id of the customer, vendor or employee that records are about."""


@dataclass(frozen=True)
class Listed:
    """One record as lists show it, without its bytes. Instants are in UTC."""

    entity: str
    qbo_id: str
    sync_token: str
    name: str
    number: str
    party: str
    """The id of the customer, vendor or employee that it is about."""
    dated: date | None
    due: date | None
    amount: str
    """Exact decimal text, as `balance`; empty when the record has none."""
    balance: str
    currency: str
    """ISO 4217; empty when the record does not say: then it is the company's own."""
    active: bool
    deleted: bool
    merged_into: str
    """The id of the record that took its place."""
    created_at: datetime | None
    updated_at: datetime | None
    """QuickBooks' own time of the last change."""
    seen_at: datetime
    """When the mirror last saw it so."""


_day: Final[ColumnElement[date]] = func.coalesce(records.c.dated, date.min)
"""A record's day in an order; those without one come last among the newest."""
_SHOWN: Final = [records.c[one.name] for one in fields(Listed)]


class RecordLists:
    """Lists of the mirror in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(
        self, company: str, entity: str, wanted: Wanted, *, newest_first: bool, limit: int, after: str = ""
    ) -> list[Listed]:
        """List what is wanted, by date with the newest first, or names, which have no date, by name then number.

        `after` is the id of the last record of the page before; nothing follows an id that is unknown.
        """
        statement = _filtered(
            select(*_SHOWN).where(records.c.company == company, records.c.entity == entity), wanted
        )
        if not newest_first:
            # Said for the index of names, which leaves documents out.
            statement = statement.where(records.c.dated.is_(None))
        if after:
            last = self._place(company, entity, after)
            if last is None:
                return []
            statement = statement.where(_behind(*last, newest_first=newest_first))
        order = (
            (_day.desc(), records.c.qbo_id.desc()) if newest_first else (records.c.search, records.c.qbo_id)
        )
        rows = self._connection.execute(statement.order_by(*order).limit(limit))
        return [Listed(*row) for row in rows]

    def get(self, company: str, entity: str, qbo_id: str) -> Listed | None:
        """Find one record by QuickBooks' id, also one that was deleted."""
        row = self._connection.execute(
            select(*_SHOWN).where(
                records.c.company == company, records.c.entity == entity, records.c.qbo_id == qbo_id
            )
        ).one_or_none()
        return None if row is None else Listed(*row)

    def counts(self, company: str) -> dict[str, Holding]:
        """Count the records of each entity of which the mirror holds or held any."""
        return holdings(self._connection, company)

    def _place(self, company: str, entity: str, qbo_id: str) -> tuple[date, str, str] | None:
        """Tell where a record stands in each order."""
        row = self._connection.execute(
            select(_day, records.c.search, records.c.qbo_id).where(
                records.c.company == company, records.c.entity == entity, records.c.qbo_id == qbo_id
            )
        ).one_or_none()
        return None if row is None else (row[0], row[1], row[2])


def _behind(day: date, search: str, qbo_id: str, *, newest_first: bool) -> ColumnElement[bool]:
    """Ask for what comes behind a record."""
    if newest_first:
        return or_(_day < day, and_(_day == day, records.c.qbo_id < qbo_id))
    return or_(records.c.search > search, and_(records.c.search == search, records.c.qbo_id > qbo_id))


def _filtered(statement: Select[Any], wanted: Wanted) -> Select[Any]:
    match wanted.standing:
        case Standing.ACTIVE:
            statement = statement.where(records.c.deleted.is_(False), records.c.active.is_(True))
        case Standing.INACTIVE:
            statement = statement.where(records.c.deleted.is_(False), records.c.active.is_(False))
        case Standing.DELETED:
            statement = statement.where(records.c.deleted.is_(True))
        case Standing.ALL:
            pass
    for word in folded(wanted.search).split():
        statement = statement.where(records.c.search.contains(word, autoescape=True))
    if wanted.dated_from is not None:
        statement = statement.where(records.c.dated >= wanted.dated_from)
    if wanted.dated_to is not None:
        statement = statement.where(records.c.dated <= wanted.dated_to)
    if wanted.party:
        statement = statement.where(records.c.party == wanted.party)
    return statement
