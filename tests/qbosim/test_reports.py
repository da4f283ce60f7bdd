"""Reports from outside: their shapes, parameters, columns and rows, asked through the API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from qbosim.reports.frame import Cell, Column, Line, Report, Section, to_json
from qbosim.simulator import Simulator
from qbosim.wire import Request
from tests.qbosim.asking import api, granted
from tests.qbosim.desk import REALM, USER, Desk, bill, fault_of, item_line, named
from tests.qbosim.reading import every_row, groups, keys, lines, option, report, row, titles

YEAR = {"start_date": "2026-01-01", "end_date": "2026-12-31"}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def account(desk: Desk, name: str) -> str:
    """An account's id."""
    return str(desk.rows("Account", f"where Name = '{name}'")[0]["Id"])


def journal(desk: Desk, day: str, *postings: tuple[str, float], **more: Any) -> Any:
    """A journal entry; debits are positive."""
    return desk.post(
        "JournalEntry",
        {
            "TxnDate": day,
            "Line": [
                {
                    "Amount": abs(amount),
                    "DetailType": "JournalEntryLineDetail",
                    "Description": "by hand",
                    "JournalEntryLineDetail": {
                        "PostingType": "Debit" if amount > 0 else "Credit",
                        "AccountRef": {"value": account(desk, name)},
                    },
                }
                for name, amount in postings
            ],
            **more,
        },
    )


@pytest.mark.rule("report.shape", "report.profit_and_loss", "report.empty_sections")
def test_profit_and_loss_has_the_recorded_shape_and_leaves_empty_sections_out(desk: Desk) -> None:
    desk.invoice(desk.customer(), 100.0, TxnDate="2026-03-10")
    answer = report(desk, "ProfitAndLoss", **YEAR)
    assert list(answer) == ["Header", "Columns", "Rows"]
    assert list(answer["Header"]) == [
        *("Time", "ReportName", "ReportBasis", "StartPeriod", "EndPeriod", "SummarizeColumnsBy", "Currency"),
        "Option",
    ]
    assert answer["Rows"]["Row"][0] == {
        "Header": {"ColData": [{"value": "Income"}, {"value": ""}]},
        "Rows": {
            "Row": [{"ColData": [{"value": "Services", "id": "1"}, {"value": "100.00"}], "type": "Data"}]
        },
        "Summary": {"ColData": [{"value": "Total Income"}, {"value": "100.00"}]},
        "type": "Section",
        "group": "Income",
    }
    assert answer["Rows"]["Row"][1] == {
        "Summary": {"ColData": [{"value": "Gross Profit"}, {"value": "100.00"}]},
        "type": "Section",
        "group": "GrossProfit",
    }
    assert groups(answer["Rows"]) == ["Income", "GrossProfit", "Expenses", "NetOperatingIncome", "NetIncome"]


@pytest.mark.rule("report.profit_and_loss")
def test_all_groups_of_profit_and_loss_appear_with_their_results(desk: Desk) -> None:
    journal(desk, "2026-02-01", ("Checking", 600.0), ("Services", -500.0), ("Interest Earned", -100.0))
    journal(desk, "2026-02-02", ("Cost of Goods Sold", 200.0), ("Rent or Lease", 50.0), ("Checking", -250.0))
    answer = report(desk, "ProfitAndLoss", **YEAR)
    assert groups(answer["Rows"]) == [
        *("Income", "COGS", "GrossProfit", "Expenses", "NetOperatingIncome"),
        *("OtherIncome", "NetOtherIncome", "NetIncome"),
    ]
    results = ("Gross Profit", "Net Operating Income", "Net Other Income", "Net Income")
    assert [row(answer, words) for words in results] == [["300.00"], ["250.00"], ["100.00"], ["350.00"]]


@pytest.mark.rule("report.column_keys")
def test_columns_are_typed_and_have_their_keys_in_meta_data(desk: Desk) -> None:
    answer = report(desk, "GeneralLedger")
    assert answer["Columns"]["Column"][0] == {
        "ColTitle": "Date",
        "ColType": "Date",
        "MetaData": [{"Name": "ColKey", "Value": "tx_date"}],
    }
    assert keys(answer)[1:] == [
        *("txn_type", "doc_num", "name", "memo", "split_acc", "subt_nat_amount", "rbal_nat_amount")
    ]


@pytest.mark.rule("report.no_data")
def test_a_report_without_lines_says_so(desk: Desk) -> None:
    answer = report(desk, "ProfitAndLoss", **YEAR)
    assert option(answer, "NoReportData") == "true"
    assert row(answer, "Net Income") == [""]
    desk.invoice(desk.customer(), 5.0)
    assert option(report(desk, "ProfitAndLoss", **YEAR), "NoReportData") == "false"


