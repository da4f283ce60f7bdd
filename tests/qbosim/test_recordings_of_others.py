"""What recordings in public repositories show of answers, shown again with small books of our own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.qbosim.desk import Desk, item_line
from tests.qbosim.reading import keys, report, row, titles

MAY = {"start_date": "2026-05-01", "end_date": "2026-05-31"}


def account(desk: Desk, name: str, kind: str, subtype: str, parent: str = "") -> str:
    """A new account's id."""
    below = {"SubAccount": True, "ParentRef": {"value": parent}} if parent else {}
    body = {"Name": name, "AccountType": kind, "AccountSubType": subtype, **below}
    return str(desk.post("Account", body)["Id"])


def spend(desk: Desk, card_or_bank: str, account_id: str, amount: float, **more: Any) -> Any:
    """An expense on one account."""
    line = {
        "Amount": amount,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account_id}},
    }
    body = {"PaymentType": "Cash", "AccountRef": {"value": card_or_bank}, "Line": [line]}
    return desk.post("Purchase", {**body, **more})


def section(rows: Any, words: str) -> Any:
    """The section whose heading begins with these words, wherever it stands."""
    for found in rows.get("Row", []):
        if found.get("Header", {}).get("ColData", [{}])[0].get("value") == words:
            return found
        inner = section(found.get("Rows", {}), words)
        if inner is not None:
            return inner
    return None


def bank(desk: Desk) -> str:
    """A new bank account's id."""
    return account(desk, "House bank", "Bank", "Checking")


def bank_named(desk: Desk, name: str) -> str:
    """A new bank account of that name."""
    return account(desk, name, "Bank", "Checking")


# -- detail reports ------------------------------------------------------------------------------------------------


@pytest.mark.rule("report.parents_without_postings")
def test_a_parent_account_without_postings_has_no_id_in_detail_and_a_plain_total() -> None:
    desk = Desk()
    house = bank(desk)
    upkeep = account(desk, "Upkeep", "Expense", "RepairMaintenance")
    roof = account(desk, "Roof", "Expense", "RepairMaintenance", upkeep)
    spend(desk, house, roof, 40)
    for name in ("GeneralLedger", "ProfitAndLossDetail"):
        found = section(report(desk, name, **MAY)["Rows"], "Upkeep")
        assert found["Header"]["ColData"][0] == {"value": "Upkeep"}
        assert section(found["Rows"], "Roof")["Header"]["ColData"][0] == {"value": "Roof", "id": roof}
        assert found["Summary"]["ColData"][0]["value"] == "Total for Upkeep"
    spend(desk, house, upkeep, 2)
    found = section(report(desk, "GeneralLedger", **MAY)["Rows"], "Upkeep")
    assert found["Header"]["ColData"][0] == {"value": "Upkeep", "id": upkeep}
    assert found["Summary"]["ColData"][0]["value"] == "Total for Upkeep with sub-accounts"


@pytest.mark.rule("report.general_ledger.unmoved")
def test_an_account_in_which_nothing_moved_has_an_empty_sum_in_the_general_ledger() -> None:
    desk = Desk()
    house = bank(desk)
    upkeep = account(desk, "Upkeep", "Expense", "RepairMaintenance")
    spend(desk, house, upkeep, 40, TxnDate="2026-04-30")
    ledger = report(desk, "GeneralLedger", **MAY)
    assert row(ledger, "Total for House bank") == ["", "", "", "", "", "", ""]
    spend(desk, house, upkeep, 3)
    assert row(report(desk, "GeneralLedger", **MAY), "Total for House bank")[5] == "-3.00"


@pytest.mark.rule("report.detail_amounts")
def test_less_than_one_has_no_leading_zero_in_detail() -> None:
    desk = Desk()
    house = bank(desk)
    upkeep = account(desk, "Upkeep", "Expense", "RepairMaintenance")
    spend(desk, house, upkeep, 0.5)
    spend(desk, house, upkeep, 4)
    desk.post(
        "JournalEntry",
        {
            "Line": [
                {
                    "Amount": 4.5,
                    "DetailType": "JournalEntryLineDetail",
                    "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": place}},
                }
                for side, place in (("Debit", house), ("Credit", upkeep))
            ]
        },
    )
    rows = section(report(desk, "ProfitAndLossDetail", **MAY)["Rows"], "Upkeep")["Rows"]["Row"]
    shown = [[cell["value"] for cell in line["ColData"][-2:]] for line in rows]
    assert shown == [[".50", ".50"], ["4.00", "4.50"], ["-4.50", ".00"]]
    assert row(report(desk, "ProfitAndLoss", **MAY), "Upkeep") == ["0.00"]


