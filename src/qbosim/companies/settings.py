"""A company's own data and preferences, as a new company has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from qbosim.books.currencies import reference_to
from qbosim.records.layout import Body

ZONES = {
    "US": "America/Los_Angeles",
    "CA": "America/Toronto",
    "GB": "Europe/London",
    "AU": "Australia/Sydney",
    "NZ": "Pacific/Auckland",
    "IE": "Europe/Dublin",
    "DE": "Europe/Berlin",
    "FR": "Europe/Paris",
}

_US_PLACES = (("Sacramento", "CA", "95814"), ("Boise", "ID", "83702"), ("Duluth", "MN", "55802"))
_PLACES = {
    "CA": (("Hamilton", "ON", "L8P 1A1"), ("Windsor", "ON", "N9A 1A1")),
    "GB": (("Sheffield", "", "S1 2HE"), ("Norwich", "", "NR2 1AA")),
    "AU": (("Hobart", "TAS", "7000"), ("Ballarat", "VIC", "3350")),
}


def address_in(country: str, seed: int) -> Body:
    """A company's address, chosen by `seed`."""
    places = _PLACES.get(country, _US_PLACES)
    city, region, code = places[seed % len(places)]
    address: Body = {"Id": "1", "Line1": f"{1 + seed % 97} Market Street", "City": city, "Country": country}
    if region:
        address["CountrySubDivisionCode"] = region
    address["PostalCode"] = code
    return address


@dataclass(frozen=True)
class Settings:
    """What makes one company different from another."""

    name: str
    country: str = "US"
    """Two letters; decides how sales tax works."""
    home_currency: str = "USD"
    custom_txn_numbers: bool = False
    """Clients number their documents themselves."""
    multi_currency: bool = False
    automated_tax: bool = False
    """US only: Intuit's tax engine chooses the rates."""
    class_tracking: str = ""
    """`transaction`, `line` or nothing."""
    track_departments: bool = False
    custom_fields: Sequence[str] = field(default_factory=tuple)
    """Names of up to three text fields on sales forms."""
    default_terms: str = "3"
    default_item: str = ""
    tax_group: str = ""
    """Id of the tax code that new customers get; empty: sales tax is not in use."""
    discount_account: str = ""
    shipping_account: str = ""
    address: Body = field(default_factory=dict)
    email: str = ""


def company_info(settings: Settings, started: str) -> Body:
    """CompanyInfo of a company that began on the day `started`."""
    body: Body = {
        "CompanyName": settings.name,
        "LegalName": settings.name,
        "CompanyStartDate": started,
        "FiscalYearStartMonth": "January",
        "Country": settings.country,
        "SupportedLanguages": "en",
        "DefaultTimeZone": ZONES.get(settings.country, "America/Los_Angeles"),
        "NameValue": [
            {"Name": "NeoEnabled", "Value": "true"},
            {"Name": "SubscriptionStatus", "Value": "PAID"},
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
            {"Name": "PayrollFeature", "Value": "false"},
            {"Name": "AccountantFeature", "Value": "false"},
            {"Name": "ItemCategoriesFeature", "Value": "true"},
        ],
        "PrimaryPhone": {},
        "Email": {"Address": settings.email} if settings.email else {},
        "WebAddr": {},
    }
    if settings.address:
        for key in ("CompanyAddr", "CustomerCommunicationAddr", "LegalAddr"):
            body[key] = settings.address
    return body


def preferences(settings: Settings) -> Body:
    """Preferences in the shape Intuit answers them."""
    sales: Body = {
        "CustomField": _custom_fields(settings.custom_fields),
        "CustomTxnNumbers": settings.custom_txn_numbers,
        "EmailCopyToCompany": False,
        "AllowDeposit": True,
        "AllowDiscount": True,
        "AllowEstimates": True,
        "AllowServiceDate": True,
        "AllowShipping": True,
        "AutoApplyCredit": False,
        "AutoApplyPayments": False,
        "IPNSupportEnabled": False,
        "ETransactionEnabledStatus": "NotApplicable",
        "ETransactionAttachPDF": False,
        "ETransactionPaymentEnabled": False,
        "UsingPriceLevels": False,
        "UsingProgressInvoicing": False,
    }
    if settings.discount_account:
        sales["DefaultDiscountAccount"] = settings.discount_account
    if settings.shipping_account:
        sales["DefaultShippingAccount"] = settings.shipping_account
    if settings.default_terms:
        sales["DefaultTerms"] = {"value": settings.default_terms}
    if settings.default_item:
        sales["DefaultItem"] = {"value": settings.default_item}
    tax: Body = {"UsingSalesTax": bool(settings.tax_group), "PartnerTaxEnabled": settings.automated_tax}
    if settings.tax_group:
        tax["TaxGroupCodeRef"] = {"value": settings.tax_group}
    return {
        "AccountingInfoPrefs": {
            "FirstMonthOfFiscalYear": "January",
            "UseAccountNumbers": False,
            "TaxYearMonth": "January",
            "ClassTrackingPerTxn": settings.class_tracking == "transaction",
            "ClassTrackingPerTxnLine": settings.class_tracking == "line",
            "TrackDepartments": settings.track_departments,
            "CustomerTerminology": "Customers",
        },
        "ProductAndServicesPrefs": {"ForSales": True, "ForPurchase": True, "QuantityWithPriceAndRate": True},
        "SalesFormsPrefs": sales,
        "EmailMessagesPrefs": {},
        "VendorAndPurchasesPrefs": {"TrackingByCustomer": True, "BillableExpenseTracking": True},
        "TimeTrackingPrefs": {"UseServices": True, "BillCustomers": True, "WorkWeekStartDate": "Monday"},
        "TaxPrefs": tax,
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": settings.multi_currency,
            "HomeCurrency": {"value": reference_to(settings.home_currency)["value"]},
        },
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
        "OtherPrefs": {"NameValue": []},
    }


def _custom_fields(names: Sequence[str]) -> list[Body]:
    """Custom fields in Intuit's nested shape (recorded): one group says which are used, the other their names."""
    if not names:
        return []
    used = [
        {"Name": f"SalesFormsPrefs.UseSalesCustom{number}", "Type": "BooleanType", "BooleanValue": True}
        for number, _ in enumerate(names, 1)
    ]
    named = [
        {"Name": f"SalesFormsPrefs.SalesCustomName{number}", "Type": "StringType", "StringValue": name}
        for number, name in enumerate(names, 1)
    ]
    return [{"CustomField": used}, {"CustomField": named}]
