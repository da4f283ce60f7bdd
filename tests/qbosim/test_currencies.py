"""A company that works in several currencies: its list of them, its rates, and documents at those rates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.qbosim.desk import Desk, bill, exact, fault_of, named


@pytest.fixture
def desk() -> Desk:
    return Desk(multi_currency=True)


def rate(desk: Desk, value: float, day: str, code: str = "EUR") -> Any:
    """Set a currency's rate of a day."""
    return desk.post("ExchangeRate", {"SourceCurrencyCode": code, "AsOfDate": day, "Rate": value})


def european(desk: Desk) -> str:
    """A customer who is billed in euros."""
    return desk.customer("Bistro Européen", CurrencyRef={"value": "EUR"})


@pytest.mark.rule("company_currency.code", "company_currency.deactivated", "company_currency.once")
def test_a_currency_is_made_from_its_code_and_only_deactivated(desk: Desk) -> None:
    made = desk.post("CompanyCurrency", {"Code": "GBP", "Name": "Sterling"})
    assert (made["Code"], made["Name"], made["Active"]) == ("GBP", "British Pound Sterling", True)
    gone = desk.post("CompanyCurrency", named(made, Active=False, Code="CHF"))
    assert (gone["Code"], gone["Name"], gone["Active"]) == ("GBP", "British Pound Sterling", False)
    assert desk.rows("CompanyCurrency") == []
    assert desk.refused("CompanyCurrency", {"Code": "gbp"})["code"] == "6240"
    assert desk.refused("CompanyCurrency", {"Code": "USD"})["code"] == "6240"
    assert desk.refused("CompanyCurrency", {"Code": "XXX"})["code"] == "2170"
    assert desk.refused("CompanyCurrency", {"Name": "Euro"})["code"] == "2020"


@pytest.mark.rule("currency.off", "currency.added_when_used")
def test_a_currency_is_added_when_a_customer_gets_it_and_only_with_multi_currency(desk: Desk) -> None:
    assert desk.rows("CompanyCurrency") == []
    european(desk)
    european_twin = {"DisplayName": "Second", "CurrencyRef": {"value": "EUR"}}
    desk.post("Customer", european_twin)
    assert [row["Code"] for row in desk.rows("CompanyCurrency")] == ["EUR"]
    plain = Desk()
    assert plain.refused("Customer", european_twin)["code"] == "6000"
    assert plain.refused("CompanyCurrency", {"Code": "EUR"})["code"] == "6000"
    assert fault_of(plain.send("GET", "exchangerate", sourcecurrencycode="EUR"))["code"] == "6000"


