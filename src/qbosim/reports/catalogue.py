"""Every report the simulator serves: its name, how it is made, and which days it shows when none are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from qbosim import faults
from qbosim.records.company import Company
from qbosim.reports import accounts_detail, lists, open_balances, sales, statements, transactions
from qbosim.reports.cash import drop_cash_books
from qbosim.reports.frame import MOST_CELLS, Report, to_json
from qbosim.reports.parameters import Asked, read
from qbosim.reports.quick_zoom import address
from qbosim.reports.transaction_filters import drop_chosen
from qbosim.reports.trial_balance import trial_balance

_YEAR = "this year-to-date"
_MONTH = "this month-to-date"
_ALL = "all"


@dataclass(frozen=True)
class _Kind:
    make: Callable[[Company, Asked], Report]
    macro: str
    both: bool = True
    """Whether it is made on cash basis too; the others are always on accrual basis (Intuit's documentation)."""


_KINDS = {
    "ProfitAndLoss": _Kind(statements.profit_and_loss, _YEAR),
    "ProfitAndLossDetail": _Kind(accounts_detail.profit_and_loss_detail, _YEAR),
    "BalanceSheet": _Kind(statements.balance_sheet, _YEAR),
    "CashFlow": _Kind(statements.cash_flow, _YEAR, both=False),
    "TrialBalance": _Kind(trial_balance, _MONTH),
    "GeneralLedger": _Kind(accounts_detail.general_ledger, _MONTH),
    "JournalReport": _Kind(accounts_detail.journal, _MONTH, both=False),
    "TransactionList": _Kind(transactions.transaction_list, _MONTH, both=False),
    "TransactionListWithSplits": _Kind(transactions.with_splits, _MONTH, both=False),
    "TransactionListByCustomer": _Kind(transactions.by_customer, _MONTH, both=False),
    "TransactionListByVendor": _Kind(transactions.by_vendor, _MONTH, both=False),
    "AgedReceivables": _Kind(open_balances.aged_receivables, _ALL, both=False),
    "AgedReceivableDetail": _Kind(open_balances.aged_receivable_detail, _ALL, both=False),
    "AgedPayables": _Kind(open_balances.aged_payables, _ALL, both=False),
    "AgedPayableDetail": _Kind(open_balances.aged_payable_detail, _ALL, both=False),
    "CustomerBalance": _Kind(open_balances.customer_balance, _ALL, both=False),
    "CustomerBalanceDetail": _Kind(open_balances.customer_balance_detail, _ALL, both=False),
    "VendorBalance": _Kind(open_balances.vendor_balance, _ALL, both=False),
    "VendorBalanceDetail": _Kind(open_balances.vendor_balance_detail, _ALL, both=False),
    "CustomerIncome": _Kind(sales.customer_income, _YEAR),
    "CustomerSales": _Kind(sales.customer_sales, _MONTH),
    "ItemSales": _Kind(sales.item_sales, _MONTH),
    "ClassSales": _Kind(sales.class_sales, _MONTH),
    "DepartmentSales": _Kind(sales.department_sales, _MONTH),
    "VendorExpenses": _Kind(sales.vendor_expenses, _YEAR),
    "AccountList": _Kind(lists.account_list, _ALL, both=False),
    "InventoryValuationSummary": _Kind(lists.inventory_valuation, "today", both=False),
    "InventoryValuationDetail": _Kind(lists.inventory_valuation_detail, _MONTH, both=False),
    "TaxSummary": _Kind(lists.tax_summary, _MONTH),
}
_BY_NAME = {name.lower(): name for name in _KINDS}

REPORTS = tuple(_KINDS)
"""The reports' names, as Intuit spells them."""


def run_report(company: Company, name: str, query: Mapping[str, str]) -> str:
    """Make a report; answers its JSON text. Raises 500 for a name that no report has."""
    known = _BY_NAME.get(name.lower())
    if known is None:
        raise faults.no_such_address(f"/v3/company/{company.realm}/reports/{name}")
    kind = _KINDS[known]
    asked = read(company, known, query, kind.macro)
    try:
        link = address if asked.word("qzurl").lower() == "true" else None
        basis = asked.basis if kind.both else "Accrual"
        return to_json(kind.make(company, replace(asked, basis=basis)), MOST_CELLS, link)
    finally:
        drop_cash_books(company)
        drop_chosen(company)
