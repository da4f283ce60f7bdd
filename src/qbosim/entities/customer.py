"""Customers, sub-customers and jobs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from qbosim import faults
from qbosim.entities.addresses import own_address
from qbosim.entities.alone import as_written
from qbosim.entities.change import Change
from qbosim.entities.currencies import currency_reference
from qbosim.entities.entity import Entity
from qbosim.entities.name_list import (
    depth,
    follow_rename,
    full_name,
    is_active,
    named,
    parent_of,
    shown,
)
from qbosim.entities.opening import open_customer
from qbosim.entities.people import LONGEST_PAYEE, keep_unique_among_people, payee, pseudonym
from qbosim.entities.texts import check_emails, check_lengths, check_name
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Customer",
    recorded(
        "customer.defaults",
        "A customer made from a DisplayName alone is taxable, active, no job, printed for, and owes nothing.",
        "sandbox traffic (minimul/qbo_api, create__customer)",
    ),
    documented(
        "customer.name",
        "DisplayName is made of the parts of the name where it is missing; a colon, a tab or a new line is refused.",
        "Intuit's documentation of Customer",
    ),
    recorded(
        "customer.written",
        "What answers a write to a customer shows a DefaultTaxCodeRef, the company's where it has none of its own, and "
        "neither ClientEntityId nor V4IDPseudonym; in lists it is the other way round.",
        "sandbox traffic of 2026 (NangoHQ/integration-templates, create- and update-customer, query-entities)",
    ),
    documented(
        "customer.lengths",
        "Texts that are longer than the documentation allows are refused with 2050.",
        "Intuit's documentation of Customer",
    ),
    recorded(
        "customer.job",
        "A job or sub-customer shows ParentRef without a name, Level, and `Parent:Child` as FullyQualifiedName.",
        "sandbox traffic (minimul/qbo_api, all__customers)",
    ),
    documented(
        "customer.levels",
        "ParentRef counts only with Job; at most four levels stand under a customer (6180).",
        "Intuit's documentation of Customer",
    ),
    documented(
        "customer.bill_with_parent",
        "BillWithParent counts for jobs only, and a parent's payment may pay the invoices of those below it.",
        "Intuit's documentation of Customer and Payment",
    ),
    documented(
        "customer.balances",
        "Balance is the customer's own, BalanceWithJobs that of everybody below too; both are kept by QuickBooks.",
        "Intuit's documentation of Customer",
    ),
    documented(
        "customer.project",
        "IsProject cannot be written.",
        "Intuit's documentation of Customer",
    ),
    documented(
        "customer.currency",
        "A customer's currency never changes.",
        "Intuit's documentation of Customer",
    ),
    documented(
        "customer.type",
        "CustomerTypeRef names one of the company's customer types.",
        "Intuit's documentation of Customer",
    ),
    recorded(
        "customer.deactivated",
        "A deactivated customer's name ends in ` (deleted)`, its PrintOnCheckName does not, and plain queries miss it.",
        "fixture of quickbooks-ruby (deleted_customer.xml)",
    ),
    assumed(
        "customer.deactivated_with_balance",
        "A customer with an open balance can be deactivated through the API; the balance stays.",
        "only QuickBooks' own page is known to write a balancing credit; what the API does is not documented",
    ),
    documented(
        "customer.no_delete",
        "Customers are not deleted.",
        "Intuit's documentation of Customer",
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
    "Notes": 2000,
    "PrimaryPhone.FreeFormNumber": 30,
    "AlternatePhone.FreeFormNumber": 30,
    "Mobile.FreeFormNumber": 30,
    "Fax.FreeFormNumber": 30,
    "WebAddr.URI": 1000,
    "ResaleNum": 16,
}
"""Source: Intuit's documentation of Customer."""

