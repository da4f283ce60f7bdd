"""What invoices and credit memos (and every other sales form) have in common: from a change to a whole document."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from qbosim import faults
from qbosim.books.currencies import home_amount
from qbosim.books.sales import SHIPPING
from qbosim.entities.addresses import company_ship_from, flattened, own_address
from qbosim.entities.change import Change
from qbosim.entities.currencies import currency_reference, transaction_rate
from qbosim.entities.custom_fields import custom_fields
from qbosim.entities.entity import Misplaced
from qbosim.entities.sales_lines import build_lines
from qbosim.entities.sales_taxes import tax_detail
from qbosim.entities.tax import tax_mode
from qbosim.entities.texts import check_emails, check_lengths
from qbosim.jsontext import money, plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, id_number
from qbosim.rules import Topic, assumed, documented, recorded

_INVOICE = "sandbox traffic (minimul/qbo_api, create__invoice)"
_VOID = "sandbox traffic (minimul/qbo_api, void__invoice); real JSON bodies of 2017 (ExQuickBooks)"

RULES = Topic(
    "Sales forms",
    recorded(
        "form.minimal",
        "Of a form sent with a customer and a line alone the rest is filled in: names in references, number, day, "
        "currency, the customer's addresses, the company's custom fields, subtotal and totals.",
        _INVOICE,
    ),
    documented(
        "form.customer_required",
        "Invoices, credit memos and estimates need CustomerRef and at least one line (2020).",
        "Intuit's documentation of Invoice; the fault's words are recorded (minimul/qbo_api)",
    ),
    recorded(
        "form.full_update",
        "A full update clears what it does not name, but for the number; TxnDate becomes the day of the update.",
        "sandbox traffic, SalesReceipt 17 (minimul/qbo_api)",
    ),
    documented(
        "form.own_numbers",
        "With CustomTxnNumbers the client's number counts, and without one there is none, unless AutoDocNumber asks for "
        "one; otherwise the company counts by itself.",
        "Intuit's documentation of Invoice",
    ),
    recorded(
        "form.one_run_of_numbers",
        "Invoices, credit memos, sales and refund receipts share one run of numbers.",
        "a sandbox company: credit memos 1044 to 1051 after invoice 1043 (NangoHQ integration templates)",
    ),
    documented(
        "form.duplicate_number",
        "A number that another form of the kind has is refused with 6140, which names that form's id; "
        "include=allowduplicatedocnum accepts it.",
        "Intuit's documentation; the fault's words were seen by integrators",
    ),
    documented(
        "form.tracking",
        "Class and location are kept where the company tracks them and ignored otherwise.",
        "Intuit's documentation of Preferences and Invoice",
    ),
    documented(
        "form.flat_addresses",
        "An address changed by an update is kept as lines: street, then `City, ST  ZIP`, then country.",
        "Intuit's documentation of Invoice, its table of addresses after an update; the place's spelling is recorded",
    ),
    documented(
        "form.email_needed",
        "EmailStatus NeedToSend and /send need an address (6420); sending marks the form EmailSent with the moment, takes "
        "over sendTo, and leaves SyncToken alone.",
        "Intuit's documentation of Invoice",
    ),
    documented(
        "form.currency",
        "A form is in its customer's currency, else 6000.",
        "Intuit's documentation of multicurrency (the words are assumed)",
    ),
    recorded(
        "form.void",
        "A voided form keeps number, day and lines; all its amounts are 0, prices and quantities where there were any, "
        "and its note says Voided.",
        _VOID,
    ),
    assumed(
        "form.void_note",
        "An existing note is kept behind `Voided - `.",
        "that the word comes first is documented, how it is parted from the rest is not",
    ),
    recorded(
        "form.print_status",
        "A form is NeedToPrint unless something else is said.",
        _INVOICE,
    ),
)

_LIMITS = {
    "DocNumber": 21,
    "PrivateNote": 4000,
    "CustomerMemo.value": 1000,
    "TrackingNum": 31,
    "PONumber": 31,
}
"""Source: Intuit's documentation of Invoice."""

