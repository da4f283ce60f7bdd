"""What tests about purchases ask of a desk: vendors, accounts, bodies of bills and of their payments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.qbosim.desk import REALM, Desk
from tests.qbosim.standing import standings


def vendor(desk: Desk, name: str = "Grid Supply", **more: Any) -> str:
    """A new vendor's id."""
    return str(desk.post("Vendor", {"DisplayName": name, **more})["Id"])


def account(desk: Desk, name: str) -> str:
    """The id of an account by its full name."""
    return str(desk.rows("Account", f"where FullyQualifiedName = '{name}'")[0]["Id"])


def expense(desk: Desk, amount: float, name: str = "Supplies", **more: Any) -> dict[str, Any]:
    """A line on an account."""
    detail = {"AccountRef": {"value": account(desk, name)}, **more}
    return {
        "Amount": amount,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": detail,
    }


def bill(desk: Desk, owed_to: str, amount: float = 100.0, **more: Any) -> Any:
    """A new bill with one line."""
    return desk.post("Bill", {"VendorRef": {"value": owed_to}, "Line": [expense(desk, amount)], **more})


def payment_of(desk: Desk, owed_to: str, total: float, *lines: tuple[str, str, float]) -> dict[str, Any]:
    """The body of a check; lines are type, id and amount."""
    return {
        "VendorRef": {"value": owed_to},
        "TotalAmt": total,
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": {"value": account(desk, "Checking")}},
        "Line": [
            {"Amount": amount, "LinkedTxn": [{"TxnId": identity, "TxnType": kind}]}
            for kind, identity, amount in lines
        ],
    }


def pay(desk: Desk, owed_to: str, total: float, *lines: tuple[str, str, float], **more: Any) -> Any:
    """A new payment of bills by check."""
    return desk.post("BillPayment", {**payment_of(desk, owed_to, total, *lines), **more})


def ledger(desk: Desk, name: str) -> Any:
    """An account's standing in the trial balance, exact; debits positive."""
    number = int(account(desk, name))
    rows = standings(desk.store, REALM)
    return rows.get(number, Decimal(0))
