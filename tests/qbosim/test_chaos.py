"""Planned faults: the right call goes wrong, in the planned way, as often as planned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qbosim.chaos import KINDS, BodyCut
from qbosim.clock import Clock
from qbosim.simulator import Simulator
from qbosim.wire import ConnectionCut, Response
from tests.qbosim.asking import api, ask, control, granted, token
from tests.qbosim.conftest import MONDAY


def customers(simulator: Simulator, bearer: str) -> list[str]:
    response = api(simulator, "GET", "query", bearer=bearer, query="select * from Customer orderby Id")
    return [each["DisplayName"] for each in response.json()["QueryResponse"].get("Customer", [])]


def create(simulator: Simulator, bearer: str, name: str) -> Response:
    return api(simulator, "POST", "customer", bearer=bearer, body={"DisplayName": name})


def test_a_lost_reply_has_done_its_work_and_a_lost_request_has_not(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    control(simulator, "POST", "faults", {"fault": "reply_lost", "entity": "Customer", "operation": "create"})
    control(simulator, "POST", "faults", {"fault": "request_lost", "entity": "customer", "nth": 2})
    with pytest.raises(ConnectionCut) as kept:
        create(simulator, bearer, "Kept")
    create(simulator, bearer, "Fine")
    with pytest.raises(ConnectionCut) as lost:
        create(simulator, bearer, "Lost")
    assert (kept.value.committed, lost.value.committed) == (True, False)
    assert customers(simulator, bearer) == ["Kept", "Fine"]
    log = control(simulator, "GET", "log", operation="create")["entries"]
    assert [entry["outcome"] for entry in log] == ["reply_lost", "answered", "request_lost"]
    assert [entry["status"] for entry in log] == [None, 200, None]


def test_a_replayed_request_id_after_a_lost_reply_answers_the_original(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    control(simulator, "POST", "faults", {"fault": "reply_lost", "operation": "create"})
    body = {"DisplayName": "Once"}
    with pytest.raises(ConnectionCut):
        api(simulator, "POST", "customer", bearer=bearer, body=body, requestid="r-1")
    again = api(simulator, "POST", "customer", bearer=bearer, body=body, requestid="r-1")
    assert again.json()["Customer"]["DisplayName"] == "Once"
    assert customers(simulator, bearer) == ["Once"]
    assert [e["request_id"] for e in control(simulator, "GET", "log", operation="create")["entries"]] == [
        "r-1",
        "r-1",
    ]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("429", 429, "3001"),
        ("500", 500, "10000"),
        ("503", 503, None),
        ("401", 401, "3200"),
        ("stale", 400, "5010"),
        ("fault", 400, "6000"),
    ],
)
def test_a_refusing_fault_leaves_the_books_alone_and_is_in_the_log(
    simulator: Simulator, kind: str, status: int, code: str | None
) -> None:
    bearer = granted(simulator)["access_token"]
    planned = control(simulator, "POST", "faults", {"fault": kind, "operation": "create"})
    assert create(simulator, bearer, "Nobody").status == status
    assert customers(simulator, bearer) == []
    entry = control(simulator, "GET", "log", operation="create")["entries"][0]
    assert (entry["status"], entry["fault_code"], entry["planned_fault"]) == (status, code, planned["id"])


def test_a_refusing_fault_can_come_after_the_work_is_done(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    control(simulator, "POST", "faults", {"fault": "500", "operation": "create", "when": "after"})
    assert create(simulator, bearer, "Made").status == 500
    assert customers(simulator, bearer) == ["Made"]


def test_a_fault_of_ones_own_says_what_one_wants(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    plan = {
        "fault": "fault",
        "status": 400,
        "code": "6190",
        "message": "Invalid company status",
        "detail": "Subscription period has ended",
        "type": "ValidationFault",
    }
    control(simulator, "POST", "faults", plan)
    fault = create(simulator, bearer, "Nobody").json()["Fault"]
    assert fault["type"] == "ValidationFault"
    assert fault["Error"][0]["code"] == "6190"
    assert fault["Error"][0]["Detail"] == "Subscription period has ended"


def test_a_body_that_is_cut_or_garbled_comes_after_the_work(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    control(simulator, "POST", "faults", {"fault": "cut_body", "operation": "create"})
    with pytest.raises(BodyCut) as cut:
        create(simulator, bearer, "Cut")
    assert cut.value.response.json()["Customer"]["DisplayName"] == "Cut"
    control(simulator, "POST", "faults", {"fault": "garbage", "operation": "create"})
    garbled = create(simulator, bearer, "Garbled")
    assert garbled.status == 200
    with pytest.raises(ValueError):
        garbled.json()
    assert customers(simulator, bearer) == ["Cut", "Garbled"]


def test_a_slow_answer_lets_the_frozen_clock_pass(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    control(simulator, "POST", "faults", {"fault": "slow", "seconds": 30})
    assert create(simulator, bearer, "Late").status == 200
    assert (simulator.clock.now() - MONDAY).total_seconds() == 30


def test_a_fault_fires_from_the_nth_match_on_as_often_as_planned(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    control(simulator, "POST", "faults", {"fault": "500", "operation": "create", "nth": 3, "times": 2})
    statuses = [create(simulator, bearer, f"C{number}").status for number in range(6)]
    assert statuses == [200, 200, 500, 500, 200, 200]


def test_a_fault_for_ever_ends_when_it_is_taken_back(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    plan = control(simulator, "POST", "faults", {"fault": "503", "times": None})
    assert {create(simulator, bearer, "C").status for _ in range(5)} == {503}
    assert control(simulator, "DELETE", f"faults/{plan['id']}") == {"removed": 1}
    assert create(simulator, bearer, "C").status == 200


def test_matching_by_path_pattern_method_entity_of_a_query_and_company(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    control(simulator, "POST", "faults", {"fault": "500", "path": "/v3/company/*/cus*", "method": "get"})
    control(simulator, "POST", "faults", {"fault": "503", "operation": "query", "entity": "Invoice"})
    control(simulator, "POST", "faults", {"fault": "429", "realm": "1"})
    assert create(simulator, bearer, "C").status == 200
    assert api(simulator, "GET", "customer/1", bearer=bearer).status == 500
    assert customers(simulator, bearer) == ["C"]
    query = "select count(*) from invoice"
    assert api(simulator, "GET", "query", bearer=bearer, query=query).status == 503
    assert api(simulator, "GET", "query", bearer=bearer, realm="1", query=query).status == 429


def test_the_rotation_of_a_refresh_token_can_be_lost_on_the_way(simulator: Simulator) -> None:
    first = granted(simulator)["refresh_token"]
    simulator.clock.advance(86_400)
    control(simulator, "POST", "faults", {"fault": "reply_lost", "operation": "refresh"})
    with pytest.raises(ConnectionCut):
        token(simulator, grant_type="refresh_token", refresh_token=first)
    assert token(simulator, grant_type="refresh_token", refresh_token=first).status == 400


def hits(seed: int, data: str | Path = ":memory:", calls: int = 60) -> list[bool]:
    with Simulator(data, company="empty", seed=seed, clock=Clock.at(MONDAY)) as simulator:
        if simulator.founded_now:
            control(simulator, "POST", "faults", {"fault": "500", "times": None, "probability": 0.3})
        return [ask(simulator, "GET", "/op/v1/jwks").status == 500 for _ in range(calls)]


def test_probability_is_thrown_from_the_seed_so_that_a_world_replays(tmp_path: Path) -> None:
    whole = hits(1)
    assert whole == hits(1)
    assert whole != hits(2)
    assert 5 < sum(whole) < 35
    file = tmp_path / "world.db"
    assert hits(1, file, 25) + hits(1, file, 35) == whole  # a restart in between changes nothing


def test_the_control_plane_itself_is_never_struck(simulator: Simulator) -> None:
    control(simulator, "POST", "faults", {"fault": "500", "times": None})
    assert control(simulator, "GET", "clock")["frozen"] is True


@pytest.mark.parametrize(
    ("plan", "which"),
    [
        ({}, "the body"),
        ({"fault": "earthquake"}, "fault"),
        ({"fault": "500", "nth": 0}, "nth"),
        ({"fault": "500", "times": 0}, "times"),
        ({"fault": "500", "probability": 1.5}, "probability"),
        ({"fault": "slow"}, "seconds"),
        ({"fault": "fault", "status": 200}, "status"),
        ({"fault": "reply_lost", "when": "before"}, "when"),
        ({"fault": "500", "operations": "create"}, "the body"),
        ({"fault": "500", "nth": "two"}, "nth"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_in_four_parts(
    simulator: Simulator, plan: dict[str, Any], which: str
) -> None:
    response = ask(simulator, "POST", "/qbosim/faults", body=plan)
    assert response.status == 400
    error = response.json()["error"]
    assert error["what"] == "The fault was not planned"
    assert error["which"] == which
    assert error["why"]
    assert error["remedy"]
    assert control(simulator, "GET", "faults")["faults"] == []


def test_every_kind_is_listed_with_what_it_does(simulator: Simulator) -> None:
    assert control(simulator, "GET", "faults")["kinds"] == KINDS
