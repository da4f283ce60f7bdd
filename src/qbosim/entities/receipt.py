"""What sales receipts and refund receipts have in common: a sales form whose money changes hands with it."""

from __future__ import annotations

from qbosim import faults
from qbosim.books import inventory, sales
from qbosim.entities.change import Change
from qbosim.entities.deposited import keep_deposited
from qbosim.entities.sales_form import Form, build_form, check_form
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body

HEAD_ORDER = (
    "domain",
    "sparse",
    "Id",
    "SyncToken",
    "MetaData",
    "CustomField",
    "DocNumber",
    "TxnDate",
    "DepartmentRef",
    "CurrencyRef",
    "ExchangeRate",
    "PrivateNote",
    "LinkedTxn",
    "Line",
    "TxnTaxDetail",
    "CustomerRef",
    "CustomerMemo",
    "BillAddr",
    "ShipAddr",
    "FreeFormAddress",
    "ShipFromAddr",
    "ClassRef",
    "ShipMethodRef",
    "ShipDate",
    "TrackingNum",
    "GlobalTaxCalculation",
    "TotalAmt",
    "HomeTotalAmt",
    "ApplyTaxAfterDiscount",
    "PrintStatus",
    "EmailStatus",
    "BillEmail",
    "BillEmailCc",
    "BillEmailBcc",
    "Balance",
)
"""The keys of both kinds of receipt in their order, up to the payment (recorded)."""

_BANKED = frozenset({"Bank", "Other Current Asset"})


def build_receipt(company: Company, change: Change, form: Form) -> Body:
    """A receipt's body: a form with an account for its money and nothing open."""
    body = build_form(company, change, form)
    old = change.old or {}
    account = _account(company, change)
    if account.body.get("AccountType") not in _BANKED:
        raise faults.bad_account_type("money is put to a bank or an other current asset account")
    body["DepositToAccountRef"] = account.reference()
    body["Balance"] = 0
    if old.get("LinkedTxn"):
        body["LinkedTxn"] = old["LinkedTxn"]
    keep_deposited(change, body)
    return body


def _account(company: Company, change: Change) -> Record:
    reference = change.value("DepositToAccountRef")
    if reference and reference.get("value"):
        return company.refer("Account", reference, (change.old or {}).get("DepositToAccountRef"))
    number = {"value": str(sales.undeposited_funds(company))}
    return company.refer("Account", number, number)


def post_receipt(company: Company, record: Record, *, sign: int) -> None:
    """Book a receipt: `sign` is 1 for money received, -1 for money given back."""
    postings = sales.postings_of(company, record, sign=sign, at_once=True)
    inventory.post(company, record, record.body["TxnDate"], postings)


def enter_receipt(company: Company, record: Record, *, sign: int) -> None:
    """Enter a loaded receipt in the books; raises `Misplaced` when what it rests on is not there."""
    check_form(company, record, needs_customer=False)
    postings = sales.postings_of(company, record, sign=sign, at_once=True)
    inventory.enter(company, record, str(record.body["TxnDate"]), postings)
