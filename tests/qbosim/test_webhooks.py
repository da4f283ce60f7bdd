"""Webhooks: what is told, to whom, when, how it is signed, and what happens when nobody takes it."""

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

from qbosim.certificates import certificates_in
from qbosim.clock import Clock
from qbosim.server import open_simulator, running
from qbosim.simulator import Simulator
from tests.qbosim.asking import api, ask, control, granted
from tests.qbosim.conftest import MONDAY
from tests.qbosim.desk import bill, payment
from tests.qbosim.receiver import Receiver, receiving


class App:
    """An app that is connected, writes, and is told."""

    def __init__(self, simulator: Simulator, receiver: Receiver, **wish: Any) -> None:
        self.simulator = simulator
        self.receiver = receiver
        self._bearer, self._granted_at = "", MONDAY - timedelta(days=1)
        _ = self.bearer
        control(simulator, "POST", "webhooks", {"url": receiver.url, **wish})

    @property
    def bearer(self) -> str:
        """A token that is good now."""
        now = self.simulator.clock.now()
        if abs(now - self._granted_at) > timedelta(minutes=50):
            self._bearer, self._granted_at = granted(self.simulator)["access_token"], now
        return self._bearer

    def send(self, place: str, body: Any, **query: str) -> Any:
        answer = api(self.simulator, "POST", place, bearer=self.bearer, body=body, **query)
        assert answer.status == 200, answer.body
        return answer.json()

    def post(self, entity: str, body: Any, **query: str) -> Any:
        return self.send(entity.lower(), body, **query)[entity]

    def get(self, place: str, **query: str) -> Any:
        answer = api(self.simulator, "GET", place, bearer=self.bearer, **query)
        assert answer.status == 200, answer.body
        return answer.json()

    def customer(self, name: str) -> str:
        return str(self.post("Customer", {"DisplayName": name})["Id"])

    def deliver(self) -> int:
        return int(control(self.simulator, "POST", "webhooks/deliver")["attempts"])

    def pass_time(self, seconds: float = 5) -> list[list[tuple[str, str]]]:
        """Let time pass and answer the messages that came."""
        known = len(self.receiver.messages)
        self.simulator.clock.advance(seconds)
        self.deliver()
        return self.receiver.briefs[known:]

    def told(self, seconds: float = 5) -> list[tuple[str, str]]:
        """Let time pass and answer the events that came."""
        return [event for message in self.pass_time(seconds) for event in message]

    def log(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = control(self.simulator, "GET", "webhooks/log", limit="1000")["attempts"]
        return found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


@pytest.fixture
def app(simulator: Simulator, receiver: Receiver) -> App:
    return App(simulator, receiver)


@pytest.mark.rule("webhook.cloud_events")
def test_a_new_customer_is_told_as_a_cloud_event(app: App) -> None:
    identity = app.customer("Ada's Bakery")
    app.pass_time()
    (event,) = app.receiver.messages[0].events
    assert list(event) == [
        "specversion",
        "id",
        "source",
        "type",
        "datacontenttype",
        "time",
        "intuitentityid",
        "intuitaccountid",
        "data",
    ]
    assert event["specversion"] == "1.0"
    assert event["type"] == "qbo.customer.created.v1"
    assert event["time"] == "2026-03-02T17:00:00.000000000Z"
    assert (event["intuitentityid"], event["intuitaccountid"]) == (identity, app.simulator.realm_id)
    assert event["source"].startswith("intuit.")
    assert event["data"] == {}


@pytest.mark.rule("webhook.legacy")
def test_the_old_format_groups_by_company(simulator: Simulator, receiver: Receiver) -> None:
    app = App(simulator, receiver, format="legacy")
    identity = app.customer("Ada's Bakery")
    app.simulator.clock.advance(5)
    app.deliver()
    assert json.loads(receiver.messages[0].body) == {
        "eventNotifications": [
            {
                "realmId": simulator.realm_id,
                "dataChangeEvent": {
                    "entities": [
                        {
                            "name": "Customer",
                            "id": identity,
                            "operation": "Create",
                            "lastUpdated": "2026-03-02T09:00:00-0800",
                        }
                    ]
                },
            }
        ]
    }


@pytest.mark.rule("webhook.signature", "webhook.headers")
def test_a_message_is_signed_with_the_apps_verifier_and_carries_intuits_headers(app: App) -> None:
    app.customer("Ada's Bakery")
    app.pass_time()
    told = app.receiver.messages[0]
    expected = hmac.new(app.simulator.webhook_verifier.encode(), told.body, sha256).digest()
    assert told.headers["intuit-signature"] == b64encode(expected).decode()
    assert told.headers["user-agent"] == "intuit_notification_server/0.1"
    assert told.headers["intuit-notification-schema-version"] == "0.1"
    assert told.headers["intuit-created-time"] == "2026-03-02T09:00:05-08:00"
    assert told.headers["content-type"] == "application/json"
    assert len(told.headers["intuit-t-id"]) == 36


@pytest.mark.rule("webhook.side_effects", "webhook.one_event_per_call")
def test_a_payment_tells_of_itself_of_its_invoice_and_of_its_customer(app: App) -> None:
    customer = app.customer("Ada's Bakery")
    invoice = app.post("Invoice", bill(customer))
    assert ("qbo.invoice.created.v1", invoice["Id"]) in app.told()
    paid = app.post("Payment", payment(customer, 100, ("Invoice", invoice["Id"], 100)))
    assert sorted(event for event in app.told() if event[0] != "qbo.account.updated.v1") == [
        ("qbo.customer.updated.v1", customer),
        ("qbo.invoice.updated.v1", invoice["Id"]),
        ("qbo.payment.created.v1", paid["Id"]),
    ]
    invoice = app.get(f"invoice/{invoice['Id']}")["Invoice"]
    app.post("Invoice", {"Id": invoice["Id"], "SyncToken": invoice["SyncToken"]}, operation="void")
    told = app.told()
    assert ("qbo.invoice.voided.v1", invoice["Id"]) in told
    assert ("qbo.invoice.updated.v1", invoice["Id"]) not in told
    invoice = app.post("Invoice", bill(customer))
    app.told()
    app.send(f"invoice/{invoice['Id']}/send", b"", sendTo="ada@example.com")
    assert app.told() == [("qbo.invoice.emailed.v1", invoice["Id"])]
    app.post("Invoice", {"Id": invoice["Id"], "SyncToken": invoice["SyncToken"]}, operation="delete")
    assert ("qbo.invoice.deleted.v1", invoice["Id"]) in app.told()


def test_an_update_that_changes_nothing_and_a_call_that_fails_tell_nothing(app: App) -> None:
    customer = app.customer("Ada's Bakery")
    app.told()
    same = {"Id": customer, "SyncToken": "0", "sparse": True, "DisplayName": "Ada's Bakery"}
    app.post("Customer", same)
    refused = {"CustomerRef": {"value": customer}, "Line": [], "BadJson": 1}
    assert api(app.simulator, "POST", "invoice", bearer=app.bearer, body=refused).status == 400
    assert app.told(3600) == []


def test_a_batch_tells_of_the_items_that_were_done(app: App) -> None:
    items = [
        {"bId": "1", "operation": "create", "Customer": {"DisplayName": "One"}},
        {"bId": "2", "operation": "create", "Customer": {"DisplayName": "One"}},
        {"bId": "3", "operation": "create", "Customer": {"DisplayName": "Two"}},
    ]
    app.send("batch", {"BatchItemRequest": items})
    assert app.told() == [("qbo.customer.created.v1", "1"), ("qbo.customer.created.v1", "2")]


@pytest.mark.rule("webhook.coverage")
def test_the_company_info_tells_nothing_and_the_preferences_tell_an_update(app: App) -> None:
    info = app.get(f"companyinfo/{app.simulator.realm_id}")["CompanyInfo"]
    wish = {"Id": info["Id"], "SyncToken": info["SyncToken"], "sparse": True, "CompanyName": "Renamed"}
    app.post("CompanyInfo", wish)
    assert app.told(3600) == []
    preferences = app.get("preferences")["Preferences"]
    app.post(
        "Preferences",
        {
            "Id": preferences["Id"],
            "SyncToken": preferences["SyncToken"],
            "sparse": True,
            "SalesFormsPrefs": {"AllowDeposit": not preferences["SalesFormsPrefs"]["AllowDeposit"]},
        },
    )
    assert app.told() == [("qbo.preferences.updated.v1", preferences["Id"])]


@pytest.mark.rule("webhook.connected_only")
def test_an_app_hears_only_of_companies_it_is_connected_to(app: App) -> None:
    simulator = app.simulator
    other = control(simulator, "POST", "companies", {"kind": "empty"})["realm_id"]
    second = control(simulator, "POST", "apps", {"name": "Second"})["client_id"]
    bearer = control(simulator, "POST", "grant", {"realm_id": other, "client_id": second})["access_token"]
    body = {"DisplayName": "Elsewhere"}
    assert api(simulator, "POST", "customer", bearer=bearer, realm=other, body=body).status == 200
    assert app.told() == []
    control(simulator, "POST", "grant", {"realm_id": other})
    assert (
        api(simulator, "POST", "customer", bearer=bearer, realm=other, body={"DisplayName": "B"}).status
        == 200
    )
    assert app.told() == [("qbo.customer.created.v1", "2")]
    control(simulator, "POST", "revoke", {"realm_id": other})
    again = control(simulator, "POST", "grant", {"realm_id": other, "client_id": second})["access_token"]
    assert (
        api(simulator, "POST", "customer", bearer=again, realm=other, body={"DisplayName": "C"}).status == 200
    )
    assert app.told() == []


def test_an_app_hears_only_of_the_entities_it_asked_for(simulator: Simulator, receiver: Receiver) -> None:
    app = App(simulator, receiver, entities=["invoice"])
    invoice = app.post("Invoice", bill(app.customer("Ada's Bakery")))
    assert app.told() == [("qbo.invoice.created.v1", invoice["Id"])]


@pytest.mark.rule("webhook.aggregated", "webhook.window")
def test_changes_of_five_seconds_are_one_message(app: App) -> None:
    app.customer("One")
    app.simulator.clock.advance(4)
    app.customer("Two")
    assert app.deliver() == 0
    assert len(app.pass_time(1)[0]) == 2
    control(app.simulator, "POST", "settings", {"webhook_window": 0})
    app.customer("Three")
    assert app.pass_time(0) == [[("qbo.customer.created.v1", "3")]]


@pytest.mark.rule("webhook.retry", "webhook.held")
def test_a_refused_message_is_tried_on_the_ladder_and_holds_later_events(app: App) -> None:
    app.receiver.status = 500
    app.customer("One")
    app.pass_time()
    app.customer("Two")
    steps = [10, 20, 30, 300, 1200, 7200, 14400, 21600, 21600, 21600]
    for step in steps:
        assert app.pass_time(step - 1) == []
        assert app.pass_time(1) == [[("qbo.customer.created.v1", "1")]]
    assert [entry["status"] for entry in app.log()] == [500] * (len(steps) + 1)
    assert len({told.body for told in app.receiver.messages}) == 1
    app.receiver.status = 204
    assert app.pass_time(21600) == [[("qbo.customer.created.v1", "1")], [("qbo.customer.created.v1", "2")]]
    assert app.log()[-1]["next_at"] is None
    assert app.told(86400) == []


@pytest.mark.rule("webhook.no_redirect")
def test_a_redirect_is_a_failed_attempt(app: App) -> None:
    app.receiver.status = 302
    app.customer("One")
    assert len(app.pass_time()) == 1
    assert (app.log()[0]["status"], app.log()[0]["next_at"] is None) == (302, False)


@pytest.mark.rule("webhook.three_seconds")
def test_an_app_that_takes_longer_than_three_seconds_has_not_accepted(app: App) -> None:
    app.receiver.seconds = 3.3
    app.customer("One")
    app.simulator.clock.advance(5)
    app.deliver()
    (attempt,) = app.log()
    assert attempt["status"] is None
    assert "within 3 seconds" in attempt["error"]
    assert attempt["next_at"] is not None
    app.receiver.wait(1)


@pytest.mark.rule("webhook.https")
def test_an_https_receiver_needs_no_certificate_that_the_world_trusts(
    simulator: Simulator, tmp_path: Path
) -> None:
    with receiving(certificates_in(tmp_path)) as secure:
        app = App(simulator, secure)
        app.customer("One")
        assert app.told() == [("qbo.customer.created.v1", "1")]


def test_an_app_that_does_not_listen_is_tried_again(simulator: Simulator) -> None:
    with receiving() as gone:
        app = App(simulator, gone)
    app.customer("One")
    app.simulator.clock.advance(5)
    assert app.deliver() == 1
    assert app.log()[0]["status"] is None
    with receiving() as back:
        control(simulator, "POST", "webhooks", {"url": back.url})
        simulator.clock.advance(10)
        app.deliver()
        assert back.briefs == [[("qbo.customer.created.v1", "1")]]


@pytest.mark.rule("webhook.loopback_only")
@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hooks",
        "http://10.0.0.7/hooks",
        "http://127.0.0.1.example.com/",
        "http://0.0.0.0:80/",
        "ftp://127.0.0.1/",
        "http://user@127.0.0.1/",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "nonsense",
    ],
)
def test_webhooks_go_to_this_machine_only(simulator: Simulator, url: str) -> None:
    response = ask(simulator, "POST", "/qbosim/webhooks", body={"url": url})
    assert response.status == 400
    assert set(response.json()["error"]) == {"what", "which", "why", "remedy"}
    assert control(simulator, "GET", "webhooks")["endpoints"] == []


