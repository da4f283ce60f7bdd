"""Folders with odd records: each is loaded or left out with a reason, and never does one spoil the others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbosim.books.ledger import check_balanced
from tests.qbosim.desk import REALM, Desk, shared
from tests.qbosim.test_load import CUSTOMER, INVOICE, PLACE, write
from tests.qbosim.test_loaded_books import account, taxed_books

ODD: list[Any] = [
    "",
    "abc",
    None,
    -1,
    True,
    [],
    {},
    [1],
    [None],
    {"value": "abc"},
    {"value": "999999"},
    {"value": None},
    {"value": {}},
    "2026-13-45",
    "9" * 30,
    10**40,
    -5.123456,
]
"""Values put in the place of others."""


@cache
def real() -> dict[str, list[Any]]:
    """The real sandbox company."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(shared(PLACE).glob("*.json"))}


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to everything inside a record."""
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, entry in entries:
        yield (*way, key)
        yield from places(entry, (*way, key))


def spoilt(record: Any, place: int, odd: Any) -> Any:
    """The record with something odd in one of its places."""
    copy = json.loads(json.dumps(record))
    ways = list(places(copy))
    *way, last = ways[place % len(ways)]
    holder = copy
    for key in way:
        holder = holder[key]
    holder[last] = odd
    return copy


@pytest.mark.rule("loaded.as_it_came")
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 100), st.integers(0, 200), st.sampled_from(ODD)),
        min_size=3,
        max_size=12,
    )
)
def test_whatever_is_odd_in_a_folder_the_rest_of_it_is_loaded(
    tmp_path_factory: pytest.TempPathFactory, oddities: list[tuple[int, int, int, Any]]
) -> None:
    files = {name: list(records) for name, records in real().items()}
    for file, which, place, odd in oddities:
        name = list(files)[file % len(files)]
        number = which % len(files[name])
        files[name][number] = spoilt(files[name][number], place, odd)
    desk = Desk(folder=write(tmp_path_factory.mktemp("odd"), **files))
    assert desk.report is not None
    for name, records in files.items():
        refused = sum(1 for entity, _, _ in desk.report.refused if entity == name)
        assert desk.report.loaded[name] + refused == len(records)
    assert check_balanced(desk.store, REALM) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Line": [{"DetailType": {}, "Amount": 1}]}, "a value in it is not what it should be"),
        ({"CustomerRef": ["7"]}, "a value in it is not what it should be"),
        ({"TotalAmt": "forty"}, "a value in it is not what it should be"),
        ({"TxnDate": "2026-02-30"}, "a value in it is not what it should be"),
        ({"SyncToken": "9" * 30}, "a value in it is not what it should be"),
        ({"ARAccountRef": {"value": "77"}}, "Invalid Reference Id"),
    ],
)
def test_an_odd_invoice_is_left_out_with_its_reason(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    folder = write(tmp_path, Customer=[CUSTOMER], Invoice=[INVOICE, {**INVOICE, "Id": "21", **change}])
    desk = Desk(folder=folder)
    assert desk.report is not None
    assert desk.report.loaded["Invoice"] == 1
    [(entity, identity, reason)] = desk.report.refused
    assert (entity, identity) == ("Invoice", "21")
    assert words in reason
    assert desk.in_order()


TELLING: dict[str, Any] = {
    **INVOICE,
    "CustomField": [{"DefinitionId": "1", "Name": "Crew", "Type": "StringType"}],
    "ShipFromAddr": {"Id": "9", "Line1": "1 Main Street", "Line2": "Bayview, CA  94990"},
    "SalesTermRef": {"value": "3"},
    "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": 0},
    "CurrencyRef": {"value": "USD"},
}
"""An invoice that a company's settings are read from."""


@pytest.mark.parametrize("odd", [5, "abc", {"value": {}}])
def test_whatever_is_odd_in_what_settings_are_read_from_the_folder_is_loaded(
    tmp_path_factory: pytest.TempPathFactory, odd: Any
) -> None:
    discount = {
        "Amount": 1,
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"DiscountAccountRef": {"value": "86"}},
    }
    invoice = {**TELLING, "Line": [*TELLING["Line"], discount]}
    account_list = {
        "Id": "84",
        "Name": "A/R",
        "AccountType": "Accounts Receivable",
        "CurrencyRef": {"value": "USD"},
    }
    for place in range(len(list(places(invoice)))):
        first = spoilt(invoice, place, odd)
        folder = write(
            tmp_path_factory.mktemp("odd"), Customer=[CUSTOMER], Invoice=[first, {**INVOICE, "Id": "21"}]
        )
        desk = Desk(folder=folder)
        assert desk.report is not None
        assert desk.report.loaded["Invoice"] + len(desk.report.refused) == 2
        assert desk.in_order()
    for place in range(len(list(places(account_list)))):
        folder = write(tmp_path_factory.mktemp("odd"), Account=[spoilt(account_list, place, odd)])
        assert Desk(folder=folder).in_order()


def test_properties_and_words_that_are_newer_than_the_list_are_kept(tmp_path: Path) -> None:
    newer = {**INVOICE, "EmailStatus": "Teleported", "FutureRef": {"value": "1"}}
    desk = Desk(folder=write(tmp_path, Customer=[CUSTOMER], Invoice=[newer]))
    served = desk.one("Invoice", "20")
    assert (served["EmailStatus"], served["FutureRef"]) == ("Teleported", {"value": "1"})


def test_settings_that_cannot_be_read_are_told_and_made_up(tmp_path: Path) -> None:
    desk = Desk(
        folder=write(tmp_path, Customer=[CUSTOMER], CompanyInfo=["text"], Preferences=[{"MetaData": 1}])
    )
    assert desk.report is not None
    assert [entity for entity, _, _ in desk.report.refused] == ["CompanyInfo", "Preferences"]
    assert desk.get(f"companyinfo/{REALM}")["CompanyInfo"]["Country"] == "US"


def test_a_rate_without_an_agency_or_an_account_spoils_nothing(tmp_path: Path) -> None:
    books = taxed_books(108, -8)
    books["TaxRate"][0]["AgencyRef"] = {"value": ""}
    books["Account"] = [account("1", "Services", "Income", "ServiceFeeIncome", 0), books["Account"][1]]
    desk = Desk(folder=write(tmp_path, **books))
    assert desk.report is not None
    assert [(entity, reason.split(" : ")[-1]) for entity, _, reason in desk.report.refused] == [
        ("SalesReceipt", "6000 Business Validation Error: There is no account for sales tax payable.")
    ]
