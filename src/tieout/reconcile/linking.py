"""Linking: this client is that customer. One way to do it, for a person, a bulk action and the engine alike."""

from __future__ import annotations

from dataclasses import replace

from tieout.domain.documents import Kind, title
from tieout.domain.fingerprint import fingerprint
from tieout.domain.issues import IssueState
from tieout.domain.links import How, Link
from tieout.domain.pushes import State
from tieout.edges import Edges
from tieout.kit.errors import NotFound
from tieout.reconcile.unlinked import ENTITY_OF
from tieout.storage.companies import Company
from tieout.storage.unit_of_work import Work


def link_record(
    edges: Edges, work: Work, company: Company, kind: Kind, ref: str, qbo_id: str, how: How, actor: str
) -> Link:
    """Link a client, service, tax region or term to a QuickBooks record of the mirror, and release what waited.

    Raises NotFound when one of the two does not exist (or is inactive there), and Refused when the QuickBooks
    record is linked to somebody else already.
    """
    entity = ENTITY_OF[kind]
    now = edges.clock.now()
    record = work.intents.get(company.id, kind, ref)
    row = work.records.get(company.id, entity, qbo_id)
    if record is None:
        raise NotFound(
            f"The host has no such {kind.value.replace('_', ' ')}",
            record=ref,
            reason="it was not found among what the host showed",
            remedy="Bring it into the host first, or correct the ref",
        )
    if row is None or row.deleted or not row.active:
        raise NotFound(
            f"QuickBooks has no active {entity} with this id",
            record=qbo_id,
            reason="it is not in the mirror, was deleted, or is inactive",
            remedy="Import the company, or choose another",
        )
    known = work.links.by_host(company.id, kind, ref)
    link = Link(company.id, kind, ref, qbo_id, row.sync_token, how, now, intended=fingerprint(record))
    if known is not None and known.qbo_id == qbo_id:
        link = replace(link, generation=known.generation)
        work.links.replace(link)
    else:
        if known is not None:
            work.links.remove(company.id, kind, ref)
        work.links.add(link)
    withdraw_unsent(edges, work, company, kind, ref, "linked to a record that was there")
    work.timeline.add(
        company.id,
        kind,
        ref,
        at=now,
        what="linked",
        detail=f"{title(record)} to {row.name or entity + ' ' + qbo_id}",
        qbo_id=qbo_id,
        actor=actor,
    )
    work.issues.clear(company.id, "customer.unlinked", kind.value, ref, now=now, how="linked anew")
    release_unmapped(edges, work, company)
    return link


def withdraw_unsent(edges: Edges, work: Work, company: Company, kind: Kind, ref: str, why: str) -> None:
    """Cancel the pushes of a record that have not left; one that has left must be verified first."""
    for push in work.pushes.open_of(company.id, kind, ref):
        if push.state is not State.SENT:
            work.pushes.save(replace(push, state=State.CANCELLED, error=why, updated_at=edges.clock.now()))


def release_unmapped(edges: Edges, work: Work, company: Company) -> None:
    """Try anew whatever waits for a link; what still lacks something says so again."""
    for kind in ("export.unmapped", "customer.ambiguous"):
        for issue in work.issues.list(company.id, IssueState.OPEN, kind, limit=100_000):
            work.pushes.unblock(
                company.id, Kind(issue.finding.record_kind), issue.finding.record, now=edges.clock.now()
            )
