"""The console in process: what a person can see and do, refusals in words, and what no other site's page may do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest

from qbosim.clock import Clock
from qbosim.console.creating import KINDS
from qbosim.console.lists import known_entity
from qbosim.console.wording import GROUPS
from qbosim.entities.catalogue import ENTITIES
from qbosim.reports.catalogue import REPORTS
from qbosim.simulator import Simulator
from tests.qbosim.asking import api, control, granted
from tests.qbosim.console import HOST, ROOT, Visitor, notice, said_trouble

EVIL = "<script>alert(1)</script>\"'{{7*7}}"


@pytest.fixture(scope="module")
def shop() -> Iterator[Visitor]:
    """The sample company, shared by tests that only look."""
    with Simulator(company="sample", seed=7, clock=Clock.at(datetime(2026, 3, 2, 17, 0, tzinfo=UTC))) as made:
        yield Visitor(made)


@pytest.fixture(scope="module")
def worked_at() -> Iterator[Visitor]:
    """The sample company, whose records are saved one after the other."""
    with Simulator(company="sample", seed=7, clock=Clock.at(datetime(2026, 3, 2, 17, 0, tzinfo=UTC))) as made:
        yield Visitor(made)


@pytest.fixture
def visitor(simulator: Simulator) -> Visitor:
    """Somebody at an empty company's console."""
    return Visitor(simulator)


def company(visitor: Visitor) -> str:
    return f"/company/{visitor.simulator.realm_id}"


def served(visitor: Visitor, place: str, **query: str) -> Any:
    """What a program is answered."""
    tokens = granted(visitor.simulator)
    response = api(visitor.simulator, "GET", place, bearer=tokens["access_token"], **query)
    assert response.status == 200, response.body
    return response.json()


def only(visitor: Visitor, entity: str) -> Any:
    """The one record of an entity, as a program is answered."""
    found = served(visitor, "query", query=f"select * from {entity}")["QueryResponse"][entity]
    assert len(found) == 1
    return found[0]


def billed(visitor: Visitor, **more: str) -> str:
    """A customer with an invoice of 250 that was entered by form; answers the invoice's id."""
    here = company(visitor)
    visitor.press(f"{here}/new/customer", name="Ada's Bakery")
    visitor.press(
        f"{here}/new/invoice",
        ("item", "Services"),
        ("quantity", "2"),
        ("rate", "125"),
        ("description", "Bench work"),
        party="Ada's Bakery",
        **more,
    )
    return str(only(visitor, "Invoice")["Id"])


def test_every_page_of_a_company_opens(shop: Visitor) -> None:
    here = company(shop)
    for place in ("", "/lists", "/reports", "/preferences", "/receive", "/pay", "/deposit"):
        assert "<h1>" in shop.open(here + place)
    for name in KINDS:
        shop.open(f"{here}/new/{name}")
    for name in REPORTS:
        if name != "TaxSummary":  # refused in the US, as at Intuit
            assert "<table" in shop.open(f"{here}/reports/{name}")
    assert "(code 5030)" in said_trouble(shop.open(f"{here}/reports/TaxSummary", 400))["why"]


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_every_list_and_the_records_in_it_open(shop: Visitor, entity: Any) -> None:
    here = company(shop)
    page = shop.open(f"{here}/list/{entity.name}")
    for identity in re.findall(rf'/record/{entity.name}/([^"]+)"', page)[:3]:
        place = f"{here}/record/{entity.name}/{identity}"
        assert "As the API serves it" in shop.open(place)
        for form in ("/edit", "/json") if "update" in entity.verbs else ():
            assert "<form" in shop.open(place + form)


def test_every_entity_stands_in_one_group_of_lists() -> None:
    grouped = [name for _, names in GROUPS for name in names]
    assert sorted(grouped) == sorted(each.name for each in ENTITIES if not each.single)
    assert all(known_entity(name).name == name for name in grouped)


