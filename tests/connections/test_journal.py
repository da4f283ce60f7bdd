"""What calls cost and which failed: counted as Intuit's meter counts, written down, and shown."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.world import World
from tieout.connections.books import open_books
from tieout.connections.calls import list_failed_calls
from tieout.connections.companies import test_connection as check_connection
from tieout.connections.journal import EVERY, UNANSWERED, CallJournal
from tieout.connections.reports import get_pdf, get_report
from tieout.kit.errors import Invalid, NotFound, TieoutError
from tieout.mirror.backfill import import_company
from tieout.qbo.call import Call
from tieout.qbo.client import BatchItem, BatchQuery, Books, File
from tieout.storage.companies import Company


class Meter:
    """Adds up what the simulator's own meter says of things we do; what the bookkeeper reads is left out."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.reads = 0

    def __call__(self, do: Callable[[], Any]) -> Any:
        before = self._now()
        try:
            return do()
        finally:
            self.reads += self._now() - before

    def _now(self) -> int:
        return int(self.world.control("GET", "log/summary")["reads"])


def counted(world: World) -> dict[str, int]:
    """What we counted in all, by what was read."""
    company = the_company(world).id
    with world.edges.database.reading() as work:
        days = work.reads.since(company, world.clock.now().date() - timedelta(days=3))
    sums: dict[str, int] = {}
    for one in days:
        sums[one.what] = sums.get(one.what, 0) + one.number
    return sums


def the_company(world: World) -> Company:
    with world.edges.database.reading() as work:
        (company,) = work.companies.all(world.caller.tenant)
    return company


def the_books(world: World) -> Books:
    return open_books(world.edges, the_company(world))


def asked_in_every_way(world: World) -> None:
    """Call the company in every way there is, well and badly."""
    with the_books(world) as books:
        customer = books.create("Customer", b'{"DisplayName":"Tern Rowing Club"}', request_id="a-1")
        invoice = json.dumps({"CustomerRef": {"value": customer.qbo_id}, "Line": LINE}).encode()
        made = books.create("Invoice", invoice, request_id="a-2")
        books.report("BalanceSheet", {"end_date": "2026-03-02"})
        books.pdf("Invoice", made.qbo_id)
        books.send("Invoice", made.qbo_id, "pat@example.com")
        file = books.upload(File("a.txt", "text/plain", b"a", (("Invoice", made.qbo_id),)), request_id="a-3")
        assert books.download(file.qbo_id) == b"a"
        books.read("Invoice", made.qbo_id)
        assert books.read("Invoice", "999999") is None
        assert books.count("Invoice") > 0
        books.batch(
            [
                BatchQuery("Invoice", "SELECT * FROM Invoice"),
                BatchQuery("Invoice", "SELECT * FROM Invoise"),
                BatchItem("create", "Customer", b'{"DisplayName":"Gull and Sons"}'),
            ]
        )
        books.batch([BatchQuery("Customer", "SELECT COUNT(*) FROM Customer")])
        with pytest.raises(TieoutError):
            books.count("Invoice", "NoSuchField = '1'")
    check_connection(world.edges, world.caller)


LINE = [
    {
        "Amount": 10,
        "DetailType": "DescriptionOnly",
        "Description": "a word",
    }
]


def test_we_count_what_intuits_meter_counts(world: World) -> None:
    world.restart()  # what was read while it was made ready is counted from the outset, too
    meter = Meter(world)
    start = sum(counted(world).values())
    meter(lambda: import_company(world.edges, world.caller, anew=True))
    meter(lambda: asked_in_every_way(world))
    for fault in ("500", "503", "429", "401", "request_lost"):
        world.control("POST", "faults", {"fault": fault, "times": 1})
        meter(world.sync)
    world.client()
    world.service()
    world.invoice()
    meter(lambda: world.settle())
    assert sum(counted(world).values()) - start - counted(world).get(UNANSWERED, 0) == meter.reads
    assert {"query", "count", "changes", "read", "report", "pdf", "download"} <= counted(world).keys()


def test_what_connecting_read_is_counted_for_the_company_that_came_of_it(small_world: World) -> None:
    meter = Meter(small_world)
    meter(small_world.connect)
    assert counted(small_world) == {"read": meter.reads}
    assert meter.reads > 0


@pytest.mark.parametrize("fault", ["reply_lost", "cut_body"])
def test_a_read_whose_answer_was_lost_is_counted_since_it_may_have_been_metered(
    world: World, fault: str
) -> None:
    meter = Meter(world)
    start = sum(counted(world).values())
    world.control("POST", "faults", {"fault": fault, "times": 1})
    meter(lambda: the_books(world).count("Customer"))
    assert meter.reads == 2
    assert sum(counted(world).values()) - start == 2


