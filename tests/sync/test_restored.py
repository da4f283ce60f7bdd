"""A database that went back in time: what it sent since is in QuickBooks, and is never sent again."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from tests.looking import document, invoices, issues, kinds, left, only, settle, stands
from tests.world import World
from tieout.connections.companies import change_setting
from tieout.connections.ending import erase, what_goes
from tieout.domain.documents import Kind
from tieout.sync.checkup import check_up

LONG = 30 * 3600
"""Seconds after which nobody counts on QuickBooks to remember a request id."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.ready()
    made.client()
    made.service()
    yield made
    made.close()


def back_up(world: World) -> None:
    """Copy the database as docs/running.md says."""
    places = (world.folder / "tieout.db", world.folder / "copy.db")
    with closing(sqlite3.connect(places[0])) as here, closing(sqlite3.connect(places[1])) as there:
        here.backup(there)


def restore(world: World) -> None:
    """Put the copy back, the host's own records with it, and start anew a day later."""
    world.pass_time(LONG)
    world.edges.database.close()
    for one in world.folder.glob("tieout.db*"):
        one.unlink()
    shutil.copyfile(world.folder / "copy.db", world.folder / "tieout.db")
    world.edges = world.start(ids_seed=4711)


def paid(world: World) -> list[tuple[Decimal, str]]:
    return [(Decimal(str(one["TotalAmt"])), one["TxnDate"]) for one in world.every("Payment")]


def is_sound(world: World) -> bool:
    return [one for one in check_up(world.edges, world.caller, offline=True) if one.state == "broken"] == []


def test_what_was_sent_since_the_backup_is_found_again_and_sent_no_second_time(world: World) -> None:
    world.invoice("i1")
    world.settle()
    back_up(world)
    world.payment("p1", parts={"i1": "60"})
    world.invoice("i2")
    world.invoice("c2", kind=Kind.CREDIT_NOTE, lines=(("s1", "1", "80"),))
    world.payment("p2", parts={"i2": "70"})
    world.settle()
    restore(world)
    world.payment("p1", parts={"i1": "60"})
    world.invoice("i2")
    world.invoice("c2", kind=Kind.CREDIT_NOTE, lines=(("s1", "1", "80"),))
    world.payment("p2", parts={"i2": "70"})
    world.settle()
    assert sorted(one["DocNumber"] for one in invoices(world)) == ["T-i1", "T-i2"]
    assert len(world.every("CreditMemo")) == 1
    assert sorted(amount for amount, _ in paid(world)) == [60, 70]
    assert [int(left(world, one)) for one in ("i1", "i2")] == [100, 90]
    for kind, ref in (("invoice", "i2"), ("credit_note", "c2"), ("payment", "p1"), ("payment", "p2")):
        assert stands(world, kind, ref) == "synced", ref
    assert issues(world) == []
    assert is_sound(world)
    world.invoice("i2", lines=(("s1", "3", "80"),))
    world.settle()
    assert sorted(one["TotalAmt"] for one in invoices(world)) == [160, 240], (
        "what was found is followed further"
    )


def test_a_payment_of_ours_that_is_forgotten_is_not_booked_at_the_host_as_somebody_elses(
    world: World,
) -> None:
    world.invoice("i1")
    world.settle()
    back_up(world)
    world.payment("p1", parts={"i1": "60"})
    world.settle()
    restore(world)
    world.settle()
    assert left(world) == 160
    assert kinds(world) == ["payment.forgotten"]
    world.payment("p1", parts={"i1": "60"})  # the host is brought up to date, later
    world.settle()
    assert left(world) == 100
    assert len(paid(world)) == 1
    assert issues(world) == []


def test_a_forgotten_payment_can_be_booked_at_the_host_when_a_person_says_so(world: World) -> None:
    world.invoice("i1")
    world.settle()
    back_up(world)
    world.payment("p1", parts={"i1": "60"})
    world.settle()
    restore(world)
    world.settle()
    settle(world, "apply")
    world.settle()
    assert left(world) == 100
    assert len(paid(world)) == 1
    assert issues(world) == []


