"""The gateway: tokens checked, pace limited, headers as Intuit sends them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qbosim.simulator import Simulator
from tests.qbosim.asking import api, control, granted

RECORDED = Path(__file__).parents[2] / ".." / "shared" / "fixtures" / "recorded"


def recorded(name: str) -> Any:
    path = RECORDED / f"{name}.json"
    if not path.is_file():
        pytest.skip("no recorded traffic here (../shared/fixtures/recorded); it is not part of this project")
    return json.loads(path.read_text())["response"]


def read(simulator: Simulator, bearer: str | None, **more: str) -> Any:
    return api(simulator, "GET", f"companyinfo/{simulator.realm_id}", bearer=bearer, **more)


@pytest.mark.rule("gateway.unauthorized")
def test_an_expired_token_gets_the_recorded_401(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    simulator.clock.advance(3_599)
    assert read(simulator, bearer).status == 200
    simulator.clock.advance(1)
    refused = read(simulator, bearer)
    real = recorded("error__401__0")
    ours, theirs = refused.json(), real["json"]
    assert refused.status == real["status"]["code"]
    assert refused.header("www-authenticate") == real["headers"]["Www-Authenticate"][0]
    assert refused.header("content-type") == real["headers"]["Content-Type"][0]
    assert list(ours) == list(theirs)
    assert ours["fault"]["error"][0].pop("detail") == f"Token expired: {bearer}"
    assert theirs["fault"]["error"][0].pop("detail").startswith("Token expired: ")
    assert isinstance(ours.pop("time"), int)
    assert isinstance(theirs.pop("time"), int)
    assert ours == theirs


@pytest.mark.rule("gateway.unauthorized")
@pytest.mark.parametrize(
    ("bearer", "detail"),
    [
        (None, "Malformed bearer token: too short or too long"),
        ("short", "Malformed bearer token: too short or too long"),
        ("x" * 5_000, "Malformed bearer token: too short or too long"),
        ("x" * 50, "Token invalid: " + "x" * 50),
    ],
)
def test_a_token_that_is_none_is_refused_with_401(
    simulator: Simulator, bearer: str | None, detail: str
) -> None:
    refused = read(simulator, bearer)
    error = refused.json()["fault"]["error"][0]
    assert refused.status == 401
    assert (error["code"], error["detail"]) == ("3200", detail)


@pytest.mark.rule("gateway.forbidden")
def test_a_token_for_another_company_is_refused_with_403(simulator: Simulator) -> None:
    other = control(simulator, "POST", "companies", {"kind": "empty", "name": "Other"})["realm_id"]
    bearer = granted(simulator)["access_token"]
    for realm in (other, "1"):
        refused = read(simulator, bearer, realm=realm)
        assert refused.status == 403
        assert refused.json()["fault"] == {
            "error": [
                {
                    "message": "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
                    "detail": None,
                    "code": "3100",
                    "element": None,
                }
            ],
            "type": "SERVICE",
        }


@pytest.mark.rule("gateway.forbidden")
def test_a_user_who_disconnects_the_app_ends_every_token_of_that_company(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    ended = control(simulator, "POST", "revoke", {"realm_id": simulator.realm_id})
    assert ended["connections_ended"] == 1
    assert read(simulator, bearer).status == 403
    assert read(simulator, granted(simulator)["access_token"]).status == 200


@pytest.mark.rule("gateway.headers")
def test_a_good_answer_carries_the_recorded_headers_and_its_own_tid(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    first, second = read(simulator, bearer), read(simulator, bearer)
    real = recorded("void__invoice__1")["headers"]
    wanted = {name.lower().replace("-", "_") for name in real} - {
        "transfer_encoding",
        "connection",
        "x_content_type_options",
        "x_xss_protection",
        "x_envoy_upstream_service_time",
        "x_amzn_trace_id",
        "set_cookie",
    }
    assert wanted <= {name.lower().replace("-", "_") for name, _ in first.headers}
    assert first.header("content-type") == "application/json;charset=utf-8"
    assert first.header("date") == "Mon, 02 Mar 2026 17:00:00 GMT"
    assert first.header("cache-control") == real["Cache-Control"][0]
    assert first.header("intuit_tid") != second.header("intuit_tid")


@pytest.mark.rule("requests.minor_version")
def test_any_minor_version_is_answered_the_same(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    bodies = [read(simulator, bearer, minorversion=version).json() for version in ("4", "75", "99", "", "x")]
    assert bodies == [bodies[0]] * 5
    assert bodies[0] == read(simulator, bearer).json()


def test_without_the_switch_nobody_is_throttled(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    assert {read(simulator, bearer).status for _ in range(600)} == {200}


@pytest.mark.rule("throttle.limits", "throttle.windows")
def test_the_eleventh_request_of_a_second_is_throttled_and_the_next_second_is_free(
    simulator: Simulator,
) -> None:
    control(simulator, "POST", "settings", {"throttle": True})
    bearer = granted(simulator)["access_token"]
    statuses = [read(simulator, bearer).status for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    simulator.clock.advance(1)
    assert read(simulator, bearer).status == 200


@pytest.mark.rule("throttle.limits", "gateway.throttled")
def test_the_five_hundred_and_first_request_of_a_minute_waits_for_the_minute(simulator: Simulator) -> None:
    control(simulator, "POST", "settings", {"throttle": True})
    bearer = granted(simulator)["access_token"]
    for _ in range(500):
        simulator.clock.advance(0.11)
        assert read(simulator, bearer).status == 200
    simulator.clock.advance(0.11)
    refused = read(simulator, bearer)
    assert refused.status == 429
    assert refused.header("retry-after") is None
    assert refused.json()["Fault"]["Error"][0]["code"] == "3001"
    simulator.clock.advance(60)
    assert read(simulator, bearer).status == 200


@pytest.mark.rule("throttle.limits")
def test_the_forty_first_batch_of_a_minute_is_throttled_while_reads_go_on(simulator: Simulator) -> None:
    control(simulator, "POST", "settings", {"throttle": True})
    bearer = granted(simulator)["access_token"]
    batch = {"BatchItemRequest": [{"bId": "1", "Query": "select * from CompanyInfo"}]}
    statuses = []
    for _ in range(41):
        simulator.clock.advance(0.2)
        statuses.append(api(simulator, "POST", "batch", bearer=bearer, body=batch).status)
    assert statuses == [200] * 40 + [429]
    assert read(simulator, bearer).status == 200


@pytest.mark.rule("gateway.throttled")
def test_the_throttle_can_answer_in_xml_as_it_was_recorded(simulator: Simulator) -> None:
    control(simulator, "POST", "settings", {"throttle": True, "throttle_body": "xml"})
    bearer = granted(simulator)["access_token"]
    refused = [read(simulator, bearer) for _ in range(11)][-1]
    assert refused.header("content-type") == "application/xml"
    assert b'<Fault type="SERVICE">' in refused.body
    assert b'<Error code="3001">' in refused.body


@pytest.mark.rule("throttle.companies")
def test_two_companies_do_not_share_a_throttle(simulator: Simulator) -> None:
    control(simulator, "POST", "settings", {"throttle": True})
    other = control(simulator, "POST", "companies", {"kind": "empty", "name": "Other"})["realm_id"]
    bearer = granted(simulator)["access_token"]
    theirs = control(simulator, "POST", "grant", {"realm_id": other})["access_token"]
    for _ in range(10):
        read(simulator, bearer)
    assert api(simulator, "GET", f"companyinfo/{other}", bearer=theirs, realm=other).status == 200
