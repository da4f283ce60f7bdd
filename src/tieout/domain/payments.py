"""Payments that come in: what has to change at the host so that it shows what QuickBooks shows.

A QuickBooks payment is linked per payment × invoice, and its allocations are compared with what we applied
before: partial, split, edited, moved to another invoice, emptied, voided, deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tieout.domain.money import ZERO, same
from tieout.domain.seen import SeenPayment


@dataclass(frozen=True)
class Applied:
    """A part of a QuickBooks payment that the host already shows."""

    target: str
    """The QuickBooks invoice's id."""
    host_invoice: str
    amount: Decimal
    key: str
    """What the host knows this part by."""


@dataclass(frozen=True)
class Apply:
    """Record this part at the host, or correct it there under the same key."""

    target: str
    host_invoice: str
    amount: Decimal
    key: str


@dataclass(frozen=True)
class Withdraw:
    """Take this part back at the host."""

    target: str
    host_invoice: str
    key: str


@dataclass(frozen=True)
class Steps:
    """What to do for one payment."""

    steps: tuple[Apply | Withdraw, ...]
    unlinked: tuple[str, ...]
    """QuickBooks ids of invoices in this payment that no host invoice is linked to."""


def wanted(payment: SeenPayment | None) -> dict[str, Decimal]:
    """Add up what a payment settles, per QuickBooks invoice; nothing for one that is void or gone."""
    if payment is None or payment.voided:
        return {}
    total: dict[str, Decimal] = {}
    for part in payment.allocations:
        if part.target == "invoice":
            total[part.qbo_id] = total.get(part.qbo_id, ZERO) + part.amount
    return {target: amount for target, amount in total.items() if amount != ZERO}


def steps_for(
    payment: SeenPayment | None,
    applied: dict[str, Applied],
    linked: dict[str, str],
    *,
    key_prefix: str,
    again: bool = False,
) -> Steps:
    """Compare a payment with what the host shows of it, and say what to do.

    `applied` is by QuickBooks invoice id; `linked` maps QuickBooks invoice ids to host refs; `again` states
    parts anew that look unchanged, because their date or reference moved.
    Parts that shrink or vanish come first: they make room for what grows.
    """
    want = wanted(payment)
    currency = payment.currency if payment is not None else "USD"
    first: list[Apply | Withdraw] = []
    then: list[Apply | Withdraw] = []
    for target, part in sorted(applied.items()):
        if target not in want:
            first.append(Withdraw(target, part.host_invoice, part.key))
    unlinked: list[str] = []
    for target, amount in sorted(want.items()):
        known = applied.get(target)
        if known is not None:
            if again or not same(known.amount, amount, currency):
                step = Apply(target, known.host_invoice, amount, known.key)
                (first if amount < known.amount else then).append(step)
        elif target in linked:
            then.append(Apply(target, linked[target], amount, f"{key_prefix}:{target}"))
        else:
            unlinked.append(target)
    return Steps((*first, *then), tuple(unlinked))
