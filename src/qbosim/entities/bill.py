"""Bills: what vendors ask the company to pay."""

from __future__ import annotations

from decimal import Decimal

from qbosim.books import inventory, ledger, purchases, settlement
from qbosim.books.currencies import rate_on
from qbosim.entities.change import Change
from qbosim.entities.editors import signed
from qbosim.entities.entity import Entity
from qbosim.entities.expense_lines import ACCOUNT, Shape
from qbosim.entities.purchase_form import (
    Form,
    address_of,
    build_form,
    check_loaded,
    home_of,
    provisional_balance,
    vendor_of,
)
from qbosim.entities.received import check_orders, follow_orders, links_after, loosen_orders
from qbosim.entities.tax import NOT_TAXABLE
from qbosim.entities.term import due_date
from qbosim.jsontext import money, plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Bill",
    recorded(
        "bill.shape",
        "A bill shows DueDate, Balance, CurrencyRef, VendorRef, APAccountRef and TotalAmt in Intuit's order; LinkedTxn "
        "only when something is linked.",
        "objects of Intuit's sandbox company (Bill)",
    ),
    recorded(
        "bill.due_by_own_terms",
        "DueDate follows from the bill's SalesTermRef, which is shown without its name.",
        "objects of Intuit's sandbox company (Bill 18, 19, 24)",
    ),
    recorded(
        "bill.due_without_terms",
        "Without terms a bill is due on its own day, whatever the company's default terms for sales are.",
        "objects of Intuit's sandbox company (Bill 191)",
    ),
    assumed(
        "bill.due_by_vendor_terms",
        "A bill that names no terms falls due by its vendor's, which are not stored in it.",
        "as an invoice falls due by its customer's (recorded)",
    ),
    documented(
        "bill.posting",
        "A bill is owed on its APAccountRef, by default on the payables account of its currency.",
        "Intuit's documentation of Bill (APAccountRef)",
    ),
    recorded(
        "bill.paid",
        "A bill payment lowers the bill's Balance, stands in its LinkedTxn as BillPaymentCheck (paid by card too), and "
        "counts its SyncToken up.",
        "objects of Intuit's sandbox company (Bill 1 and 21, BillPayment 22 and 50)",
    ),
    assumed(
        "bill.shrunk",
        "A bill that becomes smaller than what is paid on it, or is deleted, gives the rest back to its payments.",
        "as Intuit documents it of invoices (linked transactions)",
    ),
)

_FORM = Form("Bill", Shape(numbered=True, linked=True))


def _prepare(company: Company, change: Change) -> Body:
    old = change.old or {}
    vendor = vendor_of(company, change)
    body = build_form(company, change, _FORM, vendor)
    body["VendorRef"] = vendor.reference()
    address = address_of(company, change, "VendorAddr", vendor)
    if address:
        body["VendorAddr"] = address
    body["APAccountRef"] = purchases.payable_reference(company, change.kept("APAccountRef"), body)
    term = change.value("SalesTermRef")
    if term and term.get("value"):
        found = company.refer("Term", term, old.get("SalesTermRef"))
        body["SalesTermRef"] = {"value": str(found.id)}
    body["DueDate"] = _due(company, change, vendor, body)
    check_orders(company, change, vendor)
    links = links_after(change)
    if links:
        body["LinkedTxn"] = links
    body["Balance"] = provisional_balance(body, old)
    if "ExchangeRate" in body:
        body["HomeBalance"] = home_of(body, "Balance")
    return body


def _due(company: Company, change: Change, vendor: Record, body: Body) -> str:
    """The date sent; else by the bill's terms or the vendor's.

    A sparse update that leaves both date and terms out leaves the due date alone.
    """
    sent = change.sent.get("DueDate")
    if sent:
        return str(sent)
    old = change.old or {}
    if change.sparse and "DueDate" in old and "SalesTermRef" not in change.sent:
        return str(old["DueDate"])
    reference = body.get("SalesTermRef") or vendor.body.get("TermRef")
    term = company.find("Term", int(reference["value"])) if reference else None
    return due_date(term.body, body["TxnDate"]) if term is not None else str(body["TxnDate"])


