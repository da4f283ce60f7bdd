"""Invoices and credit memos share their shape: how both are read and how both are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

import msgspec

from tieout.domain.documents import Kind, Line, SalesDocument, line_amount, title
from tieout.domain.money import ZERO, rounded
from tieout.domain.seen import SeenDocument, SeenLine
from tieout.kit.errors import Invalid, Unmapped
from tieout.kit.instants import instant_told
from tieout.qbo.entities.refs import Refs, mapped
from tieout.qbo.entities.spelling import Ref, body_of, living_name, number, price, ref_of, within
from tieout.qbo.marker import mark_of, with_mark, without_mark

NUMBER_MAX: Final = 21
DESCRIPTION_MAX: Final = 4000
"""Limits of DocNumber and a line's Description (Intuit's documentation)."""
AMOUNT_LIMIT: Final = Decimal(10) ** 10
"""Amounts have at most ten digits before the point (Intuit's documentation)."""
SHIPPING: Final = "SHIPPING_ITEM_ID"
VOIDED: Final = re.compile(r"\s*voided\b", re.IGNORECASE)
"""How the note of a voided transaction begins (recorded sandbox traffic); there is no flag for it."""
TAXABLE: Final = "TAX"
UNTAXED: Final = "NON"


class _ItemDetail(msgspec.Struct):
    ItemRef: Ref | None = None
    UnitPrice: Decimal | None = None
    Qty: Decimal | None = None
    TaxCodeRef: Ref | None = None


class _GroupDetail(msgspec.Struct):
    GroupItemRef: Ref | None = None
    Quantity: Decimal | None = None
    Line: list[_Line] = []


class _Line(msgspec.Struct):
    DetailType: str | None = None
    Amount: Decimal | None = None
    Description: str | None = None
    SalesItemLineDetail: _ItemDetail | None = None
    GroupLineDetail: _GroupDetail | None = None


class _TaxDetail(msgspec.Struct):
    TotalTax: Decimal | None = None


class _MetaData(msgspec.Struct):
    LastUpdatedTime: str = ""


class _SalesDocument(msgspec.Struct):
    Id: str
    SyncToken: str
    TxnDate: date
    DocNumber: str | None = None
    CustomerRef: Ref | None = None
    CurrencyRef: Ref | None = None
    Line: list[_Line] | None = None
    TxnTaxDetail: _TaxDetail | None = None
    TotalAmt: Decimal | None = None
    Balance: Decimal | None = None
    RemainingCredit: Decimal | None = None
    DueDate: date | None = None
    PrivateNote: str | None = None
    MetaData: _MetaData | None = None


_DECODER = msgspec.json.Decoder(_SalesDocument)


def seen_document(raw: bytes, kind: Kind, home_currency: str) -> SeenDocument:
    """Translate an invoice or credit memo.

    Lines keep their order; subtotals fall out; a discount is negative; a bundle is a line without amount
    followed by its own lines. An amount that QuickBooks does not show in a line (seen for billable expenses)
    is in the total all the same.
    """
    found = _DECODER.decode(raw)
    lines = tuple(_seen_lines(found.Line or []))
    note = found.PrivateNote or ""
    total = found.TotalAmt if found.TotalAmt is not None else ZERO
    balance = found.Balance if found.Balance is not None else found.RemainingCredit
    return SeenDocument(
        kind=kind,
        qbo_id=found.Id,
        sync_token=found.SyncToken,
        number=found.DocNumber or "",
        customer=ref_of(found.CustomerRef),
        customer_name=living_name(found.CustomerRef.name or "") if found.CustomerRef else "",
        dated=found.TxnDate,
        currency=ref_of(found.CurrencyRef) or home_currency,
        lines=lines,
        tax=(found.TxnTaxDetail.TotalTax or ZERO) if found.TxnTaxDetail else ZERO,
        total=total,
        balance=balance if balance is not None else ZERO,
        due_date=found.DueDate,
        memo=without_mark(note),
        voided=bool(VOIDED.match(note)) and total == ZERO and all(line.amount == ZERO for line in lines),
        updated_at=instant_told(found.MetaData.LastUpdatedTime) if found.MetaData else None,
        mark=mark_of(note),
    )


def _seen_lines(lines: list[_Line]) -> Iterator[SeenLine]:
    for line in lines:
        amount = line.Amount if line.Amount is not None else ZERO
        text = line.Description or ""
        match line.DetailType:
            case "SubTotalLineDetail":
                continue
            case "SalesItemLineDetail":
                yield _seen_item_line(line, amount, text)
            case "DiscountLineDetail":
                yield SeenLine(amount=-amount, description=text, sort="discount")
            case "GroupLineDetail":
                group = line.GroupLineDetail or _GroupDetail()
                inner = tuple(_seen_lines(group.Line))
                yield SeenLine(
                    amount=ZERO if inner else amount,
                    item=ref_of(group.GroupItemRef),
                    description=text,
                    quantity=group.Quantity,
                    sort="group",
                )
                yield from inner
            case _:
                yield SeenLine(amount=amount, description=text, sort="words")


def _seen_item_line(line: _Line, amount: Decimal, text: str) -> SeenLine:
    detail = line.SalesItemLineDetail or _ItemDetail()
    item = ref_of(detail.ItemRef)
    shipping = item == SHIPPING
    return SeenLine(
        amount=amount,
        item="" if shipping else item,
        description=text,
        quantity=detail.Qty,
        unit_price=detail.UnitPrice,
        taxed=ref_of(detail.TaxCodeRef) not in ("", UNTAXED),
        sort="shipping" if shipping else "item",
    )


def sales_body(document: SalesDocument, refs: Refs, *, mark: str, qbo_id: str, sync_token: str) -> bytes:
    """Spell an invoice or credit memo, whole or as a sparse update that replaces all of its lines.

    Tax is never stated: in the US lines say whether they are taxed and the document says where, elsewhere
    each line names its code; QuickBooks computes, and its figure is read back.

    Raises Invalid for what QuickBooks would not take, Unmapped for refs that lead nowhere.
    """
    record = title(document)
    if not refs.customer:
        raise Unmapped(
            f"It needs the client {document.client}, which is not linked to QuickBooks yet",
            record=record,
            reason="no customer in QuickBooks stands for this client",
            remedy="Link the client under Matching, then press Retry",
            missing="client",
            ref=document.client,
        )
    fields: dict[str, Any] = {
        "CustomerRef": {"value": refs.customer},
        "TxnDate": document.dated.isoformat(),
        "CurrencyRef": {"value": document.currency},
        "Line": _lines(document, refs, record),
    }
    if document.number.strip():
        fields["DocNumber"] = _number(document.number.strip(), record)
    note = with_mark(document.memo.strip(), mark, record=record)
    if note or qbo_id:
        fields["PrivateNote"] = note
    if document.kind is Kind.INVOICE:
        if refs.term:
            fields["SalesTermRef"] = {"value": refs.term}
        if document.due_date is not None:
            fields["DueDate"] = document.due_date.isoformat()
    if refs.klass:
        fields["ClassRef"] = {"value": refs.klass}
    if refs.department:
        fields["DepartmentRef"] = {"value": refs.department}
    fields |= _tax(document, refs, record)
    return body_of(fields, qbo_id=qbo_id, sync_token=sync_token)


def _number(text: str, record: str) -> str:
    if len(text) > NUMBER_MAX:
        raise Invalid(
            "Its number is too long for QuickBooks",
            record=record,
            reason=f"the number {text!r} has {len(text)} characters, and QuickBooks takes {NUMBER_MAX}",
            remedy="Give it a shorter number, then press Retry",
        )
    return text


def _tax(document: SalesDocument, refs: Refs, record: str) -> dict[str, Any]:
    """Say where the document is taxed."""
    regions = sorted({line.tax_region for line in document.lines if line.tax_region})
    if not refs.is_us:
        return {"GlobalTaxCalculation": "TaxExcluded" if regions else "NotApplicable"}
    if len(regions) > 1:
        raise Invalid(
            "It has lines of several tax regions",
            record=record,
            reason=f"its lines are taxed in {' and '.join(regions)}, and QuickBooks taxes all of it in one",
            remedy="Split it into a document for each region, then press Retry",
        )
    if not regions:
        return {}
    code = mapped(refs.tax_codes, regions[0], "tax region", record=record)
    return {"TxnTaxDetail": {"TxnTaxCodeRef": {"value": code}}} if code not in (TAXABLE, UNTAXED) else {}


def _line_code(line: Line, refs: Refs, record: str) -> str:
    """Give the tax code that a line carries."""
    if not refs.is_us:
        if line.tax_region:
            return mapped(refs.tax_codes, line.tax_region, "tax region", record=record)
        return refs.untaxed_code
    if not line.tax_region:
        return UNTAXED
    code = mapped(refs.tax_codes, line.tax_region, "tax region", record=record)
    return UNTAXED if code == UNTAXED else TAXABLE


def _lines(document: SalesDocument, refs: Refs, record: str) -> list[dict[str, Any]]:
    if not document.lines:
        raise Invalid(
            "It has no lines",
            record=record,
            reason="QuickBooks does not take a document without a line",
            remedy="Add a line, or leave the document out, then press Retry",
        )
    return [
        _words_line(line, position, record)
        if not line.service
        else _item_line(line, position, document.currency, refs, record)
        for position, line in enumerate(document.lines, 1)
    ]


def _words_line(line: Line, position: int, record: str) -> dict[str, Any]:
    if line.amount != ZERO or line.quantity * line.unit_price != ZERO:
        raise Invalid(
            f"Line {position} has an amount but no service",
            record=record,
            reason="in QuickBooks every amount belongs to a product or service",
            remedy="Give the line a service, then press Retry",
        )
    return {
        "DetailType": "DescriptionOnly",
        "Description": _description(line, position, record),
        "DescriptionLineDetail": {},
    }


def _item_line(line: Line, position: int, currency: str, refs: Refs, record: str) -> dict[str, Any]:
    unit_price = price(line.unit_price)
    amount = line_amount(line.quantity, unit_price, currency)
    if amount != rounded(line.amount, currency):
        raise Invalid(
            f"The amount of line {position} does not fit its quantity and price",
            record=record,
            reason=f"{line.quantity} × {unit_price.normalize():f} makes {amount}, "
            f"and the line says {line.amount}; QuickBooks would turn it down",
            remedy="Correct the line, then press Retry",
        )
    if abs(amount) >= AMOUNT_LIMIT:
        raise Invalid(
            f"The amount of line {position} is too large",
            record=record,
            reason=f"{amount} has more than ten digits before the point",
            remedy="Split the line, then press Retry",
        )
    detail: dict[str, Any] = {
        "ItemRef": {"value": mapped(refs.items, line.service, "service", record=record)},
        "Qty": number(line.quantity),
        "UnitPrice": number(unit_price),
    }
    code = _line_code(line, refs, record)
    if code:
        detail["TaxCodeRef"] = {"value": code}
    if refs.klass:
        detail["ClassRef"] = {"value": refs.klass}
    spelled: dict[str, Any] = {
        "DetailType": "SalesItemLineDetail",
        "Amount": number(amount),
        "SalesItemLineDetail": detail,
    }
    text = _description(line, position, record)
    if text:
        spelled["Description"] = text
    return spelled


def _description(line: Line, position: int, record: str) -> str:
    return within(line.description, DESCRIPTION_MAX, f"the description of line {position}", record=record)
