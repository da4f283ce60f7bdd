"""Links: one on either side in each company, and history when one is replaced."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.storage.sample import NOW, client, link, with_company
from tieout.domain.documents import Kind
from tieout.domain.fingerprint import fingerprint
from tieout.domain.links import Link
from tieout.domain.seen import SeenAllocation, SeenDocument, SeenLine, SeenPayment
from tieout.kit.errors import NotAllowed
from tieout.storage.database import Database


def test_a_link_comes_back_from_either_side(database: Database) -> None:
    with_company(database)
    made = link("c-1", "58")
    with database.transaction() as work:
        assert work.links.add(made)
    with database.reading() as work:
        assert work.links.by_host("co_1", Kind.CLIENT, "c-1") == made
        assert work.links.by_qbo("co_1", Kind.CLIENT, "58") == made
        assert work.links.by_qbo("co_1", Kind.SERVICE, "58") is None
        assert work.links.many_by_host("co_1", Kind.CLIENT, ["c-1", "c-2"]) == {"c-1": made}


def test_linking_the_same_pair_twice_changes_nothing(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        assert work.links.add(link("c-1", "58"))
        assert not work.links.add(link("c-1", "58", token="4"))
        assert work.links.count("co_1", Kind.CLIENT) == 1


@pytest.mark.parametrize("other", [link("c-2", "58"), link("c-1", "59")], ids=["customer", "client"])
def test_a_record_that_is_linked_already_is_refused_naming_the_other(database: Database, other: Link) -> None:
    with_company(database)
    with database.transaction() as work:
        work.intents.put("co_1", client("c-1", "Blue Heron Ltd"), "f", now=NOW)
        work.links.add(link("c-1", "58"))
    with pytest.raises(NotAllowed) as refused, database.transaction() as work:
        work.links.add(other)
    assert all(refused.value.parts().values())
    assert "Blue Heron Ltd" in refused.value.reason
    with database.reading() as work:
        assert work.links.all("co_1") == [link("c-1", "58")]


def test_two_threads_cannot_link_one_customer_to_two_clients(database: Database) -> None:
    with_company(database)
    ends: list[str] = []
    start = threading.Barrier(2)

    def add(ref: str) -> None:
        start.wait()
        try:
            with database.transaction() as work:
                work.links.add(link(ref, "58"))
            ends.append("linked")
        except NotAllowed:
            ends.append("refused")

    threads = [threading.Thread(target=add, args=(ref,)) for ref in ("c-1", "c-2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["linked", "refused"]


def test_the_same_records_may_be_linked_otherwise_in_another_company(database: Database) -> None:
    with_company(database)
    with_company(database, "co_2", realm="2")
    with database.transaction() as work:
        work.links.add(link("c-1", "58"))
        work.links.add(link("c-2", "58", company="co_2"))
        assert work.links.by_qbo("co_2", Kind.CLIENT, "58") == link("c-2", "58", company="co_2")


def test_replacing_by_the_same_record_writes_its_new_facts(database: Database) -> None:
    with_company(database)
    changed = replace(link("c-1", "58", token="3"), state="drifted", intended="abc", generation=2)
    with database.transaction() as work:
        work.links.add(link("c-1", "58"))
        work.links.replace(changed)
        assert work.links.history("co_1", Kind.CLIENT, "c-1") == [changed]


def test_replacing_by_another_record_leaves_history_and_frees_the_former(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.links.add(link("c-1", "58"))
        work.links.replace(link("c-1", "59"))
        work.links.add(link("c-2", "58"))
        history = work.links.history("co_1", Kind.CLIENT, "c-1")
    assert [(one.qbo_id, one.state) for one in history] == [("59", "linked"), ("58", "unlinked")]


def test_replacing_by_a_record_that_belongs_to_another_is_refused(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.links.add(link("c-1", "58"))
        work.links.add(link("c-2", "59"))
    with pytest.raises(NotAllowed), database.transaction() as work:
        work.links.replace(link("c-1", "59"))
    with database.reading() as work:
        assert work.links.by_host("co_1", Kind.CLIENT, "c-1") == link("c-1", "58")


def test_a_removed_link_can_be_made_again(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.links.add(link("c-1", "58"))
        assert work.links.remove("co_1", Kind.CLIENT, "c-1") == link("c-1", "58")
        assert work.links.remove("co_1", Kind.CLIENT, "c-1") is None
        assert work.links.all("co_1", Kind.CLIENT) == []
        assert work.links.add(link("c-1", "58"))


def test_a_baseline_comes_back_exactly(database: Database) -> None:
    with_company(database)
    document = SeenDocument(
        Kind.INVOICE, "7", "0", "1001", "58", "Blue Heron", date(2026, 3, 1), "USD",
        (SeenLine(Decimal("100.10"), "3", "Wörk", Decimal("1.0000001"), Decimal("100.1"), True),),
        Decimal("8.25"), Decimal("108.35"), Decimal("0.00"), date(2026, 3, 31), updated_at=NOW,
    )  # fmt: skip
    paid = SeenPayment(
        "9", "1", "58", date(2026, 3, 2), Decimal("5.00"), Decimal("0"), "USD",
        (SeenAllocation("invoice", "7", Decimal("5.00")),),
    )  # fmt: skip
    with database.transaction() as work:
        work.links.add(replace(link("inv-1", "7", kind=Kind.INVOICE), baseline=document))
        work.links.add(replace(link("pay-1", "9", kind=Kind.PAYMENT), baseline=paid))
    with database.reading() as work:
        first = work.links.by_host("co_1", Kind.INVOICE, "inv-1")
        second = work.links.by_host("co_1", Kind.PAYMENT, "pay-1")
    assert first is not None
    assert second is not None
    assert first.baseline == document
    assert str(first.baseline.lines[0].quantity) == "1.0000001"
    assert second.baseline == paid


def test_a_host_record_comes_back_with_the_fingerprint_it_went_in_with(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.intents.put("co_1", client(), fingerprint(client()), now=NOW)
    with database.reading() as work:
        found = work.intents.get("co_1", Kind.CLIENT, "c-1")
    assert found is not None
    assert fingerprint(found) == fingerprint(client())
