"""Deposits, transfers and journal entries: money that moves between the company's own accounts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.qbosim.desk import Desk, bill, exact, fault_of, named, shared
from tests.qbosim.test_receipts import account, standing


@pytest.fixture
def desk() -> Desk:
    return Desk()


def deposit(desk: Desk, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The body of a deposit to the checking account."""
    return {"DepositToAccountRef": account(desk, "Checking"), "Line": list(lines), **more}


def taking(record: Any, kind: str, line: str = "0", amount: float | None = None) -> dict[str, Any]:
    """A line that takes a payment or receipt to the bank."""
    return {
        "Amount": record["TotalAmt"] if amount is None else amount,
        "LinkedTxn": [{"TxnId": record["Id"], "TxnType": kind, "TxnLineId": line}],
    }


def own_line(desk: Desk, name: str, amount: float, **detail: Any) -> dict[str, Any]:
    """A deposit's line that names its account itself."""
    return {
        "Amount": amount,
        "DetailType": "DepositLineDetail",
        "DepositLineDetail": {"AccountRef": account(desk, name), **detail},
    }


def entry(desk: Desk, *lines: tuple[str, str, float], **more: Any) -> dict[str, Any]:
    """The body of a journal entry; lines are side, account and amount."""
    return {
        "Line": [
            {
                "Amount": amount,
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": {"PostingType": side, "AccountRef": account(desk, name)},
            }
            for side, name, amount in lines
        ],
        **more,
    }


def undeposited(desk: Desk, amount: float = 80.0) -> Any:
    """A payment that waits to be taken to the bank."""
    customer = desk.customer(f"Customer {desk.query('select count(*) from Customer')['totalCount']}")
    invoice = desk.invoice(customer, amount)
    return desk.pay(
        customer,
        amount,
        ("Invoice", invoice["Id"], amount),
        PaymentMethodRef={"value": "2"},
        PaymentRefNum="6552",
    )


# -- deposits ---------------------------------------------------------------------------------------------------


@pytest.mark.rule("deposit.linked_lines")
def test_a_deposit_of_a_payment_and_a_receipt_has_the_recorded_shape(desk: Desk) -> None:
    paid = undeposited(desk)
    receipt = desk.post("SalesReceipt", bill(desk.customer("B"), 140))
    made = desk.post("Deposit", deposit(desk, taking(receipt, "SalesReceipt"), taking(paid, "Payment")))
    real = next(
        record
        for record in json.loads((shared("fixtures/sandbox-company") / "Deposit.json").read_text())
        if record["Id"] == "62"
    )
    assert list(made) == list(real)
    assert made["TotalAmt"] == 220
    assert made["Line"] == [
        {
            "Amount": 140.0,
            "LinkedTxn": [{"TxnId": receipt["Id"], "TxnType": "SalesReceipt", "TxnLineId": "0"}],
        },
        {
            "Amount": 80.0,
            "LinkedTxn": [{"TxnId": paid["Id"], "TxnType": "Payment", "TxnLineId": "0"}],
            "DepositLineDetail": {"PaymentMethodRef": {"value": "2"}, "CheckNum": "6552"},
        },
    ]
    assert (standing(desk, "Checking"), standing(desk, "Undeposited Funds")) == (220, 0)
    assert desk.in_order()


@pytest.mark.rule("deposit.link_back")
def test_what_was_deposited_shows_it_without_having_changed(desk: Desk) -> None:
    paid = undeposited(desk)
    desk.clock.advance(60)
    made = desk.post("Deposit", deposit(desk, taking(paid, "Payment")))
    now = desk.one("Payment", paid["Id"])
    assert now["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": "Deposit"}]
    assert (now["SyncToken"], now["MetaData"]) == (paid["SyncToken"], paid["MetaData"])


