"""Vendors: whom the company buys from."""

from __future__ import annotations

from decimal import Decimal

from qbosim import faults
from qbosim.entities.addresses import own_address
from qbosim.entities.alone import as_written
from qbosim.entities.bill import enter_opening_balance
from qbosim.entities.change import Change
from qbosim.entities.currencies import currency_reference
from qbosim.entities.entity import Entity
from qbosim.entities.name_list import follow_rename, is_active
from qbosim.entities.people import LONGEST_PAYEE, display_name, payee, pseudonym
from qbosim.entities.texts import check_emails, check_lengths, without_deleted
from qbosim.jsontext import plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Vendor",
    recorded(
        "vendor.shape",
        "A vendor shows Balance, Vendor1099, CurrencyRef, PrintOnCheckName and Active even when nobody sent them.",
        "objects of Intuit's sandbox company (Vendor)",
    ),
    recorded(
        "vendor.rates",
        "What answers a write to a vendor shows BillRate and CostRate, 0 where none are set; lists do not.",
        "sandbox traffic of 2026 (NangoHQ/integration-templates, create- and update-vendor)",
    ),
    documented(
        "vendor.terms_at_creation",
        "TermRef is ignored when a vendor is created; an update sets it.",
        "quirk reported by integrators of Intuit's API",
    ),
    documented(
        "vendor.tax_identifier",
        "TaxIdentifier is answered masked: only its last four characters are shown.",
        "Intuit's documentation of Vendor",
    ),
    recorded(
        "vendor.balance_moves_time_only",
        "What a bill or its payment does to a vendor's Balance moves LastUpdatedTime, not SyncToken.",
        "objects of Intuit's sandbox company (Vendor 31, Bill 1, BillPayment 22)",
    ),
    assumed(
        "vendor.inactive_with_balance",
        "A vendor to whom money is owed can be deactivated; its balance stays.",
        "Intuit documents a refusal (6220) for deletes only, and vendors are never deleted",
    ),
    recorded(
        "vendor.opening_balance",
        "A Balance given when a vendor is created becomes a bill Opening Balance of OpenBalanceDate.",
        "objects of Intuit's sandbox company (Vendor 31 and Bill 1, made in the same second)",
    ),
    assumed(
        "vendor.opening_balance_sign",
        "An opening balance below 0 is refused with 6000.",
        "a bill cannot be negative",
    ),
    assumed(
        "vendor.opening_balance_account",
        "The bill of an opening balance is booked on Uncategorized Expense.",
        "the sandbox company's stands on Miscellaneous, an account that a new company need not have",
    ),
    documented(
        "vendor.lengths",
        "Texts longer than Intuit allows are refused with 2050.",
        "Intuit's documentation of Vendor",
    ),
    documented(
        "vendor.currency_stays",
        "A vendor's currency cannot be changed; a sent one is ignored after the creation.",
        "Intuit's documentation of Vendor",
    ),
)

_LIMITS = {
    "DisplayName": 500,
    "Title": 16,
    "Suffix": 16,
    "GivenName": 100,
    "MiddleName": 100,
    "FamilyName": 100,
    "CompanyName": 100,
    "PrintOnCheckName": LONGEST_PAYEE,
    "AcctNum": 100,
    "TaxIdentifier": 20,
    "BusinessNumber": 10,
    "GSTIN": 15,
    "PrimaryPhone.FreeFormNumber": 30,
    "AlternatePhone.FreeFormNumber": 30,
    "Mobile.FreeFormNumber": 30,
    "Fax.FreeFormNumber": 30,
    "WebAddr.URI": 1000,
}
"""Source: Intuit's documentation of Vendor."""

_COPIED = (
    "ContactName",
    "AltContactName",
    "Notes",
    "OtherAddr",
    "OtherContactInfo",
    "TaxCountry",
    "BusinessNumber",
    "GSTIN",
    "GSTRegistrationType",
    "HasTPAR",
    "T4AEligible",
    "T5018Eligible",
    "TaxReportingBasis",
    "VendorTypeRef",
    "CreditLimit",
    "AcctNum",
    "VendorPaymentBankDetail",
    "Title",
    "GivenName",
    "MiddleName",
    "FamilyName",
    "CompanyName",
    "Suffix",
    "PrimaryPhone",
    "AlternatePhone",
    "Mobile",
    "Fax",
    "PrimaryEmailAddr",
    "WebAddr",
)