def test_what_was_queued_in_the_backup_and_sent_after_it_is_found_again(world: World) -> None:
    world.invoice("i1")
    world.payment("p1", parts={"i1": "60"})
    change_setting(world.edges, world.caller, name="export", value="off")
    world.sync()
    back_up(world)
    change_setting(world.edges, world.caller, name="export", value="on")
    world.settle()
    restore(world)
    change_setting(world.edges, world.caller, name="export", value="on")
    world.settle()
    assert len(invoices(world)) == len(paid(world)) == 1
    assert (stands(world, "invoice", "i1"), stands(world, "payment", "p1")) == ("synced", "synced")
    assert left(world) == 100


def test_two_payments_of_one_amount_and_day_are_found_both_and_a_third_is_sent(world: World) -> None:
    world.invoice("i1")
    world.settle()
    back_up(world)
    for ref in ("p1", "p2"):
        world.payment(ref, parts={"i1": "20"})
    world.settle()
    restore(world)
    for ref in ("p1", "p2", "p3"):
        world.payment(ref, parts={"i1": "20"})
    world.settle()
    assert [amount for amount, _ in paid(world)] == [20, 20, 20]
    assert left(world) == 100
    assert issues(world) == []


def test_a_payment_that_is_only_like_a_forgotten_one_waits_for_a_person(world: World) -> None:
    world.invoice("i1")
    world.settle()
    back_up(world)
    world.payment("p1", parts={"i1": "60"})
    world.settle()
    restore(world)
    world.payment("p1", parts={"i1": "65"})
    world.settle()
    assert len(paid(world)) == 1
    assert kinds(world) == ["payment.duplicate_suspect"]
    settle(world, "merge")
    world.settle()
    assert len(paid(world)) == 1
    assert issues(world) == []


def test_an_invoice_of_a_forgotten_ones_number_and_another_total_waits_and_can_be_linked(
    world: World,
) -> None:
    back_up(world)
    world.invoice("i1")
    world.payment("p1", parts={"i1": "60"})
    world.settle()
    restore(world)
    world.invoice("i1", lines=(("s1", "3", "80"),))
    world.payment("p1", parts={"i1": "60"})
    world.settle()
    assert kinds(world) == ["export.duplicate_number"]
    settle(world, "link", only(invoices(world))["Id"])
    world.settle()
    assert len(invoices(world)) == len(paid(world)) == 1
    assert stands(world, "payment", "p1") == "synced"
    assert issues(world) == []


@pytest.mark.parametrize("how", ["the database is lost", "the company is erased"])
def test_whoever_begins_anew_finds_what_the_former_installation_sent(world: World, how: str) -> None:
    world.invoice("i1")
    world.payment("p1", parts={"i1": "60"})
    world.settle()
    if how == "the database is lost":
        world.edges.database.close()
        for one in world.folder.glob("tieout.db*"):
            one.unlink()
        world.edges = world.start(ids_seed=4711)
    else:
        name = what_goes(world.edges, world.caller).company.name
        erase(world.edges, world.caller, company=name, confirm=name)
    world.pass_time(LONG)
    world.ready()
    world.client()
    world.service()
    world.invoice("i1")
    world.payment("p1", parts={"i1": "60"})
    world.settle()
    assert len(invoices(world)) == len(paid(world)) == len(world.every("Customer")) == 1
    assert document(world, "invoice", "i1").row.stands == "synced"
    assert left(world) == 100
    assert issues(world) == []


def test_a_copy_that_a_bookkeeper_makes_of_our_payment_is_not_taken_for_a_forgotten_one(world: World) -> None:
    world.invoice("i1")
    world.payment("p1", parts={"i1": "60"})
    world.settle()
    ours = only(world.every("Payment"))
    world.pay(
        ours["CustomerRef"]["value"], {only(invoices(world))["Id"]: "30"}, PrivateNote=ours["PrivateNote"]
    )
    world.settle()
    assert left(world) == 70
    assert issues(world) == []
