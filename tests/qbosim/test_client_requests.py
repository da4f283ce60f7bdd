"""Requests of public clients that the simulator once refused, each as the client sends it."""

from __future__ import annotations

import pytest

from tests.qbosim.desk import Desk, fault_of


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


@pytest.mark.rule("query.not_equal")
def test_python_quickbooks_asks_for_all_assets_but_the_receivables(desk: Desk) -> None:
    wanted = "WHERE Classification = 'Asset'"
    name = "Accounts Receivable (A/R)"
    every = [each["Name"] for each in desk.rows("Account", wanted)]
    others = [each["Name"] for each in desk.rows("Account", f"{wanted} AND FullyQualifiedName != '{name}'")]
    assert name in every
    assert others == [each for each in every if each != name]
    assert len(desk.rows("Account", f"{wanted} AND FullyQualifiedName != '{name}' MAXRESULTS 2")) == 2


@pytest.mark.rule("attachable.query_by_tag")
def test_node_quickbooks_finds_notes_by_their_tag(desk: Desk) -> None:
    for number in range(3):
        desk.post("Attachable", {"Note": f"Test {number}", "Tag": "Testing" if number else "Other"})
    found = desk.query("select * from attachable where Tag = 'Testing' startposition 1 maxresults 1000")
    assert [each["Note"] for each in found["Attachable"]] == ["Test 1", "Test 2"]


@pytest.mark.rule("query.id")
@pytest.mark.parametrize("entity", ["account", "creditmemo", "estimate", "class", "attachable"])
def test_quickbooks_api_is_told_that_an_id_is_no_number(desk: Desk, entity: str) -> None:
    refused = fault_of(desk.send("GET", "query", query=f"select * from {entity} where Id = 'invalid'"))
    assert (refused["code"], refused["element"]) == ("2030", "Id")
    assert desk.rows(entity, "where Id = '99999999999999999999999'") == []


def test_the_tax_codes_without_a_number_are_still_found(desk: Desk) -> None:
    assert [each["Id"] for each in desk.rows("TaxCode", "where Id = 'NON'")] == ["NON"]


@pytest.mark.rule("company_info.contacts")
def test_quickbooks_api_finds_the_contacts_of_a_company_that_has_none(desk: Desk) -> None:
    info = desk.get("companyinfo/1")["CompanyInfo"]
    assert {key: info[key] for key in ("PrimaryPhone", "Email", "WebAddr")} == {
        "PrimaryPhone": {},
        "Email": {},
        "WebAddr": {},
    }
    named = {"Id": "1", "SyncToken": info["SyncToken"], "CompanyName": "New name"}
    phoned = desk.post("CompanyInfo", {**named, "PrimaryPhone": {"FreeFormNumber": "(555) 555-0100"}})
    assert phoned["PrimaryPhone"] == {"FreeFormNumber": "(555) 555-0100"}
    assert phoned["WebAddr"] == {}
