"""Cash basis where it is delicate: tax and stock that wait for their money, parts, loaded debts; and columns' keys."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qbosim.reports.cash import portions
from tests.qbosim.desk import Desk, item_line
from tests.qbosim.reading import cents, every_row, keys, report, row
from tests.qbosim.test_load import CUSTOMER, INVOICE, write
from tests.qbosim.test_stock import goods, purchase_line, sale_line

YEAR = {"start_date": "2026-01-01", "end_date": "2026-12-31"}


def shown(desk: Desk, name: str, words: str, **query: str) -> Decimal:
    """An amount of a report on cash basis; 0 when the row is not there."""
    answer = report(desk, name, **{**YEAR, "accounting_method": "Cash", **query})
    found = [cells for _, cells in every_row(answer["Rows"]) if cells[0]["value"] == words]
    return cents(found[0][-1]["value"]) if found else Decimal(0)


@pytest.mark.rule("report.cash.sales_tax", "report.cash.settled")
def test_sales_tax_is_owed_as_the_invoice_is_paid() -> None:
    desk = Desk()
    ada = desk.customer()
    line = item_line(1000.0, TaxCodeRef={"value": "TAX"})
    taxed: dict[str, Any] = {"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "3"}}}
    invoice = desk.invoice(ada, Line=[line], TxnDate="2026-03-01", **taxed)
    tax, whole = Decimal(str(invoice["TxnTaxDetail"]["TotalTax"])), Decimal(str(invoice["TotalAmt"]))
    part = (whole * 4 / 10).quantize(Decimal("0.01"))
    desk.pay(ada, float(part), ("Invoice", invoice["Id"], float(part)), TxnDate="2026-03-20")
    owed = "City Revenue Office Payable"
    assert shown(desk, "BalanceSheet", owed, end_date="2026-03-10") == 0
    assert shown(desk, "BalanceSheet", owed) == (tax * 4 / 10).quantize(Decimal("0.01"))
    assert shown(desk, "ProfitAndLoss", "Services") == 400
    rest = float(whole - part)
    desk.pay(ada, rest, ("Invoice", invoice["Id"], rest), TxnDate="2026-04-20")
    assert shown(desk, "BalanceSheet", owed) == tax
    assert shown(desk, "ProfitAndLoss", "Services") == 1000


@pytest.mark.rule("report.cash.stock")
def test_stock_and_its_cost_wait_for_the_money_too() -> None:
    desk = Desk()
    item = goods(desk)
    vendor = str(desk.post("Vendor", {"DisplayName": "Grid Supply"})["Id"])
    body = {"VendorRef": {"value": vendor}, "TxnDate": "2026-02-01", "Line": [purchase_line(item, 10, 80.0)]}
    bill = desk.post("Bill", body)
    ada = desk.customer()
    invoice = desk.invoice(ada, Line=[sale_line(item, 4)], TxnDate="2026-03-01")
    assert shown(desk, "BalanceSheet", "Inventory Asset") == 0
    assert shown(desk, "ProfitAndLoss", "Total Cost of Goods Sold") == 0
    desk.pay(ada, 50.0, ("Invoice", invoice["Id"], 50.0), TxnDate="2026-03-02")
    assert shown(desk, "ProfitAndLoss", "Total Cost of Goods Sold") == 16
    assert shown(desk, "BalanceSheet", "Inventory Asset") == -16
    checking = desk.rows("Account", "where Name = 'Checking'")[0]["Id"]
    link = {"TxnId": bill["Id"], "TxnType": "Bill"}
    paid = {
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": {"value": checking}},
        "TxnDate": "2026-03-03",
    }
    lines = [{"Amount": 80.0, "LinkedTxn": [link]}]
    desk.post("BillPayment", {"VendorRef": {"value": vendor}, "TotalAmt": 80.0, **paid, "Line": lines})
    assert shown(desk, "BalanceSheet", "Inventory Asset") == 64
    valued = report(desk, "InventoryValuationSummary", report_date="2026-12-31", accounting_method="Cash")
    assert row(valued, "TOTAL")[2] == "48.00"


@pytest.mark.rule("report.aged.settled_elsewhere", "report.cash.loaded")
def test_a_loaded_debt_that_something_unknown_settled_is_not_open(tmp_path: Path) -> None:
    half: Any = {**INVOICE, "Balance": 15}
    desk = Desk(folder=write(tmp_path, Customer=[CUSTOMER], Invoice=[half]))
    for name in ("AgedReceivables", "CustomerBalance"):
        assert row(report(desk, name, report_date="2026-12-31"), "Ada")[-1] == "15.00"
    held = row(report(desk, "BalanceSheet", **YEAR), "Total Accounts Receivable")
    assert held == ["40.00"]
    assert shown(desk, "ProfitAndLoss", "Net Income") == 0
    desk.pay("7", 15.0, ("Invoice", "20", 15.0), TxnDate="2026-03-02")
    assert shown(desk, "ProfitAndLoss", "Total Income") == 15
    assert not [cells for _, cells in every_row(report(desk, "AgedReceivables")["Rows"])]


@pytest.mark.rule("report.columns.keys")
def test_columns_have_the_keys_by_which_clients_find_them() -> None:
    desk = Desk()
    ada = desk.customer()
    desk.invoice(ada, 5.0, TxnDate="2026-01-10")
    assert keys(report(desk, "AgedReceivables")) == ["customer", "current", "0", "1", "2", "3", "total"]
    span = {"start_date": "2026-01-01", "end_date": "2026-02-28"}
    months = report(desk, "ProfitAndLoss", summarize_column_by="Month", **span)
    assert keys(months) == ["account", "Jan 2026", "Feb 2026", "total"]
    assert keys(report(desk, "ProfitAndLoss", summarize_column_by="Customers", **span)) == [
        "account",
        ada,
        "total",
    ]


@pytest.mark.parametrize(
    ("amounts", "part", "whole", "shares"),
    [
        ([100, 100, 100], 1, 3, [34, 33, 33]),
        ([-100, -100, -100], 1, 3, [-33, -33, -34]),
        ([100, -100], 1, 3, [33, -33]),
        ([1, 1, 1], 2, 3, [1, 1, 0]),
        ([], 1, 3, []),
    ],
)
def test_portions_add_up_to_the_portion_of_the_sum(
    amounts: list[int], part: int, whole: int, shares: list[int]
) -> None:
    found = portions(amounts, part, whole)
    assert sum(found) == sum(shares)
    assert all(abs(one - other) <= 1 for one, other in zip(found, shares, strict=True))
