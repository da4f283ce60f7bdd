"""Inbound changes: one for each record, held until what they wait for is there."""

from __future__ import annotations

from tests.storage.sample import MINUTE, NOW, with_company
from tieout.storage.database import Database


def test_a_change_that_was_applied_is_gone_unless_a_newer_one_came(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.inbound.queue("co_1", "Payment", "9", "1", now=NOW)
        work.inbound.queue("co_1", "Payment", "9", "2", now=NOW + MINUTE)
        work.inbound.done("co_1", "Payment", "9", "1")
        assert [one.sync_token for one in work.inbound.due("co_1", NOW)] == ["2"]
        work.inbound.done("co_1", "Payment", "9", "2")
        assert work.inbound.list("co_1") == []
        assert work.inbound.next_due("co_1") is None


def test_a_parked_payment_waits_for_exactly_its_invoices(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.inbound.queue("co_1", "Payment", "9", "1", now=NOW)
        work.inbound.park("co_1", "Payment", "9", "1", reason="12,130")
        assert work.inbound.due("co_1", NOW + MINUTE) == []
        assert work.inbound.wake_waiting("co_1", "13", now=NOW) == 0
        assert work.inbound.wake_waiting("co_1", "1", now=NOW) == 0
        assert work.inbound.wake_waiting("co_1", "130", now=NOW) == 1
        assert [one.qbo_id for one in work.inbound.due("co_1", NOW)] == ["9"]


def test_a_newer_version_that_came_meanwhile_is_not_parked_with_the_old(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.inbound.queue("co_1", "Payment", "9", "2", now=NOW)
        work.inbound.park("co_1", "Payment", "9", "1", reason="12")
        work.inbound.poison("co_1", "Payment", "9", "1", reason="odd")
        assert [one.state for one in work.inbound.due("co_1", NOW)] == ["queued"]


def test_a_change_that_cannot_be_applied_rests_until_it_is_queued_again(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.inbound.queue("co_1", "Payment", "9", "1", now=NOW)
        work.inbound.poison("co_1", "Payment", "9", "1", reason="no customer")
        assert work.inbound.due("co_1", NOW + MINUTE) == []
        assert [one.reason for one in work.inbound.list("co_1", "poison")] == ["no customer"]
        work.inbound.queue("co_1", "Payment", "9", "again", now=NOW)
        assert len(work.inbound.due("co_1", NOW)) == 1
        work.inbound.drop("co_1", "Payment", "9")
        assert work.inbound.get("co_1", "Payment", "9") is None


def test_a_change_is_tried_again_at_its_time(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.inbound.queue("co_1", "Payment", "9", "1", now=NOW)
        assert work.inbound.next_due("co_1") == NOW
        work.inbound.retry("co_1", "Payment", "9", at=NOW + 5 * MINUTE, reason="the host is away")
        assert work.inbound.due("co_1", NOW + 4 * MINUTE) == []
        (due,) = work.inbound.due("co_1", NOW + 5 * MINUTE)
        assert (due.attempts, due.reason) == (1, "the host is away")
        assert work.inbound.next_due("co_1") == NOW + 5 * MINUTE
