"""The small lists and settings of a company: classes, departments, terms, payment methods, preferences."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.qbosim.desk import Desk, bill, exact, named, shared


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.rule("tracking.class_ids", "tracking.names", "tracking.nested", "tracking.deactivated")
@pytest.mark.parametrize(
    ("entity", "flag", "digits"), [("Class", "SubClass", 19), ("Department", "SubDepartment", 1)]
)
def test_classes_and_departments_are_trees_of_names(desk: Desk, entity: str, flag: str, digits: int) -> None:
    above = desk.post(entity, {"Name": "North"})
    below = desk.post(entity, {"Name": "Shop", "ParentRef": {"value": above["Id"]}})
    assert len(above["Id"]) == digits
    assert (above[flag], below[flag], below["FullyQualifiedName"]) == (False, True, "North:Shop")
    assert desk.refused(entity, {"Name": "north"})["code"] == "6240"
    assert desk.post(entity, {"Name": "Shop"})["FullyQualifiedName"] == "Shop"
    assert desk.refused(entity, {"Name": "a:b"})["code"] == "6000"
    assert desk.refused(entity, {"Name": "x" * 101})["code"] == "2050"
    assert desk.refused(entity, {})["element"] == "Name"
    desk.post(entity, named(above, Name="South"))
    assert desk.one(entity, below["Id"])["FullyQualifiedName"] == "South:Shop"
    lowest = below["Id"]
    for level in range(3):
        lowest = desk.post(entity, {"Name": f"L{level}", "ParentRef": {"value": lowest}})["Id"]
    assert desk.refused(entity, {"Name": "L9", "ParentRef": {"value": lowest}})["code"] == "6180"
    gone = desk.post(entity, named(desk.one(entity, lowest), Active=False))
    assert gone["Name"] == "L2 (deleted)"
    assert lowest not in {row["Id"] for row in desk.rows(entity)}
    stub = {"Id": gone["Id"], "SyncToken": gone["SyncToken"]}
    assert desk.refused(entity, stub, operation="delete")["code"] == "500"


@pytest.mark.rule("term.standard", "term.date_driven", "term.short_month")
def test_terms_say_when_a_document_falls_due(desk: Desk) -> None:
    customer = desk.customer()

    def due(term: dict[str, Any], day: str) -> str:
        made = desk.post("Term", {"Name": f"T{len(desk.rows('Term'))}", **term})
        body = {**bill(customer), "TxnDate": day, "SalesTermRef": {"value": made["Id"]}}
        assert made["Type"] == ("STANDARD" if "DueDays" in term else "DATE_DRIVEN")
        return str(desk.post("Invoice", body)["DueDate"])

    assert due({"DueDays": 45}, "2026-01-01") == "2026-02-15"
    assert due({"DayOfMonthDue": 20, "DueNextMonthDays": 5}, "2026-01-14") == "2026-01-20"
    assert due({"DayOfMonthDue": 20, "DueNextMonthDays": 5}, "2026-01-16") == "2026-02-20"
    assert due({"DayOfMonthDue": 31}, "2026-02-10") == "2026-02-28"
    assert due({"DayOfMonthDue": 5}, "2026-12-06") == "2027-01-05"


@pytest.mark.rule("term.name", "term.starting_list")
def test_terms_have_names_and_one_way_to_fall_due(desk: Desk) -> None:
    real = json.loads(shared("fixtures/sandbox-company/Term.json").read_text())
    ours = {row["Id"]: row for row in desk.rows("Term")}
    for row in real[:5]:
        assert [ours[row["Id"]][key] for key in ("Name", "DueDays")] == [row["Name"], row["DueDays"]]
    assert desk.refused("Term", {"Name": "Nothing"})["element"] == "DueDays"
    assert desk.refused("Term", {"DueDays": 3})["element"] == "Name"
    assert desk.refused("Term", {"Name": "Net 30", "DueDays": 3})["code"] == "6240"
    assert desk.refused("Term", {"Name": "N" * 32, "DueDays": 3})["code"] == "2050"
    assert desk.refused("Term", {"Name": "Long", "DueDays": 1000})["code"] == "2040"


@pytest.mark.rule(
    "payment_method.name", "payment_method.type", "payment_method.shape", "payment_method.deactivated"
)
def test_payment_methods_have_names_and_types(desk: Desk) -> None:
    real = json.loads(shared("fixtures/sandbox-company/PaymentMethod.json").read_text())[0]
    made = desk.post("PaymentMethod", {"Name": "Crypto"})
    assert list(made) == list(real)
    assert made["Type"] == "NON_CREDIT_CARD"
    assert desk.refused("PaymentMethod", {"Name": "crypto"})["code"] == "6240"
    assert desk.refused("PaymentMethod", {"Name": "New", "Type": "BARTER"})["code"] == "2170"
    assert desk.refused("PaymentMethod", {"Name": "x" * 32})["code"] == "2050"
    assert desk.refused("PaymentMethod", {})["element"] == "Name"
    gone = desk.post("PaymentMethod", named(made, Active=False))
    assert gone["Name"] == "Crypto (deleted)"
    assert made["Id"] not in {row["Id"] for row in desk.rows("PaymentMethod")}


@pytest.mark.rule("company_info.single", "company_info.fixed", "company_info.name")
def test_company_info_is_one_record_of_which_some_is_fixed(desk: Desk) -> None:
    info = desk.one("CompanyInfo", "4711")
    changed = desk.post("CompanyInfo", named(info, LegalName="Example Ltd", Country="FR"))
    assert (changed["LegalName"], changed["Country"]) == ("Example Ltd", info["Country"])
    answer = desk.query("select * from CompanyInfo")
    assert (list(answer), answer["maxResults"]) == (["CompanyInfo", "maxResults"], 1)
    assert desk.refused("CompanyInfo", named(changed, CompanyName=""))["element"] == "CompanyName"
    for entity in ("CompanyInfo", "Preferences"):
        assert desk.refused(entity, {"Id": "1", "SyncToken": "0"}, operation="delete")["code"] == "500"


@pytest.mark.rule("preferences.merge", "preferences.home_currency", "preferences.class_tracking")
def test_preferences_merge_setting_by_setting(desk: Desk) -> None:
    before = desk.get("preferences")["Preferences"]
    whole = {"Id": "1", "SyncToken": before["SyncToken"]}
    sent = {
        **whole,
        "AccountingInfoPrefs": {"ClassTrackingPerTxn": True},
        "CurrencyPrefs": {"HomeCurrency": {"value": "EUR"}},
    }
    after = desk.post("Preferences", sent)
    assert after["AccountingInfoPrefs"] == {**before["AccountingInfoPrefs"], "ClassTrackingPerTxn": True}
    assert after["SalesFormsPrefs"] == before["SalesFormsPrefs"]
    assert after["CurrencyPrefs"] == before["CurrencyPrefs"]
    by_line = desk.post("Preferences", named(after, AccountingInfoPrefs={"ClassTrackingPerTxnLine": True}))
    tracked = by_line["AccountingInfoPrefs"]
    assert (tracked["ClassTrackingPerTxn"], tracked["ClassTrackingPerTxnLine"]) == (False, True)
    both = {"ClassTrackingPerTxn": True, "ClassTrackingPerTxnLine": True}
    assert desk.refused("Preferences", named(by_line, AccountingInfoPrefs=both))["code"] == "6000"


@pytest.mark.rule("preferences.multicurrency", "preferences.gain_account")
def test_a_company_that_turns_to_several_currencies_can_settle_at_another_rate(desk: Desk) -> None:
    before = desk.get("preferences")["Preferences"]
    on = desk.post("Preferences", named(before, CurrencyPrefs={"MultiCurrencyEnabled": True}))
    assert (
        desk.refused("Preferences", named(on, CurrencyPrefs={"MultiCurrencyEnabled": False}))["code"]
        == "6000"
    )
    customer = desk.customer("Euro", CurrencyRef={"value": "EUR"})
    invoice = desk.invoice(customer, 100.0, ExchangeRate=1.1)
    desk.pay(customer, 100.0, ("Invoice", invoice["Id"], 100.0), ExchangeRate=1.2)
    assert len(desk.rows("Account", "where AccountSubType = 'ExchangeGainOrLoss'")) == 1
    assert exact(desk.one("Customer", customer)["Balance"]) == 0
    assert desk.in_order()
