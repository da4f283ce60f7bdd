"""Calls that go wrong on the way: what a read does, what a write must not do, and what is told of both."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import msgspec
import pytest

from tests.qbo.real_objects import recorded
from tests.qbo.wire import Answer, Line, json_answer
from tieout.domain.seen import Gone
from tieout.kit.clock import ManualClock
from tieout.kit.errors import (
    OutcomeUnknown,
    ReconnectNeeded,
    Rejected,
    Throttled,
    TieoutError,
    Unreachable,
)
from tieout.qbo.client import BatchItem, Books, Call, Record

START = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
INVOICE = '{"Invoice":{"Id":"9","SyncToken":"0"},"time":"2026-03-02T09:00:00.000-08:00"}'
COUNT = '{"QueryResponse":{"totalCount":41},"time":"2026-03-02T09:00:00.000-08:00"}'
REFUSED = json_answer('{"fault":{"error":[{"message":"m","code":"3200"}],"type":"AUTHENTICATION"}}', 401)
BODY = b'{"CustomerRef":{"value":"1"}}'


class Keys:
    """Hands out access tokens, the next one whenever the last was refused."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)
        self.refused: list[str] = []

    def __call__(self, stale: str | None = None) -> str:
        if stale is not None:
            self.refused.append(stale)
            if len(self.tokens) > 1:
                self.tokens.pop(0)
        return self.tokens[0]


class Desk:
    """Books at the end of a line of canned answers."""

    def __init__(self, *answers: Answer) -> None:
        self.line = Line(list(answers))
        self.clock = ManualClock(START)
        self.keys = Keys("first-token", "second-token")
        self.calls: list[Call] = []
        self.books = Books(
            self.line.client(),
            api_base="https://books.example.com/",
            realm_id="4620816365",
            bearer=self.keys,
            clock=self.clock,
            on_call=self.calls.append,
        )

    @property
    def waited(self) -> float:
        return (self.clock.now() - START).total_seconds()

    def create(self) -> Record:
        return self.books.create("Invoice", BODY, request_id="push_01-1")


def test_a_query_goes_to_the_company_with_its_token_and_asks_for_json() -> None:
    desk = Desk(json_answer(COUNT))
    assert desk.books.count("Customer", where=r"DisplayName = 'Amy\'s & Co + 1'") == 41
    (asked,) = desk.line.asked
    url = urlsplit(str(asked.url))
    assert (url.netloc, url.path) == ("books.example.com", "/v3/company/4620816365/query")
    assert parse_qs(url.query) == {
        "query": [r"SELECT COUNT(*) FROM Customer WHERE DisplayName = 'Amy\'s & Co + 1'"],
        "minorversion": ["75"],
    }
    assert "+" not in url.query
    assert asked.headers["authorization"] == "Bearer first-token"
    assert asked.headers["accept"] == "application/json"


def test_a_long_query_is_posted_as_text() -> None:
    desk = Desk(json_answer('{"QueryResponse":{},"time":"2026-03-02T09:00:00.000-08:00"}'))
    ids = ", ".join(f"'{number}'" for number in range(100_000, 100_250))
    assert desk.books.find("Invoice", f"Id IN ({ids})") == []
    (asked,) = desk.line.asked
    assert asked.method == "POST"
    assert asked.headers["content-type"] == "application/text"
    assert asked.content.startswith(b"SELECT * FROM Invoice WHERE Id IN ('100000', ")


def test_a_read_is_tried_four_times_with_growing_pauses_and_then_given_up() -> None:
    desk = Desk(httpx2.ConnectError("refused"))
    with pytest.raises(Unreachable):
        desk.books.count("Customer")
    assert len(desk.line.asked) == 4
    assert desk.waited == 1.0 + 4.0 + 16.0


@pytest.mark.parametrize(
    "trouble",
    [
        httpx2.ReadTimeout("slow"),
        httpx2.RemoteProtocolError("cut"),
        json_answer("", 503),
        json_answer("<html>"),
        json_answer('{"QueryResponse":{"totalCount":4'),
        json_answer("{}"),
    ],
)
def test_a_read_without_a_usable_answer_is_asked_again(trouble: Answer) -> None:
    desk = Desk(trouble, json_answer(COUNT))
    assert desk.books.count("Customer") == 41
    assert desk.waited == 1.0


