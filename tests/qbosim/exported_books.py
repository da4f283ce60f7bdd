"""A general ledger computed from exported objects alone, as the public dbt models of QuickBooks data do it.

It shares nothing with the simulator: it reads JSON files, and knows what each kind of transaction does to which account.
Stock is kept first in, first out, as QuickBooks keeps it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

CENT = Decimal("0.01")
Ledger = dict[str, Decimal]


class NeverCameIn(Exception):
    """More was sold than there was: QuickBooks allows it, and this computation does not know what it cost."""


class Books:
    """The objects of one folder."""

    def __init__(self, folder: Path) -> None:
        self.files: dict[str, list[Any]] = {
            path.stem: json.loads(path.read_text(), parse_float=Decimal, parse_int=Decimal)
            for path in folder.glob("*.json")
        }
        self.accounts = {account["Id"]: account for account in self.of("Account")}
        self.items = {item["Id"]: item for item in self.of("Item")}
        self.balances: Ledger = defaultdict(Decimal)

    def of(self, entity: str) -> list[Any]:
        """An entity's objects."""
        return self.files.get(entity, [])

    def only(self, key: str, value: str) -> str:
        """The id of the first account of that type or detail type."""
        return next(str(each["Id"]) for each in self.accounts.values() if each[key] == value)

    def post(self, account: str, amount: Decimal) -> None:
        """Debit (positive) or credit an account."""
        self.balances[account] += amount


def general_ledger(folder: Path) -> Ledger:
    """What every account stands at, by id, debits positive; accounts at 0 are left out."""
    books = Books(folder)
    for enter in (_sales, _payments, _purchases, _money, _stock):
        enter(books)
    return {account: amount for account, amount in books.balances.items() if amount}


def _sales(books: Books) -> None:
    receivable = books.only("AccountType", "Accounts Receivable")
    undeposited = books.only("AccountSubType", "UndepositedFunds")
    for entity, sign, at_once in (
        ("Invoice", 1, False),
        ("CreditMemo", -1, False),
        ("SalesReceipt", 1, True),
        ("RefundReceipt", -1, True),
    ):
        for form in books.of(entity):
            deposit = form.get("Deposit", Decimal(0))
            money = (form.get("DepositToAccountRef") or {}).get("value", undeposited)
            total = form["TotalAmt"]
            books.post(money if at_once else receivable, sign * (total - deposit))
            if deposit:
                books.post(money, sign * deposit)
            for line in _flat(form["Line"]):
                _sales_line(books, line, sign)
            for line in (form.get("TxnTaxDetail") or {}).get("TaxLine", []):
                books.post(_tax_account(books, line), -sign * line["Amount"])


def _flat(lines: list[Any]) -> Iterator[Any]:
    """Lines, with those of bundles in the place of the bundle."""
    for line in lines:
        if line["DetailType"] == "GroupLineDetail":
            yield from _flat(line["GroupLineDetail"].get("Line", []))
        else:
            yield line


def _sales_line(books: Books, line: Any, sign: int) -> None:
    kind = line["DetailType"]
    detail = line.get(kind) or {}
    if kind == "DiscountLineDetail":
        books.post(detail["DiscountAccountRef"]["value"], sign * line["Amount"])
    elif kind == "SalesItemLineDetail":
        item = (detail.get("ItemRef") or {}).get("value")
        account = detail.get("ItemAccountRef")
        if item == "SHIPPING_ITEM_ID":
            sales = books.of("Preferences")[0]["SalesFormsPrefs"]
            account = {"value": sales["DefaultShippingAccount"]}
        elif account is None:
            account = books.items[item]["IncomeAccountRef"]
        books.post(account["value"], -sign * line.get("Amount", Decimal(0)))


def _tax_account(books: Books, line: Any) -> str:
    rate = next(
        each for each in books.of("TaxRate") if each["Id"] == line["TaxLineDetail"]["TaxRateRef"]["value"]
    )
    agency = next(each for each in books.of("TaxAgency") if each["Id"] == rate["AgencyRef"]["value"])
    return books.only("Name", f"{agency['DisplayName']} Payable")


def _payments(books: Books) -> None:
    receivable = books.only("AccountType", "Accounts Receivable")
    undeposited = books.only("AccountSubType", "UndepositedFunds")
    for payment in books.of("Payment"):
        books.post((payment.get("DepositToAccountRef") or {}).get("value", undeposited), payment["TotalAmt"])
        books.post(receivable, -payment["TotalAmt"])
    for payment in books.of("BillPayment"):
        payable = books.only("AccountType", "Accounts Payable")
        is_check = payment["PayType"] == "Check"
        money = payment["CheckPayment" if is_check else "CreditCardPayment"]
        books.post(money["BankAccountRef" if is_check else "CCAccountRef"]["value"], -payment["TotalAmt"])
        books.post(payable, payment["TotalAmt"])


