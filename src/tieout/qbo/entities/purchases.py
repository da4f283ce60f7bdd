"""Purchases: what is ordered, owed, given back and paid."""

from __future__ import annotations

from typing import Final

from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import HEARD, READ, Can, Entity

PURCHASE_ORDER: Final = Entity(
    name="PurchaseOrder",
    plural="purchase orders",
    summary="What is ordered; nothing of it is booked",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DELETE,
    columns=Columns(
        name="VendorRef.name",
        number="DocNumber",
        party="VendorRef.value",
        dated="TxnDate",
        due="DueDate",
        amount="TotalAmt",
        currency="CurrencyRef.value",
    ),
)
BILL: Final = Entity(
    name="Bill",
    plural="bills",
    summary="What the company owes",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DELETE,
    columns=Columns(
        name="VendorRef.name",
        number="DocNumber",
        party="VendorRef.value",
        dated="TxnDate",
        due="DueDate",
        amount="TotalAmt",
        balance="Balance",
        currency="CurrencyRef.value",
    ),
)
VENDOR_CREDIT: Final = Entity(
    name="VendorCredit",
    plural="vendor credits",
    summary="What vendors give back",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DELETE,
    columns=Columns(
        name="VendorRef.name",
        number="DocNumber",
        party="VendorRef.value",
        dated="TxnDate",
        amount="TotalAmt",
        balance="Balance",
        currency="CurrencyRef.value",
    ),
)
BILL_PAYMENT: Final = Entity(
    name="BillPayment",
    plural="bill payments",
    summary="Money that went out for bills",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.VOID | Can.DELETE,
    columns=Columns(
        name="VendorRef.name",
        number="DocNumber",
        party="VendorRef.value",
        dated="TxnDate",
        amount="TotalAmt",
        currency="CurrencyRef.value",
    ),
    void_call=(("operation", "update"), ("include", "void")),
)
PURCHASE: Final = Entity(
    name="Purchase",
    plural="expenses",
    summary="What was bought and paid at once: by check, card or cash",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DELETE,
    columns=Columns(
        name="EntityRef.name",
        number="DocNumber",
        party="EntityRef.value",
        dated="TxnDate",
        amount="TotalAmt",
        currency="CurrencyRef.value",
    ),
)
"""The API has no void of one that Intuit documents, though webhooks tell of those made in QuickBooks itself."""
CREDIT_CARD_PAYMENT: Final = Entity(
    name="CreditCardPayment",
    plural="credit card payments",
    summary="Money that went from a bank account to a credit card",
    can=READ | Can.FOLLOW | Can.CREATE | Can.UPDATE | Can.DELETE,
    columns=Columns(
        name="CreditCardAccountRef.name",
        number="DocNumber or CheckNum",
        party="VendorRef.value",
        dated="TxnDate",
        amount="Amount",
        currency="CurrencyRef.value",
    ),
    answered="CreditCardPaymentTxn",
)
