"""The books of a loaded company: what its statements say, and what is derived because the API does not show it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qbosim.simulator import Simulator
from tests.qbosim.asking import control
from tests.qbosim.desk import Desk, exact, named, shared
from tests.qbosim.test_load import CUSTOMER, INVOICE, PLACE, write

ALL = {"start_date": "2020-01-01", "end_date": "2030-12-31"}
RECORDER = "2026-05-04"
"""From this day on, whoever recorded the sandbox company made rows of their own in it."""


@pytest.fixture(scope="module")
def loaded() -> Desk:
    """The real sandbox company."""
    return Desk(folder=shared(PLACE))


def amounts(desk: Desk, report: str, **more: str) -> dict[str, Decimal]:
    """The lines of a report with one amount each, by their words."""
    found: dict[str, Decimal] = {}

    def look(rows: list[Any]) -> None:
        for row in rows:
            for part in (row, row.get("Header") or {}, row.get("Summary") or {}):
                cells = part.get("ColData") or []
                if len(cells) > 1 and cells[-1]["value"]:
                    found[cells[0]["value"]] = Decimal(cells[-1]["value"])
            look((row.get("Rows") or {}).get("Row") or [])

    look(desk.get(f"reports/{report}", **{**ALL, **more})["Rows"]["Row"])
    return found


def test_every_record_of_a_real_company_has_its_place(loaded: Desk) -> None:
    assert loaded.report is not None
    assert (loaded.report.refused, loaded.report.left_out) == ((), {})
    held = {path.stem: len(json.loads(path.read_text())) for path in shared(PLACE).glob("*.json")}
    assert loaded.report.loaded == held
    assert loaded.in_order()


@pytest.mark.rule("loaded.opening_stock", "loaded.tax_payments")
def test_what_a_real_company_does_not_show_is_derived_and_told(loaded: Desk) -> None:
    assert loaded.report is not None
    assert [told for told in loaded.report.derived if " of " in told] == [
        "Opening stock of Rock Fountain: 3 worth 375.00 on 2026-04-08",
        "Opening stock of Pump: 16 worth 160.00 on 2026-04-08",
        "Opening stock of Sprinkler Heads: 10 worth 7.50 on 2026-04-08",
        "Opening stock of Sprinkler Pipes: 10 worth 25.00 on 2026-04-08",
        "Invoice 42 holds 75.00 without a line: income of Landscaping Services, where most invoices earn",
        "Payment of 38.40 for Arizona Dept. of Revenue Payable from Checking, on 2026-04-08",
        "Payment of 38.50 for Board of Equalization Payable from Checking, on 2026-04-08",
    ]


@pytest.mark.rule("loaded.balances")
def test_a_real_companys_balance_sheet_shows_its_stated_balances(loaded: Desk) -> None:
    sheet = amounts(loaded, "BalanceSheet")
    told = " ".join(loaded.report.differing if loaded.report else ())
    compared = 0
    for account in loaded.rows("Account", "maxresults 1000"):
        stated = exact(account["CurrentBalance"])
        if account["Classification"] not in ("Asset", "Liability", "Equity") or not stated:
            continue
        if f"{account['Name']} shows" in told:
            assert "recorded before its newest transactions" in told
            continue
        debit = account["Classification"] == "Asset"
        assert sheet[account["Name"]] == (stated if debit else -stated), account["Name"]
        compared += 1
    assert compared == 10
    assert sheet["TOTAL ASSETS"] == sheet["TOTAL LIABILITIES AND EQUITY"]
    assert {told.split(" shows")[0] for told in (loaded.report.differing if loaded.report else ())} == {
        "Retained Earnings",
        "Accounts Payable (A/P)",
        "Accounts Receivable (A/R)",
    }


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The real company without the rows that its recorder made."""
    folder = tmp_path_factory.mktemp("untouched")
    for path in shared(PLACE).glob("*.json"):
        kept = [
            record
            for record in json.loads(path.read_text())
            if "TxnDate" not in record or record.get("MetaData", {}).get("CreateTime", "") < RECORDER
        ]
        (folder / path.name).write_text(json.dumps(kept))
    return Desk(folder=folder)