def test_a_throttled_read_waits_a_minute() -> None:
    desk = Desk(json_answer("", 429), json_answer(COUNT))
    assert desk.books.count("Customer") == 41
    assert desk.waited == 60.0


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (httpx2.ReadTimeout("slow"), OutcomeUnknown),
        (httpx2.WriteError("cut"), OutcomeUnknown),
        (httpx2.RemoteProtocolError("cut"), OutcomeUnknown),
        (json_answer("", 500), OutcomeUnknown),
        (json_answer("bad gateway", 502), OutcomeUnknown),
        (json_answer('{"Invoice":{"Id":"9","Syn'), OutcomeUnknown),
        (json_answer('{"time":"2026-03-02T09:00:00.000-08:00"}'), OutcomeUnknown),
        (json_answer("<html>"), OutcomeUnknown),
        (httpx2.ConnectError("refused"), Unreachable),
        (httpx2.ConnectTimeout("slow"), Unreachable),
        (json_answer("", 429), Throttled),
    ],
)
def test_a_write_is_sent_once_and_its_error_says_whether_it_may_have_been_done(
    trouble: Answer, kind: type[TieoutError]
) -> None:
    desk = Desk(trouble, json_answer(INVOICE))
    with pytest.raises(kind) as failed:
        desk.create()
    assert type(failed.value) is kind
    assert len(desk.line.asked) == 1
    assert desk.waited == 0
    assert failed.value.record == "create Invoice"
    assert {"code", "tid", "element"} <= failed.value.facts.keys()


def test_a_token_that_is_refused_is_renewed_once_and_the_same_write_goes_out_again() -> None:
    desk = Desk(REFUSED, json_answer(INVOICE))
    assert desk.create().qbo_id == "9"
    assert desk.keys.refused == ["first-token"]
    assert [one.headers["authorization"] for one in desk.line.asked] == [
        "Bearer first-token",
        "Bearer second-token",
    ]
    assert desk.line.asked[0].content == desk.line.asked[1].content == BODY


def test_a_second_refusal_asks_for_a_new_connection() -> None:
    desk = Desk(REFUSED)
    with pytest.raises(ReconnectNeeded):
        desk.books.count("Customer")
    assert len(desk.line.asked) == 2


def test_a_write_carries_its_request_id_and_what_it_includes() -> None:
    desk = Desk(json_answer(INVOICE))
    desk.books.create("Invoice", BODY, request_id="push_01-1", allow_duplicate_number=True)
    desk.books.void("Invoice", "9", "0", request_id="push_02-1")
    made, voided = (parse_qs(urlsplit(str(one.url)).query) for one in desk.line.asked)
    assert made == {"requestid": ["push_01-1"], "include": ["allowduplicatedocnum"], "minorversion": ["75"]}
    assert voided == {"requestid": ["push_02-1"], "operation": ["void"], "minorversion": ["75"]}


@pytest.mark.parametrize(
    "mistake",
    [
        lambda books: books.void("CreditMemo", "9", "0", request_id="r"),
        lambda books: books.delete("Customer", "9", "0", request_id="r"),
        lambda books: books.create("TaxCode", b"{}", request_id="r"),
        lambda books: books.create("Invoice", b"{}", request_id=""),
        lambda books: books.create("Invoice", b"{}", request_id="x" * 51),
        lambda books: books.changes(["TaxCode"], START),
        lambda books: books.batch([]),
        lambda books: books.batch([BatchItem("create", "Invoice", b"{}")] * 31),
        lambda books: books.batch([BatchItem("create", "Invoice", b"{}")], request_id="x" * 37),
    ],
)
def test_what_intuit_does_not_offer_is_never_asked_for(mistake: Callable[[Books], object]) -> None:
    desk = Desk(json_answer(INVOICE))
    with pytest.raises(AssertionError):
        mistake(desk.books)
    assert desk.line.asked == []


