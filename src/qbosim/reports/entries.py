"""Asking the postings: sums by account, name or day, and the lines of detail reports, filtered as the client wished."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from qbosim.records.company import Company
from qbosim.reports.account_types import accounts_of_types
from qbosim.reports.basis import source
from qbosim.reports.cash import COLUMNS, TABLE, ready_for_lines
from qbosim.reports.names import Names
from qbosim.reports.parameters import Asked
from qbosim.reports.transaction_filters import choose


@dataclass(frozen=True)
class Entry:
    """One posting, as detail reports read it."""

    txn: int
    line: int
    entity: str
    day: str
    account: int
    amount: int
    foreign: int
    customer: int | None
    vendor: int | None
    employee: int | None
    item: int | None
    quantity: int | None
    klass: int | None
    department: int | None
    memo: str


class Entries:
    """The postings that a request is about, on its basis."""

    def __init__(self, company: Company, asked: Asked, *, only_span: bool = False) -> None:
        """With `only_span`, postings before the span are not needed and need not be there."""
        self.company = company
        self.asked = asked
        self.names = Names(company)
        self.chosen = choose(company, self.names, asked)
        self.table = source(company, self.names, asked.basis, asked.start if only_span else "", asked.end)

    def sums(
        self, columns: str, start: str, end: str, *, measures: str = "sum(amount)", where: str = ""
    ) -> list[tuple[Any, ...]]:
        """`measures` grouped by the SQL `columns`, from the day `start` to `end`."""
        condition, values = self._condition(start, end, where)
        return self.company.db.execute(
            f"SELECT {columns}, {measures} FROM {self.table} WHERE {condition} GROUP BY {columns}", values
        ).fetchall()

    def lines(self, start: str, end: str, where: str = "", order: str = "day, txn, line") -> Iterator[Entry]:
        """The postings themselves, one by one."""
        if self.table == TABLE:
            ready_for_lines(self.company)
        condition, values = self._condition(start, end, where)
        rows = self.company.db.execute(
            f"SELECT {COLUMNS} FROM {self.table} WHERE {condition} ORDER BY {order}", values
        )
        for row in rows:
            yield Entry(*row)

    def _condition(self, start: str, end: str, where: str) -> tuple[str, list[Any]]:
        parts = ["realm = ?", "day >= ?", "day <= ?"]
        values: list[Any] = [self.company.realm, start, end]
        for column, ids in self.asked.filters.items():
            parts.append(f"{column} IN ({', '.join('?' * len(ids))})")
            values += ids
        if self.asked.word("account_type"):
            chosen = accounts_of_types(self.names, self.asked.query, "account_type")
            parts.append(f"account IN ({', '.join('?' * len(chosen))})")
            values += chosen
        if self.chosen.where:
            parts.append(self.chosen.where)
            values += self.chosen.values
        if where:
            parts.append(where)
        return " AND ".join(parts), values
