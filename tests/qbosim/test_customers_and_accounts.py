"""Customers and accounts: opening balances, hierarchies, deactivation, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.qbosim.desk import Desk, exact, named, payment, shared


@pytest.fixture
def desk() -> Desk:
    return Desk()


def account(desk: Desk, name: str, kind: str, **more: Any) -> Any:
    """A new account."""
    return desk.post("Account", {"Name": name, "AccountType": kind, **more})


def balance(desk: Desk, name: str) -> Any:
    """What an account shows."""
    return exact(desk.rows("Account", f"where Name = '{name}'")[0]["CurrentBalance"])


@pytest.mark.rule("opening.customer", "customer.balances")
def test_a_new_customers_balance_is_an_invoice_against_opening_balance_equity(desk: Desk) -> None:
    parent = desk.customer("Parent")
    body = {"DisplayName": "Child", "Job": True, "ParentRef": {"value": parent}, "Balance": 120.5}
    made = desk.post("Customer", {**body, "OpenBalanceDate": "2026-01-31"})
    assert (made["Balance"], made["BalanceWithJobs"], made["SyncToken"]) == (120.5, 120.5, "0")
    assert "OpenBalanceDate" not in made
    assert (desk.one("Customer", parent)["Balance"], desk.one("Customer", parent)["BalanceWithJobs"]) == (
        0,
        120.5,
    )
    invoice = desk.rows("Invoice", f"where CustomerRef = '{made['Id']}'")[0]
    assert (invoice["PrivateNote"], invoice["TxnDate"], invoice["DueDate"]) == (
        "Opening Balance",
        "2026-01-31",
        "2026-01-31",
    )
    assert (invoice["Balance"], invoice["TxnTaxDetail"]["TotalTax"]) == (120.5, 0)
    assert balance(desk, "Opening Balance Equity") == exact("-120.5")
    assert desk.in_order()
    later = desk.post("Customer", named(made, Balance=999))
    assert later["Balance"] == 120.5
    assert desk.refused("Customer", {"DisplayName": "Negative", "Balance": -1})["code"] == "6000"
    assert desk.pay(parent, 120.5, ("Invoice", invoice["Id"], 120.5))["UnappliedAmt"] == 0


def test_an_opening_balance_in_another_currency_counts_at_its_days_rate() -> None:
    desk = Desk(multi_currency=True)
    desk.post("ExchangeRate", {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-01-01", "Rate": 1.2})
    body = {"DisplayName": "Euro", "CurrencyRef": {"value": "EUR"}, "Balance": 100}
    made = desk.post("Customer", {**body, "OpenBalanceDate": "2026-01-31"})
    assert made["Balance"] == 100
    assert balance(desk, "Opening Balance Equity") == exact(-120)
    assert desk.in_order()


@pytest.mark.rule("customer.defaults")
def test_the_recorded_customer_is_made_with_its_defaults(desk: Desk) -> None:
    real = json.loads(shared("fixtures/recorded/create__customer__0.json").read_text())
    sent, theirs = real["request"]["json"], real["response"]["json"]["Customer"]
    ours = desk.post("Customer", sent)
    for key in ("Taxable", "Job", "BillWithParent", "Balance", "PreferredDeliveryMethod", "Active"):
        assert ours[key] == theirs[key]


@pytest.mark.rule("customer.name", "customer.lengths")
def test_names_are_made_and_checked(desk: Desk) -> None:
    assert desk.post("Customer", {"GivenName": "Ada", "FamilyName": "King"})["DisplayName"] == "Ada King"
    assert desk.refused("Customer", {"DisplayName": "a:b"})["code"] == "6000"
    assert desk.refused("Customer", {"DisplayName": "a", "Notes": "x" * 2001})["code"] == "2050"


@pytest.mark.rule("customer.job", "customer.levels", "customer.bill_with_parent", "customer.project")
def test_jobs_stand_below_customers_who_may_pay_for_them(desk: Desk) -> None:
    above = desk.post("Customer", {"DisplayName": "Top", "BillWithParent": True, "IsProject": True})
    assert (above["BillWithParent"], above["IsProject"]) == (False, False)
    ignored = desk.post("Customer", {"DisplayName": "Alone", "ParentRef": {"value": above["Id"]}})
    assert "ParentRef" not in ignored
    below = {"Job": True, "BillWithParent": True, "ParentRef": {"value": above["Id"]}}
    job = desk.post("Customer", {"DisplayName": "Job", **below})
    assert job["ParentRef"] == {"value": above["Id"]}
    assert (job["Level"], job["FullyQualifiedName"], job["BillWithParent"]) == (1, "Top:Job", True)
    invoice = desk.invoice(job["Id"], 50.0)
    assert desk.rows("Customer", "where BalanceWithJobs = '50' and Balance = '0'")[0]["Id"] == above["Id"]
    desk.pay(above["Id"], 50.0, ("Invoice", invoice["Id"], 50.0))
    lowest = job["Id"]
    for level in range(2, 5):
        body = {"DisplayName": f"L{level}", "Job": True, "ParentRef": {"value": lowest}}
        lowest = desk.post("Customer", body)["Id"]
    too_deep = {"DisplayName": "L5", "Job": True, "ParentRef": {"value": lowest}}
    assert desk.refused("Customer", too_deep)["code"] == "6180"


@pytest.mark.rule("customer.deactivated", "customer.deactivated_with_balance", "customer.no_delete")
def test_a_customer_who_owes_can_be_deactivated_and_still_pays(desk: Desk) -> None:
    customer = desk.customer("Owing")
    invoice = desk.invoice(customer, 80.0)
    gone = desk.post("Customer", named(desk.one("Customer", customer), Active=False))
    assert (gone["DisplayName"], gone["PrintOnCheckName"]) == ("Owing (deleted)", "Owing")
    assert (gone["Balance"], desk.rows("Customer")) == (80.0, [])
    body = payment(customer, 80.0, ("Invoice", invoice["Id"], 80.0))
    assert desk.refused("Payment", body)["code"] == "2500"
    stub = {"Id": gone["Id"], "SyncToken": gone["SyncToken"]}
    assert desk.refused("Customer", stub, operation="delete")["code"] == "500"
    desk.post("Customer", named(gone, Active=True, DisplayName="Owing"))
    assert desk.post("Payment", body)["UnappliedAmt"] == 0


@pytest.mark.rule("customer.currency", "customer.type")
def test_a_customers_type_is_one_of_the_list(tmp_path: Path) -> None:
    types = [{"Id": "3", "SyncToken": "0", "Name": "Retail", "Active": True}]
    (tmp_path / "CustomerType.json").write_text(json.dumps(types), encoding="utf-8")
    desk = Desk(folder=tmp_path)
    made = desk.post("Customer", {"DisplayName": "Shop", "CustomerTypeRef": {"value": "3", "name": "Retail"}})
    assert made["CustomerTypeRef"] == {"value": "3"}
    assert desk.refused("Customer", named(made, CustomerTypeRef={"value": "4"}))["code"] == "2500"
    assert desk.post("Customer", named(made, CurrencyRef={"value": "EUR"}))["CurrencyRef"]["value"] == "USD"


@pytest.mark.rule("opening.bank", "opening.other_accounts", "account.balances")
def test_an_accounts_opening_balance_is_a_deposit_or_a_journal_entry(desk: Desk) -> None:
    bank = account(desk, "Second Bank", "Bank", OpeningBalance=5000, OpeningBalanceDate="2026-01-01")
    assert (bank["CurrentBalance"], bank["SyncToken"], "OpeningBalance" in bank) == (5000.0, "0", False)
    deposit = desk.rows("Deposit")[0]
    assert (deposit["PrivateNote"], deposit["TxnDate"], deposit["TotalAmt"]) == (
        "Opening Balance",
        "2026-01-01",
        5000.0,
    )
    truck = account(desk, "Truck", "Fixed Asset", OpeningBalance=13495)
    loan = account(desk, "Loan", "Long Term Liability", OpeningBalance=4000)
    overdrawn = account(desk, "Overdrawn", "Bank", OpeningBalance=-10.25)
    shown = [made["CurrentBalance"] for made in (truck, loan, overdrawn)]
    assert shown == [13495.0, -4000.0, -10.25]
    entries = {
        row["Line"][0]["JournalEntryLineDetail"]["AccountRef"]["name"]: row
        for row in desk.rows("JournalEntry")
    }
    sides = {name: row["Line"][0]["JournalEntryLineDetail"]["PostingType"] for name, row in entries.items()}
    assert sides == {"Truck": "Debit", "Loan": "Credit", "Overdrawn": "Credit"}
    assert entries["Truck"]["PrivateNote"] == entries["Truck"]["Line"][1]["Description"] == "Opening Balance"
    assert balance(desk, "Opening Balance Equity") == exact("4010.25") - exact("5000") - exact("13495")
    assert balance(desk, "Services") == 0
    assert desk.in_order()


@pytest.mark.rule("account.opening_refused")
@pytest.mark.parametrize("kind", ["Income", "Expense", "Accounts Receivable", "Accounts Payable"])
def test_some_accounts_have_no_opening_balance(desk: Desk, kind: str) -> None:
    body = {"Name": "New", "AccountType": kind, "OpeningBalance": 1}
    assert desk.refused("Account", body)["code"] == "6000"
    assert desk.rows("Account", "where Name = 'New'") == []


@pytest.mark.rule("account.name", "account.type", "account.sub_account", "account.alone")
def test_accounts_are_named_typed_and_nested(desk: Desk) -> None:
    above = account(desk, "Cars", "Expense")
    below = account(desk, "Fuel", "Expense", ParentRef={"value": above["Id"]})
    assert (below["SubAccount"], below["FullyQualifiedName"]) == (True, "Cars:Fuel")
    for name in ("a:b", 'the "good" one'):
        assert desk.refused("Account", {"Name": name, "AccountType": "Bank"})["code"] == "6000"
    assert desk.refused("Account", {"Name": "Untyped"})["element"] == "AccountType"
    mixed = {"Name": "Mixed", "AccountType": "Bank", "AccountSubType": "Insurance"}
    assert desk.refused("Account", mixed)["code"] == "6430"
    wrong = {"Name": "Wrong", "AccountType": "Bank", "ParentRef": {"value": above["Id"]}}
    assert desk.refused("Account", wrong)["code"] == "6430"
    funds = desk.rows("Account", "where AccountSubType = 'UndepositedFunds'")[0]
    under = {"Name": "Sub", "AccountType": "Other Current Asset", "ParentRef": {"value": funds["Id"]}}
    assert desk.refused("Account", under)["code"] == "6000"


@pytest.mark.rule("account.number", "account.number_unique")
def test_an_account_number_is_short_and_taken_once(desk: Desk) -> None:
    made = account(desk, "Numbered", "Bank", AcctNum="1000")
    assert desk.rows("Account", "where AcctNum = '1000'")[0]["Id"] == made["Id"]
    assert desk.post("Account", named(made, Description="same number"))["AcctNum"] == "1000"
    other = {"Name": "Other", "AccountType": "Bank"}
    assert desk.refused("Account", {**other, "AcctNum": "1000"})["code"] == "6000"
    assert desk.refused("Account", {**other, "AcctNum": "12345678"})["code"] == "2050"
    assert desk.refused("Account", {**other, "AcctNum": "1:2"})["code"] == "6000"
    canada = Desk(country="CA", home_currency="CAD")
    assert canada.post("Account", {**other, "AcctNum": "12345678"})["AcctNum"] == "12345678"


@pytest.mark.rule("account.deactivated")
def test_an_account_is_deactivated_once(desk: Desk) -> None:
    made = account(desk, "Old", "Bank")
    gone = desk.post("Account", named(made, Active=False))
    assert (gone["Name"], gone["Active"]) == ("Old (deleted)", False)
    assert desk.post("Account", named(gone, Active=False))["SyncToken"] == gone["SyncToken"]
