"""Companies from a folder of real objects: everything keeps its id, is served as it came, and lives on from there."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qbosim.companies.folder import Unreadable
from qbosim.companies.load import NOT_SERVED
from tests.qbosim.desk import REALM, Desk, exact, named
from tests.qbosim.standing import standings

PLACE = "fixtures/sandbox-company"
REORDERED = {"Employee", "SalesReceipt"}
"""Entities whose keys the folder holds in another order than recorded exchanges: there the exchanges count."""


@pytest.fixture(scope="module")
def loaded() -> Desk:
    """The real sandbox company."""
    from tests.qbosim.desk import shared

    return Desk(folder=shared(PLACE))


def records(entity: str) -> list[Any]:
    """What the folder holds of an entity."""
    from tests.qbosim.desk import shared

    found: list[Any] = json.loads((shared(PLACE) / f"{entity}.json").read_text())
    return found


@pytest.mark.rule("loaded.as_it_came")
def test_every_served_object_is_answered_as_it_came_keys_in_their_order(loaded: Desk) -> None:
    assert loaded.report is not None
    assert loaded.report.refused == ()
    for entity in loaded.report.loaded:
        for record in records(entity):
            served = loaded.one(entity, record["Id"])
            sort = entity in REORDERED
            assert json.dumps(served, sort_keys=sort) == json.dumps(
                _as_decimals(record, served), sort_keys=sort
            )


def _as_decimals(record: Any, served: Any) -> Any:
    """The file writes `100` where Intuit writes `100.0`: numbers are compared by value, all else to the letter."""
    if isinstance(record, dict) and isinstance(served, dict):
        return {key: _as_decimals(value, served.get(key)) for key, value in record.items()}
    if isinstance(record, list) and isinstance(served, list) and len(record) == len(served):
        return [_as_decimals(one, other) for one, other in zip(record, served, strict=True)]
    if isinstance(record, int | float) and record == served:
        return served
    return record


def test_what_is_not_served_is_counted_with_the_reason(loaded: Desk) -> None:
    assert loaded.report is not None
    assert not loaded.report.left_out.keys() & loaded.report.loaded.keys()
    for entity, (count, reason) in loaded.report.left_out.items():
        assert (count, reason) == (len(records(entity)), NOT_SERVED)


def test_the_loaded_documents_are_in_the_books(loaded: Desk) -> None:
    assert loaded.in_order()
    rows = standings(loaded.store, REALM, "2099-12-31")
    invoices = sum(exact(record["TotalAmt"]) for record in records("Invoice"))
    memos = sum(exact(record["TotalAmt"]) for record in records("CreditMemo"))
    payments = sum(exact(record["TotalAmt"]) for record in records("Payment"))
    assert rows[84] == invoices - memos - payments


def test_a_loaded_company_goes_on_above_its_highest_ids_and_numbers() -> None:
    from tests.qbosim.desk import shared

    desk = Desk(folder=shared(PLACE))
    names = [int(row["Id"]) for entity in ("Customer", "Vendor", "Employee") for row in records(entity)]
    assert int(desk.customer("Brand new")) == max(names) + 1
    invoice = desk.invoice("3", 10.0)
    numbers = [int(row["DocNumber"]) for entity in ("Invoice", "CreditMemo") for row in records(entity)]
    assert int(invoice["DocNumber"]) > max(numbers)
    kinds = (
        "Invoice",
        "CreditMemo",
        "Payment",
        "Bill",
        "Deposit",
        "JournalEntry",
        "Purchase",
        "PurchaseOrder",
    )
    assert int(invoice["Id"]) > max(int(row["Id"]) for entity in kinds for row in records(entity))


@pytest.mark.rule("loaded.balances")
def test_loaded_balances_move_on_from_where_they_were() -> None:
    from tests.qbosim.desk import shared

    desk = Desk(folder=shared(PLACE))
    before = exact(desk.one("Account", "84")["CurrentBalance"])
    invoice = next(row for row in records("Invoice") if row["Balance"] > 0)
    customer = invoice["CustomerRef"]["value"]
    owed = exact(desk.one("Customer", customer)["Balance"])
    paid = desk.pay(customer, invoice["Balance"], ("Invoice", invoice["Id"], invoice["Balance"]))
    now = desk.one("Invoice", invoice["Id"])
    assert (now["Balance"], int(now["SyncToken"])) == (0, int(invoice["SyncToken"]) + 1)
    assert now["LinkedTxn"][-1 if len(now["LinkedTxn"]) == 1 else 0] or paid
    assert exact(desk.one("Account", "84")["CurrentBalance"]) == before - exact(invoice["Balance"])
    assert exact(desk.one("Customer", customer)["Balance"]) == owed - exact(invoice["Balance"])


def test_a_sparse_note_on_a_loaded_invoice_leaves_its_hidden_amounts_alone() -> None:
    from tests.qbosim.desk import shared

    desk = Desk(folder=shared(PLACE))
    for record in records("Invoice"):
        changed = desk.post("Invoice", named(record, PrivateNote="seen"))
        for key in ("TotalAmt", "Balance", "Line", "TxnTaxDetail", "LinkedTxn", "DueDate"):
            assert changed[key] == record[key], (record["Id"], key)
    assert desk.in_order()


@pytest.mark.parametrize("sparse", [True, False])
@pytest.mark.parametrize(
    "entity", ["Account", "Customer", "Item", "Term", "Invoice", "CreditMemo", "Payment"]
)
def test_a_loaded_object_posted_back_whole_changes_nothing(entity: str, sparse: bool) -> None:
    from tests.qbosim.desk import shared

    desk = Desk(folder=shared(PLACE))
    for record in records(entity):
        before = desk.one(entity, record["Id"])
        after = desk.post(entity, {**before, "sparse": sparse})
        # The objects were recorded on different days: customer 1 and account 1 were renamed in between.
        if '"value": "1", "name"' not in json.dumps(before):
            assert after == before
    assert desk.in_order()


def test_a_deposited_payment_cannot_be_voided_or_deleted(loaded: Desk) -> None:
    deposited = next(row for row in records("Payment") if row.get("LinkedTxn"))
    body = {"Id": deposited["Id"], "SyncToken": deposited["SyncToken"]}
    assert loaded.refused("Payment", body, operation="delete")["code"] == "6540"
    assert loaded.refused("Payment", body, include="void")["code"] == "6540"


def write(folder: Path, **files: Any) -> Path:
    """A folder with these files."""
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / f"{name}.json").write_text(text)
    return folder


CUSTOMER = {
    "Id": "7",
    "SyncToken": "3",
    "DisplayName": "Ada",
    "FullyQualifiedName": "Ada",
    "Active": True,
    "Balance": 40,
    "BalanceWithJobs": 40,
    "Job": False,
    "CurrencyRef": {"value": "USD", "name": "United States Dollar"},
    "MetaData": {"CreateTime": "2026-01-01T00:00:00-08:00", "LastUpdatedTime": "2026-02-01T00:00:00-08:00"},
}
INVOICE = {
    "Id": "20",
    "SyncToken": "0",
    "DocNumber": "500",
    "TxnDate": "2026-01-05",
    "CustomerRef": {"value": "7", "name": "Ada"},
    "TotalAmt": 40,
    "Balance": 40,
    "LinkedTxn": [],
    "Line": [
        {
            "Id": "1",
            "Amount": 40,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
        }
    ],
}


def test_lists_that_are_missing_are_made_up_so_that_sales_can_be_entered(tmp_path: Path) -> None:
    desk = Desk(folder=write(tmp_path, Customer=[CUSTOMER], Invoice=[INVOICE]))
    assert desk.report is not None
    assert desk.report.loaded == {"Customer": 1, "Invoice": 1}
    assert {"Account", "Item", "Term", "CompanyInfo", "Preferences"} <= set(desk.report.derived)
    made = desk.invoice("7", 5.0)
    assert (made["Id"], made["DocNumber"]) == ("21", "501")
    assert desk.one("Customer", "7")["Balance"] == 45.0
    assert desk.in_order()


@pytest.mark.rule("loaded.as_it_came")
def test_records_that_have_no_place_are_reported_one_by_one(tmp_path: Path) -> None:
    invoices = [
        INVOICE,
        {**INVOICE, "Id": "21", "CustomerRef": {"value": "8"}},
        INVOICE,
        "text",
        {"TotalAmt": 1},
    ]
    payment = {
        "Id": "30",
        "CustomerRef": {"value": "7"},
        "TotalAmt": 1,
        "TxnDate": "2026-01-06",
        "Line": [{"Amount": 1, "LinkedTxn": [{"TxnId": "99", "TxnType": "Invoice"}]}],
    }
    late = {**CUSTOMER, "Id": "9", "MetaData": {"CreateTime": "whenever"}}
    folder = write(
        tmp_path, Customer=[CUSTOMER, late], Invoice=invoices, Payment=[payment], OtherName=[{"Id": "40"}]
    )
    desk = Desk(folder=folder)
    assert desk.report is not None
    assert desk.report.loaded["Invoice"] == 1
    assert [(entity, identity) for entity, identity, _ in desk.report.refused] == [
        ("Customer", "9"),
        ("Invoice", "21"),
        ("Invoice", "20"),
        ("Invoice", "?"),
        ("Invoice", "?"),
        ("Payment", "30"),
    ]
    reasons = [reason for _, _, reason in desk.report.refused]
    assert reasons[1] == "its customer 8 is not in the folder"
    assert reasons[5] == "the Invoice 99 it is linked to was not placed"
    assert desk.report.left_out == {"OtherName": (1, NOT_SERVED)}
    assert int(desk.customer("New")) == 41
    assert desk.in_order()


@pytest.mark.rule("loaded.settled")
def test_a_balance_that_something_else_settled_stays_settled(tmp_path: Path) -> None:
    settled = {**INVOICE, "Balance": 15}
    desk = Desk(folder=write(tmp_path, Customer=[CUSTOMER], Invoice=[settled]))
    desk.pay("7", 10.0, ("Invoice", "20", 10.0))
    assert exact(desk.one("Invoice", "20")["Balance"]) == Decimal(5)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "holds no JSON files"),
        ({"Customer": "{nope"}, "Customer.json is not JSON"),
        ({"Customer": {"Id": "1"}}, "Customer.json must hold a list of Customer objects"),
    ],
)
def test_a_folder_that_cannot_be_read_is_named_with_its_file(
    tmp_path: Path, files: dict[str, Any], words: str
) -> None:
    with pytest.raises(Unreadable, match=words):
        Desk(folder=write(tmp_path, **files))
