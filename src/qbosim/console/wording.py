"""The words for records: what entities and properties are called, how a record is called, and what a reference leads to."""

from __future__ import annotations

import re
from typing import Any

from qbosim.entities.catalogue import ENTITIES, find_entity

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Selling",
        (
            "Customer",
            "Estimate",
            "Invoice",
            "Payment",
            "CreditMemo",
            "SalesReceipt",
            "RefundReceipt",
            "TimeActivity",
            "ReimburseCharge",
        ),
    ),
    (
        "Buying",
        (
            "Vendor",
            "PurchaseOrder",
            "Bill",
            "BillPayment",
            "VendorCredit",
            "Purchase",
            "CreditCardPaymentTxn",
        ),
    ),
    ("Books", ("Account", "Deposit", "Transfer", "JournalEntry", "Budget", "RecurringTransaction")),
    ("Goods and services", ("Item", "InventoryAdjustment")),
    (
        "Lists",
        (
            "Employee",
            "Class",
            "Department",
            "Term",
            "PaymentMethod",
            "CustomerType",
            "TaxCode",
            "TaxRate",
            "TaxAgency",
            "CompanyCurrency",
            "ExchangeRate",
            "JournalCode",
            "Attachable",
        ),
    ),
)
"""Every entity that has a list, as a bookkeeper looks for them."""

_OWN_WORDS = {
    "CreditCardPaymentTxn": "Credit card payment",
    "Purchase": "Expense",
    "Department": "Location",
    "Attachable": "Attachment",
    "Item": "Product or service",
    "TxnDate": "Date",
    "DocNumber": "Number",
    "PaymentRefNum": "Reference number",
    "TotalAmt": "Total",
    "UnappliedAmt": "Unapplied",
    "PrivateNote": "Memo",
    "BillAddr": "Billing address",
    "ShipAddr": "Shipping address",
    "ShipFromAddr": "Shipped from",
    "TxnTaxDetail": "Tax",
}
_PLURALS = {
    "Class": "Classes",
    "Product or service": "Products and services",
    "Inventory adjustment": "Inventory adjustments",
    "Time activity": "Time activities",
    "Company currency": "Currencies",
    "Journal entry": "Journal entries",
}
_REFERRED = {key: entity.name for entity in ENTITIES for key in entity.referred_as if key != "EntityRef"} | {
    "TaxCodeRef": "TaxCode",
    "DefaultTaxCodeRef": "TaxCode",
    "TxnTaxCodeRef": "TaxCode",
    "TaxRateRef": "TaxRate",
    "SalesTaxCodeRef": "TaxCode",
    "PurchaseTaxCodeRef": "TaxCode",
    "PrefVendorRef": "Vendor",
}
_NAMES = ("DocNumber", "PaymentRefNum", "CheckNum", "DisplayName", "FullyQualifiedName", "Name", "FileName")
_TYPES = {
    "Expense": "Purchase",
    "Check": "Purchase",
    "CreditCardCredit": "Purchase",
    "CreditCardCharge": "Purchase",
    "BillPaymentCheck": "BillPayment",
    "BillPaymentCreditCard": "BillPayment",
}
"""What links call transactions, where that is not the entity's name."""


def words(name: str) -> str:
    """An entity's or a property's name in words: `Sales receipt`, `Due date`."""
    if name in _OWN_WORDS:
        return _OWN_WORDS[name]
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return parted[:1].upper() + re.sub(r"\b[A-Z](?=[a-z])", lambda found: found[0].lower(), parted[1:])


def plural(name: str) -> str:
    """The words for many of an entity."""
    one = words(name)
    return _PLURALS.get(one, one + "s")


def record_title(record: dict[str, Any], entity: str) -> str:
    """What a record is called: its name or number, and its id where it has neither."""
    named = next((str(record[key]) for key in _NAMES if record.get(key)), "")
    return named or f"{words(entity)} {record.get('Id', '')}".strip()


def target_of(key: str, reference: dict[str, Any]) -> str | None:
    """The entity that a reference under `key` leads to, or None."""
    if key == "EntityRef":
        found = find_entity(str(reference.get("type", "")))
        return None if found is None else found.name
    return _REFERRED.get(key)


def linked_entity(kind: str) -> str | None:
    """The entity of a transaction that a link calls `kind`, or None when it has no page."""
    found = find_entity(_TYPES.get(kind, kind))
    return None if found is None else found.name
