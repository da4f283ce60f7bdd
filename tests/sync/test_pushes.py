"""What we owe QuickBooks gets there once, whatever happens on the way."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.looking import document, invoices, issues, kinds, only, plan_fault, settle, stands
from tests.world import TODAY, World
from tieout.connections.companies import change_setting
from tieout.domain.documents import Kind, Status, TaxRegion, Term
from tieout.kit.errors import Invalid
from tieout.reconcile.matching import link
from tieout.sync.cycle import run_cycle


def _bill(world: World) -> None:
    world.client()
    world.service()
    world.invoice()


def test_an_invoice_brings_its_customer_and_item_along_and_is_there_once(world: World) -> None:
    _bill(world)
    world.settle()
    invoice = only(invoices(world))
    assert invoice["DocNumber"] == "T-i1"
    assert Decimal(str(invoice["TotalAmt"])) == Decimal(160)
    assert invoice["CustomerRef"]["name"] == "Blue Heron Boats"
    line = invoice["Line"][0]
    assert line["SalesItemLineDetail"]["ItemRef"]["name"] == "Workshop hour"
    assert stands(world, "invoice", "i1") == "synced"
    assert issues(world) == []


def test_a_customer_of_the_very_same_name_is_linked_and_not_made_again(world: World) -> None:
    customer = world.books("POST", "customer", {"DisplayName": "BLUE HERON BOATS, Inc."})["Customer"]
    _bill(world)
    world.settle()
    assert only(invoices(world))["CustomerRef"]["value"] == customer["Id"]
    assert len(world.every("Customer")) == 1


def test_a_customer_of_a_similar_name_is_a_question_and_nothing_is_sent(world: World) -> None:
    customer = world.books("POST", "customer", {"DisplayName": "Blue Herron Boats"})["Customer"]
    _bill(world)
    world.settle()
    assert invoices(world) == []
    assert kinds(world) == ["customer.ambiguous"]
    settle(world, "link", customer["Id"])
    world.settle()
    assert only(invoices(world))["CustomerRef"]["value"] == customer["Id"]
    assert issues(world) == []


def test_a_similar_customer_can_be_told_apart_by_making_a_new_one(world: World) -> None:
    world.books("POST", "customer", {"DisplayName": "Blue Herron Boats"})
    _bill(world)
    world.settle()
    settle(world, "create")
    world.settle()
    assert only(invoices(world))["CustomerRef"]["name"] == "Blue Heron Boats"
    assert issues(world) == []


def test_a_payment_recorded_with_its_invoice_waits_for_it_and_follows(world: World) -> None:
    _bill(world)
    world.payment(parts={"i1": "60"})
    world.settle()
    assert Decimal(str(only(invoices(world))["Balance"])) == Decimal(100)
    assert Decimal(str(only(world.every("Payment"))["TotalAmt"])) == Decimal(60)
    assert stands(world, "payment", "p1") == "synced"


def test_a_draft_is_not_sent_and_goes_once_it_is_final(world: World) -> None:
    world.client()
    world.service()
    draft = world.invoice(status=Status.DRAFT)
    world.settle()
    assert invoices(world) == []
    world.host.put(replace(draft, status=Status.FINAL))
    world.settle()
    assert only(invoices(world))["DocNumber"] == "T-i1"


def test_a_document_from_before_the_start_date_is_left_alone(world: World) -> None:
    change_setting(world.edges, world.caller, name="start_date", value=str(TODAY.replace(day=10)))
    _bill(world)
    world.settle()
    assert invoices(world) == []
    assert stands(world, "invoice", "i1") == "not_sent"


def test_nothing_is_sent_before_somebody_goes_live(world: World) -> None:
    change_setting(world.edges, world.caller, name="export", value="off")
    _bill(world)
    world.settle()
    assert invoices(world) == []
    assert stands(world, "invoice", "i1") == "queued"
    change_setting(world.edges, world.caller, name="export", value="on")
    world.settle()
    assert len(invoices(world)) == 1


def test_an_invoice_changed_at_the_host_is_updated_in_place(world: World) -> None:
    _bill(world)
    world.settle()
    first = only(invoices(world))
    world.invoice(lines=(("s1", "3", "80"),))
    world.settle()
    now = only(invoices(world))
    assert (now["Id"], Decimal(str(now["TotalAmt"]))) == (first["Id"], Decimal(240))
    assert issues(world) == []


def test_the_same_invoice_put_again_is_not_sent_again(world: World) -> None:
    _bill(world)
    world.settle()
    before = only(invoices(world))["SyncToken"]
    _bill(world)
    world.settle()
    assert only(invoices(world))["SyncToken"] == before


def test_an_invoice_voided_at_the_host_is_voided_in_quickbooks(world: World) -> None:
    _bill(world)
    world.settle()
    world.host.void(Kind.INVOICE, "i1", "not wanted")
    world.settle()
    invoice = only(invoices(world))
    assert invoice["TotalAmt"] == 0
    assert invoice["PrivateNote"].startswith("Voided")
    assert issues(world) == []


def test_an_invoice_voided_before_it_left_is_never_sent(world: World) -> None:
    change_setting(world.edges, world.caller, name="export", value="off")
    _bill(world)
    world.sync()
    world.host.void(Kind.INVOICE, "i1", "not wanted")
    change_setting(world.edges, world.caller, name="export", value="on")
    world.settle()
    assert invoices(world) == []


def test_a_credit_note_becomes_a_credit_memo_and_is_deleted_when_it_is_voided(world: World) -> None:
    world.client()
    world.service()
    world.invoice("cn1", kind=Kind.CREDIT_NOTE, number="CN-1")
    world.settle()
    memo = only(world.every("CreditMemo"))
    assert (memo["DocNumber"], Decimal(str(memo["TotalAmt"]))) == ("CN-1", Decimal(160))
    world.host.void(Kind.CREDIT_NOTE, "cn1", "not wanted")
    world.settle()
    assert world.every("CreditMemo") == []
    assert issues(world) == []


@pytest.mark.parametrize("entity", ["customer", "item", "invoice", "payment"])
def test_a_lost_reply_leaves_one_record_and_no_question(world: World, entity: str) -> None:
    plan_fault(world, fault="reply_lost", method="POST", entity=entity.capitalize(), times=1)
    _bill(world)
    world.payment(parts={"i1": "60"})
    world.settle()
    assert [one["DocNumber"] for one in invoices(world)] == ["T-i1"]
    assert len(world.every("Payment")) == 1
    assert [one["DisplayName"] for one in world.every("Customer")] == ["Blue Heron Boats"]
    assert [one["Name"] for one in world.every("Item")].count("Workshop hour") == 1
    assert issues(world) == []


@pytest.mark.parametrize("fault", ["request_lost", "500", "503", "429"])
def test_a_request_that_fails_is_sent_again_and_is_there_once(world: World, fault: str) -> None:
    plan_fault(world, fault=fault, method="POST", entity="Invoice", times=2)
    _bill(world)
    world.settle()
    assert len(invoices(world)) == 1
    assert issues(world) == []


def test_a_reply_lost_long_ago_is_found_by_its_mark_and_adopted(world: World) -> None:
    plan_fault(world, fault="reply_lost", method="POST", entity="Invoice", times=1)
    _bill(world)
    world.sync()
    assert stands(world, "invoice", "i1") == "on_its_way"
    world.pass_time(3 * 24 * 3600)
    world.settle()
    assert len(invoices(world)) == 1
    assert any(moment.what == "adopted" for moment in document(world, "invoice", "i1").timeline)


def test_a_payment_whose_reply_was_lost_long_ago_is_found_and_adopted(world: World) -> None:
    _bill(world)
    world.settle()
    plan_fault(world, fault="reply_lost", method="POST", entity="Payment", times=1)
    world.payment(parts={"i1": "60"})
    world.sync()
    world.pass_time(3 * 24 * 3600)
    world.settle()
    assert len(world.every("Payment")) == 1
    assert Decimal(str(only(invoices(world))["Balance"])) == Decimal(100)
    assert issues(world) == []


def test_an_outage_of_a_week_ends_by_itself(world: World) -> None:
    _bill(world)
    plan_fault(world, fault="503", path="/v3/*", times=None)
    for _ in range(20):
        world.sync()
        world.pass_time(8 * 3600)
    assert issues(world) == []
    world.control("DELETE", "faults")
    world.settle()
    assert len(invoices(world)) == 1


def test_what_quickbooks_turns_down_is_one_issue_and_goes_once_it_is_mended(world: World) -> None:
    _bill(world)
    world.sync()
    world.books("POST", "customer", {**_id(world.every("Customer")[0]), "sparse": True, "Active": False})
    world.invoice("i2", number="T-i2")
    world.settle()
    assert "export.rejected" in kinds(world)
    customer = world.every("Customer", "Active = false")[0]
    world.books(
        "POST",
        "customer",
        {**_id(customer), "sparse": True, "Active": True, "DisplayName": "Blue Heron Boats"},
    )
    world.sync()
    settle(world, "retry")
    world.settle()
    assert {one["DocNumber"] for one in invoices(world)} == {"T-i1", "T-i2"}
    assert issues(world) == []


def test_an_unlinked_tax_region_is_named_and_linking_it_sends_the_invoice(world: World) -> None:
    world.client()
    world.service()
    world.host.put(TaxRegion("ca", "Harbor County", Decimal("7.25")))
    document_ = world.invoice(status=Status.DRAFT)
    taxed = replace(document_.lines[0], tax_region="ca")
    world.host.put(replace(document_, lines=(taxed,), status=Status.FINAL))
    world.settle()
    issue = only(issues(world))
    assert issue.finding.kind == "export.unmapped"
    assert "Harbor County" in issue.finding.what
    code = next(one for one in world.every("TaxCode") if one["Id"] not in ("TAX", "NON"))
    link(world.edges, world.caller, kind="tax_region", ref="ca", qbo_id=code["Id"])
    world.settle()
    invoice = only(invoices(world))
    assert invoice["TxnTaxDetail"]["TxnTaxCodeRef"]["value"] == code["Id"]
    # QuickBooks computes the tax; the host's own figure was nil, and that difference is said.
    assert kinds(world) == ["export.variance"]


def test_all_that_is_missing_is_said_at_once(world: World) -> None:
    world.client()
    world.service()
    world.host.put(TaxRegion("ca", "Harbor County", Decimal("7.25")))
    world.host.put(Term("n45", "Net 45", 45))
    draft = world.invoice(status=Status.DRAFT, term="n45")
    world.host.put(replace(draft, lines=(replace(draft.lines[0], tax_region="ca"),), status=Status.FINAL))
    world.settle()
    why = only(issues(world)).finding.why
    assert "Harbor County" in why
    assert "Net 45" in why


def test_a_number_that_another_invoice_has_is_a_question(world: World) -> None:
    prefs = world.books("GET", "preferences")["Preferences"]
    forms = {**prefs["SalesFormsPrefs"], "CustomTxnNumbers": True}
    world.books("POST", "preferences", {**_id(prefs), "sparse": True, "SalesFormsPrefs": forms})
    customer = world.books("POST", "customer", {"DisplayName": "Blue Heron Boats"})["Customer"]
    theirs = world.books(
        "POST",
        "invoice",
        {
            "CustomerRef": {"value": customer["Id"]},
            "DocNumber": "T-i1",
            "Line": [
                {
                    "Amount": 5.0,
                    "DetailType": "SalesItemLineDetail",
                    "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
                }
            ],
        },
    )["Invoice"]
    _bill(world)
    world.settle()
    issue = only(issues(world))
    assert issue.finding.kind == "export.duplicate_number"
    settle(world, "link", theirs["Id"])
    world.settle()
    assert [one["Id"] for one in invoices(world)] == [theirs["Id"]]


def test_a_closed_period_is_an_issue_of_its_own(world: World) -> None:
    prefs = world.books("GET", "preferences")["Preferences"]
    accounting = {**prefs["AccountingInfoPrefs"], "BookCloseDate": "2026-12-31"}
    world.books("POST", "preferences", {**_id(prefs), "sparse": True, "AccountingInfoPrefs": accounting})
    _bill(world)
    world.settle()
    assert kinds(world) == ["export.closed_period"]
    assert invoices(world) == []


def test_a_cancelled_push_is_not_sent_until_the_host_changes_the_record(world: World) -> None:
    change_setting(world.edges, world.caller, name="income_account", value="")
    _bill(world)
    world.settle()
    assert kinds(world) == ["export.unmapped"]
    held = only(issues(world))
    assert held.finding.record_kind == "service"


def test_a_setting_takes_only_what_it_knows(world: World) -> None:
    with pytest.raises(Invalid, match="cannot have this value"):
        change_setting(world.edges, world.caller, name="export", value="maybe")
    with pytest.raises(Invalid, match="no such setting"):
        change_setting(world.edges, world.caller, name="exports", value="on")


def test_two_cycles_at_once_are_not_possible(world: World) -> None:
    company = world.edges.database
    with company.transaction() as work:
        chosen = work.companies.all("main")[0]
        lease = work.companies.claim(chosen.id, "first", world.clock.now(), _minutes(5))
        assert lease is not None
        assert work.companies.claim(chosen.id, "second", world.clock.now(), _minutes(5)) is None


def test_a_worker_that_wakes_up_after_its_lease_writes_nothing(world: World) -> None:
    _bill(world)
    with world.edges.database.transaction() as work:
        chosen = work.companies.all("main")[0]
        old = work.companies.claim(chosen.id, "asleep", world.clock.now(), _minutes(5))
    assert old is not None
    world.pass_time(600)
    world.settle()
    assert len(invoices(world)) == 1
    report = run_cycle(world.edges, old, cause="woke up")
    assert report.state == "abandoned"
    assert len(invoices(world)) == 1


def _minutes(count: int):  # type: ignore[no-untyped-def]
    from datetime import timedelta

    return timedelta(minutes=count)


def _id(record: dict[str, object]) -> dict[str, object]:
    return {"Id": record["Id"], "SyncToken": record["SyncToken"]}
