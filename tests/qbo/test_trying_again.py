"""When calls are tried again, how long that goes on, and when none is made any more."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import httpx2
import pytest

from tests.qbo.test_books_network import BODY, COUNT, INVOICE, START, Desk, Keys
from tests.qbo.wire import Line, json_answer
from tieout.kit.backoff import waits
from tieout.kit.clock import ManualClock
from tieout.kit.errors import NotAllowed, OutcomeUnknown, Throttled, TieoutError, Unreachable
from tieout.kit.ids import RandomIds, SeededIds
from tieout.qbo.batch import BatchItem, BatchQuery
from tieout.qbo.circuit import FAILURES, REST
from tieout.qbo.client import Books
from tieout.qbo.files import File
from tieout.qbo.rereading import DEADLINE

THROTTLED_XML = json_answer(
    '<IntuitResponse xmlns="http://schema.intuit.com/finance/v3"><Fault type="SERVICE"><Error code="3001">'
    "<Message>message=ThrottleExceeded; errorCode=003001; statusCode=429</Message></Error></Fault></IntuitResponse>",
    429,
)


def test_waits_grow_and_vary_by_chance_alike_for_the_same_seed() -> None:
    assert list(waits(1, tries=3)) == [1, 4, 16]
    one, same, other = (list(waits(1, tries=5, chance=SeededIds(seed).chance)) for seed in (1, 1, 2))
    assert one == same != other
    assert all(first < second for first, second in pairwise(one))
    for number, wait in enumerate(waits(1, tries=5, chance=RandomIds(ManualClock(START)).chance)):
        assert 0.75 * 4**number <= wait < 1.25 * 4**number


def test_chance_leaves_the_ids_of_a_seed_as_they_are() -> None:
    drawing, plain = SeededIds(7), SeededIds(7)
    drawing.chance()
    assert drawing.new("push") == plain.new("push")


def test_an_answer_that_says_how_long_to_wait_is_waited_for() -> None:
    desk = Desk(json_answer("", 429, retry_after="90"), json_answer(COUNT))
    desk.books.count("Customer")
    assert desk.waited == 90.0


def test_the_gateways_xml_is_understood_as_a_throttle_although_json_was_asked_for() -> None:
    desk = Desk(THROTTLED_XML, json_answer(COUNT))
    desk.books.count("Customer")
    assert desk.waited == 60.0
    assert (desk.calls[0].code, desk.calls[0].status) == ("3001", 429)


def test_a_read_that_is_throttled_for_ever_is_given_up_after_minutes() -> None:
    desk = Desk(json_answer("", 429, retry_after="100"))
    with pytest.raises(Throttled):
        desk.books.count("Customer")
    assert 60 < desk.waited <= DEADLINE


def test_slow_failures_use_up_the_same_minutes() -> None:
    class Slow(Line):
        def _answer(self) -> Callable[[httpx2.Request], httpx2.Response]:
            answer = super()._answer()

            def slowly(request: httpx2.Request) -> httpx2.Response:
                clock.sleep(110)
                return answer(request)

            return slowly

    clock = ManualClock(START)
    line = Slow([json_answer("", 503)])
    books = Books(
        line.client(), api_base="https://books.example.com", realm_id="1", bearer=Keys("k"), clock=clock
    )
    with pytest.raises(Unreachable):
        books.count("Customer")
    assert len(line.asked) == 3
    assert (clock.now() - START).total_seconds() < DEADLINE + 110


def test_after_call_upon_call_without_an_answer_none_is_made_for_a_while() -> None:
    desk = Desk(*[json_answer("", 503)] * (FAILURES + 1), json_answer(INVOICE))
    for _ in range(FAILURES):
        with pytest.raises(OutcomeUnknown):
            desk.create()
    for ask in (desk.create, lambda: desk.books.count("Customer")):
        with pytest.raises(Unreachable) as refused:
            ask()
        assert "was not made" in refused.value.reason
    assert len(desk.line.asked) == FAILURES
    # A minute later one is tried, and its failure is enough to rest again.
    desk.clock.sleep(REST.total_seconds())
    with pytest.raises(OutcomeUnknown):
        desk.create()
    with pytest.raises(Unreachable):
        desk.create()
    assert len(desk.line.asked) == FAILURES + 1
    desk.clock.sleep(REST.total_seconds())
    assert desk.create().qbo_id == "9"


def test_an_answer_of_any_kind_shows_that_quickbooks_is_there() -> None:
    refusal = json_answer('{"Fault":{"Error":[{"Message":"m","code":"6000"}],"type":"ValidationFault"}}', 400)
    desk = Desk(*([*[json_answer("", 503)] * (FAILURES - 1), refusal] * 2), json_answer(INVOICE))
    for _ in range(2 * FAILURES):
        with pytest.raises(TieoutError):
            desk.create()
    assert desk.create().qbo_id == "9"


WRITING: dict[str, Callable[[Books], object]] = {
    "create": lambda books: books.create("Invoice", BODY, request_id="r"),
    "update": lambda books: books.update("Invoice", BODY, request_id="r"),
    "void": lambda books: books.void("Invoice", "9", "0", request_id="r"),
    "delete": lambda books: books.delete("Invoice", "9", "0", request_id="r"),
    "send": lambda books: books.send("Invoice", "9", "pat@example.com"),
    "upload": lambda books: books.upload(File("a.txt", "text/plain", b"a"), request_id="r"),
    "batch": lambda books: books.batch(
        [BatchItem("create", "Invoice", BODY), BatchQuery("Customer", "SELECT * FROM Customer")]
    ),
}
NEITHER = {
    *("page", "count", "find", "read", "changes", "company_info", "preferences", "report", "pdf", "download")
}


def only_read(line: Line) -> Books:
    return Books(
        line.client(),
        api_base="https://books.example.com",
        realm_id="1",
        bearer=Keys("k"),
        clock=ManualClock(START),
        may_write=False,
    )


@pytest.mark.parametrize("verb", WRITING)
def test_no_write_leaves_for_a_company_that_is_only_read(verb: str) -> None:
    line = Line([json_answer(INVOICE)])
    with pytest.raises(NotAllowed) as refused:
        WRITING[verb](only_read(line))
    assert all(refused.value.parts().values())
    assert line.asked == []


def test_every_verb_of_the_books_is_known_to_read_or_to_write() -> None:
    verbs = {name for name in vars(Books) if not name.startswith("_")}
    assert verbs == NEITHER | set(WRITING)


def test_a_company_that_is_only_read_can_be_read() -> None:
    assert only_read(Line([json_answer(COUNT)])).count("Customer") == 41


def test_a_batch_of_queries_is_tried_again_and_one_with_a_write_is_not() -> None:
    trouble = json_answer("", 503)
    found = json_answer(
        '{"BatchItemResponse":[{"QueryResponse":{"totalCount":3},"bId":"1"}],"time":"2026-03-02T09:00:00.000-08:00"}'
    )
    desk = Desk(trouble, found)
    (end,) = desk.books.batch([BatchQuery("Customer", "SELECT COUNT(*) FROM Customer")])
    assert getattr(end, "total", None) == 3
    assert [(call.meter, call.reads) for call in desk.calls] == [("query", 0), ("query", 1)]
    desk = Desk(trouble, found)
    with pytest.raises(OutcomeUnknown):
        WRITING["batch"](desk.books)
    assert len(desk.line.asked) == 1