@pytest.mark.parametrize(
    ("wish", "status"),
    [({"client_id": "AB"}, 404), ({"entities": ["TaxCode"]}, 400), ({"format": "xml"}, 400)],
)
def test_a_webhook_address_for_nobody_or_nothing_is_refused(
    simulator: Simulator, wish: dict[str, Any], status: int
) -> None:
    body = {"url": "http://localhost:1/", **wish}
    assert ask(simulator, "POST", "/qbosim/webhooks", body=body).status == status


def plan(app: App, fault: str, **more: Any) -> None:
    control(app.simulator, "POST", "webhooks/faults", {"fault": fault, **more})


def names(app: App, *wanted: str) -> None:
    for name in wanted:
        app.customer(name)


def test_an_event_is_lost_on_request(app: App) -> None:
    plan(app, "lost", entity="customer", nth=2)
    names(app, "One", "Two", "Three")
    assert [identity for _, identity in app.told(3600)] == ["1", "3"]
    (planned,) = control(app.simulator, "GET", "webhooks/faults")["faults"]
    assert (planned["seen"], planned["fired"]) == (2, 1)


def test_an_event_is_late_on_request(app: App) -> None:
    plan(app, "late", seconds=100)
    names(app, "One", "Two")
    assert [identity for _, identity in app.told(5)] == ["2"]
    assert app.told(99) == []
    assert [identity for _, identity in app.told(1)] == ["1"]


