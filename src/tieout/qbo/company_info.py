"""Who a company is and how its books are set up."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from tieout.qbo.entities.spelling import PostalAddress, Ref, ref_of


@dataclass(frozen=True)
class CompanyInfo:
    """A company of QuickBooks."""

    name: str
    legal_name: str
    country: str
    """As QuickBooks writes it, such as `US`."""
    home_currency: str
    """ISO 4217; from the preferences, since the company's own record does not tell."""
    fiscal_year_start: str
    """The month's English name."""
    time_zone: str
    """IANA name; "" when QuickBooks does not tell."""
    email: str


@dataclass(frozen=True)
class Preferences:
    """The settings of a company that decide how documents are written."""

    home_currency: str
    multi_currency: bool
    uses_sales_tax: bool
    automated_sales_tax: bool
    """True when QuickBooks itself chooses the tax rate by address (US)."""
    custom_numbers: bool
    """True when document numbers are kept as they are sent; False lets QuickBooks count."""
    classes_per_document: bool
    classes_per_line: bool
    locations: bool
    applies_credits: bool
    """True when QuickBooks may apply open credits to new invoices by itself."""
    default_term: str
    """A term's id; "" for none."""


class _Email(msgspec.Struct):
    Address: str | None = None


class _CompanyInfo(msgspec.Struct):
    CompanyName: str
    LegalName: str | None = None
    Country: str | None = None
    CompanyAddr: PostalAddress | None = None
    FiscalYearStartMonth: str | None = None
    DefaultTimeZone: str | None = None
    Email: _Email | None = None


class _AccountingInfo(msgspec.Struct):
    ClassTrackingPerTxn: bool | None = None
    ClassTrackingPerTxnLine: bool | None = None
    TrackDepartments: bool | None = None


class _SalesForms(msgspec.Struct):
    CustomTxnNumbers: bool | None = None
    AutoApplyCredit: bool | None = None
    DefaultTerms: Ref | None = None


class _Tax(msgspec.Struct):
    UsingSalesTax: bool | None = None
    PartnerTaxEnabled: bool | None = None


class _Currency(msgspec.Struct):
    MultiCurrencyEnabled: bool | None = None
    HomeCurrency: Ref | None = None


class _Preferences(msgspec.Struct):
    AccountingInfoPrefs: _AccountingInfo | None = None
    SalesFormsPrefs: _SalesForms | None = None
    TaxPrefs: _Tax | None = None
    CurrencyPrefs: _Currency | None = None


_COMPANY = msgspec.json.Decoder(_CompanyInfo)
_PREFERENCES = msgspec.json.Decoder(_Preferences)


def company_info_from(raw: msgspec.Raw | bytes, home_currency: str) -> CompanyInfo:
    """Translate a company's record; msgspec.DecodeError when it is none."""
    found = _COMPANY.decode(raw)
    address_country = (found.CompanyAddr.Country or "") if found.CompanyAddr else ""
    return CompanyInfo(
        name=found.CompanyName,
        legal_name=found.LegalName or found.CompanyName,
        country=found.Country or address_country,
        home_currency=home_currency,
        fiscal_year_start=found.FiscalYearStartMonth or "January",
        time_zone=found.DefaultTimeZone or "",
        email=(found.Email.Address or "") if found.Email else "",
    )


def preferences_from(raw: msgspec.Raw | bytes) -> Preferences:
    """Translate a company's preferences; msgspec.DecodeError when they are none."""
    found = _PREFERENCES.decode(raw)
    accounting = found.AccountingInfoPrefs or _AccountingInfo()
    sales = found.SalesFormsPrefs or _SalesForms()
    tax = found.TaxPrefs or _Tax()
    currency = found.CurrencyPrefs or _Currency()
    return Preferences(
        home_currency=ref_of(currency.HomeCurrency),
        multi_currency=bool(currency.MultiCurrencyEnabled),
        uses_sales_tax=bool(tax.UsingSalesTax),
        automated_sales_tax=bool(tax.PartnerTaxEnabled),
        custom_numbers=bool(sales.CustomTxnNumbers),
        classes_per_document=bool(accounting.ClassTrackingPerTxn),
        classes_per_line=bool(accounting.ClassTrackingPerTxnLine),
        locations=bool(accounting.TrackDepartments),
        applies_credits=bool(sales.AutoApplyCredit),
        default_term=ref_of(sales.DefaultTerms),
    )
