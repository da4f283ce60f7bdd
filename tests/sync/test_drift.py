"""An exported document that is changed in QuickBooks is one question, with the choices that make sense."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.looking import document, invoices, issues, kinds, left, only, settle, stands
from tests.world import World
from tieout.domain.documents import Kind, SalesDocument, Status


@pytest.fixture
def billed(world: World) -> tuple[World, dict[str, Any]]:
    """One invoice of 160 is in QuickBooks; gives the world and the invoice."""
    world.client()
    world.service()
    world.invoice()
    world.settle()
    return world, only(invoices(world))


Billed = tuple[World, dict[str, Any]]


def _with_price(invoice: dict[str, Any], price: float, quantity: float = 2) -> list[dict[str, Any]]:
    line = dict(invoice["Line"][0])
    line["Amount"] = round(price * quantity, 2)
    line["SalesItemLineDetail"] = {**line["SalesItemLineDetail"], "UnitPrice": price, "Qty": quantity}
    return [line]


def test_a_changed_total_opens_one_issue_with_three_choices(billed: Billed) -> None:
    world, invoice = billed
    world.edit("Invoice", invoice["Id"], Line=_with_price(invoice, 90))
    world.settle()
    issue = only(issues(world))
    assert issue.finding.kind == "drift.total"
    assert issue.actions == ("push_ours", "accept_theirs", "ignore")
    assert "160.00" in issue.finding.what
    assert "180.00" in issue.finding.what
    assert stands(world, "invoice", "i1") == "drift"


def test_lines_of_another_shape_and_the_same_total_are_seen(billed: Billed) -> None:
    world, invoice = billed
    world.edit("Invoice", invoice["Id"], Line=_with_price(invoice, 40, 4))
    world.settle()
    assert kinds(world) == ["drift.lines"]


def test_another_customer_is_seen(billed: Billed) -> None:
    world, invoice = billed
    other = world.books("POST", "customer", {"DisplayName": "Quarry Lane Dental"})["Customer"]
    world.edit("Invoice", invoice["Id"], CustomerRef={"value": other["Id"]})
    world.settle()
    assert kinds(world) == ["drift.customer"]


def test_another_date_is_seen(billed: Billed) -> None:
    world, invoice = billed
    world.edit("Invoice", invoice["Id"], DueDate="2026-06-30")
    world.settle()
    assert kinds(world) == ["drift.dates"]


@pytest.mark.parametrize(("how", "kind"), [("void", "drift.voided"), ("delete", "drift.deleted")])
def test_a_document_removed_in_quickbooks_is_seen(billed: Billed, how: str, kind: str) -> None:
    world, invoice = billed
    getattr(world, how)("Invoice", invoice["Id"])
    world.settle()
    assert kinds(world) == [kind]


def test_a_payment_or_a_note_is_no_drift(billed: Billed) -> None:
    world, invoice = billed
    world.pay(invoice["CustomerRef"]["value"], {invoice["Id"]: "10"})
    world.edit("Invoice", invoice["Id"], CustomerMemo={"value": "Thank you"})
    world.settle()
    assert issues(world) == []
    assert stands(world, "invoice", "i1") == "synced"


def test_pushing_ours_restores_the_total_in_quickbooks(billed: Billed) -> None:
    world, invoice = billed
    world.edit("Invoice", invoice["Id"], Line=_with_price(invoice, 90))
    world.settle()
    settle(world, "push_ours")
    world.settle()
    assert Decimal(str(only(invoices(world))["TotalAmt"])) == Decimal(160)
    assert issues(world) == []
    assert stands(world, "invoice", "i1") == "synced"


def test_pushing_ours_after_a_payment_moved_the_invoice_still_restores_it(billed: Billed) -> None:
    world, invoice = billed
    world.edit("Invoice", invoice["Id"], Line=_with_price(invoice, 90))
    world.settle()
    settle(world, "push_ours")
    world.pay(invoice["CustomerRef"]["value"], {invoice["Id"]: "10"})
    world.settle()
    assert Decimal(str(only(invoices(world))["TotalAmt"])) == Decimal(160)
    assert left(world) == Decimal(150)
    assert issues(world) == []


def test_accepting_theirs_changes_the_host_and_nothing_in_quickbooks(billed: Billed) -> None:
    world, invoice = billed
    edited = world.edit("Invoice", invoice["Id"], Line=_with_price(invoice, 90))
    world.settle()
    settle(world, "accept_theirs")
    world.settle()
    ours = world.host.get(Kind.INVOICE, "i1")
    assert isinstance(ours, SalesDocument)
    assert ours.total == Decimal(180)
    assert only(invoices(world))["SyncToken"] == edited["SyncToken"]
    assert issues(world) == []
    assert stands(world, "invoice", "i1") == "synced"


def test_accepting_a_date_takes_it_over(billed: Billed) -> None:
    world, invoice = billed
    world.edit("Invoice", invoice["Id"], DueDate="2026-06-30")
    world.settle()
    settle(world, "accept_theirs")
    world.settle()
    ours = world.host.get(Kind.INVOICE, "i1")
    assert isinstance(ours, SalesDocument)
    assert ours.due_date == date(2026, 6, 30)
    assert issues(world) == []


def test_an_ignored_drift_stays_shut_until_it_changes_again(billed: Billed) -> None:
    world, invoice = billed
    world.edit("Invoice", invoice["Id"], Line=_with_price(invoice, 90))
    world.settle()
    settle(world, "ignore")
    world.edit("Invoice", invoice["Id"], CustomerMemo={"value": "Thank you"})
    world.settle()
    assert issues(world) == []
    world.edit("Invoice", invoice["Id"], Line=_with_price(invoice, 95))
    world.settle()
    assert kinds(world) == ["drift.total"]


def test_a_drift_that_is_undone_closes_by_itself_and_opens_again_when_it_returns(billed: Billed) -> None:
    world, invoice = billed
    world.edit("Invoice", invoice["Id"], Line=_with_price(invoice, 90))
    world.settle()
    world.edit("Invoice", invoice["Id"], Line=_with_price(invoice, 80))
    world.settle()
    assert issues(world) == []
    assert only(issues(world, "cleared")).closed_how == "the change was undone in QuickBooks"
    assert stands(world, "invoice", "i1") == "synced"
    world.edit("Invoice", invoice["Id"], Line=_with_price(invoice, 90))
    world.settle()
    assert only(issues(world)).times == 2


def test_a_graver_change_takes_the_place_of_the_issue_that_is_open(billed: Billed) -> None:
    world, invoice = billed
    world.edit("Invoice", invoice["Id"], DueDate="2026-06-30")
    world.settle()
    assert kinds(world) == ["drift.dates"]
    world.edit("Invoice", invoice["Id"], Line=_with_price(invoice, 90))
    world.settle()
    assert kinds(world) == ["drift.total"]


@pytest.mark.parametrize("how", ["void", "delete"])
def test_a_removed_document_can_be_made_anew_under_its_number(billed: Billed, how: str) -> None:
    world, invoice = billed
    getattr(world, how)("Invoice", invoice["Id"])
    world.settle()
    settle(world, "push_ours")
    world.settle()
    live = only([one for one in invoices(world) if one["TotalAmt"]])
    assert live["Id"] != invoice["Id"]
    assert live["DocNumber"] == "T-i1"
    assert issues(world) == []
    assert stands(world, "invoice", "i1") == "synced"


@pytest.mark.parametrize("how", ["void", "delete"])
def test_a_document_that_the_host_changes_before_it_was_made_anew_is_made_as_it_is_then(
    billed: Billed, how: str
) -> None:
    world, invoice = billed
    getattr(world, how)("Invoice", invoice["Id"])
    world.settle()
    settle(world, "push_ours")
    world.invoice(lines=(("s1", "5", "80"),))
    world.settle()
    live = only([one for one in invoices(world) if one["TotalAmt"]])
    assert (live["DocNumber"], Decimal(str(live["TotalAmt"]))) == ("T-i1", Decimal(400))
    assert issues(world) == []
    assert stands(world, "invoice", "i1") == "synced"


@pytest.mark.parametrize("how", ["void", "delete"])
def test_a_document_that_the_host_sets_back_before_it_was_made_anew_is_made_all_the_same(
    billed: Billed, how: str
) -> None:
    world, invoice = billed
    world.invoice(lines=(("s1", "5", "80"),))
    getattr(world, how)("Invoice", invoice["Id"])
    world.settle()
    settle(world, "push_ours")
    world.invoice()  # as it was when it was sent for the first time
    world.settle()
    live = only([one for one in invoices(world) if one["TotalAmt"]])
    assert Decimal(str(live["TotalAmt"])) == Decimal(160)
    assert issues(world) == []
    assert stands(world, "invoice", "i1") == "synced"


@pytest.mark.parametrize("how", ["void", "delete"])
def test_a_document_that_the_host_voids_before_it_was_made_anew_is_not_made(billed: Billed, how: str) -> None:
    world, invoice = billed
    getattr(world, how)("Invoice", invoice["Id"])
    world.settle()
    settle(world, "push_ours")
    world.host.void(Kind.INVOICE, "i1", "not wanted")
    world.settle()
    assert [one for one in invoices(world) if one["TotalAmt"]] == []
    detail = document(world, "invoice", "i1")
    assert [push.state for push in detail.pushes if push.state in ("blocked", "queued", "waiting")] == []
    assert issues(world) == []


@pytest.mark.parametrize("how", ["void", "delete"])
def test_a_removed_document_can_be_voided_at_the_host(billed: Billed, how: str) -> None:
    world, invoice = billed
    getattr(world, how)("Invoice", invoice["Id"])
    world.settle()
    settle(world, "accept_theirs")
    world.settle()
    ours = world.host.get(Kind.INVOICE, "i1")
    assert isinstance(ours, SalesDocument)
    assert ours.status is Status.VOID
    assert issues(world) == []


def test_a_document_changed_on_both_sides_waits_for_the_decision(billed: Billed) -> None:
    world, invoice = billed
    world.edit("Invoice", invoice["Id"], Line=_with_price(invoice, 90))
    world.invoice(lines=(("s1", "5", "80"),))
    world.settle()
    assert Decimal(str(only(invoices(world))["TotalAmt"])) == Decimal(180)
    assert kinds(world) == ["drift.total"]
    settle(world, "push_ours")
    world.settle()
    assert Decimal(str(only(invoices(world))["TotalAmt"])) == Decimal(400)
    assert issues(world) == []


def test_every_step_is_in_the_documents_own_history(billed: Billed) -> None:
    world, invoice = billed
    world.edit("Invoice", invoice["Id"], Line=_with_price(invoice, 90))
    world.settle()
    settle(world, "push_ours")
    world.settle()
    told = [moment.what for moment in reversed(document(world, "invoice", "i1").timeline)]
    assert told == [
        "queued",
        "not sent",
        "queued",
        "confirmed",
        "drift",
        "queued",
        "decided",
        "confirmed",
    ] or (told[-4:] == ["drift", "queued", "decided", "confirmed"])


def test_a_private_note_of_the_bookkeeper_survives_our_next_update(billed: Billed) -> None:
    world, invoice = billed
    mark = world.read("Invoice", invoice["Id"])["PrivateNote"]
    world.edit("Invoice", invoice["Id"], PrivateNote=f"Agreed on the phone\n{mark}")
    world.settle()
    world.invoice(lines=(("s1", "3", "80"),))
    world.settle()
    now = only(invoices(world))
    assert Decimal(str(now["TotalAmt"])) == Decimal(240)
    assert "Agreed on the phone" in now["PrivateNote"]
    assert issues(world) == []


def test_accepting_a_void_also_ends_a_change_that_was_waiting_to_go_out(billed: Billed) -> None:
    world, invoice = billed
    world.void("Invoice", invoice["Id"])
    world.invoice(lines=(("s1", "5", "80"),))
    world.settle()
    assert stands(world, "invoice", "i1") in ("needs_attention", "drift")
    settle(world, "accept_theirs")
    world.settle()
    detail = document(world, "invoice", "i1")
    assert [push.state for push in detail.pushes if push.state in ("blocked", "queued", "waiting")] == []
    assert issues(world) == []


def test_voiding_at_the_host_what_was_voided_in_quickbooks_settles_it(billed: Billed) -> None:
    world, invoice = billed
    world.void("Invoice", invoice["Id"])
    world.invoice(lines=(("s1", "5", "80"),))
    world.settle()
    world.host.void(Kind.INVOICE, "i1", "not wanted")
    world.settle()
    detail = document(world, "invoice", "i1")
    assert [push.state for push in detail.pushes if push.state in ("blocked", "queued", "waiting")] == []
    assert issues(world) == []
