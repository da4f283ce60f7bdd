"""What the transactions behind postings say of themselves: type, number, dates, terms, and what is on their other side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qbosim.books.open_items import SIDES, WITH_BALANCE, Side
from qbosim.moments import stamp
from qbosim.records.company import Company
from qbosim.reports.names import Names
from qbosim.rules import Topic, assumed, recorded

RULES = Topic(
    "Report lines",
    recorded(
        "report.txn_types",
        "Lines name transactions in QuickBooks' words (`Credit Memo`, `Bill Payment (Check)`, `Sales Receipt`); the cell "
        "carries the transaction's id.",
        "sandbox traffic (minimul/qbo_api, GeneralLedger)",
    ),
    recorded(
        "report.split",
        "The split column names the account on the other side, or `-Split-` when there are several lines.",
        "sandbox traffic (minimul/qbo_api, GeneralLedger)",
    ),
    recorded(
        "report.purchase_types",
        "A purchase is named by the TxnType in its PurchaseEx: 54 Expense, whatever it was paid with, 3 Check, 31 Cash "
        "Expense, 1 Credit Card Expense, 11 Credit Card Credit.",
        "a ProfitAndLossDetail answer of January 2025 in a public repository, held against the sandbox company's purchases",
    ),
    assumed(
        "report.split.head",
        "A line's other side is the head of its transaction (bank, receivables, payables); the head's are the lines.",
        "so the recorded lines of invoices and payments look",
    ),
)

SPLIT = "-Split-"

_TITLES = {
    "CreditMemo": "Credit Memo",
    "SalesReceipt": "Sales Receipt",
    "RefundReceipt": "Refund",
    "VendorCredit": "Vendor Credit",
    "JournalEntry": "Journal Entry",
    "InventoryAdjustment": "Inventory Qty Adjust",
    "PurchaseOrder": "Purchase Order",
    "CreditCardPayment": "Credit Card Payment",
    "ReimburseCharge": "Billable Expense Charge",
    "SalesTaxPayment": "Sales Tax Payment",
}
_PURCHASES = {
    "1": "Credit Card Expense",
    "3": "Check",
    "11": "Credit Card Credit",
    "31": "Cash Expense",
    "54": "Expense",
}
"""What the TxnType in a purchase's PurchaseEx stands for (recorded)."""
_UNCODED = {"Check": "Check", "CreditCard": "Credit Card Expense"}
_CODE = "PurchaseEx.any[0].value.Value"

_FIELDS = (
    "DocNumber",
    "PaymentRefNum",
    "DueDate",
    "PrivateNote",
    "PaymentType",
    "Credit",
    "PayType",
    "SalesTermRef.name",
    "SalesTermRef.value",
    "PaymentMethodRef.name",
    "PaymentMethodRef.value",
    "TxnDate",
    "CustomerMemo.value",
    "PrintStatus",
    "Balance",
    "UnappliedAmt",
    "LinkedTxn",
    "TrackingNum",
    "ShipMethodRef.name",
    "CustomField[0].StringValue",
    "CustomField[1].StringValue",
    "CustomField[2].StringValue",
    "Adjustment",
    _CODE,
)
_FIELD_SQL = ", ".join(f"json_extract(body, '$.{name}')" for name in _FIELDS)


@dataclass(frozen=True)
class Document:
    """One transaction in a few words."""

    title: str
    """Its type in QuickBooks' words."""
    number: str = ""
    day: str = ""
    due: str = ""
    memo: str = ""
    term: str = ""
    term_id: str = ""
    method: str = ""
    method_id: str = ""
    created: str = ""
    changed: str = ""
    message: str = ""
    """What the customer is told."""
    printed: str = ""
    """Its PrintStatus."""
    side: Side | None = None
    """The side that it asks for or brings money on: documents with a balance, and payments."""
    is_open: bool = False
    """Whether something of it is still to be settled, or to be applied."""
    is_deposited: bool = False
    """Whether a deposit holds it."""
    is_adjustment: bool = False
    tracking: str = ""
    shipped: str = ""
    """The way it was shipped."""
    custom: tuple[str, ...] = ("", "", "")
    """Values of the custom fields."""


