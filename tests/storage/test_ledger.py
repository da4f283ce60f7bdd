"""The built-in host's books: idempotent writes, numbers that never go back, exact balances."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from decimal import Decimal

from tests.storage.sample import client, invoice, payment
from tieout.domain.documents import HostRecord, Kind, Status
from tieout.storage.database import Database


def test_writing_the_same_record_again_changes_nothing(database: Database) -> None:
    assert _put(database, client()) == 1
    assert _put(database, client()) == 0
    assert _put(database, client(name="Blue Heron Limited")) == 1
    with database.reading() as work:
        assert work.ledger.get("shop", Kind.CLIENT, "c-1") == client(name="Blue Heron Limited")
        assert work.ledger.get("other", Kind.CLIENT, "c-1") is None


def test_a_batch_counts_what_changed_and_keeps_the_last_of_a_record_given_twice(database: Database) -> None:
    assert _put(database, client("c-1"), client("c-2"), client("c-1", "Second")) == 2
    assert _put(database, client("c-1", "Second"), client("c-2"), client("c-3")) == 1
    with database.reading() as work:
        assert work.ledger.many("shop", Kind.CLIENT, ["c-1", "c-3", "none"]) == {
            "c-1": client("c-1", "Second"),
            "c-3": client("c-3"),
        }


def test_changes_are_read_in_order_each_record_once_with_its_newest(database: Database) -> None:
    _put(database, client("c-1"), client("c-2"))
    _put(database, invoice())
    _put(database, client("c-1", "Renamed"))
    with database.reading() as work:
        changes = work.ledger.changes("shop", 0, 10)
        assert [(kind, ref) for _seq, kind, ref in changes] == [
            (Kind.CLIENT, "c-2"),
            (Kind.INVOICE, "inv-1"),
            (Kind.CLIENT, "c-1"),
        ]
        assert [seq for seq, _kind, _ref in changes] == sorted(seq for seq, _kind, _ref in changes)
        assert work.ledger.changes("shop", changes[0][0], 1) == changes[1:2]
        assert work.ledger.changes("other", 0, 10) == []


def test_a_removed_record_is_a_change_and_can_be_written_again(database: Database) -> None:
    _put(database, client())
    with database.transaction() as work:
        assert work.ledger.delete("shop", Kind.CLIENT, "c-1")
        assert not work.ledger.delete("shop", Kind.CLIENT, "c-1")
        assert work.ledger.get("shop", Kind.CLIENT, "c-1") is None
        assert [(one[1], one[2]) for one in work.ledger.changes("shop", 1, 10)] == [(Kind.CLIENT, "c-1")]
    assert _put(database, client()) == 1


def test_a_balance_is_the_total_less_what_final_payments_settle_to_the_cent(database: Database) -> None:
    _put(
        database,
        invoice("inv-1", price="100.10"),
        invoice("inv-2", "1002", price="50.00"),
        payment("p-1", ("inv-1", "0.10"), ("inv-2", "20.00")),
        payment("p-2", ("inv-1", "0.20")),
        payment("p-3", ("inv-1", "99.00"), status=Status.VOID),
        payment("p-4", ("inv-1", "99.00"), status=Status.DRAFT),
    )
    assert _balances(database) == {"inv-1": Decimal("99.80"), "inv-2": Decimal("30.00")}
    _put(database, payment("p-1", ("inv-2", "20.10")), payment("p-2", ("inv-1", "0.20"), status=Status.VOID))
    assert _balances(database) == {"inv-1": Decimal("100.10"), "inv-2": Decimal("29.90")}
    with database.transaction() as work:
        work.ledger.delete("shop", Kind.PAYMENT, "p-1")
        assert [one.ref for one in work.ledger.payments_of("shop", "inv-1")] == ["p-2", "p-3", "p-4"]
    assert _balances(database)["inv-2"] == Decimal("50.00")


def test_numbers_are_found_by_their_holders(database: Database) -> None:
    _put(database, invoice("inv-1", "1001"), replace(invoice("cn-1", "1001"), kind=Kind.CREDIT_NOTE))
    with database.reading() as work:
        assert work.ledger.holders("shop", Kind.INVOICE, ["1001", "1002"]) == {"1001": "inv-1"}
        assert work.ledger.holders("shop", Kind.CREDIT_NOTE, ["1001"]) == {"1001": "cn-1"}


def test_records_are_listed_by_ref_in_pages_and_searched(database: Database) -> None:
    _put(database, *(client(f"c-{number}", f"Name {number}") for number in range(5)))
    with database.reading() as work:
        ledger = work.ledger
        assert [one.ref for one in ledger.list("shop", Kind.CLIENT, limit=2)] == ["c-0", "c-1"]
        assert [one.ref for one in ledger.list("shop", Kind.CLIENT, after="c-1", limit=2)] == ["c-2", "c-3"]
        assert [one.ref for one in ledger.list("shop", Kind.CLIENT, search="NAME 3")] == ["c-3"]


def test_no_reader_ever_meets_a_lower_number_after_a_higher_one(database: Database) -> None:
    failures: list[BaseException] = []
    done = threading.Event()
    start = threading.Barrier(4)

    def write(name: str) -> None:
        start.wait()
        try:
            for number in range(15):
                with database.transaction() as work:
                    work.ledger.put("shop", client(f"{name}-{number}"))
                    time.sleep(0.001)
        except BaseException as error:
            failures.append(error)

    writers = [threading.Thread(target=write, args=(f"w{number}",)) for number in range(3)]
    read: list[str] = []

    def follow() -> None:
        start.wait()
        after, last = 0, False
        while True:
            with database.reading() as work:
                page = work.ledger.changes("shop", after, 7)
            read.extend(ref for _seq, _kind, ref in page)
            after = page[-1][0] if page else after
            if not page and last:
                return
            last = done.is_set()

    follower = threading.Thread(target=follow)
    for thread in (*writers, follower):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    follower.join()
    assert failures == []
    assert sorted(read) == sorted(f"w{name}-{number}" for name in range(3) for number in range(15))


def test_two_writers_cannot_both_settle_the_same_open_balance(database: Database) -> None:
    _put(database, invoice(price="10.00"))
    start = threading.Barrier(2)

    def pay(ref: str) -> None:
        start.wait()
        with database.transaction() as work:
            if work.ledger.balances("shop", ["inv-1"])["inv-1"] >= Decimal(10):
                time.sleep(0.05)
                work.ledger.put("shop", payment(ref, ("inv-1", "10.00")))

    threads = [threading.Thread(target=pay, args=(ref,)) for ref in ("p-1", "p-2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as work:
        assert work.ledger.balances("shop", ["inv-1"]) == {"inv-1": Decimal("0.00")}


def test_an_amount_written_with_more_zeros_is_no_change(database: Database) -> None:
    _put(database, payment("p-1", ("inv-1", "10.0")))
    assert _put(database, payment("p-1", ("inv-1", "10.00"))) == 0


def test_thousands_of_records_are_written_and_found_at_once(database: Database) -> None:
    records: list[HostRecord] = [invoice(f"inv-{number}", str(number)) for number in range(5_000)]
    assert _put(database, *records) == 5_000
    assert _put(database, *records) == 0
    with database.reading() as work:
        assert len(work.ledger.many("shop", Kind.INVOICE, [record.ref for record in records])) == 5_000
        assert len(work.ledger.balances("shop", [record.ref for record in records])) == 5_000


def _put(database: Database, *records: HostRecord) -> int:
    with database.transaction() as work:
        return work.ledger.put_many("shop", records)


def _balances(database: Database) -> dict[str, Decimal]:
    with database.reading() as work:
        return work.ledger.balances("shop", ["inv-1", "inv-2", "none"])