_MONETARY = frozenset(
    {
        "Line",
        "TxnTaxDetail",
        "GlobalTaxCalculation",
        "ApplyTaxAfterDiscount",
        "CurrencyRef",
        "ExchangeRate",
        "Deposit",
    }
)
"""An update that changes none of these leaves every amount as it is."""

_COPIED = (
    "PrivateNote",
    "CustomerMemo",
    "ShipDate",
    "TrackingNum",
    "PONumber",
    "FOB",
    "ShipMethodRef",
    "SalesRepRef",
    "BillEmail",
    "BillEmailCc",
    "BillEmailBcc",
    "TransactionLocationType",
    "ProjectRef",
    "PaymentRefNum",
)


_DETAILED = frozenset({"SalesItemLineDetail", "DiscountLineDetail", "GroupLineDetail"})
"""Lines that post, and cannot without their detail."""


@dataclass(frozen=True)
class Form:
    """How one kind of sales form differs from the others."""

    entity: str
    number_counter: str = "SalesNumber"
    """Sales forms share one run of numbers (recorded: credit memo 1026 after invoice 1025)."""
    needs_customer: bool = True
    """A sale that is paid on the spot may be to nobody in particular (recorded: SalesReceipt 17)."""
    shows_email_status: bool = True
    """A refund receipt shows none until it is to be sent (recorded)."""


def build_form(company: Company, change: Change, form: Form) -> Body:
    """Make a sales form's body, apart from what only one kind of form has (due date, balance, links)."""
    old = change.old or {}
    customer = _customer(company, change, form)
    body: Body = {}
    for key in _COPIED:
        value = change.value(key)
        if value is not None:
            body[key] = value
    if customer is not None:
        body["CustomerRef"] = customer.reference()
    body["TxnDate"] = change.value("TxnDate") or company.today
    number = document_number(company, change, form)
    if number:
        body["DocNumber"] = number
    _currency(company, change, customer, body)
    _tracking(company, change, body)
    body["CustomField"] = custom_fields(company, change)
    _addresses(company, change, customer, body)
    _sending(change, body, form)
    body["PrintStatus"] = change.value("PrintStatus") or "NeedToPrint"
    if _leaves_amounts(company, change):
        for key in ("Line", "TxnTaxDetail", "TotalAmt", "ApplyTaxAfterDiscount", "GlobalTaxCalculation"):
            if key in old:
                body[key] = old[key]
    else:
        _amounts(company, change, body)
    if "ExchangeRate" in body:
        rate = Decimal(body["ExchangeRate"])
        body["HomeTotalAmt"] = money(home_amount(Decimal(body["TotalAmt"]), rate))
    check_lengths(body, _LIMITS)
    for key in ("BillEmail", "BillEmailCc", "BillEmailBcc"):
        check_emails(body, key)
    return body


def _leaves_amounts(company: Company, change: Change) -> bool:
    """Whether an update has nothing to do with amounts: then even what the API does not show of them stays."""
    old = change.old
    if old is None:
        return False
    keys = _MONETARY - {"GlobalTaxCalculation"} if company.country == "US" else _MONETARY
    return all(
        (change.sent.get(key) or None) == (old.get(key) or None)
        for key in keys
        if key in change.sent or not change.sparse
    )


def check_form(company: Company, record: Record, *, needs_customer: bool = True) -> None:
    """Raise `Misplaced` when a loaded form cannot be entered: no day, no customer, or lines that lead nowhere."""
    if not record.body.get("TxnDate"):
        raise Misplaced("it has no TxnDate")
    if needs_customer or record.body.get("CustomerRef"):
        check_customer(company, record)
    for line in record.body.get("Line") or []:
        _check_loaded_line(company, line)


