"""Sales by customer, item, class and location, income by customer, and expenses by vendor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qbosim.books.ledger import QUANTITY_UNIT
from qbosim.records.company import Company
from qbosim.reports.columns import Amounts, buckets_for, negative
from qbosim.reports.entries import Entries
from qbosim.reports.frame import Cell, Column, Report, money
from qbosim.reports.name_rows import NameRows
from qbosim.reports.parameters import Asked, header
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Reports by name",
    documented(
        "report.sales",
        "CustomerSales, ClassSales and DepartmentSales show what the lines of sales forms earned, by name.",
        "Intuit's documentation of CustomerSales, ClassSales and DepartmentSales",
    ),
    documented(
        "report.item_sales",
        "ItemSales shows quantity, amount, share of sales, average price, cost of goods sold and gross margin of each "
        "item.",
        "Intuit's documentation of ItemSales",
    ),
    documented(
        "report.customer_income",
        "CustomerIncome shows income, expenses and what is left of each customer.",
        "Intuit's documentation of CustomerIncome",
    ),
    recorded(
        "report.customer_income.columns",
        "Its columns are Income, Expenses and Net Income; a line is empty where there was none.",
        "a CustomerIncome answer of May 2020 in a public repository",
    ),
    documented(
        "report.vendor_expenses",
        "VendorExpenses shows what was spent with each vendor.",
        "Intuit's documentation of VendorExpenses",
    ),
    assumed(
        "report.sales.items_only",
        "Sales are what lines with an item earned; discounts, shipping and tax are not in them.",
        "so all four reports have one total",
    ),
)

_INCOME = ("Income", "Other Income")
_EXPENSES = ("Expense", "Other Expense", "Cost of Goods Sold")


def customer_sales(company: Company, asked: Asked) -> Report:
    """What was sold to each customer."""
    return _sales(company, asked, "customer", "Customer")


def class_sales(company: Company, asked: Asked) -> Report:
    """What was sold under each class."""
    return _sales(company, asked, "klass", "Class")


def department_sales(company: Company, asked: Asked) -> Report:
    """What was sold at each location."""
    return _sales(company, asked, "department", "Department")


def _sales(company: Company, asked: Asked, column: str, kind: str) -> Report:
    entries = Entries(company, asked, only_span=True)
    return _by_name(entries, column, kind, _on(entries, _INCOME, "item IS NOT NULL"), -1)


def vendor_expenses(company: Company, asked: Asked) -> Report:
    """What was spent with each vendor."""
    entries = Entries(company, asked, only_span=True)
    return _by_name(entries, "vendor", "Vendor", _on(entries, _EXPENSES, "vendor IS NOT NULL"), 1)


def _by_name(entries: Entries, column: str, kind: str, where: str, sign: int) -> Report:
    asked = entries.asked
    buckets = buckets_for(entries, where=where)
    rows = entries.sums(f"{column}, {buckets.key_column}", asked.start, asked.end, where=where)
    none = -1  # ids are positive: stands for no name while sums are gathered
    gathered = buckets.gather((none if name is None else name, key, amount) for name, key, amount in rows)
    sums: dict[int | None, Amounts] = {
        None if name == none else name: amounts if sign > 0 else negative(amounts)
        for name, amounts in gathered.items()
    }
    width = len(buckets.columns)
    columns = [Column("", kind, kind.lower()), *buckets.columns]
    listed = NameRows(entries.names, column, sums, width, descending=asked.descending).rows()
    return Report(header(entries.company, asked), columns, listed)


def customer_income(company: Company, asked: Asked) -> Report:
    """Income, expenses and the rest of each customer."""
    entries = Entries(company, replace(asked, summarize="Total"), only_span=True)
    sums: dict[int | None, Amounts] = {}
    for place, kinds in enumerate((_INCOME, _EXPENSES)):
        where = _on(entries, kinds, "customer IS NOT NULL")
        for customer, amount in entries.sums("customer", asked.start, asked.end, where=where):
            amounts = sums.setdefault(customer, [None, None, 0])
            amounts[place] = -amount
            amounts[2] = (amounts[2] or 0) - amount
    columns = [
        Column("", "Customer", "customer"),
        Column("Income", "Money", "income"),
        Column("Expenses", "Money", "expenses"),
        Column("Net Income", "Money", "net_income"),
    ]
    rows = NameRows(entries.names, "customer", sums, 3, descending=asked.descending).rows()
    return Report(header(company, asked, summarize=False), columns, rows)


def item_sales(company: Company, asked: Asked) -> Report:
    """What was sold of each item: how much, for how much, and at what cost."""
    entries = Entries(company, asked, only_span=True)
    where = _on(entries, _INCOME, "item IS NOT NULL")
    if asked.summarize != "Total":
        return _by_name(entries, "item", "ProductsAndService", where, -1)
    sums: dict[int | None, Amounts] = {}
    sold = entries.sums("item", asked.start, asked.end, measures="sum(amount), sum(quantity)", where=where)
    for item, amount, quantity in sold:
        sums[item] = [None if quantity is None else -quantity, -amount, None]
    cost = entries.sums(
        "item", asked.start, asked.end, where=_on(entries, ("Cost of Goods Sold",), "item IS NOT NULL")
    )
    for item, amount in cost:
        if item in sums:
            sums[item][2] = amount
    whole = sum(amounts[1] or 0 for amounts in sums.values())

    def shown(amounts: Sequence[int | None]) -> list[Cell]:
        return _item_cells(amounts, whole)

    rows = NameRows(entries.names, "item", sums, 3, shown, descending=asked.descending).rows()
    timed = [
        Column(title, "Money", key, asked.start, asked.end)
        for title, key in (("Quantity", "quantity"), ("Amount", "amount"), ("COGS", "cogs"))
    ]
    parts = [
        *timed[:2],
        Column("% of Sales", "Money", "percent_of_sales"),
        Column("Avg Price", "Money", "average_price"),
        timed[2],
        Column("Gross Margin", "Money", "gross_margin"),
        Column("Gross Margin %", "Money", "gross_margin_percent"),
    ]
    columns = [
        Column("", "ProductsAndService", "item"),
        Column("Total", "Money", "total", columns=parts),
    ]
    return Report(header(company, asked), columns, rows)


def _item_cells(amounts: Sequence[int | None], whole: int) -> list[Cell]:
    """Quantity, amount, share, price, cost and margin; quantities are in `QUANTITY_UNIT`s."""
    quantity, amount, cost = amounts
    if amount is None:
        return [Cell()] * 7
    units = "" if quantity is None else money(_rounded(quantity * 100, QUANTITY_UNIT))
    price = money(_rounded(amount * QUANTITY_UNIT, quantity)) if quantity else ""
    share = f"{money(_rounded(amount * 10_000, whole))} %" if whole else ""
    if cost is None:
        return [Cell(units), Cell(money(amount)), Cell(share), Cell(price), Cell(), Cell(), Cell()]
    margin = amount - cost
    percent = f"{money(_rounded(margin * 10_000, amount))} %" if amount else ""
    return [
        *map(Cell, (units, money(amount), share, price)),
        *map(Cell, (money(cost), money(margin), percent)),
    ]


def _rounded(dividend: int, divisor: int) -> int:
    """A quotient, rounded half away from zero."""
    sign = -1 if (dividend < 0) != (divisor < 0) else 1
    return sign * ((2 * abs(dividend) + abs(divisor)) // (2 * abs(divisor)))


def _on(entries: Entries, kinds: Sequence[str], more: str) -> str:
    accounts = ",".join(str(account.id) for account in entries.names.accounts_of(kinds))
    return f"account IN ({accounts}) AND {more}"
