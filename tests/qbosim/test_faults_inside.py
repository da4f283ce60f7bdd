"""Faults on purpose: inside a batch, by the dice, in time, and by a person who edits at the worst moment."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbosim.simulator import EDITOR, Simulator
from qbosim.wire import ConnectionCut
from tests.qbosim.asking import api, ask, control, granted
from tests.qbosim.conftest import MONDAY


class App:
    """A connected app."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.bearer = granted(simulator)["access_token"]

    def call(self, method: str, place: str, body: Any = b"", **query: str) -> Any:
        return api(self.simulator, method, place, bearer=self.bearer, body=body, **query)

    def made(self, name: str) -> Any:
        return self.call("POST", "customer", {"DisplayName": name}).json()["Customer"]

    def names(self) -> list[str]:
        answer = self.call("GET", "query", query="select * from Customer orderby Id").json()["QueryResponse"]
        return [row["DisplayName"] for row in answer.get("Customer", [])]

    def batch(self, *items: dict[str, Any]) -> list[Any]:
        answer = self.call("POST", "batch", {"BatchItemRequest": list(items)})
        assert answer.status == 200, answer.body
        found: list[Any] = answer.json()["BatchItemResponse"]
        return found

    def plan(self, **plan: Any) -> int:
        return int(control(self.simulator, "POST", "faults", plan)["id"])

    def log(self) -> list[Any]:
        found: list[Any] = control(self.simulator, "GET", "log")["entries"]
        return found


@pytest.fixture
def app(simulator: Simulator) -> App:
    return App(simulator)


def creates(*names: str) -> list[dict[str, Any]]:
    return [{"bId": name, "operation": "create", "Customer": {"DisplayName": name}} for name in names]


def code(item: Any) -> str | None:
    return item["Fault"]["Error"][0]["code"] if "Fault" in item else None


@pytest.mark.rule("faults.inside_batch", "faults.system")
@pytest.mark.parametrize(
    ("plan", "expected", "kind"),
    [
        ({"fault": "500"}, "10000", "SystemFault"),
        ({"fault": "stale"}, "5010", "ValidationFault"),
        ({"fault": "lapsed"}, "6190", "ValidationFault"),
        ({"fault": "closed"}, "6210", "ValidationFault"),
        ({"fault": "fault", "code": "6540", "type": "ValidationFault"}, "6540", "ValidationFault"),
    ],
)
def test_one_item_of_a_batch_can_be_struck_and_the_others_are_done(
    app: App, plan: dict[str, Any], expected: str, kind: str
) -> None:
    number = app.plan(**plan, entity="Customer", operation="create", nth=2)
    items = app.batch(*creates("A", "B", "C"))
    assert [code(item) for item in items] == [None, expected, None]
    assert items[1]["Fault"]["type"] == kind
    assert [item["bId"] for item in items] == ["A", "B", "C"]
    assert app.names() == ["A", "C"]
    (entry,) = [each for each in app.log() if each["operation"] == "batch"]
    assert (entry["planned_fault"], entry["status"]) == (number, 200)


@pytest.mark.rule("faults.inside_batch")
def test_an_item_can_be_done_and_answered_with_a_fault_all_the_same(app: App) -> None:
    app.plan(fault="500", entity="customer", when="after")
    assert [code(item) for item in app.batch(*creates("A", "B"))] == ["10000", None]
    assert app.names() == ["A", "B"]


def test_a_plan_about_batches_strikes_the_whole_and_one_about_nothing_never_an_item(app: App) -> None:
    app.plan(fault="500", operation="batch")
    assert app.call("POST", "batch", {"BatchItemRequest": creates("A")}).status == 500
    app.plan(fault="500")
    assert app.call("POST", "batch", {"BatchItemRequest": creates("A")}).status == 500
    app.plan(fault="503", entity="customer", operation="create")  # nothing that an item could say
    assert [code(item) for item in app.batch(*creates("A"))] == [None]
    assert app.names() == ["A"]


def test_queries_updates_deletions_and_voids_inside_a_batch_are_matched_by_their_own_words(app: App) -> None:
    customer = app.made("A")
    app.plan(fault="500", operation="query", entity="Invoice")
    app.plan(fault="stale", operation="update", entity="Customer")
    items = app.batch(
        {"bId": "1", "Query": "select * from Invoice"},
        {"bId": "2", "Query": "select * from Customer"},
        {"bId": "3", "Customer": {**named(customer), "Notes": "n"}},
    )
    assert [code(item) for item in items] == ["10000", None, "5010"]


