"""The list of accounts, the stock and its value, and the summary of sales tax."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from qbosim import faults, jsontext
from qbosim.books.ledger import QUANTITY_UNIT, to_cents
from qbosim.records.company import Company
from qbosim.reports.account_types import accounts_of_types
from qbosim.reports.entries import Entries
from qbosim.reports.frame import Cell, Column, Line, Report, Row, Section, money
from qbosim.reports.lines import Told, tell
from qbosim.reports.names import Account, by_chart, by_name
from qbosim.reports.open_balances import report_day
from qbosim.reports.parameters import Asked, header, ids
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Lists and stock",
    documented(
        "report.account_list",
        "AccountList has a line per active account; account_type chooses among them, columns what is shown.",
        "Intuit's documentation of AccountListDetail",
    ),
    documented(
        "report.inventory_valuation",
        "InventoryValuationSummary shows SKU, quantity, asset value and average cost of each inventory item on a day.",
        "Intuit's documentation of InventoryValuationSummary",
    ),
    assumed(
        "report.inventory_valuation.detail",
        "InventoryValuationDetail has a section per item with every movement, the quantity on hand and the asset value "
        "after it.",
        "no sample is public",
    ),
    assumed(
        "report.tax_summary",
        "TaxSummary shows, per agency, tax on sales, tax on purchases and what is owed of both.",
        "the public sample is of a French return, whose boxes no other country has",
    ),
)

_ACCOUNT_COLUMNS = {
    "account_name": ("Account", "String"),
    "account_type": ("Type", "String"),
    "detail_acc_type": ("Detail type", "String"),
    "account_desc": ("Description", "String"),
    "account_bal": ("Balance", "Money"),
    "create_date": ("Create Date", "DateTime"),
    "last_mod_date": ("Last Modified", "DateTime"),
}
_ACCOUNT_USUAL = ("account_name", "account_type", "detail_acc_type", "account_desc", "account_bal")


def account_list(company: Company, asked: Asked) -> Report:
    """Every active account, in the order of the chart."""
    entries = Entries(company, asked)
    keys = [part.strip().lower() for part in asked.word("columns").split(",") if part.strip()]
    for key in keys:
        if key not in _ACCOUNT_COLUMNS:
            raise faults.bad_choice("columns", key)
    keys = list(dict.fromkeys(keys)) or list(_ACCOUNT_USUAL)
    kinds = asked.word("account_type")
    chosen = (
        set(accounts_of_types(entries.names, asked.query, "account_type"))
        if kinds
        else set(entries.names.accounts)
    )
    accounts = [a for a in entries.names.accounts.values() if a.active and a.id in chosen]
    ranked = sorted(accounts, key=by_chart, reverse=asked.descending)
    rows: list[Row] = [Line([_account_cell(company, account, key) for key in keys]) for account in ranked]
    columns = [Column(*_ACCOUNT_COLUMNS[key], key) for key in keys]
    return Report(header(company, asked, basis=False, summarize=False, period=False), columns, rows)


def _account_cell(company: Company, account: Account, key: str) -> Cell:
    record = company.find("Account", account.id)
    body: dict[str, Any] = {} if record is None else jsontext.loads(record.text)
    if key == "account_name":
        return Cell(account.full_name, str(account.id))
    if key == "account_bal":
        return Cell(money(to_cents(body.get("CurrentBalance", 0))))
    moments = {"create_date": "CreateTime", "last_mod_date": "LastUpdatedTime"}
    if key in moments:
        return Cell(str(body.get("MetaData", {}).get(moments[key], "")))
    values = {
        "account_type": account.kind,
        "detail_acc_type": account.subtype,
        "account_desc": str(body.get("Description", "")),
    }
    return Cell(values[key])


# -- stock -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Stocked:
    id: int
    name: str
    sku: str
    asset: int


def _stocked(company: Company, asked: Asked) -> list[_Stocked]:
    """The company's inventory items, by name."""
    wanted = set(asked.filters.get("item", ()))
    found = []
    for record in company.select("Item", "json_extract(body, '$.Type') = 'Inventory'"):
        body = record.body
        if "AssetAccountRef" in body and (not wanted or record.id in wanted):
            name = str(body.get("FullyQualifiedName", body.get("Name", "")))
            asset = int(body["AssetAccountRef"]["value"])
            found.append(_Stocked(record.id, name, str(body.get("Sku", "")), asset))
    return sorted(found, key=lambda item: (item.name.lower(), item.id), reverse=asked.descending)


