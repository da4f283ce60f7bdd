"""Intuit's webhooks at the door: who is let in, what is kept, whom it wakes, and what it never costs."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.world import World
from tests.worlds import bare
from tieout.cli.server import make_app
from tieout.connections.apps import save_app
from tieout.connections.webhooks import PLACE, set_webhooks
from tieout.kit.crypto import Secret
from tieout.security.callers import owner
from tieout.storage.companies import Company
from tieout.wiring import Settings

VERIFIER = "a1b2c3d4-5678-90ab-cdef-1234567890ab"


class Gate:
    """An installation's door for webhooks, and what stands in its database."""

    def __init__(self, world: World, client: TestClient) -> None:
        self.world = world
        self.client = client
        shown = set_webhooks(world.edges, world.caller, environment="production", verifier=Secret(VERIFIER))
        self.path = PLACE + shown.url.partition(PLACE)[2]
        self.count = 0

    def event(self, **changes: Any) -> dict[str, Any]:
        self.count += 1
        return {
            "specversion": "1.0",
            "id": f"event {self.count}",
            "source": "intuit.abc=",
            "type": "qbo.customer.updated.v1",
            "time": f"{self.world.clock.now():%Y-%m-%dT%H:%M:%S}.123456789Z",
            "intuitentityid": "1234",
            "intuitaccountid": self.world.simulator.realm_id,
            "data": {},
        } | changes

    def post(self, body: bytes, *, verifier: str = VERIFIER, path: str = "", **headers: str) -> int:
        signature = b64encode(hmac.new(verifier.encode(), body, sha256).digest()).decode()
        sent = {"intuit-signature": signature} | headers
        return self.client.post(path or self.path, content=body, headers=sent).status_code

    def tell(self, *events: dict[str, Any], **more: Any) -> int:
        return self.post(json.dumps(events).encode(), **more)

    def kept(self) -> list[tuple[str, str, str]]:
        with self.world.edges.database.reading() as work:
            return [
                (one.entity, one.qbo_id, one.operation)
                for company in work.companies.all(self.world.caller.tenant)
                for one in work.events.open(company.id, 100_000)
            ]

    @property
    def company(self) -> Company:
        with self.world.edges.database.reading() as work:
            return work.companies.all(self.world.caller.tenant)[0]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def gate(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """An installation with one connected company, whose answers are waited for however busy this machine is."""
    monkeypatch.setattr("tieout.api.intuit.PATIENCE", 60)
    world = bare(request, tmp_path, str(request.param))
    world.connect()
    with world.edges.database.transaction() as work:
        company = work.companies.all(world.caller.tenant)[0]
        lease = work.companies.claim(company.id, "somebody", world.clock.now(), timedelta(seconds=45))
        assert lease is not None
        work.companies.settle(lease, due_at=world.clock.now() + timedelta(hours=9), now=world.clock.now())
    app = make_app(world.edges, Settings(home=world.folder), with_worker=False)
    with TestClient(app, base_url="http://127.0.0.1:8787", raise_server_exceptions=False) as client:
        yield Gate(world, client)
    world.close()


def test_a_signed_event_is_kept_and_its_company_is_looked_at_after_a_quiet_moment(gate: Gate) -> None:
    assert gate.tell(gate.event()) == 200
    assert gate.kept() == [("Customer", "1234", "updated")]
    assert gate.company.due_at == gate.world.clock.now() + timedelta(seconds=5)
    assert gate.company.webhook_at == gate.world.clock.now()


def test_a_burst_of_webhooks_is_one_look_and_puts_it_off_for_half_a_minute_at_most(gate: Gate) -> None:
    began = gate.world.clock.now()
    for _ in range(12):
        gate.tell(gate.event())
        gate.world.pass_time(4)
    assert gate.company.due_at == began + timedelta(seconds=30)


def test_a_look_that_is_due_sooner_for_another_reason_is_not_put_off(gate: Gate) -> None:
    now = gate.world.clock.now()
    with gate.world.edges.database.transaction() as work:
        work.companies.wake(work.companies.all("main")[0].id, now)
    gate.tell(gate.event())
    assert gate.company.due_at <= now


def test_a_company_that_is_being_worked_on_is_looked_at_again_right_after(gate: Gate) -> None:
    company, now = gate.company, gate.world.clock.now()
    with gate.world.edges.database.transaction() as work:
        lease = work.companies.claim(company.id, "somebody", now, timedelta(seconds=45))
    assert lease is not None
    gate.tell(gate.event())
    with gate.world.edges.database.transaction() as work:
        work.companies.settle(lease, due_at=now + timedelta(hours=2), now=now)
    assert gate.company.due_at == now


@pytest.mark.parametrize(
    "headers", [{"intuit-signature": ""}, {"intuit-signature": "AAAA"}, {"intuit-signature": "=" * 9000}]
)
def test_a_message_without_the_right_signature_leaves_no_trace(gate: Gate, headers: dict[str, str]) -> None:
    before = gate.company
    body = json.dumps([gate.event()]).encode()
    assert gate.client.post(gate.path, content=body, headers=headers).status_code == 401
    assert gate.client.post(gate.path, content=body).status_code == 401
    assert gate.post(body, verifier="of another app") == 401
    assert gate.kept() == []
    assert gate.company == before


def test_an_address_that_is_nobodys_answers_as_a_wrong_signature_does(gate: Gate) -> None:
    assert gate.tell(gate.event(), path=f"{PLACE}nobody") == 401
    assert gate.tell(gate.event(), path=PLACE) in (401, 404, 405)


def test_the_same_message_a_hundred_times_is_kept_once_and_wakes_nobody_again(gate: Gate) -> None:
    body = json.dumps([gate.event(), gate.event()]).encode()
    gate.post(body)
    before = gate.company
    gate.world.pass_time(3)
    assert {gate.post(body) for _ in range(100)} == {200}
    assert len(gate.kept()) == 2
    assert gate.company == before


def test_both_formats_and_several_companies_in_one_message(gate: Gate) -> None:
    entities = [
        {"name": "Invoice", "id": "5", "operation": "Void", "lastUpdated": "2026-03-02T08:00:00-0800"},
        {
            "name": "Customer",
            "id": "6",
            "operation": "Merge",
            "lastUpdated": "2026-03-02T08:00:00-0800",
            "deletedId": "4",
        },
    ]
    told = [
        {"realmId": realm, "dataChangeEvent": {"entities": entities}}
        for realm in (gate.world.simulator.realm_id, "77")
    ]
    assert gate.post(json.dumps({"eventNotifications": told}).encode()) == 200
    assert gate.kept() == [("Invoice", "5", "voided"), ("Customer", "6", "merged")]


def test_an_app_speaks_of_its_own_companies_only(gate: Gate) -> None:
    stranger = owner("another tenant", "test")
    edges = gate.world.edges
    save_app(
        edges,
        stranger,
        environment="production",
        client_id="theirs",
        client_secret=Secret("a secret of theirs"),
    )
    shown = set_webhooks(edges, stranger, environment="production", verifier=Secret("their verifier"))
    theirs = PLACE + shown.url.partition(PLACE)[2]
    assert gate.tell(gate.event(), path=theirs, verifier="their verifier") == 200
    assert gate.kept() == []
    assert gate.company.webhook_at is None


def test_ten_thousand_events_are_taken_at_once(gate: Gate) -> None:
    events = [gate.event(intuitentityid=str(number % 300 + 1)) for number in range(10_000)]
    assert gate.tell(*events) == 200
    assert len(gate.kept()) == 10_000


def test_a_message_larger_than_any_of_intuits_is_refused_before_it_is_read(gate: Gate) -> None:
    assert gate.post(b"[" + b" " * 9_000_000 + b"]") == 413


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"{}", b"[]", b"\xff\xfe", b'[{"type":', b"[" * 100_000, b'{"eventNotifications":{}}'],
)
def test_what_intuit_signs_and_we_cannot_read_is_accepted_so_that_it_is_not_sent_for_ever(
    gate: Gate, body: bytes
) -> None:
    assert gate.post(body) == 200
    assert gate.kept() == []


