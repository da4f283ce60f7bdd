"""Sales receipts: sold and paid at once."""

from __future__ import annotations

from qbosim.books import inventory
from qbosim.entities.change import Change
from qbosim.entities.deposited import refuse_deposited
from qbosim.entities.entity import Entity
from qbosim.entities.receipt import HEAD_ORDER, build_receipt, enter_receipt, post_receipt
from qbosim.entities.sales_form import Form, voided_form
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "SalesReceipt",
    recorded(
        "sales_receipt.full_update",
        "A full update with nothing but lines is accepted: customer, addresses and memo are cleared, the number stays, "
        "the day becomes today, the money goes to Undeposited Funds, and a line sent without its id gets a new one.",
        "sandbox traffic, SalesReceipt 17 (minimul/qbo_api)",
    ),
    recorded(
        "sales_receipt.balance",
        "A sales receipt has a Balance of 0 and names the account its money was put to.",
        "sandbox traffic (minimul/qbo_api, all__sales_receipts)",
    ),
    documented(
        "sales_receipt.deposit_account",
        "Without DepositToAccountRef the money is put to Undeposited Funds.",
        "Intuit's documentation of SalesReceipt; SalesReceipt 17 is recorded so",
    ),
    recorded(
        "sales_receipt.void",
        "A voided sales receipt keeps its number and day; total, amounts, prices and quantities are 0 and the note says "
        "Voided.",
        "real JSON bodies of 2017 (ExQuickBooks)",
    ),
    assumed(
        "sales_receipt.account_type",
        "The money can be put to a bank account or another current asset only (6430).",
        "as Intuit documents it for payments",
    ),
)

_FORM = Form("SalesReceipt", needs_customer=False)


def _prepare(company: Company, change: Change) -> Body:
    return build_receipt(company, change, _FORM)


def _saved(company: Company, _before: Record | None, after: Record) -> None:
    post_receipt(company, after, sign=1)


def _entered(company: Company, record: Record) -> None:
    enter_receipt(company, record, sign=1)


def _leaving(company: Company, record: Record) -> None:
    refuse_deposited(record)
    inventory.post(company, record, record.body["TxnDate"], [])


def _voided(_company: Company, record: Record) -> Body:
    refuse_deposited(record)
    return voided_form(record)


SALES_RECEIPT = Entity(
    name="SalesReceipt",
    order=(
        *HEAD_ORDER,
        "PaymentMethodRef",
        "PaymentRefNum",
        "DepositToAccountRef",
        "HomeBalance",
        "DeliveryInfo",
    ),
    verbs=frozenset({"create", "update", "delete", "void", "send", "pdf"}),
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
    voided=_voided,
    day_key="TxnDate",
)
