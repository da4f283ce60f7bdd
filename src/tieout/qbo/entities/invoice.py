"""Invoices: what customers owe."""

from __future__ import annotations

from typing import Final

from tieout.domain.documents import Kind, SalesDocument
from tieout.domain.seen import SeenDocument
from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import HEARD, Can, Entity
from tieout.qbo.entities.refs import Refs
from tieout.qbo.entities.sales_document import sales_body, seen_document


def seen(raw: bytes, home_currency: str = "") -> SeenDocument:
    """Translate an invoice."""
    return seen_document(raw, Kind.INVOICE, home_currency)


def invoice_body(
    document: SalesDocument, refs: Refs, *, mark: str = "", qbo_id: str = "", sync_token: str = ""
) -> bytes:
    """Spell an invoice, or a sparse update of one when its id and SyncToken are given.

    `mark` is the push's id, by which the invoice is found again when the answer is lost.
    Raises Invalid for what QuickBooks would not take, Unmapped for refs that lead nowhere.
    """
    assert document.kind is Kind.INVOICE, document.kind
    return sales_body(document, refs, mark=mark, qbo_id=qbo_id, sync_token=sync_token)


INVOICE: Final = Entity(
    name="Invoice",
    plural="invoices",
    summary="What customers owe",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.VOID | Can.DELETE,
    columns=Columns(
        name="CustomerRef.name",
        number="DocNumber",
        party="CustomerRef.value",
        dated="TxnDate",
        due="DueDate",
        amount="TotalAmt",
        balance="Balance",
        currency="CurrencyRef.value",
    ),
    translation=seen,
    kind=Kind.INVOICE,
    void_call=(("operation", "void"),),
)
