"""The protocol around the books: change feed, limits, HTTP as clients speak it, and requests that mean no good."""

from __future__ import annotations

import gzip
import json
import socket
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbosim.simulator import Simulator
from qbosim.wire import Request, Response
from tests.qbosim.asking import api, control, granted
from tests.qbosim.desk import Desk, fault_of


@pytest.mark.rule("cdc.member_order", "cdc.shape")
def test_the_entities_of_a_change_feed_come_in_the_order_of_the_alphabet() -> None:
    desk = Desk()
    customer = desk.customer()
    desk.invoice(customer)
    answer = desk.get("cdc", entities="Payment,invoice,Class,Customer,customer", changedSince="2026-05-01")
    parts = answer["CDCResponse"][0]["QueryResponse"]
    assert [next(iter(part), "") for part in parts] == ["", "Customer", "Invoice", ""]


@pytest.mark.rule("cdc.days_refused", "cdc.any_start")
def test_a_change_feed_can_be_made_to_refuse_old_starts(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]

    def feed(since: str) -> Response:
        return api(simulator, "GET", "cdc", bearer=bearer, entities="Customer", changedSince=since)

    assert feed("2011-10-10T09:00:00-07:00").status == 200
    control(simulator, "POST", "settings", {"change_feed_days": 30})
    assert fault_of(feed("2026-01-29T17:00:00Z"))["code"] == "6000"
    assert feed("2026-02-01T17:00:00Z").status == 200
    item = {"bId": "1", "CDCQuery": {"Entities": "Customer", "ChangedSince": "2011-10-10"}}
    batch = api(simulator, "POST", "batch", bearer=bearer, body={"BatchItemRequest": [item]}).json()
    assert batch["BatchItemResponse"][0]["Fault"]["Error"][0]["code"] == "6000"


@pytest.mark.rule("oauth.connected_again")
def test_connecting_again_leaves_the_first_connection_alive(simulator: Simulator) -> None:
    first, second = granted(simulator), granted(simulator)
    assert first["access_token"] != second["access_token"]
    for tokens in (first, second):
        assert api(simulator, "GET", "companyinfo/1", bearer=tokens["access_token"]).status == 200


@pytest.mark.rule("throttle.reports")
def test_reports_have_a_limit_of_their_own_when_it_is_set(simulator: Simulator) -> None:
    control(simulator, "POST", "settings", {"throttle": True, "reports_per_minute": 3})
    bearer = granted(simulator)["access_token"]
    reports = [api(simulator, "GET", "reports/TrialBalance", bearer=bearer).status for _ in range(4)]
    assert [status == 429 for status in reports] == [False, False, False, True]
    assert api(simulator, "GET", "companyinfo/1", bearer=bearer).status == 200


@pytest.mark.rule("gateway.throttled")
@pytest.mark.parametrize("body", ["json", "xml"])
def test_a_throttled_call_can_be_a_403_as_in_former_years(simulator: Simulator, body: str) -> None:
    control(simulator, "POST", "settings", {"throttle": True, "throttle_status": 403, "throttle_body": body})
    bearer = granted(simulator)["access_token"]
    refused = [api(simulator, "GET", "companyinfo/1", bearer=bearer) for _ in range(11)][-1]
    assert refused.status == 403
    assert b"errorCode=003001; statusCode=403" in refused.body
    assert refused.body.startswith(b"<?xml" if body == "xml" else b"{")


@pytest.mark.rule("requests.no_address", "requests.head")
@pytest.mark.parametrize(
    ("method", "place"),
    [
        ("GET", "nonsense/1"),
        ("GET", "customer/1/5"),
        ("PUT", "customer/1"),
        ("DELETE", "invoice/1"),
        ("PATCH", "query"),
    ],
)
def test_an_address_that_is_none_is_refused_with_400_and_not_with_404(method: str, place: str) -> None:
    error = fault_of(Desk().send(method, place))
    assert (error["code"], error["Message"]) == ("500", "Unsupported Operation")
    assert error["Detail"].startswith("Operation Could not find resource for relative : /v3/company/")


@pytest.fixture
def line(served: tuple[Simulator, str]) -> Any:
    """A client of the served simulator, connected, at its company."""
    simulator, address = served
    bearer = granted(simulator)["access_token"]
    headers = {"authorization": f"Bearer {bearer}", "accept": "application/json"}
    base = f"{address}/v3/company/{simulator.realm_id}"
    with httpx2.Client(base_url=base, headers=headers) as opened:
        yield opened


