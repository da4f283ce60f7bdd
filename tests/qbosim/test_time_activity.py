"""Time worked: who, how long, and what of it is billed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.qbosim.desk import Desk, bill, exact, named, shared


@pytest.fixture
def desk() -> Desk:
    return Desk()


def employee(desk: Desk) -> str:
    """A new employee's id."""
    return str(desk.post("Employee", {"GivenName": "Emmy", "FamilyName": "Noether"})["Id"])


def worked(desk: Desk, **more: Any) -> dict[str, Any]:
    """The body of two and a half hours."""
    who = {"NameOf": "Employee", "EmployeeRef": {"value": employee(desk)}}
    return {**who, "Hours": 2, "Minutes": 30, **more}


@pytest.mark.rule("time_activity.who")
def test_time_is_an_employees_or_a_vendors(desk: Desk) -> None:
    vendor = desk.post("Vendor", {"DisplayName": "Freelancer"})["Id"]
    made = desk.post("TimeActivity", {"NameOf": "Vendor", "VendorRef": {"value": vendor}, "Hours": 1})
    assert made["VendorRef"] == {"value": vendor, "name": "Freelancer"}
    body = worked(desk)
    assert desk.refused("TimeActivity", {**body, "NameOf": ""})["element"] == "NameOf"
    assert desk.refused("TimeActivity", {**body, "NameOf": "Other"})["code"] == "2170"
    assert desk.refused("TimeActivity", {**body, "NameOf": "Vendor"})["element"] == "VendorRef"
    assert desk.refused("TimeActivity", {**body, "EmployeeRef": {"value": "999"}})["code"] == "2500"


@pytest.mark.rule("time_activity.how_long", "time_activity.limits")
def test_time_has_a_length_or_a_beginning_and_an_end(desk: Desk) -> None:
    body = worked(desk)
    span = {"StartTime": "2026-05-04T09:00:00-07:00", "EndTime": "2026-05-04T17:30:00-07:00"}
    short = {key: value for key, value in body.items() if key not in ("Hours", "Minutes")}
    assert desk.refused("TimeActivity", short)["element"] == "Hours"
    by_span = desk.post("TimeActivity", {**short, **span, "BreakHours": 1})
    assert "Hours" not in by_span
    assert (by_span["StartTime"], by_span["EndTime"]) == (span["StartTime"], span["EndTime"])
    assert (by_span["BreakHours"], by_span["BreakMinutes"]) == (1, 0)
    by_hours = desk.post("TimeActivity", named(by_span, Hours=3))
    assert "StartTime" not in by_hours
    assert (by_hours["Hours"], by_hours["Minutes"]) == (3, 0)
    assert desk.refused("TimeActivity", {**short, "StartTime": span["StartTime"]})["element"] == "EndTime"
    backwards = {"StartTime": span["EndTime"], "EndTime": span["StartTime"]}
    assert desk.refused("TimeActivity", {**short, **backwards})["code"] == "6000"
    assert desk.refused("TimeActivity", {**short, **span, "BreakHours": 9})["code"] == "6000"
    assert desk.refused("TimeActivity", {**body, "Minutes": 60})["code"] == "2040"
    assert desk.refused("TimeActivity", {**body, "Hours": -1})["code"] == "2040"


@pytest.mark.rule("time_activity.billable")
def test_billable_time_needs_a_customer_and_a_rate(desk: Desk) -> None:
    body = worked(desk, BillableStatus="Billable")
    customer = {"value": desk.customer()}
    assert desk.refused("TimeActivity", {**body, "HourlyRate": 80})["element"] == "CustomerRef"
    assert desk.refused("TimeActivity", {**body, "CustomerRef": customer})["element"] == "HourlyRate"
    made = desk.post("TimeActivity", {**body, "CustomerRef": customer, "HourlyRate": 80})
    assert (made["BillableStatus"], made["HourlyRate"]) == ("Billable", 80)