def _check_loaded_line(company: Company, line: object) -> None:
    kind = line.get("DetailType") if isinstance(line, dict) else None
    if not isinstance(line, dict) or not kind or (kind in _DETAILED and not isinstance(line.get(kind), dict)):
        raise Misplaced("a line of it has no detail")
    if kind not in _DETAILED:
        return
    detail = line[kind]
    for part in detail.get("Line") or [] if kind == "GroupLineDetail" else []:
        _check_loaded_line(company, part)
    if kind == "DiscountLineDetail" and not detail.get("DiscountAccountRef"):
        raise Misplaced("its discount names no account")
    for key, entity in (
        ("ItemAccountRef", "Account"),
        ("DiscountAccountRef", "Account"),
        ("ItemRef", "Item"),
    ):
        reference = str((detail.get(key) or {}).get("value") or "")
        number = id_number(reference)
        unknown = number is None or (entity == "Account" and company.find(entity, number) is None)
        if reference and reference != SHIPPING and unknown:
            raise Misplaced(f"its {key} {reference} is not in the folder")


def check_customer(company: Company, record: Record) -> None:
    """Raise `Misplaced` when a loaded record's customer is not there."""
    number = str((record.body.get("CustomerRef") or {}).get("value", ""))
    if (found := id_number(number)) is None or company.find("Customer", found) is None:
        raise Misplaced(f"its customer {number or '(none)'} is not in the folder")


def voided_form(record: Record) -> Body:
    """The body of a voided form: every amount 0, prices and quantities 0 where there were any (recorded)."""
    old = record.body
    body = {**old, "TotalAmt": 0, "Balance": 0, "TxnTaxDetail": {"TotalTax": 0}}
    body["PrivateNote"] = voided_note(old)
    body["Line"] = [_voided_line(line) for line in old.get("Line", [])]
    for key in ("HomeTotalAmt", "HomeBalance"):
        if key in body:
            body[key] = 0
    body.pop("Deposit", None)
    if "LinkedTxn" in body:
        body["LinkedTxn"] = []
    return body


def voided_note(body: Body) -> str:
    """The note of a voided transaction: `Voided` in front of what was there (separator assumed)."""
    note = str(body.get("PrivateNote", ""))
    if note.startswith("Voided"):
        return note
    return f"Voided - {note}" if note else "Voided"


def _voided_line(line: Body) -> Body:
    voided = {key: value for key, value in line.items() if key != "LinkedTxn"}
    if "Amount" in voided:
        voided["Amount"] = 0
    detail = voided.get("SalesItemLineDetail")
    if detail is not None:
        zero = {key: 0 for key in ("UnitPrice", "Qty", "TaxInclusiveAmt") if key in detail}
        voided["SalesItemLineDetail"] = {**detail, **zero}
    group = voided.get("GroupLineDetail")
    if group is not None:
        voided["GroupLineDetail"] = {**group, "Line": [_voided_line(part) for part in group.get("Line", [])]}
    return voided


def _customer(company: Company, change: Change, form: Form) -> Record | None:
    reference = change.value("CustomerRef")
    if not reference or not reference.get("value"):
        if form.needs_customer:
            raise faults.missing("CustomerRef")
        return None
    return company.refer("Customer", reference, (change.old or {}).get("CustomerRef"))


def document_number(company: Company, change: Change, form: Form) -> str | None:
    """The document's number: the client's, or the next one where the company counts by itself.

    A number that another document of the same kind has raises 6140, unless the call says
    `include=allowduplicatedocnum` (Intuit's documentation).
    """
    old = (change.old or {}).get("DocNumber")
    sent = change.sent.get("DocNumber")
    if sent:
        if sent != old and "allowduplicatedocnum" not in company.include:
            for other in company.select(form.entity, "p_DocNumber = ?", sent):
                raise faults.duplicate_number(str(sent), form.entity, other.id)
        return str(sent)
    if change.old is not None:
        return None if sent == "" else old
    if company.preference("SalesFormsPrefs", "CustomTxnNumbers") and not change.sent.get("AutoDocNumber"):
        return None
    return str(company.count_up(form.number_counter, 1001))