@pytest.mark.rule("report.empty_ids")
def test_a_line_of_nobody_has_a_name_with_an_empty_id_and_so_has_a_split_over_several_lines() -> None:
    desk = Desk()
    house = bank(desk)
    upkeep = account(desk, "Upkeep", "Expense", "RepairMaintenance")
    other = account(desk, "Fuel", "Expense", "Auto")
    one = {
        "Amount": 5,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": upkeep}},
    }
    two = {**one, "AccountBasedExpenseLineDetail": {"AccountRef": {"value": other}}}
    spend(desk, house, upkeep, 5, Line=[one, two])
    line = section(report(desk, "GeneralLedger", **MAY)["Rows"], "House bank")["Rows"]["Row"][-1]["ColData"]
    assert line[3] == {"value": "", "id": ""}
    assert line[5] == {"value": "-Split-", "id": ""}
    assert line[2] == {"value": ""}
    heading = section(report(desk, "GeneralLedger", **MAY)["Rows"], "House bank")["Header"]["ColData"]
    assert heading[1] == {"value": ""}


@pytest.mark.rule("report.purchase_types")
def test_a_card_charge_made_over_the_api_is_an_expense() -> None:
    desk = Desk()
    card = account(desk, "Card", "Credit Card", "CreditCard")
    upkeep = account(desk, "Upkeep", "Expense", "RepairMaintenance")
    for kind, more in (("CreditCard", {}), ("CreditCard", {"Credit": True}), ("Cash", {}), ("Check", {})):
        place = card if kind == "CreditCard" else bank_named(desk, kind)
        spend(desk, place, upkeep, 5, PaymentType=kind, **more)
    lines = section(report(desk, "GeneralLedger", **MAY)["Rows"], "Upkeep")["Rows"]["Row"]
    assert [line["ColData"][1]["value"] for line in lines] == [
        "Expense",
        "Credit Card Credit",
        "Expense",
        "Check",
    ]


# -- statements ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("report.no_rows")
def test_sections_without_lines_have_no_rows_at_all() -> None:
    rows = report(Desk(), "ProfitAndLoss", **MAY)["Rows"]["Row"]
    assert [list(part) for part in rows] == [
        ["Header", "Summary", "type", "group"],
        ["Summary", "type", "group"],
        ["Header", "Summary", "type", "group"],
        ["Summary", "type", "group"],
        ["Summary", "type", "group"],
    ]
    assert all(cell["value"] == "" for part in rows for cell in part["Summary"]["ColData"][1:])


@pytest.mark.rule("report.sums_of_columns")
def test_a_sum_is_zero_in_a_column_in_which_nothing_stands() -> None:
    desk = Desk()
    desk.invoice(desk.customer(), 100, TxnDate="2026-05-02")
    span = {"start_date": "2025-01-01", "end_date": "2026-05-31", "summarize_column_by": "Year"}
    sheet = report(desk, "BalanceSheet", **span)
    assert row(sheet, "Accounts Receivable (A/R)") == ["", "100.00"]
    assert row(sheet, "Total Accounts Receivable") == ["0.00", "100.00"]
    assert row(sheet, "TOTAL ASSETS") == ["0.00", "100.00"]
    assert row(sheet, "Net Income") == ["", "100.00"]
    assert row(sheet, "Total Equity") == ["0.00", "100.00"]


@pytest.mark.rule("report.year_titles")
def test_columns_of_years_say_the_year_once_and_days_where_they_are_in_part() -> None:
    desk = Desk()
    desk.invoice(desk.customer(), 100, TxnDate="2024-08-02")
    span = {"start_date": "2024-07-04", "end_date": "2026-03-21", "summarize_column_by": "Year"}
    assert titles(report(desk, "BalanceSheet", **span)) == [
        "",
        "Jul 4 - Dec 31, 2024",
        "Jan - Dec 2025",
        "Jan 1 - Mar 21, 2026",
    ]


@pytest.mark.rule("report.cash_flow.order")
def test_adjustments_of_the_cash_flow_stand_in_the_charts_order() -> None:
    desk = Desk()
    house = bank(desk)
    goods = account(desk, "Aa prepaid", "Other Current Asset", "PrepaidExpenses")
    desk.invoice(desk.customer(), 100)
    spend(desk, house, goods, 10)
    flow = report(desk, "CashFlow", **MAY)
    words = "Adjustments to reconcile Net Income to Net Cash provided by operations:"
    lines = section(flow["Rows"], words)["Rows"]["Row"]
    assert [line["ColData"][0]["value"] for line in lines] == ["Accounts Receivable (A/R)", "Aa prepaid"]


