"""The foreign currencies that a company works with."""

from __future__ import annotations

from qbosim import faults
from qbosim.books.currencies import NAMES
from qbosim.entities.change import Change
from qbosim.entities.currencies import need_multi_currency
from qbosim.entities.entity import Entity
from qbosim.entities.name_list import is_active
from qbosim.records.company import Company
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "CompanyCurrency",
    documented(
        "company_currency.code",
        "A currency is made from its ISO code, which never changes; QuickBooks gives it its name.",
        "Intuit's documentation of CompanyCurrency",
    ),
    documented(
        "company_currency.deactivated",
        "A currency is made inactive instead of deleted; its name gets no suffix.",
        "fixture of quickbooks-ruby (deleted_company_currency.xml)",
    ),
    assumed(
        "company_currency.once",
        "A second currency of the same code is refused with 6240, and so is the home currency.",
        "the list names each currency the company works with besides its own once",
    ),
)


def _prepare(company: Company, change: Change) -> Body:
    need_multi_currency(company)
    old = change.old or {}
    code = str(old.get("Code") or change.value("Code") or "").upper()
    if not code:
        raise faults.missing("Code")
    if code not in NAMES:
        raise faults.bad_choice("Code", code)
    taken = code == company.home_currency or any(company.select("CompanyCurrency", "p_Code = ?", code))
    if not old and taken:
        raise faults.duplicate_name("Currency")
    return {"Code": code, "Name": NAMES[code], "Active": is_active(change)}


COMPANY_CURRENCY = Entity(
    name="CompanyCurrency",
    order=("Code", "Name", "Active", "domain", "sparse", "Id", "SyncToken", "MetaData"),
    verbs=frozenset({"create", "update"}),
    prepare=_prepare,
    collection="Currencies",
    properties=(Property("Code", indexed=True), Property("Name"), Property("Active", "flag")),
    is_list=True,
    label="Name",
)
