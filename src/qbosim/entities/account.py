"""The chart of accounts."""

from __future__ import annotations

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.entities.currencies import currency_reference
from qbosim.entities.entity import Entity
from qbosim.entities.name_list import (
    follow_rename,
    full_name,
    is_active,
    keep_unique,
    named,
    parent_of,
    shown,
)
from qbosim.entities.texts import check_lengths, check_name
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property

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

_TYPE_OF_SUBTYPE = {subtype: kind for kind, (_, subtypes) in TYPES.items() for subtype in subtypes}
_COPIED = ("Description", "AcctNum", "TaxCodeRef", "AccountAlias", "TxnLocationType")


def _prepare(company: Company, change: Change) -> Body:
    name = named(change, "Name")
    check_name("Name", name)
    active = is_active(change)
    old = change.old or {}
    kind, subtype = _type_of(change)
    parent = parent_of(company, change, "Account")
    if parent is not None and parent.body["AccountType"] != kind:
        raise faults.bad_account_type("a subaccount must have the same account type as its parent")
    body: Body = {
        "Name": shown(name, active),
        "SubAccount": parent is not None,
        "FullyQualifiedName": full_name(parent, shown(name, active)),
        "Active": active,
        "Classification": TYPES[kind][0],
        "AccountType": kind,
        "AccountSubType": subtype,
        "CurrentBalance": old.get("CurrentBalance", 0),
        "CurrentBalanceWithSubAccounts": old.get("CurrentBalanceWithSubAccounts", 0),
        "CurrencyRef": old.get("CurrencyRef") or currency_reference(company, change.value("CurrencyRef")),
    }
    if parent is not None:
        body["ParentRef"] = {"value": str(parent.id)}
    for key in _COPIED:
        value = change.value(key)
        if value is not None:
            body[key] = value
    check_lengths(body, {"Name": 100, "AcctNum": 20, "Description": 100})
    keep_unique(company, ("Account",), "FullyQualifiedName", body["FullyQualifiedName"], change)
    return body


def _type_of(change: Change) -> tuple[str, str]:
    """Account type and detail type; either names the other (Intuit's documentation)."""
    old = change.old or {}
    kind = change.value("AccountType")
    subtype = change.value("AccountSubType")
    if kind is None and subtype is None:
        if not old:
            raise faults.missing("AccountType")
        return str(old["AccountType"]), str(old["AccountSubType"])
    if kind is None:
        kind = _TYPE_OF_SUBTYPE.get(str(subtype))
        if kind is None:
            raise faults.bad_choice("AccountSubType", subtype)
    if kind not in TYPES:
        raise faults.bad_choice("AccountType", kind)
    if subtype is None:
        subtype = old["AccountSubType"] if old.get("AccountType") == kind else TYPES[kind][1][0]
    if _TYPE_OF_SUBTYPE.get(str(subtype), kind) != kind:
        raise faults.bad_account_type(f"{subtype} is no detail type of {kind}")
    return str(kind), str(subtype)


def _saved(company: Company, before: Record | None, after: Record) -> None:
    follow_rename(company, before, after)


ACCOUNT = Entity(
    name="Account",
    order=(
        "Name",
        "SubAccount",
        "ParentRef",
        "Description",
        "FullyQualifiedName",
        "Active",
        "Classification",
        "AccountType",
        "AccountSubType",
        "AcctNum",
        "CurrentBalance",
        "CurrentBalanceWithSubAccounts",
        "CurrencyRef",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
    ),
    verbs=frozenset({"create", "update"}),
    prepare=_prepare,
    collection="Accounts",
    properties=(
        Property("Name"),
        Property("FullyQualifiedName", indexed=True),
        Property("Active", "flag"),
        Property("Classification"),
        Property("AccountType", indexed=True),
        Property("AccountSubType"),
        Property("CurrentBalance", "number"),
        Property("SubAccount", "flag"),
        Property("Description"),
        Property("ParentRef", "reference", filterable=False),
    ),
    sorted_by="FullyQualifiedName",
    is_list=True,
    label="FullyQualifiedName",
    referred_as=(
        "AccountRef",
        "IncomeAccountRef",
        "ExpenseAccountRef",
        "AssetAccountRef",
        "ItemAccountRef",
        "DiscountAccountRef",
        "DepositToAccountRef",
        "ARAccountRef",
    ),
    saved=_saved,
)