# -- open balances -------------------------------------------------------------------------------------------------


def site_of(desk: Desk, parent: str) -> str:
    """A customer below another."""
    return desk.customer("North site", Job=True, ParentRef={"value": parent})


@pytest.mark.rule("report.names.below")
def test_names_below_another_are_typed_lines_with_their_short_names() -> None:
    desk = Desk()
    chain = desk.customer("Chain")
    site = site_of(desk, chain)
    desk.invoice(site, 70, TxnDate="2026-03-01", DueDate="2026-03-05")
    aged = report(desk, "AgedReceivables", report_date="2026-05-05")
    found = section(aged["Rows"], "Chain")
    heading = [cell["value"] for cell in found["Header"]["ColData"]]
    assert heading == ["Chain", "", "", "", "", "", "0.00"]
    line = found["Rows"]["Row"][0]
    assert line["ColData"][0] == {"value": "North site", "id": site}
    assert line["type"] == "Data"
    assert [cell["value"] for cell in line["ColData"][1:]] == ["", "", "", "70.00", "", "70.00"]
    assert row(aged, "Total Chain") == ["0.00", "0.00", "0.00", "70.00", "0.00", "70.00"]
    assert row(aged, "TOTAL") == ["0.00", "0.00", "0.00", "70.00", "0.00", "70.00"]


@pytest.mark.rule("report.payables_columns")
def test_details_of_payables_have_their_own_columns_and_the_days_past_due() -> None:
    desk = Desk()
    vendor = desk.post("Vendor", {"DisplayName": "Baker"})["Id"]
    upkeep = account(desk, "Upkeep", "Expense", "RepairMaintenance")
    line = {
        "Amount": 80,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": upkeep}},
    }
    desk.post(
        "Bill",
        {
            "VendorRef": {"value": vendor},
            "Line": [line],
            "TxnDate": "2026-04-01",
            "DueDate": "2026-04-11",
        },
    )
    aged = report(desk, "AgedPayableDetail", report_date="2026-05-05")
    assert keys(aged) == [
        "tx_date",
        "txn_type",
        "doc_num",
        "vend_name",
        "due_date",
        "past_due",
        "subt_neg_amount",
        "subt_neg_open_bal",
    ]
    assert titles(aged)[5:] == ["Past Due", "Amount", "Open Balance"]
    shown = section(aged["Rows"], "1 - 30 days past due")["Rows"]["Row"][0]["ColData"]
    assert [cell["value"] for cell in shown[4:]] == ["2026-04-11", "24", "80.00", "80.00"]
    assert keys(report(desk, "VendorBalanceDetail"))[-3:] == [
        "subt_neg_amount",
        "subt_neg_open_bal",
        "rbal_neg_open_bal",
    ]
    chosen = report(
        desk, "AgedPayableDetail", columns="vend_name,subt_neg_open_bal", report_date="2026-05-05"
    )
    assert keys(chosen) == ["vend_name", "subt_neg_open_bal"]
    assert row(chosen, "TOTAL") == ["80.00"]


@pytest.mark.rule("report.customer_income.columns")
def test_income_by_customer_is_empty_where_nothing_was_spent_and_its_sum_is_zero() -> None:
    desk = Desk()
    desk.invoice(desk.customer("Cool Cars"), 21.94)
    income = report(desk, "CustomerIncome", **MAY)
    assert titles(income) == ["", "Income", "Expenses", "Net Income"]
    assert row(income, "Cool Cars") == ["21.94", "", "21.94"]
    assert row(income, "TOTAL") == ["21.94", "0.00", "21.94"]


# -- employees -----------------------------------------------------------------------------------------------------


@pytest.mark.rule("employee.order")
def test_an_employee_begins_with_the_billable_time_and_says_that_it_is_no_organization() -> None:
    created = Desk().post("Employee", {"GivenName": "Ada", "FamilyName": "Baker"})
    assert list(created) == [
        "BillableTime",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "Organization",
        "GivenName",
        "FamilyName",
        "DisplayName",
        "PrintOnCheckName",
        "Active",
        "V4IDPseudonym",
    ]
    assert created["Organization"] is False


# -- answers about one record, and lists ---------------------------------------------------------------------------


