"""What a connection tells people: one issue while it needs attention, closed by itself when it works again."""

from __future__ import annotations

from tieout.domain.issues import Finding
from tieout.edges import Edges
from tieout.kit.errors import ReconnectNeeded
from tieout.storage.companies import Company


def connection_lost(edges: Edges, company: Company, error: ReconnectNeeded) -> None:
    """Pause a company's cycles and open its issue: nothing improves until somebody connects again.

    A company that somebody disconnected meanwhile stays so, and is no question.
    """
    finding = Finding(
        kind="connection.auth",
        record_kind="company",
        record=company.id,
        label=company.name,
        what="Accounting connection needs attention",
        why=error.reason or error.message,
        remedy=error.remedy or "Press Reconnect and sign in to this company at Intuit",
        signature="auth",
        facts={"code": str(error.facts.get("code", "")), "tid": str(error.facts.get("tid", ""))},
    )
    with edges.database.transaction() as work:
        now_is = work.companies.get(company.id)
        if now_is is None or now_is.status == "disconnected":
            return
        work.companies.set_status(company.id, "needs_reconnect")
        work.issues.open(company.id, finding, now=edges.clock.now(), new_id=edges.ids.new("iss"))


def connection_works(edges: Edges, company_id: str) -> None:
    """Close the issue of a connection that works again, and let its cycles run."""
    with edges.database.transaction() as work:
        now_is = work.companies.get(company_id)
        if now_is is not None and now_is.status == "needs_reconnect":
            work.companies.set_status(company_id, "connected")
            work.companies.wake(company_id, now=edges.clock.now())
        work.issues.clear(
            company_id, "connection.auth", "company", company_id, now=edges.clock.now(), how="connected again"
        )
