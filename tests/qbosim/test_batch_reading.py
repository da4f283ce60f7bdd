"""What a batch reads: several queries within one limit, and reports."""

from __future__ import annotations

from typing import Any

import pytest

from qbosim.metering import metered_reads
from qbosim.wire import Request
from tests.qbosim.desk import REALM, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def answers(desk: Desk, *items: dict[str, Any]) -> list[Any]:
    """What the items of a batch are answered with."""
    found: list[Any] = desk.send("POST", "batch", {"BatchItemRequest": list(items)}).json()[
        "BatchItemResponse"
    ]
    return found


@pytest.mark.rule("batch.thousand")
@pytest.mark.rule("batch.beyond")
def test_the_queries_of_a_batch_answer_a_thousand_objects_together(desk: Desk) -> None:
    for first in range(0, 510, 30):
        answers(desk, *({"Class": {"Name": f"Class {first + number:03}"}} for number in range(30)))
    assert desk.query("select count(*) from Class")["totalCount"] == 510
    query = {"Query": "select * from Class maxresults 1000"}
    found = [answer["QueryResponse"] for answer in answers(desk, query, query, query)]
    assert [page.get("maxResults") for page in found] == [510, 490, None]
    assert [len(page.get("Class", [])) for page in found] == [510, 490, 0]
    assert len(desk.rows("Class", "maxresults 1000")) == 510
    counted = answers(desk, query, query, {"Query": "select count(*) from Class"})
    assert counted[2]["QueryResponse"] == {"totalCount": 510}


@pytest.mark.rule("batch.report")
def test_a_batch_makes_reports(desk: Desk) -> None:
    desk.invoice(desk.customer(), 80.0, TxnDate="2026-05-02")
    days = {"start_date": "2026-05-01", "end_date": "2026-05-31"}
    asked = "ProfitAndLoss?start_date=2026-05-01&end_date=2026-05-31"
    whole, by_place, nonsense, empty = answers(
        desk,
        {"bId": "1", "ReportQuery": asked},
        {"bId": "2", "ReportQuery": f"/reports/{asked}"},
        {"bId": "3", "ReportQuery": "//[Nonsense"},
        {"bId": "4", "ReportQuery": ""},
    )
    alone = desk.get("reports/ProfitAndLoss", **days)
    assert whole["Report"] == by_place["Report"] == alone
    assert whole["bId"] == "1"
    assert [answer["Fault"]["Error"][0]["code"] for answer in (nonsense, empty)] == ["500", "500"]


def test_a_report_in_a_batch_is_metered(desk: Desk) -> None:
    body = b'{"BatchItemRequest": [{"ReportQuery": "BalanceSheet"}, {"Customer": {"DisplayName": "x"}}]}'
    answer = desk.send("POST", "batch", body)
    assert answer.status == 200
    assert metered_reads(Request("POST", f"/v3/company/{REALM}/batch", {}, {}, body), answer) == 1


def test_a_report_in_a_batch_comes_as_xml_too(desk: Desk) -> None:
    body = (
        b'<IntuitBatchRequest xmlns="http://schema.intuit.com/finance/v3"><BatchItemRequest bId="a">'
        b"<ReportQuery>TrialBalance</ReportQuery></BatchItemRequest></IntuitBatchRequest>"
    )
    headers = {"accept": "application/xml", "content-type": "application/xml"}
    answer = desk.api.answer(
        REALM, Request("POST", f"/v3/company/{REALM}/batch", {}, headers, body), user="Pat"
    )
    assert answer.status == 200
    assert b'<BatchItemResponse bId="a"><Report><Header>' in answer.body
    assert b"<ReportName>TrialBalance</ReportName>" in answer.body
