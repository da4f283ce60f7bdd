"""Expenses, checks and credit card charges: what is paid at once."""

from __future__ import annotations

from qbosim import faults
from qbosim.books import inventory, purchases, settlement
from qbosim.books.entry import id_of
from qbosim.books.ledger import Posting
from qbosim.books.payment_lines import name_value
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity, Misplaced
from qbosim.entities.expense_lines import ACCOUNT, Shape
from qbosim.entities.party import check_party, find_party, party_of
from qbosim.entities.purchase_form import Form, address_of, build_form, check_loaded, voided_lines
from qbosim.entities.received import ORDER, check_orders, follow_orders, loosen_orders, orders_named
from qbosim.entities.sales_form import voided_note
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Purchase",
    recorded(
        "purchase.shape",
        "Checks show PrintStatus, card charges show Credit, and all show PurchaseEx with a number for their kind: 3 for a "
        "check, 54 for an expense.",
        "objects of Intuit's sandbox company (Purchase)",
    ),
    documented(
        "purchase.required",
        "PaymentType and AccountRef are demanded (2020).",
        "Intuit's documentation of Purchase",
    ),
    documented(
        "purchase.required_sparse",
        "A sparse update must name PaymentType again; AccountRef it may leave out.",
        "quickbooks-mcp's source, which is used on live companies: memos are edited without an account",
    ),
    documented(
        "purchase.accounts",
        "A check is drawn on a bank account, a card charge on a credit card account; cash may leave either, or another "
        "current asset (6430).",
        "Intuit's documentation of Purchase (AccountRef)",
    ),
    documented(
        "purchase.credit",
        "Credit turns a card charge round: money comes back to the card. It is for CreditCard only (6000).",
        "Intuit's documentation of Purchase (Credit)",
    ),
    recorded(
        "purchase.credit_kind",
        "A credit card credit carries the number 11 in PurchaseEx.",
        "objects of Intuit's sandbox company (Purchase 139)",
    ),
    recorded(
        "purchase.payee",
        "EntityRef may name a customer, a vendor or an employee and says which in its type, or be left out.",
        "objects of Intuit's sandbox company (Purchase.EntityRef)",
    ),
    assumed(
        "purchase.control_accounts",
        "A line on receivables needs a customer, one on payables a vendor, from the line or as payee (6000).",
        "as Intuit demands it of journal entries",
    ),
    assumed(
        "purchase.void",
        "A voided expense keeps its lines with amounts of 0 and carries the note, as a voided invoice does.",
        "Intuit's webhooks know a Void of Purchase, its pages do not show the result",
    ),
)

_FORM = Form("Purchase", Shape(numbered=False, linked=False), unique_number=False)
_ACCOUNTS = {
    "Check": ("Bank",),
    "CreditCard": ("Credit Card",),
    "Cash": ("Bank", "Credit Card", "Other Current Asset"),
}
_CHECK, _EXPENSE, _CARD_CREDIT = "3", "54", "11"


def _prepare(company: Company, change: Change) -> Body:
    kind, account = _paid(company, change)
    payee = _payee(company, change)
    body = build_form(company, change, _FORM, payee)
    body["PaymentType"] = kind
    body["AccountRef"] = account.reference()
    if payee is not None:
        body["EntityRef"] = {**payee.reference(), "type": payee.entity.name}
    credit = bool(change.value("Credit"))
    if credit and kind != "CreditCard":
        raise faults.business("Only a credit card charge can be a credit.")
    if kind == "CreditCard":
        body["Credit"] = credit
    elif kind == "Check":
        body["PrintStatus"] = change.value("PrintStatus") or "NotSet"
        address = address_of(company, change, "RemitToAddr", payee)
        if address:
            body["RemitToAddr"] = address
    method = change.value("PaymentMethodRef")
    if method and method.get("value"):
        kept = (change.old or {}).get("PaymentMethodRef")
        body["PaymentMethodRef"] = {"value": str(company.refer("PaymentMethod", method, kept).id)}
    if change.value("PaymentRefNum"):
        body["PaymentRefNum"] = change.value("PaymentRefNum")
    code = _CHECK if kind == "Check" else _CARD_CREDIT if credit else _EXPENSE
    body["PurchaseEx"] = (change.old or {}).get("PurchaseEx") if _same_kind(change, body) else None
    body["PurchaseEx"] = body["PurchaseEx"] or {"any": [name_value("TxnType", code)]}
    _check_lines(company, body, payee)
    check_orders(company, change, payee)
    orders = orders_named(change.sent)
    if orders:
        body["LinkedTxn"] = [{"TxnId": identity, "TxnType": ORDER} for identity in orders]
    return body


