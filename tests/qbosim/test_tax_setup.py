"""Setting up sales tax through the API: agencies, and codes with their rates."""

from __future__ import annotations

from typing import Any

import pytest

from qbosim.simulator import Simulator
from qbosim.wire import Request
from tests.qbosim.asking import api, granted
from tests.qbosim.desk import REALM, USER, Desk, fault_of, item_line, named


@pytest.fixture
def desk() -> Desk:
    return Desk()


def new_rate(name: str, value: float, agency: str, **more: Any) -> dict[str, Any]:
    """A rate that is to be made."""
    return {"TaxRateName": name, "RateValue": value, "TaxAgencyId": agency, **more}


def set_up(desk: Desk, name: str, *rates: dict[str, Any]) -> Any:
    """Make a tax code; answers what the tax service says."""
    answer = desk.send("POST", "taxservice/taxcode", {"TaxCode": name, "TaxRateDetails": list(rates)})
    assert answer.status == 200, answer.body
    return answer.json()


@pytest.mark.rule("tax.agency_created", "tax.agency_account")
def test_a_tax_agency_comes_with_the_account_its_tax_is_owed_on(desk: Desk) -> None:
    made = desk.post("TaxAgency", {"DisplayName": "Tucson Tax Office"})
    assert (made["TaxTrackedOnSales"], made["TaxTrackedOnPurchases"]) == (True, False)
    account = desk.rows("Account", "where Name = 'Tucson Tax Office Payable'")[0]
    assert (account["AccountType"], account["AccountSubType"]) == (
        "Other Current Liability",
        "GlobalTaxPayable",
    )
    assert desk.refused("TaxAgency", {"DisplayName": "tucson tax office"})["code"] == "6240"
    assert desk.refused("TaxAgency", {})["element"] == "DisplayName"
    assert desk.refused("TaxAgency", named(made, DisplayName="Other"))["code"] == "500"


@pytest.mark.rule("tax_service.creates", "tax_service.applicable_on")
def test_a_new_tax_code_taxes_an_invoice_at_its_rates_on_the_agencys_account(desk: Desk) -> None:
    agency = desk.post("TaxAgency", {"DisplayName": "Tucson Tax Office"})["Id"]
    first = set_up(desk, "County", new_rate("County rate", 2.5, agency))
    assert list(first)[:3] == ["TaxCode", "TaxCodeId", "TaxRateDetails"]
    county = first["TaxRateDetails"][0]
    assert county == {
        "TaxRateName": "County rate",
        "TaxRateId": county["TaxRateId"],
        "RateValue": 2.5,
        "TaxAgencyId": agency,
        "TaxApplicableOn": "Sales",
    }
    made = set_up(
        desk,
        "All of Tucson",
        new_rate("City rate", 1.5, agency),
        {"TaxRateId": county["TaxRateId"]},
        new_rate("Input", 4, agency, TaxApplicableOn="Purchase"),
    )
    code = desk.one("TaxCode", made["TaxCodeId"])
    sales = [entry["TaxRateRef"]["name"] for entry in code["SalesTaxRateList"]["TaxRateDetail"]]
    assert sales == ["City rate", "County rate"]
    assert [entry["TaxOrder"] for entry in code["SalesTaxRateList"]["TaxRateDetail"]] == [0, 1]
    assert [entry["TaxRateRef"]["name"] for entry in code["PurchaseTaxRateList"]["TaxRateDetail"]] == [
        "Input"
    ]
    invoice = desk.post(
        "Invoice",
        {
            "CustomerRef": {"value": desk.customer()},
            "Line": [item_line(100.0, TaxCodeRef={"value": "TAX"})],
            "TxnTaxDetail": {"TxnTaxCodeRef": {"value": made["TaxCodeId"]}},
        },
    )
    assert (invoice["TxnTaxDetail"]["TotalTax"], invoice["TotalAmt"]) == (4.0, 104.0)
    assert desk.rows("Account", "where Name = 'Tucson Tax Office Payable'")[0]["CurrentBalance"] in (
        4.0,
        -4.0,
    )
    assert desk.in_order()