def _prepare(company: Company, change: Change) -> Body:
    old = change.old or {}
    body: Body = {}
    for key in _COPIED:
        value = change.value(key)
        if value is not None:
            body[key] = value
    body["DisplayName"] = display_name(company, change)
    body["PrintOnCheckName"] = payee(change, without_deleted(body["DisplayName"]))
    body["Active"] = is_active(change)
    body["Vendor1099"] = bool(change.value("Vendor1099"))
    body["Balance"] = old.get("Balance", 0)
    if change.old is None and change.value("Balance"):
        body |= _opening(company, change)
    body["CurrencyRef"] = old.get("CurrencyRef") or currency_reference(company, change.value("CurrencyRef"))
    body["V4IDPseudonym"] = old.get("V4IDPseudonym") or pseudonym(company, body["DisplayName"])
    for key in ("BillRate", "CostRate"):
        rate = change.value(key)
        if rate is not None and (rate or key in old):
            body[key] = plain(rate)
    _references(company, change, body)
    for key in ("BillAddr", "ShipAddr"):
        address = own_address(company, change.value(key), old.get(key))
        if address is not None:
            body[key] = address
    check_lengths(body, _LIMITS)
    identifier = change.value("TaxIdentifier")
    if identifier:
        check_lengths({"TaxIdentifier": identifier}, _LIMITS)
        body["TaxIdentifier"] = _masked(str(identifier))
    check_emails(body, "PrimaryEmailAddr")
    return body


def _masked(identifier: str) -> str:
    """A tax id as Intuit answers it: everything but the last four characters hidden."""
    return "X" * (len(identifier) - 4) + identifier[-4:]


def _references(company: Company, change: Change, body: Body) -> None:
    old = change.old or {}
    term = change.value("TermRef")
    if term and change.old is not None:
        found = company.refer("Term", term, old.get("TermRef"))
        body["TermRef"] = {"value": str(found.id)}
    account = change.value("APAccountRef")
    if account:
        body["APAccountRef"] = company.refer("Account", account, old.get("APAccountRef")).reference()
    tax = change.value("DefaultTaxCodeRef")
    if tax:
        code = company.refer("TaxCode", tax, old.get("DefaultTaxCodeRef"))
        body["DefaultTaxCodeRef"] = {"value": code.entity.id_text(code.id)}


def _opening(company: Company, change: Change) -> Body:
    """What is owed to a new vendor from before; kept until the bill about it is made."""
    amount = change.value("Balance")
    if amount < 0:
        raise faults.business("The opening balance of a vendor can't be negative.")
    return {"Balance": amount, "OpenBalanceDate": change.value("OpenBalanceDate") or company.today}


def _saved(company: Company, before: Record | None, after: Record) -> None:
    follow_rename(company, before, after)
    day = after.body.get("OpenBalanceDate")
    if before is None and day:
        body = {key: value for key, value in after.body.items() if key != "OpenBalanceDate"}
        vendor = company.save(after, {**body, "Balance": 0}, bump=False, touch=False)
        enter_opening_balance(company, vendor, Decimal(after.body["Balance"]), str(day))


def _answered(company: Company, record: Record) -> str:
    return as_written(company, record, {"BillRate": 0, "CostRate": 0})


VENDOR = Entity(
    name="Vendor",
    answered=_answered,
    order=(
        "ContactName",
        "AltContactName",
        "Notes",
        "BillAddr",
        "ShipAddr",
        "OtherAddr",
        "OtherContactInfo",
        "TaxCountry",
        "TaxIdentifier",
        "BusinessNumber",
        "VendorTypeRef",
        "TermRef",
        "Balance",
        "BillRate",
        "CreditLimit",
        "AcctNum",
        "Vendor1099",
        "T4AEligible",
        "T5018Eligible",
        "CurrencyRef",
        "APAccountRef",
        "DefaultTaxCodeRef",
        "HasTPAR",
        "TaxReportingBasis",
        "GSTIN",
        "GSTRegistrationType",
        "CostRate",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "Title",
        "GivenName",
        "MiddleName",
        "FamilyName",
        "CompanyName",
        "Suffix",
        "DisplayName",
        "PrintOnCheckName",
        "Active",
        "V4IDPseudonym",
        "PrimaryPhone",
        "AlternatePhone",
        "Mobile",
        "Fax",
        "PrimaryEmailAddr",
        "WebAddr",
    ),
    verbs=frozenset({"create", "update"}),
    prepare=_prepare,
    sequence="Names",
    collection="Names",
    properties=(
        Property("DisplayName", indexed=True),
        Property("GivenName"),
        Property("MiddleName"),
        Property("FamilyName"),
        Property("CompanyName"),
        Property("PrintOnCheckName"),
        Property("PrimaryEmailAddr", path=("PrimaryEmailAddr", "Address"), filterable=False),
        Property("Active", "flag"),
        Property("Balance", "number"),
        Property("AcctNum", filterable=False),
        Property("Vendor1099", "flag", filterable=False),
        Property("TermRef", "reference", filterable=False),
    ),
    sorted_by="DisplayName",
    is_list=True,
    label="DisplayName",
    referred_as=("VendorRef", "EntityRef"),
    saved=_saved,
)