def _paid(company: Company, change: Change) -> tuple[str, Record]:
    kind = change.sent.get("PaymentType")
    if not kind:
        raise faults.missing("PaymentType")
    if kind not in _ACCOUNTS:
        raise faults.bad_choice("PaymentType", kind)
    reference = change.value("AccountRef")
    if not reference or not reference.get("value"):
        raise faults.missing("AccountRef")
    account = company.refer("Account", reference, (change.old or {}).get("AccountRef"))
    if account.body.get("AccountType") not in _ACCOUNTS[kind]:
        raise faults.bad_account_type(
            f"AccountRef of a {kind} purchase must be {' or '.join(_ACCOUNTS[kind])}"
        )
    return str(kind), account


def _payee(company: Company, change: Change) -> Record | None:
    reference = change.value("EntityRef")
    kept = (change.old or {}).get("EntityRef")
    return find_party(company, reference, (reference or {}).get("type"), kept)


def _same_kind(change: Change, body: Body) -> bool:
    old = change.old or {}
    return all(old.get(key) == body.get(key) for key in ("PaymentType", "Credit"))


def _check_lines(company: Company, body: Body, payee: Record | None) -> None:
    for line in body["Line"]:
        detail = line.get(ACCOUNT)
        if detail is None:
            continue
        account = company.find("Account", int(detail["AccountRef"]["value"]))
        customer = detail.get("CustomerRef")
        named = company.find("Customer", int(customer["value"])) if customer else payee
        if account is not None:
            check_party(account, party_of(named))


def _postings(company: Company, record: Record) -> list[Posting]:
    body = record.body
    reference = body.get("EntityRef") or {}
    number = id_of(reference)
    kind = reference.get("type")
    return purchases.postings_of(
        company,
        record,
        int(body["AccountRef"]["value"]),
        sign=-1 if body.get("Credit") else 1,
        customer=number if kind == "Customer" else None,
        vendor=number if kind == "Vendor" else None,
        employee=number if kind == "Employee" else None,
    )


def _saved(company: Company, before: Record | None, after: Record) -> None:
    inventory.post(company, after, after.body["TxnDate"], _postings(company, after))
    if before is not None:
        settlement.document_saved(company, after)
    follow_orders(company, before, after)
    if "LinkedTxn" in after.body:
        # The link is shown by the order, not by the expense (recorded).
        shown = {key: value for key, value in after.body.items() if key != "LinkedTxn"}
        company.save(after, shown, bump=False, touch=False)


def _entered(company: Company, record: Record) -> None:
    check_loaded(company, record, needs_vendor=False)
    account = id_of(record.body.get("AccountRef"))
    if account is None or company.find("Account", account) is None:
        raise Misplaced(f"its account {account or '(none)'} is not in the folder")
    inventory.enter(company, record, str(record.body["TxnDate"]), _postings(company, record))


def _leaving(company: Company, record: Record) -> None:
    settlement.release(company, record, 0)
    inventory.post(company, record, record.body["TxnDate"], [])
    loosen_orders(company, record)


def _voided(_company: Company, record: Record) -> Body:
    lines = voided_lines(record.body.get("Line", []))
    body = {**record.body, "TotalAmt": 0, "Line": lines, "PrivateNote": voided_note(record.body)}
    if "TxnTaxDetail" in body:
        body["TxnTaxDetail"] = {"TotalTax": 0}
    return body


PURCHASE = Entity(
    name="Purchase",
    order=(
        "AccountRef",
        "PaymentMethodRef",
        "PaymentRefNum",
        "PaymentType",
        "EntityRef",
        "Credit",
        "RemitToAddr",
        "TotalAmt",
        "PrintStatus",
        "PurchaseEx",
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
        "Line",
        "TxnTaxDetail",
        "GlobalTaxCalculation",
        "Memo",
    ),
    verbs=frozenset({"create", "update", "delete", "void"}),
    prepare=_prepare,
    sequence="Transactions",
    collection="Transactions",
    properties=(
        Property("DocNumber", indexed=True),
        Property("TxnDate", "day", indexed=True),
        Property("PaymentType"),
        Property("AccountRef", "reference"),
        Property("EntityRef", "reference", indexed=True),
        Property("TotalAmt", "number"),
        Property("Credit", "flag", filterable=False),
        Property("DepartmentRef", "reference", filterable=False),
        Property("PrivateNote", filterable=False),
    ),
    label="DocNumber",
    saved=_saved,
    entered=_entered,
    leaving=_leaving,
    voided=_voided,
    day_key="TxnDate",
)
