"""Whom a line of a journal entry or deposit is about: a customer, a vendor or an employee."""

from __future__ import annotations

from dataclasses import dataclass

from qbosim import faults
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body

_KINDS = ("Customer", "Vendor", "Employee")


@dataclass(frozen=True)
class Party:
    """The name on a line, as postings know it."""

    customer: int | None = None
    vendor: int | None = None
    employee: int | None = None


NOBODY = Party()


def find_party(company: Company, reference: Body | None, kind: object, kept: Body | None) -> Record | None:
    """The record that a line's name leads to, or None when the line names nobody.

    `kind` is Intuit's word (`Customer`, `VENDOR`, …); without one all lists are searched, as their ids are counted
    together. Raises 2500 when there is no such name.
    """
    if not reference or not reference.get("value"):
        return None
    wished = str(kind or "").lower()
    for name in _KINDS:
        if wished in ("", name.lower()):
            number = company.entities[name].id_number(str(reference["value"]))
            if number is not None and company.find(name, number) is not None:
                return company.refer(name, reference, kept)
    raise faults.unknown_reference("Names", reference["value"])


def party_of(record: Record | None) -> Party:
    """A record as the name on a posting."""
    if record is None:
        return NOBODY
    if record.entity.name == "Customer":
        return Party(customer=record.id)
    if record.entity.name == "Vendor":
        return Party(vendor=record.id)
    return Party(employee=record.id)


def check_party(account: Record, party: Party) -> None:
    """Refuse a line on receivables without a customer, and one on payables without a vendor (6000, words seen)."""
    kind = account.body.get("AccountType")
    if kind == "Accounts Receivable" and party.customer is None:
        raise faults.business(
            "When you use Accounts Receivable, you must choose a customer in the Name field."
        )
    if kind == "Accounts Payable" and party.vendor is None:
        raise faults.business("When you use Accounts Payable, you must choose a vendor in the Name field.")
