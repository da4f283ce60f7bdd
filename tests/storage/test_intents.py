"""Intents: the host's newest version of each record, and lists that show where each stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.storage.sample import MINUTE, NOW, client, finding, invoice, link, payment, push, with_company
from tieout.domain.documents import HostRecord, Kind, Payment, Status
from tieout.domain.fingerprint import fingerprint
from tieout.kit.errors import Invalid
from tieout.storage.database import Database


def test_a_record_is_changed_when_its_fingerprint_is(database: Database) -> None:
    with_company(database)
    assert _put(database, invoice())
    assert not _put(database, invoice())
    assert _put(database, invoice(price="100.01"))
    with database.reading() as work:
        assert work.intents.get("co_1", Kind.INVOICE, "inv-1") == invoice(price="100.01")
        assert work.intents.many("co_1", Kind.INVOICE, ["inv-1", "x"]) == {"inv-1": invoice(price="100.01")}


def test_payments_are_found_by_the_invoice_they_settle_also_after_they_moved(database: Database) -> None:
    with_company(database)
    both = payment("p-1", ("inv-1", "10.00"), ("inv-2", "5.00"))
    _put(database, both)
    _put(database, payment("p-2", ("inv-1", "3.00")))
    assert _payments(database, "inv-1") == ["p-1", "p-2"]
    _put(database, payment("p-1", ("inv-2", "15.00")))
    assert _payments(database, "inv-1") == ["p-2"]
    with database.transaction() as work:
        work.intents.remove("co_1", Kind.PAYMENT, "p-2")
        assert work.intents.get("co_1", Kind.PAYMENT, "p-2") is None
    assert _payments(database, "inv-1") == []
    assert _payments(database, "inv-2") == ["p-1"]


def test_documents_are_listed_by_their_last_change_with_where_they_stand(database: Database) -> None:
    with_company(database)
    _put(database, client())
    _put(database, invoice("inv-1", "1001"), minutes=1)
    _put(database, invoice("inv-2", "1002"), minutes=2)
    _put(database, payment("p-1", ("inv-1", "10.00")), minutes=3)
    linked = link("inv-1", "7", kind=Kind.INVOICE)
    with database.transaction() as work:
        work.links.add(linked)
        work.pushes.add(push("push_2", "inv-2"))
        work.issues.open("co_1", finding("inv-1"), NOW, "i1")
    with database.reading() as work:
        page = work.intents.recent("co_1")
    assert [one.ref for one in page.rows] == ["p-1", "inv-2", "inv-1"]
    assert page.after == ""
    paid, second, first = page.rows
    assert (first.link, first.push, first.issue_kind) == (linked, None, "drift.total")
    assert (first.client_name, first.number, str(first.total)) == ("Blue Heron Ltd", "1001", "100.00")
    assert (second.link, second.push, second.issue_kind) == (None, push("push_2", "inv-2"), "")
    assert (paid.kind, str(paid.total)) == (Kind.PAYMENT, "10.00")


def test_a_long_list_is_read_in_pages_without_gaps_or_repeats(database: Database) -> None:
    with_company(database)
    for number in range(7):
        _put(database, invoice(f"inv-{number}", str(number)), minutes=number // 3)
    seen: list[str] = []
    after = ""
    while True:
        with database.reading() as work:
            page = work.intents.recent("co_1", limit=2, after=after)
        seen += [one.ref for one in page.rows]
        after = page.after
        if not after:
            break
    assert seen == ["inv-6", "inv-5", "inv-4", "inv-3", "inv-2", "inv-1", "inv-0"]


def test_a_list_is_searched_by_number_client_and_kind(database: Database) -> None:
    with_company(database)
    _put(database, invoice("inv-1", "A-77"))
    _put(database, replace(invoice("cn-1", "A-78"), kind=Kind.CREDIT_NOTE))
    _put(database, client())
    with database.reading() as work:
        recent = work.intents.recent
        assert [one.ref for one in recent("co_1", search="a-77").rows] == ["inv-1"]
        assert [one.ref for one in recent("co_1", search="C-1", kind="credit_note").rows] == ["cn-1"]
        assert [one.ref for one in recent("co_1", kind="client").rows] == ["c-1"]


@pytest.mark.parametrize("after", ["x", "2026-01-01|invoice|inv-1", "|||", "2026-01-01T00:00:00+00:00"])
def test_a_page_that_nobody_gave_is_refused(database: Database, after: str) -> None:
    with_company(database)
    with pytest.raises(Invalid) as refused, database.reading() as work:
        work.intents.recent("co_1", after=after)
    assert all(refused.value.parts().values())


def test_every_record_of_a_kind_is_given(database: Database) -> None:
    with_company(database)
    for ref in ("c-2", "c-1"):
        _put(database, client(ref))
    with database.reading() as work:
        assert work.intents.all("co_1", Kind.CLIENT) == [client("c-1"), client("c-2")]


def test_a_void_payment_is_still_found(database: Database) -> None:
    with_company(database)
    _put(database, payment("p-1", ("inv-1", "10.00"), status=Status.VOID))
    assert _payments(database, "inv-1") == ["p-1"]


def _put(database: Database, record: HostRecord, *, minutes: int = 0) -> bool:
    with database.transaction() as work:
        return work.intents.put("co_1", record, fingerprint(record), now=NOW + minutes * MINUTE)


def _payments(database: Database, invoice_ref: str) -> list[str]:
    with database.reading() as work:
        found: list[Payment] = work.intents.payments_of("co_1", invoice_ref)
    return [one.ref for one in found]