def test_an_event_comes_twice_on_request_with_the_same_id(app: App) -> None:
    plan(app, "duplicate", operation="create", seconds=30)
    names(app, "One", "Two")
    app.pass_time(3600)
    assert [len(told.events) for told in app.receiver.messages] == [2, 1]
    assert app.receiver.messages[0].events[0] == app.receiver.messages[1].events[0]


def test_an_event_comes_after_a_later_one_on_request(app: App) -> None:
    plan(app, "out_of_order", seconds=600)
    names(app, "One")
    assert app.told(10) == []
    names(app, "Two")
    assert [identity for _, identity in app.told()] == ["2", "1"]
    plan(app, "out_of_order", seconds=600)
    names(app, "Three")
    assert app.told(599) == []
    assert [identity for _, identity in app.told(6)] == ["3"]


def test_a_signature_is_wrong_on_request_and_right_on_the_next_attempt(app: App) -> None:
    plan(app, "wrong_signature")
    app.receiver.status = 401
    names(app, "One")
    app.pass_time()
    app.receiver.status = 200
    app.pass_time(10)
    wrong, right = (told.headers["intuit-signature"] for told in app.receiver.messages)
    body = app.receiver.messages[0].body
    expected = b64encode(hmac.new(app.simulator.webhook_verifier.encode(), body, sha256).digest()).decode()
    assert wrong != expected
    assert right == expected