@pytest.mark.rule("time_activity.shape", "time_activity.ids", "time_activity.dates")
def test_a_time_activity_has_the_keys_of_a_real_one_in_their_order(desk: Desk) -> None:
    real = json.loads(shared("fixtures/sandbox-company/TimeActivity.json").read_text())[0]
    desk.invoice(desk.customer())
    made = desk.post(
        "TimeActivity",
        worked(desk, CustomerRef={"value": "1"}, ItemRef={"value": "2"}, Description="Designed"),
    )
    assert list(made) == list(real)
    assert (made["Id"], made["TxnDate"]) == ("1", "2026-05-05")
    assert made["ItemRef"] == {"value": "2", "name": "Hours"}


@pytest.mark.rule("time_activity.change_feed")
def test_the_change_feed_tells_of_time_and_of_its_deletion(desk: Desk) -> None:
    made = desk.post("TimeActivity", worked(desk))

    def feed() -> Any:
        answer = desk.get("cdc", entities="TimeActivity", changedSince="2026-05-01T00:00:00Z")
        return answer["CDCResponse"][0]["QueryResponse"][0]["TimeActivity"]

    assert feed()[0]["Hours"] == 2
    assert [row["Id"] for row in desk.rows("TimeActivity", "where TxnDate = '2026-05-05'")] == [made["Id"]]
    desk.post("TimeActivity", {"Id": made["Id"], "SyncToken": made["SyncToken"]}, operation="delete")
    assert feed()[0]["status"] == "Deleted"


@pytest.mark.rule("time_activity.billed")
def test_billed_time_is_what_the_invoice_says_until_it_is_taken_off(desk: Desk) -> None:
    customer = desk.customer()
    body = worked(
        desk,
        BillableStatus="Billable",
        CustomerRef={"value": customer},
        HourlyRate=80,
        ItemRef={"value": "2"},
    )
    made = desk.post("TimeActivity", body)
    link = {"TxnId": made["Id"], "TxnType": "TimeActivity"}
    invoice = desk.post("Invoice", {**bill(customer, 1.0), "LinkedTxn": [link]})
    assert exact(invoice["TotalAmt"]) == exact("201")
    billed = desk.one("TimeActivity", made["Id"])
    assert billed["BillableStatus"] == "HasBeenBilled"
    assert desk.refused("TimeActivity", named(billed, HourlyRate=90))["code"] == "6000"
    gone = {"Id": billed["Id"], "SyncToken": billed["SyncToken"]}
    assert desk.refused("TimeActivity", gone, operation="delete")["code"] == "6000"
    told = desk.post("TimeActivity", named(billed, Description="of symmetries"))
    assert (told["BillableStatus"], told["Description"]) == ("HasBeenBilled", "of symmetries")
    desk.post("Invoice", {"Id": invoice["Id"], "SyncToken": invoice["SyncToken"]}, operation="delete")
    assert desk.one("TimeActivity", made["Id"])["BillableStatus"] == "Billable"


def test_time_between_two_moments_is_billed_less_the_break(desk: Desk) -> None:
    customer = desk.customer()
    body = worked(
        desk,
        Hours=None,
        Minutes=None,
        StartTime="2026-05-04T09:00:00-07:00",
        EndTime="2026-05-04T12:00:00-07:00",
        BreakMinutes=30,
        BillableStatus="Billable",
        CustomerRef={"value": customer},
        HourlyRate=80,
        ItemRef={"value": "2"},
    )
    link = {"TxnId": desk.post("TimeActivity", body)["Id"], "TxnType": "TimeActivity"}
    invoice = desk.post("Invoice", {**bill(customer, 1.0), "LinkedTxn": [link]})
    assert exact(invoice["TotalAmt"]) == exact("201")


def test_real_time_activities_are_loaded_and_served_as_they_are() -> None:
    desk = Desk(folder=shared("fixtures/sandbox-company"))
    real = json.loads(shared("fixtures/sandbox-company/TimeActivity.json").read_text())
    assert desk.rows("TimeActivity", "orderby Id") == real
    assert len(desk.rows("Employee")) == 2