@pytest.mark.rule("tax_service.required", "tax_service.value", "tax_service.duplicate", "tax_service.whole")
def test_a_refused_set_up_leaves_nothing_behind(desk: Desk) -> None:
    agency = desk.post("TaxAgency", {"DisplayName": "Office"})["Id"]
    set_up(desk, "Taken", new_rate("Taken rate", 1, agency))
    good = new_rate("Good", 5, agency)
    before = (len(desk.rows("TaxRate")), len(desk.rows("TaxCode")))

    def refused(body: dict[str, Any]) -> dict[str, Any]:
        return fault_of(desk.send("POST", "taxservice/taxcode", body))

    assert refused({"TaxRateDetails": [good]})["element"] == "TaxCode"
    assert refused({"TaxCode": "New"})["element"] == "TaxRateDetails"
    for key in good:
        short = {name: value for name, value in good.items() if name != key}
        assert (
            refused({"TaxCode": "New", "TaxRateDetails": [good | {"TaxRateName": "A"}, short]})["element"]
            == key
        )
    for value in (-1, 100.5):
        assert refused({"TaxCode": "New", "TaxRateDetails": [good | {"RateValue": value}]})["code"] == "2040"
    assert refused({"TaxCode": "taken", "TaxRateDetails": [good]})["code"] == "6240"
    duplicate = refused({"TaxCode": "New", "TaxRateDetails": [good, new_rate("taken rate", 2, agency)]})
    assert (duplicate["code"], duplicate["Detail"]) == (
        "6240",
        "The name supplied already exists. : tax rate",
    )
    assert refused({"TaxCode": "New", "TaxRateDetails": [good | {"TaxAgencyId": "99"}]})["code"] == "2500"
    assert refused({"TaxCode": "New", "TaxRateDetails": [{"TaxRateId": "99"}]})["code"] == "2500"
    assert (len(desk.rows("TaxRate")), len(desk.rows("TaxCode"))) == before


@pytest.mark.rule("tax_service.json_only")
def test_xml_is_refused(desk: Desk) -> None:
    body = b"<TaxService xmlns='http://schema.intuit.com/finance/v3'><TaxCode>X</TaxCode></TaxService>"
    headers = {"content-type": "application/xml", "accept": "application/json"}
    place = f"/v3/company/{REALM}/taxservice/taxcode"
    answer = desk.api.answer(REALM, Request("POST", place, {}, headers, body), user=USER)
    assert fault_of(answer)["code"] == "500"


@pytest.mark.rule("tax.codes_and_rates_are_read", "tax.change_feed", "tax.max_results")
def test_codes_and_rates_are_only_read_and_the_change_feed_does_not_know_them(desk: Desk) -> None:
    for entity in ("TaxCode", "TaxRate"):
        assert desk.refused(entity, {"Name": "X"})["code"] == "500"
    for entity in ("TaxCode", "TaxRate", "TaxAgency"):
        answer = desk.send("GET", "cdc", entities=entity, changedSince="2026-01-01")
        assert fault_of(answer)["code"] == "4001"
    assert len(desk.rows("TaxCode", "maxresults 1")) == len(desk.rows("TaxCode")) > 1


@pytest.mark.rule("tax.us_line_codes")
def test_lines_of_us_companies_carry_tax_or_non(desk: Desk) -> None:
    assert [desk.one("TaxCode", word)["Id"] for word in ("TAX", "NON")] == ["TAX", "NON"]
    refused = desk.refused(
        "Invoice",
        {"CustomerRef": {"value": desk.customer()}, "Line": [item_line(1.0, TaxCodeRef={"value": "2"})]},
    )
    assert refused["code"] == "6100"


def test_a_lost_answer_is_asked_for_again_with_the_same_request_id(simulator: Simulator) -> None:
    bearer = granted(simulator)["access_token"]
    body = {"TaxCode": "Once", "TaxRateDetails": [new_rate("Once rate", 1, "1")]}
    first = api(simulator, "POST", "taxservice/taxcode", bearer=bearer, body=body, requestid="t-1")
    again = api(simulator, "POST", "taxservice/taxcode", bearer=bearer, body=body, requestid="t-1")
    assert first.status == again.status == 200
    assert first.body == again.body