@pytest.mark.rule("report.cut", "report.cut.sections")
def test_a_report_is_cut_at_400000_cells_and_ends_with_the_notice() -> None:
    cells = [Cell("x")] * 8
    endless = (Line(cells) for _ in iter(int, 1))
    made = Report({}, [Column("", "String")], [Section(cells, endless, cells)])
    answer = json.loads(to_json(made))
    section, notice = answer["Rows"]["Row"]
    assert notice["ColData"] == [{"value": "Unable to display more data"}]
    assert len(section["Rows"]["Row"]) == 400_000 // 8 - 1
    assert "Summary" not in section


def test_a_report_of_exactly_the_largest_size_is_whole() -> None:
    made = Report({}, [Column("", "String")], [Line([Cell("x")] * 4)] * 2)
    assert "Unable" not in to_json(made, most_cells=8)
    assert "Unable" in to_json(made, most_cells=7)


@pytest.mark.rule("report.date_macro")
@pytest.mark.parametrize(
    ("macro", "start", "end"),
    [
        ("Today", "2026-05-05", "2026-05-05"),
        ("yesterday", "2026-05-04", "2026-05-04"),
        ("This Week", "2026-05-03", "2026-05-09"),
        ("Last Week-to-date", "2026-04-26", "2026-04-28"),
        ("Next 4 Weeks", "2026-05-10", "2026-06-06"),
        ("This Month-to-date", "2026-05-01", "2026-05-05"),
        ("Last Month", "2026-04-01", "2026-04-30"),
        ("Last Month-to-date", "2026-04-01", "2026-04-05"),
        ("Next Month", "2026-06-01", "2026-06-30"),
        ("This Fiscal Quarter", "2026-04-01", "2026-06-30"),
        ("Last Calendar Quarter-to-date", "2026-01-01", "2026-02-05"),
        ("Last Fiscal Year", "2025-01-01", "2025-12-31"),
        ("Last Fiscal Year-to-date", "2025-01-01", "2025-05-05"),
        ("Next Fiscal Year", "2027-01-01", "2027-12-31"),
    ],
)
def test_a_date_macro_means_its_days(desk: Desk, macro: str, start: str, end: str) -> None:
    header = report(desk, "ProfitAndLoss", date_macro=macro)["Header"]
    assert (header["StartPeriod"], header["EndPeriod"]) == (start, end)
    assert header["DateMacro"] == macro.lower()


@pytest.mark.rule("report.dates", "report.bad_values")
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"start_date": "2026-02-30"}, "2060"),
        ({"start_date": "2026-05-02", "end_date": "2026-05-01"}, "2060"),
        ({"date_macro": "This Decade"}, "2170"),
        ({"summarize_column_by": "Colours"}, "2170"),
        ({"accounting_method": "Hope"}, "2170"),
        ({"customer": "Ada"}, "2030"),
        ({"account_type": "Piggy Bank"}, "2170"),
    ],
)
def test_values_that_cannot_be_read_are_refused(desk: Desk, query: dict[str, str], code: str) -> None:
    assert fault_of(desk.send("GET", "reports/ProfitAndLoss", **query))["code"] == code


def test_a_report_that_does_not_exist_is_refused(desk: Desk) -> None:
    assert fault_of(desk.send("GET", "reports/Horoscope"))["code"] == "500"


@pytest.mark.rule("report.default_period", "report.default_year")
def test_without_dates_lists_show_this_month_and_statements_this_year(desk: Desk) -> None:
    ledger = report(desk, "GeneralLedger")["Header"]
    assert (ledger["DateMacro"], ledger["StartPeriod"]) == ("this month-to-date", "2026-05-01")
    statement = report(desk, "ProfitAndLoss")["Header"]
    assert (statement["DateMacro"], statement["StartPeriod"]) == ("this calendar year-to-date", "2026-01-01")


@pytest.mark.rule("report.basis")
def test_the_basis_is_what_was_asked_for_else_what_the_company_prefers(desk: Desk) -> None:
    assert report(desk, "ProfitAndLoss")["Header"]["ReportBasis"] == "Accrual"
    assert report(desk, "ProfitAndLoss", accounting_method="Cash")["Header"]["ReportBasis"] == "Cash"
    preferences = desk.get("preferences")["Preferences"]
    desk.post("Preferences", named(preferences, ReportPrefs={"ReportBasis": "Cash"}))
    assert report(desk, "ProfitAndLoss")["Header"]["ReportBasis"] == "Cash"