@pytest.mark.rule("deposit.holds", "deposit.holds_amount")
def test_deposited_money_is_neither_voided_nor_deleted_nor_changed(desk: Desk) -> None:
    paid = undeposited(desk)
    receipt = desk.post("SalesReceipt", bill(desk.customer("B"), 140))
    desk.post("Deposit", deposit(desk, taking(receipt, "SalesReceipt"), taking(paid, "Payment")))
    for kind, record in (("Payment", paid), ("SalesReceipt", receipt)):
        for query in ({"operation": "delete"}, {"operation": "update", "include": "void"}):
            assert fault_of(desk.send("POST", kind.lower(), named(record), **query))["code"] == "6540"
    change = {"CustomerRef": paid["CustomerRef"], "TotalAmt": 90}
    assert desk.refused("Payment", named(paid, **change))["code"] == "6540"
    elsewhere = {"DepositToAccountRef": account(desk, "Checking")}
    assert desk.refused("SalesReceipt", named(receipt, **elsewhere))["code"] == "6540"
    assert desk.post("SalesReceipt", named(receipt, PrivateNote="seen"))["PrivateNote"] == "seen"


@pytest.mark.rule("deposit.frees")
def test_a_deleted_deposit_and_a_line_taken_out_free_the_payment(desk: Desk) -> None:
    one, two = undeposited(desk), undeposited(desk, 50)
    made = desk.post("Deposit", deposit(desk, taking(one, "Payment"), taking(two, "Payment")))
    made = desk.post("Deposit", named(made, **deposit(desk, taking(one, "Payment"))))
    assert made["TotalAmt"] == 80
    assert "LinkedTxn" not in desk.one("Payment", two["Id"])
    desk.post("Payment", named(two), operation="delete")
    desk.post("Deposit", named(made), operation="delete")
    assert "LinkedTxn" not in desk.one("Payment", one["Id"])
    assert standing(desk, "Checking") == 0
    assert desk.post("Deposit", deposit(desk, taking(one, "Payment")))["TotalAmt"] == 80
    assert desk.in_order()


@pytest.mark.rule("deposit.once")
def test_money_is_deposited_once_whole_and_out_of_undeposited_funds(desk: Desk) -> None:
    paid = undeposited(desk)
    line = taking(paid, "Payment")
    assert desk.refused("Deposit", deposit(desk, line, line))["code"] == "6000"
    assert desk.refused("Deposit", deposit(desk, taking(paid, "Payment", amount=70)))["code"] == "6000"
    assert (
        desk.refused("Deposit", deposit(desk, taking({"Id": "999", "TotalAmt": 1}, "Payment")))["code"]
        == "2500"
    )
    desk.post("Deposit", deposit(desk, line))
    assert desk.refused("Deposit", deposit(desk, line))["code"] == "6000"
    banked = desk.pay(desk.customer("C"), 10, DepositToAccountRef=account(desk, "Savings"))
    assert desk.refused("Deposit", deposit(desk, taking(banked, "Payment")))["code"] == "6000"


@pytest.mark.rule("deposit.cash_back")
def test_cash_kept_back_lowers_the_deposit(desk: Desk) -> None:
    paid = undeposited(desk)
    back = {"AccountRef": account(desk, "Savings"), "Amount": 20, "Memo": "Money to savings"}
    made = desk.post("Deposit", deposit(desk, taking(paid, "Payment"), CashBack=back))
    assert list(made)[:3] == ["DepositToAccountRef", "CashBack", "TotalAmt"]
    assert made["TotalAmt"] == 60
    assert (standing(desk, "Checking"), standing(desk, "Savings")) == (60, 20)
    assert desk.in_order()


@pytest.mark.rule("deposit.account_required", "deposit.new_lines")
def test_a_deposits_own_lines_name_their_account_and_count_their_ids_on(desk: Desk) -> None:
    assert (
        desk.refused("Deposit", {"Line": [own_line(desk, "Services", 5)]})["element"] == "DepositToAccountRef"
    )
    assert desk.refused("Deposit", deposit(desk))["element"] == "Line"
    bare = {"Amount": 5, "DetailType": "DepositLineDetail", "DepositLineDetail": {}}
    assert desk.refused("Deposit", deposit(desk, bare))["element"] == "AccountRef"
    lines = [own_line(desk, "Opening Balance Equity", 5000), own_line(desk, "Services", 1)]
    made = desk.post("Deposit", deposit(desk, *lines))
    assert list(made["Line"][0]) == [
        "Id",
        "LineNum",
        "Amount",
        "DetailType",
        "DepositLineDetail",
        "CustomExtensions",
    ]
    changed = desk.post("Deposit", named(made, Line=lines))
    assert [line["Id"] for line in changed["Line"]] == ["3", "4"]
    assert [line["LineNum"] for line in changed["Line"]] == [1, 2]
    assert standing(desk, "Checking") == 5001


