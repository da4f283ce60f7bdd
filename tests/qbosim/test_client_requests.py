"""Requests of public clients that the simulator once refused, each as the client sends it."""

from __future__ import annotations

import gzip
import threading
import zlib
from collections import Counter
from collections.abc import Callable

import httpx2
import pytest

from qbosim.simulator import Simulator
from tests.qbosim.asking import control
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


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.rule("requests.packed")
def test_intuits_sdks_may_compress_what_they_send(served: tuple[Simulator, str]) -> None:
    simulator, url = served
    token = control(simulator, "POST", "grant", {})["access_token"]
    headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
    packings: dict[str, list[Callable[[bytes], bytes]]] = {
        "gzip": [gzip.compress],
        "deflate": [zlib.compress, raw_deflate],
        "identity": [bytes],
    }
    with httpx2.Client(base_url=f"{url}/v3/company/{simulator.realm_id}", headers=headers) as line:
        for encoding, ways in packings.items():
            for number, pack in enumerate(ways):
                body = f'{{"DisplayName": "{encoding} {number}"}}'.encode()
                made = line.post("/customer", content=pack(body), headers={"content-encoding": encoding})
                assert made.json()["Customer"]["DisplayName"] == f"{encoding} {number}"
        cut = line.post("/customer", content=gzip.compress(b"{}")[:-9], headers={"content-encoding": "gzip"})
        assert (cut.status_code, cut.json()["Fault"]["Error"][0]["code"]) == (400, "2010")
        bomb = gzip.compress(bytes(120 * 1024 * 1024), compresslevel=9)
        assert line.post("/customer", content=bomb, headers={"content-encoding": "gzip"}).status_code == 413
        assert line.get("/companyinfo/1").status_code == 200


def test_of_many_refreshes_at_once_all_or_one_go_through(served: tuple[Simulator, str]) -> None:
    simulator, url = served
    client, secret = simulator.client_credentials
    old = control(simulator, "POST", "grant", {})["refresh_token"]

    def refreshed() -> Counter[tuple[int, str]]:
        told: list[tuple[int, str]] = []

        def refresh() -> None:
            fields = {"grant_type": "refresh_token", "refresh_token": old}
            answer = httpx2.post(f"{url}/oauth2/v1/tokens/bearer", data=fields, auth=(client, secret))
            told.append((answer.status_code, answer.json().get("refresh_token", "")))

        threads = [threading.Thread(target=refresh) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return Counter(told)

    assert refreshed() == {(200, old): 8}
    control(simulator, "POST", "clock", {"advance": 27 * 3600})
    rotated = refreshed()
    assert rotated[(400, "")] == 7
    ((status, new),) = [each for each in rotated if each != (400, "")]
    assert status == 200
    assert new != old


@pytest.mark.rule("purchase.required_sparse")
def test_quickbooks_mcp_edits_an_expense_without_naming_its_account(desk: Desk) -> None:
    accounts = {each["AccountType"]: {"value": each["Id"]} for each in desk.rows("Account")}
    spent = {"DetailType": "AccountBasedExpenseLineDetail", "Amount": 5.0}
    line = {**spent, "AccountBasedExpenseLineDetail": {"AccountRef": accounts["Expense"]}}
    made = desk.post("Purchase", {"PaymentType": "Check", "AccountRef": accounts["Bank"], "Line": [line]})
    named = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "seen"}
    assert desk.refused("Purchase", named)["element"] == "PaymentType"
    edited = desk.post("Purchase", {**named, "PaymentType": "Check"})
    assert (edited["PrivateNote"], edited["AccountRef"]) == ("seen", made["AccountRef"])
    whole = {**named, "SyncToken": "1", "sparse": False, "PaymentType": "Check", "Line": [line]}
    assert desk.refused("Purchase", whole)["element"] == "AccountRef"
