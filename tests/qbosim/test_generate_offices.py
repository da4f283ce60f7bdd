"""Generating with two processes: the books that one process writes, and nothing left behind when one of them fails."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbosim.api import ensure_schema
from qbosim.books.ledger import check_balanced
from qbosim.clock import Clock
from qbosim.generate.company import create_generated, write_books
from qbosim.generate.msp import Size
from qbosim.generate.offices import OfficeFailed, OtherOffice, Plan
from qbosim.generated_file import CannotGenerate, generate_file
from qbosim.simulator import Simulator
from qbosim.store import Store
from tests.qbosim.asking import api, ask, granted

REALM = "1"
NOW = datetime(2026, 5, 5, 17, 0, tzinfo=UTC)


@contextmanager
def _store(folder: str | Path) -> Iterator[Store]:
    with closing(Store(Path(folder) / "books.db", expendable=True)) as store:
        ensure_schema(store)
        yield store


def _everything(store: Store) -> dict[str, list[Any]]:
    with store.transaction() as db:
        names = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        tables = {name: sorted(db.execute(f"SELECT * FROM {name}"), key=repr) for (name,) in names}
        schema = db.execute("SELECT type, name, sql FROM sqlite_schema")
        return {**tables, "the schema": sorted(schema, key=repr)}


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), customers=st.integers(1, 30), invoices=st.integers(1, 400))
def test_two_processes_write_what_one_writes_row_by_row(seed: int, customers: int, invoices: int) -> None:
    written = []
    for by_two in (True, False):
        with TemporaryDirectory() as folder, _store(folder) as store:
            size = Size(customers, invoices, 1)
            create_generated(store, Clock.at(NOW), REALM, name="Example", seed=seed, size=size, helped=by_two)
            assert check_balanced(store, REALM) == []
            written.append(_everything(store))
            left = {each.name for each in Path(folder).iterdir()}
            assert left == {"books.db", "books.db.lock"}  # while it is open
    assert written[0].keys() == written[1].keys()
    for table, rows in written[0].items():
        assert rows == written[1][table], table


def test_indexes_are_there_after_generating_with_what_is_known_of_them(tmp_path: Path) -> None:
    with _store(tmp_path) as store:
        before = _everything(store)
        create_generated(store, Clock.at(NOW), REALM, name="Example", seed=1, size=Size(2, 10, 1))
        after = _everything(store)
    assert after["the schema"] == before["the schema"]
    assert after["sqlite_stat1"] == before["sqlite_stat1"]


def test_an_office_that_fails_says_so_and_leaves_nothing_behind(tmp_path: Path) -> None:
    nobody = Plan(REALM, "Example", 1, Size(0, 10, 1), NOW)  # there are invoices, and nobody to be billed
    with (
        OtherOffice(nobody, tmp_path / "books.db") as other,
        pytest.raises(OfficeFailed, match=r"second office failed: .*Error"),
    ):
        other.finished()
    assert list(tmp_path.iterdir()) == []


def test_offices_that_tell_different_histories_are_not_put_together(tmp_path: Path) -> None:
    plan = Plan(REALM, "Example", 1, Size(4, 40, 1), NOW)
    with (
        OtherOffice(Plan(REALM, "Example", 2, Size(4, 40, 1), NOW), tmp_path / "books.db") as other,
        _store(tmp_path) as store,
        pytest.raises((OfficeFailed, sqlite3.IntegrityError)),
    ):
        write_books(store, Clock.at(NOW), plan, frozenset({0}), other)


def test_two_cannot_generate_the_same_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    with closing(Store(f"{path}.part")), pytest.raises(CannotGenerate, match="another qbosim"):
        generate_file(path, Size(1, 1, 1), 0)
    generate_file(path, Size(1, 1, 1), 0)  # over what is left of the first
    assert sorted(each.name for each in tmp_path.iterdir()) == ["books.db"]


def test_an_office_that_fails_is_told_to_who_generates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(CannotGenerate, match="second office failed"):
        generate_file(tmp_path / "books.db", Size(10, 3_000, 1), 0, clock=Clock.at(NOW))
    assert list(tmp_path.iterdir()) == []


def test_a_large_generated_company_is_not_reset_while_a_caller_waits(tmp_path: Path) -> None:
    """Such a file takes too long for a test, so a small one says that it is large."""
    path = tmp_path / "books.db"
    generate_file(path, Size(2, 10, 1), 3, clock=Clock.at(NOW))
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE world SET value = replace(value, '10 invoices', '20001 invoices')")
    with Simulator(path, clock=Clock.at(NOW)) as simulator:
        bearer = granted(simulator)["access_token"]
        refused = ask(simulator, "POST", "/qbosim/reset", body={})
        assert refused.status == 409
        assert "put back a copy of the file" in refused.body.decode()
        assert api(simulator, "GET", "query", bearer=bearer, query="select * from Invoice").status == 200