def test_a_list_is_searched_sorted_and_paged(shop: Visitor) -> None:
    here = company(shop)
    first = shop.open(f"{here}/list/Invoice?sort=TotalAmt+desc")
    second = shop.open(f"{here}/list/Invoice?sort=TotalAmt+desc&page=2")

    def ids(page: str) -> list[str]:
        return re.findall(r'scope="row"><a href="[^"]*/record/Invoice/(\d+)"', page)

    assert len(ids(first)) == len(ids(second)) == 50
    assert not set(ids(first)) & set(ids(second))
    name = served(shop, f"invoice/{ids(first)[0]}")["Invoice"]
    assert ids(shop.open(f"{here}/list/Invoice", search=name["DocNumber"])) == [ids(first)[0]]
    by_customer = shop.open(f"{here}/list/Invoice", search=name["CustomerRef"]["name"][:8])
    assert ids(by_customer)
    assert "Nothing is found" in shop.open(f"{here}/list/Invoice", search="no'such%thing\\")
    assert "Nothing is found" in shop.open(f"{here}/list/Transfer", search="words")


def test_the_overview_agrees_with_the_reports_of_the_api(shop: Visitor) -> None:
    page = shop.open(company(shop))
    report = served(shop, "reports/BalanceSheet", date_macro="Today")
    assets = next(row for row in report["Rows"]["Row"] if row.get("group") == "TotalAssets")
    total = assets["Summary"]["ColData"][1]["value"]
    assert f"{float(total):,.2f}" in page
    assert "In balance" in page


def test_an_invoice_entered_by_form_is_the_one_that_a_program_reads(visitor: Visitor) -> None:
    identity = billed(visitor, memo="by hand", number="77-A")
    invoice = only(visitor, "Invoice")
    assert (invoice["TotalAmt"], invoice["PrivateNote"]) == (250, "by hand")
    line = invoice["Line"][0]
    assert (line["Description"], line["SalesItemLineDetail"]["Qty"]) == ("Bench work", 2)
    page = visitor.open(f"{company(visitor)}/record/Invoice/{identity}")
    assert "250.00" in page
    assert "Accounts Receivable" in page, "its postings are shown"
    assert "Pat Bookkeeper" in page, "who made it is shown"


def test_a_payment_by_form_settles_the_invoice_and_a_deposit_takes_it(visitor: Visitor) -> None:
    here, identity = company(visitor), billed(visitor)
    party = only(visitor, "Customer")["Id"]
    visitor.press(
        f"{here}/receive", (f"Invoice-{identity}", "100"), on=f"{here}/receive?party={party}", total="100"
    )
    assert only(visitor, "Invoice")["Balance"] == 150
    payment = only(visitor, "Payment")["Id"]
    visitor.press(f"{here}/deposit", ("held", f"Payment-{payment}"), bank="Checking")
    assert only(visitor, "Deposit")["TotalAmt"] == 100
    assert "Nothing waits" in visitor.open(f"{here}/deposit")
    assert control(visitor.simulator, "GET", "check")["balanced"]


def test_a_credit_is_applied_with_nothing_received(visitor: Visitor) -> None:
    here, identity = company(visitor), billed(visitor)
    visitor.press(f"{here}/new/creditmemo", ("item", "Services"), ("rate", "40"), party="Ada's Bakery")
    credit, party = only(visitor, "CreditMemo"), only(visitor, "Customer")["Id"]
    visitor.press(
        f"{here}/receive",
        (f"Invoice-{identity}", "40"),
        (f"CreditMemo-{credit['Id']}", "40"),
        on=f"{here}/receive?party={party}",
    )
    assert only(visitor, "Invoice")["Balance"] == 210
    assert only(visitor, "CreditMemo")["Balance"] == 0
    assert only(visitor, "Payment")["TotalAmt"] == 0
    assert visitor.refused(f"{here}/receive", on=f"{here}/receive?party={party}")["which"] == "the amounts"


