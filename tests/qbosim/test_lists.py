"""Name lists beyond customers and items: employees, journal codes, and lists that are only read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qbosim.companies.load import NOT_SERVED
from tests.qbosim.desk import Desk, fault_of, named, shared


@pytest.fixture
def desk() -> Desk:
    return Desk()


def folder_with(tmp_path: Path, **files: list[object]) -> Desk:
    """A company loaded from a folder with these files."""
    for name, records in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(records), encoding="utf-8")
    return Desk(folder=tmp_path)


@pytest.mark.rule("employee.name", "employee.defaults", "people.one_set_of_names")
def test_an_employee_is_named_after_the_parts_of_the_name_and_no_customer_may_have_it(desk: Desk) -> None:
    made = desk.post("Employee", {"GivenName": "Grace", "FamilyName": "Hopper"})
    assert made["DisplayName"] == made["PrintOnCheckName"] == "Grace Hopper"
    assert (made["Active"], made["BillableTime"]) == (True, False)
    assert desk.refused("Employee", {"DisplayName": "No Parts"})["code"] == "6080"
    assert desk.refused("Customer", {"DisplayName": "grace hopper"})["code"] == "6240"
    assert desk.refused("Employee", {"GivenName": "Grace", "FamilyName": "Hopper"})["code"] == "6240"


@pytest.mark.rule("employee.deactivated", "employee.filters")
def test_a_deactivated_employee_is_found_only_by_who_asks_for_it(desk: Desk) -> None:
    made = desk.post("Employee", {"GivenName": "Ada", "FamilyName": "King", "EmployeeNumber": "7"})
    gone = desk.post("Employee", named(made, Active=False))
    assert (gone["DisplayName"], gone["PrintOnCheckName"]) == ("Ada King (deleted)", "Ada King")
    assert desk.rows("Employee", "where EmployeeNumber = '7'") == []
    found = desk.rows("Employee", "where Active in (true, false) and GivenName = 'Ada'")
    assert [row["Id"] for row in found] == [made["Id"]]
    assert desk.post("Employee", named(gone))["SyncToken"] == gone["SyncToken"]


@pytest.mark.rule("employee.ssn")
def test_a_social_security_number_never_comes_back(desk: Desk) -> None:
    made = desk.post("Employee", {"FamilyName": "Turing", "SSN": "123-45-6789"})
    assert made["SSN"] == "XXX-XX-XXXX"
    assert "123-45" not in desk.send("GET", f"employee/{made['Id']}").body.decode()


def test_an_employee_has_the_keys_of_a_real_one_in_their_order(desk: Desk) -> None:
    real = json.loads(shared("fixtures/sandbox-company/Employee.json").read_text())[0]
    sent = {key: real[key] for key in ("GivenName", "FamilyName", "HiredDate", "PrimaryPhone")}
    made = desk.post("Employee", sent)
    moved = ("BillableTime", "HiredDate")  # this copy has them elsewhere than recorded answers
    assert [key for key in made if key in real and key not in moved] == [k for k in real if k not in moved]
    assert {key: made[key] for key in sent} == sent


@pytest.mark.rule("journal_code.name", "journal_code.type", "journal_code.default_type")
def test_a_journal_code_keeps_its_type(desk: Desk) -> None:
    desk = Desk(country="FR", home_currency="EUR")
    made = desk.post("JournalCode", {"Name": "VT", "Type": "Sales"})
    assert (made["Type"], made["SyncToken"]) == ("Sales", "0")
    assert desk.post("JournalCode", named(made, Type="Bank", Description="ventes"))["Type"] == "Sales"
    assert desk.post("JournalCode", {"Name": "DIV"})["Type"] == "Others"
    assert desk.refused("JournalCode", {"Name": "V"})["code"] == "2050"
    assert desk.refused("JournalCode", {"Name": "V" * 21})["code"] == "2050"
    assert desk.refused("JournalCode", {"Name": "XX", "Type": "Dreams"})["code"] == "2170"
    assert desk.refused("JournalCode", {"Name": "vt"})["code"] == "6240"


@pytest.mark.rule("journal_code.france", "journal_code.change_feed")
def test_journal_codes_are_french_and_not_in_the_change_feed(desk: Desk) -> None:
    assert desk.refused("JournalCode", {"Name": "VT"})["code"] == "5030"
    answer = desk.send("GET", "cdc", entities="JournalCode", changedSince="2026-01-01")
    assert fault_of(answer)["code"] == "4001"


TYPE = {"Id": "2", "SyncToken": "0", "Name": "Wholesale", "Active": True}
BUDGET = {
    "Id": "1",
    "SyncToken": "1",
    "Name": "Plan",
    "StartDate": "2026-01-01",
    "EndDate": "2026-12-31",
    "BudgetType": "ProfitAndLoss",
    "BudgetEntryType": "Monthly",
    "Active": True,
    "BudgetDetail": [
        {"BudgetDate": "2026-01-01", "Amount": 190.0, "AccountRef": {"value": "1", "name": "Services"}}
    ],
}
CHARGE = {
    "Id": "90",
    "SyncToken": "0",
    "CustomerRef": {"value": "1", "name": "Ada"},
    "Amount": 12.5,
    "HasBeenInvoiced": False,
    "TxnDate": "2026-04-01",
}


@pytest.mark.rule(
    "customer_type.read_only", "budget.read_only", "reimburse_charge.read_only", "budget.filters"
)
def test_lists_that_the_api_only_reads_come_from_a_folder(tmp_path: Path) -> None:
    desk = folder_with(tmp_path, CustomerType=[TYPE], Budget=[BUDGET], ReimburseCharge=[CHARGE])
    assert desk.report is not None
    assert NOT_SERVED not in {reason for _, reason in desk.report.left_out.values()}
    assert desk.one("CustomerType", "2")["Name"] == "Wholesale"
    assert (
        desk.rows("Budget", "where BudgetType = 'ProfitAndLoss' and StartDate <= '2026-02-01'")[0]["Name"]
        == "Plan"
    )
    assert desk.rows("ReimburseCharge", "where CustomerRef = '1'")[0]["Amount"] == 12.5
    for entity in ("CustomerType", "Budget", "ReimburseCharge"):
        assert desk.refused(entity, {"Id": "1", "SyncToken": "0"})["code"] == "500"
