"""Payments in: a QuickBooks payment shown at the host, part by part, once.

What the host was told is kept per payment × invoice. A payment of ours that was changed in QuickBooks is a
decision for a person; a stranger's payment that looks like one of ours is a suspect and is not booked twice.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from tieout.domain.documents import Kind, Payment, Status, title
from tieout.domain.drift import payment_differences, signature
from tieout.domain.issues import Finding
from tieout.domain.links import Link
from tieout.domain.money import Money, same
from tieout.domain.payments import Applied, Apply, Steps, Withdraw, steps_for, wanted
from tieout.domain.pushes import State
from tieout.domain.seen import SeenPayment
from tieout.hosts.contract import AcceptsPayments
from tieout.kit.errors import NeedsPerson, Refused, TieoutError
from tieout.storage.allocations import Allocated
from tieout.storage.records import MirrorRow
from tieout.storage.unit_of_work import Work
from tieout.sync.round import Round

NOT_SURE: Final = ""
"""In place of a SyncToken: the host was being told, and its answer is not known."""
SUSPECT_WINDOW: Final = timedelta(days=7)
"""How far apart two entries of one payment may be dated and still be taken for the same."""


def apply_payment(
    round_: Round, qbo_id: str, payment: SeenPayment | None, link: Link | None, row: MirrorRow
) -> str:
    """Bring the host in line with one QuickBooks payment (None: deleted).

    Gives the QuickBooks ids of the invoices whose linking or change it waits for, or an empty string.
    """
    if link is not None:
        _look_at_ours(round_, link, payment, row)
        return ""
    host = round_.host
    with round_.edges.database.reading() as work:
        applied = _applied(work, round_, qbo_id)
        linked = _linked(work, round_, payment)
        again = _facts_moved(work, round_, qbo_id, row, applied)
    steps = steps_for(payment, applied, linked, key_prefix=f"{round_.company.realm_id}:{qbo_id}", again=again)
    if not steps.steps:
        _settled(round_, qbo_id)
        return ",".join(steps.unlinked)
    if not isinstance(host, AcceptsPayments):
        return ",".join(steps.unlinked)
    with round_.edges.database.reading() as work:
        suspect = _suspect(work, round_, payment, applied, linked)
    if suspect is not None and payment is not None:
        _open_suspect(round_, qbo_id, payment, suspect)
        return ",".join(sorted(linked))
    return _take_steps(round_, host, qbo_id, payment, row, steps)


def _take_steps(
    round_: Round,
    host: AcceptsPayments,
    qbo_id: str,
    payment: SeenPayment | None,
    row: MirrorRow,
    steps: Steps,
) -> str:
    """Tell the host each step and keep what it was told; a step that it refuses is an issue of its own kind.

    What the host is about to be told is written down first, as not yet sure: should we die before the answer, and
    the payment be deleted meanwhile, it is still known what has to be taken back.
    """
    for step in steps.steps:
        before = _write_ahead(round_, qbo_id, step)
        try:
            if isinstance(step, Withdraw):
                host.withdraw_payment(key=step.key, because=_because(payment))
            else:
                assert payment is not None
                host.record_payment(
                    key=step.key,
                    invoice=step.host_invoice,
                    amount=Money(step.amount, payment.currency),
                    dated=payment.dated,
                    reference=payment.reference,
                    note=_note(payment),
                )
        except (NeedsPerson, Refused) as error:
            _take_back(round_, qbo_id, step, before)
            _open_refused(round_, qbo_id, payment, error)
            return ",".join(sorted({*steps.unlinked, *(one.target for one in steps.steps)}))
        _keep_step(round_, qbo_id, step, row)
    _settled(round_, qbo_id)
    return ",".join(steps.unlinked)


def _write_ahead(round_: Round, qbo_id: str, step: Apply | Withdraw) -> Allocated | None:
    """Note a part that the host is about to be told of; gives what was known of it before."""
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        known = next(
            (
                part
                for part in work.allocations.of_payment(round_.company.id, qbo_id)
                if (part.qbo_target, part.target_kind) == (step.target, "invoice")
            ),
            None,
        )
        if isinstance(step, Apply):
            work.allocations.put(round_.company.id, _allocated(qbo_id, step, NOT_SURE))
    return known


def _take_back(round_: Round, qbo_id: str, step: Apply | Withdraw, before: Allocated | None) -> None:
    """The host refused a step: it shows what it showed before."""
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        if before is not None:
            work.allocations.put(round_.company.id, before)
        elif isinstance(step, Apply):
            work.allocations.remove(round_.company.id, qbo_id, step.target, "invoice")


def _allocated(qbo_id: str, step: Apply, sync_token: str) -> Allocated:
    return Allocated(
        qbo_payment=qbo_id,
        qbo_target=step.target,
        target_kind="invoice",
        host_invoice=step.host_invoice,
        amount=step.amount,
        key=step.key,
        direction="in",
        sync_token=sync_token,
    )


def _keep_step(round_: Round, qbo_id: str, step: Apply | Withdraw, row: MirrorRow) -> None:
    now = round_.edges.clock.now()
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        if isinstance(step, Withdraw):
            work.allocations.remove(round_.company.id, qbo_id, step.target, "invoice")
            what, detail = "payment withdrawn", "taken back in QuickBooks"
        else:
            work.allocations.put(round_.company.id, _allocated(qbo_id, step, row.sync_token))
            what, detail = "payment in", f"{step.amount:,.2f} paid in QuickBooks"
        work.timeline.add(
            round_.company.id,
            Kind.INVOICE,
            step.host_invoice,
            at=now,
            what=what,
            detail=detail,
            qbo_id=qbo_id,
            actor="QuickBooks",
        )


def _applied(work: Work, round_: Round, qbo_id: str) -> dict[str, Applied]:
    return {
        part.qbo_target: Applied(part.qbo_target, part.host_invoice, part.amount, part.key)
        for part in work.allocations.of_payment(round_.company.id, qbo_id)
        if part.direction == "in" and part.target_kind == "invoice"
    }


def _linked(work: Work, round_: Round, payment: SeenPayment | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for target in wanted(payment):
        link = work.links.by_qbo(round_.company.id, Kind.INVOICE, target)
        if link is not None:
            found[target] = link.host_ref
    return found


def _facts_moved(work: Work, round_: Round, qbo_id: str, row: MirrorRow, applied: dict[str, Applied]) -> bool:
    """Tell whether the payment was edited since it was applied: its date or reference may have moved too.

    The host keeps a part that is stated again unchanged exactly as it is, so a note alone books nothing anew.
    """
    parts = work.allocations.of_payment(round_.company.id, qbo_id)
    return bool(applied) and any(part.sync_token != row.sync_token for part in parts)


def _note(payment: SeenPayment) -> str:
    credit = sum(part.amount for part in payment.allocations if part.target == "credit_note")
    if credit:
        return f"Credit applied in QuickBooks: {credit:,.2f} {payment.currency}"
    return payment.note


def _because(payment: SeenPayment | None) -> str:
    if payment is None:
        return "the payment was deleted in QuickBooks"
    return (
        "the payment was voided in QuickBooks" if payment.voided else "the payment was changed in QuickBooks"
    )


# A payment that we sent


def _look_at_ours(round_: Round, link: Link, payment: SeenPayment | None, row: MirrorRow) -> None:
    """An echo of what we sent, or a change that somebody made to it."""
    now = round_.edges.clock.now()
    assert isinstance(link.baseline, SeenPayment), link
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        if link.state in ("voided", "deleted") and (payment is None or payment.voided):
            _clear_ours(round_, work, link, "both sides have it no longer in force")
            return
        found = payment_differences(link.baseline, payment)
        if not found:
            _clear_ours(round_, work, link, "the change was undone in QuickBooks")
            work.links.replace(replace(link, state="linked", sync_token=row.sync_token))
            return
        record = work.intents.get(round_.company.id, Kind.PAYMENT, link.host_ref)
        label = title(record) if record is not None else f"Payment {link.host_ref}"
        finding = Finding(
            kind="payment.changed_ours",
            record_kind=Kind.PAYMENT.value,
            record=link.host_ref,
            label=label,
            what=f"{label}, which we sent, was changed in QuickBooks",
            why="; ".join(f"{one.field}: ours {one.ours}, QuickBooks {one.theirs}" for one in found),
            remedy="Restore ours in QuickBooks (push ours), void it at the host (accept theirs), or leave it so",
            signature=signature(found),
            facts={
                "qbo_id": link.qbo_id,
                "differences": [
                    {"field": one.field, "ours": one.ours, "theirs": one.theirs} for one in found
                ],
            },
        )
        work.issues.open(round_.company.id, finding, now=now, new_id=round_.edges.ids.new("iss"))
        work.links.replace(replace(link, state="drifted", sync_token=row.sync_token))


def _clear_ours(round_: Round, work: Work, link: Link, how: str) -> None:
    work.issues.clear(
        round_.company.id,
        "payment.changed_ours",
        Kind.PAYMENT.value,
        link.host_ref,
        now=round_.edges.clock.now(),
        how=how,
    )


# Suspects


def _suspect(
    work: Work,
    round_: Round,
    payment: SeenPayment | None,
    applied: dict[str, Applied],
    linked: dict[str, str],
) -> Payment | None:
    """Find a payment of the host that this one may be a second entry of.

    Same invoice, same amount, dated within a week, and not the counterpart of another QuickBooks payment that
    is still in force. A person decides; until then nothing is booked.
    """
    if payment is None or applied:
        return None
    if work.issues.decided(round_.company.id, "payment.duplicate_suspect", "Payment", payment.qbo_id):
        return None
    for target, amount in wanted(payment).items():
        ref = linked.get(target)
        if ref is None:
            continue
        for ours in work.intents.payments_of(round_.company.id, ref):
            part = next((one for one in ours.allocations if one.invoice == ref), None)
            if (
                part is not None
                and ours.source == "host"
                and ours.status is Status.FINAL
                and same(part.amount, amount, payment.currency)
                and abs(ours.dated - payment.dated) <= SUSPECT_WINDOW
                and _may_be_twin(work, round_, ours)
            ):
                return ours
    return None


def _may_be_twin(work: Work, round_: Round, ours: Payment) -> bool:
    """Tell whether a host payment could be in QuickBooks a second time: it is owed to it, or there already."""
    link = work.links.by_host(round_.company.id, Kind.PAYMENT, ours.ref)
    if link is not None:
        return link.state != "deleted"
    return any(
        push.state is not State.CONFIRMED
        for push in work.pushes.open_of(round_.company.id, Kind.PAYMENT, ours.ref)
    )


def _open_suspect(round_: Round, qbo_id: str, payment: SeenPayment, twin: Payment) -> None:
    finding = Finding(
        kind="payment.duplicate_suspect",
        record_kind="Payment",
        record=qbo_id,
        label=f"Payment of {payment.total:,.2f} {payment.currency} on {payment.dated} in QuickBooks",
        what="The same payment may be in QuickBooks twice",
        why=f"{title(twin)} of the host has the same amount on the same invoice and a date within a week",
        remedy="Merge them if it is the same money, or apply it if it is another payment",
        signature=f"{twin.ref}:{payment.sync_token}",
        facts={"qbo_id": qbo_id, "host_payment": twin.ref},
    )
    _open(round_, finding)


def _open_refused(round_: Round, qbo_id: str, payment: SeenPayment | None, error: TieoutError) -> None:
    amount = (
        f" of {payment.total:,.2f} {payment.currency} on {payment.dated}"
        if payment is not None
        else f" {qbo_id}"
    )
    finding = Finding(
        kind=str(error.facts.get("issue", "sync.poison")),
        record_kind="Payment",
        record=qbo_id,
        label=f"Payment{amount} in QuickBooks",
        what=error.message,
        why=error.reason or error.message,
        remedy=error.remedy or "Correct it on either side, then retry",
        signature=f"{error.message}:{error.reason}",
        facts={"qbo_id": qbo_id},
    )
    _open(round_, finding)


def _open(round_: Round, finding: Finding) -> None:
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        work.issues.clear(
            round_.company.id,
            "payment.",
            finding.record_kind,
            finding.record,
            now=round_.edges.clock.now(),
            how="it is held for another reason now",
            keep=finding.kind,
        )
        work.issues.open(
            round_.company.id, finding, now=round_.edges.clock.now(), new_id=round_.edges.ids.new("iss")
        )


def _settled(round_: Round, qbo_id: str) -> None:
    """Close what was open about this payment: the host shows what QuickBooks shows."""
    now = round_.edges.clock.now()
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        for kind in ("payment.", "sync.poison"):
            work.issues.clear(
                round_.company.id, kind, "Payment", qbo_id, now=now, how="the host shows it as it is now"
            )
