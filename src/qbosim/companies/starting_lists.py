"""The lists a new company starts with: accounts, terms, payment methods, taxes and items."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from qbosim.books.chart import add_account
from qbosim.entities.tax import NOT_TAXABLE, TAX_CODE, TAXABLE
from qbosim.jsontext import plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body

ACCOUNTS: tuple[tuple[str, str, str], ...] = (
    ("Services", "Income", "ServiceFeeIncome"),
    ("Retained Earnings", "Equity", "RetainedEarnings"),
    ("Prepaid Expenses", "Other Current Asset", "PrepaidExpenses"),
    ("Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    ("Advertising", "Expense", "AdvertisingPromotional"),
    ("Bank Charges", "Expense", "BankCharges"),
    ("Dues & Subscriptions", "Expense", "DuesSubscriptions"),
    ("Insurance", "Expense", "Insurance"),
    ("Legal & Professional Fees", "Expense", "LegalProfessionalFees"),
    ("Office Expenses", "Expense", "OfficeGeneralAdministrativeExpenses"),
    ("Payroll Expenses", "Expense", "PayrollExpenses"),
    ("Rent or Lease", "Expense", "RentOrLeaseOfBuildings"),
    ("Supplies", "Expense", "SuppliesMaterials"),
    ("Travel", "Expense", "Travel"),
    ("Utilities", "Expense", "Utilities"),
    ("Uncategorized Income", "Income", "ServiceFeeIncome"),
    ("Uncategorized Expense", "Expense", "OtherMiscellaneousServiceCost"),
    ("Uncategorized Asset", "Other Current Asset", "OtherCurrentAssets"),
    ("Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    ("Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
    ("Checking", "Bank", "Checking"),
    ("Savings", "Bank", "Savings"),
    ("Visa", "Credit Card", "CreditCard"),
    ("Sales of Product Income", "Income", "SalesOfProductIncome"),
    ("Shipping Income", "Income", "OtherPrimaryIncome"),
    ("Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("Inventory Asset", "Other Current Asset", "Inventory"),
    ("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    ("Discounts given", "Income", "DiscountsRefundsGiven"),
    ("Interest Earned", "Other Income", "InterestEarned"),
    ("Unapplied Cash Payment Income", "Income", "UnappliedCashPaymentIncome"),
)
"""Name, type and detail type of every account, in the order of their ids."""

ESSENTIAL = ("Accounts Receivable (A/R)", "Undeposited Funds", "Services", "Discounts given")
"""Accounts without which sales cannot be entered."""

TERMS: tuple[tuple[str, int], ...] = (
    ("Due on receipt", 0),
    ("Net 15", 15),
    ("Net 30", 30),
    ("Net 60", 60),
    ("Net 10", 10),
)
"""Name and days, in the order of their ids (recorded)."""

METHODS: tuple[tuple[str, str], ...] = (
    ("Cash", "NON_CREDIT_CARD"),
    ("Check", "NON_CREDIT_CARD"),
    ("Credit Card", "CREDIT_CARD"),
    ("Visa", "CREDIT_CARD"),
    ("MasterCard", "CREDIT_CARD"),
)


@dataclass(frozen=True)
class TaxGroup:
    """A tax code with its rates, all owed to one agency."""

    name: str
    agency: str
    rates: tuple[tuple[str, str], ...]
    """Name and percentage of each."""


TAXES: dict[str, tuple[TaxGroup, ...]] = {
    "US": (
        TaxGroup("State", "State Tax Commission", (("State sales tax", "6.25"),)),
        TaxGroup("City", "City Revenue Office", (("County sales tax", "7.1"), ("City sales tax", "2"))),
    ),
    "CA": (
        TaxGroup("HST ON", "Canada Revenue Agency", (("HST (ON) 2016", "13"),)),
        TaxGroup("GST", "Canada Revenue Agency", (("GST", "5"),)),
        TaxGroup("Zero-rated", "Canada Revenue Agency", (("GST Zero-rated", "0"),)),
    ),
    "GB": (
        TaxGroup("20.0% S", "HM Revenue & Customs", (("20.0% S (Sales)", "20"),)),
        TaxGroup("5.0% R", "HM Revenue & Customs", (("5.0% R (Sales)", "5"),)),
        TaxGroup("0.0% Z", "HM Revenue & Customs", (("0.0% Z (Sales)", "0"),)),
    ),
    "AU": (
        TaxGroup("GST", "Australian Taxation Office", (("GST (Sales)", "10"),)),
        TaxGroup("GST free", "Australian Taxation Office", (("GST free (Sales)", "0"),)),
    ),
}
"""Sales taxes by country."""

OTHER_COUNTRIES = (
    TaxGroup("Standard", "Tax Office", (("Standard rate", "20"),)),
    TaxGroup("Zero", "Tax Office", (("Zero rate", "0"),)),
)


def add_accounts(company: Company, wanted: tuple[tuple[str, str, str], ...] = ACCOUNTS) -> None:
    """Add accounts to the chart."""
    for name, kind, subtype in wanted:
        add_account(company, name, kind, subtype)


def add_terms(company: Company) -> None:
    """Add the usual payment terms."""
    for name, days in TERMS:
        company.insert(
            "Term", {"Name": name, "Active": True, "Type": "STANDARD", "DueDays": days, "DiscountDays": 0}
        )


def add_payment_methods(company: Company) -> None:
    """Add the usual payment methods."""
    for name, kind in METHODS:
        company.insert("PaymentMethod", {"Name": name, "Active": True, "Type": kind})


def add_us_line_codes(company: Company) -> None:
    """Add the two codes that lines of US companies carry."""
    for code, taxable in ((TAXABLE, True), (NOT_TAXABLE, False)):
        body: Body = {
            "Name": code,
            "Description": "Taxable" if taxable else "Non-Taxable",
            "Active": True,
            "Taxable": taxable,
            "TaxGroup": False,
        }
        company.insert("TaxCode", body, number=TAX_CODE.named_ids[code])


def add_taxes(company: Company, country: str) -> None:
    """Add a country's tax codes with their rates, agencies and payable accounts."""
    agencies: dict[str, Record] = {}
    for group in TAXES.get(country, OTHER_COUNTRIES):
        agency = agencies.get(group.agency)
        if agency is None:
            agency = agencies[group.agency] = company.insert(
                "TaxAgency",
                {
                    "TaxTrackedOnPurchases": country != "US",
                    "TaxTrackedOnSales": True,
                    "DisplayName": group.agency,
                },
            )
            add_account(company, f"{group.agency} Payable", "Other Current Liability", "GlobalTaxPayable")
        company.insert(
            "TaxCode",
            {
                "Name": group.name,
                "Description": group.name,
                "Active": True,
                "Taxable": True,
                "TaxGroup": True,
                "SalesTaxRateList": {"TaxRateDetail": _add_rates(company, group, agency, "Sales")},
                "PurchaseTaxRateList": {
                    "TaxRateDetail": _add_rates(company, group, agency, "Purchases")
                    if country != "US"
                    else []
                },
            },
        )


