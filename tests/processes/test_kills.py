"""Real processes, killed without a warning in the middle of an export: nothing doubled, nothing lost, to the cent."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from tests.databases import emptied, postgres_database, postgres_url
from tests.processes.programs import Programs, killed, until
from tests.processes.shop import PAID_EVERY, open_of, write_shop
from tieout.hosts.ledger.adapter import LedgerHost
from tieout.kit.clock import SystemClock
from tieout.storage.database import Database
from tieout.wiring import TENANT, Settings, hosts_of

__all__ = ["postgres_database", "postgres_url"]


def _live(programs: Programs, invoices: int) -> None:
    """Connect, import, take the shop's folder and go live."""
    programs.connect()
    income = next(one for one in programs.every("Account") if one["AccountType"] == "Income")
    programs.tieout("settings", "set", "income_account", income["Id"])
    today = SystemClock().now().date().isoformat()
    shop = write_shop(programs.folder / "shop", invoices, today=today)
    assert programs.tieout("host", "import", str(shop))["applied"] is True
    programs.tieout("settings", "set", "export", "on")


def _settled(programs: Programs, invoices: int) -> None:
    """Let a worker finish what is left, and check both sides against what the shop's files say."""
    worker = programs.worker()
    payments = -(-invoices // PAID_EVERY)
    until(
        "all invoices and payments are in the books",
        lambda: programs.count("Invoice") >= invoices and programs.count("Payment") >= payments,
        step=0.2,
    )
    # What was cut off in the middle of a call is looked at once more when its wait is over.
    until("nothing is on its way", lambda: not _moving(programs), step=1)
    killed(worker)

    bills = {one["DocNumber"]: one for one in programs.every("Invoice")}
    assert sorted(bills) == [f"K-{one:04}" for one in range(invoices)]
    assert programs.count("Invoice") == invoices, "a number is there twice"
    assert programs.count("Payment") == payments
    names = [one["DisplayName"] for one in programs.every("Customer")]
    assert len(names) == len(set(names)) == len({one % 15 for one in range(invoices)})
    assert [one["Name"] for one in programs.every("Item")].count("Workshop hour") == 1
    theirs = {number: Decimal(str(bill["Balance"])) for number, bill in bills.items()}
    assert theirs == {f"K-{one:04}": open_of(one) for one in range(invoices)}
    assert _open_at_host(programs, invoices) == theirs
    assert programs.balanced()
    assert programs.tieout("issues") == []
    doctor = programs.tieout("doctor", may_fail=True)
    assert "broken" not in str(doctor), doctor


def _there(programs: Programs, invoices: int) -> bool:
    return programs.count("Invoice") >= invoices


def _moving(programs: Programs) -> int:
    return sum(one["stands"] != "synced" for one in programs.tieout("documents", "--limit", "500")["items"])


@contextmanager
def _database(programs: Programs) -> Iterator[Database]:
    """Open the installation's database beside the programs."""
    home, url = Path(programs.environment["TIEOUT_HOME"]), programs.environment["TIEOUT_DATABASE"]
    database = Database(Settings(home=home, database=url).database_url())
    try:
        yield database
    finally:
        database.close()


def _open_at_host(programs: Programs, invoices: int) -> dict[str, Decimal]:
    """Give what is open on each invoice at the host."""
    with _database(programs) as database:
        host = hosts_of(database)(TENANT, "ledger")
        assert isinstance(host, LedgerHost)
        return {f"K-{one:04}": host.balance(f"K-{one:04}").amount for one in range(invoices)}


def test_an_export_killed_eight_times_and_its_books_once_ends_right(tmp_path: Path) -> None:
    invoices, chance = 200, random.Random(20260302)
    with Programs(tmp_path) as programs:
        _live(programs, invoices)
        goals = sorted(chance.sample(range(3, invoices - 20), 8))
        for round_, goal in enumerate(goals):
            worker = programs.worker()
            until(f"invoice {goal} is in the books", partial(_there, programs, goal))
            time.sleep(chance.uniform(0, 0.08))
            if round_ == 4:
                programs.kill_simulator()
                time.sleep(chance.uniform(0, 0.2))
            killed(worker)
            if round_ == 4:
                programs.serve()
                assert programs.tieout("sync", may_fail=True)["state"] in ("succeeded", "partial")
        assert programs.count("Invoice") < invoices, "everything had left before the last kill"
        _settled(programs, invoices)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_of_two_workers_one_works_and_the_other_takes_over_from_the_dead(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    database = ""
    if kind == "postgresql":
        emptied(request.getfixturevalue("postgres_database"))
        database = request.getfixturevalue("postgres_url")
    with Programs(tmp_path, database=database) as programs:
        _live(programs, 40)
        workers = [programs.worker(), programs.worker()]
        until("some invoices are in the books", lambda: programs.count("Invoice") >= 10)
        holder = _holder(programs)
        (dying,) = [one for one in workers if str(one.pid) in holder.split(":")]
        killed(dying)
        _settled(programs, 40)


def _holder(programs: Programs) -> str:
    """Tell which process holds the company now."""
    found: list[str] = []
    with _database(programs) as database:

        def seen() -> bool:
            with database.reading() as work:
                found[:] = [one.leased_by for one in work.companies.all(TENANT) if one.leased_by]
            return bool(found)

        until("a worker holds the company", seen)
    return found[0]