def test_a_deposit_on_receivables_lowers_what_the_customer_owes(desk: Desk) -> None:
    customer = desk.customer()
    desk.invoice(customer, 100)
    line = own_line(desk, "Accounts Receivable (A/R)", 40)
    assert "choose a customer" in desk.refused("Deposit", deposit(desk, line))["Detail"]
    line["DepositLineDetail"]["Entity"] = {"value": customer, "type": "CUSTOMER"}
    made = desk.post("Deposit", deposit(desk, line))
    assert made["Line"][0]["DepositLineDetail"]["Entity"]["name"] == "Ada's Bakery"
    assert desk.one("Customer", customer)["Balance"] == 60


def test_a_line_of_a_journal_entry_can_be_deposited(desk: Desk) -> None:
    body = entry(desk, ("Debit", "Undeposited Funds", 30), ("Credit", "Interest Earned", 30))
    journal = desk.post("JournalEntry", body)
    made = desk.post("Deposit", deposit(desk, taking(journal, "JournalEntry", "0", 30)))
    assert made["TotalAmt"] == 30
    again = deposit(desk, taking(journal, "JournalEntry", "0", 30))
    assert desk.refused("Deposit", again)["code"] == "6000"
    changed = entry(desk, ("Debit", "Undeposited Funds", 31), ("Credit", "Interest Earned", 31))
    assert desk.refused("JournalEntry", named(journal, **changed))["code"] == "6540"
    assert fault_of(desk.send("POST", "journalentry", named(journal), operation="delete"))["code"] == "6540"
    assert standing(desk, "Undeposited Funds") == 0


@pytest.mark.parametrize(
    ("entity", "record", "reason"),
    [
        ("Deposit", {"Line": []}, "its account (none) is not in the folder"),
        (
            "Deposit",
            {
                "DepositToAccountRef": {"value": "1"},
                "Line": [{"LinkedTxn": [{"TxnId": "9", "TxnType": "Payment"}]}],
            },
            "the Payment 9 it is linked to was not placed",
        ),
        (
            "Deposit",
            {"DepositToAccountRef": {"value": "1"}, "Line": [{"Amount": 5, "DepositLineDetail": {}}]},
            "its account (none) is not in the folder",
        ),
        (
            "Deposit",
            {
                "DepositToAccountRef": {"value": "1"},
                "TotalAmt": 9,
                "Line": [{"Amount": 5, "DepositLineDetail": {"AccountRef": {"value": "1"}}}],
            },
            "its lines do not add up to its total",
        ),
        ("JournalEntry", {"Line": []}, "it has no TxnDate"),
        (
            "JournalEntry",
            {"TxnDate": "2026-01-01", "Line": [{"DetailType": "JournalEntryLineDetail"}]},
            "its account (none) is not in the folder",
        ),
        (
            "JournalEntry",
            {
                "TxnDate": "2026-01-01",
                "Line": [
                    {
                        "Amount": 5,
                        "DetailType": "JournalEntryLineDetail",
                        "JournalEntryLineDetail": {"AccountRef": {"value": "1"}, "PostingType": "Debit"},
                    }
                ],
            },
            "its debits and credits are not equal",
        ),
        ("Transfer", {"FromAccountRef": {"value": "1"}}, "its ToAccountRef (none) is not in the folder"),
        ("SalesReceipt", {}, "it has no TxnDate"),
        (
            "SalesReceipt",
            {"TxnDate": "2026-01-01", "Line": [{"DetailType": "SalesItemLineDetail"}]},
            "a line of it has no detail",
        ),
        (
            "SalesReceipt",
            {"TxnDate": "2026-01-01", "CustomerRef": {"value": "77"}},
            "its customer 77 is not in the folder",
        ),
        (
            "SalesReceipt",
            {
                "TxnDate": "2026-01-01",
                "Line": [{"DetailType": "DiscountLineDetail", "Amount": 1, "DiscountLineDetail": {}}],
            },
            "its discount names no account",
        ),
        (
            "SalesReceipt",
            {
                "TxnDate": "2026-01-01",
                "Line": [
                    {
                        "DetailType": "GroupLineDetail",
                        "GroupLineDetail": {
                            "Line": [
                                {
                                    "DetailType": "SalesItemLineDetail",
                                    "Amount": 1,
                                    "SalesItemLineDetail": {"ItemRef": {"value": "9" * 30}},
                                }
                            ]
                        },
                    }
                ],
            },
            f"its ItemRef {'9' * 30} is not in the folder",
        ),
        ("Estimate", {"TxnDate": "2026-01-01"}, "its customer (none) is not in the folder"),
    ],
)
def test_a_loaded_record_that_rests_on_nothing_is_left_out_with_the_reason(
    tmp_path: Path, entity: str, record: dict[str, Any], reason: str
) -> None:
    (tmp_path / f"{entity}.json").write_text(json.dumps([{"Id": "5", **record}]), encoding="utf-8")
    desk = Desk(folder=tmp_path)
    assert desk.report is not None
    assert desk.report.refused == ((entity, "5", reason),)
    assert desk.in_order()