def _add_rates(company: Company, group: TaxGroup, agency: Record, side: str) -> list[Body]:
    """Add a group's rates for `Sales` or `Purchases`, and answer the entries of the code's list."""
    details = []
    for order, (name, percent) in enumerate(group.rates):
        rate = company.insert(
            "TaxRate",
            {
                "Name": name if side == "Sales" else f"{name.removesuffix(' (Sales)')} ({side})",
                "Description": "Sales Tax" if side == "Sales" else "Tax on purchases",
                "Active": True,
                "RateValue": plain(Decimal(percent)),
                "AgencyRef": {"value": str(agency.id)},
                "SpecialTaxType": "NONE",
                "DisplayType": "ReadOnly",
            },
        )
        details.append(
            {"TaxRateRef": rate.reference(), "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": order}
        )
    return details


def add_items(company: Company) -> None:
    """Add the two services every company starts with; the first is the default item."""
    for account in company.select("Account", "p_FullyQualifiedName = 'Services'"):
        for name in ("Services", "Hours"):
            company.insert(
                "Item",
                {
                    "Name": name,
                    "Active": True,
                    "FullyQualifiedName": name,
                    "Taxable": False,
                    "UnitPrice": 0,
                    "Type": "Service",
                    "IncomeAccountRef": account.reference(),
                    "PurchaseCost": 0,
                    "TrackQtyOnHand": False,
                },
            )
