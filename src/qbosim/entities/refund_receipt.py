"""Refund receipts: money given back at once, which the API cannot void."""

from __future__ import annotations

from qbosim import faults
from qbosim.books import inventory
from qbosim.entities.change import Change
from qbosim.entities.deposited import refuse_deposited
from qbosim.entities.entity import Entity
from qbosim.entities.receipt import HEAD_ORDER, build_receipt, enter_receipt, post_receipt
from qbosim.entities.sales_form import Form
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, documented, recorded

RULES = Topic(
    "RefundReceipt",
    documented(
        "refund_receipt.account_required",
        "A refund receipt must say which account the money comes from: DepositToAccountRef (2020).",
        "Intuit's documentation of RefundReceipt",
    ),
    documented(
        "refund_receipt.no_void",
        "A refund receipt cannot be voided through the API, only deleted.",
        "Intuit's documentation; the .NET client library voids Invoice, Payment and SalesReceipt only",
    ),
    recorded(
        "refund_receipt.shape",
        "A refund receipt has a Balance of 0 and shows no EmailStatus while it is not to be sent.",
        "a sandbox company's RefundReceipt 66 (airbyte source-quickbooks)",
    ),
)

_FORM = Form("RefundReceipt", needs_customer=False, shows_email_status=False)


def _prepare(company: Company, change: Change) -> Body:
    if not (change.value("DepositToAccountRef") or {}).get("value"):
        raise faults.missing("DepositToAccountRef")
    return build_receipt(company, change, _FORM)


def _saved(company: Company, _before: Record | None, after: Record) -> None:
    post_receipt(company, after, sign=-1)


def _entered(company: Company, record: Record) -> None:
    enter_receipt(company, record, sign=-1)


def _leaving(company: Company, record: Record) -> None:
    refuse_deposited(record)
    inventory.post(company, record, record.body["TxnDate"], [])


REFUND_RECEIPT = Entity(
    name="RefundReceipt",
    order=(
        *HEAD_ORDER,
        "PaymentMethodRef",
        "DepositToAccountRef",
        "PaymentRefNum",
        "HomeBalance",
        "DeliveryInfo",
    ),
    verbs=frozenset({"create", "update", "delete", "send", "pdf"}),
    prepare=_prepare,
    sequence="Transactions",
    collection="Transactions",
    properties=(
        Property("DocNumber", indexed=True),
        Property("TxnDate", "day", indexed=True),
        Property("CustomerRef", "reference", indexed=True),
        Property("TotalAmt", "number"),
        Property("Balance", "number"),
        Property("DepositToAccountRef", "reference"),
        Property("PaymentMethodRef", "reference", filterable=False),
        Property("DepartmentRef", "reference", filterable=False),
        Property("ClassRef", "reference", filterable=False),
        Property("PrivateNote", filterable=False),
    ),
    label="DocNumber",
    saved=_saved,
    entered=_entered,
    leaving=_leaving,
    day_key="TxnDate",
)
