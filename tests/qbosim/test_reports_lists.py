"""Lists of transactions as clients narrow them down: filters, groups, splits, addresses, and orders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.qbosim.buying import account, bill, expense, pay, vendor
from tests.qbosim.desk import Desk, fault_of, item_line
from tests.qbosim.reading import cents, every_row, keys, lines, report, row, with_years_from

YEAR = {"start_date": "2026-01-01", "end_date": "2026-12-31"}


@pytest.fixture(scope="module")
def desk() -> Desk:
    """A company with a bit of everything, which no test changes."""
    desk = Desk(class_tracking="line", track_departments=True)
    ada, bob = desk.customer("Ada"), desk.customer("Bob")
    desk.invoice(
        ada,
        100.0,
        DocNumber="A-1",
        TxnDate="2026-01-10",
        DueDate="2026-02-10",
        PrivateNote="Spring campaign",
        PrintStatus="NeedToPrint",
        CustomerMemo={"value": "Thanks"},
    )
    paid = desk.invoice(bob, 40.0, DocNumber="A-2", TxnDate="2026-02-11", DueDate="2026-03-11")
    desk.pay(bob, 40.0, ("Invoice", paid["Id"], 40.0), TxnDate="2026-03-01", PaymentMethodRef={"value": "2"})
    grid = vendor(desk)
    owed = bill(
        desk,
        grid,
        TxnDate="2026-03-05",
        Line=[
            expense(desk, 30.0, "Supplies"),
            {**expense(desk, 20.0, "Rent or Lease"), "Description": "for spring"},
        ],
    )
    pay(desk, grid, 50.0, ("Bill", owed["Id"], 50.0), TxnDate="2026-03-20")
    desk.post("Estimate", {"CustomerRef": {"value": ada}, "TxnDate": "2026-04-01", "Line": [item_line(7.0)]})
    return desk


def types(desk: Desk, **query: str) -> list[str]:
    """The types of the transactions in a list, in its order."""
    return [values[1] for values in lines(report(desk, "TransactionList", **{**YEAR, **query}))]


ALL = ["Invoice", "Invoice", "Payment", "Bill", "Bill Payment (Check)", "Estimate"]


@pytest.mark.rule("report.transaction_filters")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ALL),
        ({"docnum": "A-2"}, ["Invoice"]),
        ({"transaction_type": "ReceivePayment,BillPaymentCheck"}, ["Payment", "Bill Payment (Check)"]),
        ({"transaction_type": "Bill Payment (Check)"}, ["Bill Payment (Check)"]),
        ({"transaction_type": "Estimate"}, ["Estimate"]),
        ({"payment_method": "Check"}, ["Payment"]),
        ({"payment_method": "Visa"}, []),
        ({"memo": "SPRING"}, ["Invoice"]),
        ({"bothamount": "40"}, ["Invoice", "Payment"]),
        ({"bothamount": "7.00"}, ["Estimate"]),
        ({"printed": "To_be_printed"}, ["Invoice", "Invoice", "Estimate"]),
        ({"printed": "Printed"}, []),
        ({"start_duedate": "2026-03-01", "end_duedate": "2026-03-31"}, ["Invoice", "Bill"]),
        ({"createdate_macro": "Today"}, ALL),
        ({"createdate_macro": "Yesterday"}, []),
        ({"start_moddate": "2026-05-06"}, []),
        ({"source_account_type": "AccountsReceivable"}, ["Invoice", "Invoice"]),
        ({"source_account_type": "Bank"}, ["Bill Payment (Check)"]),
        ({"name": "999"}, []),
    ],
)
def test_a_list_is_narrowed_down_by_what_its_transactions_say(
    desk: Desk, query: dict[str, str], found: list[str]
) -> None:
    assert types(desk, **query) == found


@pytest.mark.rule("report.transaction_filters")
def test_a_list_of_some_names_leaves_the_others_out(desk: Desk) -> None:
    bob = desk.rows("Customer", "where DisplayName = 'Bob'")[0]["Id"]
    grid = desk.rows("Vendor")[0]["Id"]
    assert types(desk, name=bob) == ["Invoice", "Payment"]
    assert "Bill" in types(desk, name=f"{bob},{grid}")


@pytest.mark.rule("report.transaction_filters.paid", "report.transaction_filters.cleared")
def test_what_is_paid_is_told_from_what_is_not(desk: Desk) -> None:
    assert types(desk, arpaid="Unpaid") == ["Invoice"]
    assert types(desk, arpaid="Paid") == ["Invoice", "Payment"]
    assert types(desk, arpaid="All") == ALL
    assert types(desk, appaid="Paid") == ["Bill", "Bill Payment (Check)"]
    assert types(desk, appaid="Unpaid") == []
    assert types(desk, cleared="Uncleared") == ALL
    assert types(desk, cleared="Deposited") == types(desk, cleared="Reconciled") == []


@pytest.mark.rule("report.transaction_filters.cleared")
def test_what_a_deposit_holds_is_deposited() -> None:
    desk = Desk()
    paid = desk.pay(desk.customer(), 9.0, TxnDate="2026-03-01")
    line = {"Amount": 9.0, "LinkedTxn": [{"TxnId": paid["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}
    desk.post(
        "Deposit",
        {
            "DepositToAccountRef": {"value": account(desk, "Checking")},
            "TxnDate": "2026-03-02",
            "Line": [line],
        },
    )
    assert types(desk, cleared="Deposited") == ["Payment"]
    assert types(desk, cleared="Uncleared") == ["Deposit"]
    listed = report(desk, "TransactionList", columns="txn_type,is_cleared", **YEAR)
    assert lines(listed) == [["Payment", "C"], ["Deposit", ""]]


@pytest.mark.rule("report.transaction_filters.words")
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"transaction_type": "Wish"}, "2170"),
        ({"arpaid": "Perhaps"}, "2170"),
        ({"group_by": "Colour"}, "2170"),
        ({"moddate_macro": "Someday"}, "2170"),
        ({"source_account_type": "Piggy"}, "2170"),
        ({"bothamount": "much"}, "2040"),
        ({"start_createdate": "soon"}, "2060"),
        ({"name": "Ada"}, "2030"),
        ({"source_account": "cash"}, "2030"),
    ],
)
def test_words_that_no_filter_knows_are_refused(desk: Desk, query: dict[str, str], code: str) -> None:
    assert fault_of(desk.send("GET", "reports/TransactionList", **query))["code"] == code


@pytest.mark.rule("report.transaction_filters")
@pytest.mark.parametrize("query", [{"memo": "spring"}, {"transaction_type": "Bill"}, {"docnum": "A-2"}])
def test_sums_of_the_general_ledger_follow_the_filters_of_its_lines(
    desk: Desk, query: dict[str, str]
) -> None:
    ledger = report(desk, "GeneralLedger", columns="tx_date,subt_nat_amount", **YEAR, **query)
    sections = ledger["Rows"]["Row"]
    assert sections
    for section in sections:
        amounts = [cells[1]["value"] for kind, cells in every_row(section["Rows"]) if kind == "line"]
        assert sum(map(cents, amounts)) == cents(section["Summary"]["ColData"][1]["value"])


@pytest.mark.rule("report.group_by", "report.group_by.sections")
def test_a_list_falls_into_groups(desk: Desk) -> None:
    by_month = report(desk, "TransactionList", group_by="Month", **YEAR)
    heads = [cells[0]["value"] for kind, cells in every_row(by_month["Rows"]) if kind == "header"]
    assert heads == ["Jan 2026", "Feb 2026", "Mar 2026", "Apr 2026"]
    assert row(by_month, "Total for Jan 2026")[-1] == "100.00"
    by_method = report(desk, "TransactionList", group_by="Payment Method", **YEAR)
    heads = [cells[0]["value"] for kind, cells in every_row(by_method["Rows"]) if kind == "header"]
    assert heads == ["Check", "Not Specified"]
    for word in ("Account", "Customer", "Vendor", "Employee", "Name", "Location", "Transaction Type"):
        grouped = report(desk, "TransactionList", group_by=word, **YEAR)
        assert sorted(lines(grouped)) == sorted(lines(report(desk, "TransactionList", **YEAR)))
    assert lines(report(desk, "TransactionList", group_by="None", **YEAR)) == lines(
        report(desk, "TransactionList", **YEAR)
    )


@pytest.mark.rule("report.transaction_list.splits")
def test_transactions_with_splits_show_every_line_of_each(desk: Desk) -> None:
    listed = report(
        desk, "TransactionListWithSplits", columns="txn_type,account_name,subt_nat_home_amount", **YEAR
    )
    assert [[values[:2] for values in lines({"Rows": {"Row": [part]}})] for part in listed["Rows"]["Row"]][
        3
    ] == [
        ["Bill", "Accounts Payable (A/P)"],
        ["Bill", "Supplies"],
        ["Bill", "Rent or Lease"],
    ]
    usual = report(desk, "TransactionListWithSplits", **YEAR)
    assert len(usual["Rows"]["Row"]) == 5
    assert keys(usual)[-2:] == ["account_name", "subt_nat_home_amount"]


@pytest.mark.rule("report.columns.selection", "report.columns.empty")
def test_every_documented_column_of_the_list_can_be_asked_for(desk: Desk) -> None:
    wanted = (
        "account_name,create_by,create_date,cust_msg,dept_name,due_date,doc_num,inv_date,is_ap_paid,is_ar_paid,"
        "is_cleared,last_mod_by,memo,name,other_account,pmt_mthod,is_no_post,printed,sales_cust1,sales_cust2,"
        "sales_cust3,term_name,tracking_num,ship_via,is_adj,tx_date,txn_type"
    )
    listed = report(desk, "TransactionList", columns=wanted, docnum="A-1", **YEAR)
    assert keys(listed) == wanted.split(",")
    shown = dict(zip(keys(listed), lines(listed)[0], strict=True))
    assert (shown["cust_msg"], shown["inv_date"], shown["is_ar_paid"], shown["is_ap_paid"]) == (
        "Thanks",
        "2026-01-10",
        "Unpaid",
        "",
    )
    assert (shown["printed"], shown["create_by"], shown["is_adj"]) == ("To be printed", "", "No")


@pytest.mark.rule("report.qzurl", "report.qzurl.addresses")
def test_cells_lead_to_pages_when_asked(desk: Desk) -> None:
    listed: Any = report(desk, "TransactionList", qzurl="true", docnum="A-1", **YEAR)
    cells = dict(zip(keys(listed), listed["Rows"]["Row"][0]["ColData"], strict=True))
    assert cells["txn_type"]["href"].endswith(f"/invoice?txnId={cells['txn_type']['id']}")
    assert cells["account_name"]["href"].endswith(f"/register?accountId={cells['account_name']['id']}")
    assert "href" not in cells["memo"]
    assert '"href"' not in desk.send("GET", "reports/TransactionList", qzurl="false", **YEAR).body.decode()
    aged = report(desk, "AgedReceivables", qzurl="true")
    assert "customerdetail?nameId=" in aged["Rows"]["Row"][0]["ColData"][0]["href"]


@pytest.mark.rule("report.sort_order")
def test_names_of_a_statement_stand_in_the_order_asked_for(desk: Desk) -> None:
    for name in ("ProfitAndLoss", "TrialBalance", "CustomerSales"):
        up = report(desk, name, **YEAR)
        down = report(desk, name, sort_order="descend", **YEAR)
        assert lines(up) != lines(down)
        assert sorted(lines(up)) == sorted(lines(down))
        assert [cells for kind, cells in every_row(up["Rows"]) if kind == "sum"] == [
            cells for kind, cells in every_row(down["Rows"]) if kind == "sum"
        ]


@pytest.mark.rule("report.trial_balance.columns")
def test_a_trial_balance_has_two_columns(desk: Desk) -> None:
    assert keys(report(desk, "TrialBalance", summarize_column_by="Month", **YEAR)) == [
        "account",
        "debit",
        "credit",
    ]


@pytest.mark.rule("report.only_end")
@pytest.mark.parametrize(
    ("name", "start"),
    [("ProfitAndLoss", "2025-07-01"), ("GeneralLedger", "2026-05-01"), ("TransactionList", "2026-05-01")],
)
def test_with_an_end_alone_a_report_begins_where_it_usually_does(
    name: str, start: str, tmp_path: Path
) -> None:
    desk = with_years_from("July", tmp_path)
    assert report(desk, name)["Header"]["StartPeriod"] == start
    only_end = report(desk, name, end_date="2026-05-05")["Header"]
    assert (only_end["StartPeriod"], only_end["EndPeriod"]) == (start, "2026-05-05")
    only_start = report(desk, name, start_date="2026-02-01")["Header"]
    assert (only_start["StartPeriod"], only_start["EndPeriod"]) == ("2026-02-01", "2026-05-05")


@pytest.mark.rule("report.filters.no_children")
def test_a_parents_filter_does_not_take_its_children_along() -> None:
    desk = Desk()
    ada = desk.customer()
    job = desk.customer("Shop", Job=True, ParentRef={"value": ada}, BillWithParent=False)
    desk.invoice(ada, 1.0)
    desk.invoice(job, 2.0)
    assert row(report(desk, "ProfitAndLoss", customer=ada), "Net Income") == ["1.00"]
    assert row(report(desk, "ProfitAndLoss", customer=f"{ada},{job}"), "Net Income") == ["3.00"]
