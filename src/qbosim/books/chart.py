"""The chart of accounts: which types there are, and the accounts that QuickBooks adds to it by itself."""

from __future__ import annotations

from qbosim import faults
from qbosim.books.currencies import reference_to
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body

TYPES: dict[str, tuple[str, tuple[str, ...]]] = {
    "Bank": (
        "Asset",
        ("CashOnHand", "Checking", "MoneyMarket", "RentsHeldInTrust", "Savings", "TrustAccounts"),
    ),
    "Accounts Receivable": ("Asset", ("AccountsReceivable",)),
    "Other Current Asset": (
        "Asset",
        (
            "EmployeeCashAdvances",
            "AllowanceForBadDebts",
            "DevelopmentCosts",
            "Inventory",
            "Investment_MortgageRealEstateLoans",
            "Investment_Other",
            "Investment_TaxExemptSecurities",
            "Investment_USGovernmentObligations",
            "LoansToOfficers",
            "LoansToOthers",
            "LoansToStockholders",
            "OtherCurrentAssets",
            "PrepaidExpenses",
            "Retainage",
            "UndepositedFunds",
        ),
    ),
    "Fixed Asset": (
        "Asset",
        (
            "FurnitureAndFixtures",
            "AccumulatedAmortization",
            "AccumulatedDepletion",
            "AccumulatedDepreciation",
            "Buildings",
            "DepletableAssets",
            "FixedAssetComputers",
            "FixedAssetCopiers",
            "FixedAssetFurniture",
            "FixedAssetPhone",
            "FixedAssetPhotoVideo",
            "FixedAssetSoftware",
            "FixedAssetOtherToolsEquipment",
            "IntangibleAssets",
            "Land",
            "LeaseholdImprovements",
            "MachineryAndEquipment",
            "OtherFixedAssets",
            "Vehicles",
        ),
    ),
    "Other Asset": (
        "Asset",
        (
            "OtherLongTermAssets",
            "AccumulatedAmortizationOfOtherAssets",
            "Goodwill",
            "LeaseBuyout",
            "Licenses",
            "OrganizationalCosts",
            "SecurityDeposits",
        ),
    ),
    "Accounts Payable": ("Liability", ("AccountsPayable",)),
    "Credit Card": ("Liability", ("CreditCard",)),
    "Other Current Liability": (
        "Liability",
        (
            "OtherCurrentLiabilities",
            "DirectDepositPayable",
            "FederalIncomeTaxPayable",
            "GlobalTaxPayable",
            "GlobalTaxSuspense",
            "InsurancePayable",
            "LineOfCredit",
            "LoanPayable",
            "PayrollClearing",
            "PayrollTaxPayable",
            "PrepaidExpensesPayable",
            "RentsInTrustLiability",
            "SalesTaxPayable",
            "StateLocalIncomeTaxPayable",
            "TrustAccountsLiabilities",
            "UndistributedTips",
        ),
    ),
    "Long Term Liability": (
        "Liability",
        ("OtherLongTermLiabilities", "NotesPayable", "ShareholderNotesPayable"),
    ),
    "Equity": (
        "Equity",
        (
            "OpeningBalanceEquity",
            "AccumulatedAdjustment",
            "CommonStock",
            "EstimatedTaxes",
            "Healthcare",
            "OwnersEquity",
            "PaidInCapitalOrSurplus",
            "PartnerContributions",
            "PartnerDistributions",
            "PartnersEquity",
            "PersonalExpense",
            "PersonalIncome",
            "PreferredStock",
            "RetainedEarnings",
            "TreasuryStock",
        ),
    ),
    "Income": (
        "Revenue",
        (
            "ServiceFeeIncome",
            "DiscountsRefundsGiven",
            "NonProfitIncome",
            "OtherPrimaryIncome",
            "SalesOfProductIncome",
            "UnappliedCashPaymentIncome",
        ),
    ),
    "Cost of Goods Sold": (
        "Expense",
        (
            "SuppliesMaterialsCogs",
            "CostOfLaborCos",
            "EquipmentRentalCos",
            "OtherCostsOfServiceCos",
            "ShippingFreightDeliveryCos",
        ),
    ),
    "Expense": (
        "Expense",
        (
            "OtherMiscellaneousServiceCost",
            "AdvertisingPromotional",
            "Auto",
            "BadDebts",
            "BankCharges",
            "CharitableContributions",
            "CommissionsAndFees",
            "CostOfLabor",
            "DuesSubscriptions",
            "Entertainment",
            "EntertainmentMeals",
            "EquipmentRental",
            "FinanceCosts",
            "GlobalTaxExpense",
            "Insurance",
            "InterestPaid",
            "LegalProfessionalFees",
            "OfficeGeneralAdministrativeExpenses",
            "OtherBusinessExpenses",
            "PayrollExpenses",
            "PayrollTaxExpenses",
            "PromotionalMeals",
            "RentOrLeaseOfBuildings",
            "RepairMaintenance",
            "ShippingFreightDelivery",
            "SuppliesMaterials",
            "TaxesPaid",
            "Travel",
            "TravelMeals",
            "UnappliedCashBillPaymentExpense",
            "Utilities",
        ),
    ),
    "Other Income": (
        "Revenue",
        (
            "OtherMiscellaneousIncome",
            "DividendIncome",
            "InterestEarned",
            "OtherInvestmentIncome",
            "TaxExemptInterest",
        ),
    ),
    "Other Expense": (
        "Expense",
        (
            "OtherMiscellaneousExpense",
            "Amortization",
            "Depreciation",
            "ExchangeGainOrLoss",
            "OtherHomeOfficeExpenses",
            "PenaltiesSettlements",
        ),
    ),
}
"""Account types with their classification and detail types, the default detail type first (Intuit's documentation)."""


def add_account(company: Company, name: str, kind: str, subtype: str) -> Record:
    """Add an account of a type (`kind`) and detail type, in home currency, with a balance of 0."""
    return company.insert(
        "Account",
        {
            "Name": name,
            "SubAccount": False,
            "FullyQualifiedName": name,
            "Active": True,
            "Classification": TYPES[kind][0],
            "AccountType": kind,
            "AccountSubType": subtype,
            "CurrentBalance": 0,
            "CurrentBalanceWithSubAccounts": 0,
            "CurrencyRef": reference_to(company.home_currency),
        },
    )


def account_in_currency(company: Company, kind: str, body: Body) -> int:
    """The receivables or payables account (`kind` is its AccountType) of a document's currency.

    Each further currency gets one of its own when it is first used. Raises 6000 when the chart has none of the kind.
    """
    currency = str((body.get("CurrencyRef") or {}).get("value", company.home_currency))
    first: Record | None = None
    for account in company.select("Account", "p_AccountType = ?", kind):
        if account.body["CurrencyRef"]["value"] == currency:
            return account.id
        first = first or account
    if first is None:
        raise faults.business(f"There is no {kind} account.")
    name = f"{first.body['Name']} - {currency}"
    twin = {**first.body, "Name": name, "FullyQualifiedName": name, "CurrencyRef": reference_to(currency)}
    for key in ("CurrentBalance", "CurrentBalanceWithSubAccounts"):
        twin[key] = 0
    return company.insert("Account", twin).id
