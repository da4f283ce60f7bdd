"""qbosdk, unchanged: every read and count of every part, and purchases, bills, entries and attachments written.

What it deletes it deletes with the SyncToken "1", whatever the record's own is; that is left out.
"""

from __future__ import annotations

import base64
import inspect
import os
from collections.abc import Callable
from typing import Any

from qbosdk import QuickbooksOnlineSDK
from report import attempt

PARTS = [
    "accounts",
    "departments",
    "customers",
    "classes",
    "vendors",
    "employees",
    "preferences",
    "company_info",
    "exchange_rates",
    "bills",
    "purchases",
    "attachments",
    "journal_entries",
    "bill_payments",
    "tax_codes",
    "tax_rates",
    "items",
]
SINCE = "2020-01-01T00:00:00-08:00"
DAY = "2026-05-01"


def main() -> None:
    """Read everything, then write."""
    sdk = QuickbooksOnlineSDK(
        os.environ["QBOSIM_CLIENT_ID"],
        os.environ["QBOSIM_CLIENT_SECRET"],
        os.environ["QBOSIM_REFRESH_TOKEN"],
        os.environ["QBOSIM_REALM_ID"],
        "sandbox",
    )
    for name in PARTS:
        part = getattr(sdk, name)
        for verb in ("get", "count", "get_all_generator", "get_inactive"):
            if hasattr(part, verb):
                attempt(f"{name}.{verb}", _reading(getattr(part, verb)))
    attempt("exchange_rates.get_by_source", lambda: sdk.exchange_rates.get_by_source("EUR"))
    attempt("vendors.search", lambda: sdk.vendors.search_vendor_by_display_name("Nobody"))
    attempt("purchases, bills, entries and attachments written", lambda: _writing(sdk))


def _reading(verb: Callable[..., Any]) -> Callable[[], object]:
    def read() -> object:
        wanted = [each for each in inspect.signature(verb).parameters if each == "last_updated_time"]
        found = verb(**dict.fromkeys(wanted, SINCE))
        return list(found) if inspect.isgenerator(found) else found

    return read


def _writing(sdk: Any) -> None:
    accounts = sdk.accounts.get()
    bank = next(each for each in accounts if each["AccountType"] == "Bank")
    expense = next(each for each in accounts if each["AccountType"] == "Expense")
    vendor = sdk.vendors.post({"DisplayName": "Conformance Supply", "CurrencyRef": {"value": "USD"}})
    line = {
        "Amount": 12.5,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": expense["Id"]}},
    }
    party = {"value": vendor["Vendor"]["Id"]}
    purchase = sdk.purchases.post(
        {"PaymentType": "Cash", "AccountRef": {"value": bank["Id"]}, "TxnDate": DAY, "Line": [line]}
    )["Purchase"]
    assert sdk.purchases.get_by_id(purchase["Id"])
    receipt = base64.b64encode(b"%PDF-1.4 receipt").decode()
    sdk.attachments.post(purchase["Id"], "Purchase", receipt, "receipt.pdf")
    bill = sdk.bills.post({"VendorRef": party, "TxnDate": DAY, "Line": [line]})["Bill"]
    paid = sdk.bill_payments.post(
        {
            "VendorRef": party,
            "TotalAmt": 12.5,
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": {"value": bank["Id"]}},
            "Line": [{"Amount": 12.5, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
        }
    )["BillPayment"]
    assert float(sdk.bills.get_by_id(bill["Id"])["Balance"]) == 0
    assert any(each["Id"] == paid["Id"] for each in sdk.bill_payments.get())
    sides = [
        {
            "Amount": 3,
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": kind, "AccountRef": {"value": account["Id"]}},
        }
        for kind, account in (("Debit", expense), ("Credit", bank))
    ]
    entry = sdk.journal_entries.post({"TxnDate": DAY, "Line": sides})["JournalEntry"]
    assert sdk.journal_entries.get_by_id(entry["Id"])


if __name__ == "__main__":
    main()
