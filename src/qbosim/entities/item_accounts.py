"""Which accounts an item of a type needs, and of which types they must be."""

from __future__ import annotations

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Item",
    documented(
        "item.income_account",
        "Services and inventory items need IncomeAccountRef (2020).",
        "Intuit's documentation of Item",
    ),
    assumed(
        "item.bought_only",
        "A non-inventory item that is only bought needs no income account, but then an ExpenseAccountRef.",
        "QuickBooks' own page lets either side be left out",
    ),
    documented(
        "item.inventory_accounts",
        "An inventory item needs AssetAccountRef and ExpenseAccountRef too (2020); asset: Other Current Asset, expense: "
        "Cost of Goods Sold, income: Income, otherwise 6430.",
        "Intuit's documentation of Item",
    ),
    assumed(
        "item.no_party_accounts",
        "No item earns or costs on receivables or payables (6430).",
        "such lines would need a customer or vendor",
    ),
)

_KEYS = ("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef")
_OF_INVENTORY = {
    "IncomeAccountRef": "Income",
    "ExpenseAccountRef": "Cost of Goods Sold",
    "AssetAccountRef": "Other Current Asset",
}
_NEVER = frozenset({"Accounts Receivable", "Accounts Payable"})


def accounts_of(company: Company, change: Change, kind: str) -> Body:
    """The item's account references after a change.

    Raises 2020 for one that is missing, 6430 for one of the wrong type, 2500 for one that leads nowhere.
    """
    old = change.old or {}
    found: Body = {}
    for key in _KEYS:
        sent = change.value(key)
        if sent is not None:
            account = company.refer("Account", sent, old.get(key))
            _check(account, key, kind)
            found[key] = account.reference()
    for key in _needed(kind, found):
        if key not in found:
            raise faults.missing(key)
    return found


def _needed(kind: str, found: Body) -> tuple[str, ...]:
    if kind == "Inventory":
        return _KEYS
    if kind == "NonInventory" and "ExpenseAccountRef" in found:
        return ()
    return ("IncomeAccountRef",)


def _check(account: Record, key: str, kind: str) -> None:
    actual = str(account.body.get("AccountType"))
    wanted = _OF_INVENTORY[key] if kind == "Inventory" else None
    if actual in _NEVER or (wanted is not None and actual != wanted):
        raise faults.bad_account_type(f"{key} can't be an account of type {actual}")
