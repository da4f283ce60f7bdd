"""Companies over REST: connect, import, match, settings, cycles, issues and documents."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.test_host_records import problem_of
from tests.world import World

API = "/api/v1"


def connect(client: TestClient, world: World) -> str:
    """Connect the simulator's company through this door alone; gives its id."""
    simulator = world.simulator
    app = {"client_id": simulator.client_id, "client_secret": simulator.client_secret}
    assert client.put(f"{API}/apps/sandbox", json=app).status_code == 200
    token = world.grant()["refresh_token"]
    body = {"environment": "sandbox", "realm_id": simulator.realm_id, "refresh_token": token}
    answer = client.post(f"{API}/connections/adopt", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def go_live(client: TestClient, world: World, company: str) -> None:
    assert client.post(f"{API}/companies/{company}/import").status_code == 200
    income = next(one["Id"] for one in world.every("Account") if one["AccountType"] == "Income")
    for name, value in (("income_account", income), ("export", "on")):
        answer = client.put(f"{API}/companies/{company}/settings/{name}", json={"value": value})
        assert answer.status_code == 200, answer.text


def test_secrets_go_in_and_never_come_out(client: TestClient, world: World) -> None:
    secret = "a-very-secret-value-of-an-app"
    kept = client.put(f"{API}/apps/production", json={"client_id": "ABc", "client_secret": secret})
    shown = client.get(f"{API}/apps/production")
    assert shown.json() == {
        "environment": "production",
        "client_id": "ABc",
        "secret_ending": "-app",
        "ready": True,
        "source": "own",
        "redirect_uri": "http://127.0.0.1:8787/oauth/callback",
        "scope": "com.intuit.quickbooks.accounting",
    }
    assert secret not in kept.text + shown.text
    assert secret.encode() not in (world.folder / "tieout.db").read_bytes()


def test_a_secret_in_a_request_that_is_refused_is_not_repeated(client: TestClient) -> None:
    secret = "a-very-secret-value-of-an-app"
    answer = client.put(
        f"{API}/apps/production", json={"client_id": 5, "client_secret": secret, "extra": secret}
    )
    assert secret not in problem_of(answer, 422)["detail"]
    assert secret not in answer.text


def test_an_environment_that_intuit_does_not_have_is_refused(client: TestClient) -> None:
    problem_of(client.get(f"{API}/apps/moon"), 422)


def test_before_a_company_is_connected_every_question_says_how_to_connect_one(client: TestClient) -> None:
    assert client.get(f"{API}/companies").json() == {"items": [], "next": None}
    for path in ("/companies/any/health", "/matching/client", "/documents", "/links/client"):
        assert "tieout connect" in problem_of(client.get(API + path), 404)["remedy"]


def test_a_wrong_client_secret_is_said_as_such(client: TestClient, world: World) -> None:
    app = {"client_id": world.simulator.client_id, "client_secret": "not the secret at all"}
    client.put(f"{API}/apps/sandbox", json=app)
    body = {
        "environment": "sandbox",
        "realm_id": world.simulator.realm_id,
        "refresh_token": world.grant()["refresh_token"],
    }
    said = problem_of(client.post(f"{API}/connections/adopt", json=body), 422)
    assert said["code"] == "invalid"
    assert client.get(f"{API}/companies").json()["items"] == []


def test_a_realm_that_the_token_is_not_for_leaves_nothing_behind(client: TestClient, world: World) -> None:
    app = {"client_id": world.simulator.client_id, "client_secret": world.simulator.client_secret}
    client.put(f"{API}/apps/sandbox", json=app)
    body = {
        "environment": "sandbox",
        "realm_id": "1234567890",
        "refresh_token": world.grant()["refresh_token"],
    }
    problem_of(client.post(f"{API}/connections/adopt", json=body), 409)
    assert client.get(f"{API}/companies").json()["items"] == []


def test_starting_a_connection_answers_intuits_address_and_ties_it_to_this_browser(
    client: TestClient, world: World
) -> None:
    problem_of(client.post(f"{API}/connections", json={"environment": "production"}), 422)
    app = {"client_id": world.simulator.client_id, "client_secret": world.simulator.client_secret}
    client.put(f"{API}/apps/production", json=app)
    started = client.post(f"{API}/connections", json={"environment": "production"})
    assert started.status_code == 201
    assert "redirect_uri=http%3A%2F%2F127.0.0.1%3A8787%2Foauth%2Fcallback" in started.json()["url"]
    cookie = started.headers["set-cookie"]
    assert cookie.startswith("tieout_session=")
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


def test_a_company_is_imported_with_events_for_each_step(client: TestClient, world: World) -> None:
    company = connect(client, world)
    events: list[tuple[str, Any]] = []
    with client.stream(
        "POST", f"{API}/companies/{company}/import", headers={"accept": "text/event-stream"}
    ) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in stream.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                events.append((name, json.loads(line.removeprefix("data: "))))
    assert events[-1][0] == "done"
    assert events[-1][1]["counts"]["Account"] == len(world.every("Account"))
    finished = {data["entity"] for event, data in events if event == "progress" and data["finished"]}
    assert {"Customer", "Item", "Invoice", "Payment"} <= finished
    progress = client.get(f"{API}/companies/{company}/import").json()["items"]
    assert {one["state"] for one in progress} == {"done"}


def test_an_import_can_be_watched_by_whoever_comes_also_when_it_has_ended(
    client: TestClient, world: World
) -> None:
    company = connect(client, world)
    assert client.get(f"{API}/companies/{company}/import/progress").json()["state"] == "never"
    assert client.post(f"{API}/companies/{company}/import").status_code == 200
    with client.stream("GET", f"{API}/companies/{company}/import/events") as answer:
        told = [line for line in answer.iter_lines() if line]
    assert [line for line in told if line.startswith("event:")] == ["event: progress", "event: end"]
    end = json.loads(told[-1].removeprefix("data: "))
    assert (end["state"], end["done"] > 50, end["done"] == end["total"]) == ("done", True, True)
    assert {"entity", "done", "total", "rate", "seconds_left", "way", "error", "finished"} <= set(
        end["entities"][0]
    )


def test_an_import_that_waits_for_a_worker_is_not_told_as_ended(client: TestClient, world: World) -> None:
    company = world.connect().id
    assert client.post(f"{API}/companies/{company}/import").status_code == 200
    assert client.post(f"{API}/companies/{company}/import/job?anew=true").status_code == 202
    assert client.get(f"{API}/companies/{company}/import/progress").json()["state"] == "waiting"


def test_an_import_that_fails_ends_its_stream_with_the_problem(client: TestClient, world: World) -> None:
    company = connect(client, world)
    world.control("POST", "revoke", {"realm_id": world.simulator.realm_id})
    answer = client.post(f"{API}/companies/{company}/import", headers={"accept": "text/event-stream"})
    assert "event: problem" in answer.text
    data = json.loads(answer.text.split("data: ")[-1].splitlines()[0])
    assert data["code"] == "reconnect_needed"
    assert client.get(f"{API}/companies/{company}").json()["status"] == "needs_reconnect"
    said = problem_of(client.post(f"{API}/companies/{company}/connection/test"), 409)
    assert said["code"] == "reconnect_needed"


def test_a_company_can_be_named_by_id_realm_or_name(client: TestClient, world: World) -> None:
    company = client.get(f"{API}/companies/{connect(client, world)}").json()
    for name in (company["id"], company["realm_id"], company["name"]):
        assert client.get(f"{API}/companies/{name}").json() == company
    said = problem_of(client.get(f"{API}/companies/somebody-elses"), 404)
    assert said["record"] == "somebody-elses"


def test_settings_are_listed_with_their_meaning_and_refused_when_wrong(
    client: TestClient, world: World
) -> None:
    company = connect(client, world)
    path = f"{API}/companies/{company}/settings"
    shown = {one["name"]: one for one in client.get(path).json()["items"]}
    assert shown["export"]["value"] == "off"
    assert shown["export"]["choices"] == ["off", "on"]
    problem_of(client.put(f"{path}/export", json={"value": "maybe"}), 422)
    problem_of(client.put(f"{path}/start_date", json={"value": "02/03/2026"}), 422)
    problem_of(client.put(f"{path}/colour", json={"value": "blue"}), 422)
    client.put(f"{path}/start_date", json={"value": "2026-03-02"})
    assert {one["name"]: one["value"] for one in client.get(path).json()["items"]}[
        "start_date"
    ] == "2026-03-02"


@pytest.fixture
def live(client: TestClient, world: World) -> str:
    """The id of a company that is connected, imported and live, with a client, a service and an invoice."""
    company = connect(client, world)
    go_live(client, world, company)
    world.client()
    world.service()
    world.invoice()
    return company


def test_a_days_work_goes_through_this_door_alone(client: TestClient, world: World, live: str) -> None:
    report = client.post(f"{API}/companies/{live}/sync").json()
    assert report["state"] == "succeeded", report
    row = client.get(f"{API}/documents").json()["items"][0]
    assert (row["kind"], row["ref"], row["stands"], row["total"]) == ("invoice", "i1", "synced", "160.00")
    detail = client.get(f"{API}/documents/invoice/i1").json()
    assert detail["document"]["qbo_id"] == detail["link"]["qbo_id"]
    assert detail["pushes"][0]["state"] == "confirmed"
    assert detail["record"]["lines"][0]["service"] == "s1"
    assert detail["timeline"]
    assert "body" not in detail["pushes"][0]

    qbo_id = detail["link"]["qbo_id"]
    line = world.read("Invoice", qbo_id)["Line"][0]
    line["SalesItemLineDetail"].update(Qty=3, UnitPrice=80)
    line["Amount"] = 240
    world.edit("Invoice", qbo_id, Line=[line])
    world.pass_time(60)
    client.post(f"{API}/companies/{live}/sync")
    issue = client.get(f"{API}/issues").json()["items"][0]
    assert issue["kind"].startswith("drift.")
    assert issue["actions"] == ["push_ours", "accept_theirs", "ignore"]
    assert client.get(f"{API}/companies/{live}/health").json()["open_issues"] >= 1

    wrong = client.post(f"{API}/issues/{issue['id']}/decisions", json={"action": "explode"})
    assert "push_ours" in problem_of(wrong, 422)["why"]
    settled = client.post(f"{API}/issues/{issue['id']}/decisions", json={"action": "accept_theirs"})
    assert settled.json()["state"] == "resolved"
    again = client.post(f"{API}/issues/{issue['id']}/decisions", json={"action": "accept_theirs"})
    assert "closed already" in problem_of(again, 400)["what"]
    assert client.get(f"{API}/host/invoices/i1").json()["total"] == "240.00"


def test_the_issue_list_takes_only_known_states_and_follows_its_cursor(client: TestClient, live: str) -> None:
    assert problem_of(client.get(f"{API}/issues", params={"state": "lost"}), 422)["record"] == "state"
    assert client.get(f"{API}/issues", params={"state": "all", "company": live}).json()["next"] is None
    problem_of(client.get(f"{API}/issues", params={"company": "nobody"}), 404)
    problem_of(client.get(f"{API}/issues/iss_nothing"), 404)


def test_a_document_that_is_not_there_and_a_kind_that_is_none_are_told_apart(
    client: TestClient, live: str
) -> None:
    problem_of(client.get(f"{API}/documents/invoice/nothing"), 404)
    problem_of(client.get(f"{API}/documents/novel/i1"), 422)
    problem_of(client.get(f"{API}/documents", params={"kind": "novel"}), 422)


def test_clients_are_matched_linked_and_unlinked(client: TestClient, world: World, live: str) -> None:
    for name in ("Kestrel Foods", "Acme Widgets", "Acme, Widgets"):
        world.books("POST", "customer", {"DisplayName": name})
    world.client("k", "Kestrel Foods Ltd")
    world.client("a", "ACME Widgets")
    client.put(f"{API}/companies/{live}/settings/link_exact_names", json={"value": "no"})
    client.put(f"{API}/companies/{live}/settings/export", json={"value": "off"})
    client.post(f"{API}/companies/{live}/sync")
    found = {one["ref"]: one for one in client.get(f"{API}/matching/client").json()["items"]}
    assert found["k"]["verdict"] == "exact"
    assert found["a"]["verdict"] == "ambiguous"
    assert len(found["a"]["candidates"]) == 2
    only = client.get(f"{API}/matching/client", params={"verdict": "ambiguous"}).json()["items"]
    assert [one["ref"] for one in only] == ["a"]

    taken = client.post(f"{API}/matching/client/take-exact").json()
    assert taken["linked"] == 1
    assert taken["links"][0]["host_ref"] == "k"
    chosen = found["a"]["candidates"][0]["qbo_id"]
    assert client.put(f"{API}/links/client/a", json={"qbo_id": chosen}).json()["how"] == "confirmed"
    links = {one["host_ref"]: one for one in client.get(f"{API}/links/client").json()["items"]}
    assert links["k"]["theirs"] == "Kestrel Foods"
    assert client.delete(f"{API}/links/client/a").json()["qbo_id"] == chosen
    problem_of(client.delete(f"{API}/links/client/a"), 400)
    problem_of(client.put(f"{API}/links/client/a", json={"qbo_id": "999999"}), 404)
    problem_of(client.get(f"{API}/matching/novel"), 422)


def test_proposals_are_paged(client: TestClient, world: World, live: str) -> None:
    for number in range(5):
        world.client(f"n{number}", f"Firm number {number}")
    client.put(f"{API}/companies/{live}/settings/export", json={"value": "off"})
    client.post(f"{API}/companies/{live}/sync")
    refs: list[str] = []
    after = ""
    while True:
        page = client.get(f"{API}/matching/client", params={"limit": 2, "after": after}).json()
        refs += [one["ref"] for one in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert sorted(refs) == ["c1", *(f"n{number}" for number in range(5))]


def test_a_company_that_is_disconnected_keeps_its_history_and_says_what_to_do(
    client: TestClient, live: str
) -> None:
    client.post(f"{API}/companies/{live}/sync")
    assert client.delete(f"{API}/companies/{live}/connection").json()["status"] == "disconnected"
    assert client.get(f"{API}/documents/invoice/i1").json()["link"] is not None
    said = problem_of(client.post(f"{API}/companies/{live}/sync"), 409)
    assert said["remedy"] == "Connect it again"


def test_cycles_are_listed_newest_first(client: TestClient, world: World, live: str) -> None:
    client.post(f"{API}/companies/{live}/sync")
    world.pass_time(60)
    client.post(f"{API}/companies/{live}/sync")
    cycles = client.get(f"{API}/companies/{live}/cycles").json()["items"]
    assert [one["state"] for one in cycles] == ["succeeded", "succeeded"]
    assert cycles[0]["started_at"] > cycles[1]["started_at"]
    assert len(client.get(f"{API}/companies/{live}/cycles", params={"limit": 1}).json()["items"]) == 1
