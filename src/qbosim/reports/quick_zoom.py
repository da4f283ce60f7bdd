"""Addresses in QuickBooks' own pages that the cells of a report lead to when a client asks for them with `qzurl`."""

from __future__ import annotations

from collections.abc import Callable

from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Reports",
    documented(
        "report.qzurl",
        "With `qzurl=true`, cells of lines that name something also have its address as `href`.",
        "Intuit's documentation of AgedReceivables; Report.xsd",
    ),
    assumed(
        "report.qzurl.addresses",
        "The addresses are those of QuickBooks' own pages for transactions, names and accounts; sections and sums have "
        "none.",
        "no sample is public",
    ),
)

Link = Callable[[str, str, str], str]
"""Makes an address of a column's key, a cell's text and the id in it; empty where there is none."""

_SITE = "https://app.qbo.intuit.com/app"

_PAGES = {
    "account": "register?accountId=",
    "account_name": "register?accountId=",
    "split_acc": "register?accountId=",
    "other_account": "register?accountId=",
    "customer": "customerdetail?nameId=",
    "cust_name": "customerdetail?nameId=",
    "vendor": "vendordetail?nameId=",
    "vend_name": "vendordetail?nameId=",
    "name": "namedetail?nameId=",
}

_FORMS = {
    "Bill": "bill",
    "Bill Payment (Check)": "billpayment",
    "Bill Payment (Credit Card)": "billpayment",
    "Check": "check",
    "Credit Card Credit": "creditcardcredit",
    "Credit Memo": "creditmemo",
    "Deposit": "deposit",
    "Estimate": "estimate",
    "Expense": "expense",
    "Credit Card Expense": "expense",
    "Invoice": "invoice",
    "Journal Entry": "journal",
    "Payment": "recvpayment",
    "Purchase Order": "purchaseorder",
    "Refund": "refundreceipt",
    "Sales Receipt": "salesreceipt",
    "Transfer": "transfer",
    "Vendor Credit": "vendorcredit",
}


def address(key: str, text: str, identity: str) -> str:
    """The page that a cell in the column `key` leads to; empty for cells that name nothing with a page of its own."""
    if not identity:
        return ""
    if key == "txn_type":
        return f"{_SITE}/{_FORMS.get(text, 'transaction')}?txnId={identity}"
    page = _PAGES.get(key)
    return f"{_SITE}/{page}{identity}" if page else ""
