"""Classes and departments (locations): two trees of tags that a company may track its business by."""

from __future__ import annotations

from collections.abc import Callable

from qbosim.entities.addresses import own_address
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.entities.name_list import (
    follow_rename,
    full_name,
    is_active,
    keep_unique,
    named,
    parent_of,
    shown,
)
from qbosim.entities.texts import check_lengths, check_name
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Class",
    recorded(
        "tracking.class_ids",
        "Classes have ids of 19 digits, departments small ones.",
        "real sandbox data (fylein/qbo-sdk-py)",
    ),
    documented(
        "tracking.names",
        "A class or department needs a Name of at most 100 characters without a colon; full names are unique.",
        "Intuit's documentation of Class and Department",
    ),
    documented(
        "tracking.nested",
        "SubClass and SubDepartment follow from ParentRef; at most five levels; a renamed parent renames those below.",
        "Intuit's documentation of Class and Department",
    ),
    assumed(
        "tracking.deactivated",
        "Classes and departments are deactivated, not deleted; the name then ends in ` (deleted)`.",
        "as recorded of customers and accounts; a department of 2013 in quickbooks-ruby's fixtures has ` (Deleted)`",
    ),
)


def _preparer(entity: str, flag: str) -> Callable[[Company, Change], Body]:
    def prepare(company: Company, change: Change) -> Body:
        name = named(change, "Name")
        check_name("Name", name)
        active = is_active(change)
        parent = parent_of(company, change, entity)
        full = full_name(parent, shown(name, active))
        body: Body = {
            "Name": shown(name, active),
            flag: parent is not None,
            "FullyQualifiedName": full,
            "Active": active,
        }
        if parent is not None:
            body["ParentRef"] = parent.reference()
        if entity == "Department":
            address = own_address(company, change.value("Address"), (change.old or {}).get("Address"))
            if address is not None:
                body["Address"] = address
        check_lengths(body, {"Name": 100})
        keep_unique(company, (entity,), "FullyQualifiedName", full, change)
        return body

    return prepare


def _saved(company: Company, before: Record | None, after: Record) -> None:
    follow_rename(company, before, after)


def _properties(flag: str) -> tuple[Property, ...]:
    return (
        Property("Name"),
        Property("FullyQualifiedName", indexed=True),
        Property("Active", "flag"),
        Property(flag, "flag"),
        Property("ParentRef", "reference", filterable=False),
    )


CLASS = Entity(
    name="Class",
    order=(
        "Name",
        "SubClass",
        "ParentRef",
        "FullyQualifiedName",
        "Active",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
    ),
    verbs=frozenset({"create", "update"}),
    prepare=_preparer("Class", "SubClass"),
    first_id=5000000000000085681,
    collection="Klasses",
    properties=_properties("SubClass"),
    sorted_by="FullyQualifiedName",
    is_list=True,
    label="FullyQualifiedName",
    referred_as=("ClassRef",),
    saved=_saved,
)

DEPARTMENT = Entity(
    name="Department",
    order=(
        "Name",
        "SubDepartment",
        "ParentRef",
        "FullyQualifiedName",
        "Active",
        "Address",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
    ),
    verbs=frozenset({"create", "update"}),
    prepare=_preparer("Department", "SubDepartment"),
    collection="Depts",
    properties=_properties("SubDepartment"),
    sorted_by="FullyQualifiedName",
    is_list=True,
    label="FullyQualifiedName",
    referred_as=("DepartmentRef",),
    saved=_saved,
)


def tracks_classes(company: Company) -> bool:
    """Whether lines may have a class, be it their own or their transaction's."""
    return any(
        company.preference("AccountingInfoPrefs", key)
        for key in ("ClassTrackingPerTxnLine", "ClassTrackingPerTxn")
    )
