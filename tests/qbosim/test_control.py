"""The control plane: reset, clock, log, companies, apps, settings, check; and how it refuses."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from qbosim.clock import Clock
from qbosim.control import DOORS
from qbosim.simulator import Simulator
from tests.qbosim.asking import api, ask, basic, control, granted, post_form
from tests.qbosim.conftest import MONDAY


def create(simulator: Simulator, bearer: str, name: str) -> Any:
    return api(simulator, "POST", "customer", bearer=bearer, body={"DisplayName": name})


def count(simulator: Simulator, bearer: str) -> int:
    answer = api(simulator, "GET", "query", bearer=bearer, query="select count(*) from Customer").json()
    return int(answer["QueryResponse"]["totalCount"])


def test_a_grant_answers_intuits_token_json_for_the_company_and_app_asked_for(simulator: Simulator) -> None:
    other = control(simulator, "POST", "companies", {"kind": "empty", "name": "Other"})["realm_id"]
    app = control(simulator, "POST", "apps", {"name": "Second app"})
    wish = {"realm_id": other, "client_id": app["client_id"]}
    tokens = control(simulator, "POST", "grant", wish)
    assert list(tokens) == [
        "token_type",
        "access_token",
        "expires_in",
        "refresh_token",
        "x_refresh_token_expires_in",
    ]
    read = api(simulator, "GET", f"companyinfo/{other}", bearer=tokens["access_token"], realm=other)
    assert read.json()["CompanyInfo"]["CompanyName"] == "Other"


@pytest.mark.parametrize(
    ("wish", "status", "which"),
    [
        ({"realm_id": "1"}, 404, "realm_id 1"),
        ({"client_id": "AB"}, 404, "client_id AB"),
        ({"scope": "everything"}, 400, "scope everything"),
        ({"realm": "1"}, 400, "the body"),
        ({"realm_id": 1}, 400, "realm_id"),
    ],
)
def test_a_grant_for_nobody_is_refused_by_name(
    simulator: Simulator, wish: dict[str, Any], status: int, which: str
) -> None:
    response = ask(simulator, "POST", "/qbosim/grant", body=wish)
    assert (response.status, response.json()["error"]["which"]) == (status, which)


def test_a_reset_brings_back_the_first_company_clock_and_credentials_and_nothing_else(
    simulator: Simulator,
) -> None:
    before = (simulator.client_credentials, simulator.realm_id, simulator.webhook_verifier)
    tokens = granted(simulator)
    create(simulator, tokens["access_token"], "Made later")
    control(simulator, "POST", "companies", {"kind": "empty", "name": "Second"})
    control(simulator, "POST", "faults", {"fault": "500", "operation": "cdc"})
    control(simulator, "POST", "clock", {"advance": 1000})
    state = control(simulator, "POST", "reset")
    assert (simulator.client_credentials, simulator.realm_id, simulator.webhook_verifier) == before
    assert simulator.clock.now() == MONDAY
    assert len(state["companies"]) == 1
    assert (state["faults"], state["connections"], state["requests"]) == ([], [], 0)
    assert api(simulator, "GET", "customer/1", bearer=tokens["access_token"]).status == 401
    assert count(simulator, granted(simulator)["access_token"]) == 0


def test_a_reset_can_leave_the_apps_connected(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    create(simulator, bearer, "Made later")
    control(simulator, "POST", "reset", {"keep_connections": True})
    assert count(simulator, bearer) == 0


def test_the_same_requests_after_a_reset_get_the_same_answers(simulator: Simulator) -> None:
    def day() -> list[tuple[int, bytes, tuple[tuple[str, str], ...]]]:
        bearer = granted(simulator)["access_token"]
        answers = [create(simulator, bearer, name) for name in ("One", "Two", "One")]
        simulator.clock.advance(5)
        answers.append(api(simulator, "GET", "query", bearer=bearer, query="select * from Customer"))
        return [(each.status, each.body, each.headers) for each in answers]

    first = day()
    control(simulator, "POST", "reset")
    assert day() == first


def test_two_worlds_of_one_seed_are_the_same_and_of_two_seeds_are_not() -> None:
    def world(seed: int) -> tuple[str, ...]:
        with Simulator(company="empty", seed=seed, clock=Clock.at(MONDAY)) as simulator:
            tokens = granted(simulator)
            return (*simulator.client_credentials, simulator.realm_id, *map(str, tokens.values()))

    assert world(1) == world(1)
    assert not set(world(1)) & set(world(2)) - {"bearer", "3600", "8726400"}


def test_the_clock_can_be_set_advanced_frozen_and_released(simulator: Simulator) -> None:
    moved = control(simulator, "POST", "clock", {"set": "2027-01-01T00:00:00-08:00"})
    assert moved["now"] == "2027-01-01T08:00:00+00:00"
    assert control(simulator, "POST", "clock", {"advance": -60})["now"] == "2027-01-01T07:59:00+00:00"
    assert control(simulator, "POST", "clock", {"freeze": False})["frozen"] is False
    assert simulator.clock.now() < MONDAY.replace(year=2027, month=1, day=1, hour=9)
    assert control(simulator, "POST", "clock", {"freeze": True})["frozen"] is True


@pytest.mark.parametrize(
    "wish", [{}, {"set": "2027-01-01T00:00:00"}, {"set": "tomorrow"}, {"advance": 1e15}, {"advance": "1"}]
)
def test_a_clock_that_cannot_be_moved_so_stays_where_it_is(
    simulator: Simulator, wish: dict[str, Any]
) -> None:
    response = ask(simulator, "POST", "/qbosim/clock", body=wish)
    assert response.status == 400
    assert response.json()["error"]["what"] == "The clock was not moved"
    assert simulator.clock.now() == MONDAY


def test_the_log_shows_every_request_with_its_cost_and_can_be_filtered_and_paged(
    simulator: Simulator,
) -> None:
    bearer = granted(simulator)["access_token"]
    made = create(simulator, bearer, "One").json()["Customer"]["Id"]
    api(simulator, "GET", f"customer/{made}", bearer=bearer)
    api(simulator, "GET", "query", bearer=bearer, query="select * from Customer")
    api(simulator, "GET", "customer/999", bearer=bearer)
    entries = control(simulator, "GET", "log")["entries"]
    assert [(e["operation"], e["entity"], e["cost"], e["status"]) for e in entries] == [
        ("create", "customer", 0, 200),
        ("read", "customer", 1, 200),
        ("query", "customer", 1, 200),
        ("read", "customer", 0, 400),
    ]
    assert entries[3]["fault_code"] == "610"
    assert all(e["client_id"] == simulator.client_id and e["realm"] == simulator.realm_id for e in entries)
    reads = control(simulator, "GET", "log", operation="read", status="200")["entries"]
    assert [e["number"] for e in reads] == [2]
    page = control(simulator, "GET", "log", limit="3")
    assert (len(page["entries"]), page["next"]) == (3, 3)
    rest = control(simulator, "GET", "log", after=str(page["next"]))
    assert [e["number"] for e in rest["entries"]] == [4]
    newest = control(simulator, "GET", "log", order="newest", limit="1", bodies="1")["entries"][0]
    assert newest["number"] == 4
    assert json.loads(newest["response_body"])["Fault"]["Error"][0]["code"] == "610"


def test_the_summary_counts_metered_reads_per_company_and_day(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    create(simulator, bearer, "One")
    count(simulator, bearer)
    simulator.clock.advance(86_400)
    bearer = granted(simulator)["access_token"]
    count(simulator, bearer)
    count(simulator, bearer)
    control(simulator, "DELETE", "log")
    summary = control(simulator, "GET", "log/summary")
    realm = simulator.realm_id
    assert summary["days"] == [
        {"realm": realm, "day": "2026-03-02", "requests": 2, "reads": 1},
        {"realm": realm, "day": "2026-03-03", "requests": 2, "reads": 2},
    ]
    assert (summary["requests"], summary["reads"]) == (4, 3)


def test_tokens_and_secrets_do_not_reach_the_log(simulator: Simulator) -> None:
    refresh = granted(simulator)["refresh_token"]
    client_id, secret = simulator.client_credentials
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    post_form(
        simulator, "/oauth2/v1/tokens/bearer", {**form, "client_id": client_id, "client_secret": secret}
    )
    post_form(simulator, "/oauth2/v1/tokens/bearer", form, authorization=basic(simulator))
    body = json.dumps({"token": refresh}).encode()
    ask(simulator, "POST", "/v2/oauth2/tokens/revoke", headers={"authorization": basic(simulator)}, body=body)
    written = json.dumps(control(simulator, "GET", "log", bodies="1"))
    assert "grant_type=refresh_token" in written
    assert refresh not in written
    assert secret not in written
    assert basic(simulator).split()[1] not in written


@pytest.mark.parametrize("query", [{"limit": "many"}, {"colour": "red"}, {"order": "random"}])
def test_a_log_that_cannot_be_read_so_says_how_it_can(simulator: Simulator, query: dict[str, str]) -> None:
    response = ask(simulator, "GET", "/qbosim/log", query=query)
    assert response.status == 400
    assert response.json()["error"]["what"] == "The log was not read"


def test_an_added_company_has_its_own_books(simulator: Simulator) -> None:
    made = control(
        simulator,
        "POST",
        "companies",
        {"kind": "empty", "name": "Nord AS", "country": "ca", "currency": "cad"},
    )
    assert (made["country"], made["currency"]) == ("CA", "CAD")
    theirs = control(simulator, "POST", "grant", {"realm_id": made["realm_id"]})["access_token"]
    create(simulator, granted(simulator)["access_token"], "Ours")
    answer = api(
        simulator,
        "GET",
        "query",
        bearer=theirs,
        realm=made["realm_id"],
        query="select count(*) from Customer",
    )
    assert answer.json()["QueryResponse"]["totalCount"] == 0
    assert [each["name"] for each in control(simulator, "GET", "companies")["companies"]] == [
        "New Company",
        "Nord AS",
    ]


def test_a_company_from_a_folder_reports_what_it_could_not_place(
    simulator: Simulator, tmp_path: Path
) -> None:
    customer = {"Id": "58", "SyncToken": "0", "DisplayName": "From the folder", "Active": True, "Balance": 0}
    (tmp_path / "Customer.json").write_text(json.dumps([customer]))
    (tmp_path / "Spaceship.json").write_text(json.dumps([{"Id": "1"}]))
    made = control(simulator, "POST", "companies", {"kind": "directory", "directory": str(tmp_path)})
    assert made["load"]["loaded"]["Customer"] == 1
    assert made["load"]["left_out"]["Spaceship"]["records"] == 1
    bearer = control(simulator, "POST", "grant", {"realm_id": made["realm_id"]})["access_token"]
    read = api(simulator, "GET", "customer/58", bearer=bearer, realm=made["realm_id"])
    assert read.json()["Customer"]["DisplayName"] == "From the folder"


@pytest.mark.parametrize(
    "wish", [{"kind": "huge"}, {"kind": "directory"}, {"kind": "directory", "directory": "/nowhere/at/all"}]
)
def test_a_company_that_cannot_be_made_leaves_nothing(simulator: Simulator, wish: dict[str, str]) -> None:
    response = ask(simulator, "POST", "/qbosim/companies", body=wish)
    assert response.status == 400
    assert response.json()["error"]["what"] == "The company was not added"
    assert len(control(simulator, "GET", "companies")["companies"]) == 1


def test_settings_change_one_by_one_and_refuse_what_they_do_not_know(simulator: Simulator) -> None:
    control(simulator, "POST", "settings", {"throttle": True})
    changed = control(simulator, "POST", "settings", {"throttle_body": "xml"})
    assert changed == {
        "throttle": True,
        "throttle_body": "xml",
        "throttle_status": 429,
        "reports_per_minute": 0,
        "change_feed_days": 0,
        "compress": True,
        "reuse_revokes": False,
        "webhook_window": 5.0,
    }
    for wrong in (
        {"throttle_body": "yaml"},
        {"speed": 3},
        {"throttle": "yes"},
        {"webhook_window": -1},
        {"throttle_status": 500},
    ):
        assert ask(simulator, "POST", "/qbosim/settings", body=wrong).status == 400
    assert control(simulator, "GET", "settings") == changed


def test_the_check_finds_the_books_in_balance(simulator: Simulator) -> None:
    found = control(simulator, "GET", "check")
    assert found == {
        "balanced": True,
        "companies": [{"realm_id": simulator.realm_id, "balanced": True, "problems": []}],
    }
    assert ask(simulator, "GET", "/qbosim/check", query={"realm_id": "1"}).status == 404


def test_the_check_finds_a_posting_that_was_tampered_with(simulator: Simulator) -> None:
    with simulator.store.transaction() as db:
        columns = "realm, txn, line, entity, day, account, amount, foreign_amount"
        db.execute(
            f"INSERT INTO posting ({columns}) VALUES (?, 999, 0, 'Invoice', '2026-03-02', 1, 500, 500)",
            (simulator.realm_id,),
        )
    found = control(simulator, "GET", "check")
    assert found["balanced"] is False
    assert found["companies"][0]["problems"]


def test_what_is_no_door_and_what_is_no_json_is_refused_in_four_parts(simulator: Simulator) -> None:
    for method, path, body, status in (
        ("GET", "/qbosim/nothing", b"", 404),
        ("PUT", "/qbosim/clock", b"", 405),
        ("POST", "/qbosim/clock", b"{", 400),
        ("POST", "/qbosim/clock", b"\xff", 400),
        ("POST", "/qbosim/clock", b"[]", 400),
        ("DELETE", "/qbosim/faults/12", b"", 404),
    ):
        response = ask(simulator, method, path, body=body)
        assert response.status == status, path
        assert set(response.json()["error"]) == {"what", "which", "why", "remedy"}


def test_the_index_lists_every_door(simulator: Simulator) -> None:
    listed = control(simulator, "GET", "")["doors"]
    assert [(each["method"], each["path"]) for each in listed] == [(door.method, door.path) for door in DOORS]


def test_the_state_shows_the_world_at_one_look(simulator: Simulator) -> None:
    granted(simulator)
    simulator.clock.advance(1)
    control(simulator, "POST", "revoke", {"realm_id": simulator.realm_id})
    state = control(simulator, "GET", "state")
    assert state["seed"] == 7
    assert state["company"] == "empty"
    connection = state["connections"][0]
    assert connection["granted_at"] == MONDAY.isoformat()
    assert connection["revoked_at"] == (MONDAY + timedelta(seconds=1)).isoformat()


def test_a_company_from_a_folder_comes_back_after_a_reset_unless_the_folder_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "books"
    folder.mkdir()
    customer = {"Id": "58", "SyncToken": "0", "DisplayName": "From the folder", "Active": True, "Balance": 0}
    (folder / "Customer.json").write_text(json.dumps([customer]))
    with Simulator(company=folder, clock=Clock.at(MONDAY)) as simulator:
        control(simulator, "POST", "reset")
        assert count(simulator, granted(simulator)["access_token"]) == 1
        bearer = granted(simulator)["access_token"]
        simulator.clock.advance(60)
        (folder / "Customer.json").write_text("[{")
        broken = ask(simulator, "POST", "/qbosim/reset")
        (folder / "Customer.json").unlink()
        folder.rmdir()
        gone = ask(simulator, "POST", "/qbosim/reset")
        for refused in (broken, gone):
            assert (refused.status, refused.json()["error"]["which"]) == (409, str(folder))
        assert "Customer.json" in broken.json()["error"]["why"]
        assert simulator.clock.now() == MONDAY + timedelta(seconds=60)
        assert count(simulator, bearer) == 1


def test_a_sample_company_can_be_added_later_and_leaves_the_clock_alone(simulator: Simulator) -> None:
    made = control(simulator, "POST", "companies", {"kind": "sample", "name": "Second sample"})
    assert simulator.clock.now() == MONDAY
    bearer = control(simulator, "POST", "grant", {"realm_id": made["realm_id"]})["access_token"]
    query = {"query": "select count(*) from Invoice"}
    found = api(simulator, "GET", "query", bearer=bearer, realm=made["realm_id"], **query).json()
    assert found["QueryResponse"]["totalCount"] > 100


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "origin": "https://elsewhere.example"},
        {"sec-fetch-site": "same-site", "origin": "http://localhost:3000"},
        {"origin": "https://elsewhere.example", "host": "127.0.0.1:8790"},
    ],
)
def test_a_page_of_another_site_can_change_nothing_through_the_browser(
    simulator: Simulator, headers: dict[str, str]
) -> None:
    refused = ask(simulator, "POST", "/qbosim/reset", headers=headers)
    assert refused.status == 403
    assert set(refused.json()["error"]) == {"what", "which", "why", "remedy"}
    assert ask(simulator, "GET", "/qbosim/state", headers=headers).status == 200
    own = {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8790", "host": "127.0.0.1:8790"}
    assert ask(simulator, "POST", "/qbosim/reset", headers=own).status == 200