def test_a_bill_is_entered_and_paid(visitor: Visitor) -> None:
    here = company(visitor)
    visitor.press(f"{here}/new/vendor", name="Two Rivers", email="pay@tworivers.example")
    visitor.press(
        f"{here}/new/bill",
        ("account", "Rent or Lease"),
        ("amount", "1,250.50"),
        party="Two Rivers",
        number="B-9",
    )
    bill, party = only(visitor, "Bill"), only(visitor, "Vendor")["Id"]
    assert (bill["TotalAmt"], bill["DocNumber"]) == (1250.5, "B-9")
    visitor.press(
        f"{here}/pay", (f"Bill-{bill['Id']}", "1250.50"), on=f"{here}/pay?party={party}", bank="Checking"
    )
    assert only(visitor, "Bill")["Balance"] == 0
    assert only(visitor, "BillPayment")["PayType"] == "Check"
    visitor.press(
        f"{here}/new/expense", ("account", "Utilities"), ("amount", "80"), party="Two Rivers", bank="Checking"
    )
    assert only(visitor, "Purchase")["EntityRef"]["type"] == "Vendor"
    assert control(visitor.simulator, "GET", "check")["balanced"]


def test_an_item_of_each_type_is_made_by_form(visitor: Visitor) -> None:
    here = company(visitor)
    visitor.press(f"{here}/new/item", name="Hourly", type="Service", price="95", income="Services")
    visitor.press(
        f"{here}/new/item",
        name="Cable",
        type="Inventory",
        price="4.50",
        income="Sales of Product Income",
        expense="Cost of Goods Sold",
        asset="Inventory Asset",
        quantity="12",
        date="2026-03-01",
    )
    found = served(visitor, "query", query="select * from Item where Name = 'Cable'")["QueryResponse"]["Item"]
    assert found[0]["QtyOnHand"] == 12
    page = visitor.open(f"{here}/list/Item", search="Cable")
    assert "4.50" in page


def test_what_is_edited_is_sent_as_it_differs_and_nothing_else(visitor: Visitor) -> None:
    here, identity = company(visitor), billed(visitor)
    place = f"{here}/record/Invoice/{identity}/edit"
    before = only(visitor, "Invoice")
    page = visitor.press(
        place,
        ("quantity-0", "3"),
        ("rate-0", "99.99"),
        ("description-0", "Bench work"),
        DocNumber=before["DocNumber"],
        TxnDate=before["TxnDate"],
        DueDate="2026-05-01",
        PrivateNote="changed by hand",
    )
    after = only(visitor, "Invoice")
    assert "was saved" in notice(page)
    assert (after["TotalAmt"], after["DueDate"], after["PrivateNote"]) == (
        299.97,
        "2026-05-01",
        "changed by hand",
    )
    assert int(after["SyncToken"]) == int(before["SyncToken"]) + 1
    again = visitor.press(
        place,
        DocNumber=after["DocNumber"],
        TxnDate=after["TxnDate"],
        DueDate=after["DueDate"],
        PrivateNote="changed by hand",
    )
    assert "nothing was changed" in notice(again)
    assert only(visitor, "Invoice")["SyncToken"] == after["SyncToken"]
    wrong = visitor.refused(place, ("rate-0", "ninety"))
    assert (wrong["which"], "ninety" in wrong["why"]) == ("Rate", True)


@pytest.mark.parametrize(
    "entity", [each for each in ENTITIES if "update" in each.verbs], ids=lambda each: each.name
)
def test_records_of_every_kind_can_be_saved_from_their_form(entity: Any, worked_at: Visitor) -> None:
    here = company(worked_at)
    listed = worked_at.open(f"{here}/list/{entity.name}")
    ids = ["1"] if entity.single else re.findall(rf'/record/{entity.name}/([^"]+)"', listed)[:1]
    for identity in ids:
        place = f"{here}/record/{entity.name}/{identity}/edit"
        form = worked_at.open(place)
        values = re.findall(r'<input id="f-(\w+)" name="\w+" value="([^"]*)"', form)
        note = {"PrivateNote": "seen by the bookkeeper"} if 'name="PrivateNote"' in form else {}
        before = served(worked_at, f"{entity.name.lower()}/{identity}")[entity.name]
        page = worked_at.press(place, **{name: unescape(value) for name, value in values}, **note)
        after = served(worked_at, f"{entity.name.lower()}/{identity}")[entity.name]
        assert ("was saved" if note else "stays as it is") in notice(page)
        assert {**before, **note} == {
            **after,
            **{key: before[key] for key in ("SyncToken", "MetaData") if key in before},
        }
    assert control(worked_at.simulator, "GET", "check")["balanced"]


