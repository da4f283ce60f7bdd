"""Sales receipts and refund receipts: sold or taken back with the money at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.qbosim.desk import REALM, Desk, bill, exact, fault_of, item_line, named, shared
from tests.qbosim.standing import standings
from tests.qbosim.test_recorded import recording


@pytest.fixture
def desk() -> Desk:
    return Desk()


def account(desk: Desk, name: str) -> dict[str, str]:
    """A reference to an account by its name."""
    found = desk.rows("Account", f"where Name = '{name}'")[0]
    return {"value": found["Id"], "name": name}


def standing(desk: Desk, name: str) -> Any:
    """What an account stands at in the trial balance, debit positive."""
    number = int(account(desk, name)["value"])
    rows = standings(desk.store, REALM)
    return rows.get(number, exact(0))


@pytest.mark.rule("sales_receipt.balance", "sales_receipt.deposit_account")
def test_a_sales_receipt_puts_its_money_to_undeposited_funds_and_leaves_nothing_open(desk: Desk) -> None:
    customer = desk.customer()
    receipt = desk.post("SalesReceipt", bill(customer, 120))
    assert receipt["Balance"] == 0
    assert receipt["DepositToAccountRef"]["name"] == "Undeposited Funds"
    assert standing(desk, "Undeposited Funds") == 120
    assert desk.one("Customer", customer)["Balance"] == 0
    assert desk.in_order()


def test_a_sales_receipt_has_the_keys_that_were_recorded_in_their_order(desk: Desk) -> None:
    customer = desk.customer(BillAddr={"Line1": "1 Main St"}, ShipAddr={"Line1": "1 Main St"})
    seen = recording("all__sales_receipts__0")["response"]["json"]["QueryResponse"]["SalesReceipt"]
    receipt = desk.post(
        "SalesReceipt",
        {
            **bill(customer, 337.5),
            "PrivateNote": "x",
            "CustomerMemo": {"value": "Thank you"},
            "PaymentMethodRef": {"value": "2"},
            "PaymentRefNum": "10264",
            "BillEmail": {"Address": "a@example.com"},
            "DepositToAccountRef": account(desk, "Checking"),
        },
    )
    newer = {"FreeFormAddress", "ShipFromAddr"}
    for record in seen:
        assert [key for key in receipt if key in record] == [key for key in record if key != "LinkedTxn"]
    assert {key for record in seen for key in record} - {"LinkedTxn"} == set(receipt) - newer
    assert receipt["PaymentMethodRef"] == {"value": "2", "name": "Check"}


@pytest.mark.rule("sales_receipt.full_update")
def test_a_full_update_with_lines_alone_clears_the_rest_as_recorded(desk: Desk) -> None:
    receipt = desk.post(
        "SalesReceipt",
        {
            **bill(desk.customer(BillAddr={"Line1": "1 Main St"}), 225),
            "TxnDate": "2026-01-24",
            "PrivateNote": "Thanks",
            "DepositToAccountRef": account(desk, "Checking"),
        },
    )
    changed = desk.post(
        "SalesReceipt",
        {"Id": receipt["Id"], "SyncToken": "0", "Line": [item_line(337.5, UnitPrice=75, Qty=4.5)]},
    )
    assert changed["DocNumber"] == receipt["DocNumber"]
    assert changed["TxnDate"] == "2026-05-05"
    assert changed["Line"][0]["Id"] == "2"
    assert changed["DepositToAccountRef"]["name"] == "Undeposited Funds"
    assert not {"CustomerRef", "BillAddr", "PrivateNote"} & set(changed)
    assert standing(desk, "Checking") == 0
    assert standing(desk, "Undeposited Funds") == exact("337.5")
    assert desk.in_order()


@pytest.mark.rule("sales_receipt.full_update")
def test_the_real_sales_receipt_17_becomes_what_was_recorded_of_it() -> None:
    desk = Desk(folder=shared("fixtures/sandbox-company"))
    seen = recording("all__sales_receipts__0")["response"]["json"]["QueryResponse"]["SalesReceipt"]
    recorded = next(record for record in seen if record["Id"] == "17")
    line = {key: value for key, value in recorded["Line"][0].items() if key not in ("Id", "LineNum")}
    made = desk.post("SalesReceipt", {"Id": "17", "SyncToken": "0", "Line": [line]})
    assert [key for key in made if key != "CustomField"] == [key for key in recorded if key != "CustomField"]
    kept, subtotal = made["Line"]
    assert kept.pop("Id") == "2"
    assert kept["SalesItemLineDetail"].pop("ItemAccountRef")["name"] == "Design income"
    assert kept.pop("CustomExtensions") == []
    assert [kept, subtotal] == [
        {key: value for key, value in recorded["Line"][0].items() if key != "Id"},
        recorded["Line"][1],
    ]
    varying = {"CustomField", "Line", "MetaData", "SyncToken", "TxnDate"}
    assert {key: value for key, value in made.items() if key not in varying} == {
        key: value for key, value in recorded.items() if key not in varying
    }
    assert desk.in_order()


@pytest.mark.rule("sales_receipt.void")
def test_a_voided_sales_receipt_keeps_number_and_day_and_takes_its_money_back(desk: Desk) -> None:
    body = {**bill(desk.customer()), "Line": [item_line(150, UnitPrice=50, Qty=3)], "TxnDate": "2026-04-01"}
    receipt = desk.post("SalesReceipt", body)
    void = desk.post("SalesReceipt", named(receipt), operation="update", include="void")
    assert (void["TotalAmt"], void["PrivateNote"], void["SyncToken"]) == (0, "Voided", "1")
    assert (void["DocNumber"], void["TxnDate"]) == (receipt["DocNumber"], "2026-04-01")
    assert void["Line"][0]["Amount"] == 0
    assert void["Line"][0]["SalesItemLineDetail"]["UnitPrice"] == 0
    assert standing(desk, "Undeposited Funds") == 0
    assert desk.in_order()


@pytest.mark.rule("sales_receipt.account_type")
def test_money_cannot_be_put_to_an_income_account(desk: Desk) -> None:
    body = {**bill(desk.customer()), "DepositToAccountRef": account(desk, "Services")}
    assert desk.refused("SalesReceipt", body)["code"] == "6430"


@pytest.mark.rule("refund_receipt.account_required")
def test_a_refund_says_where_the_money_comes_from(desk: Desk) -> None:
    customer = desk.customer()
    assert desk.refused("RefundReceipt", bill(customer))["element"] == "DepositToAccountRef"
    desk.post("RefundReceipt", {**bill(customer, 87.5), "DepositToAccountRef": account(desk, "Checking")})
    assert standing(desk, "Checking") == exact("-87.5")
    assert standing(desk, "Services") == exact("87.5")
    assert desk.one("Customer", customer)["Balance"] == 0
    assert desk.in_order()


@pytest.mark.rule("refund_receipt.no_void", "refund_receipt.shape")
def test_a_refund_is_deleted_but_never_voided(desk: Desk) -> None:
    body = {**bill(desk.customer()), "DepositToAccountRef": account(desk, "Checking")}
    refund = desk.post("RefundReceipt", body)
    assert refund["Balance"] == 0
    assert "EmailStatus" not in refund
    answer = desk.send("POST", "refundreceipt", named(refund), operation="update", include="void")
    assert fault_of(answer)["code"] == "500"
    desk.post("RefundReceipt", named(refund), operation="delete")
    assert standing(desk, "Checking") == 0
    assert desk.in_order()


def test_receipts_are_sent_and_printed(desk: Desk) -> None:
    receipt = desk.post("SalesReceipt", bill(desk.customer()))
    answer = desk.send("POST", f"salesreceipt/{receipt['Id']}/send", sendTo="a@example.com")
    assert json.loads(answer.body)["SalesReceipt"]["EmailStatus"] == "EmailSent"
    assert desk.send("GET", f"salesreceipt/{receipt['Id']}/pdf").body.startswith(b"%PDF")