def _quantity(units: int) -> str:
    """`QUANTITY_UNIT`s as a quantity with two decimals."""
    return money(units * 100 // QUANTITY_UNIT)


def inventory_valuation(company: Company, asked: Asked) -> Report:
    """What lies in stock on a day and what it cost."""
    entries = Entries(company, asked)
    as_of = report_day(company, asked)
    rows: list[Row] = []
    total_units = total_value = 0
    sums = {
        (item, account): (amount, units or 0)
        for item, account, amount, units in entries.sums(
            "item, account", "", as_of, measures="sum(amount), sum(quantity)", where="item IS NOT NULL"
        )
    }
    for item in _stocked(company, asked):
        value, units = sums.get((item.id, item.asset), (0, 0))
        total_units, total_value = total_units + units, total_value + value
        average = money(value * QUANTITY_UNIT // units) if units else ""
        cells = [Cell(item.name, str(item.id)), Cell(item.sku)]
        rows.append(Line([*cells, Cell(_quantity(units)), Cell(money(value)), Cell(average)], typed=False))
    if rows:
        total = [Cell("TOTAL"), Cell(), Cell(_quantity(total_units)), Cell(money(total_value)), Cell()]
        rows.append(Section(summary=total, group="GrandTotal"))
    columns = [
        Column("", "ProductsAndService", "item"),
        Column("SKU", "String", "sku"),
        Column("Qty", "Money", "qty"),
        Column("Asset Value", "Money", "asset_value"),
        Column("Avg Cost", "Money", "average_cost"),
    ]
    head = header(company, asked, basis=False, summarize=False)
    return Report(head, columns, rows, [("report_date", as_of)])


_MOVEMENTS = (
    ("tx_date", "Date", "Date"),
    ("txn_type", "Transaction Type", "String"),
    ("doc_num", "Num", "String"),
    ("name", "Name", "String"),
    ("quantity", "Qty", "Quantity"),
    ("rate", "Rate", "Money"),
    ("inv_cost", "FIFO Cost", "Money"),
    ("qty_on_hand", "Qty on Hand", "Quantity"),
    ("asset_value", "Asset Value", "Money"),
)


def inventory_valuation_detail(company: Company, asked: Asked) -> Report:
    """Every movement of stock in a span of days."""
    entries = Entries(company, asked)
    columns = [Column(title, kind, key) for key, title, kind in _MOVEMENTS]
    rows: Iterator[Row] = (
        section for item in _stocked(company, asked) if (section := _movements(entries, item)) is not None
    )
    return Report(header(company, asked, basis=False, summarize=False), columns, rows)


def _movements(entries: Entries, item: _Stocked) -> Section | None:
    asked = entries.asked
    where = f"item = {item.id} AND account = {item.asset}"
    on_hand = value = 0
    rows: list[Row] = []
    for told in tell(entries, entries.lines("", asked.end, where)):
        on_hand += told.entry.quantity or 0
        value += told.entry.amount
        if told.entry.day >= asked.start:
            rows.append(_movement(told, on_hand, value))
    if not rows:
        return None
    empty = [Cell()] * (len(_MOVEMENTS) - 1)
    total = [Cell(f"Total for {item.name}"), *empty[:-2], Cell(_quantity(on_hand)), Cell(money(value))]
    return Section([Cell(item.name, str(item.id)), *empty], rows, total)


def _movement(told: Told, on_hand: int, value: int) -> Line:
    entry = told.entry
    units = entry.quantity or 0
    rate = money(abs(entry.amount) * QUANTITY_UNIT // abs(units)) if units else ""
    name, identity = told.party
    return Line(
        [
            Cell(entry.day),
            Cell(told.document.title, str(entry.txn)),
            Cell(told.document.number),
            Cell(name, str(identity or "")),
            Cell(_quantity(units)),
            Cell(rate),
            Cell(money(entry.amount)),
            Cell(_quantity(on_hand)),
            Cell(money(value)),
        ]
    )


# -- tax ---------------------------------------------------------------------------------------------------------

_SALES = frozenset({"Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt"})
_PAYABLE = ("GlobalTaxPayable", "SalesTaxPayable")


def tax_summary(company: Company, asked: Asked) -> Report:
    """Tax on sales and on purchases by agency. Raises 5030 in the US, which have another report of it."""
    if company.country == "US":
        raise faults.not_in_this_edition("TaxSummary")
    entries = Entries(company, asked)
    wanted = set(ids(asked.query, "agency_id"))
    names = {
        f"{record.body.get('DisplayName', '')} Payable": record
        for record in company.select("TaxAgency", "1 = 1")
        if not wanted or record.id in wanted
    }
    accounts = [
        account
        for account in sorted(entries.names.accounts.values(), key=by_name)
        if account.subtype in _PAYABLE and (account.full_name in names or not wanted)
    ]
    chosen = ",".join(str(account.id) for account in accounts)
    found = entries.sums("account, entity", asked.start, asked.end, where=f"account IN ({chosen})")
    sums: dict[int, list[int]] = {}
    for account, parts in groupby(sorted(found), key=lambda row: row[0]):
        amounts = sums.setdefault(account, [0, 0])
        for _, entity, amount in parts:
            amounts[0 if entity in _SALES else 1] -= amount
    rows = [_agency(account, *sums[account.id]) for account in accounts if account.id in sums]
    columns = [Column("", "String", "tax"), Column("Total", "Money", "total")]
    return Report(header(company, asked), columns, rows)


def _agency(account: Account, on_sales: int, on_purchases: int) -> Section:
    name = account.full_name.removesuffix(" Payable")
    return Section(
        [Cell(name, str(account.id)), Cell()],
        [
            Line([Cell("Tax on sales"), Cell(money(on_sales))]),
            Line([Cell("Tax on purchases"), Cell(money(on_purchases))]),
        ],
        [Cell(f"Total {name}"), Cell(money(on_sales + on_purchases))],
    )
