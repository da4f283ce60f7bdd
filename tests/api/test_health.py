"""Health, sections, notices, channels, probes and metrics over REST."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.connections.mailbox import program
from tests.looking import plan_fault
from tests.world import World
from tieout.cli.server import make_app
from tieout.wiring import Settings

API = "/api/v1"
BASE = "http://127.0.0.1:8787"
COLLECTOR = "a-long-secret-of-the-collector"
ACCESS = "a-long-secret-of-the-installation"


@pytest.fixture
def ready(world: World) -> World:
    world.ready()
    world.sync()
    return world


@pytest.fixture
def guarded(world: World) -> Iterator[TestClient]:
    settings = Settings(
        home=world.folder,
        public_url="https://books.example.com",
        access_token=ACCESS,
        metrics_token=COLLECTOR,
    )
    app = make_app(world.edges, settings, with_worker=False)
    with TestClient(app, base_url="https://books.example.com", follow_redirects=False) as made:
        yield made


def test_health_says_of_everything_how_it_stands_and_why(client: TestClient, ready: World) -> None:
    whole = client.get(f"{API}/health").json()
    assert whole["state"] == "stopped"
    signs = {one["name"]: one for one in whole["signs"]}
    assert signs["workers"]["state"] == "stopped"
    assert "tieout worker" in signs["workers"]["remedy"]
    (company,) = whole["companies"]
    names = {one["name"] for one in company["signs"]}
    assert names >= {"connection", "permission", "cycle", "freshness", "work", "owed", "reads", "issues"}
    assert company["last_cycle"]["state"] == "succeeded"
    assert company["reads"]["today"] == company["reads"]["month"] > 0
    assert company["permissions"][0]["days_left"] > 90
    assert company["permissions"][0]["limit"] == "idle"
    assert {one["name"] for one in company["sections"]} == {"customers", "products", "tax_codes", "full"}


def test_health_counts_what_waits_and_what_needs_a_person(client: TestClient, ready: World) -> None:
    ready.client()
    ready.service()
    ready.invoice()
    ready.settle()
    (invoice,) = ready.every("Invoice")
    ready.edit("Invoice", invoice["Id"], DocNumber="changed")
    plan_fault(ready, fault="503", method="POST", entity="Invoice", times=None)
    ready.invoice("i2")
    ready.pass_time(60)
    ready.sync()
    (company,) = client.get(f"{API}/health", params={"company": ready.simulator.realm_id}).json()["companies"]
    assert sum(company["issues"].values()) >= 1
    assert any(one["what"] == "pushes" and one["number"] for one in company["waiting"])
    signs = {one["name"]: one for one in company["signs"]}
    assert signs["issues"]["state"] == "attention"
    assert company["state"] == "stopped", "no worker runs"


def test_a_lost_connection_is_the_first_thing_that_health_says(client: TestClient, ready: World) -> None:
    with ready.edges.database.transaction() as work:
        work.companies.set_status(work.companies.all("main")[0].id, "needs_reconnect")
    (company,) = client.get(f"{API}/health").json()["companies"]
    assert (company["signs"][0]["name"], company["signs"][0]["state"]) == ("connection", "stopped")
    assert company["signs"][0]["remedy"]


def test_companies_of_health_come_page_by_page(client: TestClient, ready: World) -> None:
    from dataclasses import replace

    with ready.edges.database.transaction() as work:
        first = work.companies.all("main")[0]
        for number in range(4):
            work.companies.add(replace(first, id=f"co_{number}", realm_id=f"9{number}", is_default=False))
    seen: list[str] = []
    after = ""
    while True:
        page = client.get(f"{API}/health", params={"limit": 2, "after": after}).json()
        seen += [one["company"]["id"] for one in page["companies"]]
        after = page["next"]
        if not after:
            break
    assert len(seen) == len(set(seen)) == 5


def test_a_section_is_brought_up_to_date_on_request(client: TestClient, ready: World) -> None:
    (customer,) = [ready.books("POST", "customer", {"DisplayName": "New Moon Cafe"})["Customer"]]
    sections = client.get(f"{API}/companies/{ready.simulator.realm_id}/sections").json()["items"]
    before = {one["name"]: one for one in sections}
    assert before["customers"]["completed_by"] == "cycle"
    ready.pass_time(120)
    answer = client.post(f"{API}/companies/{ready.simulator.realm_id}/sections/customers/sync")
    assert answer.status_code == 200, answer.text
    after = {one["name"]: one for one in answer.json()["items"]}
    assert after["customers"]["completed_by"] == "section"
    assert after["customers"]["completed_at"] > before["customers"]["completed_at"]
    assert after["customers"]["active"] == before["customers"]["active"] + 1
    assert after["products"]["completed_at"] == before["products"]["completed_at"]
    ready.edit("Customer", customer["Id"], Active=False)
    ready.pass_time(120)
    full = client.post(f"{API}/companies/{ready.simulator.realm_id}/sections/full/sync").json()["items"]
    by_name = {one["name"]: one for one in full}
    assert by_name["customers"]["inactive"] == before["customers"]["inactive"] + 1
    assert by_name["full"]["completed_at"] == by_name["customers"]["completed_at"]
    wrong = client.post(f"{API}/companies/{ready.simulator.realm_id}/sections/nothing/sync")
    assert wrong.status_code == 422
    assert all(wrong.json()[part] for part in ("what", "record", "why", "remedy"))


def test_channels_and_notices_are_managed_over_rest(client: TestClient, ready: World) -> None:
    refused = client.post(f"{API}/channels", json={"kind": "webhook", "address": "http://127.0.0.1:9/"})
    assert refused.status_code == 422
    assert "open" in refused.json()["why"]
    assert client.get(f"{API}/channels").json()["items"] == []
    from tieout.sync.watchdog import watch

    ready.pass_time(61)
    watch(ready.edges)
    (notice,) = client.get(f"{API}/notices", params={"standing": True}).json()["items"]
    assert notice["kind"] == "watch.workers"
    seen = client.post(f"{API}/notices/{notice['id']}/seen").json()
    assert seen["seen_by"] == "owner"
    assert client.get(f"{API}/notices", params={"unseen": True}).json()["items"] == []
    assert client.post(f"{API}/notices/ntc_none/seen").status_code == 404


def test_a_webhook_is_added_tried_and_removed(ready: World) -> None:
    from dataclasses import replace

    edges = replace(ready.edges, outgoing=replace(ready.edges.outgoing, private_webhooks=True))
    app = make_app(edges, Settings(home=ready.folder), with_worker=False)
    with program() as listener, TestClient(app, base_url=BASE) as client:
        added = client.post(f"{API}/channels", json={"kind": "webhook", "address": listener.url}).json()
        assert len(added["secret"]) > 20
        (shown,) = client.get(f"{API}/channels").json()["items"]
        assert "secret" not in shown
        assert client.post(f"{API}/channels/{added['id']}/test").status_code == 200
        assert len(listener.posts) == 1
        assert client.delete(f"{API}/channels/{added['id']}").status_code == 200
        assert client.get(f"{API}/channels").json()["items"] == []


def test_the_check_up_finds_what_is_wrong_and_what_is_right(client: TestClient, ready: World) -> None:
    checks = client.post(f"{API}/check-up").json()["items"]
    states = {one["name"]: one["state"] for one in checks}
    assert states["secrets"] == states["database"] == states["version"] == "ok"
    assert states["workers"] == states["channels"] == "warning"
    of_company = client.post(f"{API}/companies/{ready.simulator.realm_id}/check-up").json()["items"]
    assert {one["name"]: one["state"] for one in of_company}["clock"] == "ok"
    assert all(one["state"] != "broken" for one in of_company), of_company


def test_a_clock_that_is_wrong_is_noticed(client: TestClient, ready: World) -> None:
    ready.clock.sleep(400)
    checks = client.post(f"{API}/companies/{ready.simulator.realm_id}/check-up").json()["items"]
    (clock,) = [one for one in checks if one["name"] == "clock"]
    assert clock["state"] == "warning"
    assert "400 seconds ahead of" in clock["says"]


def test_probes_answer_anybody_and_tell_nothing(
    client: TestClient, guarded: TestClient, world: World
) -> None:
    for asked in (client, guarded):
        assert asked.get("/healthz").text == "ok\n"
        assert asked.get("/readyz").json() == {"ready": True}
    world.edges.database.close()
    (world.folder / "tieout.db").rename(world.folder / "elsewhere.db")
    assert guarded.get("/healthz").status_code == 200
    broken = guarded.get("/readyz")
    assert broken.status_code == 503
    assert str(world.folder) not in broken.text
    (world.folder / "elsewhere.db").replace(world.folder / "tieout.db")


def test_metrics_show_the_installation_to_a_collector(client: TestClient, ready: World) -> None:
    text = client.get("/metrics").text
    assert 'tieout_companies{status="connected"} 1.0' in text
    assert "tieout_freshness_seconds{company=" in text
    assert 'tieout_cycle_seconds_count{result="succeeded"}' in text
    assert 'tieout_call_seconds_count{status="200"}' in text
    assert 'span="today"' in text
    for secret in (ready.simulator.client_secret, "Blue Heron"):
        assert secret not in text


def test_metrics_of_an_installation_that_others_reach_need_a_token(guarded: TestClient, ready: World) -> None:
    assert guarded.get("/metrics").status_code == 401
    assert guarded.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 401
    for good in (COLLECTOR, ACCESS):
        assert guarded.get("/metrics", headers={"authorization": f"Bearer {good}"}).status_code == 200
    collector = {"authorization": f"Bearer {COLLECTOR}"}
    assert guarded.get(f"{API}/companies", headers=collector).status_code == 401
    assert guarded.get("/", headers=collector).status_code == 303