@pytest.mark.rule("report.filters", "report.unknown_parameters")
def test_filters_take_several_ids_and_unknown_parameters_have_no_effect(desk: Desk) -> None:
    ada, bob, cleo = desk.customer(), desk.customer("Bob"), desk.customer("Cleo")
    for customer, amount in ((ada, 1.0), (bob, 2.0), (cleo, 4.0)):
        desk.invoice(customer, amount)
    answer = report(desk, "ProfitAndLoss", customer=f"{ada},{cleo}", testing_migration="true")
    assert row(answer, "Net Income") == ["5.00"]
    assert answer["Header"]["Customer"] == f"{ada},{cleo}"
    assert row(report(desk, "ProfitAndLoss", account_type="Expense"), "Net Income") == [""]


@pytest.mark.rule("report.columns.time", "report.columns.weeks")
def test_columns_of_time_have_their_days_and_add_up(desk: Desk) -> None:
    ada = desk.customer()
    desk.invoice(ada, 10.0, TxnDate="2026-01-31")
    desk.invoice(ada, 5.0, TxnDate="2026-02-01")
    query = {"start_date": "2026-01-30", "end_date": "2026-02-09"}
    months = report(desk, "ProfitAndLoss", summarize_column_by="Month", **query)
    assert titles(months) == ["", "Jan 30 - 31, 2026", "Feb 1 - 9, 2026", "Total"]
    assert months["Columns"]["Column"][1]["MetaData"][:2] == [
        {"Name": "StartDate", "Value": "2026-01-30"},
        {"Name": "EndDate", "Value": "2026-01-31"},
    ]
    assert row(months, "Net Income") == ["10.00", "5.00", "15.00"]
    weeks = report(desk, "ProfitAndLoss", summarize_column_by="Week", **query)
    assert titles(weeks)[1:-1] == ["Jan 30 - 31, 2026", "Feb 1 - 7, 2026", "Feb 8 - 9, 2026"]
    days = report(desk, "ProfitAndLoss", summarize_column_by="Days", **query)
    assert len(titles(days)) == 13
    assert titles(days)[2] == "Jan 31, 2026"


@pytest.mark.rule("report.columns.all_dates")
def test_all_dates_reach_from_the_first_to_the_last_posting(desk: Desk) -> None:
    ada = desk.customer()
    desk.invoice(ada, 10.0, TxnDate="2024-11-30")
    desk.invoice(ada, 5.0, TxnDate="2025-02-01")
    answer = report(desk, "ProfitAndLoss", summarize_column_by="Year", date_macro="All")
    assert titles(answer) == ["", "Nov 30 - Dec 31, 2024", "Jan 1 - Feb 1, 2025", "Total"]


@pytest.mark.rule("report.columns.names", "report.columns.not_specified")
def test_columns_by_customer_are_by_name_with_what_has_none_behind_them(desk: Desk) -> None:
    bob, ada = desk.customer("Bob"), desk.customer()
    desk.invoice(bob, 2.0)
    desk.invoice(ada, 1.0)
    journal(desk, "2026-05-05", ("Checking", 4.0), ("Services", -4.0))
    answer = report(desk, "ProfitAndLoss", summarize_column_by="Customers")
    assert titles(answer) == ["", "Ada's Bakery", "Bob", "Not Specified", "TOTAL"]
    assert row(answer, "Services") == ["1.00", "2.00", "4.00", "7.00"]
    assert keys(answer)[1:3] == [ada, bob]


@pytest.mark.rule("report.nesting")
def test_a_sub_account_stands_in_its_parents_section(desk: Desk) -> None:
    parent = account(desk, "Utilities")
    child = desk.post(
        "Account",
        {"Name": "Water", "AccountType": "Expense", "SubAccount": True, "ParentRef": {"value": parent}},
    )
    assert child["FullyQualifiedName"] == "Utilities:Water"
    journal(desk, "2026-05-01", ("Utilities", 10.0), ("Water", 5.0), ("Checking", -15.0))
    answer = report(desk, "ProfitAndLoss")
    expenses = next(part for part in answer["Rows"]["Row"] if part.get("group") == "Expenses")
    section = expenses["Rows"]["Row"][0]
    assert section["Header"]["ColData"] == [{"value": "Utilities", "id": parent}, {"value": "10.00"}]
    assert section["Rows"]["Row"][0]["ColData"] == [{"value": "Water", "id": child["Id"]}, {"value": "5.00"}]
    assert section["Summary"]["ColData"] == [{"value": "Total Utilities"}, {"value": "15.00"}]


