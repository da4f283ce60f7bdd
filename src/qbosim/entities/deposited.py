"""Money that was taken to the bank: what a deposit holds keeps its amount and its account until the deposit lets go of it."""

from __future__ import annotations

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.records.company import Record
from qbosim.records.layout import Body
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Deposit",
    documented(
        "deposit.holds",
        "A payment or sales receipt that stands in a deposit cannot be deleted or voided (6540): the deposit goes first.",
        "Intuit's documentation of linked transactions and of the error codes",
    ),
    assumed(
        "deposit.holds_amount",
        "An update of deposited money may change anything but its amount and the account it was put to (6540).",
        "the error's words speak of changes; QuickBooks' own pages let memo and reference be edited",
    ),
)


def is_deposited(body: Body) -> bool:
    """Whether the money of this payment or receipt stands in a deposit."""
    return any(link.get("TxnType") == "Deposit" for link in body.get("LinkedTxn") or [])


def refuse_deposited(record: Record) -> None:
    """Refuse to delete or void money that stands in a deposit (code 6540)."""
    if is_deposited(record.body):
        raise faults.deposited()


def keep_deposited(change: Change, body: Body) -> None:
    """Refuse a change of deposited money's amount or account (code 6540)."""
    old = change.old or {}
    if is_deposited(old) and (body.get("TotalAmt") != old.get("TotalAmt") or _account(body) != _account(old)):
        raise faults.deposited()


def _account(body: Body) -> object:
    return (body.get("DepositToAccountRef") or {}).get("value")