def test_a_name_is_changed_and_taken_out_of_use_and_back(visitor: Visitor) -> None:
    here = company(visitor)
    visitor.press(f"{here}/new/customer", name="Ada's Bakery")
    identity = only(visitor, "Customer")["Id"]
    place = f"{here}/record/Customer/{identity}"
    visitor.press(f"{place}/edit", DisplayName="Ada & Sons")
    assert only(visitor, "Customer")["DisplayName"] == "Ada & Sons"
    assert "inactive now" in notice(visitor.press(f"{place}/do/deactivate"))
    assert served(visitor, f"customer/{identity}")["Customer"]["Active"] is False
    assert "Make active again" in visitor.open(place)
    visitor.press(f"{place}/do/reactivate")
    assert served(visitor, f"customer/{identity}")["Customer"]["Active"] is True
    visitor.open(f"{place}/do/void", 404)


def test_who_was_entered_twice_is_merged(visitor: Visitor) -> None:
    here, identity = company(visitor), billed(visitor)
    gone = only(visitor, "Customer")["Id"]
    visitor.press(f"{here}/new/customer", name="Ada's Bakery Ltd")
    place = f"{here}/record/Customer/{gone}/merge"
    assert visitor.refused(place, kept="Nobody")["which"] == "Customer that stays"
    assert visitor.refused(place, kept=f"#{gone}")["what"] == "The records were not merged"
    visitor.press(place, kept="Ada's Bakery Ltd")
    assert only(visitor, "Customer")["DisplayName"] == "Ada's Bakery Ltd"
    assert only(visitor, "Invoice")["CustomerRef"]["name"] == "Ada's Bakery Ltd"
    assert only(visitor, "Invoice")["Id"] == identity


def test_an_address_never_becomes_a_header(visitor: Visitor) -> None:
    place = f"{company(visitor)}/record/Preferences/1\r\nSet-Cookie: x=y/edit"
    response = visitor.post(place, [*visitor.proof("/clock").items(), ("sync_token", "0")])
    assert response.status == 303
    assert all("\n" not in value for _, value in response.headers)


def test_a_document_is_voided_sent_and_deleted(visitor: Visitor) -> None:
    here, identity = company(visitor), billed(visitor)
    place = f"{here}/record/Invoice/{identity}"
    assert visitor.simulator.answer(_get(f"{ROOT}{place}/pdf")).body.startswith(b"%PDF")
    visitor.press(f"{place}/do/void")
    assert only(visitor, "Invoice")["TotalAmt"] == 0
    assert "voided" in visitor.open(place)
    assert "was deleted" in notice(visitor.press(f"{place}/do/delete"))
    assert "There is nothing in this list yet" in visitor.open(f"{here}/list/Invoice")
    assert "610" in said_trouble(visitor.open(place, 400))["why"]


def test_whoever_saves_what_a_program_changed_meanwhile_is_told_and_nothing_is_lost(visitor: Visitor) -> None:
    here, identity = company(visitor), billed(visitor)
    place = f"{here}/record/Invoice/{identity}"
    stale = visitor.proof(f"{place}/edit")
    visitor.press(f"{place}/edit", PrivateNote="first")
    late = visitor.post(f"{place}/edit", [*stale.items(), ("PrivateNote", "second")])
    told = said_trouble(late.body.decode())
    assert "code 5010" in told["why"]
    assert "Pat Bookkeeper" in told["why"]
    assert "second" in late.body.decode(), "what was typed is still there"
    assert only(visitor, "Invoice")["PrivateNote"] == "first"