def test_within_a_context_reads_are_gathered_and_written_every_few_seconds_and_at_the_end(
    world: World,
) -> None:
    def so_far() -> int:
        return counted(world).get("count", 0) - start

    start = counted(world).get("count", 0)
    with the_books(world) as books:
        books.count("Customer")
        books.count("Customer")
        assert so_far() == 0
        world.clock.sleep(EVERY.total_seconds())
        books.count("Customer")
        assert so_far() == 3
        books.count("Customer")
    assert so_far() == 4
    the_books(world).count("Customer")
    assert so_far() == 5


def test_a_piece_of_work_that_fails_leaves_its_reads_counted(world: World) -> None:
    start = counted(world).get("count", 0)

    def fail() -> None:
        with the_books(world) as books:
            books.count("Customer")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert counted(world)["count"] - start == 1


def test_reads_are_counted_on_the_day_they_were_made_on(world: World) -> None:
    with the_books(world) as books:
        books.count("Customer")
        world.pass_time(86_400)
        books.count("Customer")
    company = the_company(world).id
    with world.edges.database.reading() as work:
        days = work.reads.since(company, world.clock.now().date())
    assert [(one.what, one.number) for one in days if one.what == "count"] == [("count", 1)]


def call(number: int = 1, status: int = 200) -> Call:
    return Call("GET", "query Invoice", status, "1-tid", 0.1, number, "", "query")


def test_threads_share_a_journal_and_lose_nothing(world: World) -> None:
    start = counted(world).get("query", 0)
    journal = CallJournal(world.edges, the_company(world).id)
    journal.gather()

    def often() -> None:
        for number in range(200):
            journal.note(call())
            if number % 50 == 0:
                world.clock.sleep(EVERY.total_seconds())

    threads = [threading.Thread(target=often) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()
    assert counted(world)["query"] - start == 1600


def test_calls_of_a_company_that_was_erased_meanwhile_are_forgotten(world: World) -> None:
    journal = CallJournal(world.edges, "co_erased")
    journal.note(call())
    journal.note(call(status=500))
    with world.edges.database.reading() as work:
        assert work.failed_calls.latest("co_erased", 5) == []


# failed calls


def test_each_failed_call_is_kept_with_intuits_id_also_one_that_was_tried_again(world: World) -> None:
    world.control("POST", "faults", {"fault": "500", "times": 1})
    assert the_books(world).count("Customer") >= 0
    world.control("POST", "faults", {"fault": "request_lost", "times": 1})
    the_books(world).count("Customer")
    lost, failed = list_failed_calls(world.edges, world.caller)[:2]
    (logged,) = [
        one for one in world.control("GET", "log")["entries"] if one["status"] == 500 and one["planned_fault"]
    ]
    assert (failed.what, failed.status, failed.code) == ("count Customer", 500, "10000")
    assert failed.tid == logged["intuit_tid"]
    assert (lost.status, lost.code, lost.tid) == (0, "ReadError", "")


def test_a_garbled_answer_is_a_failed_call(world: World) -> None:
    world.control("POST", "faults", {"fault": "garbage", "times": 1})
    the_books(world).count("Customer")
    failed = list_failed_calls(world.edges, world.caller)[0]
    assert (failed.status, failed.code) == (200, "garbled")
    assert failed.tid


def test_what_is_kept_of_a_failed_call_names_nobody(world: World) -> None:
    books = the_books(world)
    name = b'{"DisplayName":"Heron Boats 4711"}'
    books.create("Customer", name, request_id="n-1")
    with pytest.raises(TieoutError) as refused:
        books.create("Customer", name, request_id="n-2")
    failed = list_failed_calls(world.edges, world.caller)[0]
    assert (failed.what, failed.code) == ("create Customer", "6240")
    assert failed.tid == refused.value.facts["tid"]
    assert failed.message == "Duplicate Name Exists Error"


# reports and documents on request


def test_a_report_is_got_by_name_and_a_strange_name_is_refused(world: World) -> None:
    report = get_report(
        world.edges, world.caller, name="TrialBalance", params={"end_date": "2026-03-02", "x": ""}
    )
    assert (report.name, report.end is not None) == ("TrialBalance", True)
    with pytest.raises(Invalid):
        get_report(world.edges, world.caller, name="../query", params={})


def test_a_document_is_got_as_pages_and_what_is_not_printed_is_refused(world: World) -> None:
    customer = world.books("POST", "customer", {"DisplayName": "Tern Rowing Club"})["Customer"]["Id"]
    made = world.books("POST", "invoice", {"CustomerRef": {"value": customer}, "Line": LINE})["Invoice"]["Id"]
    assert get_pdf(world.edges, world.caller, entity="invoice", qbo_id=made).startswith(b"%PDF-")
    with pytest.raises(Invalid):
        get_pdf(world.edges, world.caller, entity="Account", qbo_id="1")
    with pytest.raises(NotFound):
        get_pdf(world.edges, world.caller, company="nobody", entity="Invoice", qbo_id=made)
