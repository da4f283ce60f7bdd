"""Payments: money that came in, and the documents that it settles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

import msgspec

from tieout.domain.documents import Kind, Payment, title
from tieout.domain.money import ZERO, rounded
from tieout.domain.seen import SeenAllocation, SeenPayment
from tieout.kit.errors import Invalid, Unmapped
from tieout.kit.instants import instant_told
from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import HEARD, Can, Entity
from tieout.qbo.entities.refs import Refs, mapped
from tieout.qbo.entities.sales_document import VOIDED
from tieout.qbo.entities.spelling import Ref, body_of, number, ref_of
from tieout.qbo.marker import mark_of, with_mark, without_mark

REFERENCE_MAX: Final = 21
"""Characters of a PaymentRefNum (Intuit's documentation)."""
TARGETS: Final = {"Invoice": "invoice", "CreditMemo": "credit_note"}
"""Our words for what a payment settles or draws on; other types keep QuickBooks' own."""


class _Linked(msgspec.Struct):
    TxnId: str
    TxnType: str


class _Line(msgspec.Struct):
    Amount: Decimal | None = None
    LinkedTxn: list[_Linked] | None = None


class _MetaData(msgspec.Struct):
    LastUpdatedTime: str = ""


class _Payment(msgspec.Struct):
    Id: str
    SyncToken: str
    TxnDate: date
    CustomerRef: Ref | None = None
    CurrencyRef: Ref | None = None
    TotalAmt: Decimal | None = None
    UnappliedAmt: Decimal | None = None
    Line: list[_Line] | None = None
    PaymentRefNum: str | None = None
    PrivateNote: str | None = None
    MetaData: _MetaData | None = None


_DECODER = msgspec.json.Decoder(_Payment)


def seen(raw: bytes, home_currency: str = "") -> SeenPayment:
    """Translate a payment. Amounts of credits that it draws on are positive, as QuickBooks writes them."""
    found = _DECODER.decode(raw)
    total = found.TotalAmt if found.TotalAmt is not None else ZERO
    allocations = tuple(_allocations(found.Line or []))
    note = found.PrivateNote or ""
    return SeenPayment(
        qbo_id=found.Id,
        sync_token=found.SyncToken,
        customer=ref_of(found.CustomerRef),
        dated=found.TxnDate,
        total=total,
        unapplied=found.UnappliedAmt if found.UnappliedAmt is not None else ZERO,
        currency=ref_of(found.CurrencyRef) or home_currency,
        allocations=allocations,
        reference=found.PaymentRefNum or "",
        note=without_mark(note),
        voided=bool(VOIDED.match(note)) and total == ZERO and not allocations,
        updated_at=instant_told(found.MetaData.LastUpdatedTime) if found.MetaData else None,
        mark=mark_of(note),
    )


def _allocations(lines: list[_Line]) -> Iterator[SeenAllocation]:
    """Go through the parts; of a line that names an invoice and a credit, both get the amount."""
    for line in lines:
        for linked in line.LinkedTxn or []:
            yield SeenAllocation(
                TARGETS.get(linked.TxnType, linked.TxnType),
                linked.TxnId,
                line.Amount if line.Amount is not None else ZERO,
            )


def payment_body(
    payment: Payment, refs: Refs, *, mark: str = "", qbo_id: str = "", sync_token: str = ""
) -> bytes:
    """Spell a payment, or a sparse update of one that replaces all of its parts.

    What is not allocated stays with the customer as unapplied. A reference that is too long for
    QuickBooks' field is cut there and kept whole in the note. `mark` is the push's id.

    Raises Invalid for amounts that cannot be, Unmapped for a client or invoice that is not linked.
    """
    record = title(payment)
    if not refs.customer:
        raise Unmapped(
            f"It needs the client {payment.client}, which is not linked to QuickBooks yet",
            record=record,
            reason="no customer in QuickBooks stands for this client",
            remedy="Link the client under Matching, then press Retry",
            missing="client",
            ref=payment.client,
        )
    fields: dict[str, Any] = {
        "CustomerRef": {"value": refs.customer},
        "TotalAmt": number(rounded(payment.amount, payment.currency)),
        "TxnDate": payment.dated.isoformat(),
        "CurrencyRef": {"value": payment.currency},
    }
    lines = _lines(payment, refs, record)
    if lines or qbo_id:
        fields["Line"] = lines
    reference = " ".join(payment.reference.split())
    if reference or qbo_id:
        fields["PaymentRefNum"] = reference[:REFERENCE_MAX].rstrip()
    note = with_mark(_note(payment, reference), mark, record=record)
    if note or qbo_id:
        fields["PrivateNote"] = note
    if refs.payment_method:
        fields["PaymentMethodRef"] = {"value": refs.payment_method}
    if refs.deposit_account:
        fields["DepositToAccountRef"] = {"value": refs.deposit_account}
    return body_of(fields, qbo_id=qbo_id, sync_token=sync_token)


def _note(payment: Payment, reference: str) -> str:
    if len(reference) <= REFERENCE_MAX:
        return payment.note.strip()
    return f"Reference: {reference}\n{payment.note.strip()}".strip()


def _lines(payment: Payment, refs: Refs, record: str) -> list[dict[str, Any]]:
    if payment.amount < ZERO:
        raise Invalid(
            "Its amount is negative",
            record=record,
            reason=f"{payment.amount} {payment.currency} cannot be received; money given back is no payment",
            remedy="Enter it as a refund in QuickBooks, then press Cancel here",
        )
    parts: dict[str, Decimal] = {}
    for allocation in payment.allocations:
        invoice = mapped(refs.invoices, allocation.invoice, "invoice", record=record)
        parts[invoice] = parts.get(invoice, ZERO) + rounded(allocation.amount, payment.currency)
    settled = sum(parts.values(), ZERO)
    if settled > rounded(payment.amount, payment.currency) or any(part < ZERO for part in parts.values()):
        raise Invalid(
            "Its parts do not fit its amount",
            record=record,
            reason=f"it settles {settled} of invoices with {payment.amount} {payment.currency}, "
            "and no part may be negative",
            remedy="Correct what the payment settles, then press Retry",
        )
    return [
        {"Amount": number(part), "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]}
        for invoice, part in parts.items()
        if part > ZERO
    ]


PAYMENT: Final = Entity(
    name="Payment",
    plural="payments",
    summary="Money that came in, and the documents that it settles",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.VOID | Can.DELETE,
    columns=Columns(
        name="CustomerRef.name",
        number="PaymentRefNum",
        party="CustomerRef.value",
        dated="TxnDate",
        amount="TotalAmt",
        balance="UnappliedAmt",
        currency="CurrencyRef.value",
    ),
    translation=seen,
    kind=Kind.PAYMENT,
    void_call=(("operation", "update"), ("include", "void")),
)