def _postings(company: Company, record: Record) -> list[ledger.Posting]:
    head = purchases.payable_account(company, record.body)
    vendor = int(record.body["VendorRef"]["value"])
    return purchases.postings_of(company, record, head, sign=1, vendor=vendor)


def _saved(company: Company, before: Record | None, after: Record) -> None:
    inventory.post(company, after, after.body["TxnDate"], _postings(company, after))
    if before is not None:
        settlement.document_saved(company, after)
    follow_orders(company, before, after)


def _entered(company: Company, record: Record) -> None:
    check_loaded(company, record)
    inventory.enter(company, record, str(record.body["TxnDate"]), _postings(company, record))


def _leaving(company: Company, record: Record) -> None:
    settlement.release(company, record, 0)
    inventory.post(company, record, record.body["TxnDate"], [])
    loosen_orders(company, record)


def enter_opening_balance(company: Company, vendor: Record, amount: Decimal, day: str) -> None:
    """What is owed to a new vendor from before the books began, as a bill of that day (recorded)."""
    body: Body = {
        "TxnDate": day,
        "DueDate": day,
        "PrivateNote": "Opening Balance",
        "VendorRef": vendor.reference(),
        "TotalAmt": money(amount),
        "Balance": money(amount),
        "CurrencyRef": vendor.body["CurrencyRef"],
    }
    if vendor.body.get("BillAddr"):
        body["VendorAddr"] = vendor.body["BillAddr"]
    body["APAccountRef"] = purchases.payable_reference(company, None, body)
    if company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        body["ExchangeRate"] = plain(rate_on(company, body["CurrencyRef"]["value"], day))
        body["HomeBalance"] = home_of(body, "Balance")
    account = company.find("Account", purchases.uncategorized_expense(company))
    assert account is not None, "the account was found a moment ago"
    detail = {"AccountRef": account.reference(), "BillableStatus": "NotBillable"}
    if company.country == "US":
        detail["TaxCodeRef"] = {"value": NOT_TAXABLE}
    else:
        body["GlobalTaxCalculation"] = "NotApplicable"
    body["Line"] = [
        {
            "Id": "1",
            "LineNum": 1,
            "Amount": money(amount),
            "LinkedTxn": [],
            "DetailType": ACCOUNT,
            ACCOUNT: detail,
            "CustomExtensions": [],
        }
    ]
    _saved(company, None, company.insert("Bill", signed(company, None, body)))


BILL = Entity(
    name="Bill",
    shows_editor=True,
    order=(
        "SalesTermRef",
        "DueDate",
        "RemitToAddr",
        "VendorAddr",
        "Balance",
        "HomeBalance",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "DocNumber",
        "TxnDate",
        "DepartmentRef",
        "CurrencyRef",
        "ExchangeRate",
        "PrivateNote",
        "LinkedTxn",
        "Line",
        "TxnTaxDetail",
        "VendorRef",
        "APAccountRef",
        "GlobalTaxCalculation",
        "TotalAmt",
        "Memo",
    ),
    verbs=frozenset({"create", "update", "delete"}),
    prepare=_prepare,
    sequence="Transactions",
    collection="Transactions",
    properties=(
        Property("DocNumber", indexed=True),
        Property("TxnDate", "day", indexed=True),
        Property("DueDate", "day"),
        Property("VendorRef", "reference", indexed=True),
        Property("APAccountRef", "reference"),
        Property("Balance", "number", indexed=True),
        Property("TotalAmt", "number"),
        Property("SalesTermRef", "reference"),
        Property("DepartmentRef", "reference", filterable=False),
        Property("PrivateNote", filterable=False),
    ),
    label="DocNumber",
    saved=_saved,
    entered=_entered,
    leaving=_leaving,
    day_key="TxnDate",
)