@pytest.mark.rule("requests.head", "requests.http")
def test_head_answers_what_get_would_without_its_body(line: httpx2.Client) -> None:
    got, headed = line.get("/companyinfo/1"), line.head("/companyinfo/1")
    assert (headed.status_code, headed.content) == (200, b"")
    assert headed.headers["content-type"] == got.headers["content-type"]
    assert line.get("/companyinfo/1").status_code == 200  # the connection is still good


@pytest.mark.rule("requests.gzip")
def test_a_large_answer_is_compressed_for_whoever_accepts_it(
    served: tuple[Simulator, str], line: httpx2.Client
) -> None:
    simulator, _ = served

    def accounts(**headers: str) -> tuple[httpx2.Response, bytes]:
        with line.stream(
            "GET", "/query", params={"query": "select * from Account"}, headers=headers
        ) as answer:
            return answer, b"".join(answer.iter_raw())

    def names(body: bytes) -> list[str]:
        return [row["Name"] for row in json.loads(body)["QueryResponse"]["Account"]]

    packed, raw = accounts(**{"accept-encoding": "deflate, gzip;q=0.9"})
    plain, whole = accounts(**{"accept-encoding": "identity"})
    refused, _ = accounts(**{"accept-encoding": "gzip;q=0"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert len(raw) < len(whole) / 3
    assert names(gzip.decompress(raw)) == names(whole)
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in refused.headers
    control(simulator, "POST", "settings", {"compress": False})
    assert "content-encoding" not in accounts(**{"accept-encoding": "gzip"})[0].headers


@pytest.mark.rule("requests.http")
def test_a_body_in_chunks_and_one_that_waits_to_be_asked_for_are_read(
    served: tuple[Simulator, str], line: httpx2.Client
) -> None:
    chunks = iter([b'{"Display', b'Name": "In', b' Pieces"}'])
    made = line.post("/customer", content=chunks, headers={"content-type": "application/json"})
    assert made.json()["Customer"]["DisplayName"] == "In Pieces"
    simulator, address = served
    body = b'{"DisplayName": "Expected"}'
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), timeout=10) as raw:
        head = (
            f"POST /v3/company/{simulator.realm_id}/customer HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
            f"Authorization: {line.headers['authorization']}\r\nAccept: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        raw.sendall(head.encode())
        assert raw.recv(100).startswith(b"HTTP/1.1 100")
        raw.sendall(body)
        assert raw.recv(9_000).startswith(b"HTTP/1.1 200")


@pytest.mark.rule("requests.largest")
def test_a_body_beyond_every_measure_is_refused_and_not_kept(line: httpx2.Client) -> None:
    piece = b" " * (4 * 1024 * 1024)
    refused = line.post("/customer", content=(piece for _ in range(28)), timeout=60)
    assert refused.status_code == 413
    assert line.get("/companyinfo/1").status_code == 200


@pytest.mark.rule("requests.hostile")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 20_000,
        b'"text"',
        b"[1]",
        b"null",
        b'{"DisplayName": "\\ud800"}',
        b"1e999",
    ],
)
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    desk = Desk()
    for place in ("customer", "invoice", "batch"):
        assert desk.send("POST", place, body).status == 400
    assert desk.rows("Customer") == []


PLACES = [
    "query",
    "cdc",
    "batch",
    "customer",
    "customer/1",
    "invoice/1/send",
    "invoice/1/pdf",
    "reports/x",
    "upload",
    "é",
]
HEADERS = st.dictionaries(
    st.sampled_from(["accept", "content-type", "request-id"]),
    st.sampled_from(["", "*/*", "application/json", "application/xml", "text/xml; charset=x", "image/png"]),
)


@pytest.mark.rule("requests.hostile")
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "HEAD", "OPTIONS", "X"]),
    place=st.sampled_from(PLACES),
    query=st.dictionaries(
        st.sampled_from(
            [
                "query",
                "operation",
                "include",
                "minorversion",
                "requestid",
                "entities",
                "changedSince",
                "format",
            ]
        ),
        st.text(max_size=12),
        max_size=3,
    ),
    headers=HEADERS,
    body=st.binary(max_size=40)
    | st.sampled_from([b"{}", b"<Customer/>", b'{"Id":"1"}', b'{"BatchItemRequest":[{}]}']),
)
@settings(max_examples=300, deadline=None)
def test_whatever_is_sent_is_answered_and_never_with_500(
    method: str, place: str, query: dict[str, str], headers: dict[str, str], body: bytes
) -> None:
    path = f"/v3/company/{FUZZED.realm_id}/{place}"
    answer = FUZZED.answer(Request(method, path, query, {**headers, "authorization": BEARER}, body))
    assert answer.status in (200, 400), (method, place, query, headers, body, answer.body)


FUZZED = Simulator(company="empty", seed=1)
BEARER = f"Bearer {granted(FUZZED)['access_token']}"