def test_every_request_is_told_with_its_cost_in_metered_reads() -> None:
    desk = Desk(REFUSED, json_answer(COUNT), json_answer(INVOICE), httpx2.ReadTimeout("slow"))
    desk.books.count("Customer")
    desk.create()
    with pytest.raises(OutcomeUnknown):
        desk.create()
    assert [(call.method, call.what, call.status, call.reads, call.code) for call in desk.calls] == [
        ("GET", "count Customer", 401, 0, "3200"),
        ("GET", "count Customer", 200, 1, ""),
        ("POST", "create Invoice", 200, 0, ""),
        ("POST", "create Invoice", 0, 0, "ReadTimeout"),
    ]
    assert desk.calls[1].tid == "1-tid"


def test_an_error_repeats_neither_token_nor_address() -> None:
    desk = Desk(httpx2.ConnectError("https://books.example.com first-token"))
    with pytest.raises(Unreachable) as failed:
        desk.books.count("Customer")
    assert "first-token" not in f"{failed.value.parts()} {failed.value.facts} {desk.books!r}"


def test_the_recorded_change_feed_is_read_with_its_server_time() -> None:
    answer = recorded("cdc__basic__0")["response"]["json"]
    desk = Desk(json_answer(json.dumps(answer)))
    seen = desk.books.changes(["Invoice"], START - timedelta(days=2))
    assert parse_qs(urlsplit(str(desk.line.asked[0].url)).query)["changedSince"] == [
        "2026-02-28T17:00:00+00:00"
    ]
    assert seen.server_time == datetime.fromisoformat(answer["time"]).astimezone(UTC)
    estimates = answer["CDCResponse"][0]["QueryResponse"][0]["Estimate"]
    assert [one.qbo_id for one in seen.records["Estimate"]] == [
        one["Id"] for one in estimates if one.get("status") != "Deleted"
    ]
    assert not seen.may_be_cut


def feed(*parts: dict[str, object]) -> httpx2.Response:
    answer = {"CDCResponse": [{"QueryResponse": list(parts)}], "time": "2026-03-02T09:00:00.250-08:00"}
    return json_answer(json.dumps(answer))


