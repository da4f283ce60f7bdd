"""Tax codes, rates and agencies: codes and rates are only read here, agencies are made here too."""

from __future__ import annotations

from decimal import Decimal

from qbosim import faults
from qbosim.books.chart import add_account
from qbosim.books.sales import liability_account
from qbosim.books.sales_tax import Rate
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.entities.name_list import named
from qbosim.entities.texts import check_lengths, check_name
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, documented, recorded

RULES = Topic(
    "TaxCode",
    documented(
        "tax.codes_and_rates_are_read",
        "TaxCode and TaxRate are read and queried here; they are made with the tax service only.",
        "Intuit's documentation of TaxCode, TaxRate and TaxService",
    ),
    documented(
        "tax.change_feed",
        "The change feed knows neither tax codes nor rates nor agencies.",
        "Intuit's documentation of change data capture",
    ),
    documented(
        "tax.us_line_codes",
        "In the US a line carries one of the codes TAX and NON, whose ids are these words.",
        "Intuit's documentation of TaxCode",
    ),
    documented(
        "tax.agency_created",
        "A tax agency is made from its DisplayName; a name that is taken is refused with 6240.",
        "Intuit's documentation of TaxAgency",
    ),
    recorded(
        "tax.agency_account",
        "Tax is owed to an agency on the account `<agency> Payable`, which comes with the agency.",
        "accounts of a real sandbox company (Arizona Dept. of Revenue Payable)",
    ),
    documented(
        "tax.max_results",
        "A query for tax codes answers all of them, whatever MAXRESULTS says.",
        "a known bug, reported by integrators",
    ),
)

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


def _prepare_agency(company: Company, change: Change) -> Body:
    name = named(change, "DisplayName")
    check_name("DisplayName", name)
    body: Body = {
        "TaxTrackedOnPurchases": company.country != "US",
        "TaxTrackedOnSales": True,
        "DisplayName": name,
    }
    for key in ("TaxTrackedOnPurchases", "TaxTrackedOnSales", "TaxRegistrationNumber"):
        value = change.value(key)
        if value is not None:
            body[key] = value
    check_lengths(body, {"DisplayName": 100, "TaxRegistrationNumber": 100})
    if any(company.select("TaxAgency", "p_DisplayName = ?", name)):
        raise faults.duplicate_name("tax agency")
    return body


def _agency_saved(company: Company, _before: Record | None, after: Record) -> None:
    """Give a new agency the account its tax is owed on, unless the chart has one of that name."""
    name = f"{after.body['DisplayName']} Payable"
    if any(company.select("Account", "p_FullyQualifiedName = ?", name)):
        return
    add_account(company, name, "Other Current Liability", "GlobalTaxPayable")


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
    verbs=frozenset({"create"}),
    prepare=_prepare_agency,
    collection="TaxAgencies",
    properties=(Property("DisplayName", indexed=True),),
    label="DisplayName",
    saved=_agency_saved,
    in_change_feed=False,
)


def tax_mode(company: Company, change: Change) -> str:
    """How a form is taxed: `US`, or outside the US Intuit's `TaxExcluded`, `TaxInclusive` or `NotApplicable`."""
    if company.country == "US":
        return "US"
    return str(change.kept("GlobalTaxCalculation") or "TaxExcluded")
