"""What we sent to QuickBooks and this database does not know of: found by our mark, adopted or held, never sent again.

A database that was restored from an older copy, or begun anew, has lost what it sent since. QuickBooks has it still,
each document with the mark of a push that is not known here. Such a document is kept apart when it comes in. When the
host tells of its documents again, what is the same is linked to it, and what is only alike is for a person to decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from tieout.domain.documents import Kind, Payment, SalesDocument, title
from tieout.domain.fingerprint import fingerprint
from tieout.domain.issues import Finding, IssueState
from tieout.domain.links import How, Link
from tieout.domain.money import ZERO, same
from tieout.domain.outcome import Blocked, Postponed
from tieout.domain.payments import wanted
from tieout.domain.pushes import Push, State
from tieout.domain.seen import SeenDocument, SeenPayment
from tieout.mirror.rows import readable
from tieout.storage.inbound import Inbound
from tieout.storage.unit_of_work import Work
from tieout.sync.round import Round

PAYMENT: Final = "payment.forgotten"
"""The issue that QuickBooks shows a payment of ours, and nothing here says whose it is."""
WINDOW: Final = timedelta(days=7)
"""How far apart two payments of one amount may be dated and still be taken for the same."""
WAIT: Final = timedelta(minutes=15)
WHY: Final = "Tieout sent it, and this database does not know of it"
ADOPTED: Final = "QuickBooks has it already: it was sent before this database was restored"


def is_forgotten(work: Work, company: str, mark: str) -> bool:
    """Tell whether a QuickBooks document carries the mark of a push that was sent by what this database has forgotten.

    A push of another company here is known, and so is one that was sent: only what never left, by what is kept here,
    cannot have left a mark in QuickBooks.
    """
    if not mark:
        return False
    push = work.pushes.get(mark)
    return push is None or (push.company == company and push.state not in (State.SENT, State.CONFIRMED))


def keep_forgotten(round_: Round, change: Inbound, seen: SeenDocument | SeenPayment) -> bool:
    """Keep a document apart that is ours and not known here; False when it is none, or a person said what it is."""
    if seen.voided:
        return False
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        if not is_forgotten(work, round_.company.id, seen.mark) or _was_decided(round_, work, change):
            return False
        work.inbound.forget(round_.company.id, change.entity, change.qbo_id, change.sync_token, reason=WHY)
    return True


def _was_decided(round_: Round, work: Work, change: Inbound) -> bool:
    return any(
        work.issues.decided(round_.company.id, kind, change.entity, change.qbo_id)
        for kind in (PAYMENT, "payment.duplicate_suspect")
    )


def recognise_document(
    round_: Round, work: Work, push: Push, document: SalesDocument, entity: str, customer: str
) -> str | Blocked | None:
    """Look whether QuickBooks has a document that is about to be made.

    Gives why it need not be sent, having linked it; or what a person must decide; None when it is new.
    """
    for seen in _candidates(round_, work, entity, number=document.number, party=customer):
        assert isinstance(seen, SeenDocument)
        named = bool(document.number) and seen.number == document.number
        alike = seen.customer == customer and same(
            seen.total - seen.tax, document.total - document.tax, document.currency
        )
        if alike and seen.dated == document.dated and (named or not document.number):
            return _adopt(round_, work, push, document, entity, seen)
        if named or (alike and not document.number):
            return Blocked(
                "export.duplicate_number",
                "QuickBooks has it already, and not as the host has it",
                f"{seen.number or document.number} was sent before this database was restored; in QuickBooks it is of "
                f"{seen.dated} for {seen.customer_name or seen.customer}, {seen.total:,.2f} {seen.currency} in all",
                "Compare both and make them equal on one side, then link it to the document in QuickBooks",
                {"qbo_id": seen.qbo_id},
            )
    return None


def recognise_payment(
    round_: Round, work: Work, push: Push, payment: Payment, customer: str, invoices: dict[str, str]
) -> str | Postponed | None:
    """Do as `recognise_document` for a payment; `invoices` are the QuickBooks ids of those it settles, by host ref."""
    parts: dict[str, Decimal] = {}
    for one in payment.allocations:
        parts[invoices[one.invoice]] = parts.get(invoices[one.invoice], ZERO) + one.amount
    alike: SeenPayment | None = None
    for seen in _candidates(round_, work, "Payment", party=customer):
        assert isinstance(seen, SeenPayment)
        theirs = wanted(seen)
        equal = same(seen.total, payment.amount, payment.currency)
        if equal and seen.dated == payment.dated and _same_parts(theirs, parts, payment.currency):
            return _adopt(round_, work, push, payment, "Payment", seen)
        near = equal and abs(seen.dated - payment.dated) <= WINDOW
        if alike is None and (near or set(theirs) & set(parts)):
            alike = seen
    if alike is None:
        return None
    now = round_.edges.clock.now()
    _clear(
        round_, work, alike.qbo_id, now, "it is held for another reason now", keep="payment.duplicate_suspect"
    )
    finding = Finding(
        kind="payment.duplicate_suspect",
        record_kind="Payment",
        record=alike.qbo_id,
        label=_label(alike),
        what="The same payment may be in QuickBooks already",
        why=f"it was sent before this database was restored, and {title(payment)} of the host is like it",
        remedy="Merge them if it is the same money, or apply it if it is another payment",
        signature=f"{payment.ref}:{alike.sync_token}",
        facts={"qbo_id": alike.qbo_id, "host_payment": payment.ref},
    )
    work.issues.open(round_.company.id, finding, now=now, new_id=round_.edges.ids.new("iss"))
    return Postponed(
        now + WAIT,
        "QuickBooks may have this payment already",
        waits_for="a decision on the suspected duplicate",
    )


def _same_parts(theirs: dict[str, Decimal], ours: dict[str, Decimal], currency: str) -> bool:
    return set(theirs) == {one for one, part in ours.items() if part} and all(
        same(part, ours[one], currency) for one, part in theirs.items()
    )


def _candidates(
    round_: Round, work: Work, entity: str, *, number: str = "", party: str = ""
) -> Iterator[SeenDocument | SeenPayment]:
    company = round_.company
    ids = work.inbound.forgotten(company.id, entity, number=number, party=party)
    if not ids:
        return
    kept = work.records.many(company.id, entity, ids)
    for _, seen in readable(company, (kept[one] for one in ids if one in kept and not kept[one].deleted)):
        assert isinstance(seen, SeenDocument | SeenPayment)
        kind = seen.kind if isinstance(seen, SeenDocument) else Kind.PAYMENT
        if not seen.voided and work.links.by_qbo(company.id, kind, seen.qbo_id) is None:
            yield seen


def _adopt(
    round_: Round,
    work: Work,
    push: Push,
    record: SalesDocument | Payment,
    entity: str,
    seen: SeenDocument | SeenPayment,
) -> str:
    """Link a host record to what we once made of it; gives why its push is needless."""
    company, now = round_.company.id, round_.edges.clock.now()
    link = Link(
        company=company,
        kind=push.kind,
        host_ref=push.host_ref,
        qbo_id=seen.qbo_id,
        sync_token=seen.sync_token,
        how=How.ADOPTED,
        linked_at=now,
        generation=push.generation,
        baseline=seen,
        intended=fingerprint(record),
    )
    work.links.replace(link)
    work.inbound.drop(company, entity, seen.qbo_id)
    if isinstance(seen, SeenPayment):
        _clear(round_, work, seen.qbo_id, now, "it is the host's own")
    work.timeline.add(
        company,
        push.kind,
        push.host_ref,
        at=now,
        what="adopted",
        detail=ADOPTED,
        qbo_id=seen.qbo_id,
        actor="engine",
    )
    work.inbound.wake_waiting(company, seen.qbo_id, now=now)
    work.pushes.release_waiting(company, now=now)
    return ADOPTED


def tell_of_forgotten(round_: Round) -> None:
    """Open an issue for each payment of ours that settles an invoice of the host, and that the host does not have.

    Last in a cycle, when the host has told what it has: until it does, its invoice seems open and is paid.
    """
    with round_.edges.database.reading() as work:
        if not work.inbound.forgotten(round_.company.id, "Payment"):
            return
        found = [seen for seen in _candidates(round_, work, "Payment") if _is_missed(round_, work, seen)]
    if not found:
        return
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        for seen in found:
            assert isinstance(seen, SeenPayment)
            finding = Finding(
                kind=PAYMENT,
                record_kind="Payment",
                record=seen.qbo_id,
                label=_label(seen),
                what="QuickBooks has a payment that Tieout sent, and the host does not",
                why="it was sent before this database was restored from an older copy, and what the host has now is "
                "not the same",
                remedy="Bring the host up to date: the same payment is found by itself. Apply it if the host is to have "
                "it from QuickBooks",
                signature=seen.sync_token,
                facts={"qbo_id": seen.qbo_id},
            )
            now = round_.edges.clock.now()
            work.issues.open(round_.company.id, finding, now=now, new_id=round_.edges.ids.new("iss"))


def _is_missed(round_: Round, work: Work, seen: SeenDocument | SeenPayment) -> bool:
    assert isinstance(seen, SeenPayment)
    ours = any(
        work.links.by_qbo(round_.company.id, Kind.INVOICE, target) is not None for target in wanted(seen)
    )
    return ours and not any(
        one.state in (IssueState.OPEN, IssueState.IGNORED)
        for one in work.issues.of_record(round_.company.id, "Payment", seen.qbo_id)
    )


def _label(seen: SeenPayment) -> str:
    return f"Payment of {seen.total:,.2f} {seen.currency} on {seen.dated} in QuickBooks"


def _clear(round_: Round, work: Work, qbo_id: str, now: datetime, how: str, *, keep: str = "") -> None:
    work.issues.clear(round_.company.id, "payment.", "Payment", qbo_id, now=now, how=how, keep=keep)