def test_deletions_and_records_of_a_feed_are_told_apart_whatever_their_order() -> None:
    gone = {
        "domain": "QBO",
        "status": "Deleted",
        "Id": "97",
        "MetaData": {"LastUpdatedTime": "2026-03-02T08:59:00-08:00"},
    }
    desk = Desk(
        feed(
            {},
            {"Payment": [gone], "startPosition": 1, "maxResults": 1},
            {"Invoice": [{"Id": "9", "SyncToken": "1"}, {"status": "Deleted", "Id": "8"}], "totalCount": 2},
        )
    )
    seen = desk.books.changes(["Invoice", "Payment"], START)
    assert {name: [one.qbo_id for one in found] for name, found in seen.records.items()} == {"Invoice": ["9"]}
    assert set(seen.gone) == {
        Gone("Payment", "97", datetime(2026, 3, 2, 16, 59, tzinfo=UTC)),
        Gone("Invoice", "8"),
    }
    assert seen.server_time == datetime(2026, 3, 2, 17, 0, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(("live", "deleted", "full"), [(998, 1, False), (999, 1, True), (400, 600, True)])
def test_a_feed_of_a_thousand_objects_in_all_counts_as_cut(live: int, deleted: int, full: bool) -> None:
    records = [{"Id": str(number), "SyncToken": "0"} for number in range(live)]
    stubs = [{"Id": str(number), "status": "Deleted"} for number in range(live, live + deleted)]
    desk = Desk(feed({"Invoice": records[: live // 2]}, {"Payment": records[live // 2 :] + stubs}))
    assert desk.books.changes(["Invoice", "Payment"], START).may_be_cut is full


def test_a_fault_inside_an_answered_feed_is_told_beside_what_the_feed_shows() -> None:
    fault = {
        "Error": [{"Message": "Stale", "Detail": "no such window", "code": "4001"}],
        "type": "ValidationFault",
    }
    answer = {"CDCResponse": [{"Fault": fault}], "time": "2026-03-02T09:00:00.000-08:00"}
    refused = Desk(json_answer(json.dumps(answer))).books.changes(["Invoice"], START).refused
    assert isinstance(refused, Rejected)
    assert refused.facts["code"] == "4001"


def test_a_feed_that_does_not_tell_the_time_takes_it_from_the_answers_date() -> None:
    answer = json_answer('{"CDCResponse":[{"QueryResponse":[{}]}]}', date="Mon, 02 Mar 2026 17:00:07 GMT")
    assert Desk(answer).books.changes(["Invoice"], START).server_time == START + timedelta(seconds=7)


def test_the_items_of_a_batch_end_each_in_their_own_way_whatever_the_order_of_the_answer() -> None:
    fault = {
        "Error": [{"Message": "Object Not Found", "Detail": "gone", "code": "610"}],
        "type": "ValidationFault",
    }
    failed = {
        "Error": [{"Message": "m", "Detail": "System Failure Error", "code": "10000"}],
        "type": "SystemFault",
    }
    answer = {
        "BatchItemResponse": [
            {"Payment": {"status": "Deleted", "Id": "15", "domain": "QBO"}, "bId": "3"},
            {"Fault": failed, "bId": "4"},
            {"Fault": fault, "bId": "2"},
            {"Invoice": {"Id": "9", "SyncToken": "0"}, "bId": "1"},
            {"Invoice": {"SyncToken": "0"}, "bId": "5"},
        ],
        "time": "2026-03-02T09:00:00.000-08:00",
    }
    desk = Desk(json_answer(json.dumps(answer)))
    items = [
        BatchItem("create", "Invoice", BODY),
        BatchItem("void", "Invoice", b'{"Id":"7","SyncToken":"1"}'),
        BatchItem("delete", "Payment", b'{"Id":"15","SyncToken":"1"}'),
        BatchItem("create", "Invoice", BODY),
        BatchItem("create", "Invoice", BODY),
        BatchItem("create", "Invoice", BODY),
    ]
    ends = desk.books.batch(items, request_id="push_01-1")
    assert [type(end) for end in ends] == [
        Record,
        Rejected,
        Gone,
        OutcomeUnknown,
        OutcomeUnknown,
        OutcomeUnknown,
    ]
    sent = msgspec.json.decode(desk.line.asked[0].content)
    assert sent["BatchItemRequest"][1] == {
        "bId": "2",
        "operation": "update",
        "optionsData": "void",
        "Invoice": {"Id": "7", "SyncToken": "1"},
    }


@pytest.mark.parametrize(
    "answer", [httpx2.ReadTimeout("slow"), json_answer('{"BatchItemResp'), json_answer("{}")]
)
def test_a_batch_whose_answer_is_lost_is_unknown_as_a_whole(answer: Answer) -> None:
    desk = Desk(answer)
    with pytest.raises(OutcomeUnknown):
        desk.books.batch([BatchItem("create", "Invoice", BODY)])
    assert len(desk.line.asked) == 1


def test_the_recorded_batch_is_read_item_by_item() -> None:
    exchange = recorded("batch__basic__0")
    answer = exchange["response"]["json"]
    renamed = [{**one, "bId": one["bId"].removeprefix("bid")} for one in answer["BatchItemResponse"]]
    desk = Desk(json_answer(json.dumps({**answer, "BatchItemResponse": renamed})))
    ends = desk.books.batch(
        [
            BatchItem("create", "Vendor", b'{"DisplayName":"x"}'),
            BatchItem("delete", "Invoice", b'{"Id":"129","SyncToken":"0"}'),
            BatchItem("update", "SalesReceipt", b'{"Id":"11","SyncToken":"0"}'),
        ]
    )
    assert isinstance(ends[0], Record)
    assert ends[0].qbo_id == "71"
    codes = [end.facts["code"] for end in ends[1:] if isinstance(end, TieoutError)]
    assert codes == ["610", "5010"]


def test_a_delete_that_is_not_confirmed_is_unknown() -> None:
    desk = Desk(json_answer(INVOICE))
    with pytest.raises(OutcomeUnknown):
        desk.books.delete("Invoice", "9", "0", request_id="r-1")


def test_a_record_that_is_read_as_deleted_is_none() -> None:
    assert Desk(json_answer('{"Invoice":{"Id":"9","status":"Deleted"}}')).books.read("Invoice", "9") is None