_COPIED = (
    "Notes",
    "ContactName",
    "AltContactName",
    "AcctNum",
    "ResaleNum",
    "SalesTermRef",
    "PaymentMethodRef",
    "CustomerTypeRef",
    "SalesRepRef",
    "PriceLevelRef",
    "CreditLimit",
    "OtherAddr",
    "OtherContactInfo",
    "TaxExemptionReasonId",
    "PrimaryTaxIdentifier",
    "SecondaryTaxIdentifier",
    "BusinessNumber",
    "GSTIN",
    "GSTRegistrationType",
    "Organization",
    "Title",
    "GivenName",
    "MiddleName",
    "FamilyName",
    "Suffix",
    "CompanyName",
    "UserId",
    "PrimaryPhone",
    "AlternatePhone",
    "Mobile",
    "Fax",
    "PrimaryEmailAddr",
    "WebAddr",
)


def _prepare(company: Company, change: Change) -> Body:
    body: Body = {}
    for key in _COPIED:
        value = change.value(key)
        if value is not None:
            body[key] = value
    _resolve_references(company, change, body)
    active = is_active(change)
    name = _display_name(change)
    check_name("DisplayName", name)
    for key in ("GivenName", "MiddleName", "FamilyName"):
        check_name(key, str(body.get(key, "")))
    body["DisplayName"] = shown(name, active)
    keep_unique_among_people(company, body["DisplayName"], change)
    _place(company, change, body)
    taxable = change.value("Taxable")
    body["Taxable"] = True if taxable is None else taxable
    body["BillWithParent"] = bool(change.value("BillWithParent")) and "ParentRef" in body
    body["PrintOnCheckName"] = payee(change, name)
    body["PreferredDeliveryMethod"] = change.value("PreferredDeliveryMethod") or "Print"
    body["Active"] = active
    old = change.old or {}
    body["Balance"] = old.get("Balance", 0)
    body["BalanceWithJobs"] = old.get("BalanceWithJobs", 0)
    if change.old is None and change.value("Balance"):
        body |= _opening(company, change)
    body["CurrencyRef"] = old.get("CurrencyRef") or currency_reference(company, change.value("CurrencyRef"))
    body["IsProject"] = old.get("IsProject", False)
    body["ClientEntityId"] = old.get("ClientEntityId", "0")
    body["V4IDPseudonym"] = old.get("V4IDPseudonym") or pseudonym(company, name)
    _set_default_tax(company, change, body)
    for key in ("BillAddr", "ShipAddr"):
        address = own_address(company, change.value(key), old.get(key))
        if address is not None:
            body[key] = address
    check_lengths(body, _LIMITS)
    check_emails(body, "PrimaryEmailAddr")
    return body


