"""A company fresh from the sign-up page: chart of accounts, terms, tax codes and preferences, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from qbosim.api import ensure_schema
from qbosim.books.chart import add_account
from qbosim.clock import Clock
from qbosim.companies import starting_lists
from qbosim.companies.settings import Settings, address_in, company_info, preferences
from qbosim.entities.catalogue import BY_NAME
from qbosim.records.company import Company
from qbosim.store import Database, Store

OWNER = "Company Owner"
"""Who is said to have made what a company starts with."""


def create_company(
    store: Store,
    clock: Clock,
    realm: str,
    *,
    name: str,
    country: str = "US",
    home_currency: str = "USD",
    seed: int = 0,
    custom_txn_numbers: bool = False,
    multi_currency: bool = False,
    automated_tax: bool = False,
    class_tracking: str = "",
    track_departments: bool = False,
    custom_fields: Sequence[str] = (),
) -> None:
    """Make the company `realm`, ready for sales.

    `country` (two letters) decides how sales tax works, `seed` where the company has its address; `class_tracking`
    is `transaction`, `line` or nothing. Raises ValueError when the company exists.
    """
    ensure_schema(store)
    with store.transaction() as db:
        company = open_company(db, clock, realm)
        if company.exists():
            raise ValueError(f"company {realm} exists already")
        settings = Settings(
            name=name,
            country=country,
            home_currency=home_currency,
            custom_txn_numbers=custom_txn_numbers,
            multi_currency=multi_currency,
            automated_tax=automated_tax,
            class_tracking=class_tracking,
            track_departments=track_departments,
            custom_fields=custom_fields,
            address=address_in(country, seed),
            default_item="1",
            tax_group="2",
        )
        write_settings(company, settings)
        company = open_company(db, clock, realm)
        starting_lists.add_accounts(company)
        if multi_currency:
            add_account(company, "Exchange Gain or Loss", "Other Expense", "ExchangeGainOrLoss")
        starting_lists.add_terms(company)
        starting_lists.add_payment_methods(company)
        if country == "US":
            starting_lists.add_us_line_codes(company)
        starting_lists.add_taxes(company, country)
        starting_lists.add_items(company)
        _point_to_accounts(company)


def open_company(db: Database, clock: Clock, realm: str, *, user: str = OWNER) -> Company:
    """A company's books inside a transaction, for work that does not come through the API."""
    return Company(db, realm, now=clock.now(), user=user, entities=BY_NAME)


def write_settings(company: Company, settings: Settings) -> None:
    """Keep CompanyInfo and Preferences."""
    company.insert("CompanyInfo", company_info(settings, company.now.date().isoformat()), number=1)
    company.insert("Preferences", preferences(settings), number=1)


def _point_to_accounts(company: Company) -> None:
    record = company.find("Preferences", 1)
    assert record is not None, "the settings were written first"
    sales = dict(record.body["SalesFormsPrefs"])
    for key, name in (
        ("DefaultDiscountAccount", "Discounts given"),
        ("DefaultShippingAccount", "Shipping Income"),
    ):
        for account in company.select("Account", "p_FullyQualifiedName = ?", name):
            sales[key] = str(account.id)
    company.save(record, {**record.body, "SalesFormsPrefs": sales}, bump=False)
