"""Merging two records of a list, as a user does on QuickBooks' pages: what moves, what is left, and what is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from qbosim.clock import Clock
from qbosim.simulator import Simulator
from tests.qbosim.asking import api, ask, control, granted
from tests.qbosim.conftest import MONDAY
from tests.qbosim.desk import bill, item_line, payment
from tests.qbosim.receiver import receiving


class Office:
    """A company whose bookkeeper and app both work on it."""

    def __init__(self, world: Simulator) -> None:
        self.world = world
        self.bearer = str(granted(world)["access_token"])

    def get(self, place: str, **query: str) -> Any:
        answer = api(self.world, "GET", place, bearer=self.bearer, **query)
        assert answer.status == 200, answer.body
        return answer.json()

    def status(self, place: str) -> int:
        return api(self.world, "GET", place, bearer=self.bearer).status

    def post(self, entity: str, body: Any, **query: str) -> Any:
        answer = api(self.world, "POST", entity.lower(), bearer=self.bearer, body=body, **query)
        assert answer.status == 200, answer.body
        return answer.json()[entity]

    def one(self, entity: str, identity: str) -> Any:
        return self.get(f"{entity.lower()}/{identity}")[entity]

    def rows(self, entity: str, rest: str = "") -> list[Any]:
        found: list[Any] = self.get("query", query=f"select * from {entity} {rest}")["QueryResponse"].get(
            entity, []
        )
        return found

    def account(self, name: str) -> str:
        return str(self.rows("Account", f"where FullyQualifiedName = '{name}'")[0]["Id"])

    def merge(self, entity: str, gone: str, kept: str, **more: str) -> Any:
        return control(self.world, "POST", "merge", {"entity": entity, "gone": gone, "kept": kept, **more})[
            entity
        ]

    def refused(self, entity: str, gone: str, kept: str) -> str:
        body = {"entity": entity, "gone": gone, "kept": kept}
        answer = ask(self.world, "POST", "/qbosim/merge", body=body)
        assert answer.status == 400, answer.body
        return str(answer.json()["error"]["why"])

    def in_order(self) -> bool:
        return bool(control(self.world, "GET", "check")["balanced"])


@pytest.fixture
def office() -> Iterator[Office]:
    with Simulator(company="empty", clock=Clock.at(MONDAY)) as world:
        yield Office(world)


def customer(office: Office, name: str, **more: Any) -> str:
    return str(office.post("Customer", {"DisplayName": name, **more})["Id"])


@pytest.mark.rule("merging.moves")
@pytest.mark.rule("merging.gone")
@pytest.mark.rule("merging.quiet")
def test_two_customers_become_one_with_everything_that_was_theirs(office: Office) -> None:
    twin, kept = customer(office, "Ada's Bakery 2"), customer(office, "Ada's Bakery")
    sold = office.post("Invoice", bill(twin, 100.0))
    paid = office.post("Payment", payment(twin, 30.0, ("Invoice", sold["Id"], 30.0)))
    office.post("Invoice", bill(kept, 7.0))
    noted = {"AttachableRef": [{"EntityRef": {"type": "Customer", "value": twin}}], "Note": "n"}
    about_another = {"AttachableRef": [{"EntityRef": {"type": "Invoice", "value": sold["Id"]}}], "Note": "m"}
    notes = [office.post("Attachable", body) for body in (noted, about_another)]
    journal = {"PostingType": "Debit", "AccountRef": {"value": office.account("Accounts Receivable (A/R)")}}
    journal["Entity"] = {"Type": "Customer", "EntityRef": {"value": twin}}
    sides = (journal, {"PostingType": "Credit", "AccountRef": {"value": office.account("Services")}})
    lines = [
        {"Amount": 5, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": side}
        for side in sides
    ]
    entry = office.post("JournalEntry", {"Line": lines})
    stays = office.merge("Customer", twin, kept)
    assert (stays["Id"], stays["DisplayName"], stays["Balance"]) == (kept, "Ada's Bakery", 82.0)
    moved = office.one("Invoice", sold["Id"])
    assert moved["CustomerRef"] == {"value": kept, "name": "Ada's Bakery"}
    assert office.rows("Invoice", f"where CustomerRef = '{twin}'") == []
    assert len(office.rows("Invoice", f"where CustomerRef = '{kept}'")) == 2
    assert office.one("Payment", paid["Id"])["CustomerRef"]["value"] == kept
    party = office.one("JournalEntry", entry["Id"])["Line"][0]["JournalEntryLineDetail"]["Entity"]
    assert party["EntityRef"] == {"value": kept, "name": "Ada's Bakery"}
    assert [
        office.one("Attachable", note["Id"])["AttachableRef"][0]["EntityRef"]["value"] for note in notes
    ] == [kept, sold["Id"]]
    assert moved["SyncToken"] == "1"
    assert (
        moved["MetaData"]["LastUpdatedTime"]
        == office.one("Payment", paid["Id"])["MetaData"]["LastUpdatedTime"]
    )
    assert office.status(f"customer/{twin}") == 400
    feed = office.get("cdc", entities="Customer", changedSince="2026-01-01")["CDCResponse"][0][
        "QueryResponse"
    ][0]
    assert [(entry["Id"], entry.get("status")) for entry in feed["Customer"]] == [
        (kept, None),
        (twin, "Deleted"),
    ]
    office.post("Payment", payment(kept, 82.0, ("Invoice", sold["Id"], 70.0)))
    assert office.one("Invoice", sold["Id"])["Balance"] == 0
    assert office.in_order()


@pytest.mark.rule("merging.told")
def test_a_merge_is_told_once_with_the_id_that_went(office: Office) -> None:
    for form in ("cloudevents", "legacy"):
        with receiving() as receiver:
            twin, kept = customer(office, f"{form} twin"), customer(office, f"{form} kept")
            office.post("Invoice", bill(twin, 100.0))
            wish: dict[str, str] = {"url": receiver.url, "format": form}
            control(office.world, "POST", "webhooks", wish)
            office.merge("Customer", twin, kept)
            office.world.clock.advance(6)
            control(office.world, "POST", "webhooks/deliver")
            (told,) = [json.loads(message.body) for message in receiver.messages]
            control(office.world, "DELETE", "webhooks")
        if form == "legacy":
            (event,) = told["eventNotifications"][0]["dataChangeEvent"]["entities"]
            assert (event["operation"], event["id"], event["deletedId"]) == ("Merge", kept, twin)
        else:
            (event,) = told
            assert (event["type"], event["intuitentityid"]) == ("qbo.customer.merged.v1", kept)
            assert event["data"] == {"deletedid": twin}


def test_what_went_can_stay_as_an_inactive_record_without_history(office: Office) -> None:
    twin, kept = customer(office, "Twin"), customer(office, "Kept")
    office.post("Invoice", bill(twin, 9.0))
    office.merge("Customer", twin, kept, leaves="inactive")
    left = office.one("Customer", twin)
    assert (left["Active"], left["DisplayName"], left["Balance"]) == (False, "Twin (deleted)", 0)


@pytest.mark.rule("merging.customers")
@pytest.mark.rule("merging.alike")
def test_what_is_not_alike_is_not_merged(office: Office) -> None:
    one, two = customer(office, "One"), customer(office, "Two")
    below = customer(office, "Below", Job=True, ParentRef={"value": one})
    assert "below" in office.refused("Customer", one, two)
    assert "below" in office.refused("Customer", two, one)
    assert "ParentRef" in office.refused("Customer", below, two)
    assert "itself" in office.refused("Customer", two, two)
    office.post("Customer", {"Id": two, "SyncToken": "0", "sparse": True, "Active": False})
    assert "Inactive" in office.refused("Customer", two, customer(office, "Three"))
    assert "cannot be merged" in office.refused("Invoice", "1", "2")
    assert "cannot be merged" in office.refused("Nonsense", "1", "2")
    assert "Not Found" in office.refused("Customer", "999", one)


@pytest.mark.rule("merging.accounts")
def test_two_accounts_become_one_and_their_money_adds_up(office: Office) -> None:
    bank = {"AccountType": "Bank", "AccountSubType": "Savings"}
    gone, kept = (office.post("Account", {"Name": name, **bank})["Id"] for name in ("Old", "New"))
    payer = customer(office, "Payer")
    paid = office.post("Payment", {**payment(payer, 30.0), "DepositToAccountRef": {"value": gone}})
    office.post("Payment", {**payment(payer, 12.0), "DepositToAccountRef": {"value": kept}})
    sent = {
        "FromAccountRef": {"value": gone},
        "ToAccountRef": {"value": office.account("Checking")},
        "Amount": 4,
    }
    moved = office.post("Transfer", sent)
    assert "AccountSubType" in office.refused("Account", gone, office.account("Checking"))
    stays = office.merge("Account", gone, kept)
    assert stays["CurrentBalance"] == 38.0
    assert office.one("Payment", paid["Id"])["DepositToAccountRef"]["value"] == kept
    assert office.one("Transfer", moved["Id"])["FromAccountRef"] == {"value": kept, "name": "New"}
    assert office.in_order()


@pytest.mark.parametrize(
    ("entity", "one", "two"),
    [
        ("Vendor", {"DisplayName": "A"}, {"DisplayName": "B"}),
        ("Class", {"Name": "A"}, {"Name": "B"}),
        ("Department", {"Name": "A"}, {"Name": "B"}),
        ("Term", {"Name": "A", "DueDays": 3}, {"Name": "B", "DueDays": 4}),
        ("PaymentMethod", {"Name": "A"}, {"Name": "B"}),
        ("Employee", {"FamilyName": "A"}, {"FamilyName": "B"}),
    ],
)
def test_every_list_whose_records_merge(office: Office, entity: str, one: Any, two: Any) -> None:
    gone, kept = (str(office.post(entity, body)["Id"]) for body in (one, two))
    assert office.merge(entity, gone, kept)["Id"] == kept
    assert office.status(f"{entity.lower()}/{gone}") == 400
    assert office.status(f"{entity.lower()}/{kept}") == 200


def test_two_services_become_one_and_preferences_follow(office: Office) -> None:
    income = {"IncomeAccountRef": {"value": office.account("Services")}}
    gone = office.post("Item", {"Name": "Setup", "Type": "Service", **income})["Id"]
    kept = office.rows("Item", "where Name = 'Services'")[0]["Id"]
    stock = {"QtyOnHand": 1, "InvStartDate": "2026-01-01", "TrackQtyOnHand": True}
    stock |= {
        "IncomeAccountRef": {"value": office.account("Sales of Product Income")},
        "ExpenseAccountRef": {"value": office.account("Cost of Goods Sold")},
        "AssetAccountRef": {"value": office.account("Inventory Asset")},
    }
    goods = [office.post("Item", {"Name": name, "Type": "Inventory", **stock})["Id"] for name in ("G", "H")]
    assert "Stock" in office.refused("Item", *goods)
    assert "Type" in office.refused("Item", goods[0], kept)
    now = office.get("preferences")["Preferences"]
    default = {"SalesFormsPrefs": {"DefaultItem": {"value": gone}}}
    office.post("Preferences", {"Id": "1", "SyncToken": now["SyncToken"], "sparse": True, **default})
    line = item_line(20.0)
    line["SalesItemLineDetail"]["ItemRef"]["value"] = gone
    made = office.post("Invoice", {**bill(customer(office, "Buyer")), "Line": [line]})
    office.merge("Item", gone, kept)
    sold = office.one("Invoice", made["Id"])["Line"][0]["SalesItemLineDetail"]["ItemRef"]
    assert sold == {"value": kept, "name": "Services"}
    assert office.get("preferences")["Preferences"]["SalesFormsPrefs"]["DefaultItem"]["value"] == kept