def named(record: Any) -> dict[str, Any]:
    return {"Id": record["Id"], "SyncToken": record["SyncToken"], "sparse": True}


@pytest.mark.rule("faults.stale")
def test_a_person_edits_between_an_apps_read_and_its_write(app: App) -> None:
    customer = app.made("A")
    app.plan(fault="edit", entity="Customer", operation="update", change={"Notes": "by hand"})
    refused = app.call("POST", "customer", {**named(customer), "CompanyName": "Firm"})
    error = refused.json()["Fault"]["Error"][0]
    assert (refused.status, error["code"]) == (400, "5010")
    assert EDITOR in error["Detail"]
    now = app.call("GET", f"customer/{customer['Id']}").json()["Customer"]
    assert (now["Notes"], now["SyncToken"]) == ("by hand", "1")
    again = app.call("POST", "customer", {**named(now), "CompanyName": "Firm"}).json()["Customer"]
    assert (again["Notes"], again["CompanyName"], again["SyncToken"]) == ("by hand", "Firm", "2")


@pytest.mark.rule("faults.stale")
@pytest.mark.parametrize("change", [{}, {"Notes": "n" * 5_000}, {"Nonsense": 1}])
def test_an_edit_without_a_change_or_with_one_that_is_refused_saves_the_record_as_it_is(
    app: App, change: dict[str, Any]
) -> None:
    place = f"customer/{app.made('A')['Id']}"
    customer = app.call("GET", place).json()["Customer"]
    app.plan(fault="edit", entity="Customer", **({"change": change} if change else {}))
    assert app.call("POST", "customer", {**named(customer), "Notes": "x"}).status == 400
    now = app.call("GET", place).json()["Customer"]
    assert {**now, "SyncToken": "0", "MetaData": customer["MetaData"]} == customer
    assert now["SyncToken"] == "1"


def test_an_edit_hits_one_item_of_a_batch_and_leaves_calls_that_name_no_record_alone(app: App) -> None:
    first, second = app.made("A"), app.made("B")
    app.plan(fault="edit", entity="Customer")
    assert app.made("C")["SyncToken"] == "0"
    items = app.batch(
        {"bId": "1", "operation": "update", "Customer": {**named(first), "Notes": "n"}},
        {"bId": "2", "operation": "update", "Customer": {**named(second), "Notes": "n"}},
    )
    assert [code(item) for item in items] == ["5010", None]


@pytest.mark.rule("faults.lapsed")
def test_a_subscription_lapses_and_a_period_closes_on_request(app: App) -> None:
    for fault, expected in (("lapsed", "6190"), ("closed", "6210")):
        app.plan(fault=fault, operation="create")
        refused = app.call("POST", "customer", {"DisplayName": "A"})
        assert (refused.status, refused.json()["Fault"]["Error"][0]["code"]) == (400, expected)
    assert app.names() == []


def stormy(seed: int, calls: int = 80) -> list[int]:
    with Simulator(company="empty", seed=seed) as simulator:
        simulator.clock.freeze()
        app = App(simulator)
        app.plan(fault="storm", mix={"503": 0.2, "429": 0.1, "reply_lost": 0.1}, operation="create")
        statuses = []
        for number in range(calls):
            try:
                statuses.append(app.call("POST", "customer", {"DisplayName": f"C{number}"}).status)
            except ConnectionCut:
                statuses.append(0)
        names = app.names()
        assert len(names) == min(100, sum(status in (0, 200) for status in statuses))
        return statuses


def test_a_storm_mixes_kinds_by_the_seed_until_it_is_taken_back() -> None:
    whole = stormy(3)
    assert whole == stormy(3)
    assert whole != stormy(4)
    assert set(whole) == {0, 200, 429, 503}
    assert 30 < whole.count(200) < 65


def test_a_slow_answer_takes_its_seconds_and_some_more_by_the_dice(app: App) -> None:
    app.plan(fault="slow", seconds=10, spread=5, times=None, operation="read")
    waits = []
    for _ in range(8):
        before = app.simulator.clock.now()
        app.call("GET", "companyinfo/1")
        waits.append((app.simulator.clock.now() - before).total_seconds())
    assert all(10 <= wait < 15 for wait in waits)
    assert len(set(waits)) == 8
    assert app.simulator.clock.now() > MONDAY


