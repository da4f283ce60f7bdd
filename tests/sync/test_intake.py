"""What changed at the host is read once, and can be read without asking QuickBooks anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.bridge import SimulatorTransport
from tests.looking import issues, plan_fault, stands
from tests.world import World
from tieout.domain.documents import Kind, SalesDocument, Status
from tieout.domain.matching import Verdict
from tieout.hosts.contract import ChangePage, Host
from tieout.kit.errors import Unreachable
from tieout.reconcile.matching import suggest
from tieout.sync.intake import read_host


def test_what_was_just_put_in_can_be_matched_without_a_cycle(world: World) -> None:
    world.books("POST", "customer", {"DisplayName": "Blue Heron Boats"})
    world.sync()
    world.client()
    assert suggest(world.edges, world.caller, kind="client") == []
    assert isinstance(world.transport, SimulatorTransport)
    calls = world.transport.calls
    assert read_host(world.edges, world.caller).changed == 1
    assert world.transport.calls == calls, "the host was read, and QuickBooks was asked nothing"
    (proposal,) = suggest(world.edges, world.caller, kind="client")
    assert proposal.verdict is Verdict.EXACT


def test_reading_the_host_twice_reads_nothing_twice(world: World) -> None:
    world.client()
    world.service()
    world.invoice()
    first = read_host(world.edges, world.caller)
    assert (first.read, first.changed, first.queued) == (3, 3, 1)
    again = read_host(world.edges, world.caller)
    assert (again.read, again.changed, again.queued) == (0, 0, 0)
    assert stands(world, "invoice", "i1") == "queued"


def test_a_draft_that_is_taken_back_owes_nothing(world: World) -> None:
    world.client()
    world.service()
    world.invoice(status=Status.DRAFT)
    assert read_host(world.edges, world.caller).queued == 0
    world.host.delete(Kind.INVOICE, "i1")
    assert read_host(world.edges, world.caller).queued == 0
    world.settle()
    assert world.every("Invoice") == []


def test_voiding_an_invoice_whose_first_answer_was_lost_and_that_was_changed_since_ends_void(
    world: World,
) -> None:
    plan_fault(world, fault="reply_lost", method="POST", entity="Invoice", times=1)
    world.client()
    world.service()
    world.invoice()
    world.sync()
    assert stands(world, "invoice", "i1") == "on_its_way"
    world.invoice(lines=(("s1", "3", "80"),))
    assert read_host(world.edges, world.caller).queued == 1, "the change waits behind what is on its way"
    world.host.void(Kind.INVOICE, "i1", "not wanted")
    world.pass_time(600)
    world.settle()
    (invoice,) = world.every("Invoice")
    assert invoice["TotalAmt"] == 0
    assert stands(world, "invoice", "i1") == "voided"
    assert issues(world) == []


def test_voiding_what_a_dead_cycle_had_leased_and_the_host_changed_since_sends_nothing(world: World) -> None:
    world.client()
    world.service()
    world.invoice()
    read_host(world.edges, world.caller)
    with world.edges.database.transaction() as work:
        company = work.companies.all(world.caller.tenant)[0]
        assert len(work.pushes.lease(company.id, world.clock.now(), 10)) == 1
    world.invoice(lines=(("s1", "3", "80"),))
    assert read_host(world.edges, world.caller).queued == 1, "the change waits behind what was leased"
    world.host.void(Kind.INVOICE, "i1", "not wanted")
    assert world.settle().state == "succeeded"
    assert world.every("Invoice") == []
    assert issues(world) == []


@dataclass
class Adapter:
    """A host adapter with a defect: what it hands over of some records is not what the contract says."""

    host: Host
    spoilt: Iterable[str] = ()
    unreachable: bool = False
    name: str = "ledger"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.host, name)

    def changes(self, after: str, limit: int) -> ChangePage:
        if self.unreachable:
            raise Unreachable("The business system does not answer")
        page = self.host.changes(after, limit)
        return replace(page, records=tuple(self._handed_over(change) for change in page.records))

    def _handed_over(self, change: Any) -> Any:
        if change.ref not in self.spoilt or not isinstance(change.record, SalesDocument):
            return change
        spoilt = replace(change.record, dated="yesterday")  # type: ignore[arg-type]
        return replace(change, record=spoilt)


def through(world: World, adapter: Adapter) -> Any:
    """The installation with that adapter."""
    return replace(world.edges, host=lambda _tenant, _name: adapter)


def test_one_record_that_cannot_be_taken_in_is_told_and_the_others_go_on(world: World) -> None:
    world.client()
    world.service()
    for number in range(5):
        world.invoice(f"i{number}")
    edges = through(world, Adapter(world.host, spoilt=("i2",)))
    taken = read_host(edges, world.caller)
    assert (taken.read, taken.changed, taken.queued) == (7, 6, 4)
    (issue,) = issues(world)
    assert (issue.finding.kind, issue.finding.record_kind, issue.finding.record) == (
        "host.unreadable",
        "invoice",
        "i2",
    )
    assert "every other record goes on" in issue.finding.remedy
    assert read_host(edges, world.caller).read == 0, "the cursor moved past it"
    world.settle()
    assert len(world.every("Invoice")) == 4
    assert len(issues(world)) == 1, "the same trouble is told once"


def test_a_record_that_was_set_aside_is_taken_in_when_it_comes_right(world: World) -> None:
    world.client()
    world.service()
    world.invoice()
    read_host(through(world, Adapter(world.host, spoilt=("i1",))), world.caller)
    assert len(issues(world)) == 1
    world.invoice(lines=(("s1", "3", "80"),))
    read_host(world.edges, world.caller)
    assert stands(world, "invoice", "i1") == "queued"
    assert issues(world) == []


def test_a_host_that_does_not_answer_sets_no_record_aside(world: World) -> None:
    world.client()
    with pytest.raises(Unreachable):
        read_host(through(world, Adapter(world.host, unreachable=True)), world.caller)
    assert issues(world) == []
    assert read_host(world.edges, world.caller).read == 1