def _purchases(books: Books) -> None:
    for entity, sign in (("Bill", 1), ("VendorCredit", -1), ("Purchase", 1)):
        for form in books.of(entity):
            side = -sign if form.get("Credit") else sign
            paid_from = form.get("AccountRef") or {"value": books.only("AccountType", "Accounts Payable")}
            books.post(paid_from["value"], -side * form["TotalAmt"])
            for line in form["Line"]:
                detail = line[line["DetailType"]]
                if line["DetailType"] == "AccountBasedExpenseLineDetail":
                    account = detail["AccountRef"]["value"]
                else:
                    item = books.items[detail["ItemRef"]["value"]]
                    key = "AssetAccountRef" if item["Type"] == "Inventory" else "ExpenseAccountRef"
                    account = item[key]["value"]
                books.post(account, side * line["Amount"])


def _money(books: Books) -> None:
    undeposited = books.only("AccountSubType", "UndepositedFunds")
    for entry in books.of("JournalEntry"):
        for line in entry["Line"]:
            detail = line.get("JournalEntryLineDetail")
            if detail:
                side = 1 if detail["PostingType"] == "Debit" else -1
                books.post(detail["AccountRef"]["value"], side * line.get("Amount", Decimal(0)))
    for transfer in books.of("Transfer"):
        books.post(transfer["ToAccountRef"]["value"], transfer["Amount"])
        books.post(transfer["FromAccountRef"]["value"], -transfer["Amount"])
    for paid in books.of("CreditCardPaymentTxn"):
        books.post(paid["CreditCardAccountRef"]["value"], paid["Amount"])
        books.post(paid["BankAccountRef"]["value"], -paid["Amount"])
    for deposit in books.of("Deposit"):
        books.post(deposit["DepositToAccountRef"]["value"], deposit["TotalAmt"])
        for line in deposit["Line"]:
            account = (line.get("DepositLineDetail") or {}).get("AccountRef")
            linked = line.get("LinkedTxn")
            books.post(undeposited if linked or account is None else account["value"], -line["Amount"])
        back = deposit.get("CashBack")
        if back:
            books.post(back["AccountRef"]["value"], back["Amount"])


# -- stock -------------------------------------------------------------------------------------------------------


def _stock(books: Books) -> None:
    for item in books.of("Item"):
        if item["Type"] == "Inventory":
            _value(books, item)


def _value(books: Books, item: Any) -> None:
    """Book what was sold of an item at the price of the oldest units, and what was found at that of the last."""
    asset, expense = item["AssetAccountRef"]["value"], item["ExpenseAccountRef"]["value"]
    arrivals: list[tuple[Decimal, Decimal]] = []
    moved = sorted(_movements(books, item), key=lambda one: (one[2] < 0, one[0], one[1]))
    gone = Decimal(0)
    for _, _, quantity, price, contra in moved:
        if quantity > 0:
            last = arrivals[-1][1] if arrivals else item["PurchaseCost"]
            arrivals.append((quantity, last if price is None else price))
            if price is None:
                worth = (quantity * last).quantize(CENT, ROUND_HALF_UP)
                books.post(asset, worth)
                books.post(contra or expense, -worth)
        else:
            worth = _worth(arrivals, gone - quantity) - _worth(arrivals, gone)
            gone -= quantity
            if price is not None:  # sent back to the vendor: the credit has taken its amount off the asset
                worth += (quantity * price).quantize(CENT, ROUND_HALF_UP)
            books.post(asset, -worth)
            books.post(contra or expense, worth)


def _worth(arrivals: list[tuple[Decimal, Decimal]], units: Decimal) -> Decimal:
    """What the first units that came in cost."""
    total = Decimal(0)
    for quantity, price in arrivals:
        taken = min(units, quantity)
        total += (taken * price).quantize(CENT, ROUND_HALF_UP)
        units -= taken
    if units:
        raise NeverCameIn
    return total


def _movements(books: Books, item: Any) -> Iterator[tuple[str, int, Decimal, Decimal | None, str]]:
    """Day, transaction, units, price (None: that of the last ones) and contra account of what moved an item."""
    for entity, sign in (("Invoice", -1), ("SalesReceipt", -1), ("CreditMemo", 1), ("RefundReceipt", 1)):
        for form in books.of(entity):
            for line in _flat(form["Line"]):
                detail = line.get("SalesItemLineDetail") or {}
                if _is_of(detail, item) and detail.get("Qty") and form["TxnDate"] >= item["InvStartDate"]:
                    yield form["TxnDate"], int(form["Id"]), sign * detail["Qty"], None, ""
    for entity, sign in (("Bill", 1), ("VendorCredit", -1), ("Purchase", 1)):
        for form in books.of(entity):
            for line in form["Line"]:
                detail = line.get("ItemBasedExpenseLineDetail") or {}
                if _is_of(detail, item) and detail.get("Qty"):
                    price = line["Amount"] / detail["Qty"]
                    yield form["TxnDate"], int(form["Id"]), sign * detail["Qty"], price, ""
    for form in books.of("InventoryAdjustment"):
        for line in form["Line"]:
            detail = line["ItemAdjustmentLineDetail"]
            if _is_of(detail, item):
                contra = form["AdjustAccountRef"]["value"]
                yield form["TxnDate"], int(form["Id"]), detail["QtyDiff"], None, contra


def _is_of(detail: Any, item: Any) -> bool:
    return bool((detail.get("ItemRef") or {}).get("value") == item["Id"])
