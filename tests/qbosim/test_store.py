"""The store: changes happen whole or not at all, from any thread, and survive the process."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import textwrap
import threading
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from qbosim.clock import Clock
from qbosim.gateway import USER
from qbosim.simulator import Simulator
from qbosim.store import CannotOpen, Store
from qbosim.wire import Request
from tests.qbosim.desk import Desk, bill

TABLE = "CREATE TABLE IF NOT EXISTS word (text TEXT PRIMARY KEY)"


def words(store: Store) -> list[str]:
    """What the table holds."""
    with store.transaction() as db:
        return [row[0] for row in db.execute("SELECT text FROM word ORDER BY text")]


@pytest.fixture
def store() -> Store:
    made = Store()
    made.ensure(TABLE)
    return made


def add(store: Store, *texts: str, fail: bool = False) -> None:
    """Write words in one transaction, and break it if asked to."""
    with store.transaction() as db:
        for text in texts:
            db.execute("INSERT INTO word VALUES (?)", (text,))
        if fail:
            raise RuntimeError("broken off")


def test_a_block_that_fails_leaves_nothing_behind(store: Store) -> None:
    add(store, "a")
    with pytest.raises(RuntimeError):
        add(store, "b", "c", fail=True)
    assert words(store) == ["a"]


def test_an_inner_block_that_fails_undoes_only_itself(store: Store) -> None:
    with store.transaction():
        add(store, "a")
        with pytest.raises(RuntimeError):
            add(store, "b", fail=True)
        add(store, "c")
    assert words(store) == ["a", "c"]


def test_threads_take_turns(store: Store) -> None:
    threads = [threading.Thread(target=add, args=(store, f"{number:03}")) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(words(store)) == 40


def test_a_reset_empties_every_table(store: Store) -> None:
    add(store, "a")
    store.reset()
    assert words(store) == []


def test_a_schema_may_be_declared_again_even_inside_a_transaction(store: Store) -> None:
    with store.transaction():
        store.ensure(TABLE)


def test_a_company_in_a_file_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    first = Desk(path=path)
    invoice = first.invoice(first.customer())
    first.store.close()
    again = Store(path)
    with again.transaction() as db:
        assert db.execute(
            "SELECT count(*) FROM r_Invoice WHERE id = ?", (int(invoice["Id"]),)
        ).fetchone() == (1,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    again.close()


def test_a_process_killed_in_the_middle_of_writing_loses_nothing_it_had_answered(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    program = textwrap.dedent(
        """
        import sys
        from tests.qbosim.desk import Desk
        desk = Desk(path=sys.argv[1])
        customer = desk.customer()
        while True:
            print(desk.invoice(customer)["Id"], flush=True)
        """
    )
    child = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    answered = [child.stdout.readline().strip() for _ in range(25)]
    child.kill()
    rest = child.stdout.read().split("\n")
    child.stdout.close()
    child.wait()
    complete = [line for line in rest[:-1] if line]
    last = int((complete or answered)[-1])
    store = Store(path)
    with store.transaction() as db:
        found = db.execute("SELECT max(id) FROM r_Invoice").fetchone()[0]
        torn = db.execute(
            "SELECT count(*) FROM r_Invoice i WHERE NOT EXISTS (SELECT 1 FROM posting p WHERE p.txn = i.id)"
        ).fetchone()[0]
    store.close()
    assert last <= found <= last + 2
    assert torn == 0


def test_a_file_has_one_store_at_a_time_and_then_the_next(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    first = Store(path)
    with pytest.raises(CannotOpen, match="another qbosim"):
        Store(path)
    with pytest.raises(CannotOpen, match="another qbosim"):
        Simulator(str(path))
    first.close()
    first.close()
    with Simulator(path, company="empty"):
        assert (tmp_path / "books.db.lock").exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["books.db"]
    (tmp_path / "notes.txt").write_text("no database at all\n" * 99)
    with pytest.raises(sqlite3.DatabaseError):
        Store(tmp_path / "notes.txt")
    assert not (tmp_path / "notes.txt.lock").exists()
    with pytest.raises(CannotOpen, match="cannot be written"):
        Store(tmp_path / "nowhere" / "books.db")


def test_a_refused_call_leaves_no_trace_in_the_books() -> None:
    desk = Desk()
    customer = desk.customer()
    before = desk.query("select * from Account maxresults 1000")
    desk.refused("Invoice", {**bill(customer), "SalesTermRef": {"value": "99"}})
    assert desk.query("select * from Account maxresults 1000") == before
    assert desk.invoice(customer)["DocNumber"] == "1001"


def entered(simulator: Simulator, name: str) -> str:
    """Enter a customer in a simulator's books; gives its id."""
    body = msgspec.json.encode({"DisplayName": name})
    headers = {"accept": "application/json", "content-type": "application/json"}
    request = Request("POST", f"/v3/company/{simulator.realm_id}/customer", {}, headers, body)
    found: str = simulator.api.answer(simulator.realm_id, request, user=USER).json()["Customer"]["Id"]
    return found


def test_a_world_goes_on_from_a_copy_of_another_one_and_neither_hears_of_the_other() -> None:
    monday, friday = (Clock.at(datetime(2026, 3, day, 17, tzinfo=UTC)) for day in (2, 6))
    kept = Store()
    with Simulator(company="empty", seed=7, clock=monday) as one:
        assert entered(one, "Met on Monday") == "1"
        kept.take_over(one.store)
        assert entered(one, "Met later") == "2"
        with Simulator(company="sample", seed=8, clock=friday) as other:
            other.take_over(kept)
            assert (other.realm_id, other.client_secret) == (one.realm_id, one.client_secret)
            assert other.clock.now() == one.clock.now()
            assert entered(other, "Met later") == "2", "of the second one it does not know"
            assert entered(one, "Met again") == entered(other, "Met again") == "3"