class Documents:
    """The transactions of a report, read a batch at a time."""

    def __init__(self, company: Company, names: Names) -> None:
        self._company = company
        self._names = names
        self._known: dict[int, Document] = {}
        self._sides: dict[int, list[tuple[int, int]]] = {}

    def read(self, wanted: Iterable[tuple[str, int]]) -> None:
        """Read these transactions (entity and id), and forget the batch before."""
        self._known.clear()
        self._sides.clear()
        by_entity: dict[str, list[int]] = {}
        for entity, txn in dict.fromkeys(wanted):
            by_entity.setdefault(entity, []).append(txn)
        for entity, ids in by_entity.items():
            marks = ", ".join("?" * len(ids))
            if entity in self._company.entities:
                table = self._company.entities[entity].table
                rows = self._company.db.execute(
                    f"SELECT id, created, updated, {_FIELD_SQL} FROM {table} WHERE realm = ? AND id IN ({marks})",
                    (self._company.realm, *ids),
                )
                for identity, created, updated, *fields in rows:
                    self._known[identity] = _document(self._names, entity, created, updated, fields)
            for txn, line, account in self._company.db.execute(
                f"SELECT txn, line, account FROM posting WHERE realm = ? AND txn IN ({marks})",
                (self._company.realm, *ids),
            ):
                self._sides.setdefault(txn, []).append((line, account))

    def all_of(self, entity: str) -> Iterator[tuple[int, Document]]:
        """Every transaction of an entity with its id, whether it posts something or not; deleted ones left out."""
        rows = self._company.db.execute(
            f"SELECT id, created, updated, {_FIELD_SQL} FROM {self._company.entities[entity].table} "
            "WHERE realm = ? AND deleted = 0",
            (self._company.realm,),
        )
        for identity, created, updated, *fields in rows:
            yield identity, _document(self._names, entity, created, updated, fields)

    def of(self, entity: str, txn: int) -> Document:
        """What is known of a transaction of the batch."""
        return self._known.get(txn) or Document(_TITLES.get(entity, entity))

    def other_side(self, entity: str, txn: int, line: int) -> tuple[str, int | None]:
        """Name and id of the account on the other side of one line; `-Split-` and None when there are several."""
        sides = self._sides.get(txn, [])
        own = [account for number, account in sides if number == line]
        if entity != "JournalEntry" and line > 0:
            others = [account for number, account in sides if number == 0]
        else:
            others = [account for number, account in sides if number != line]
        if not others and own:
            others = own
        if len(others) != 1:
            return SPLIT, None
        account = self._names.accounts.get(others[0])
        return (account.full_name, account.id) if account is not None else (SPLIT, None)


def _document(names: Names, entity: str, created: int, updated: int, fields: list[object]) -> Document:
    values = {name: "" if value is None else str(value) for name, value in zip(_FIELDS, fields, strict=True)}
    return Document(
        _title(entity, values),
        values["DocNumber"] or values["PaymentRefNum"],
        values["TxnDate"],
        values["DueDate"],
        values["PrivateNote"],
        values["SalesTermRef.name"] or _named(names, "term", values["SalesTermRef.value"]),
        values["SalesTermRef.value"],
        values["PaymentMethodRef.name"] or _named(names, "method", values["PaymentMethodRef.value"]),
        values["PaymentMethodRef.value"],
        stamp(created),
        stamp(updated),
        values["CustomerMemo.value"],
        values["PrintStatus"],
        WITH_BALANCE.get(entity) or SIDES.get(entity),
        any(values[name] not in ("", "0", "0.0") for name in ("Balance", "UnappliedAmt")),
        '"TxnType":"Deposit"' in values["LinkedTxn"],
        values["Adjustment"] in ("1", "True"),
        values["TrackingNum"],
        values["ShipMethodRef.name"],
        tuple(values[f"CustomField[{place}].StringValue"] for place in range(3)),
    )


def _named(names: Names, column: str, identity: str) -> str:
    return names.of(column, int(identity)) if re.fullmatch("[0-9]{1,18}", identity) else ""


def _title(entity: str, values: dict[str, str]) -> str:
    if entity == "Purchase" and values[_CODE] in _PURCHASES:
        return _PURCHASES[values[_CODE]]
    if entity == "Purchase":
        if values["PaymentType"] == "CreditCard" and values["Credit"] in ("1", "True"):
            return "Credit Card Credit"
        return _UNCODED.get(values["PaymentType"], "Expense")
    if entity == "InventoryAdjustment" and values["DocNumber"] == "START":
        return "Inventory Starting Value"
    if entity == "BillPayment":
        return f"Bill Payment ({'Credit Card' if values['PayType'] == 'CreditCard' else 'Check'})"
    return _TITLES.get(entity, entity)
