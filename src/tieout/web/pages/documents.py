"""A document's page: both sides next to each other, what differs, what was sent, and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from tieout.connections.companies import get_company, list_companies
from tieout.domain.documents import Line, Payment, SalesDocument
from tieout.domain.seen import SeenDocument, SeenLine, SeenPayment
from tieout.hosts.ledger.adapter import Standing
from tieout.kit.errors import NotFound
from tieout.mirror.browse import MirroredRecord, get_mirrored
from tieout.sync.documents import DocumentDetail, get_document
from tieout.sync.host_records import document_standing
from tieout.sync.prepare import ENTITY_OF
from tieout.web.door import Door
from tieout.web.formatting import day, money, number
from tieout.web.pages.choices import DOCUMENT_KINDS, shown_issues


@dataclass(frozen=True)
class Pair:
    """One fact on both sides."""

    name: str
    ours: str
    theirs: str
    numeric: bool = False
    differs: bool = False


@dataclass(frozen=True)
class LinePair:
    """One line on both sides; a side without it has an empty text."""

    number: int
    ours: str
    ours_amount: str
    theirs: str
    theirs_amount: str
    differs: bool


def add_to(routes: APIRouter, door: Door) -> None:
    """Add the page of one document."""

    @routes.get("/documents/{kind}/{ref:path}")
    def document(request: Request, kind: str, ref: str, company: str = "") -> Response:
        """Show one document."""
        if kind not in DOCUMENT_KINDS:
            raise NotFound(
                "There is no such kind of document",
                record=kind,
                reason=f"documents are {', '.join(DOCUMENT_KINDS)}",
                remedy="Choose one from the list on the home page",
            )
        edges, caller = door.edges, door.caller
        chosen = get_company(edges, caller, company=company)
        detail = get_document(edges, caller, kind=kind, ref=ref, company=company)
        theirs = None
        if detail.link is not None:
            theirs = get_mirrored(
                edges,
                caller,
                entity=ENTITY_OF[detail.row.kind],
                qbo_id=detail.link.qbo_id,
                company=company,
            )
        standing = (
            document_standing(edges, caller, kind, ref) if isinstance(detail.record, SalesDocument) else None
        )
        return door.rendering.page(
            request,
            "document.html",
            company=chosen,
            companies=list_companies(edges, caller),
            query=door.query(company),
            detail=detail,
            theirs=theirs,
            pairs=pairs(detail, theirs, standing),
            lines=line_pairs(detail, theirs),
            issues=shown_issues(door, [one for one in detail.issues if one.actions]),
            closed=shown_issues(door, [one for one in detail.issues if not one.actions]),
            here=str(request.url.path) + (f"?{request.url.query}" if request.url.query else ""),
        )


def pairs(
    detail: DocumentDetail, theirs: MirroredRecord | None, standing: Standing | None = None
) -> list[Pair]:
    """Put the facts of both sides next to each other."""
    seen = theirs.seen if theirs is not None and not theirs.shown.deleted else None
    record = detail.record
    marked = _marked(detail)
    if isinstance(record, SalesDocument):
        other = seen if isinstance(seen, SeenDocument) else None
        rows: list[tuple[str, str, Any, Any, bool]] = [
            ("number", "Number", record.number, other and other.number, False),
            ("customer", "Client", detail.row.client or record.client, other and other.customer_name, False),
            ("date", "Date", record.dated, other and other.dated, False),
            ("due date", "Due", record.due_date, other and other.due_date, False),
            ("tax", "Tax", _of(record.tax, record), other and _of(other.tax, other), True),
            ("total", "Total", _of(record.total, record), other and _of(other.total, other), True),
        ]
        ours = f"{_of(standing.open.amount, record)} ({standing.word})" if standing is not None else ""
        rows.append(("balance", "Still open", ours, other and _of(other.balance, other), True))
    elif isinstance(record, Payment):
        paid = seen if isinstance(seen, SeenPayment) else None
        rows = [
            ("reference", "Reference", record.reference, paid and paid.reference, False),
            ("date", "Date", record.dated, paid and paid.dated, False),
            ("amount", "Amount", _of(record.amount, record), paid and _of(paid.total, paid), True),
            (
                "unapplied",
                "Not applied",
                _of(record.amount - sum((one.amount for one in record.allocations), Decimal()), record),
                paid and _of(paid.unapplied, paid),
                True,
            ),
        ]
    else:
        return []
    return [
        Pair(name, _text(ours), _text(other_side) if seen is not None else "", numeric, field in marked)
        for field, name, ours, other_side, numeric in rows
    ]


def line_pairs(detail: DocumentDetail, theirs: MirroredRecord | None) -> list[LinePair]:
    """Put the lines of both sides next to each other, in the order each side has them."""
    record = detail.record
    seen = theirs.seen if theirs is not None and not theirs.shown.deleted else None
    if not isinstance(record, SalesDocument):
        return []
    other = seen.lines if isinstance(seen, SeenDocument) else ()
    marked = _marked(detail)
    return [
        LinePair(
            place,
            _our_line(ours) if ours is not None else "",
            money(ours.amount, record.currency) if ours is not None else "",
            _their_line(line) if line is not None else "",
            money(line.amount, record.currency) if line is not None else "",
            f"line {place}" in marked,
        )
        for place, (ours, line) in enumerate(zip_longest(record.lines, other), 1)
    ]


def _marked(detail: DocumentDetail) -> set[str]:
    """Collect the fields that open issues say differ."""
    return {
        str(one.get("field", ""))
        for issue in detail.issues
        if issue.actions
        for one in _listed(issue.finding.facts.get("differences"))
    } | {"total" for issue in detail.issues if issue.actions and issue.finding.kind == "export.variance"}


def _listed(facts: object) -> list[dict[str, object]]:
    return [one for one in facts if isinstance(one, dict)] if isinstance(facts, list) else []


def _of(amount: Decimal, record: SalesDocument | Payment | SeenDocument | SeenPayment) -> str:
    return money(amount, record.currency)


def _text(value: object) -> str:
    if isinstance(value, date):
        return day(value)
    return "–" if value in (None, "") else str(value)


def _our_line(line: Line) -> str:
    text = line.description or line.service or "Line"
    return f"{text} · {number(line.quantity)} × {number(line.unit_price)}"


def _their_line(line: SeenLine) -> str:
    text = line.description or (f"Item {line.item}" if line.item else line.sort.capitalize())
    if line.quantity is None or line.unit_price is None:
        return text
    return f"{text} · {number(line.quantity)} × {number(line.unit_price)}"