def test_a_plan_that_cannot_be_is_refused_and_plans_can_be_taken_back(app: App) -> None:
    for wrong in ({"fault": "eaten"}, {"fault": "lost", "nth": 0}, {"fault": "late", "seconds": -1}):
        assert ask(app.simulator, "POST", "/qbosim/webhooks/faults", body=wrong).status == 400
    plan(app, "lost", times=None)
    assert control(app.simulator, "DELETE", "webhooks/faults") == {"removed": 1}
    names(app, "One")
    assert len(app.told()) == 1


def test_an_attempt_can_be_replayed(app: App) -> None:
    names(app, "One")
    app.pass_time()
    (attempt,) = app.log()
    control(app.simulator, "POST", f"webhooks/replay/{attempt['id']}")
    assert app.receiver.messages[0].body == app.receiver.messages[1].body
    assert app.log()[-1]["replay_of"] == attempt["message"]
    assert ask(app.simulator, "POST", "/qbosim/webhooks/replay/99").status == 404


def test_nothing_goes_to_an_app_that_wants_no_more(app: App) -> None:
    names(app, "One")
    assert control(app.simulator, "GET", "webhooks")["endpoints"][0]["waiting"] == 1
    assert control(app.simulator, "DELETE", "webhooks") == {"removed": 1}
    assert app.told(3600) == []


