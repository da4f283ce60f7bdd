"""What bills, vendor credits, expenses and purchase orders have in common: from a change to a whole document."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from qbosim import faults
from qbosim.books.currencies import home_amount
from qbosim.books.ledger import from_cents, to_cents
from qbosim.entities.addresses import own_address
from qbosim.entities.change import Change
from qbosim.entities.currencies import currency_reference, transaction_rate
from qbosim.entities.entity import Misplaced
from qbosim.entities.expense_lines import ACCOUNT, ITEM, Shape, build_lines
from qbosim.entities.purchase_tax import purchase_tax
from qbosim.entities.tax import tax_mode
from qbosim.entities.texts import check_lengths
from qbosim.jsontext import money, plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Purchases",
    documented(
        "purchases.vendor_always",
        "A bill's update names its VendorRef even when it is sparse, an expense's its PaymentType and AccountRef (2020).",
        "Intuit's documentation of Bill and Purchase",
    ),
    documented(
        "purchases.sparse_and_full",
        "A sparse update keeps what it does not name and replaces all lines when it names lines; a full one clears the "
        "writable texts that it leaves out.",
        "Intuit's documentation of Bill (sparse and full update)",
    ),
    recorded(
        "purchases.no_own_number",
        "A purchase that is sent without DocNumber has none.",
        "objects of Intuit's sandbox company made through the API (Bill 191, PurchaseOrder 160)",
    ),
    assumed(
        "purchases.same_number",
        "A second bill, vendor credit or purchase order of the same vendor with the same DocNumber is refused with 6140, "
        "unless the call says include=allowduplicatedocnum; other vendors may use the number too.",
        "Intuit documents the fault; vendors number their papers independently of each other",
    ),
    recorded(
        "purchases.vendor_address",
        "A document shows its vendor's address under the vendor's address id, and none where the vendor has none.",
        "objects of Intuit's sandbox company (Bill.VendorAddr, Purchase.RemitToAddr of checks)",
    ),
    documented(
        "purchases.closed_books",
        "Nothing dated in a closed period is written, changed or deleted (6210).",
        "Intuit's documentation of the error codes",
    ),
    documented(
        "purchases.currency",
        "A document is in its vendor's currency and carries ExchangeRate where the company uses several.",
        "Intuit's documentation of Bill (CurrencyRef, ExchangeRate)",
    ),
    assumed(
        "purchases.total",
        "A document whose lines add up to less than 0 is refused with 6000.",
        "as Intuit refuses it on sales forms",
    ),
)

_LIMITS = {"DocNumber": 21, "PrivateNote": 4000, "Memo": 4000}
_COPIED = ("PrivateNote", "Memo", "TransactionLocationType", "IncludeInAnnualTPAR", "ProjectRef")
_MONETARY = ("Line", "TxnTaxDetail", "GlobalTaxCalculation")
_AMOUNTS = ("Line", "TxnTaxDetail", "GlobalTaxCalculation", "TotalAmt")


@dataclass(frozen=True)
class Form:
    """How one kind of purchase differs from the others."""

    entity: str
    shape: Shape
    unique_number: bool = True
    number_counter: str = ""
    """The run of numbers that it takes its own from; empty: vendors number it."""


def vendor_of(company: Company, change: Change) -> Record:
    """The vendor, demanded of sparse updates too (Intuit's documentation)."""
    reference = change.sent.get("VendorRef")
    if not reference or not reference.get("value"):
        raise faults.missing("VendorRef")
    return company.refer("Vendor", reference, (change.old or {}).get("VendorRef"))


def build_form(company: Company, change: Change, form: Form, party: Record | None) -> Body:
    """Make a purchase's body, apart from what only one kind has. `party` is the vendor (or another payee)."""
    old = change.old or {}
    body: Body = {}
    for key in _COPIED:
        value = change.value(key)
        if value is not None:
            body[key] = value
    body["TxnDate"] = change.value("TxnDate") or company.today
    number = _number(company, change, form, party)
    if number:
        body["DocNumber"] = number
    _currency(company, change, party, body)
    department = change.value("DepartmentRef")
    if department and company.preference("AccountingInfoPrefs", "TrackDepartments"):
        body["DepartmentRef"] = company.refer("Department", department, old.get("DepartmentRef")).reference()
    if change.old is not None and all(_unchanged(change, key) for key in _MONETARY):
        body |= {key: old[key] for key in _AMOUNTS if key in old}
    else:
        _amounts(company, change, body, form)
    check_lengths(body, _LIMITS)
    return body


def _unchanged(change: Change, key: str) -> bool:
    """Whether an update leaves a part as it is; TxnTaxDetail and GlobalTaxCalculation may be left out."""
    if key not in change.sent:
        return change.sparse or key != "Line"
    return (change.sent[key] or None) == ((change.old or {}).get(key) or None)


def _number(company: Company, change: Change, form: Form, party: Record | None) -> str | None:
    old = (change.old or {}).get("DocNumber")
    sent = change.sent.get("DocNumber")
    if not sent and form.number_counter:
        return _own_number(company, change, form)
    if not sent:
        return old if sent is None else None
    if (
        form.unique_number
        and party is not None
        and sent != old
        and "allowduplicatedocnum" not in company.include
    ):
        condition = "p_DocNumber = ? AND p_VendorRef = ?"
        for other in company.select(form.entity, condition, sent, str(party.id)):
            raise faults.duplicate_number(str(sent), form.entity, other.id)
    return str(sent)


def _own_number(company: Company, change: Change, form: Form) -> str | None:
    """The next number for a new paper of ours; a full update without a number takes it away (recorded)."""
    if change.old is not None:
        return change.old.get("DocNumber") if change.sparse and "DocNumber" not in change.sent else None
    if company.preference("SalesFormsPrefs", "CustomTxnNumbers"):
        return None
    return str(company.count_up(form.number_counter, 1001))


def _currency(company: Company, change: Change, party: Record | None, body: Body) -> None:
    own = party.body.get("CurrencyRef") if party is not None else None
    body["CurrencyRef"] = currency_reference(company, change.value("CurrencyRef") or own)
    currency = body["CurrencyRef"]["value"]
    if own is not None and currency != own["value"]:
        raise faults.business("The currency of the transaction must be the vendor's currency.")
    if company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        body["ExchangeRate"] = plain(transaction_rate(company, change, currency, body["TxnDate"]))


def _amounts(company: Company, change: Change, body: Body, form: Form) -> None:
    old = change.old or {}
    mode = tax_mode(company, change)
    lines = build_lines(company, change.value("Line") or [], old.get("Line", []), form.shape, mode)
    body["Line"] = lines.kept
    total = lines.net
    if mode != "US":
        body["GlobalTaxCalculation"] = mode
        gross = sum((line.gross or line.net for line in lines.bought), Decimal(0))
        wished = (change.sent.get("TxnTaxDetail") or {}).get("TotalTax")
        detail, tax = purchase_tax(
            [(line.net, line.rates) for line in lines.bought],
            wished,
            gross - lines.net if mode == "TaxInclusive" else None,
        )
        body["TxnTaxDetail"] = detail
        total += tax
    if total < 0:
        raise faults.business("Transaction amount must be 0 or greater.")
    body["TotalAmt"] = money(total)


def provisional_balance(body: Body, old: Body) -> Decimal | int:
    """The open balance of a changed document, less what was settled of the old one; the books correct it."""
    settled = to_cents(Decimal(old.get("TotalAmt", 0))) - to_cents(Decimal(old.get("Balance", 0)))
    return money(from_cents(max(to_cents(Decimal(body["TotalAmt"])) - settled, 0)))


def home_of(body: Body, key: str) -> Decimal | int:
    """The amount under `key` in home currency, at the document's own rate."""
    return money(home_amount(Decimal(body[key]), Decimal(body["ExchangeRate"])))


def address_of(company: Company, change: Change, key: str, party: Record | None) -> Body | None:
    """The address sent, else the vendor's own with its id (recorded)."""
    old = (change.old or {}).get(key)
    own = own_address(company, change.value(key), old)
    if own is None and key not in change.sent and party is not None:
        return party.body.get("BillAddr")
    return own


def check_loaded(
    company: Company, record: Record, *, needs_vendor: bool = True, payment: bool = False
) -> None:
    """Raise `Misplaced` when a loaded purchase cannot be entered: no day, no vendor, lines that lead nowhere.

    The lines of a `payment` have no detail.
    """
    body = record.body
    if not body.get("TxnDate"):
        raise Misplaced("it has no TxnDate")
    if needs_vendor:
        number = str((body.get("VendorRef") or {}).get("value", ""))
        if not number.isdecimal() or company.find("Vendor", int(number)) is None:
            raise Misplaced(f"its vendor {number or '(none)'} is not in the folder")
    for line in body.get("Line") or [] if not payment else []:
        kind = line.get("DetailType") if isinstance(line, dict) else None
        if not kind or (kind in (ACCOUNT, ITEM) and not isinstance(line.get(kind), dict)):
            raise Misplaced("a line of it has no detail")


def voided_lines(lines: list[Body]) -> list[Body]:
    """Lines with every amount, price and quantity 0, as of a voided document."""
    voided = []
    for line in lines:
        kept = dict(line)
        if "Amount" in kept:
            kept["Amount"] = 0
        for kind in (ACCOUNT, ITEM):
            if kind in kept:
                zero = {key: 0 for key in ("UnitPrice", "Qty", "TaxInclusiveAmt") if key in kept[kind]}
                kept[kind] = {**kept[kind], **zero}
        voided.append(kept)
    return voided
