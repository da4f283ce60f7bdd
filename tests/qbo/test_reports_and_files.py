"""Reports, printed documents, attached files and batches of queries, against a simulator in the same process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from qbosim.clock import Clock
from qbosim.server import open_simulator
from tests.qbo.test_books import MONDAY, World
from tests.qbo.test_books_network import Desk
from tests.qbo.wire import json_answer
from tieout.kit.errors import Invalid, Rejected, TieoutError, Unreachable
from tieout.qbo.batch import OBJECTS_MAX
from tieout.qbo.client import BatchItem, BatchQuery, File, Found, Record, Report
from tieout.qbo.files import LARGEST
from tieout.qbo.query import select
from tieout.qbo.reports import report_from


@pytest.fixture
def sample() -> Iterator[World]:
    with open_simulator(data=":memory:", company="sample", clock=Clock.at(MONDAY)) as simulator:
        yield World(simulator)


def an_invoice(world: World) -> Record:
    return world.books.page("Invoice", start=1, size=1).records[0]


# reports


def test_a_report_tells_its_basis_period_and_currency_and_keeps_its_bytes(sample: World) -> None:
    report = sample.books.report(
        "ProfitAndLoss",
        {"start_date": "2025-01-01", "end_date": "2025-12-31", "accounting_method": "Cash"},
    )
    assert (report.name, report.basis, report.currency) == ("ProfitAndLoss", "Cash", "USD")
    assert (report.start, report.end) == (date(2025, 1, 1), date(2025, 12, 31))
    assert report.made_at == datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    assert not report.cut
    assert report.tid
    said = json.loads(report.raw)
    assert said["Header"]["ReportName"] == "ProfitAndLoss"
    assert said["Rows"]["Row"]


def test_a_report_about_a_time_before_the_company_says_that_there_is_nothing(sample: World) -> None:
    asked = {"start_date": "1990-01-01", "end_date": "1990-01-31"}
    assert sample.books.report("ProfitAndLoss", asked).no_data
    assert not sample.books.report("GeneralLedger", {"start_date": "2020-01-01"}).no_data


def test_an_unknown_report_and_a_date_that_is_none_are_refused_in_quickbooks_words(sample: World) -> None:
    with pytest.raises(TieoutError) as unknown:
        sample.books.report("NoSuchReport", {})
    with pytest.raises(Rejected) as wrong:
        sample.books.report("ProfitAndLoss", {"start_date": "soon"})
    assert unknown.value.facts["tid"]
    assert wrong.value.facts["tid"]


def cut_or_not(*rows: object) -> Report:
    whole = {"Header": {"ReportName": "GeneralLedger"}, "Columns": {}, "Rows": {"Row": rows}}
    return report_from(json.dumps(whole).encode(), "1-tid")


def test_a_report_that_quickbooks_cut_is_known_by_its_last_row_and_not_by_a_memo() -> None:
    last = {"ColData": [{"value": "Unable to display more data"}], "type": "Data"}
    line = {"ColData": [{"value": "2026-03-01"}, {"value": "12.00"}]}
    assert cut_or_not(line, last).cut
    assert not cut_or_not(last, line).cut
    assert not cut_or_not().cut


@pytest.mark.parametrize("body", ["{}", '{"Header":{}}', "[]", '{"Header":{"ReportName":"X"},"Rows":'])
def test_what_is_no_report_is_no_answer(body: str) -> None:
    desk = Desk(json_answer(body))
    with pytest.raises(Unreachable):
        desk.books.report("ProfitAndLoss", {})


# printed documents and mail


def test_a_document_comes_as_its_customer_sees_it(sample: World) -> None:
    assert sample.books.pdf("Invoice", an_invoice(sample).qbo_id).startswith(b"%PDF-")


def test_a_document_that_is_not_there_has_no_pages(sample: World) -> None:
    with pytest.raises(Rejected) as refused:
        sample.books.pdf("Invoice", "999999")
    assert refused.value.facts["code"] == "610"


def test_pages_that_are_none_are_no_answer() -> None:
    with pytest.raises(Unreachable):
        Desk(json_answer("<html>busy</html>")).books.pdf("Invoice", "1")


def test_a_mailed_document_is_marked_as_sent(sample: World) -> None:
    mailed = sample.books.send("Invoice", an_invoice(sample).qbo_id, "pat@example.com")
    said = json.loads(mailed.raw)
    assert said["EmailStatus"] == "EmailSent"
    assert sample.calls[-1].reads == 0


# files


def test_a_file_goes_up_with_its_record_and_comes_down_byte_for_byte(sample: World) -> None:
    invoice = an_invoice(sample)
    content = bytes(range(256)) * 40 + b"\r\n--not a boundary\r\n"
    file = File(
        "beleg nr 7 «é».bin", "application/octet-stream", content, (("Invoice", invoice.qbo_id),), "signed"
    )
    made = sample.books.upload(file, request_id="up-1")
    again = sample.books.upload(file, request_id="up-1")
    assert again.qbo_id == made.qbo_id
    said = json.loads(made.raw)
    assert (said["FileName"], said["Note"], said["Size"]) == (file.name, "signed", len(content))
    assert said["AttachableRef"][0]["EntityRef"] == {"type": "Invoice", "value": invoice.qbo_id}
    assert sample.books.download(made.qbo_id) == content


def test_a_file_for_a_record_that_is_not_there_is_refused_although_the_answer_is_a_success(
    sample: World,
) -> None:
    with pytest.raises(TieoutError) as refused:
        sample.books.upload(File("a.txt", "text/plain", b"a", (("Estimate", "75757"),)), request_id="up-2")
    assert refused.value.facts["code"] == "6000"
    assert refused.value.facts["tid"]


def test_a_file_that_is_too_large_is_refused_before_it_is_sent() -> None:
    class Large(bytes):
        def __len__(self) -> int:
            return LARGEST + 1

    desk = Desk(json_answer("{}"))
    with pytest.raises(Invalid):
        desk.books.upload(File("film.mov", "video/quicktime", Large()), request_id="up-3")
    assert desk.line.asked == []


def test_no_token_goes_to_the_address_of_a_file() -> None:
    desk = Desk(json_answer("https://files.example.net/x?signature=1"), json_answer(b"the bytes"))
    assert desk.books.download("5000000000000000001") == b"the bytes"
    assert "authorization" in desk.line.asked[0].headers
    assert str(desk.line.asked[1].url) == "https://files.example.net/x?signature=1"
    assert "authorization" not in desk.line.asked[1].headers


@pytest.mark.parametrize("said", ["file:///etc/passwd", "", "https://a b", '{"fault":1}'])
def test_what_is_no_address_is_not_followed(said: str) -> None:
    desk = Desk(json_answer(said))
    with pytest.raises(Unreachable):
        desk.books.download("1")
    assert all("/download/1" in str(one.url) for one in desk.line.asked)


# batches of queries


def test_queries_and_writes_share_a_batch_and_each_has_its_own_end(sample: World) -> None:
    ends = sample.books.batch(
        [
            BatchQuery("Customer", select("Customer", size=5)),
            BatchItem("create", "Customer", b'{"DisplayName":"Tern Rowing Club"}'),
            BatchQuery("Invoice", "SELECT COUNT(*) FROM Invoice"),
            BatchQuery("Invoice", "SELECT * FROM Invoise"),
        ],
        request_id="mix-1",
    )
    found, made, counted, wrong = ends
    assert isinstance(found, Found)
    assert [one.entity for one in found.records] == ["Customer"] * 5
    assert (found.total, found.may_be_cut) == (None, False)
    assert isinstance(made, Record)
    assert isinstance(counted, Found)
    assert (counted.total, counted.records) == (sample.books.count("Invoice"), ())
    assert isinstance(wrong, Rejected)
    assert wrong.facts["code"] == "4001"
    assert [(call.reads, call.meter) for call in sample.calls if call.what == "batch"] == [(3, "query")]


def test_queries_that_reach_the_limit_of_a_batch_together_may_all_be_cut() -> None:
    records = [{"Id": str(number), "SyncToken": "0"} for number in range(OBJECTS_MAX - 1)]

    def answered(second: int) -> list[bool]:
        answer = {
            "BatchItemResponse": [
                {"bId": "2", "QueryResponse": {"Invoice": records[:second]}},
                {"bId": "1", "QueryResponse": {"Customer": records}},
            ]
        }
        queries = [BatchQuery("Customer", "a"), BatchQuery("Invoice", "b")]
        ends = Desk(json_answer(json.dumps(answer))).books.batch(queries)
        return [end.may_be_cut for end in ends if isinstance(end, Found)]

    assert answered(0) == [False, False]
    assert answered(1) == [True, True]


def test_eight_threads_share_one_set_of_books(sample: World) -> None:
    total = sample.books.count("Customer")
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _number: sample.books.count("Customer"), range(64)))
    assert counts == [total] * 64
    assert sum(call.reads for call in sample.calls if call.what == "count Customer") == 65