@pytest.mark.rule("report.balance_sheet")
def test_the_balance_sheet_nests_its_groups_and_keeps_the_years_apart(desk: Desk) -> None:
    ada = desk.customer()
    desk.invoice(ada, 50.0, TxnDate="2025-12-10")
    desk.invoice(ada, 100.0, TxnDate="2026-03-10")
    journal(desk, "2026-01-05", ("Checking", 30.0), ("Visa", -30.0))
    answer = report(desk, "BalanceSheet", **YEAR)
    assert groups(answer["Rows"]) == [
        *("TotalAssets", "CurrentAssets", "BankAccounts", "AR"),
        *(
            "TotalLiabilitiesAndEquity",
            "Liabilities",
            "CurrentLiabilities",
            "CreditCards",
            "Equity",
            "NetIncome",
        ),
    ]
    assert row(answer, "Retained Earnings") == ["50.00"]
    assert row(answer, "Net Income") == ["100.00"]
    assert row(answer, "TOTAL ASSETS") == row(answer, "TOTAL LIABILITIES AND EQUITY") == ["180.00"]


@pytest.mark.rule("report.cash_flow")
def test_cash_flow_leads_from_net_income_to_the_cash_at_the_end(desk: Desk) -> None:
    ada = desk.customer()
    desk.pay(ada, 7.0, TxnDate="2025-12-31")
    desk.invoice(ada, 100.0, TxnDate="2026-03-10")
    desk.pay(ada, 60.0, TxnDate="2026-03-11")
    journal(desk, "2026-03-12", ("Checking", 500.0), ("Opening Balance Equity", -500.0))
    answer = report(desk, "CashFlow", **YEAR)
    assert groups(answer["Rows"]) == [
        *("OperatingActivities", "NetIncome", "OperatingAdjustments", "FinancingActivities"),
        *("CashIncrease", "BeginningCash", "EndingCash"),
    ]
    assert row(answer, "Accounts Receivable (A/R)") == ["-40.00"]
    assert row(answer, "Net cash increase for period") == ["560.00"]
    assert row(answer, "Cash at end of period") == ["567.00"]


@pytest.mark.rule("report.trial_balance", "report.trial_balance.order")
def test_the_trial_balance_lists_debits_and_credits_in_the_order_of_the_chart(desk: Desk) -> None:
    journal(desk, "2026-05-01", ("Rent or Lease", 40.0), ("Checking", -40.0))
    desk.invoice(desk.customer(), 100.0)
    answer = report(desk, "TrialBalance", **YEAR)
    assert lines(answer) == [
        ["Checking", "", "40.00"],
        ["Accounts Receivable (A/R)", "100.00", ""],
        ["Services", "", "100.00"],
        ["Rent or Lease", "40.00", ""],
    ]
    assert "type" not in answer["Rows"]["Row"][0]
    assert row(answer, "TOTAL") == ["140.00", "140.00"]


@pytest.mark.rule("report.general_ledger", "report.general_ledger.years", "report.split", "report.split.head")
def test_the_general_ledger_shows_every_posting_with_its_other_side(desk: Desk) -> None:
    ada = desk.customer()
    desk.invoice(ada, 50.0, TxnDate="2025-12-10")
    invoice = desk.invoice(ada, 100.0, TxnDate="2026-03-10", Line=[item_line(60.0), item_line(40.0)])
    answer = report(desk, "GeneralLedger", **YEAR)
    receivable = answer["Rows"]["Row"][0]
    assert receivable["Header"]["ColData"][0] == {"value": "Accounts Receivable (A/R)", "id": "28"}
    beginning, line = receivable["Rows"]["Row"]
    assert [cell["value"] for cell in beginning["ColData"]] == ["Beginning Balance", *[""] * 6, "50.00"]
    assert line["ColData"] == [
        {"value": "2026-03-10"},
        {"value": "Invoice", "id": invoice["Id"]},
        {"value": invoice["DocNumber"]},
        {"value": "Ada's Bakery", "id": ada},
        {"value": ""},
        {"value": "-Split-", "id": ""},
        {"value": "100.00"},
        {"value": "150.00"},
    ]
    assert row(answer, "Total for Accounts Receivable (A/R)")[-2] == "100.00"
    services = [values for values in lines(answer) if values[5] == "Accounts Receivable (A/R)"]
    assert [values[-2:] for values in services] == [["60.00", "60.00"], ["40.00", "100.00"]]
    retained = next(
        part for part in answer["Rows"]["Row"] if part["Header"]["ColData"][0]["value"] == "Retained Earnings"
    )
    assert retained["Rows"]["Row"][0]["ColData"][-1] == {"value": "50.00"}


