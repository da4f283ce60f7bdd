"""Other sales: what is offered, sold at once, given back, or charged on to a customer."""

from __future__ import annotations

from typing import Final

from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import HEARD, READ, Can, Entity

ESTIMATE: Final = Entity(
    name="Estimate",
    plural="estimates",
    summary="What customers are offered; nothing of it is booked",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DELETE,
    columns=Columns(
        name="CustomerRef.name",
        number="DocNumber",
        party="CustomerRef.value",
        dated="TxnDate",
        due="ExpirationDate",
        amount="TotalAmt",
        currency="CurrencyRef.value",
    ),
)
SALES_RECEIPT: Final = Entity(
    name="SalesReceipt",
    plural="sales receipts",
    summary="What was sold and paid at once",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.VOID | Can.DELETE,
    columns=Columns(
        name="CustomerRef.name",
        number="DocNumber",
        party="CustomerRef.value",
        dated="TxnDate",
        amount="TotalAmt",
        balance="Balance",
        currency="CurrencyRef.value",
    ),
    void_call=(("operation", "update"), ("include", "void")),
)
REFUND_RECEIPT: Final = Entity(
    name="RefundReceipt",
    plural="refund receipts",
    summary="What customers got back at once; the API cannot void one",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DELETE,
    columns=Columns(
        name="CustomerRef.name",
        number="DocNumber",
        party="CustomerRef.value",
        dated="TxnDate",
        amount="TotalAmt",
        balance="Balance",
        currency="CurrencyRef.value",
    ),
)
REIMBURSE_CHARGE: Final = Entity(
    name="ReimburseCharge",
    plural="reimbursable charges",
    summary="Expenses that customers are to pay back, waiting for an invoice; made in QuickBooks itself",
    can=READ | Can.FOLLOW,
    columns=Columns(
        name="CustomerRef.name",
        number="DocNumber",
        party="CustomerRef.value",
        dated="TxnDate",
        amount="Amount",
        currency="CurrencyRef.value",
    ),
)