@pytest.mark.rule("exchange_rate.shape", "exchange_rate.required", "exchange_rate.home")
def test_a_rate_shows_no_id_and_needs_currency_day_and_rate(desk: Desk) -> None:
    made = rate(desk, 1.0825, "2026-04-01")
    assert list(made) == [
        "SourceCurrencyCode",
        "TargetCurrencyCode",
        "Rate",
        "AsOfDate",
        "domain",
        "sparse",
        "SyncToken",
        "MetaData",
    ]
    assert list(made["MetaData"]) == ["LastUpdatedTime"]
    whole = {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-04-01", "Rate": 1.1}
    for key in whole:
        short = {name: value for name, value in whole.items() if name != key}
        assert desk.refused("ExchangeRate", short) | {"Detail": ""} == {
            "Message": "Required param missing, need to supply the required value for the API",
            "Detail": "",
            "code": "2020",
            "element": key,
        }
    assert desk.refused("ExchangeRate", {**whole, "SourceCurrencyCode": "USD"})["code"] == "6000"
    assert desk.refused("ExchangeRate", {**whole, "Rate": 0})["code"] == "2040"
    assert desk.refused("ExchangeRate", {**whole, "TargetCurrencyCode": "GBP"})["code"] == "6000"


@pytest.mark.rule("exchange_rate.by_day", "exchange_rate.between_days", "currency.no_rate")
def test_a_day_has_the_newest_rate_that_is_not_younger(desk: Desk) -> None:
    rate(desk, 1.05, "2026-03-01")
    rate(desk, 1.1, "2026-04-01")
    rate(desk, 1.3, "2026-06-01")

    def asked(**query: str) -> Any:
        return desk.get("exchangerate", **query)["ExchangeRate"]

    assert asked(sourcecurrencycode="EUR", asofdate="2026-03-31")["Rate"] == 1.05
    assert asked(sourcecurrencycode="eur")["Rate"] == 1.1
    unset = asked(sourcecurrencycode="EUR", asofdate="2026-01-01")
    assert (unset["Rate"], unset["AsOfDate"]) == (1, "2026-01-01")
    assert asked(sourcecurrencycode="USD")["Rate"] == 1
    rows = desk.rows(
        "ExchangeRate", "where SourceCurrencyCode in ('EUR', 'GBP') and AsOfDate >= '2026-04-01'"
    )
    assert [row["Rate"] for row in rows] == [1.1, 1.3]
    assert fault_of(desk.send("GET", "exchangerate"))["element"] == "sourcecurrencycode"
    assert (
        fault_of(desk.send("GET", "exchangerate", sourcecurrencycode="EUR", asofdate="soon"))["code"]
        == "2060"
    )


@pytest.mark.rule("exchange_rate.change_feed")
def test_the_change_feed_knows_currencies_and_not_their_rates(desk: Desk) -> None:
    rate(desk, 1.05, "2026-03-01")
    desk.post("CompanyCurrency", {"Code": "EUR"})
    since = "2026-05-01T00:00:00Z"
    assert fault_of(desk.send("GET", "cdc", entities="ExchangeRate", changedSince=since))["code"] == "4001"
    feed = desk.get("cdc", entities="CompanyCurrency", changedSince=since)["CDCResponse"][0]["QueryResponse"][
        0
    ]
    assert [entry["Code"] for entry in feed["CompanyCurrency"]] == ["EUR"]


@pytest.mark.rule("exchange_rate.sync_token")
def test_a_rate_of_the_same_day_is_changed_and_a_stale_one_refused(desk: Desk) -> None:
    made = rate(desk, 1.05, "2026-03-01")
    changed = desk.post("ExchangeRate", {**made, "Rate": 1.06})
    assert (changed["SyncToken"], changed["Rate"]) == ("1", 1.06)
    assert desk.refused("ExchangeRate", {**made, "Rate": 1.07})["code"] == "5010"
    assert rate(desk, 1.08, "2026-03-01")["SyncToken"] == "2"
    item = {"bId": "1", "operation": "update", "ExchangeRate": {**changed, "SyncToken": "2", "Rate": 1.09}}
    answer = desk.send("POST", "batch", {"BatchItemRequest": [item]}).json()
    assert answer["BatchItemResponse"][0]["ExchangeRate"]["Rate"] == 1.09
    assert len(desk.rows("ExchangeRate")) == 1


@pytest.mark.rule("currency.default_rate")
def test_an_invoice_takes_the_rate_of_its_day_and_a_payment_of_its_own_and_the_difference_is_a_gain(
    desk: Desk,
) -> None:
    rate(desk, 1.1, "2026-04-01")
    rate(desk, 1.25, "2026-05-01")
    customer = european(desk)
    invoice = desk.invoice(customer, 200.0, TxnDate="2026-04-10")
    assert (invoice["ExchangeRate"], invoice["TotalAmt"], invoice["HomeTotalAmt"]) == (1.1, 200.0, 220.0)
    assert invoice["CurrencyRef"] == {"value": "EUR", "name": "Euro"}
    paid = desk.pay(customer, 200.0, ("Invoice", invoice["Id"], 200.0), TxnDate="2026-05-02")
    assert paid["ExchangeRate"] == 1.25
    assert desk.one("Invoice", invoice["Id"])["Balance"] == 0
    assert desk.one("Customer", customer)["Balance"] == 0
    funds = desk.rows("Account", "where AccountSubType = 'UndepositedFunds'")[0]
    assert funds["CurrentBalance"] == 250.0
    gains = desk.rows("Account", "where AccountSubType = 'ExchangeGainOrLoss'")
    assert posted_on(desk, gains[0]["Id"]) == exact("-30.00")
    assert desk.in_order()


def test_a_rate_that_the_client_names_counts_and_an_update_keeps_it(desk: Desk) -> None:
    rate(desk, 1.1, "2026-04-01")
    invoice = desk.invoice(european(desk), 100.0, TxnDate="2026-04-10", ExchangeRate=1.2)
    assert (invoice["ExchangeRate"], invoice["HomeTotalAmt"]) == (1.2, 120.0)
    kept = desk.post("Invoice", named(invoice, PrivateNote="later"))
    assert (kept["ExchangeRate"], kept["HomeTotalAmt"]) == (1.2, 120.0)
    assert (
        desk.refused("Invoice", {**bill(invoice["CustomerRef"]["value"]), "ExchangeRate": -1})["code"]
        == "2040"
    )
    assert desk.in_order()


@settings(max_examples=15, deadline=None)
@given(
    rates=st.lists(st.integers(1, 99_999), min_size=2, max_size=2),
    amounts=st.lists(st.integers(1, 99_999), min_size=1, max_size=3),
    part=st.integers(1, 100),
)
def test_the_books_balance_at_every_rate_and_a_settled_customer_owes_nothing(
    rates: list[int], amounts: list[int], part: int
) -> None:
    desk = Desk(multi_currency=True)
    rate(desk, rates[0] / 10_000, "2026-04-01")
    rate(desk, rates[1] / 10_000, "2026-05-01")
    customer = european(desk)
    for cents in amounts:
        invoice = desk.invoice(customer, cents / 100, TxnDate="2026-04-03")
        first = max(1, cents * part // 100)
        for share in (first, cents - first):
            if share:
                desk.pay(customer, share / 100, ("Invoice", invoice["Id"], share / 100))
    assert desk.in_order()
    assert desk.one("Customer", customer)["Balance"] == 0


def test_rates_are_loaded_without_ids(tmp_path: Path) -> None:
    rates = [
        {
            "SourceCurrencyCode": "EUR",
            "TargetCurrencyCode": "USD",
            "Rate": 1.1,
            "AsOfDate": day,
            "SyncToken": "0",
        }
        for day in ("2026-01-01", "2026-02-01")
    ]
    (tmp_path / "ExchangeRate.json").write_text(json.dumps(rates), encoding="utf-8")
    desk = Desk(folder=tmp_path)
    assert [row["AsOfDate"] for row in desk.rows("ExchangeRate")] == ["2026-01-01", "2026-02-01"]
    on = named(desk.get("preferences")["Preferences"], CurrencyPrefs={"MultiCurrencyEnabled": True})
    desk.post("Preferences", on)
    assert rate(desk, 1.3, "2026-02-01")["SyncToken"] == "1"
    assert desk.invoice(european(desk))["ExchangeRate"] == 1.3


def posted_on(desk: Desk, account: str) -> Any:
    """What the ledger holds on an account, in home currency; a debit is positive."""
    with desk.store.transaction() as db:
        row = db.execute("SELECT coalesce(sum(amount), 0) FROM posting WHERE account = ?", (int(account),))
        return exact(row.fetchone()[0]) / 100
