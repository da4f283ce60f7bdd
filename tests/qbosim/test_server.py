"""The HTTP door: what only a real socket shows."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from qbosim.server import Server, open_simulator, running
from qbosim.simulator import Simulator
from qbosim.transport import InProcess


@pytest.fixture
def client(served: tuple[Simulator, str]) -> Any:
    _, address = served
    with httpx2.Client(base_url=address) as opened:
        bearer = opened.post("/qbosim/grant").json()["access_token"]
        opened.headers["authorization"] = f"Bearer {bearer}"
        opened.headers["accept"] = "application/json"
        yield opened


def books(simulator: Simulator) -> str:
    return f"/v3/company/{simulator.realm_id}"


def test_a_call_over_the_socket_answers_what_the_same_call_in_process_answers(
    served: tuple[Simulator, str], client: httpx2.Client
) -> None:
    simulator, _ = served
    simulator.clock.freeze()
    path = f"{books(simulator)}/companyinfo/{simulator.realm_id}"
    over = client.get(path)
    with httpx2.Client(transport=InProcess(simulator), base_url=simulator.url) as near:
        inside = near.get(path, headers=client.headers)
    assert over.status_code == inside.status_code == 200
    assert over.content == inside.content
    same = {"content-type", "date", "server", "qbo-version", "cache-control"}
    assert {name: over.headers[name] for name in same} == {name: inside.headers[name] for name in same}


@pytest.mark.parametrize(("kind", "made"), [("reply_lost", 1), ("request_lost", 0), ("cut_body", 1)])
def test_a_cut_connection_is_a_dead_line_and_not_a_status(
    served: tuple[Simulator, str], client: httpx2.Client, kind: str, made: int
) -> None:
    simulator, address = served
    client.post("/qbosim/faults", json={"fault": kind, "operation": "create"})
    with pytest.raises(httpx2.RemoteProtocolError) as over:
        client.post(f"{books(simulator)}/customer", json={"DisplayName": "One"})
    count = {"query": "select count(*) from Customer"}
    found = client.get(f"{books(simulator)}/query", params=count).json()
    assert found["QueryResponse"]["totalCount"] == made
    client.post("/qbosim/faults", json={"fault": kind, "operation": "create"})
    with (
        httpx2.Client(transport=InProcess(simulator), base_url=address) as near,
        pytest.raises(httpx2.RemoteProtocolError) as inside,
    ):
        near.post(f"{books(simulator)}/customer", json={"DisplayName": "Two"}, headers=client.headers)
    assert str(inside.value).split("(")[0].strip() == str(over.value).split("(")[0].strip()


def test_a_lost_reply_sends_not_one_byte(served: tuple[Simulator, str], client: httpx2.Client) -> None:
    _, address = served
    client.post("/qbosim/faults", json={"fault": "reply_lost"})
    url = httpx2.URL(address)
    with socket.create_connection((url.host, url.port or 80), timeout=5) as line:
        line.sendall(b"GET /op/v1/jwks HTTP/1.1\r\nHost: x\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert line.recv(100) == b""


def test_a_slow_answer_takes_real_seconds_and_holds_nobody_else_up(
    served: tuple[Simulator, str], client: httpx2.Client
) -> None:
    simulator, address = served
    client.post("/qbosim/faults", json={"fault": "slow", "seconds": 1, "path": "/op/*"})
    took: list[float] = []

    def slow() -> None:
        began = time.perf_counter()
        httpx2.get(f"{address}/op/v1/jwks")
        took.append(time.perf_counter() - began)

    waiting = threading.Thread(target=slow)
    waiting.start()
    time.sleep(0.2)
    began = time.perf_counter()
    assert client.get(f"{books(simulator)}/companyinfo/1").status_code == 200
    quick = time.perf_counter() - began
    waiting.join()
    assert took[0] >= 1
    assert quick < 0.7


def test_keep_alive_requests_do_not_wait_for_delayed_acknowledgements(client: httpx2.Client) -> None:
    client.get("/qbosim/clock")
    began = time.perf_counter()
    for _ in range(50):
        client.get("/qbosim/clock")
    assert (time.perf_counter() - began) / 50 < 0.025  # 40 ms each, when Nagle and delayed ACK meet


def test_many_threads_create_at_once_and_every_record_is_there_once(
    served: tuple[Simulator, str], client: httpx2.Client
) -> None:
    simulator, address = served

    def create(number: int) -> int:
        with httpx2.Client(base_url=address, headers=client.headers) as own:
            name = {"DisplayName": f"Customer {number}"}
            return own.post(f"{books(simulator)}/customer", json=name).status_code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(create, range(40))) == {200}
    query = {"query": "select Id from Customer maxresults 1000"}
    rows = client.get(f"{books(simulator)}/query", params=query).json()["QueryResponse"]["Customer"]
    assert len({row["Id"] for row in rows}) == 40
    log = client.get("/qbosim/log", params={"operation": "create"}).json()["entries"]
    assert len({entry["number"] for entry in log}) == 40


def test_the_front_page_says_what_this_is_and_discovery_what_its_address_is(
    served: tuple[Simulator, str], client: httpx2.Client
) -> None:
    _, address = served
    page = client.get("/")
    assert "QuickBooks Online that runs on this computer" in page.text
    assert "/qbosim/faults" in page.text
    found = client.get("/.well-known/openid_configuration").json()
    assert found["token_endpoint"] == f"{address}/oauth2/v1/tokens/bearer"
    assert client.get("/favicon.ico").status_code == 404


def test_a_request_line_with_encoded_signs_reaches_the_query_unharmed(
    served: tuple[Simulator, str], client: httpx2.Client
) -> None:
    simulator, _ = served
    client.post(f"{books(simulator)}/customer", json={"DisplayName": "Ærø & Co's 100% + more"})
    query = "select * from Customer where DisplayName = 'Ærø & Co\\'s 100% + more'"
    got = client.get(f"{books(simulator)}/query", params={"query": query}).json()["QueryResponse"]
    assert [row["DisplayName"] for row in got["Customer"]] == ["Ærø & Co's 100% + more"]
    headers = {"content-type": "application/text"}
    posted = client.post(f"{books(simulator)}/query", content=query.encode(), headers=headers)
    assert posted.json()["QueryResponse"] == got


def test_a_port_in_use_is_refused_at_once() -> None:
    with open_simulator(company="empty") as simulator, running(simulator) as address:
        port = httpx2.URL(address).port
        assert port is not None
        with pytest.raises(OSError):
            Server(simulator, port=port)
