"""What is not linked yet, on both sides, and how it compares."""

from __future__ import annotations

from collections.abc import Sequence

from tieout.domain.documents import Client, HostRecord, Kind, Service, TaxRegion, Term
from tieout.domain.matching import Suggestion, match_clients, match_services, match_tax_regions, match_terms
from tieout.domain.seen import SeenItem, SeenParty, SeenRecord, SeenTaxCode, SeenTerm
from tieout.mirror.rows import readable
from tieout.storage.companies import Company
from tieout.storage.unit_of_work import Work

ENTITY_OF: dict[Kind, str] = {
    Kind.CLIENT: "Customer",
    Kind.SERVICE: "Item",
    Kind.TAX_REGION: "TaxCode",
    Kind.TERM: "Term",
}
"""The QuickBooks entity that each kind is linked to, for what is linked rather than sent."""


def unlinked(work: Work, company: Company, kind: Kind) -> list[HostRecord]:
    """List the host's active records of a kind that nothing in QuickBooks is linked to."""
    linked = {link.host_ref for link in work.links.all(company.id, kind)}
    return [
        record
        for record in work.intents.all(company.id, kind)
        if record.ref not in linked and getattr(record, "active", True)
    ]


def free(work: Work, company: Company, kind: Kind) -> list[SeenRecord]:
    """List the QuickBooks records of a kind's entity that may still be linked to.

    A customer or item belongs to one client or service; a tax code or term may serve several.
    """
    entity = ENTITY_OF[kind]
    taken = (
        {link.qbo_id for link in work.links.all(company.id, kind)}
        if kind in (Kind.CLIENT, Kind.SERVICE)
        else set()
    )
    rows = (row for row in work.records.every(company.id, entity) if row.qbo_id not in taken)
    return [seen for _row, seen in readable(company, rows)]


def compared(work: Work, company: Company, kind: Kind) -> list[Suggestion]:
    """Compare all that is unlinked of a kind with all that is free, and say how sure each match is."""
    ours: Sequence[HostRecord] = unlinked(work, company, kind)
    theirs = free(work, company, kind)
    match kind:
        case Kind.CLIENT:
            return match_clients(
                [one for one in ours if isinstance(one, Client)],
                [one for one in theirs if isinstance(one, SeenParty)],
            )
        case Kind.SERVICE:
            return match_services(
                [one for one in ours if isinstance(one, Service)],
                [one for one in theirs if isinstance(one, SeenItem)],
            )
        case Kind.TAX_REGION:
            return match_tax_regions(
                [one for one in ours if isinstance(one, TaxRegion)],
                [one for one in theirs if isinstance(one, SeenTaxCode)],
            )
        case Kind.TERM:
            return match_terms(
                [one for one in ours if isinstance(one, Term)],
                [one for one in theirs if isinstance(one, SeenTerm)],
            )
        case _:
            raise AssertionError(f"{kind} is sent, not matched")
