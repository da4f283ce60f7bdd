"""Looking at a world from outside, in as few words as the tests need."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.world import World
from tieout.domain.issues import Issue
from tieout.sync.decide import decide, list_issues
from tieout.sync.documents import DocumentDetail, get_document


def invoices(world: World) -> list[dict[str, Any]]:
    """Give QuickBooks' invoices."""
    return world.every("Invoice")


def only(found: list[Any]) -> Any:
    """Give the one thing that there must be."""
    assert len(found) == 1, found
    return found[0]


def issues(world: World, state: str = "open") -> list[Issue]:
    """Give the issues in a state."""
    return list_issues(world.edges, world.caller, state=state)


def kinds(world: World) -> list[str]:
    """Give the kinds of the open issues, sorted."""
    return sorted(issue.finding.kind for issue in issues(world))


def document(world: World, kind: str, ref: str) -> DocumentDetail:
    """Give all that is known of a document."""
    return get_document(world.edges, world.caller, kind=kind, ref=ref)


def stands(world: World, kind: str, ref: str) -> str:
    """Tell how a document stands."""
    return document(world, kind, ref).row.stands


def settle(world: World, action: str, choice: str = "") -> Issue:
    """Settle the one open issue."""
    issue = only(issues(world))
    return decide(world.edges, world.caller, issue=issue.id, action=action, choice=choice)


def left(world: World, ref: str = "i1") -> Decimal:
    """Tell what is open on an invoice at the host."""
    return world.host.balance(ref).amount


def plan_fault(world: World, **fault: Any) -> None:
    """Plan a fault at the simulator."""
    world.control("POST", "faults", fault)
