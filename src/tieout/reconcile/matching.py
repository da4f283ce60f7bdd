"""Matching: who is who and what is what, shown before anything is linked, taken in bulk only when certain."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.connections.companies import found
from tieout.domain.documents import Kind, title
from tieout.domain.links import How, Link
from tieout.domain.matching import Suggestion, Verdict
from tieout.domain.permissions import MATCH, READ
from tieout.kit.errors import Invalid, Refused
from tieout.reconcile.linking import link_record, release_unmapped
from tieout.reconcile.unlinked import ENTITY_OF, compared
from tieout.security.operation import Act, operation
from tieout.storage.companies import Company
from tieout.storage.unit_of_work import Work

MATCHED: tuple[Kind, ...] = tuple(ENTITY_OF)
"""What is matched, in the order in which people do it."""


@dataclass(frozen=True)
class ShownCandidate:
    """A QuickBooks record that a host record may be, with its name."""

    qbo_id: str
    name: str
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """A host record that is not linked, and what it may be."""

    kind: Kind
    ref: str
    label: str
    verdict: Verdict
    candidates: tuple[ShownCandidate, ...]


@dataclass(frozen=True)
class Linked:
    """A link with the names of both sides."""

    link: Link
    ours: str
    theirs: str


@operation("match.suggest", needs=READ, writes=False)
def suggest(act: Act, *, kind: str = "client", company: str = "") -> list[Proposal]:
    """Show how every unlinked record of a kind compares with QuickBooks; links nothing."""
    chosen = found(act.work, act.caller.tenant, company)
    sort = matched_kind(kind)
    return proposals(act.work, chosen, sort)


@operation("match.take_exact", needs=MATCH, writes=True)
def take_exact(act: Act, *, kind: str = "client", company: str = "") -> list[Link]:
    """Link every record of a kind whose match is exact; the doubtful ones stay for a person."""
    chosen = found(act.work, act.caller.tenant, company)
    sort = matched_kind(kind)
    return [
        link_record(
            act.edges,
            act.work,
            chosen,
            sort,
            one.host_ref,
            one.candidates[0].qbo_id,
            How.EXACT,
            act.caller.actor,
        )
        for one in compared(act.work, chosen, sort)
        if one.verdict is Verdict.EXACT
    ]


@operation("match.link", needs=MATCH, writes=True)
def link(act: Act, *, kind: str, ref: str, qbo_id: str, company: str = "") -> Link:
    """Link one host record to one QuickBooks record; a link it had before is replaced."""
    chosen = found(act.work, act.caller.tenant, company)
    return link_record(
        act.edges, act.work, chosen, matched_kind(kind), ref, qbo_id, How.CONFIRMED, act.caller.actor
    )


@operation("match.unlink", needs=MATCH, writes=True)
def unlink(act: Act, *, kind: str, ref: str, company: str = "") -> Link:
    """Remove a link; nothing changes in QuickBooks or at the host."""
    chosen = found(act.work, act.caller.tenant, company)
    removed = act.work.links.remove(chosen.id, matched_kind(kind), ref)
    if removed is None:
        raise Refused(
            "There is no link to remove",
            record=f"{kind} {ref}",
            reason="it is not linked in this company",
            remedy="Look at the list of links",
        )
    act.work.timeline.add(
        chosen.id,
        removed.kind,
        ref,
        at=act.edges.clock.now(),
        what="unlinked",
        detail="",
        qbo_id=removed.qbo_id,
        actor=act.caller.actor,
    )
    release_unmapped(act.edges, act.work, chosen)
    return removed


@operation("match.links", needs=READ, writes=False)
def list_links(act: Act, *, kind: str = "client", company: str = "") -> list[Linked]:
    """List the links of a kind with the names of both sides."""
    chosen = found(act.work, act.caller.tenant, company)
    sort = matched_kind(kind)
    links = act.work.links.all(chosen.id, sort)
    rows = act.work.records.many(chosen.id, ENTITY_OF[sort], [one.qbo_id for one in links])
    ours = act.work.intents.many(chosen.id, sort, [one.host_ref for one in links])
    return [
        Linked(
            one,
            title(ours[one.host_ref]) if one.host_ref in ours else one.host_ref,
            rows[one.qbo_id].name if one.qbo_id in rows else one.qbo_id,
        )
        for one in links
    ]


def matched_kind(kind: str) -> Kind:
    """Read the name of a kind that is matched; Invalid for any other."""
    try:
        sort = Kind(kind.replace("-", "_"))
    except ValueError:
        sort = None
    if sort is None or sort not in MATCHED:
        raise Invalid(
            "This kind is not matched",
            record=kind,
            reason=f"what is matched is {', '.join(one.value for one in MATCHED)}",
            remedy="Use one of these",
        )
    return sort


def proposals(work: Work, company: Company, kind: Kind) -> list[Proposal]:
    """Put names to the comparison of a kind, the most certain first."""
    suggestions = compared(work, company, kind)
    ids = {one.qbo_id for suggestion in suggestions for one in suggestion.candidates}
    rows = work.records.many(company.id, ENTITY_OF[kind], ids)
    records = work.intents.many(company.id, kind, [one.host_ref for one in suggestions])
    order = list(Verdict)
    return sorted(
        (
            Proposal(
                kind,
                one.host_ref,
                title(records[one.host_ref]),
                one.verdict,
                tuple(_shown(one, rows_name={key: row.name for key, row in rows.items()})),
            )
            for one in suggestions
        ),
        key=lambda proposal: (order.index(proposal.verdict), proposal.label.casefold()),
    )


def _shown(suggestion: Suggestion, *, rows_name: dict[str, str]) -> list[ShownCandidate]:
    return [
        ShownCandidate(one.qbo_id, rows_name.get(one.qbo_id, one.qbo_id), one.score, one.reasons)
        for one in suggestion.candidates
    ]
