"""Vendors: what they show, what they may be called, and what is owed to them."""

from __future__ import annotations

import json

import pytest

from tests.qbosim.desk import Desk, named, shared

_SERVER_MADE = {"Id", "SyncToken", "MetaData", "Balance", "V4IDPseudonym", "domain", "sparse", "TermRef"}


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.rule("vendor.shape")
def test_a_vendor_of_nothing_but_a_name_shows_what_intuit_shows(desk: Desk) -> None:
    vendor = desk.post("Vendor", {"DisplayName": "Grid Supply"})
    pseudonym = vendor.pop("V4IDPseudonym")
    assert pseudonym.startswith("002098")
    assert len(pseudonym) == 38
    del vendor["MetaData"]
    assert vendor == {
        "Balance": 0,
        "BillRate": 0,
        "Vendor1099": False,
        "CurrencyRef": {"value": "USD", "name": "United States Dollar"},
        "CostRate": 0,
        "domain": "QBO",
        "sparse": False,
        "Id": "1",
        "SyncToken": "0",
        "DisplayName": "Grid Supply",
        "PrintOnCheckName": "Grid Supply",
        "Active": True,
    }


@pytest.mark.rule("vendor.shape")
def test_a_real_vendor_created_again_has_the_same_shape(desk: Desk) -> None:
    vendors = json.loads(shared("fixtures/sandbox-company/Vendor.json").read_text())
    for real in vendors:
        sent = {key: value for key, value in real.items() if key not in _SERVER_MADE}
        identity = desk.post("Vendor", sent)["Id"]
        (made,) = desk.rows("Vendor", f"where Id = '{identity}'")
        shown = [key for key in real if key != "TermRef"]
        assert list(made) == shown
        for key in set(shown) - _SERVER_MADE - {"BillAddr"}:
            assert made[key] == real[key]


@pytest.mark.rule("people.one_set_of_names")
def test_a_vendor_cannot_have_a_customers_name_nor_a_customer_a_vendors(desk: Desk) -> None:
    desk.customer("Grid Supply")
    assert desk.refused("Vendor", {"DisplayName": "GRID supply"})["code"] == "6240"
    desk.post("Vendor", {"DisplayName": "Wire Works"})
    assert desk.refused("Customer", {"DisplayName": "Wire Works"})["code"] == "6240"


@pytest.mark.rule("people.free_after_deactivation")
def test_a_deactivated_vendors_name_is_free_again(desk: Desk) -> None:
    first = desk.post("Vendor", {"DisplayName": "Grid Supply"})
    gone = desk.post("Vendor", named(first, Active=False))
    assert (gone["DisplayName"], gone["PrintOnCheckName"]) == ("Grid Supply (deleted)", "Grid Supply")
    assert desk.post("Vendor", {"DisplayName": "Grid Supply"})["Id"] != first["Id"]
    assert len(desk.rows("Vendor")) == 1


@pytest.mark.rule("people.name_from_parts")
def test_a_vendors_name_is_put_together_from_its_parts(desk: Desk) -> None:
    made = desk.post("Vendor", {"GivenName": "Lin", "FamilyName": "Okoro", "Suffix": "Jr."})
    assert made["DisplayName"] == "Lin Okoro Jr."
    assert "Name" in desk.refused("Vendor", {"AcctNum": "7"})["Detail"]


@pytest.mark.rule("vendor.terms_at_creation")
def test_terms_are_ignored_at_creation_and_set_by_an_update(desk: Desk) -> None:
    made = desk.post("Vendor", {"DisplayName": "Grid Supply", "TermRef": {"value": "3"}})
    assert "TermRef" not in made
    assert desk.post("Vendor", named(made, TermRef={"value": "3"}))["TermRef"] == {"value": "3"}


@pytest.mark.rule("vendor.tax_identifier")
def test_a_tax_identifier_is_masked_and_stays_itself_when_sent_back(desk: Desk) -> None:
    made = desk.post("Vendor", {"DisplayName": "Grid Supply", "TaxIdentifier": "123-45-6789"})
    assert made["TaxIdentifier"] == "XXXXXXX6789"
    assert desk.post("Vendor", made)["SyncToken"] == "0"


@pytest.mark.rule("vendor.lengths")
def test_texts_that_are_too_long_are_refused(desk: Desk) -> None:
    assert desk.refused("Vendor", {"DisplayName": "x" * 501})["code"] == "2050"
    assert desk.refused("Vendor", {"DisplayName": "a", "AcctNum": "x" * 101})["code"] == "2050"
    assert desk.refused("Vendor", {"DisplayName": "a", "TaxIdentifier": "1" * 21})["code"] == "2050"


@pytest.mark.rule("vendor.currency_stays")
def test_a_vendors_currency_stays_as_it_was() -> None:
    desk = Desk(multi_currency=True)
    made = desk.post("Vendor", {"DisplayName": "Rhine Cable", "CurrencyRef": {"value": "EUR"}})
    later = desk.post("Vendor", named(made, CurrencyRef={"value": "USD"}, AcctNum="9"))
    assert later["CurrencyRef"]["value"] == "EUR"
