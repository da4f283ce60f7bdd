"""Items as such: types, names, categories, bundles and the shape they answer with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from qbosim.clock import Clock
from qbosim.simulator import Simulator
from tests.qbosim.asking import api, ask, control, granted
from tests.qbosim.conftest import MONDAY
from tests.qbosim.desk import Desk, named, shared
from tests.qbosim.test_stock import account, goods, purchase_line


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def company() -> Iterator[Simulator]:
    with Simulator(seed=0, clock=Clock.at(MONDAY), company="empty") as made:
        yield made


def service(desk: Desk, name: str, **more: Any) -> Any:
    """A new service."""
    body = {"Name": name, "Type": "Service", "IncomeAccountRef": account(desk, "Services")}
    return desk.post("Item", {**body, **more})


@pytest.mark.rule("item.type_required", "item.group")
def test_a_new_item_says_what_it_is_and_is_no_bundle(desk: Desk) -> None:
    body = {"Name": "Work", "IncomeAccountRef": account(desk, "Services")}
    assert desk.refused("Item", body)["element"] == "Type"
    assert desk.refused("Item", {**body, "Type": "Group"})["code"] == "6000"
    assert desk.refused("Item", {**body, "Type": "Nonsense"})["code"] == "2170"


@pytest.mark.rule("item.name")
def test_a_name_is_unique_in_its_category(desk: Desk) -> None:
    category = desk.post("Item", {"Name": "Tools", "Type": "Category"})
    service(desk, "Drill")
    below = service(desk, "Drill", ParentRef={"value": category["Id"]})
    assert below["FullyQualifiedName"] == "Tools:Drill"
    body = {"Name": "drill", "Type": "Service", "IncomeAccountRef": account(desk, "Services")}
    assert desk.refused("Item", body)["code"] == "6240"
    assert desk.refused("Item", {**body, "Name": "a:b"})["code"] == "6000"
    assert desk.refused("Item", {**body, "Name": "x" * 101})["code"] == "2050"
    desk.post("Item", named(category, Name="Hand tools"))
    assert desk.one("Item", below["Id"])["FullyQualifiedName"] == "Hand tools:Drill"


@pytest.mark.rule("item.category", "item.category_in_use")
def test_a_category_is_deleted_when_nothing_stands_in_it(desk: Desk) -> None:
    category = desk.post("Item", {"Name": "Tools", "Type": "Category"})
    item = service(desk, "Drill", ParentRef={"value": category["Id"]})
    assert desk.refused("Item", named(category), operation="delete")["code"] == "6000"
    assert desk.refused("Item", named(category, Active=False))["code"] == "6000"
    assert desk.refused("Item", named(item), operation="delete")["code"] == "500"
    body = {"Name": "Bit", "Type": "Service", "IncomeAccountRef": account(desk, "Services")}
    assert desk.refused("Item", {**body, "ParentRef": {"value": item["Id"]}})["code"] == "6000"
    desk.post("Item", named(item, SubItem=False, ParentRef={}))
    desk.post("Item", named(desk.one("Item", category["Id"])), operation="delete")
    assert desk.rows("Item", "where Type = 'Category'") == []


@pytest.mark.rule("item.shape")
def test_items_answer_as_a_sandbox_companys_do(desk: Desk) -> None:
    seen = json.loads(shared("fixtures/sandbox-company/Item.json").read_text(encoding="utf-8"))
    texts: dict[str, Any] = {"Description": "d", "PurchaseDesc": "p", "Taxable": True}
    stocked = goods(desk, quantity=2, cost=125, **texts)
    plain = service(desk, "Concrete", Description="d", Taxable=True)
    bought = service(desk, "Soil", **texts, PurchaseCost=6.5, ExpenseAccountRef=account(desk, "Supplies"))
    made = {("Inventory", "PurchaseDesc"): stocked, ("Service", "PurchaseDesc"): bought}
    compared = 0
    for record in seen:
        ours = made.get((record["Type"], "PurchaseDesc" if "PurchaseDesc" in record else ""), plain)
        keys = [key for key in record if key not in ("Description", "DeferredRevenue")]
        assert [key for key in ours if key not in ("Description", "DeferredRevenue")] == keys
        for key in keys:
            assert isinstance(
                ours[key], int | float if isinstance(record[key], int | float) else type(record[key])
            )
        compared += 1
    assert compared == len(seen)


@pytest.mark.rule("item.on_order")
def test_what_is_on_order_is_not_shown(desk: Desk) -> None:
    folder = shared("fixtures/sandbox-company")
    orders = json.loads((folder / "PurchaseOrder.json").read_text(encoding="utf-8"))
    ordered = {
        line["ItemBasedExpenseLineDetail"]["ItemRef"]["value"]
        for order in orders
        if order["POStatus"] == "Open"
        for line in order["Line"]
        if "ItemBasedExpenseLineDetail" in line
    }
    seen = json.loads((folder / "Item.json").read_text(encoding="utf-8"))
    assert [each["Name"] for each in seen if each["Id"] in ordered] == ["Rock Fountain", "Pump"]
    assert not any("QtyOnPurchaseOrder" in each for each in seen)
    item = goods(desk)
    vendor = desk.post("Vendor", {"DisplayName": "Example Wholesale"})
    order = {"VendorRef": {"value": vendor["Id"]}, "Line": [purchase_line(item, 4, 20)]}
    assert desk.post("PurchaseOrder", order)["POStatus"] == "Open"
    assert desk.one("Item", item["Id"]) == item


def a_service(simulator: Simulator, bearer: str, name: str, price: float) -> str:
    body = {"Name": name, "Type": "Service", "UnitPrice": price, "IncomeAccountRef": {"value": "1"}}
    made = api(simulator, "POST", "item", bearer=bearer, body=body)
    return str(made.json()["Item"]["Id"])


@pytest.mark.rule("item.group")
def test_a_bundle_made_as_on_the_page_is_sold_renamed_and_deactivated(company: Simulator) -> None:
    bearer = granted(company)["access_token"]
    first, second = a_service(company, bearer, "Visit", 40), a_service(company, bearer, "Report", 15)
    parts = [{"item": first, "quantity": 2}, {"item": second}]
    made = control(company, "POST", "bundles", {"name": "Check-up", "parts": parts})["Item"]
    assert made["Type"] == "Group"
    assert [line["Qty"] for line in made["ItemGroupDetail"]["ItemGroupLine"]] == [2, 1]
    customer = api(company, "POST", "customer", bearer=bearer, body={"DisplayName": "Example Mill"}).json()
    line = {
        "DetailType": "GroupLineDetail",
        "GroupLineDetail": {"GroupItemRef": {"value": made["Id"]}, "Quantity": 3},
    }
    form = {"CustomerRef": {"value": customer["Customer"]["Id"]}, "Line": [line]}
    sold = api(company, "POST", "invoice", bearer=bearer, body=form).json()["Invoice"]
    assert sold["TotalAmt"] == 3 * (2 * 40 + 15)
    changed = api(company, "POST", "item", bearer=bearer, body=named(made, Name="Survey")).json()["Item"]
    assert (changed["Name"], changed["ItemGroupDetail"]) == ("Survey", made["ItemGroupDetail"])
    shown = api(company, "GET", f"invoice/{sold['Id']}", bearer=bearer).json()["Invoice"]
    assert shown["Line"][0]["GroupLineDetail"]["GroupItemRef"]["name"] == "Survey"
    gone = api(company, "POST", "item", bearer=bearer, body=named(changed, Active=False)).json()["Item"]
    assert gone["Active"] is False


@pytest.mark.rule("item.bundle_parts")
def test_a_bundle_of_nothing_or_of_bundles_is_refused(company: Simulator) -> None:
    bearer = granted(company)["access_token"]
    part = {"item": a_service(company, bearer, "Visit", 40)}
    bundle = control(company, "POST", "bundles", {"name": "Check-up", "parts": [part]})["Item"]
    for wrong in (
        {"name": "None", "parts": []},
        {"name": "Nested", "parts": [{"item": bundle["Id"]}]},
        {"name": "Nothing of it", "parts": [{**part, "quantity": 0}]},
        {"name": "Lost", "parts": [{"item": "4711"}]},
        {"name": "Check-up", "parts": [part]},
        {"name": "", "parts": [part]},
    ):
        response = ask(company, "POST", "/qbosim/bundles", body=wrong)
        assert response.status == 400, wrong
        assert set(response.json()["error"]) == {"what", "which", "why", "remedy"}
    elsewhere = ask(company, "POST", "/qbosim/bundles", body={"name": "x", "parts": [part], "realm_id": "1"})
    assert elsewhere.status == 404