@pytest.mark.rule("report.general_ledger")
def test_a_parent_in_the_ledger_ends_with_its_sub_accounts(desk: Desk) -> None:
    desk.post(
        "Account",
        {
            "Name": "Water",
            "AccountType": "Expense",
            "SubAccount": True,
            "ParentRef": {"value": account(desk, "Utilities")},
        },
    )
    journal(desk, "2026-05-01", ("Utilities", 10.0), ("Water", 5.0), ("Checking", -15.0))
    answer = report(desk, "GeneralLedger")
    assert row(answer, "Total for Utilities")[-2] == "10.00"
    assert row(answer, "Total for Water")[-2] == "5.00"
    assert row(answer, "Total for Utilities with sub-accounts")[-2] == "15.00"


@pytest.mark.rule("report.profit_and_loss_detail")
def test_profit_and_loss_in_detail_opens_with_gross_profit_and_closes_with_the_result(desk: Desk) -> None:
    desk.invoice(desk.customer(), 100.0)
    journal(desk, "2026-05-01", ("Rent or Lease", 40.0), ("Checking", -40.0))
    answer = report(desk, "ProfitAndLossDetail")
    (whole,) = answer["Rows"]["Row"]
    assert whole["Header"]["ColData"][0]["value"] == "Ordinary Income/Expenses"
    assert whole["Rows"]["Row"][0]["Summary"]["ColData"][0]["value"] == "Gross Profit"
    assert [part["Header"]["ColData"][0]["value"] for part in whole["Rows"]["Row"][1:]] == [
        "Income",
        "Expenses",
    ]
    assert row(answer, "Total for Expenses")[-2] == "40.00"
    assert row(answer, "Net Income")[-2] == "60.00"


@pytest.mark.rule("report.txn_types", "report.transaction_list", "report.transaction_list.no_posting")
def test_the_transaction_list_has_a_line_per_transaction_and_estimates_too(desk: Desk) -> None:
    ada = desk.customer()
    desk.invoice(ada, 100.0, TxnDate="2026-05-01")
    memo = desk.post("CreditMemo", {**bill(ada, 30.0), "TxnDate": "2026-05-02"})
    desk.pay(ada, 50.0, TxnDate="2026-05-03")
    desk.post("Estimate", {**bill(ada, 9.0), "TxnDate": "2026-05-04"})
    answer = report(desk, "TransactionList")
    shown = [[values[1], values[3], *values[6:]] for values in lines(answer)]
    assert shown == [
        ["Invoice", "Yes", "Accounts Receivable (A/R)", "Services", "100.00"],
        ["Credit Memo", "Yes", "Accounts Receivable (A/R)", "Services", "-30.00"],
        ["Payment", "Yes", "Undeposited Funds", "Accounts Receivable (A/R)", "50.00"],
        ["Estimate", "No", "", "", "9.00"],
    ]
    assert answer["Rows"]["Row"][1]["ColData"][1] == {"value": "Credit Memo", "id": memo["Id"]}


@pytest.mark.rule("report.transaction_list.groups")
def test_the_list_by_customer_has_a_section_each(desk: Desk) -> None:
    ada, bob = desk.customer(), desk.customer("Bob")
    desk.invoice(bob, 1.0)
    desk.invoice(ada, 2.0)
    journal(desk, "2026-05-01", ("Checking", 1.0), ("Services", -1.0))
    answer = report(desk, "TransactionListByCustomer")
    heads = [cells[0] for kind, cells in every_row(answer["Rows"]) if kind == "header"]
    assert heads == [{"value": "Ada's Bakery", "id": ada}, {"value": "Bob", "id": bob}]
    assert row(answer, "Total for Bob")[-1] == "1.00"
    assert option(report(desk, "TransactionListByVendor"), "NoReportData") == "true"


@pytest.mark.rule("report.columns.selection", "report.sort", "report.transaction_filters")
def test_columns_order_and_filters_of_a_list_are_the_clients(desk: Desk) -> None:
    ada = desk.customer()
    for amount in (2.0, 3.0, 1.0):
        desk.invoice(ada, amount, TxnDate="2026-05-01")
    query = {
        "columns": "doc_num,subt_nat_home_amount",
        "sort_by": "subt_nat_home_amount",
        "sort_order": "descend",
    }
    answer = report(desk, "TransactionList", **query)
    assert keys(answer) == ["doc_num", "subt_nat_home_amount"]
    assert lines(answer) == [["1002", "3.00"], ["1001", "2.00"], ["1003", "1.00"]]
    assert lines(report(desk, "TransactionList", docnum="1003", **query)) == [["1003", "1.00"]]
    assert lines(report(desk, "TransactionList", transaction_type="Payment", **query)) == []
    assert fault_of(desk.send("GET", "reports/TransactionList", columns="shoe_size"))["code"] == "2170"


@pytest.mark.rule("report.tracked_columns")
def test_locations_and_classes_have_columns_when_they_are_tracked() -> None:
    desk = Desk(class_tracking="line", track_departments=True)
    assert keys(report(desk, "GeneralLedger"))[4:6] == ["dept_name", "klass_name"]