# -- transfers --------------------------------------------------------------------------------------------------


@pytest.mark.rule("transfer.shape")
def test_a_transfer_moves_money_and_back_again_when_it_is_deleted(desk: Desk) -> None:
    body: dict[str, Any] = {
        "FromAccountRef": account(desk, "Checking"),
        "ToAccountRef": account(desk, "Savings"),
        "Amount": 120,
        "PrivateNote": "Memo",
    }
    made = desk.post("Transfer", body)
    assert list(made) == [
        *("FromAccountRef", "ToAccountRef", "Amount", "domain", "sparse", "Id", "SyncToken", "MetaData"),
        *("TxnDate", "CurrencyRef", "PrivateNote"),
    ]
    assert (standing(desk, "Checking"), standing(desk, "Savings")) == (-120, 120)
    made = desk.post("Transfer", named(made, Amount=20))
    assert desk.one("Account", body["ToAccountRef"]["value"])["CurrentBalance"] == 20
    desk.post("Transfer", named(made), operation="delete")
    assert (standing(desk, "Checking"), standing(desk, "Savings")) == (0, 0)


@pytest.mark.rule("transfer.required", "transfer.accounts")
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"Amount": None}, "2020"),
        ({"FromAccountRef": None}, "2020"),
        ({"ToAccountRef": "Checking"}, "6000"),
        ({"ToAccountRef": "Services"}, "6430"),
        ({"ToAccountRef": "Accounts Receivable (A/R)"}, "6430"),
        ({"Amount": -1}, "6000"),
    ],
)
def test_a_transfer_goes_between_two_balance_sheet_accounts(
    desk: Desk, changed: dict[str, Any], code: str
) -> None:
    body: dict[str, Any] = {"FromAccountRef": "Checking", "ToAccountRef": "Savings", "Amount": 5, **changed}
    for key in ("FromAccountRef", "ToAccountRef"):
        if body[key] is not None:
            body[key] = account(desk, body[key])
    assert desk.refused("Transfer", body)["code"] == code


# -- journal entries --------------------------------------------------------------------------------------------


@pytest.mark.rule("journal_entry.shape")
def test_a_journal_entry_has_the_recorded_shape(desk: Desk) -> None:
    body = entry(
        desk, ("Debit", "Supplies", 100), ("Credit", "Checking", 100), DocNumber="JE-001", PrivateNote="x"
    )
    for line in body["Line"]:
        line["Description"] = "why"
    made = desk.post("JournalEntry", body)
    real = next(
        record
        for record in json.loads((shared("fixtures/sandbox-company") / "JournalEntry.json").read_text())
        if record["Id"] == "165"
    )
    assert list(made) == list(real)
    assert [list(line) for line in made["Line"]] == [list(line) for line in real["Line"]]
    assert [line["Id"] for line in made["Line"]] == ["0", "1"]
    assert (made["TotalAmt"], made["TxnTaxDetail"], made["Adjustment"]) == (0, {}, False)
    assert (standing(desk, "Supplies"), standing(desk, "Checking")) == (100, -100)