def _display_name(change: Change) -> str:
    """DisplayName, or the parts of a person's name, or the company's (Intuit's documentation)."""
    name = named(change, "DisplayName", required=False)
    if not name:
        parts = [change.value(key) for key in ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")]
        name = " ".join(str(part) for part in parts if part)
    if not name:
        raise faults.no_name()
    return name


def _place(company: Company, change: Change, body: Body) -> None:
    """Put the record into the hierarchy: only with `Job` does ParentRef count (Intuit's documentation)."""
    is_job = bool(change.value("Job"))
    parent = parent_of(company, change, "Customer") if is_job else None
    if is_job and parent is None:
        raise faults.missing("ParentRef")
    body["Job"] = is_job
    body["FullyQualifiedName"] = full_name(parent, body["DisplayName"])
    if parent is not None:
        body["ParentRef"] = {"value": str(parent.id)}
        body["Level"] = depth(company, parent) + 1


def _set_default_tax(company: Company, change: Change, body: Body) -> None:
    sent = change.value("DefaultTaxCodeRef")
    if sent is None:
        sent = (change.old or {}).get("DefaultTaxCodeRef")
    if sent is None:
        return
    code = company.refer("TaxCode", sent)
    own = {"value": code.entity.id_text(code.id)}
    if own != _usual_tax_code(company) or "DefaultTaxCodeRef" in (change.old or {}):
        body["DefaultTaxCodeRef"] = own


def _usual_tax_code(company: Company) -> Any:
    """The reference that customers without a tax code of their own show; None where no sales tax is set up."""
    if not company.preference("TaxPrefs", "UsingSalesTax"):
        return None
    return company.preference("TaxPrefs", "TaxGroupCodeRef")


def _resolve_references(company: Company, change: Change, body: Body) -> None:
    old = change.old or {}
    for key, entity in (("SalesTermRef", "Term"), ("PaymentMethodRef", "PaymentMethod")):
        if key in body:
            found = company.refer(entity, body[key], old.get(key))
            body[key] = found.reference()
    if "CustomerTypeRef" in body:
        found = company.refer("CustomerType", body["CustomerTypeRef"], old.get("CustomerTypeRef"))
        body["CustomerTypeRef"] = {"value": str(found.id)}


def _opening(company: Company, change: Change) -> Body:
    """What a new customer owes from before; kept until the invoice about it is made."""
    amount = change.value("Balance")
    if amount < 0:
        raise faults.business("The opening balance of a customer can't be negative.")
    return {"Balance": amount, "OpenBalanceDate": change.value("OpenBalanceDate") or company.today}


def _saved(company: Company, before: Record | None, after: Record) -> None:
    follow_rename(company, before, after)
    day = after.body.get("OpenBalanceDate")
    if before is None and day:
        body = {key: value for key, value in after.body.items() if key != "OpenBalanceDate"}
        customer = company.save(after, {**body, "Balance": 0}, bump=False, touch=False)
        open_customer(company, customer, Decimal(after.body["Balance"]), str(day))
        return
    _move_balance_between_parents(company, before, after)


def _move_balance_between_parents(company: Company, before: Record | None, after: Record) -> None:
    """A customer that moves takes its balance out of the old parents' totals into the new ones'."""
    old = before.body.get("ParentRef") if before is not None else None
    new = after.body.get("ParentRef")
    amount = after.body["BalanceWithJobs"]
    if old == new or not amount:
        return
    for reference, sign in ((old, -1), (new, 1)):
        above = reference
        while above is not None:
            parent = company.find("Customer", int(above["value"]))
            if parent is None:
                break
            body = dict(parent.body)
            body["BalanceWithJobs"] = body["BalanceWithJobs"] + sign * amount
            company.save(parent, body, bump=False)
            above = parent.body.get("ParentRef")


def _answered(company: Company, record: Record) -> str:
    code = _usual_tax_code(company)
    usual = {"DefaultTaxCodeRef": code} if code else {}
    return as_written(company, record, usual, {"ClientEntityId", "V4IDPseudonym"})


CUSTOMER = Entity(
    name="Customer",
    answered=_answered,
    order=(
        "Taxable",
        "BillAddr",
        "ShipAddr",
        "Notes",
        "Job",
        "BillWithParent",
        "ParentRef",
        "Level",
        "SalesTermRef",
        "PaymentMethodRef",
        "Balance",
        "BalanceWithJobs",
        "CurrencyRef",
        "PreferredDeliveryMethod",
        "ResaleNum",
        "IsProject",
        "ClientEntityId",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "Title",
        "GivenName",
        "MiddleName",
        "FamilyName",
        "Suffix",
        "FullyQualifiedName",
        "CompanyName",
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
        "DefaultTaxCodeRef",
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
        Property("FullyQualifiedName"),
        Property("CompanyName"),
        Property("PrintOnCheckName"),
        Property("PrimaryEmailAddr", path=("PrimaryEmailAddr", "Address")),
        Property("Active", "flag"),
        Property("Balance", "number"),
        Property("BalanceWithJobs", "number"),
        Property("Job", "flag"),
        Property("ParentRef", "reference", indexed=True, filterable=False),
    ),
    sorted_by="FullyQualifiedName",
    is_list=True,
    label="DisplayName",
    referred_as=("CustomerRef", "EntityRef"),
    saved=_saved,
)