def test_events_of_a_paused_company_wait_and_those_of_a_disconnected_one_are_dropped(gate: Gate) -> None:
    for status, kept in (("paused", 1), ("needs_reconnect", 2), ("disconnected", 2)):
        with gate.world.edges.database.transaction() as work:
            work.companies.set_status(work.companies.all("main")[0].id, status)
        assert gate.tell(gate.event()) == 200
        assert len(gate.kept()) == kept, status


def test_without_a_verifier_every_message_is_turned_away(gate: Gate) -> None:
    set_webhooks(gate.world.edges, gate.world.caller, environment="production", verifier=Secret(""))
    assert gate.tell(gate.event()) == 401
    assert gate.tell(gate.event(), verifier="") == 401


def test_a_database_that_is_busy_has_intuit_come_again(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tieout.api.intuit.PATIENCE", 0.2)
    body = json.dumps([gate.event()]).encode()
    with gate.world.edges.database.transaction() as work:
        work.companies.wake(work.companies.all("main")[0].id, gate.world.clock.now())
        assert gate.post(body) == 503
    monkeypatch.setattr("tieout.api.intuit.PATIENCE", 60)
    assert gate.post(body) == 200
    assert len(gate.kept()) == 1


def test_an_installation_that_asks_for_a_token_lets_intuit_in_and_nobody_further(gate: Gate) -> None:
    guarded = Settings(
        home=gate.world.folder,
        host="0.0.0.0",
        public_url="https://books.example",
        access_token="a-long-random-token-for-this-test-0123456789",
    )
    with TestClient(
        make_app(gate.world.edges, guarded, with_worker=False), base_url="https://books.example"
    ) as client:
        gate.client = client
        assert gate.tell(gate.event()) == 200
        for path in (f"{PLACE}../../api/v1/companies", f"{PLACE}%2e%2e/api/v1/companies"):
            assert client.get(path).status_code in (401, 404, 405)
        assert client.get("/api/v1/companies").status_code == 401


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200), signature=st.text(st.characters(max_codepoint=255), max_size=60))
def test_no_bytes_and_no_signature_get_through(gate: Gate, body: bytes, signature: str) -> None:
    answer = gate.client.post(
        gate.path, content=body, headers={b"intuit-signature": signature.encode("latin-1", "replace")}
    )
    assert answer.status_code in (400, 401)
    assert gate.kept() == []
