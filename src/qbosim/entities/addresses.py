"""Postal addresses: each stored one has an id of its own, and documents copy the customer's."""

from __future__ import annotations

from typing import Any

from qbosim.records.company import Company
from qbosim.records.layout import Body


def own_address(company: Company, sent: Body | None, old: Body | None) -> Body | None:
    """An address with an id of its own; one that did not change keeps it. None when nothing is in it."""
    if not sent:
        return None
    parts: dict[str, Any] = {key: value for key, value in sent.items() if key != "Id" and value != ""}
    if not parts:
        return None
    if old is not None and {key: value for key, value in old.items() if key != "Id"} == parts:
        return old
    return {"Id": str(company.count_up("Address")), **parts}


def company_ship_from(company: Company) -> Body | None:
    """Where the company ships from: its own address in two lines, as recorded since 2026; None without one."""
    address = company.info.get("CompanyAddr") or {}
    street = address.get("Line1")
    if not street:
        return None
    place = ", ".join(
        part
        for part in (
            str(address.get("City", "")),
            f"{address.get('CountrySubDivisionCode', '')}  {address.get('PostalCode', '')}".strip(),
        )
        if part
    )
    found: Body = {"Id": str(company.count_up("Address")), "Line1": street}
    if place:
        found["Line2"] = place
    return found