def test_stale_programs_are_told_the_name_that_the_visitor_acts_under(visitor: Visitor) -> None:
    here, identity = company(visitor), billed(visitor)
    old = only(visitor, "Invoice")
    visitor.press("/person", on="", person="Ms Ünal, Books")
    visitor.press(f"{here}/record/Invoice/{identity}/edit", PrivateNote="mine")
    tokens = granted(visitor.simulator)
    refused = api(
        visitor.simulator,
        "POST",
        "invoice",
        bearer=tokens["access_token"],
        body={"Id": identity, "SyncToken": old["SyncToken"], "sparse": True, "PrivateNote": "theirs"},
    )
    assert "Ms Ünal, Books" in refused.json()["Fault"]["Error"][0]["Detail"]


def test_a_closed_period_refuses_the_bookkeeper_too(visitor: Visitor) -> None:
    here, identity = company(visitor), billed(visitor)
    visitor.press(
        f"{here}/preferences", BookCloseDate="2026-12-31", ReportBasis="Accrual", UsingSalesTax="yes"
    )
    told = visitor.refused(f"{here}/record/Invoice/{identity}/do/delete")
    assert "6210" in told["why"]
    assert "closing date" in told["what to do"]
    visitor.press(f"{here}/preferences", BookCloseDate="", ReportBasis="Cash")
    assert served(visitor, "preferences")["Preferences"]["ReportPrefs"]["ReportBasis"] == "Cash"
    visitor.press(f"{here}/record/Invoice/{identity}/do/delete")


def test_a_preference_is_switched_and_the_others_stay(visitor: Visitor) -> None:
    here = company(visitor)
    before = served(visitor, "preferences")["Preferences"]
    ticked = {
        name: "yes"
        for group in ("AccountingInfoPrefs", "SalesFormsPrefs", "TaxPrefs", "CurrencyPrefs")
        for name, value in before[group].items()
        if value is True
    }
    visitor.press(
        f"{here}/preferences",
        **{**ticked, "CustomTxnNumbers": "yes", "ReportBasis": before["ReportPrefs"]["ReportBasis"]},
    )
    after = served(visitor, "preferences")["Preferences"]
    assert after["SalesFormsPrefs"] == {**before["SalesFormsPrefs"], "CustomTxnNumbers": True}
    assert after["AccountingInfoPrefs"] == before["AccountingInfoPrefs"]


def test_a_double_click_makes_one_record_and_a_new_form_another(visitor: Visitor) -> None:
    here = company(visitor)
    form = [*visitor.proof(f"{here}/new/customer").items(), ("name", "Twice")]
    first = visitor.post(f"{here}/new/customer", form)
    second = visitor.post(f"{here}/new/customer", form)
    assert first.status == second.status == 303
    assert first.header("location") == second.header("location")
    assert only(visitor, "Customer")["DisplayName"] == "Twice"
    assert "6240" in visitor.refused(f"{here}/new/customer", name="Twice")["why"]
    clock = [*visitor.proof("/clock").items(), ("act", "advance"), ("number", "1"), ("unit", "days")]
    before = visitor.simulator.clock.now()
    visitor.post("/clock", clock)
    visitor.post("/clock", clock)
    assert (visitor.simulator.clock.now() - before).total_seconds() == 86_400


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_sites_form_is_refused(visitor: Visitor, headers: dict[str, str]) -> None:
    form = [*visitor.proof("/clock").items(), ("act", "freeze")]
    refused = visitor.post("/clock", form, headers)
    assert refused.status == 403
    assert said_trouble(refused.body.decode())["what"] == "The form was not accepted"