@pytest.mark.rule("loaded.estimated_account", "loaded.unshown_income")
def test_a_real_companys_profit_and_loss_is_what_it_was_at_intuit(untouched: Desk) -> None:
    statement = amounts(untouched, "ProfitAndLoss")
    expected = {
        "Landscaping Services": "1477.50",
        "Fountains and Garden Lighting": "2246.50",
        "Installation": "250.00",
        "Pest Control Services": "110.00",
        "Sales of Product Income": "912.75",
        "Test Account Updated": "503.55",
        "Design income": "2250.00",
        "Discounts given": "-89.50",
        "Total Income": "10200.77",
        "Total Cost of Goods Sold": "405.00",
        "Net Income": "1642.46",
    }
    assert {name: statement[name] for name in expected} == {
        name: Decimal(amount) for name, amount in expected.items()
    }


@pytest.mark.rule("loaded.unshown_income", "loaded.estimated_account")
def test_editing_what_an_invoice_says_moves_none_of_its_income() -> None:
    desk = Desk(folder=shared(PLACE))
    before = amounts(desk, "ProfitAndLoss")
    estimate = desk.one("Estimate", "41")
    desk.post("Estimate", {"Id": "41", "SyncToken": estimate["SyncToken"]}, operation="delete")
    for identity in ("42", "103"):
        desk.post("Invoice", named(desk.one("Invoice", identity), PrivateNote="seen"))
        desk.post("Invoice", {**desk.one("Invoice", identity), "sparse": False, "PrivateNote": "seen twice"})
    assert amounts(desk, "ProfitAndLoss") == before


def test_hidden_transactions_stand_in_the_ledger_under_their_own_names(loaded: Desk) -> None:
    text = json.dumps(loaded.get("reports/GeneralLedger", **ALL))
    assert text.count('"Sales Tax Payment"') == 4
    assert '"Inventory Starting Value"' in text
    assert "Amount without a line" in text


@pytest.mark.rule("loaded.opening_stock")
def test_a_loaded_opening_moves_with_the_start_of_its_item() -> None:
    desk = Desk(folder=shared(PLACE))
    pump = desk.one("Item", "11")
    desk.post("Item", named(pump, InvStartDate="2026-03-01"))
    opening = [
        each
        for each in desk.rows("InventoryAdjustment", "where DocNumber = 'START'")
        if each["Line"][0]["ItemAdjustmentLineDetail"]["ItemRef"]["value"] == "11"
    ]
    assert [each["TxnDate"] for each in opening] == ["2026-03-01"]
    assert desk.in_order()


# -- folders made up ---------------------------------------------------------------------------------------------

DOLLARS = {"value": "USD", "name": "United States Dollar"}
EARLY = {"CreateTime": "2026-01-01T00:00:00-08:00", "LastUpdatedTime": "2026-01-01T00:00:00-08:00"}
LATE = {"CreateTime": "2026-01-01T00:00:00-08:00", "LastUpdatedTime": "2026-03-01T00:00:00-08:00"}


def account(identity: str, name: str, kind: str, subtype: str, balance: float, **more: Any) -> dict[str, Any]:
    """An account as Intuit shows it."""
    sides = {"Bank": "Asset", "Accounts Receivable": "Asset", "Other Current Liability": "Liability"}
    return {
        "Id": identity,
        "SyncToken": "0",
        "Name": name,
        "FullyQualifiedName": name,
        "Active": True,
        "SubAccount": False,
        "Classification": sides.get(kind, "Revenue"),
        "AccountType": kind,
        "AccountSubType": subtype,
        "CurrentBalance": balance,
        "CurrentBalanceWithSubAccounts": balance,
        "CurrencyRef": DOLLARS,
        "MetaData": LATE,
        **more,
    }


def taxed_books(checking: float, owed: float, **agency: Any) -> dict[str, Any]:
    """An invoice with 8.00 of tax, deposited; and what bank and tax account are said to hold."""
    tax = {"Amount": 8, "DetailType": "TaxLineDetail", "TaxLineDetail": {"TaxRateRef": {"value": "1"}}}
    line = {
        "Amount": 100,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "ItemAccountRef": {"value": "1"}},
    }
    receipt = {
        **{key: value for key, value in INVOICE.items() if key not in ("Balance", "LinkedTxn")},
        "MetaData": {
            "CreateTime": "2026-02-01T00:00:00-08:00",
            "LastUpdatedTime": "2026-02-01T00:00:00-08:00",
        },
        "TotalAmt": 108,
        "Line": [line],
        "TxnTaxDetail": {"TotalTax": 8, "TaxLine": [tax]},
        "DepositToAccountRef": {"value": "2"},
    }
    return {
        "Account": [
            account("1", "Services", "Income", "ServiceFeeIncome", 0),
            account("2", "Checking", "Bank", "Checking", checking),
            account("3", "Board Payable", "Other Current Liability", "GlobalTaxPayable", owed, **agency),
        ],
        "TaxAgency": [{"Id": "1", "SyncToken": "0", "DisplayName": "Board"}],
        "TaxRate": [
            {"Id": "1", "SyncToken": "0", "Name": "Board", "RateValue": 8, "AgencyRef": {"value": "1"}}
        ],
        "Customer": [CUSTOMER],
        "SalesReceipt": [receipt],
    }