@pytest.mark.rule("journal_entry.same_number")
def test_two_journal_entries_may_have_one_number(desk: Desk) -> None:
    body = entry(desk, ("Debit", "Supplies", 1), ("Credit", "Checking", 1))
    assert "DocNumber" not in desk.post("JournalEntry", body)
    first, second = (desk.post("JournalEntry", {**body, "DocNumber": "JE-001"}) for _ in range(2))
    assert first["DocNumber"] == second["DocNumber"]


@pytest.mark.rule("journal_entry.balance")
def test_debits_and_credits_are_equal(desk: Desk) -> None:
    body = entry(desk, ("Debit", "Supplies", 100), ("Credit", "Checking", 99.99))
    fault = desk.refused("JournalEntry", body)
    assert (fault["code"], fault["Detail"]) == (
        "6000",
        "Business Validation Error: Please balance debits and credits.",
    )


@pytest.mark.rule("journal_entry.account_required")
@pytest.mark.parametrize("key", ["AccountRef", "PostingType"])
def test_a_line_says_account_and_side(desk: Desk, key: str) -> None:
    body = entry(desk, ("Debit", "Supplies", 1), ("Credit", "Checking", 1))
    del body["Line"][0]["JournalEntryLineDetail"][key]
    fault = desk.refused("JournalEntry", body)
    assert (fault["code"], fault["element"]) == ("2020", key)
    assert fault["Detail"] == f"Required parameter {key} is missing in the request"


@pytest.mark.rule("journal_entry.customer", "journal_entry.vendor")
def test_receivables_need_a_customer_and_payables_a_vendor(desk: Desk) -> None:
    customer = desk.customer()
    vendor = desk.post("Vendor", {"DisplayName": "Hicks Hardware"})["Id"]
    both = ("Debit", "Accounts Receivable (A/R)", 70.0), ("Credit", "Accounts Payable (A/P)", 70.0)
    body = entry(desk, *both)
    assert desk.refused("JournalEntry", body)["Detail"] == (
        "Business Validation Error: When you use Accounts Receivable, you must choose a customer in the Name field."
    )
    one, two = (line["JournalEntryLineDetail"] for line in body["Line"])
    one["Entity"] = {"Type": "Customer", "EntityRef": {"value": customer}}
    assert "choose a vendor" in desk.refused("JournalEntry", body)["Detail"]
    two["Entity"] = {"Type": "Vendor", "EntityRef": {"value": vendor}}
    made = desk.post("JournalEntry", body)
    assert list(made["Line"][0]["JournalEntryLineDetail"]) == ["PostingType", "Entity", "AccountRef"]
    assert made["Line"][1]["JournalEntryLineDetail"]["Entity"] == {
        "Type": "Vendor",
        "EntityRef": {"value": vendor, "name": "Hicks Hardware"},
    }
    assert desk.one("Customer", customer)["Balance"] == 70
    assert desk.one("Vendor", vendor)["Balance"] == 70
    desk.post("JournalEntry", named(made), operation="delete")
    assert desk.one("Customer", customer)["Balance"] == 0