def test_a_receiver_may_ask_back_and_write_while_it_is_told(app: App) -> None:
    control(app.simulator, "POST", "settings", {"webhook_window": 0})

    def answer(_told: Any) -> None:
        app.customer(f"Customer {len(app.receiver.messages)}")

    app.receiver.reaction = answer
    names(app, "One")
    assert app.deliver() == 1  # what it wrote is for the next time
    assert app.deliver() == 1


def test_what_waits_outlives_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    file = tmp_path / "world.db"
    with Simulator(file, company="empty", seed=7, clock=Clock.at(MONDAY)) as first:
        app = App(first, receiver)
        receiver.status = 503
        names(app, "One")
        app.pass_time()
        names(app, "Two")
    receiver.status = 200
    with Simulator(file) as second:
        second.clock.advance(10)
        control(second, "POST", "webhooks/deliver")
        second.clock.advance(5)
        control(second, "POST", "webhooks/deliver")
    assert [identity for told in receiver.messages for _, identity in told.brief()] == ["1", "1", "2"]


def test_a_reset_that_keeps_connections_keeps_the_webhook_address(app: App) -> None:
    control(app.simulator, "POST", "reset", {"keep_connections": True})
    names(app, "One")
    assert len(app.told()) == 1
    control(app.simulator, "POST", "reset")
    assert control(app.simulator, "GET", "webhooks")["endpoints"] == []


