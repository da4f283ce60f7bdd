"""What changed at the host is read once, and can be read without asking QuickBooks anything."""

from __future__ import annotations

from tests.bridge import SimulatorTransport
from tests.looking import stands
from tests.world import World
from tieout.domain.documents import Kind, Status
from tieout.domain.matching import Verdict
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
