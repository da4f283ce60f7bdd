"""Whatever a client asks a report for, it gets a report or a fault that says what is wrong with the request."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qbosim.reports.catalogue import REPORTS
from tests.qbosim.desk import Desk, item_line
from tests.qbosim.reading import every_row, groups, option, report, row, titles, with_years_from

_KNOWN = """
    accounting_method account account_type aging_method aging_period agency_id appaid arpaid bothamount class cleared
    columns createdate_macro customer date_macro department docnum duedate_macro employee end_createdate end_date
    end_duedate end_moddate group_by item memo moddate_macro name num_periods past_due payment_method printed qzurl
    report_date sort_by sort_order source_account source_account_type start_createdate start_date start_duedate
    start_moddate summarize_column_by term testing_migration transaction_type vendor
"""
_PLAIN = """
    Cash Days Week Month FiscalYear Customers Classes ProductsAndServices All Today 1 2,3 0 -1 007 1e9 12.34 1e400 NaN
    Infinity 99999999999999999999999999 ² ٣ Ascend descend true Paid Unpaid Deposited Invoice Bank tx_date
    subt_nat_amount 2026-01-01 2025-02-30 0001-01-01 9999-12-31 9998-06-30 1899-12-31 20260101 2026-W01-1 ' % (
    this__year next_4_weeks
"""
_ODD = [
    "",
    " ",
    ",",
    ",,",
    "\x00",
    "Last Fiscal Year-to-date",
    "Next Year",
    "Transaction Type",
    "a" * 5000,
    "1," * 900,
]
PARAMETERS = _KNOWN.split()
WORDS = [*_PLAIN.split(), *_ODD]
REQUEST = st.dictionaries(
    st.sampled_from(PARAMETERS), st.sampled_from(WORDS) | st.text(max_size=8), max_size=5
)


@pytest.fixture(scope="module")
def desk() -> Desk:
    """A company with something in it."""
    desk = Desk(class_tracking="line", track_departments=True)
    ada = desk.customer()
    made = desk.invoice(ada, 100.0, TxnDate="2026-02-03")
    desk.pay(ada, 60.0, ("Invoice", made["Id"], 50.0), TxnDate="2026-03-04")
    for amount in (1.0, 2.0, 3.0, 4.0):
        desk.post("SalesReceipt", {"TxnDate": "2026-02-20", "Line": [item_line(amount)]})
    return desk


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(REPORTS), REQUEST)
@example(
    "ProfitAndLoss", {"start_date": "1901-01-01", "end_date": "8999-12-31", "summarize_column_by": "Days"}
)
@example(
    "BalanceSheet", {"start_date": "0001-01-01", "end_date": "9999-12-30", "summarize_column_by": "Week"}
)
@example("BalanceSheet", {"end_date": "0001-01-01", "summarize_column_by": "FiscalYear"})
@example("AgedReceivables", {"report_date": "9999-12-31", "aging_period": "1000", "num_periods": "50"})
@example("TransactionList", {"name": "9" * 30, "customer": "9" * 30, "source_account": "9" * 30})
@example("AgedReceivableDetail", {"term": "9" * 30, "customer": "9" * 5000, "past_due": "9" * 5000})
@example("TransactionList", {"bothamount": "NaN"})
@example("TransactionList", {"bothamount": "1e400"})
@example("InventoryValuationSummary", {"item": "9" * 30, "report_date": "9999-12-31"})
@example("GeneralLedger", {"date_macro": "all", "docnum": "\x00", "memo": "%"})
def test_a_report_is_made_or_refused(desk: Desk, name: str, query: dict[str, str]) -> None:
    begun = time.perf_counter()
    answer = desk.send("GET", f"reports/{name}", **query)
    assert answer.status in (200, 400), (name, query, answer.body)
    body: Any = json.loads(answer.body)
    assert ("Fault" in body) is (answer.status == 400)
    assert time.perf_counter() - begun < 20, (name, query)


@pytest.mark.parametrize("name", [name for name in REPORTS if name not in ("AccountList", "TaxSummary")])
def test_an_empty_company_has_no_data_in_any_report(name: str) -> None:
    answer = report(Desk(), name)
    assert option(answer, "NoReportData") == "true"
    assert not [cells for kind, cells in every_row(answer["Rows"]) if kind == "line"]


@pytest.mark.rule("report.columns.all_dates")
def test_columns_of_a_very_long_span_end_with_the_postings(desk: Desk) -> None:
    query = {"start_date": "1950-01-01", "end_date": "2080-12-31", "summarize_column_by": "Month"}
    shown = titles(report(desk, "ProfitAndLoss", **query))
    assert shown == ["", "Feb 3 - 28, 2026", "Mar 1 - 4, 2026", "Total"]


def test_years_that_begin_in_july_close_in_june(tmp_path: Path) -> None:
    desk = with_years_from("July", tmp_path)
    ada = desk.customer()
    for day, amount in (("2025-06-30", 1.0), ("2025-07-01", 2.0), ("2026-06-30", 4.0), ("2026-07-01", 8.0)):
        desk.invoice(ada, amount, TxnDate=day)
    for end, retained, profit in (
        ("2025-12-31", "1.00", "2.00"),
        ("2026-06-30", "1.00", "6.00"),
        ("2026-07-01", "7.00", "8.00"),
    ):
        sheet = report(desk, "BalanceSheet", start_date="2025-07-01", end_date=end)
        assert (row(sheet, "Retained Earnings"), row(sheet, "Net Income")) == ([retained], [profit])
    years = {"start_date": "2025-01-01", "end_date": "2026-12-31"}
    by_year = report(desk, "ProfitAndLoss", summarize_column_by="FiscalYear", **years)
    assert row(by_year, "Net Income") == ["1.00", "6.00", "8.00", "15.00"]
    columns = report(desk, "BalanceSheet", summarize_column_by="FiscalYear", **years)
    assert row(columns, "Retained Earnings") == ["", "1.00", "7.00"]
    ledger = report(desk, "GeneralLedger", start_date="2026-07-01", end_date="2026-07-31")
    assert row(ledger, "Total for Services")
    assert row(report(desk, "TrialBalance", end_date="2026-07-31"), "Services")[-1] == "8.00"
    assert report(desk, "ProfitAndLoss", date_macro="This Fiscal Year")["Header"]["EndPeriod"] == "2026-06-30"
    assert groups(columns["Rows"])[-1] == "NetIncome"


@pytest.mark.rule("report.cut")
@pytest.mark.parametrize("basis", ["Cash", "Accrual"])
@pytest.mark.parametrize("name", REPORTS)
def test_a_cut_report_leaves_nothing_behind(
    desk: Desk, name: str, basis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = {"start_date": "2026-01-01", "end_date": "2026-12-31", "accounting_method": basis}
    whole = desk.send("GET", f"reports/{name}", **query)
    for cells in (1, 9, 17, 25, 33):
        with monkeypatch.context() as lower:
            lower.setattr("qbosim.reports.catalogue.MOST_CELLS", cells)
            lower.setattr("qbosim.reports.lines.BATCH", 1)  # so that lines are still unread at the cut
            assert desk.send("GET", f"reports/{name}", **query).status == whole.status
    assert desk.send("GET", f"reports/{name}", **query).body == whole.body