def test_the_journal_closes_each_transaction_with_its_sums(desk: Desk) -> None:
    desk.invoice(desk.customer(), 100.0, Line=[item_line(60.0), item_line(40.0)])
    answer = report(desk, "JournalReport")
    assert [values[0] for values in lines(answer)] == ["2026-05-05", "0-00-00", "0-00-00"]
    sums = [
        [cell["value"] for cell in cells][-2:] for kind, cells in every_row(answer["Rows"]) if kind == "sum"
    ]
    assert sums == [["100.00", "100.00"], ["100.00", "100.00"]]


@pytest.mark.rule("report.aged", "report.aged.method", "report.aged.credits", "report.names.grand_total")
def test_receivables_are_aged_by_their_due_days(desk: Desk) -> None:
    ada = desk.customer()
    for due, amount in (("2026-05-05", 1.0), ("2026-05-04", 2.0), ("2026-03-30", 4.0), ("2026-01-01", 8.0)):
        desk.invoice(ada, amount, TxnDate="2025-12-01", DueDate=due)
    desk.pay(ada, 16.0, TxnDate="2026-04-30")
    answer = report(desk, "AgedReceivables")
    assert titles(answer) == ["", "Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total"]
    assert row(answer, "Ada's Bakery") == ["1.00", "-14.00", "4.00", "", "8.00", "-1.00"]
    assert row(answer, "TOTAL") == ["1.00", "-14.00", "4.00", "0.00", "8.00", "-1.00"]
    assert groups(answer["Rows"]) == ["GrandTotal"]
    early = report(desk, "AgedReceivables", report_date="2026-04-01")
    assert row(early, "TOTAL") == ["3.00", "4.00", "0.00", "8.00", "0.00", "15.00"]
    to_today = report(desk, "AgedReceivables", report_date="2026-04-01", aging_method="Current")
    assert row(to_today, "TOTAL") == ["1.00", "2.00", "4.00", "0.00", "8.00", "15.00"]
    steps = report(desk, "AgedReceivables", aging_period="10", num_periods="2")
    assert titles(steps) == ["", "Current", "1 - 10", "11 and over", "Total"]
    assert fault_of(desk.send("GET", "reports/AgedReceivables", num_periods="many"))["code"] == "2040"


@pytest.mark.rule("report.aged.detail", "report.balances")
def test_open_documents_are_listed_by_age_and_by_customer(desk: Desk) -> None:
    ada = desk.customer()
    old = desk.invoice(ada, 100.0, TxnDate="2026-01-01", DueDate="2026-01-02")
    desk.invoice(ada, 10.0)
    desk.pay(ada, 40.0, ("Invoice", old["Id"], 40.0))
    aged = report(desk, "AgedReceivableDetail")
    heads = [cells[0]["value"] for kind, cells in every_row(aged["Rows"]) if kind == "header"]
    assert heads == ["91 or more days past due", "Current"]
    assert lines(aged)[0][-2:] == ["100.00", "60.00"]
    detail = report(desk, "CustomerBalanceDetail")
    assert [values[-2:] for values in lines(detail)] == [["60.00", "60.00"], ["10.00", "70.00"]]
    assert row(detail, "Total for Ada's Bakery")[-2] == "70.00"
    assert row(report(desk, "CustomerBalance"), "TOTAL") == ["70.00"]


@pytest.mark.rule("report.names.nesting")
def test_a_sub_customer_stands_below_its_parent(desk: Desk) -> None:
    ada = desk.customer()
    shop = desk.customer("Shop", Job=True, ParentRef={"value": ada})
    desk.invoice(shop, 10.0)
    desk.invoice(ada, 5.0)
    answer = report(desk, "CustomerBalance")
    section = answer["Rows"]["Row"][0]
    assert section["Header"]["ColData"] == [{"value": "Ada's Bakery", "id": ada}, {"value": "5.00"}]
    assert section["Rows"]["Row"][0]["ColData"][0] == {"value": "Shop", "id": shop}
    assert section["Summary"]["ColData"] == [{"value": "Total Ada's Bakery"}, {"value": "15.00"}]


def vendor_bill(desk: Desk, vendor: str, amount: float, day: str) -> Any:
    """A bill with one line of rent."""
    return desk.post(
        "Bill",
        {
            "VendorRef": {"value": vendor},
            "TxnDate": day,
            "DueDate": day,
            "Line": [
                {
                    "Amount": amount,
                    "DetailType": "AccountBasedExpenseLineDetail",
                    "AccountBasedExpenseLineDetail": {
                        "AccountRef": {"value": account(desk, "Rent or Lease")}
                    },
                }
            ],
        },
    )