@pytest.mark.rule("people.payee")
def test_checks_name_the_company_else_the_person_else_the_display_name() -> None:
    desk = Desk()
    person = {"GivenName": "Ada", "FamilyName": "Baker"}
    named = desk.post("Customer", {"DisplayName": "Bakery", **person})
    assert named["PrintOnCheckName"] == "Ada Baker"
    firm = desk.post("Vendor", {"DisplayName": "Mill", "CompanyName": "Mill Ltd", **person})
    assert firm["PrintOnCheckName"] == "Mill Ltd"
    assert desk.post("Vendor", {"DisplayName": "Just a name"})["PrintOnCheckName"] == "Just a name"
    renamed = {"Id": named["Id"], "SyncToken": "0", "sparse": True, "DisplayName": "Bakery North"}
    assert desk.post("Customer", renamed)["PrintOnCheckName"] == "Ada Baker"


@pytest.mark.rule("vendor.rates")
def test_a_write_shows_a_vendors_rates_and_a_list_does_not() -> None:
    desk = Desk()
    made = desk.post("Vendor", {"DisplayName": "Mill"})
    assert list(made)[:6] == ["Balance", "BillRate", "Vendor1099", "CurrencyRef", "CostRate", "domain"]
    assert (made["BillRate"], made["CostRate"]) == (0, 0)
    assert "BillRate" not in desk.rows("Vendor")[0]
    assert desk.post("Vendor", made)["SyncToken"] == "0"
    named = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "BillRate": 12.5}
    assert desk.post("Vendor", named)["BillRate"] == 12.5
    assert desk.rows("Vendor")[0]["BillRate"] == 12.5


@pytest.mark.rule("item.deferred_revenue")
def test_a_write_shows_a_services_deferred_revenue_and_a_list_does_not() -> None:
    desk = Desk()
    made = desk.post("Item", {"Name": "Visit", "Type": "Service", "IncomeAccountRef": {"value": "1"}})
    assert list(made)[-7:-4] == ["TrackQtyOnHand", "DeferredRevenue", "domain"]
    assert made["DeferredRevenue"] is False
    assert all("DeferredRevenue" not in item for item in desk.rows("Item"))


@pytest.mark.rule("account.created")
def test_a_new_account_has_not_been_updated() -> None:
    desk = Desk()
    made = desk.post("Account", {"Name": "House bank", "AccountType": "Bank"})
    assert list(made["MetaData"]) == ["CreateTime"]
    assert list(desk.one("Account", made["Id"])["MetaData"]) == ["CreateTime", "LastUpdatedTime"]
    named = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Name": "House"}
    assert list(desk.post("Account", named)["MetaData"]) == ["CreateTime", "LastUpdatedTime"]


@pytest.mark.rule("customer.written")
def test_a_customer_that_was_written_and_in_a_list() -> None:
    desk = Desk()
    made = desk.post("Customer", {"DisplayName": "Bakery"})
    seen = [
        ("DefaultTaxCodeRef" in shown, "ClientEntityId" in shown, "V4IDPseudonym" in shown)
        for shown in (made, desk.rows("Customer")[0])
    ]
    assert seen == [(True, False, False), (False, True, True)]
    assert made["DefaultTaxCodeRef"] == {"value": "2"}
    assert desk.post("Customer", made)["SyncToken"] == "0"


@pytest.mark.rule("purchase_order.numbers")
def test_orders_are_numbered_and_lose_their_number_in_a_full_update_without_it() -> None:
    desk = Desk()
    vendor = desk.post("Vendor", {"DisplayName": "Mill"})["Id"]
    line = {
        "Amount": 5,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": bank(desk)}},
    }
    body = {"VendorRef": {"value": vendor}, "Line": [line]}
    first, second = desk.post("PurchaseOrder", body), desk.post("PurchaseOrder", body)
    assert (first["DocNumber"], second["DocNumber"]) == ("1001", "1002")
    noted = {"Id": first["Id"], "SyncToken": "0", "sparse": True, "VendorRef": {"value": vendor}, "Memo": "x"}
    assert desk.post("PurchaseOrder", noted)["DocNumber"] == "1001"
    whole = {**body, "Id": first["Id"], "SyncToken": "1"}
    assert "DocNumber" not in desk.post("PurchaseOrder", whole)
    assert desk.post("PurchaseOrder", {**body, "DocNumber": "P-7"})["DocNumber"] == "P-7"
    assert desk.post("PurchaseOrder", body)["DocNumber"] == "1003"


def test_ids_sent_as_numbers_are_read_as_ids() -> None:
    desk = Desk()
    invoice = desk.invoice(desk.customer(), 10, Line=[item_line(10)])
    body = {"Id": int(invoice["Id"]), "SyncToken": "0"}
    gone = desk.send("POST", "invoice", body, operation="delete").json()
    assert gone["Invoice"] == {"domain": "QBO", "status": "Deleted", "Id": invoice["Id"]}
