"""What a folder does not hold and a company cannot do without: settings, lists, and where its counters stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from qbosim.books.chart import add_account
from qbosim.books.currencies import NAMES
from qbosim.companies import starting_lists
from qbosim.companies.folder import Folder
from qbosim.companies.settings import Settings
from qbosim.entities.catalogue import ENTITIES
from qbosim.records.company import Company
from qbosim.records.layout import Body, id_number

_SHARED_SEQUENCES = {"OtherName": "Names"}
"""Entities that are left out, but whose ids must not be given away again."""

_NUMBERED = {
    "SalesNumber": ("Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt"),
    "EstimateNumber": ("Estimate",),
    "PurchaseOrderNumber": ("PurchaseOrder",),
}
"""Forms by the run of numbers that they share (recorded)."""

_COUNTRIES = {"USD": "US", "CAD": "CA", "GBP": "GB", "AUD": "AU", "NZD": "NZ", "EUR": "IE"}


def settings_from(folder: Folder, name: str) -> Settings:
    """The settings that the folder's objects speak for, of a company called `name`."""
    currency = next((code for code in folder.values("Account", "CurrencyRef") if code in NAMES), "USD")
    origin = next(folder.parts("Invoice", "ShipFromAddr"), None) or next(
        folder.parts("CreditMemo", "ShipFromAddr"), None
    )
    discount = next(folder.ids_of("Account", "AccountSubType", "DiscountsRefundsGiven"), "")
    used = (
        _id_under(detail, "DiscountAccountRef") for detail in folder.details("Invoice", "DiscountLineDetail")
    )
    discount = next((number for number in used if number), discount)
    return Settings(
        name=name,
        country=_COUNTRIES.get(currency, "US"),
        home_currency=currency,
        default_terms=_commonest(folder.values("Invoice", "SalesTermRef")) or "3",
        default_item="1" if "Item" not in folder or "1" in folder.ids("Item") else "",
        tax_group=_tax_group(folder),
        discount_account=discount,
        custom_fields=_custom_fields(folder),
        address=_address(origin) if origin else {},
    )


def _tax_group(folder: Folder) -> str:
    used = (_id_under(detail, "TxnTaxCodeRef") for detail in folder.parts("Invoice", "TxnTaxDetail"))
    return _commonest(code for code in used if code) or next(folder.ids("TaxCode"), "")


def _custom_fields(folder: Folder) -> tuple[str, ...]:
    forms = "Invoice" if folder.entries("Invoice") else "SalesReceipt"
    for record in folder.records(forms):
        fields = record.get("CustomField")
        entries = [entry for entry in fields if isinstance(entry, dict)] if isinstance(fields, list) else []
        names = [str(entry.get("Name", "")) for entry in entries]
        if names:
            return tuple(names)
    return ()


def _id_under(part: Body, key: str) -> str:
    """The id that a part of a folder's object refers to; empty for whatever is no reference."""
    reference = part.get(key)
    number = reference.get("value") if isinstance(reference, dict) else None
    return number if isinstance(number, str) else ""


def _commonest(values: Iterable[str]) -> str:
    counted = Counter(values).most_common(1)
    return counted[0][0] if counted else ""


def _address(origin: Body) -> Body:
    """The company's address from the two lines that sales forms show as their origin."""
    address: Body = {"Id": "1", "Line1": str(origin.get("Line1", ""))}
    place = re.fullmatch(r"(.+), (\S+)\s+(.+)", str(origin.get("Line2", "")))
    if place is not None:
        address |= {
            "City": place.group(1),
            "CountrySubDivisionCode": place.group(2),
            "PostalCode": place.group(3),
        }
    return address


def add_missing_lists(company: Company, folder: Folder) -> list[str]:
    """Add what sales cannot do without, where the folder has no such file or its file lacks it; answers what."""
    added = []
    if "Account" not in folder:
        starting_lists.add_accounts(company)
        added.append("Account")
    else:
        added += _add_missing_accounts(company)
    if "Term" not in folder:
        starting_lists.add_terms(company)
        added.append("Term")
    if "PaymentMethod" not in folder:
        starting_lists.add_payment_methods(company)
        added.append("PaymentMethod")
    if company.country == "US" and company.find("TaxCode", -1) is None:
        starting_lists.add_us_line_codes(company)
        added.append("TaxCode TAX and NON")
    if "Item" not in folder:
        starting_lists.add_items(company)
        added.append("Item")
    return added


def _add_missing_accounts(company: Company) -> list[str]:
    added = []
    for name, kind, subtype in starting_lists.ACCOUNTS:
        if name not in starting_lists.ESSENTIAL:
            continue
        if subtype in ("ServiceFeeIncome", "DiscountsRefundsGiven"):
            found = any(company.select("Account", "p_AccountType = ?", kind))
        else:
            found = any(company.select("Account", "p_AccountSubType = ?", subtype))
        if not found:
            add_account(company, name, kind, subtype)
            added.append(f"Account {name}")
    return added


def count_on(company: Company, folder: Folder) -> None:
    """Set every counter above what the folder uses, in the files that are left out too."""
    counters = {entity.name: entity.counter for entity in ENTITIES} | _SHARED_SEQUENCES
    for name in folder:
        last = max((id_number(text) or 0 for text in folder.ids(name)), default=0)
        if last and name in counters:
            company.count_from(counters[name], last)
    company.count_from("Address", max(folder.address_ids(), default=0))
    for counter, forms in _NUMBERED.items():
        numbers = [
            int(str(record["DocNumber"]))
            for name in forms
            for record in folder.records(name)
            if re.fullmatch(r"\d{1,9}", str(record.get("DocNumber", "")))
        ]
        if numbers:
            company.count_from(counter, max(numbers))