@pytest.mark.rule("report.vendor_expenses", "report.balances")
def test_what_is_owed_to_vendors_and_spent_with_them(desk: Desk) -> None:
    vendor = str(desk.post("Vendor", {"DisplayName": "Landlord"})["Id"])
    vendor_bill(desk, vendor, 300.0, "2026-04-20")
    assert row(report(desk, "AgedPayables"), "Landlord") == ["", "300.00", "", "", "", "300.00"]
    assert row(report(desk, "VendorBalance"), "TOTAL") == ["300.00"]
    assert row(report(desk, "VendorBalanceDetail"), "Total for Landlord")[-2] == "300.00"
    assert row(report(desk, "AgedPayableDetail"), "TOTAL")[-1] == "300.00"
    assert row(report(desk, "VendorExpenses"), "Landlord") == ["300.00"]


@pytest.mark.rule("report.sales", "report.item_sales", "report.sales.items_only", "report.customer_income")
def test_sales_by_customer_item_class_and_location() -> None:
    desk = Desk(class_tracking="line", track_departments=True)
    shop = str(desk.post("Class", {"Name": "Shop"})["Id"])
    north = str(desk.post("Department", {"Name": "North"})["Id"])
    ada = desk.customer()
    line = item_line(30.0, Qty=3, UnitPrice=10.0, ClassRef={"value": shop})
    discount = {
        "DetailType": "DiscountLineDetail",
        "Amount": 5.0,
        "DiscountLineDetail": {"PercentBased": False},
    }
    desk.invoice(ada, Line=[line, discount], DepartmentRef={"value": north})
    assert row(report(desk, "CustomerSales"), "Ada's Bakery") == ["30.00"]
    assert row(report(desk, "ClassSales"), "Shop") == ["30.00"]
    assert row(report(desk, "DepartmentSales"), "North") == ["30.00"]
    items = report(desk, "ItemSales")
    assert row(items, "Services") == ["3.00", "30.00", "100.00 %", "10.00", "", "", ""]
    assert [part["ColTitle"] for part in items["Columns"]["Column"][1]["Columns"]["Column"]][:2] == [
        "Quantity",
        "Amount",
    ]
    assert row(report(desk, "CustomerIncome"), "Ada's Bakery") == ["25.00", "", "25.00"]


@pytest.mark.rule("report.account_list")
def test_the_list_of_accounts_is_chosen_by_type_and_columns(desk: Desk) -> None:
    answer = report(desk, "AccountList", account_type="Bank,CreditCard", columns="account_name,account_type")
    assert lines(answer) == [["Checking", "Bank"], ["Savings", "Bank"], ["Visa", "Credit Card"]]
    assert "StartPeriod" not in answer["Header"]


@pytest.mark.rule("report.inventory_valuation", "report.inventory_valuation.detail")
def test_stock_is_valued_by_item_and_by_movement(desk: Desk) -> None:
    pump = desk.post(
        "Item",
        {
            "Name": "Pump",
            "Sku": "P-1",
            "Type": "Inventory",
            "TrackQtyOnHand": True,
            "QtyOnHand": 10,
            "InvStartDate": "2026-05-01",
            "PurchaseCost": 8,
            "UnitPrice": 15,
            "AssetAccountRef": {"value": account(desk, "Inventory Asset")},
            "IncomeAccountRef": {"value": account(desk, "Sales of Product Income")},
            "ExpenseAccountRef": {"value": account(desk, "Cost of Goods Sold")},
        },
    )
    line = item_line(30.0, Qty=2, UnitPrice=15)
    line["SalesItemLineDetail"]["ItemRef"]["value"] = pump["Id"]
    desk.invoice(desk.customer(), Line=[line])
    summary = report(desk, "InventoryValuationSummary")
    assert row(summary, "Pump") == ["P-1", "8.00", "64.00", "8.00"]
    detail = report(desk, "InventoryValuationDetail")
    assert [values[-2:] for values in lines(detail)] == [["10.00", "80.00"], ["8.00", "64.00"]]
    assert row(report(desk, "ItemSales"), "Pump") == [
        *("2.00", "30.00", "100.00 %", "15.00"),
        *("16.00", "14.00", "46.67 %"),
    ]


@pytest.mark.rule("report.tax_summary")
def test_tax_is_summed_up_by_agency_outside_the_united_states(desk: Desk) -> None:
    assert fault_of(desk.send("GET", "reports/TaxSummary"))["code"] == "5030"
    abroad = Desk(country="GB")
    code = next(code["Id"] for code in abroad.rows("TaxCode") if code["Name"] == "20.0% S")
    abroad.invoice(
        abroad.customer(),
        Line=[item_line(100.0, TaxCodeRef={"value": code})],
        GlobalTaxCalculation="TaxExcluded",
    )
    answer = report(abroad, "TaxSummary")
    assert row(answer, "Tax on sales") == ["20.00"]
    assert row(answer, "Total HM Revenue & Customs") == ["20.00"]


