"""Recurring transactions: templates wrapped in their kind, written, queried and loaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.qbosim.desk import Desk, bill, fault_of

INFO = {
    "Name": "Monthly care",
    "RecurType": "Automated",
    "Active": True,
    "ScheduleInfo": {"IntervalType": "Monthly", "NumInterval": 1, "DayOfMonth": 1, "NextDate": "2026-06-01"},
}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def template(desk: Desk, **more: Any) -> dict[str, Any]:
    """The body of a recurring invoice."""
    return {"Invoice": {**bill(desk.customer(), 90.0), "RecurringInfo": INFO, **more}}


@pytest.mark.rule("recurring.wrapped", "recurring.checked", "recurring.template_number")
def test_a_template_is_wrapped_in_its_kind_and_posts_nothing(desk: Desk) -> None:
    body = template(desk)
    made = desk.post("RecurringTransaction", body)
    assert list(made) == ["Invoice"]
    inner = made["Invoice"]
    assert (inner["TotalAmt"], inner["RecurringInfo"], inner["RecurDataRef"]) == (90.0, INFO, {"value": "1"})
    assert "DocNumber" not in inner
    assert desk.one("RecurringTransaction", inner["Id"]) == made
    assert desk.rows("RecurringTransaction") == [made]
    assert desk.rows("Invoice") == []
    assert desk.one("Customer", "1")["Balance"] == 0
    assert desk.invoice("1")["DocNumber"] == "1001"
    assert desk.refused("RecurringTransaction", {"Invoice": {"RecurringInfo": INFO}})["code"] == "2020"
    second = desk.post("RecurringTransaction", {"Invoice": {**bill("1"), "RecurringInfo": INFO}})["Invoice"]
    assert second["RecurDataRef"] == {"value": "2"}
    assert int(second["Id"]) > int(inner["Id"])


def test_a_template_is_changed_and_deleted_in_its_kind(desk: Desk) -> None:
    inner = desk.post("RecurringTransaction", template(desk))["Invoice"]
    stub = {"Id": inner["Id"], "SyncToken": "0", "sparse": True}
    changed = desk.post("RecurringTransaction", {"Invoice": {**stub, "PrivateNote": "by contract"}})[
        "Invoice"
    ]
    assert (changed["SyncToken"], changed["PrivateNote"], changed["TotalAmt"]) == ("1", "by contract", 90.0)
    assert changed["RecurringInfo"] == INFO
    assert (
        desk.refused("RecurringTransaction", {"Invoice": {**stub, "PrivateNote": "late"}})["code"] == "5010"
    )
    assert desk.refused("RecurringTransaction", {"Estimate": {**stub, "SyncToken": "1"}})["code"] == "610"
    gone = {"Invoice": {"Id": inner["Id"], "SyncToken": "1"}}
    deleted = desk.post("RecurringTransaction", gone, operation="delete")
    assert deleted == {"Invoice": {"domain": "QBO", "status": "Deleted", "Id": inner["Id"]}}
    assert desk.rows("RecurringTransaction") == []


@pytest.mark.rule("recurring.kinds", "recurring.info")
def test_a_template_has_a_kind_a_name_and_a_schedule(desk: Desk) -> None:
    good = template(desk)["Invoice"]

    def refused(info: Any) -> dict[str, Any]:
        return desk.refused("RecurringTransaction", {"Invoice": {**good, "RecurringInfo": info}})

    assert refused(None)["element"] == "RecurringInfo"
    assert refused({**INFO, "Name": ""})["element"] == "RecurringInfo.Name"
    assert refused({**INFO, "RecurType": "Sometimes"})["code"] == "2170"
    assert (
        refused({"Name": "n", "RecurType": "Automated"})["element"]
        == "RecurringInfo.ScheduleInfo.IntervalType"
    )
    assert refused({**INFO, "ScheduleInfo": {"IntervalType": "Hourly"}})["code"] == "2170"
    odd: list[Any] = [{"Payment": good}, good, {}, [], {"Invoice": good, "Bill": good}, {"Invoice": 1}]
    for body in odd:
        assert desk.refused("RecurringTransaction", body)["code"] == "2010"
    assert desk.refused("RecurringTransaction", {"Invoice": {**good, "Bogus": 1}})["code"] == "2010"
    vendor = desk.post("Vendor", {"DisplayName": "Landlord"})["Id"]
    rent = {
        "VendorRef": {"value": vendor},
        "RecurringInfo": {"Name": "Rent"},
        "Line": [
            {
                "Amount": 700,
                "DetailType": "AccountBasedExpenseLineDetail",
                "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "12"}},
            }
        ],
    }
    made = desk.post("RecurringTransaction", {"Bill": rent})["Bill"]
    assert (made["TotalAmt"], made["RecurringInfo"]) == (
        700.0,
        {"Name": "Rent", "RecurType": "UnScheduled", "Active": True},
    )
    assert desk.one("Vendor", vendor)["Balance"] == 0
    assert desk.in_order()


@pytest.mark.rule("recurring.no_run", "recurring.change_feed")
def test_no_transaction_is_made_when_the_day_comes(desk: Desk) -> None:
    desk.post("RecurringTransaction", template(desk))
    desk.clock.advance(60 * 86_400)
    assert desk.rows("Invoice") == []
    answer = desk.send("GET", "cdc", entities="RecurringTransaction", changedSince="2026-01-01")
    assert fault_of(answer)["code"] == "4001"


def test_templates_come_from_a_folder_and_odd_ones_are_told(tmp_path: Path) -> None:
    real = {
        "domain": "QBO",
        "sparse": False,
        "Id": "20",
        "SyncToken": "3",
        "MetaData": {
            "CreateTime": "2026-01-02T00:00:00-08:00",
            "LastUpdatedTime": "2026-01-03T00:00:00-08:00",
        },
        "TotalAmt": 74.36,
        "VendorRef": {"value": "46", "name": "Telephone"},
        "RecurDataRef": {"value": "2"},
        "RecurringInfo": INFO,
    }
    records: list[Any] = [{"Bill": real}, {"Id": "21", "SyncToken": "0"}, {"Bill": {"SyncToken": "0"}}, 5]
    (tmp_path / "RecurringTransaction.json").write_text(json.dumps(records), encoding="utf-8")
    desk = Desk(folder=tmp_path)
    assert desk.rows("RecurringTransaction") == [{"Bill": real}]
    assert desk.report is not None
    assert len(desk.report.refused) == 3
    assert desk.in_order()
    made = desk.post("RecurringTransaction", {"Bill": {"Id": "20", "SyncToken": "3"}}, operation="delete")
    assert made["Bill"]["status"] == "Deleted"
    assert int(desk.invoice(desk.customer())["Id"]) > 20