def _currency(company: Company, change: Change, customer: Record | None, body: Body) -> None:
    own = customer.body.get("CurrencyRef") if customer is not None else None
    body["CurrencyRef"] = currency_reference(company, change.value("CurrencyRef") or own)
    currency = body["CurrencyRef"]["value"]
    if own is not None and currency != own["value"]:
        raise faults.business("The currency of the transaction must be the customer's currency.")
    if company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        body["ExchangeRate"] = plain(transaction_rate(company, change, currency, body["TxnDate"]))


def _tracking(company: Company, change: Change, body: Body) -> None:
    """Class and location, where the company tracks them; otherwise they are ignored (Intuit's documentation)."""
    old = change.old or {}
    department = change.value("DepartmentRef")
    if department and company.preference("AccountingInfoPrefs", "TrackDepartments"):
        body["DepartmentRef"] = company.refer("Department", department, old.get("DepartmentRef")).reference()
    klass = change.value("ClassRef")
    if klass and company.preference("AccountingInfoPrefs", "ClassTrackingPerTxn"):
        body["ClassRef"] = company.refer("Class", klass, old.get("ClassRef")).reference()
    term = change.value("SalesTermRef")
    if term and term.get("value"):
        body["SalesTermRef"] = company.refer("Term", term, old.get("SalesTermRef")).reference()
    method = change.value("PaymentMethodRef")
    if method and method.get("value"):
        kept = old.get("PaymentMethodRef")
        body["PaymentMethodRef"] = company.refer("PaymentMethod", method, kept).reference()


def _addresses(company: Company, change: Change, customer: Record | None, body: Body) -> None:
    """Addresses sent, else the customer's own with their ids (recorded)."""
    old = change.old or {}
    for key in ("BillAddr", "ShipAddr"):
        own = own_address(company, change.value(key), old.get(key))
        if own is not None and change.old is not None and own is not old.get(key):
            own = flattened(own)
        address = own or (customer.body.get(key) if customer is not None and key not in change.sent else None)
        if address:
            body[key] = address
    if change.old is None or "FreeFormAddress" in old:
        body["FreeFormAddress"] = old.get("FreeFormAddress", True)
    origin = old.get("ShipFromAddr") if change.old is not None else company_ship_from(company)
    if origin:
        body["ShipFromAddr"] = origin


def _sending(change: Change, body: Body, form: Form) -> None:
    status = change.value("EmailStatus") or "NotSet"
    if status == "NeedToSend" and not (body.get("BillEmail") or {}).get("Address"):
        raise faults.email_required()
    if form.shows_email_status or status != "NotSet":
        body["EmailStatus"] = status
    if status == "NeedToSend":
        body["DeliveryInfo"] = {"DeliveryType": "Email"}
    elif status == "EmailSent" and (change.old or {}).get("DeliveryInfo"):
        body["DeliveryInfo"] = (change.old or {})["DeliveryInfo"]


def _amounts(company: Company, change: Change, body: Body) -> None:
    old = change.old or {}
    mode = tax_mode(company, change)
    if mode != "US":
        body["GlobalTaxCalculation"] = mode
    after_discount = bool(change.value("ApplyTaxAfterDiscount"))
    body["ApplyTaxAfterDiscount"] = after_discount
    lines = build_lines(
        company,
        change.value("Line") or [],
        old.get("Line", []),
        tax_mode=mode,
        class_per_line=bool(company.preference("AccountingInfoPrefs", "ClassTrackingPerTxnLine")),
    )
    body["Line"] = lines.kept
    detail, tax = tax_detail(company, change, lines, mode, after_discount)
    body["TxnTaxDetail"] = detail
    total = lines.subtotal - lines.discount + lines.shipping + tax
    if total < 0:
        raise faults.business("Transaction amount must be 0 or greater.")
    body["TotalAmt"] = money(total)
