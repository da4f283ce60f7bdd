"""Invariants: what must be true of the books at any moment, checked in production and by `tieout doctor`.

Each is a function of one company that lists what breaks it, in sentences. None of them mends anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tieout.domain.documents import Kind
from tieout.domain.issues import IssueState
from tieout.domain.money import ZERO
from tieout.domain.pushes import State
from tieout.domain.seen import SeenDocument, SeenPayment
from tieout.mirror.rows import readable
from tieout.storage.companies import Company
from tieout.storage.unit_of_work import Work
from tieout.sync.prepare import ENTITY_OF


@dataclass(frozen=True)
class Broken:
    """One thing that is not as it must be."""

    invariant: str
    record: str
    what: str


Invariant = Callable[[Work, Company], list[Broken]]


def confirmed_pushes_exist(work: Work, company: Company) -> list[Broken]:
    """Every confirmed push that made or changed a record left it in the mirror."""
    return [
        Broken(
            "confirmed_pushes_exist",
            push.label,
            f"push {push.id} is confirmed, and the mirror has no {ENTITY_OF[push.kind]} {push.qbo_id}",
        )
        for push in work.pushes.in_state(company.id, State.CONFIRMED, limit=1_000_000)
        if push.qbo_id and work.records.get(company.id, ENTITY_OF[push.kind], push.qbo_id) is None
    ]


def blocked_pushes_have_an_issue(work: Work, company: Company) -> list[Broken]:
    """Every blocked push has exactly one open issue that says why."""
    broken = []
    for push in work.pushes.in_state(company.id, State.BLOCKED):
        issues = [
            one
            for one in work.issues.of_record(company.id, push.kind.value, push.host_ref)
            if one.state in (IssueState.OPEN, IssueState.IGNORED)
        ]
        holding = [one for one in issues if one.finding.kind != "export.variance"]
        if len(holding) != 1:
            broken.append(
                Broken(
                    "blocked_pushes_have_an_issue",
                    push.label,
                    f"push {push.id} is blocked, and {len(holding)} issues say why",
                )
            )
    return broken


def no_document_twice(work: Work, company: Company) -> list[Broken]:
    """No two live QuickBooks documents carry the marker of one push."""
    marks: Counter[str] = Counter()
    names: dict[str, str] = {}
    for entity in ("Invoice", "CreditMemo", "Payment"):
        for row, seen in readable(company, work.records.every(company.id, entity)):
            assert isinstance(seen, SeenDocument | SeenPayment), row
            if seen.mark and not seen.voided:
                marks[seen.mark] += 1
                names[seen.mark] = f"{entity} {_name_of(seen)}"
    return [
        Broken("no_document_twice", names[mark], f"{count} live documents carry the marker {mark}")
        for mark, count in marks.items()
        if count > 1
    ]


def _name_of(seen: SeenDocument | SeenPayment) -> str:
    """Name a document of QuickBooks by its number, or by its id when it has none."""
    return (seen.number if isinstance(seen, SeenDocument) else seen.reference) or seen.qbo_id


def allocations_fit_their_payment(work: Work, company: Company) -> list[Broken]:
    """What the host was told of a QuickBooks payment never exceeds what it settles there."""
    broken = []
    for row, seen in readable(company, work.records.every(company.id, "Payment")):
        assert isinstance(seen, SeenPayment)
        told = sum((part.amount for part in work.allocations.of_payment(company.id, row.qbo_id)), ZERO)
        from_credits = sum((one.amount for one in seen.allocations if one.target == "credit_note"), ZERO)
        if told > seen.total + from_credits:
            broken.append(
                Broken(
                    "allocations_fit_their_payment",
                    f"Payment {row.qbo_id}",
                    f"the host was told of {told}, and the payment is {seen.total}",
                )
            )
    return broken


def linked_documents_have_a_baseline(work: Work, company: Company) -> list[Broken]:
    """Every linked document has what drift is compared with."""
    return [
        Broken(
            "linked_documents_have_a_baseline",
            f"{kind.value} {link.host_ref}",
            "it was linked without a baseline",
        )
        for kind in (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.PAYMENT)
        for link in work.links.all(company.id, kind)
        if link.baseline is None
    ]


INVARIANTS: tuple[Invariant, ...] = (
    confirmed_pushes_exist,
    blocked_pushes_have_an_issue,
    no_document_twice,
    allocations_fit_their_payment,
    linked_documents_have_a_baseline,
)


def check_company(work: Work, company: Company) -> list[Broken]:
    """Check every invariant of one company."""
    return [broken for invariant in INVARIANTS for broken in invariant(work, company)]
