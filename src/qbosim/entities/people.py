"""What customers, vendors and employees share: one set of display names, and names made from parts."""

from __future__ import annotations

import hashlib

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.entities.name_list import is_active, keep_unique, named, shown
from qbosim.entities.texts import check_name
from qbosim.records.company import Company
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "Names of people",
    documented(
        "people.one_set_of_names",
        "A display name is taken once among customers, vendors and employees together; a second one is refused with 6240.",
        "Intuit's documentation of Customer, Vendor and Employee",
    ),
    documented(
        "people.name_from_parts",
        "Without DisplayName it is put together from title, given, middle and family name and suffix.",
        "Intuit's documentation of Vendor",
    ),
    recorded(
        "people.payee",
        "A customer or vendor made without PrintOnCheckName gets the company's name there, else the given and family "
        "name, else the display name.",
        "sandbox traffic of 2026 (NangoHQ/integration-templates, create-customer and create-vendor)",
    ),
    assumed(
        "people.long_payee",
        "A PrintOnCheckName made of other names is cut to its 110 characters; one that is sent and longer is refused.",
        "a display name may have 500 characters, and Intuit documents no refusal of such a one for want of another name",
    ),
    assumed(
        "people.free_after_deactivation",
        "The name of a deactivated customer, vendor or employee may be used again.",
        "the deactivated record is shown with another name, which ends in (deleted)",
    ),
)

PEOPLE = ("Customer", "Vendor", "Employee")
"""Lists that share one set of display names (Intuit's documentation)."""

NAME_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")


def display_name(company: Company, change: Change) -> str:
    """The display name after the change, as it is shown, unique among all people.

    Raises 6240 for a name that is taken, 6000 for a forbidden character, and Intuit's fault for no name at all.
    """
    name = named(change, "DisplayName", required=False)
    if not name:
        name = " ".join(str(part) for key in NAME_PARTS if (part := change.value(key)))
    if not name:
        raise faults.no_name()
    check_name("DisplayName", name)
    for key in ("GivenName", "MiddleName", "FamilyName"):
        check_name(key, str(change.value(key) or ""))
    name = shown(name, is_active(change))
    keep_unique_among_people(company, name, change)
    return name


LONGEST_PAYEE = 110
"""Characters of PrintOnCheckName."""


def keep_unique_among_people(company: Company, name: str, change: Change) -> None:
    """Refuse a display name that another customer, vendor or employee has (6240)."""
    lists = (entity for entity in PEOPLE if entity in company.entities)
    keep_unique(company, lists, "DisplayName", name, change)


def payee(change: Change, display: str) -> str:
    """PrintOnCheckName: as sent or as it was, else the company's name, else the person's, else the display name.

    A name that is made of others is cut to what fits, as a display name may be longer (assumed).
    """
    sent = change.value("PrintOnCheckName")
    if sent:
        return str(sent)
    person = " ".join(
        str(part) for key in ("GivenName", "MiddleName", "FamilyName") if (part := change.value(key))
    )
    return str(change.value("CompanyName") or person or display)[:LONGEST_PAYEE]


def pseudonym(company: Company, name: str) -> str:
    """The opaque value under `V4IDPseudonym` of a new record: `002098` and 32 hexadecimal digits (recorded)."""
    text = f"{company.realm}/{company.seconds}/{name}"
    return "002098" + hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