@pytest.mark.parametrize("side", ["Debit", "Credit"])
def test_a_journal_entry_on_receivables_is_settled_by_a_payment(desk: Desk, side: str) -> None:
    customer = desk.customer()
    other = "Credit" if side == "Debit" else "Debit"
    body = entry(desk, (side, "Accounts Receivable (A/R)", 70.0), (other, "Services", 70.0))
    body["Line"][0]["JournalEntryLineDetail"]["Entity"] = {
        "Type": "Customer",
        "EntityRef": {"value": customer},
    }
    journal = desk.post("JournalEntry", body)
    if side == "Debit":
        paid = desk.pay(customer, 70, ("JournalEntry", journal["Id"], 70))
    else:
        invoice = desk.invoice(customer, 70)
        paid = desk.pay(customer, 0, ("Invoice", invoice["Id"], 70), ("JournalEntry", journal["Id"], 70))
        assert desk.one("Invoice", invoice["Id"])["Balance"] == 0
    assert paid["UnappliedAmt"] == 0
    assert desk.one("Customer", customer)["Balance"] == 0
    again = {"CustomerRef": {"value": customer}, "TotalAmt": 70, "Line": paid["Line"][-1:]}
    assert desk.refused("Payment", again)["code"] == "6000"
    desk.post("JournalEntry", named(desk.one("JournalEntry", journal["Id"])), operation="delete")
    left = desk.one("Payment", paid["Id"])
    assert left["Line"] == []
    assert left["UnappliedAmt"] == (70 if side == "Debit" else 0)
    assert desk.one("Customer", customer)["Balance"] == (-70 if side == "Debit" else 70)
    assert desk.in_order()


@pytest.mark.rule("journal_entry.auto_number")
def test_a_company_may_number_its_journal_entries(desk: Desk) -> None:
    preferences = desk.get("preferences")["Preferences"]
    desk.post("Preferences", named(preferences, AccountingInfoPrefs={"AutoJournalEntryNumber": True}))
    body = entry(desk, ("Debit", "Supplies", 1), ("Credit", "Checking", 1))
    assert [desk.post("JournalEntry", body)["DocNumber"] for _ in range(2)] == ["1", "2"]


@pytest.mark.rule("journal_entry.tax")
def test_outside_the_us_a_taxed_line_brings_its_tax() -> None:
    british = Desk(country="GB")
    body = entry(british, ("Credit", "Services", 100), ("Debit", "Checking", 120))
    code = british.rows("TaxCode", "where Name = '20.0% S'")[0]["Id"]
    body["Line"][0]["JournalEntryLineDetail"]["TaxCodeRef"] = {"value": code}
    made = british.post("JournalEntry", body)
    assert made["TxnTaxDetail"]["TotalTax"] == -20
    assert standing(british, "Checking") == 120
    assert british.in_order()
    del body["Line"][0]["JournalEntryLineDetail"]["TaxCodeRef"]
    assert british.refused("JournalEntry", body)["code"] == "6000"


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["pay", "sell", "deposit", "undo", "void", "delete", "transfer"]),
            st.integers(1, 500),
        ),
        max_size=14,
    )
)
def test_whatever_is_deposited_and_undone_the_bank_holds_what_the_deposits_say(
    steps: list[tuple[str, int]],
) -> None:
    desk = Desk()
    customer = desk.customer()
    waiting: list[tuple[str, Any]] = []
    deposits: list[Any] = []
    moved = 0
    for what, number in steps:
        if what == "pay":
            waiting.append(("Payment", desk.pay(customer, number)))
        elif what == "sell":
            waiting.append(("SalesReceipt", desk.post("SalesReceipt", bill(customer, number))))
        elif what == "deposit" and waiting:
            lines = [taking(record, kind) for kind, record in waiting]
            answer = desk.send("POST", "deposit", deposit(desk, *lines))
            if answer.status == 200:
                deposits.append(answer.json()["Deposit"])
        elif what == "undo" and deposits:
            desk.post("Deposit", named(deposits.pop()), operation="delete")
        elif what in ("void", "delete") and waiting:
            kind, record = waiting[number % len(waiting)]
            query = (
                {"operation": "delete"} if what == "delete" else {"operation": "update", "include": "void"}
            )
            if desk.send("POST", kind.lower(), named(record), **query).status == 200:
                waiting.remove((kind, record))
        elif what == "transfer":
            ends = {"FromAccountRef": account(desk, "Checking"), "ToAccountRef": account(desk, "Savings")}
            desk.post("Transfer", {**ends, "Amount": number})
            moved += number
    banked = sum(exact(record["TotalAmt"]) for record in deposits)
    assert standing(desk, "Checking") == banked - moved
    held = sum(exact(desk.one(kind, record["Id"])["TotalAmt"]) for kind, record in waiting)
    assert standing(desk, "Undeposited Funds") == held - banked
    assert desk.in_order()
