"""Holdings: how many records of each entity the mirror holds, counted in indexes without looking at a record."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text

from tieout.storage.tables import OUT_OF_USE, records


@dataclass(frozen=True)
class Holding:
    """How many records of an entity the mirror holds."""

    active: int = 0
    inactive: int = 0
    deleted: int = 0

    @property
    def live(self) -> int:
        """Count those that were not deleted."""
        return self.active + self.inactive


def holdings(connection: Connection, company: str, entity: str = "") -> dict[str, Holding]:
    """Count a company's records by entity, or those of one; an entity without any is absent."""
    which = [records.c.company == company, *([records.c.entity == entity] if entity else [])]
    every = select(records.c.entity, func.count()).where(*which).group_by(records.c.entity)
    out = (
        select(records.c.entity, records.c.deleted, func.count())
        .where(*which, text(f"({OUT_OF_USE})"))
        .group_by(records.c.entity, records.c.deleted)
    )
    out_of_use = {(name, bool(deleted)): int(number) for name, deleted, number in connection.execute(out)}
    counted = {}
    for name, number in connection.execute(every):
        inactive, deleted = out_of_use.get((name, False), 0), out_of_use.get((name, True), 0)
        counted[name] = Holding(int(number) - inactive - deleted, inactive, deleted)
    return counted
