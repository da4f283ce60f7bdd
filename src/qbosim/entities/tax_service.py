"""Setting up sales tax: one call makes a tax code with its rates (tax codes have no other way of being made)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from qbosim import faults
from qbosim.entities.texts import check_lengths
from qbosim.jsontext import plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body
from qbosim.records.shape import read_object
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "TaxService",
    documented(
        "tax_service.creates",
        "POST /taxservice/taxcode makes a tax code from new rates (name, value, agency) and existing ones (TaxRateId), "
        "and answers them with their ids, without the usual envelope.",
        "Intuit's documentation of TaxService; python-quickbooks' source",
    ),
    documented(
        "tax_service.json_only",
        "The tax service takes JSON only.",
        "Intuit's documentation of TaxService",
    ),
    documented(
        "tax_service.required",
        "TaxCode and TaxRateDetails are required; a new rate needs TaxRateName, RateValue and TaxAgencyId.",
        "Intuit's documentation of TaxService",
    ),
    documented(
        "tax_service.duplicate",
        "The name of a tax code or tax rate that is taken is refused with 6240.",
        "Intuit's documentation of TaxService; quickbooks-ruby's tests (tax_service_spec.rb)",
    ),
    documented(
        "tax_service.applicable_on",
        "A rate belongs to the code's sales list, or with TaxApplicableOn Purchase to its purchase list.",
        "Intuit's documentation of TaxService and TaxCode",
    ),
    assumed(
        "tax_service.whole",
        "When one rate is refused, nothing of the call is kept.",
        "a call is one transaction everywhere else in the API",
    ),
    assumed(
        "tax_service.value",
        "RateValue is a percentage from 0 to 100.",
        "the documentation names no limits; QuickBooks' own form takes no others",
    ),
)

_LONGEST_CODE = 100
_LONGEST_RATE = 100


def create_tax_code(company: Company, raw: Any) -> Body:
    """Make a tax code and its new rates; answers Intuit's object. Raises 2020, 2040, 2050, 2500 or 6240."""
    sent = read_object("TaxService", raw)
    name = str(sent.get("TaxCode") or "").strip()
    if not name:
        raise faults.missing("TaxCode")
    details = sent.get("TaxRateDetails") or []
    if not details:
        raise faults.missing("TaxRateDetails")
    check_lengths({"TaxCode": name}, {"TaxCode": _LONGEST_CODE})
    if any(company.select("TaxCode", "p_Name = ?", name)):
        raise faults.duplicate_name("tax code")
    rates = [_rate(company, detail) for detail in details]
    lists: dict[str, list[Body]] = {"Sales": [], "Purchase": []}
    for (rate, _), detail in zip(rates, details, strict=True):
        listed = lists["Purchase" if detail.get("TaxApplicableOn") == "Purchase" else "Sales"]
        entry = {"TaxRateRef": rate.reference(), "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": len(listed)}
        listed.append(entry)
    code = company.insert(
        "TaxCode",
        {
            "Name": name,
            "Description": name,
            "Active": True,
            "Taxable": True,
            "TaxGroup": True,
            "SalesTaxRateList": {"TaxRateDetail": lists["Sales"]},
            "PurchaseTaxRateList": {"TaxRateDetail": lists["Purchase"]},
        },
    )
    return {
        "TaxCode": name,
        "TaxCodeId": code.entity.id_text(code.id),
        "TaxRateDetails": [shown for _, shown in rates],
    }


def _rate(company: Company, detail: Body) -> tuple[Record, Body]:
    """The rate that a detail names or makes, and the detail as it is answered."""
    applies = detail.get("TaxApplicableOn") or "Sales"
    if detail.get("TaxRateId"):
        record = company.refer("TaxRate", {"value": str(detail["TaxRateId"])})
    else:
        record = _new_rate(company, detail)
    return record, {
        "TaxRateName": record.body["Name"],
        "TaxRateId": record.entity.id_text(record.id),
        "RateValue": record.body.get("RateValue", 0),
        "TaxAgencyId": str((record.body.get("AgencyRef") or {}).get("value", "")),
        "TaxApplicableOn": applies,
    }


def _new_rate(company: Company, detail: Body) -> Record:
    for key in ("TaxRateName", "RateValue", "TaxAgencyId"):
        if detail.get(key) in (None, ""):
            raise faults.missing(key)
    name = str(detail["TaxRateName"])
    check_lengths({"TaxRateName": name}, {"TaxRateName": _LONGEST_RATE})
    value = Decimal(detail["RateValue"])
    if not 0 <= value <= 100:
        raise faults.bad_number("RateValue", value)
    agency = company.refer("TaxAgency", {"value": str(detail["TaxAgencyId"])})
    if any(company.select("TaxRate", "p_Name = ?", name)):
        raise faults.duplicate_name("tax rate")
    return company.insert(
        "TaxRate",
        {
            "Name": name,
            "Description": name,
            "Active": True,
            "RateValue": plain(value),
            "AgencyRef": {"value": str(agency.id)},
            "SpecialTaxType": "NONE",
            "DisplayType": "ReadOnly",
        },
    )
