"""Tax codes, rates and agencies: read and queried, never written through these addresses."""

from __future__ import annotations

from decimal import Decimal

from qbosim import faults
from qbosim.books.sales import liability_account
from qbosim.books.sales_tax import Rate
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property

_HEAD = ("domain", "sparse", "Id", "SyncToken", "MetaData")

TAXABLE = "TAX"
NOT_TAXABLE = "NON"
"""The two codes of a US line (Intuit's documentation); which rates apply is said once per transaction."""


def rates_of(company: Company, code: Record) -> tuple[Rate, ...]:
    """The sales tax rates of a code, in their order, each with the account its tax is owed on."""
    details = (code.body.get("SalesTaxRateList") or {}).get("TaxRateDetail", [])
    rates = []
    for detail in sorted(details, key=lambda entry: int(entry.get("TaxOrder", 0))):
        record = company.refer("TaxRate", detail["TaxRateRef"], detail["TaxRateRef"])
        rates.append(
            Rate(
                record.entity.id_text(record.id),
                Decimal(record.body.get("RateValue", 0)),
                liability_account(company, record),
            )
        )
    return tuple(rates)


def _refuse(_company: Company, _change: Change) -> Body:
    raise faults.unsupported("write on a tax entity")


TAX_CODE = Entity(
    name="TaxCode",
    order=(
        *_HEAD,
        "Name",
        "Description",
        "Active",
        "Taxable",
        "TaxGroup",
        "SalesTaxRateList",
        "PurchaseTaxRateList",
    ),
    verbs=frozenset(),
    prepare=_refuse,
    first_id=2,
    collection="TaxCodes",
    properties=(
        Property("Name"),
        Property("Description"),
        Property("Active", "flag"),
        Property("Hidden", "flag"),
    ),
    is_list=True,
    label="Name",
    in_change_feed=False,
    named_ids={TAXABLE: -2, NOT_TAXABLE: -1},
)

TAX_RATE = Entity(
    name="TaxRate",
    order=(
        *_HEAD,
        "Name",
        "Description",
        "Active",
        "RateValue",
        "AgencyRef",
        "SpecialTaxType",
        "DisplayType",
    ),
    verbs=frozenset(),
    prepare=_refuse,
    collection="TaxRates",
    properties=(Property("Name"), Property("Active", "flag"), Property("Description")),
    is_list=True,
    label="Name",
    in_change_feed=False,
)

TAX_AGENCY = Entity(
    name="TaxAgency",
    order=(*_HEAD, "TaxTrackedOnPurchases", "TaxTrackedOnSales", "DisplayName", "TaxRegistrationNumber"),
    verbs=frozenset(),
    prepare=_refuse,
    collection="TaxAgencies",
    properties=(Property("DisplayName"),),
    label="DisplayName",
    in_change_feed=False,
)
