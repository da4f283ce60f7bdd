"""Two offices' books, written by two processes at the same time and put together.

Both processes tell themselves the whole history, which is quick, and each works out what one office does, which is not.
What the other office does takes its ids and numbers, nothing else; so both give each transaction the id that the API
would have given it. Balances of accounts, customers and vendors are moved by both, and added up.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from qbosim import jsontext
from qbosim.entities.addresses import company_ship_from
from qbosim.entities.catalogue import ENTITIES
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.entities.journal_entry import entry_number
from qbosim.entities.sales_form import Form, document_number
from qbosim.generate.gathering import Gathering
from qbosim.generate.msp import Size

_BALANCES = {
    "Account": {"CurrentBalance", "CurrentBalanceWithSubAccounts"},
    "Customer": {"Balance", "BalanceWithJobs"},
    "Vendor": {"Balance"},
}
_OF_TRANSACTIONS = ("posting", "application")

Lists = dict[tuple[str, int], str]
"""The records of all lists as they are served, by entity and id."""


class OfficeFailed(Exception):
    """The second process did not do its part; says why."""


@dataclass(frozen=True)
class Plan:
    """All that a generated company follows from."""

    realm: str
    name: str
    seed: int
    size: Size
    now: datetime
    """The moment at which the history is over."""


def pass_over(company: Gathering, entity: Entity) -> int:
    """Leave the next transaction to another office: take the id and the numbers that its creation takes; answers the id."""
    if entity.name in ("Invoice", "CreditMemo"):
        document_number(company, Change({}), Form(entity.name))
        company_ship_from(company)
    elif entity.name == "JournalEntry":
        entry_number(company, Change({}))
    return company.next_id(entity)


def lists_of(company: Gathering) -> Lists:
    """The lists as they are before the first transaction."""
    return {(name, number): text for name, number, _, text in _list_rows(company.db, company.realm)}


def put_together(company: Gathering, path: Path, before: Lists) -> None:
    """Add what another office wrote in the file at `path`, beginning with the same lists.

    Raises `OfficeFailed` when the two did not agree on a number, or when it did more than can be added.
    """
    with closing(sqlite3.connect(path)) as part:
        for table in (*(entity.table for entity in ENTITIES if entity.day_key), *_OF_TRANSACTIONS):
            _copy(part, company, table)
        for name, number, updated, text in _list_rows(part, company.realm):
            if text != before.get((name, number)):
                by = _moved(name, number, before.get((name, number)), text)
                company.move(name, number, by, updated)
        counted = dict(part.execute("SELECT name, value FROM counter WHERE realm = ?", (company.realm,)))
    for counter, value in company.counters().items():
        if counted.get(counter) != value:
            raise OfficeFailed(f"the offices counted {counter} up to {value} and {counted.get(counter)}")
    company.write_out()


def _list_rows(db: sqlite3.Connection, realm: str) -> Iterator[tuple[str, int, int, str]]:
    """Name, id, LastUpdatedTime and text of the records of all lists."""
    for entity in ENTITIES:
        if not entity.day_key:
            rows = db.execute(f"SELECT id, updated, body FROM {entity.table} WHERE realm = ?", (realm,))
            yield from ((entity.name, *row) for row in rows)


def _copy(part: sqlite3.Connection, company: Gathering, table: str) -> None:
    names = [row[1] for row in part.execute(f"PRAGMA table_info({table})")]
    company.db.executemany(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
        part.execute(f"SELECT {', '.join(names)} FROM {table}"),
    )
    company.db.written(table)


def _moved(name: str, number: int, before: str | None, after: str) -> dict[str, Decimal]:
    """By how much each balance of a list's record was moved."""
    was, now = (_told(text or "{}") for text in (before, after))
    changed = {key for key in was.keys() | now.keys() if was.get(key) != now.get(key)}
    if not changed <= _BALANCES.get(name, set()):
        raise OfficeFailed(
            f"an office changed more than balances: {name} {number}, {', '.join(sorted(changed))}"
        )
    return {key: Decimal(now.get(key, 0)) - Decimal(was.get(key, 0)) for key in changed}


def _told(text: str) -> dict[str, Any]:
    told: dict[str, Any] = jsontext.loads(text)
    told.pop("MetaData", None)
    return told


class OtherOffice:
    """A second process that writes the second office's books into a file, for the length of a `with` block."""

    def __init__(self, plan: Plan, beside: Path) -> None:
        """The file lies beside another one, `books.db.office` beside `books.db`, and is gone after the block."""
        self._plan = plan
        self._path = Path(f"{beside}.office")

    def __enter__(self) -> Self:
        self._told = tempfile.TemporaryFile()
        self._process = subprocess.Popen(  # noqa: S603 - this very program
            [
                sys.executable,
                "-m",
                "qbosim.generate.office",
                str(self._path),
                msgspec.json.encode(self._plan),
            ],
            stdin=subprocess.PIPE,  # which ends when this process does, whatever ends it
            stdout=self._told,
            stderr=self._told,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._told.close()
        for left in (self._path, Path(f"{self._path}.lock")):
            left.unlink(missing_ok=True)

    def finished(self) -> Path:
        """Wait for the process to be through and answer its file; raises `OfficeFailed` when it did not get there."""
        if self._process.wait():
            self._told.seek(0)
            lines = self._told.read().decode(errors="replace").strip().splitlines() or ["it was ended"]
            raise OfficeFailed(f"the process of the second office failed: {lines[-1]}")
        return self._path
