"""Drift: how an exported document differs, in QuickBooks, from what both sides last agreed on.

Compared are the *baseline* (what QuickBooks answered when we last wrote the document, or what a person
accepted) and what QuickBooks shows now. A payment moves a balance and a SyncToken; that is not drift.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal

from tieout.domain.money import places, same
from tieout.domain.seen import SeenDocument, SeenLine, SeenPayment

RANK: tuple[str, ...] = (
    "drift.deleted",
    "drift.voided",
    "drift.total",
    "drift.lines",
    "drift.customer",
    "drift.dates",
    "drift.number",
)
"""The gravest difference names the issue; all are listed in it."""


@dataclass(frozen=True)
class Difference:
    """One thing that differs, in words for the screen."""

    kind: str
    field: str
    ours: str
    theirs: str


def differences(baseline: SeenDocument, now: SeenDocument | None) -> tuple[Difference, ...]:
    """List what changed since the baseline; `now` is None for a deleted document. Gravest first."""
    if now is None:
        return (Difference("drift.deleted", "document", "exists", "deleted"),)
    if now.voided and not baseline.voided:
        return (Difference("drift.voided", "document", "in force", "voided"),)
    found = [
        *_total(baseline, now),
        *_lines(baseline, now),
        *_plain(
            "drift.customer", "customer", baseline.customer, now.customer, shown=_customers(baseline, now)
        ),
        *_plain("drift.dates", "date", str(baseline.dated), str(now.dated)),
        *_plain("drift.dates", "due date", str(baseline.due_date or ""), str(now.due_date or "")),
        *_plain("drift.number", "number", baseline.number, now.number),
    ]
    return tuple(sorted(found, key=lambda difference: RANK.index(difference.kind)))


def gravest(found: tuple[Difference, ...]) -> str:
    """Name the kind of issue that these differences make."""
    assert found, "no difference, no issue"
    return min((difference.kind for difference in found), key=RANK.index)


def signature(found: tuple[Difference, ...]) -> str:
    """Make a fingerprint of the differences: equal as long as QuickBooks shows the same."""
    text = "\n".join(f"{one.kind}|{one.field}|{one.theirs}" for one in found)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def payment_differences(baseline: SeenPayment, now: SeenPayment | None) -> tuple[Difference, ...]:
    """List what changed on a payment that we sent; a note alone is not a change."""
    if now is None:
        return (Difference("drift.deleted", "payment", "exists", "deleted"),)
    if now.voided and not baseline.voided:
        return (Difference("drift.voided", "payment", "in force", "voided"),)
    found: list[Difference] = []
    if not same(baseline.total, now.total, now.currency):
        found.append(
            Difference(
                "drift.total", "amount", _money(baseline.total, now.currency), _money(now.total, now.currency)
            )
        )
    found += _plain("drift.customer", "customer", baseline.customer, now.customer)
    found += _plain("drift.dates", "date", str(baseline.dated), str(now.dated))
    before, after = _settled(baseline), _settled(now)
    found += _plain("drift.lines", "settled documents", before, after)
    return tuple(found)


def _total(baseline: SeenDocument, now: SeenDocument) -> list[Difference]:
    if same(baseline.total, now.total, now.currency) and baseline.currency == now.currency:
        return []
    return [
        Difference(
            "drift.total",
            "total",
            _money(baseline.total, baseline.currency),
            _money(now.total, now.currency),
        )
    ]


def _lines(baseline: SeenDocument, now: SeenDocument) -> list[Difference]:
    before, after = baseline.lines, now.lines
    if [_key(line, now.currency) for line in before] == [_key(line, now.currency) for line in after]:
        return []
    found: list[Difference] = []
    for index in range(max(len(before), len(after))):
        ours = before[index] if index < len(before) else None
        theirs = after[index] if index < len(after) else None
        if ours is not None and theirs is not None and _key(ours, now.currency) == _key(theirs, now.currency):
            continue
        found.append(
            Difference(
                "drift.lines", f"line {index + 1}", _words(ours, now.currency), _words(theirs, now.currency)
            )
        )
    return found


def _key(line: SeenLine, currency: str) -> tuple[object, ...]:
    return (
        line.sort,
        line.item,
        " ".join(line.description.split()),
        _plain_number(line.quantity),
        _plain_number(line.unit_price),
        _money(line.amount, currency),
        line.taxed,
    )


def _words(line: SeenLine | None, currency: str) -> str:
    if line is None:
        return "no line"
    detail = ""
    if line.quantity is not None and line.unit_price is not None:
        detail = f"{_plain_number(line.quantity)} × {_plain_number(line.unit_price)} = "
    text = line.description or ("item " + line.item if line.item else line.sort)
    return f"{text}: {detail}{_money(line.amount, currency)}{' taxed' if line.taxed else ''}"


def _plain(
    kind: str, field: str, ours: str, theirs: str, shown: tuple[str, str] | None = None
) -> list[Difference]:
    if ours == theirs:
        return []
    return [Difference(kind, field, *(shown or (ours or "none", theirs or "none")))]


def _customers(baseline: SeenDocument, now: SeenDocument) -> tuple[str, str]:
    return (
        baseline.customer_name or baseline.customer or "none",
        now.customer_name or now.customer or "none",
    )


def _settled(payment: SeenPayment) -> str:
    parts = sorted(
        f"{one.target} {one.qbo_id}: {_money(one.amount, payment.currency)}" for one in payment.allocations
    )
    return ", ".join(parts)


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount:,.{places(currency)}f}"


def _plain_number(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"
