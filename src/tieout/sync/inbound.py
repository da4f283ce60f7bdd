"""Inbound: what changed in QuickBooks, applied one record at a time, each alone and whole.

The mirror has queued the changes. Customers and items come first, then documents, then payments, so that a
payment meets its invoice as it is now. One change that cannot be applied becomes an issue, and the rest goes on.
What nothing of ours hangs on has nothing to apply, and is settled many at a time: a bookkeeper who touches a
hundred thousand old invoices must not hold up the one that we sent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from tieout.domain.documents import Kind
from tieout.domain.issues import Finding
from tieout.domain.links import Link
from tieout.domain.pushes import State
from tieout.domain.seen import SeenDocument, SeenParty, SeenPayment
from tieout.kit.errors import NeedsPerson, Refused, Retry
from tieout.mirror.rows import seen_of
from tieout.storage.companies import Company
from tieout.storage.inbound import BATCH, Inbound
from tieout.storage.leases import LeaseLost
from tieout.storage.records import MirrorRow
from tieout.storage.unit_of_work import Work
from tieout.sync.drift import look_for_drift
from tieout.sync.forgotten import keep_forgotten
from tieout.sync.payments import apply_payment
from tieout.sync.round import Round

ORDER: Final = ("Customer", "Item", "Invoice", "CreditMemo", "Payment")
"""The entities that something hangs on; others are mirrored and need nothing more."""
KIND_OF: Final = {
    "Customer": Kind.CLIENT,
    "Item": Kind.SERVICE,
    "Invoice": Kind.INVOICE,
    "CreditMemo": Kind.CREDIT_NOTE,
    "Payment": Kind.PAYMENT,
}
RETRY: Final = timedelta(minutes=1)
TOGETHER: Final = 500
"""So many changes that mean nothing to us are settled in one transaction."""


@dataclass(frozen=True)
class AppliedIn:
    """What one pass over the inbound changes did."""

    applied: int
    waiting: int
    stuck: int


def apply_inbound(round_: Round) -> AppliedIn:
    """Apply every change that is due: what is sent afterwards must know of all of them."""
    total = AppliedIn(0, 0, 0)
    while True:
        with round_.edges.database.reading() as work:
            due = work.inbound.due(round_.company.id, now=round_.edges.clock.now())
        done = _apply_these(round_, due)
        total = AppliedIn(
            total.applied + done.applied, total.waiting + done.waiting, total.stuck + done.stuck
        )
        if len(due) < BATCH:
            return total


def _apply_these(round_: Round, due: list[Inbound]) -> AppliedIn:
    waiting = stuck = 0
    left = _settle_strangers(round_, due)
    applied = len(due) - len(left)
    rank = {entity: index for index, entity in enumerate(ORDER)}
    for change in sorted(left, key=lambda one: (rank.get(one.entity, -1), one.noted_at, one.qbo_id)):
        round_.hold()
        match _apply(round_, change):
            case "applied":
                applied += 1
            case "waiting":
                waiting += 1
            case _:
                stuck += 1
    return AppliedIn(applied, waiting, stuck)


def _settle_strangers(round_: Round, due: list[Inbound]) -> list[Inbound]:
    """Settle the changes that mean nothing to us, a page in a transaction; gives those that must be looked at."""
    left: list[Inbound] = []
    for entity in sorted({one.entity for one in due}):
        changes = [one for one in due if one.entity == entity]
        if entity == "Payment":  # it may settle something of ours without being linked
            left += changes
            continue
        for first in range(0, len(changes), TOGETHER):
            round_.hold()
            part = changes[first : first + TOGETHER]
            with round_.edges.database.transaction() as work:
                work.companies.guard(round_.lease)
                strangers = _strangers(round_, work, entity, part)
                work.inbound.all_done(strangers)
            settled = {one.qbo_id for one in strangers}
            left += [one for one in part if one.qbo_id not in settled]
    return left


def _strangers(round_: Round, work: Work, entity: str, changes: list[Inbound]) -> list[Inbound]:
    """Find the changes of one entity whose record can be read, bears no mark of ours, and has no link and no issue."""
    company, ids, kind = round_.company, [one.qbo_id for one in changes], KIND_OF.get(entity)
    ours = work.issues.standing(company.id, "sync.poison", entity, ids)
    if kind is not None:
        ours |= work.links.linked(company.id, kind, ids)
    rows = work.records.many(company.id, entity, [one for one in ids if one not in ours])
    return [one for one in changes if one.qbo_id not in ours and _says_nothing(company, rows.get(one.qbo_id))]


def _says_nothing(company: Company, row: MirrorRow | None) -> bool:
    if row is None or row.deleted:
        return True
    try:
        seen = seen_of(company, row)
    except Exception:  # whatever is wrong with it is told where it is looked at alone
        return False
    return not (isinstance(seen, SeenDocument) and seen.mark)


def _apply(round_: Round, change: Inbound) -> str:
    """Apply one change; tells how it ended. A host that cannot be reached is tried again, not blamed on the change."""
    try:
        return _dispatch(round_, change)
    except LeaseLost:
        raise
    except Retry as error:
        _later(round_, change, error.sentence())
        return "waiting"
    except (NeedsPerson, Refused) as error:
        _poison(round_, change, error.message, error.reason or error.message, error.remedy)
        return "stuck"
    except Exception as error:
        _poison(
            round_,
            change,
            "This change could not be applied",
            f"it did not have the expected form ({type(error).__name__}: {error})",
            "Retry after an update of Tieout, or set it aside; every other change goes on meanwhile",
        )
        return "stuck"


def _dispatch(round_: Round, change: Inbound) -> str:
    with round_.edges.database.reading() as work:
        row = work.records.get(round_.company.id, change.entity, change.qbo_id)
        kind = KIND_OF.get(change.entity)
        link = work.links.by_qbo(round_.company.id, kind, change.qbo_id) if kind is not None else None
    if row is None:
        return _done(round_, change)
    # Whatever cannot be read is told, also where nothing hangs on it yet: a link or a match would not see it.
    seen = None if row.deleted else seen_of(round_.company, row)
    if kind is None:
        return _done(round_, change)
    if change.entity == "Payment":
        assert seen is None or isinstance(seen, SeenPayment)
        if link is None and seen is not None and _is_on_its_way(round_, seen.mark):
            _later(round_, change, "it is our own, and its answer was lost: verified first")
            return "waiting"
        if link is None and seen is not None and keep_forgotten(round_, change, seen):
            return "applied"
        waits = apply_payment(round_, change.qbo_id, seen, link, row)
        return _parked(round_, change, waits) if waits else _done(round_, change)
    if link is None:
        if isinstance(seen, SeenDocument) and keep_forgotten(round_, change, seen):
            return "applied"
        return _done(round_, change)
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        _apply_linked(round_, work, link, row)
        work.inbound.done(round_.company.id, change.entity, change.qbo_id, change.sync_token)
        _not_stuck(round_, work, change)
    return "applied"


def _is_on_its_way(round_: Round, mark: str) -> bool:
    """Tell whether a payment carries the mark of a push of ours that was sent and not confirmed yet."""
    if not mark:
        return False
    with round_.edges.database.reading() as work:
        push = work.pushes.get(mark)
    return push is not None and push.company == round_.company.id and push.state is State.SENT


def _apply_linked(round_: Round, work: Work, link: Link, row: MirrorRow) -> None:
    if link.kind in (Kind.INVOICE, Kind.CREDIT_NOTE):
        seen = None if row.deleted else seen_of(round_.company, row)
        assert seen is None or isinstance(seen, SeenDocument)
        look_for_drift(round_, work, link, seen)
    elif link.kind is Kind.CLIENT:
        _look_at_customer(round_, work, link, row)
    elif not row.deleted:
        work.links.replace(replace(link, sync_token=row.sync_token))


def _look_at_customer(round_: Round, work: Work, link: Link, row: MirrorRow) -> None:
    """A linked customer that is gone or inactive must be linked anew before anything more is billed to it."""
    now = round_.edges.clock.now()
    seen = seen_of(round_.company, row)
    assert isinstance(seen, SeenParty)
    if row.deleted or not seen.active:
        finding = Finding(
            kind="customer.unlinked",
            record_kind=Kind.CLIENT.value,
            record=link.host_ref,
            label=seen.name,
            what=f"The customer {seen.name} was made inactive in QuickBooks",
            why="QuickBooks takes no new document for an inactive customer; links and history are kept",
            remedy="Make it active again in QuickBooks, link the client to another customer, or have a new one made",
            signature=f"inactive:{seen.qbo_id}",
            facts={"qbo_id": seen.qbo_id},
        )
        work.issues.open(round_.company.id, finding, now=now, new_id=round_.edges.ids.new("iss"))
    else:
        work.issues.clear(
            round_.company.id,
            "customer.unlinked",
            Kind.CLIENT.value,
            link.host_ref,
            now=now,
            how="the customer is active again",
        )
    work.links.replace(replace(link, sync_token=row.sync_token))


def _done(round_: Round, change: Inbound) -> str:
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        work.inbound.done(round_.company.id, change.entity, change.qbo_id, change.sync_token)
        _not_stuck(round_, work, change)
    return "applied"


def _not_stuck(round_: Round, work: Work, change: Inbound) -> None:
    """Close the issue of a change that could not be applied before."""
    work.issues.clear(
        round_.company.id,
        "sync.poison",
        change.entity,
        change.qbo_id,
        now=round_.edges.clock.now(),
        how="it could be applied",
    )


def _parked(round_: Round, change: Inbound, waits_for: str) -> str:
    """A payment of invoices that nobody here knows (yet) is kept, and looked at again when one is linked."""
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        work.inbound.park(
            round_.company.id, change.entity, change.qbo_id, change.sync_token, reason=waits_for
        )
        _not_stuck(round_, work, change)
    return "applied"


def _later(round_: Round, change: Inbound, why: str) -> None:
    now = round_.edges.clock.now()
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        work.inbound.retry(round_.company.id, change.entity, change.qbo_id, at=now + RETRY, reason=why)


def _poison(round_: Round, change: Inbound, what: str, why: str, remedy: str) -> None:
    now = round_.edges.clock.now()
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        work.inbound.poison(round_.company.id, change.entity, change.qbo_id, change.sync_token, reason=why)
        finding = Finding(
            kind="sync.poison",
            record_kind=change.entity,
            record=change.qbo_id,
            label=f"{change.entity} {change.qbo_id} in QuickBooks",
            what=what,
            why=why,
            remedy=remedy or "Retry, or set it aside",
            signature=f"{change.sync_token}:{why}",
        )
        work.issues.open(round_.company.id, finding, now=now, new_id=round_.edges.ids.new("iss"))