def test_a_form_needs_the_token_of_the_browsers_cookie(visitor: Visitor) -> None:
    here = company(visitor)
    proof = visitor.proof(f"{here}/new/customer")
    for token in ("", "x" * 32, "ü" * 32):
        form = [("token", token), ("once", proof["once"]), ("name", "Eve")]
        assert visitor.post(f"{here}/new/customer", form).status == 403
    visitor.cookies.clear()
    assert visitor.post(f"{here}/new/customer", [*proof.items(), ("name", "Eve")]).status == 403
    assert visitor.ask("POST", f"{ROOT}/reset", body=b"sure=yes").status == 403
    assert served(visitor, "query", query="select count(*) from Customer")["QueryResponse"]["totalCount"] == 0


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8790", "127.0.0.1.evil.example", "[::1", "a:b:c"]
)
def test_a_name_of_somebody_elses_is_refused(visitor: Visitor, host: str) -> None:
    assert visitor.ask("GET", ROOT, host=host).status == 403


@pytest.mark.parametrize("host", ["localhost:1", "qbosim.localhost", "127.0.0.1", "[::1]:8790", "books:8790"])
def test_names_of_this_machine_are_answered(visitor: Visitor, host: str) -> None:
    assert visitor.ask("GET", ROOT, host=host).status == 200


def test_names_and_memos_that_are_markup_are_shown_as_text(visitor: Visitor) -> None:
    here = company(visitor)
    visitor.press("/person", on="", person=EVIL)
    visitor.press(f"{here}/new/vendor", name="<img src=x onerror=alert(1)>")
    visitor.press(f"{here}/new/customer", name=EVIL, notes=EVIL)
    visitor.press(
        f"{here}/new/invoice",
        ("item", "Services"),
        ("rate", "5"),
        ("description", EVIL),
        party=EVIL,
        memo=EVIL,
    )
    invoice, customer = only(visitor, "Invoice")["Id"], only(visitor, "Customer")["Id"]
    for place in (
        here,
        f"{here}/list/Customer",
        f"{here}/list/Vendor",
        f"{here}/list/Invoice?search=%3Cscript%3E",
        f"{here}/record/Invoice/{invoice}",
        f"{here}/record/Invoice/{invoice}/edit",
        f"{here}/record/Invoice/{invoice}/json",
        f"{here}/record/Invoice/{invoice}/do/void",
        f"{here}/record/Customer/{customer}",
        f"{here}/receive?party={customer}",
        f"{here}/new/invoice",
        f"{here}/reports/TransactionList?date_macro=All",
        f"{here}/list/Invoice?sort=%22%3E%3Cscript%3E",
    ):
        page = visitor.open(place)
        assert "<script>alert" not in page, place
        assert "<img" not in page, place
    assert "&lt;script&gt;" in visitor.open(f"{here}/record/Invoice/{invoice}")


def test_pages_are_never_kept_framed_or_scripted_from_elsewhere(visitor: Visitor) -> None:
    response = visitor.ask("GET", ROOT)
    assert response.header("cache-control") == "no-store"
    assert response.header("x-frame-options") == "DENY"
    policy = response.header("content-security-policy") or ""
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert re.findall(r'(?:src|href)="(?:https?:)?//', response.body.decode()) == []
    for cookie in (value for name, value in response.headers if name == "Set-Cookie"):
        assert "SameSite=Strict" in cookie
        assert "HttpOnly" in cookie
    assert visitor.ask("GET", f"{ROOT}/static/console.css").header("content-type") == "text/css;charset=utf-8"
    assert visitor.ask("GET", f"{ROOT}/static/../door.py").status == 404


def test_requests_are_listed_with_their_cost_and_one_is_shown_whole(visitor: Visitor) -> None:
    assert "No program has asked" in visitor.open("/requests")
    billed(visitor)
    page = visitor.open("/requests")
    assert "/query" in page
    assert "Metered reads per day" in page
    number = re.findall(r'/requests/(\d+)"', page)[0]
    one = visitor.open(f"/requests/{number}")
    assert "QueryResponse" in one
    assert "No request like that" in visitor.open("/requests?operation=cdc")
    assert visitor.open("/requests?entity=Invoice").count('scope="row"') >= 1
    visitor.open("/requests/999999", 404)
    visitor.open("/requests/x", 404)
    assert said_trouble(visitor.open("/requests?before=x", 400))["which"] == "before=x"
    visitor.press("/requests/clear", on="/requests")