@pytest.mark.rule("loaded.tax_payments")
@pytest.mark.parametrize(
    ("books", "derived"),
    [
        (taxed_books(105, -5), ["Payment of 3.00 for Board Payable from Checking, on 2026-03-01"]),
        (taxed_books(108, -8), []),
        (taxed_books(105, -8), []),
        (taxed_books(108, -5), []),
        (taxed_books(104, -5), []),
        (taxed_books(111, -11), []),
        (taxed_books(105, -5, MetaData=EARLY), []),
    ],
    ids=["both tell", "nothing missing", "bank only", "tax only", "other amounts", "tax taken in", "stale"],
)
def test_a_payment_of_sales_tax_is_derived_only_when_every_balance_tells_of_it(
    tmp_path: Path, books: dict[str, Any], derived: list[str]
) -> None:
    desk = Desk(folder=write(tmp_path, **books))
    assert desk.report is not None
    assert desk.report.refused == ()
    assert [told for told in desk.report.derived if told.startswith("Payment of")] == derived
    assert desk.in_order()
    if derived:
        assert desk.report.differing == ()


def test_a_hidden_payment_takes_no_id_that_something_else_has_or_links_to(tmp_path: Path) -> None:
    books = taxed_books(105, -5)
    link = {"TxnId": "1", "TxnType": "ReimburseCharge"}
    books["Invoice"] = [{**INVOICE, "Id": "2", "TotalAmt": 0, "Balance": 0, "Line": [], "LinkedTxn": [link]}]
    desk = Desk(folder=write(tmp_path, **books))
    ledger = desk.get("reports/GeneralLedger", columns="txn_type,subt_nat_amount", **ALL)
    assert '{"value":"Sales Tax Payment","id":"3"}' in json.dumps(ledger, separators=(",", ":"))


@pytest.mark.rule("loaded.opening_stock")
def test_stock_without_an_account_for_its_opening_gets_one(tmp_path: Path) -> None:
    item = {
        "Id": "5",
        "SyncToken": "0",
        "Name": "Cable",
        "FullyQualifiedName": "Cable",
        "Active": True,
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": 4,
        "InvStartDate": "2026-01-02",
        "PurchaseCost": 2.5,
        "IncomeAccountRef": {"value": "1"},
        "AssetAccountRef": {"value": "4"},
        "ExpenseAccountRef": {"value": "1"},
    }
    stock = account("4", "Stock", "Other Current Asset", "Inventory", 10, Classification="Asset")
    services = account("1", "Services", "Income", "ServiceFeeIncome", 0)
    desk = Desk(folder=write(tmp_path, Item=[item], Account=[services, stock]))
    assert desk.report is not None
    assert "Opening stock of Cable: 4 worth 10.00 on 2026-01-02" in desk.report.derived
    sheet = amounts(desk, "BalanceSheet")
    assert [sheet["Stock"], sheet["Opening Balance Equity"]] == [10, 10]


@pytest.mark.rule("loaded.balances")
def test_the_door_that_loads_a_folder_tells_what_was_derived_and_what_differs() -> None:
    simulator = Simulator(company="empty")
    folder = str(shared(PLACE).resolve())
    made = control(simulator, "POST", "companies", {"kind": "directory", "directory": folder})
    assert "Opening stock of Pump: 16 worth 160.00 on 2026-04-08" in made["load"]["derived"]
    assert [told.split(" shows")[0] for told in made["load"]["differing"]] == [
        "Retained Earnings",
        "Accounts Payable (A/P)",
        "Accounts Receivable (A/R)",
    ]
    text = json.dumps(control(simulator, "GET", "check", realm_id=made["realm_id"]))
    assert f'{{"realm_id": "{made["realm_id"]}", "balanced": true, "problems": []}}' in text
