"""Employees: people who work for the company, who may share no name with a customer or a vendor."""

from __future__ import annotations

from qbosim import faults
from qbosim.entities.addresses import own_address
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.entities.name_list import follow_rename, is_active
from qbosim.entities.people import LONGEST_PAYEE, display_name, pseudonym
from qbosim.entities.texts import check_emails, check_lengths, without_deleted
from qbosim.jsontext import plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Employee",
    documented(
        "employee.name",
        "An employee needs a GivenName or a FamilyName; DisplayName is made of the parts of the name.",
        "Intuit's documentation of Employee",
    ),
    recorded(
        "employee.defaults",
        "A new employee is active, PrintOnCheckName is the DisplayName, and BillableTime is false.",
        "employees of a real sandbox company",
    ),
    recorded(
        "employee.deactivated",
        "A deactivated employee's DisplayName gets ` (deleted)` appended and plain queries no longer find it.",
        "sandbox traffic, a deactivated employee (minimul/qbo_api)",
    ),
    recorded(
        "employee.order",
        "What is said of employees alone, BillableTime first, stands before their Id; Organization is false.",
        "sandbox traffic of 2020 and 2026 (minimul/qbo_api, deactivate__employee_with_sync_token)",
    ),
    documented(
        "employee.ssn",
        "The SSN is answered masked, whatever was sent.",
        "Intuit's documentation of Employee; fixture of quickbooks-ruby (employee.xml)",
    ),
    assumed(
        "employee.filters",
        "Employees are filtered by names, PrintOnCheckName, Active, EmployeeNumber and the e-mail address.",
        "the schema says so of the names; the others are those of Customer",
    ),
)

_MASKED = "XXX-XX-XXXX"

_COPIED = (
    "EmployeeNumber",
    "HiredDate",
    "ReleasedDate",
    "BirthDate",
    "Gender",
    "EmployeeType",
    "Title",
    "GivenName",
    "MiddleName",
    "FamilyName",
    "Suffix",
    "PrimaryPhone",
    "Mobile",
    "PrimaryEmailAddr",
    "Notes",
)

_LIMITS = {
    "DisplayName": 500,
    "Title": 16,
    "Suffix": 16,
    "GivenName": 100,
    "MiddleName": 100,
    "FamilyName": 100,
    "PrintOnCheckName": LONGEST_PAYEE,
    "EmployeeNumber": 100,
    "SSN": 100,
    "PrimaryPhone.FreeFormNumber": 30,
    "Mobile.FreeFormNumber": 30,
}
"""Source: Intuit's documentation of Employee."""


def _prepare(company: Company, change: Change) -> Body:
    body: Body = {}
    for key in _COPIED:
        value = change.value(key)
        if value is not None:
            body[key] = value
    if not body.get("GivenName") and not body.get("FamilyName"):
        raise faults.no_name()
    body["DisplayName"] = display_name(company, change)
    body["PrintOnCheckName"] = (
        change.value("PrintOnCheckName") or without_deleted(body["DisplayName"])[:LONGEST_PAYEE]
    )
    body["Active"] = is_active(change)
    body["Organization"] = False
    body["BillableTime"] = bool(change.value("BillableTime"))
    for key in ("BillRate", "CostRate"):
        rate = change.value(key)
        if rate is not None:
            body[key] = plain(rate)
    if change.value("SSN"):
        body["SSN"] = _MASKED
    old = change.old or {}
    address = own_address(company, change.value("PrimaryAddr"), old.get("PrimaryAddr"))
    if address is not None:
        body["PrimaryAddr"] = address
    body["V4IDPseudonym"] = old.get("V4IDPseudonym") or pseudonym(company, body["DisplayName"])
    check_lengths(body, _LIMITS)
    check_emails(body, "PrimaryEmailAddr")
    return body


def _saved(company: Company, before: Record | None, after: Record) -> None:
    follow_rename(company, before, after)


EMPLOYEE = Entity(
    name="Employee",
    order=(
        "SSN",
        "PrimaryAddr",
        "EmployeeNumber",
        "BillableTime",
        "BillRate",
        "CostRate",
        "BirthDate",
        "Gender",
        "HiredDate",
        "ReleasedDate",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "Organization",
        "Title",
        "GivenName",
        "MiddleName",
        "FamilyName",
        "Suffix",
        "DisplayName",
        "PrintOnCheckName",
        "Active",
        "V4IDPseudonym",
        "PrimaryPhone",
        "Mobile",
        "PrimaryEmailAddr",
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
        Property("PrintOnCheckName"),
        Property("PrimaryEmailAddr", path=("PrimaryEmailAddr", "Address")),
        Property("EmployeeNumber"),
        Property("Active", "flag"),
    ),
    sorted_by="DisplayName",
    is_list=True,
    label="DisplayName",
    referred_as=("EmployeeRef", "EntityRef"),
    saved=_saved,
)