@pytest.mark.parametrize(
    ("plan", "which"),
    [
        ({"fault": "storm"}, "mix"),
        ({"fault": "500", "mix": {"503": 0.5}}, "mix"),
        ({"fault": "storm", "mix": {"503": 0.7, "429": 0.7}}, "mix"),
        ({"fault": "storm", "mix": {"503": -0.1}}, "mix"),
        ({"fault": "storm", "mix": {"slow": 0.1}}, "seconds"),
        ({"fault": "storm", "mix": {"hail": 0.1}}, "key in mix"),
        ({"fault": "slow", "seconds": 1, "spread": -1}, "spread"),
        ({"fault": "500", "change": {"Notes": "x"}}, "change"),
        ({"fault": "edit", "when": "before"}, "when"),
    ],
)
def test_a_storm_or_an_edit_that_makes_no_sense_is_refused(
    simulator: Simulator, plan: dict[str, Any], which: str
) -> None:
    refused = ask(simulator, "POST", "/qbosim/faults", body=plan)
    assert refused.status == 400
    assert refused.json()["error"]["which"].startswith(which)


@pytest.mark.rule("batch.key")
def test_a_request_id_and_a_bid_are_too_long_together(app: App) -> None:
    items = creates("A", "B" * 20)
    request = {"BatchItemRequest": items}
    answer = app.call("POST", "batch", request, requestid="r" * 36).json()["BatchItemResponse"]
    assert code(answer[0]) is None
    assert answer[1]["Fault"]["Error"][0]["Detail"] == (
        "Business Validation Error: You cannot enter more than 50 characters in the request_id field. "
        "You tried entering rrrrrrrrrr..., which is 56 characters."
    )
    assert app.names() == ["A"]
    again = app.call("POST", "batch", request, requestid="r" * 36).json()["BatchItemResponse"]
    assert again[0] == answer[0]
    assert app.names() == ["A"]


@pytest.mark.rule(
    "batch.alone", "batch.thirty", "batch.verbs", "batch.without_words", "batch.shape", "batch.merge"
)
def test_the_items_of_a_batch_are_done_one_by_one(app: App) -> None:
    customer = app.made("A")
    invoice = {
        "CustomerRef": {"value": customer["Id"]},
        "BillEmail": {"Address": "a@example.com"},
        "Line": [
            {
                "Amount": 10.0,
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
            }
        ],
    }
    made = app.call("POST", "invoice", invoice).json()["Invoice"]
    items = app.batch(
        {"bId": "send", "operation": "send", "Invoice": {"Id": made["Id"]}},
        {"Customer": {"DisplayName": "B"}},
        {"bId": "nothing"},
        {"bId": "two", "Customer": {"DisplayName": "x"}, "Class": {"Name": "x"}},
        {"bId": "merge", "operation": "merge", "Customer": {"DisplayName": "x"}},
        {"bId": "report", "ReportQuery": {"Report": "ProfitAndLoss"}},
        {"bId": "void", "operation": "update", "optionsData": "void", "Invoice": named(made)},
        {"bId": "feed", "CDCQuery": {"Entities": "Customer", "ChangedSince": "2026-01-01"}},
    )
    assert items[0]["Invoice"]["EmailStatus"] == "EmailSent"
    assert list(items[1]) == ["Customer"]
    assert [code(item) for item in items[2:6]] == ["2010", "2010", "500", "2010"]
    assert items[6]["Invoice"]["TotalAmt"] == 0
    assert items[7]["CDCResponse"][0]["QueryResponse"][0]["maxResults"] == 2
    refused = app.call("POST", "batch", {"BatchItemRequest": creates(*(f"C{n}" for n in range(31)))})
    assert refused.json()["Fault"]["Error"][0]["code"] == "1040"


ITEMS = st.lists(
    st.dictionaries(
        st.sampled_from(
            ["bId", "operation", "Query", "query", "CDCQuery", "Customer", "Invoice", "optionsData", "x"]
        ),
        st.none()
        | st.text(max_size=8)
        | st.integers()
        | st.lists(st.integers(), max_size=2)
        | st.dictionaries(
            st.sampled_from(["Id", "SyncToken", "DisplayName", "Line"]), st.text(max_size=4) | st.none()
        ),
        max_size=4,
    ),
    max_size=5,
)


@given(items=ITEMS)
@settings(max_examples=120, deadline=None)
def test_no_batch_is_ever_more_than_refused(items: list[dict[str, Any]]) -> None:
    app = FUZZED
    answer = app.call("POST", "batch", {"BatchItemRequest": items})
    assert answer.status in (200, 400), answer.body
    if answer.status == 200:
        assert len(answer.json()["BatchItemResponse"]) == len(items)


FUZZED = App(Simulator(company="empty", seed=1))
FUZZED.plan(fault="stale", entity="Invoice", operation="update")
