"""What invoices and credit memos (and every other sales form) have in common: from a change to a whole document."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from qbosim import faults
from qbosim.books.currencies import home_amount
from qbosim.books.sales_tax import TaxAmount, on_base, on_lines, overridden, total_of
from qbosim.entities.addresses import company_ship_from, flattened, own_address
from qbosim.entities.change import Change
from qbosim.entities.currencies import currency_reference, transaction_rate
from qbosim.entities.entity import Misplaced
from qbosim.entities.sales_lines import ZERO, Lines, build_lines
from qbosim.entities.tax import rates_of
from qbosim.entities.texts import check_emails, check_lengths
from qbosim.jsontext import cents, money, plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body

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
        kind = line.get("DetailType") if isinstance(line, dict) else None
        if not kind or (kind in _DETAILED and not isinstance(line.get(kind), dict)):
            raise Misplaced("a line of it has no detail")


def check_customer(company: Company, record: Record) -> None:
    """Raise `Misplaced` when a loaded record's customer is not there."""
    number = str((record.body.get("CustomerRef") or {}).get("value", ""))
    if not number.isdecimal() or company.find("Customer", int(number)) is None:
        raise Misplaced(f"its customer {number or '(none)'} is not in the folder")


def voided_form(record: Record) -> Body:
    """The body of a voided form: every amount 0, prices and quantities 0 where there were any (recorded)."""
    old = record.body
    body = {**old, "TotalAmt": 0, "Balance": 0, "TxnTaxDetail": {"TotalTax": 0}}
    body["PrivateNote"] = voided_note(old)
    body["Line"] = [_voided_line(line) for line in old.get("Line", [])]
    for key in ("HomeTotalAmt", "HomeBalance", "Deposit"):
        if key in body:
            body[key] = 0
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


def custom_fields(company: Company, change: Change) -> list[Body]:
    """Every custom field the company has, with its value where there is one; others are dropped (documented)."""
    values = {
        str(entry.get("DefinitionId")): entry.get("StringValue")
        for entry in change.value("CustomField") or []
    }
    fields = []
    for definition, name in custom_field_names(company.preferences).items():
        entry = {"DefinitionId": definition, "Name": name, "Type": "StringType"}
        if values.get(definition):
            entry["StringValue"] = str(values[definition])
        fields.append(entry)
    return fields


def custom_field_names(preferences: Body) -> dict[str, str]:
    """The sales forms' custom fields that are in use: definition id to name (the nested shape is recorded)."""
    used: dict[str, bool] = {}
    names: dict[str, str] = {}
    for group in (preferences.get("SalesFormsPrefs") or {}).get("CustomField", []):
        for entry in group.get("CustomField", []):
            name = str(entry.get("Name", ""))
            number = name[-1:]
            if name.startswith("SalesFormsPrefs.UseSalesCustom"):
                used[number] = bool(entry.get("BooleanValue"))
            elif name.startswith("SalesFormsPrefs.SalesCustomName"):
                names[number] = str(entry.get("StringValue", ""))
    return {number: name for number, name in sorted(names.items()) if used.get(number)}


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
    mode = _tax_mode(company, change)
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
    detail, tax = _tax_detail(company, change, lines, mode, after_discount)
    body["TxnTaxDetail"] = detail
    total = lines.subtotal - lines.discount + lines.shipping + tax
    if total < 0:
        raise faults.business("Transaction amount must be 0 or greater.")
    body["TotalAmt"] = money(total)


def _tax_mode(company: Company, change: Change) -> str:
    if company.country == "US":
        return "US"
    return str(change.kept("GlobalTaxCalculation") or "TaxExcluded")


def _tax_detail(
    company: Company, change: Change, lines: Lines, mode: str, after_discount: bool
) -> tuple[Body, Decimal]:
    sent = change.value("TxnTaxDetail") or {}
    recomputed = "TxnTaxDetail" not in change.sent
    wished = sent.get("TotalTax") if not recomputed else None
    if mode == "US":
        return _us_tax(company, sent, lines, after_discount, wished)
    if mode == "NotApplicable":
        if sent.get("TotalTax") and not recomputed:
            raise faults.Fault(
                faults.FaultError(
                    "6170",
                    "Invalid Tax Detail",
                    "TxnTaxDetail can't be given when GlobalTaxCalculation is NotApplicable.",
                    "TxnTaxDetail",
                )
            )
        return {"TotalTax": 0}, ZERO
    nets = _discounted(lines, after_discount=True)
    taxes = on_lines([(net, amount.rates) for net, amount in zip(nets, lines.taxed, strict=True)])
    if mode == "TaxInclusive" and not lines.discount:
        gross = sum((amount.gross or amount.net for amount in lines.taxed), ZERO)
        taxes = overridden(taxes, gross - lines.subtotal)
    return _detail(taxes, None, wished)


def _us_tax(
    company: Company, sent: Body, lines: Lines, after_discount: bool, wished: object
) -> tuple[Body, Decimal]:
    """US sales tax: the lines say whether, the transaction's code says at which rates (Intuit's documentation).

    With automated sales tax the engine chooses the code itself; here it takes the company's default one (assumed). A
    TotalTax that the client sets is kept and spread over the rates.
    """
    if not company.preference("TaxPrefs", "UsingSalesTax"):
        return {"TotalTax": 0}, ZERO
    reference = sent.get("TxnTaxCodeRef")
    if company.preference("TaxPrefs", "PartnerTaxEnabled"):
        reference = company.preference("TaxPrefs", "TaxGroupCodeRef") or reference
    if not reference or not reference.get("value"):
        return {"TotalTax": 0}, ZERO
    code = company.refer("TaxCode", reference, reference)
    nets = _discounted(lines, after_discount=after_discount)
    base = sum((net for net, amount in zip(nets, lines.taxed, strict=True) if amount.taxable), ZERO)
    taxes = on_base(base, rates_of(company, code))
    return _detail(taxes, code.entity.id_text(code.id), wished)


def _detail(taxes: list[TaxAmount], code: str | None, wished: object) -> tuple[Body, Decimal]:
    if isinstance(wished, Decimal | int) and wished and taxes:
        taxes = overridden(taxes, cents(wished))
    total = total_of(taxes)
    detail: Body = {}
    if code is not None:
        detail["TxnTaxCodeRef"] = {"value": code}
    detail["TotalTax"] = money(total)
    if taxes:
        detail["TaxLine"] = [
            {
                "Amount": money(tax.amount),
                "DetailType": "TaxLineDetail",
                "TaxLineDetail": {
                    "TaxRateRef": {"value": tax.rate.id},
                    "PercentBased": True,
                    "TaxPercent": plain(tax.rate.percent),
                    "NetAmountTaxable": money(tax.base),
                },
            }
            for tax in taxes
        ]
    return detail, total


def _discounted(lines: Lines, *, after_discount: bool) -> list[Decimal]:
    """The lines' net amounts, less their share of the discount when tax is taken after it."""
    nets = [amount.net for amount in lines.taxed]
    if not after_discount or not lines.discount or not lines.subtotal:
        return nets
    shares = [cents(lines.discount * net / lines.subtotal) for net in nets]
    shares[-1] += lines.discount - sum(shares, ZERO)
    return [net - share for net, share in zip(nets, shares, strict=True)]
