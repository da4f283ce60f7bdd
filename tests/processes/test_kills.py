"""Real processes, killed without a warning in the middle of an export: nothing doubled, nothing lost, to the cent."""

from __future__ import annotations

import random
import time
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from tests.databases import emptied, postgres_database, postgres_url
from tests.processes.programs import Programs, killed, until
from tests.processes.shop import PAID_EVERY, open_of, write_shop
from tieout.connections.apps import save_app
from tieout.connections.companies import change_setting
from tieout.connections.oauth import connect_with_refresh_token
from tieout.kit.clock import SystemClock
from tieout.kit.crypto import Secret
from tieout.mirror.backfill import import_company
from tieout.sync.checkup import check_up
from tieout.sync.cycle import sync_now
from tieout.sync.decide import list_issues
from tieout.sync.documents import list_documents
from tieout.sync.host_records import document_standing, import_csv
from tieout.wiring import TENANT

__all__ = ["postgres_database", "postgres_url"]


def _live(programs: Programs, invoices: int) -> None:
    """Connect, import, take the shop's folder and go live."""
    grant = programs.http.post("/qbosim/grant").json()
    shop = write_shop(programs.folder / "shop", invoices, today=SystemClock().now().date().isoformat())
    with programs.installation() as (edges, caller):
        save_app(
            edges,
            caller,
            environment="production",
            client_id=programs.ready["client_id"],
            client_secret=Secret(programs.ready["client_secret"]),
        )
        connect_with_refresh_token(
            edges,
            caller,
            environment="production",
            realm_id=programs.ready["realm_id"],
            refresh_token=Secret(grant["refresh_token"]),
        )
        import_company(edges, caller)
        income = next(one for one in programs.every("Account") if one["AccountType"] == "Income")
        change_setting(edges, caller, name="income_account", value=income["Id"])
        assert import_csv(edges, caller, shop).applied
        change_setting(edges, caller, name="export", value="on")


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
    with programs.installation() as (edges, caller):
        until(
            "nothing is on its way",
            lambda: {one.stands for one in list_documents(edges, caller, limit=500).rows} == {"synced"},
        )
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
    with programs.installation() as (edges, caller):
        assert {ref: document_standing(edges, caller, "invoice", ref).open.amount for ref in bills} == theirs
        assert list_issues(edges, caller) == []
        assert [one for one in check_up(edges, caller) if one.state != "ok"] == []
    assert programs.balanced()


def _there(programs: Programs, invoices: int) -> bool:
    return programs.count("Invoice") >= invoices


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
                with programs.installation() as (edges, caller):
                    assert sync_now(edges, caller).state in ("succeeded", "partial")
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
    with programs.installation() as (edges, _):

        def seen() -> bool:
            with edges.database.reading() as work:
                found[:] = [one.leased_by for one in work.companies.all(TENANT) if one.leased_by]
            return bool(found)

        until("a worker holds the company", seen)
    return found[0]