@pytest.mark.rule("report.cash.settled", "report.cash.unapplied")
def test_on_cash_basis_income_counts_when_it_is_paid(desk: Desk) -> None:
    ada = desk.customer()
    invoice = desk.invoice(
        ada, TxnDate="2026-03-10", Line=[item_line(0.01), item_line(0.01), item_line(0.01)]
    )
    desk.pay(ada, 0.01, ("Invoice", invoice["Id"], 0.01), TxnDate="2026-04-02")
    desk.pay(ada, 20.0, TxnDate="2026-04-05")
    cash = {"accounting_method": "Cash"}
    early = report(desk, "ProfitAndLoss", start_date="2026-03-01", end_date="2026-03-31", **cash)
    assert option(early, "NoReportData") == "true"
    answer = report(desk, "ProfitAndLoss", **YEAR, **cash)
    assert row(answer, "Services") == ["0.01"]
    assert row(answer, "Unapplied Cash Payment Income") == ["20.00"]
    sheet = report(desk, "BalanceSheet", **YEAR, **cash)
    assert "AR" not in groups(sheet["Rows"])
    assert row(sheet, "TOTAL ASSETS") == row(sheet, "TOTAL LIABILITIES AND EQUITY") == ["20.01"]


@pytest.mark.rule("report.cash.day")
def test_an_invoice_dated_after_its_payment_counts_on_its_own_day(desk: Desk) -> None:
    ada = desk.customer()
    invoice = desk.invoice(ada, 50.0, TxnDate="2026-06-10")
    desk.pay(ada, 50.0, ("Invoice", invoice["Id"], 50.0), TxnDate="2026-05-02")
    answer = report(desk, "ProfitAndLoss", accounting_method="Cash", summarize_column_by="Month", **YEAR)
    services, unapplied = row(answer, "Services"), row(answer, "Unapplied Cash Payment Income")
    assert (services[5], services[-1]) == ("50.00", "50.00")
    assert (unapplied[4], unapplied[5], unapplied[-1]) == ("50.00", "-50.00", "0.00")


@pytest.mark.rule("report.cash.all_lines")
def test_lines_on_balance_sheet_accounts_follow_the_settlement_too(desk: Desk) -> None:
    vendor = str(desk.post("Vendor", {"DisplayName": "Landlord"})["Id"])
    paid = vendor_bill(desk, vendor, 300.0, "2026-04-20")
    prepaid = dict(paid["Line"][0])
    prepaid["AccountBasedExpenseLineDetail"] = {"AccountRef": {"value": account(desk, "Prepaid Expenses")}}
    desk.post("Bill", named(paid, VendorRef=paid["VendorRef"], Line=[prepaid]))
    before = report(desk, "BalanceSheet", accounting_method="Cash", **YEAR)
    assert option(before, "NoReportData") == "true"
    accrual = report(desk, "BalanceSheet", **YEAR)
    assert row(accrual, "Prepaid Expenses") == ["300.00"]


@pytest.mark.rule("report.aged.home")
def test_open_amounts_of_foreign_documents_are_in_home_currency() -> None:
    desk = Desk(multi_currency=True)
    abroad = desk.customer("Bob", CurrencyRef={"value": "EUR"})
    desk.invoice(abroad, 100.0, CurrencyRef={"value": "EUR"}, ExchangeRate=1.1)
    answer = report(desk, "AgedReceivables")
    assert row(answer, "TOTAL")[-1] == "110.00"
    sheet = report(desk, "BalanceSheet", **YEAR)
    assert row(sheet, "Total Accounts Receivable") == ["110.00"]


def test_reports_are_json_even_for_clients_that_want_xml(desk: Desk) -> None:
    request = Request("GET", f"/v3/company/{REALM}/reports/TrialBalance", {}, {"accept": "*/*"}, b"")
    response = desk.api.answer(REALM, request, user=USER)
    assert response.status == 200
    assert response.json()["Header"]["ReportName"] == "TrialBalance"


def test_a_report_costs_one_read(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    response = api(simulator, "GET", "reports/ProfitAndLoss", bearer=bearer)
    assert response.status == 200
    entry = simulator.answer(Request("GET", "/qbosim/log", {"operation": "report"}, {}, b"")).json()[
        "entries"
    ][0]
    assert (entry["cost"], entry["entity"]) == (1, "profitandloss")