def test_a_fault_planned_by_form_hits_a_program_and_is_taken_back(visitor: Visitor) -> None:
    simulator = visitor.simulator
    bearer = granted(simulator)["access_token"]
    visitor.press("/faults", fault="503", entity="Customer", operation="query", times="1")
    assert api(simulator, "GET", "query", bearer=bearer, query="select * from Customer").status == 503
    assert api(simulator, "GET", "query", bearer=bearer, query="select * from Customer").status == 200
    page = visitor.open("/faults")
    number = re.findall(r"/faults/remove/(\d+)", page)[0]
    assert "was taken back" in notice(visitor.press(f"/faults/remove/{number}", on="/faults"))
    visitor.press("/faults/storm", ("mix-503", "100"), on="/faults")
    assert api(simulator, "GET", "query", bearer=bearer, query="select * from Customer").status == 503
    visitor.press("/faults/clear", on="/faults")
    assert "all goes well" in visitor.open("/faults")
    assert visitor.refused("/faults", fault="503", percent="250")["which"] == "probability"
    assert "not a number" in visitor.refused("/faults", fault="503", nth="many")["why"]
    assert visitor.refused("/faults", fault="nonsense")["what"] == "The fault was not planned"


def test_webhooks_are_directed_planned_to_fail_and_listed(visitor: Visitor) -> None:
    assert "this machine" in visitor.refused("/webhooks", url="https://hooks.example/x")["why"]
    granted(visitor.simulator)
    visitor.press("/webhooks", url="http://127.0.0.1:9/hooks", format="cloudevents")
    visitor.press("/webhooks/faults", on="/webhooks", fault="duplicate", entity="Customer", seconds="5")
    assert "duplicate" in visitor.open("/webhooks")
    visitor.press(f"{company(visitor)}/new/customer", name="Told")
    visitor.press("/clock", act="advance", number="1", unit="minutes")
    visitor.press("/webhooks/deliver", on="/webhooks")
    page = visitor.open("/webhooks")
    assert "Send again" in page
    attempt = re.findall(r"/webhooks/replay/(\d+)", page)[-1]
    assert "once more" in notice(visitor.press(f"/webhooks/replay/{attempt}", on="/webhooks"))
    visitor.press("/webhooks/faults/clear", on="/webhooks")
    visitor.press("/webhooks/remove", on="/webhooks", client_id=visitor.simulator.client_id)
    assert "No app has given an address" in visitor.open("/webhooks")
    assert visitor.refused("/webhooks/replay/999", on="/webhooks")["which"] == "attempt 999"


def test_the_clock_is_set_frozen_and_advanced(visitor: Visitor) -> None:
    visitor.press("/clock", act="set", instant="2027-01-31T09:30")
    assert visitor.simulator.clock.now() == datetime(2027, 1, 31, 9, 30, tzinfo=UTC)
    visitor.press("/clock", act="advance", number="1.5", unit="hours")
    assert visitor.simulator.clock.now() == datetime(2027, 1, 31, 11, 0, tzinfo=UTC)
    visitor.press("/clock", act="run")
    assert control(visitor.simulator, "GET", "clock")["frozen"] is False
    visitor.press("/clock", act="freeze")
    assert control(visitor.simulator, "GET", "clock")["frozen"] is True
    for form in ({"act": "set", "instant": "never"}, {"act": "advance", "number": "1e99", "unit": "days"}):
        assert visitor.refused("/clock", **form)["what"] == "The clock was not moved"


