"""Credit memos: what customers get back or need not pay."""

from __future__ import annotations

from typing import Final

from tieout.domain.documents import Kind, SalesDocument
from tieout.domain.seen import SeenDocument
from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import HEARD, Can, Entity
from tieout.qbo.entities.refs import Refs
from tieout.qbo.entities.sales_document import sales_body, seen_document


def seen(raw: bytes, home_currency: str = "") -> SeenDocument:
    """Translate a credit memo; its balance is what is left to apply."""
    return seen_document(raw, Kind.CREDIT_NOTE, home_currency)


def credit_memo_body(
    document: SalesDocument, refs: Refs, *, mark: str = "", qbo_id: str = "", sync_token: str = ""
) -> bytes:
    """Spell a credit note, or a sparse update of a credit memo when its id and SyncToken are given.

    `mark` is the push's id, by which the credit memo is found again when the answer is lost.
    Raises Invalid for what QuickBooks would not take, Unmapped for refs that lead nowhere.
    """
    assert document.kind is Kind.CREDIT_NOTE, document.kind
    return sales_body(document, refs, mark=mark, qbo_id=qbo_id, sync_token=sync_token)


CREDIT_MEMO: Final = Entity(
    name="CreditMemo",
    plural="credit memos",
    summary="What customers get back; the API cannot void one, only delete it",
    can=HEARD | Can.CREATE | Can.UPDATE | Can.DELETE,
    columns=Columns(
        name="CustomerRef.name",
        number="DocNumber",
        party="CustomerRef.value",
        dated="TxnDate",
        amount="TotalAmt",
        balance="Balance or RemainingCredit",
        currency="CurrencyRef.value",
    ),
    translation=seen,
    kind=Kind.CREDIT_NOTE,
)