def test_a_served_simulator_delivers_by_itself_also_when_its_clock_is_moved(receiver: Receiver) -> None:
    with open_simulator(company="empty", seed=7) as simulator, running(simulator):
        app = App(simulator, receiver)
        control(simulator, "POST", "settings", {"webhook_window": 0})
        names(app, "One")
        receiver.wait(1, 5)
        simulator.clock.freeze()
        control(simulator, "POST", "settings", {"webhook_window": 3600})
        names(app, "Two")
        simulator.clock.advance(3600)
        receiver.wait(2, 5)
    assert receiver.briefs == [[("qbo.customer.created.v1", "1")], [("qbo.customer.created.v1", "2")]]


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("customer"), st.integers(0, 3)),
        st.tuples(st.just("invoice"), st.integers(0, 3)),
        st.tuples(st.just("pay"), st.integers(0, 5)),
        st.tuples(st.just("rename"), st.integers(0, 3)),
        st.tuples(st.just("void"), st.integers(0, 5)),
        st.tuples(st.just("delete"), st.integers(0, 5)),
        st.tuples(st.just("deliver"), st.integers(0, 9)),
    ),
    max_size=14,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=_STEPS, mishaps=st.lists(st.sampled_from(["late", "duplicate", "out_of_order"]), max_size=3))
def test_whoever_follows_the_webhooks_knows_what_the_change_feed_and_queries_know(
    steps: list[tuple[str, int]], mishaps: list[str]
) -> None:
    with (
        Simulator(company="empty", seed=7, clock=Clock.at(MONDAY)) as simulator,
        receiving() as receiver,
    ):
        app = App(simulator, receiver)
        for number, fault in enumerate(mishaps):
            plan(app, fault, nth=2 * number + 1, times=3)
        history = _History(app)
        for verb, number in steps:
            history.do(verb, number)
        app.pass_time(3600)
        app.pass_time(3600)
        heard = {
            (event["type"].split(".")[1], event["intuitentityid"])
            for told in receiver.messages
            for event in told.events
        }
        since = MONDAY.isoformat()
        feed = app.get("cdc", entities="Customer,Invoice,Payment", changedSince=since)["CDCResponse"][0]
        changed, alive = set(), {}
        for part in feed["QueryResponse"]:
            for entity in part.keys() & {"Customer", "Invoice", "Payment"}:
                for record in part[entity]:
                    changed.add((entity.lower(), record["Id"]))
                    if record.get("status") != "Deleted":
                        alive[entity.lower(), record["Id"]] = record["SyncToken"]
        assert {each for each in heard if each[0] in ("customer", "invoice", "payment")} == changed
        fetched = {}
        for entity, identity in heard:
            read = api(simulator, "GET", f"{entity}/{identity}", bearer=app.bearer)
            if read.status == 200:
                fetched[entity, identity] = next(iter(read.json().values()))["SyncToken"]
        queried = {
            (entity.lower(), row["Id"]): row["SyncToken"]
            for entity in ("Customer", "Invoice", "Payment")
            for row in app.get("query", query=f"select * from {entity} maxresults 1000")["QueryResponse"].get(
                entity, []
            )
        }
        assert {
            key: token for key, token in fetched.items() if key[0] in ("customer", "invoice", "payment")
        } == (alive)
        assert alive == queried


class _History:
    """Random work on one company; what cannot be done is left."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._customers = [app.customer("The first")]
        self._invoices: list[str] = []
        self._names = 0

    def do(self, verb: str, number: int) -> None:
        app = self._app
        customer = self._customers[number % len(self._customers)]
        if verb == "customer":
            self._names += 1
            self._customers.append(app.customer(f"Customer {self._names}"))
        elif verb == "rename":
            self._names += 1
            token = app.get(f"customer/{customer}")["Customer"]["SyncToken"]
            body = {"Id": customer, "SyncToken": token, "sparse": True, "DisplayName": f"Name {self._names}"}
            app.post("Customer", body)
        elif verb == "invoice":
            self._invoices.append(str(app.post("Invoice", bill(customer))["Id"]))
        elif verb == "deliver":
            app.pass_time(number)
        elif self._invoices:
            identity = self._invoices[number % len(self._invoices)]
            invoice = app.get(f"invoice/{identity}")["Invoice"]
            if verb == "pay":
                payer = invoice["CustomerRef"]["value"]
                if invoice["Balance"] > 0:
                    app.post("Payment", payment(payer, 10, ("Invoice", identity, 10)))
            else:
                app.post("Invoice", {"Id": identity, "SyncToken": invoice["SyncToken"]}, operation=verb)
                if verb == "delete":
                    self._invoices.remove(identity)