def test_settings_are_switched_and_nonsense_is_refused(visitor: Visitor) -> None:
    values = {
        name: str(value) for name, value in control(visitor.simulator, "GET", "settings").items() if value
    }
    visitor.press(
        "/settings", **{**values, "throttle": "yes", "reports_per_minute": "200", "change_feed_days": "30"}
    )
    assert visitor.simulator.settings.reports_per_minute == 200
    assert visitor.simulator.settings.throttle
    told = visitor.refused("/settings", **{**values, "reports_per_minute": "-1", "change_feed_days": "0"})
    assert told["what"] == "The settings were not changed"
    assert visitor.simulator.settings.reports_per_minute == 200


def test_a_reset_asks_first(visitor: Visitor) -> None:
    billed(visitor)
    assert visitor.refused("/reset")["which"] == "the box"
    assert served(visitor, "query", query="select count(*) from Invoice")["QueryResponse"]["totalCount"] == 1
    visitor.press("/reset", sure="yes")
    assert served(visitor, "query", query="select count(*) from Invoice")["QueryResponse"]["totalCount"] == 0


def test_companies_are_added_connected_and_disconnected(visitor: Visitor) -> None:
    page = visitor.press("/companies", on="", kind="empty", name="Second Shop", country="CA", currency="CAD")
    assert "Second Shop was added" in notice(page)
    second = visitor.simulator.companies()[1]
    assert (second.country, second.currency) == ("CA", "CAD")
    tokens = visitor.sent("/grant", on="", realm=second.realm, client=visitor.simulator.client_id)
    bearer = re.findall(r"<dt>access_token</dt><dd><code>(.*?)</code>", tokens.body.decode())[0]
    assert api(visitor.simulator, "GET", "companyinfo/1", bearer=bearer, realm=second.realm).status == 200
    visitor.press("/disconnect", on="", realm=second.realm, client=visitor.simulator.client_id)
    assert api(visitor.simulator, "GET", "companyinfo/1", bearer=bearer, realm=second.realm).status == 403
    told = visitor.refused("/companies", on="", kind="directory", directory="/no/such/folder")
    assert told["what"] == "The company was not added"
    assert visitor.refused("/grant", on="", realm="1", client="nobody")["what"] == "No tokens were issued"


def test_hostile_addresses_and_forms_are_answered_in_words(visitor: Visitor) -> None:
    here = company(visitor)
    for place in (
        "/company/1",
        "/nowhere",
        f"{here}/list/Nonsense",
        f"{here}/record/Invoice/x",
        f"{here}/record/Invoice/99999",
        f"{here}/record/Invoice/%27%20or%201=1",
        f"{here}/new/spaceship",
        f"{here}/reports/Nonsense",
        f"{here}/json/TaxRate",
        f"{here}/receive?party=x",
        f"{here}/receive?search=Nobody",
    ):
        response = visitor.ask(
            "GET",
            ROOT + place.partition("?")[0],
            query=dict(part.split("=") for part in place.partition("?")[2].split("&") if part),
        )
        assert 400 <= response.status < 500, place
        assert said_trouble(response.body.decode())["what to do"], place
    assert visitor.refused(f"{here}/json/Customer", body="{nonsense")["which"] == "the JSON"
    assert visitor.refused(f"{here}/json/Customer", body="[1, 2]")["what"].endswith("was not created")
    assert visitor.refused(f"{here}/new/invoice", party="")["which"] == "Customer"
    assert visitor.refused(f"{here}/new/invoice", party="#x")["which"]
    assert visitor.refused(f"{here}/deposit", on=f"{here}/lists")["which"] == "the payments"
    many = "&".join(f"line={number}" for number in range(6_000)).encode()
    assert visitor.ask("POST", f"{ROOT}/faults", body=many).status == 400
    assert visitor.ask("PUT", ROOT).status == 404


def test_the_front_page_leads_to_the_console(visitor: Visitor) -> None:
    front = visitor.ask("GET", "/").body.decode()
    assert f'href="{ROOT}"' in front
    assert f"http://{HOST}/v3/company" in front


def _get(path: str) -> Any:
    from qbosim.wire import Request

    return Request("GET", path, {}, {"host": HOST})
