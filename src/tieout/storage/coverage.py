"""Coverage: up to when each entity of a company is known to be here complete, and what that rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select, update

from tieout.storage.inserting import CHUNK, put_rows
from tieout.storage.tables import coverage, records

FEED: Final = "feed"
"""The change feed told of every change since."""
WALKED: Final = "walked"
"""More changed than the feed shows: what changed was read by query, and deletions were looked for."""
READ: Final = "read"
"""Every record of it was read and compared."""
IMPORTED: Final = "imported"
"""The first import read every record of it."""


@dataclass(frozen=True)
class Covered:
    """How complete one entity of one company is. Instants are in UTC."""

    company: str
    entity: str
    complete_until: datetime | None
    """QuickBooks' time up to which every change is here; None when that is not proven yet."""
    rests_on: str
    """`feed`, `walked`, `read` or `imported`; empty when nothing is proven."""
    counted_at: datetime | None
    """When QuickBooks' count was last the same as ours."""
    there: int
    """Records that QuickBooks counted last, inactive ones included."""
    here: int
    """Records that were here then."""
    swept_at: datetime | None
    """When the ids of all records were last compared one by one."""
    changed_at: datetime | None
    """When a change of it was last seen here."""
    check_at: datetime | None
    """When it is checked next; None for at once."""
    trouble: str
    """Why it cannot be proven now, in words; empty while all is well."""
    troubled_at: datetime | None
    """Since when."""
    refused: bool
    """True while QuickBooks refuses to tell its changes: it is then asked on its own, not with the others."""


class Coverage:
    """What is proven of each entity, in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self, company: str) -> dict[str, Covered]:
        """Give what is known of a company's entities, by name; those never looked at are absent."""
        rows = self._connection.execute(_OF_COMPANY, {"company": company})
        return {row.entity: _covered(row) for row in rows}

    def get(self, company: str, entity: str) -> Covered | None:
        """Find what is known of one entity; None when it was never looked at."""
        row = self._connection.execute(select(coverage).where(*_of(company, entity))).one_or_none()
        return None if row is None else _covered(row)

    def put(self, accounts: Sequence[Covered]) -> None:
        """Write accounts as they are given, instead of what was known."""
        put_rows(self._connection, coverage, [vars(account) for account in accounts])

    def change(self, company: str, entities: Sequence[str], **values: Any) -> None:
        """Set the named columns of entities of which account is kept."""
        if entities:
            self._connection.execute(
                update(coverage)
                .where(coverage.c.company == company, coverage.c.entity.in_(list(entities)))
                .values(values)
            )

    def ids_here(self, company: str, entity: str) -> Iterator[str]:
        """Give the ids of an entity's records that were not deleted, inactive ones included, a page at a time."""
        last = ""
        while True:
            page = list(
                self._connection.scalars(
                    select(records.c.qbo_id)
                    .where(
                        records.c.company == company,
                        records.c.entity == entity,
                        records.c.deleted.is_(False),
                        records.c.qbo_id > last,
                    )
                    .order_by(records.c.qbo_id)
                    .limit(CHUNK)
                )
            )
            yield from page
            if len(page) < CHUNK:
                return
            last = page[-1]


_OF_COMPANY: Final = (
    select(coverage).where(coverage.c.company == bindparam("company")).order_by(coverage.c.entity)
)
"""Built once, because every cycle asks it."""


def _of(company: str, entity: str) -> tuple[Any, ...]:
    return (coverage.c.company == company, coverage.c.entity == entity)


def blank(company: str, entity: str) -> Covered:
    """Make the account of an entity of which nothing is proven."""
    return Covered(
        company=company,
        entity=entity,
        complete_until=None,
        rests_on="",
        counted_at=None,
        there=0,
        here=0,
        swept_at=None,
        changed_at=None,
        check_at=None,
        trouble="",
        troubled_at=None,
        refused=False,
    )


def _covered(row: Row[Any]) -> Covered:
    return Covered(**row._mapping)
