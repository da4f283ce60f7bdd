"""Intents: the host's newest version of each record, and where each stands on its way to the books."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, Select, and_, delete, insert, or_, select

from tieout.domain.documents import HostRecord, Kind, Payment, SalesDocument, kind_of, title
from tieout.storage.columns import folded
from tieout.storage.encoding import encoded, record_from
from tieout.storage.inserting import in_chunks, put_rows
from tieout.storage.pushes import CLOSED
from tieout.storage.tables import intent_allocations, intents, links, pushes

DOCUMENTS = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.PAYMENT)


@dataclass(frozen=True)
class Standing:
    """One host record in a list: what it is, and how far it is on its way to the books."""

    kind: Kind
    host_ref: str
    label: str
    number: str
    total: Decimal | None
    """In `currency`; None for what has no total."""
    currency: str
    dated: date | None
    status: str
    """The host's: `draft`, `final`, `void`; empty for what is no document."""
    changed_at: datetime
    qbo_id: str
    """Empty while it is not linked."""
    link_state: str
    """Empty while it is not linked."""
    push_state: str
    """Of the push that has not ended; empty without one."""
    push_error: str
    waits_for: str


HostRecords: TypeAlias = list[HostRecord]
Standings: TypeAlias = list[Standing]


class Intents:
    """The intentions of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, company: str, record: HostRecord, fingerprint: str, *, now: datetime) -> bool:
        """Keep the host's version of a record; False when it is the one that we had."""
        kind = kind_of(record)
        known = self._connection.execute(
            select(intents.c.fingerprint).where(*_of(company, kind, record.ref))
        ).scalar_one_or_none()
        if known == fingerprint:
            return False
        put_rows(self._connection, intents, [_values(company, record, fingerprint, now)])
        if isinstance(record, Payment):
            self._keep_allocations(company, record)
        return True

    def get(self, company: str, kind: Kind, host_ref: str) -> HostRecord | None:
        """Find the host's version of a record."""
        body = self._connection.execute(
            select(intents.c.body).where(*_of(company, kind, host_ref))
        ).scalar_one_or_none()
        return None if body is None else record_from(kind, body)

    def many(self, company: str, kind: Kind, refs: Iterable[str]) -> dict[str, HostRecord]:
        """Find the host's versions of many records, by ref; unknown ones are left out."""
        found: dict[str, HostRecord] = {}
        for chunk in in_chunks(refs):
            rows = self._connection.execute(
                select(intents.c.host_ref, intents.c.body).where(
                    intents.c.company == company,
                    intents.c.kind == kind.value,
                    intents.c.host_ref.in_(chunk),
                )
            )
            found.update((row.host_ref, record_from(kind, row.body)) for row in rows)
        return found

    def all(self, company: str, kind: Kind) -> HostRecords:
        """Give the host's versions of all records of a kind, by ref."""
        rows = self._connection.execute(
            select(intents.c.body)
            .where(intents.c.company == company, intents.c.kind == kind.value)
            .order_by(intents.c.host_ref)
        )
        return [record_from(kind, row.body) for row in rows]

    def payments_of(self, company: str, invoice_ref: str) -> list[Payment]:
        """Give the host's payments that settle a part of an invoice, by ref."""
        rows = self._connection.execute(
            select(intents.c.body)
            .join(
                intent_allocations,
                and_(
                    intent_allocations.c.company == intents.c.company,
                    intent_allocations.c.payment == intents.c.host_ref,
                ),
            )
            .where(
                intent_allocations.c.company == company,
                intent_allocations.c.invoice == invoice_ref,
                intents.c.kind == Kind.PAYMENT.value,
            )
            .order_by(intents.c.host_ref)
        )
        found = [record_from(Kind.PAYMENT, row.body) for row in rows]
        return [payment for payment in found if isinstance(payment, Payment)]

    def remove(self, company: str, kind: Kind, host_ref: str) -> None:
        """Forget a record that the host no longer has."""
        self._connection.execute(delete(intents).where(*_of(company, kind, host_ref)))
        if kind is Kind.PAYMENT:
            self._forget_allocations(company, host_ref)

    def list(self, company: str, kind: Kind, search: str = "", limit: int = 50, after: str = "") -> Standings:
        """List records of a kind by number and name, each with where it stands.

        `search` are words of the number, name or ref in any case; `after` is the ref of the last record of
        the page before.
        """
        statement = _standings().where(intents.c.company == company, intents.c.kind == kind.value)
        for word in folded(search).split():
            statement = statement.where(intents.c.search.contains(word, autoescape=True))
        if after:
            last = self._connection.execute(
                select(intents.c.search).where(*_of(company, kind, after))
            ).scalar_one_or_none()
            if last is None:
                return []
            statement = statement.where(
                or_(intents.c.search > last, and_(intents.c.search == last, intents.c.host_ref > after))
            )
        ordered = statement.order_by(intents.c.search, intents.c.host_ref).limit(limit)
        return [_standing(row) for row in self._connection.execute(ordered)]

    def recent(self, company: str, limit: int = 50) -> Standings:
        """List the documents that changed last, the newest change first, each with where it stands."""
        ordered = (
            _standings()
            .where(intents.c.company == company, intents.c.kind.in_([kind.value for kind in DOCUMENTS]))
            .order_by(intents.c.changed_at.desc(), intents.c.kind, intents.c.host_ref.desc())
            .limit(limit)
        )
        return [_standing(row) for row in self._connection.execute(ordered)]

    def _keep_allocations(self, company: str, payment: Payment) -> None:
        self._forget_allocations(company, payment.ref)
        invoices = dict.fromkeys(part.invoice for part in payment.allocations)
        if invoices:
            self._connection.execute(
                insert(intent_allocations),
                [{"company": company, "payment": payment.ref, "invoice": invoice} for invoice in invoices],
            )

    def _forget_allocations(self, company: str, payment: str) -> None:
        self._connection.execute(
            delete(intent_allocations).where(
                intent_allocations.c.company == company, intent_allocations.c.payment == payment
            )
        )


def _of(company: str, kind: Kind, host_ref: str) -> tuple[Any, ...]:
    return (intents.c.company == company, intents.c.kind == kind.value, intents.c.host_ref == host_ref)


def _standings() -> Select[Any]:
    """Join each record with its link and with the push that carries its newest change."""
    newest = pushes.alias("newest")
    behind = pushes.alias("behind")
    is_behind = (
        select(behind.c.id)
        .where(
            behind.c.company == newest.c.company,
            behind.c.kind == newest.c.kind,
            behind.c.host_ref == newest.c.host_ref,
            behind.c.lane > newest.c.lane,
        )
        .exists()
    )
    return (
        select(
            intents.c.kind,
            intents.c.host_ref,
            intents.c.label,
            intents.c.number,
            intents.c.total,
            intents.c.currency,
            intents.c.dated,
            intents.c.status,
            intents.c.changed_at,
            links.c.qbo_id,
            links.c.state.label("link_state"),
            newest.c.state.label("push_state"),
            newest.c.error.label("push_error"),
            newest.c.waits_for,
        )
        .outerjoin(
            links,
            and_(
                links.c.company == intents.c.company,
                links.c.kind == intents.c.kind,
                links.c.host_ref == intents.c.host_ref,
                links.c.state != "unlinked",
            ),
        )
        .outerjoin(
            newest,
            and_(
                newest.c.company == intents.c.company,
                newest.c.kind == intents.c.kind,
                newest.c.host_ref == intents.c.host_ref,
                newest.c.lane != CLOSED,
                ~is_behind,
            ),
        )
    )


def _values(company: str, record: HostRecord, fingerprint: str, now: datetime) -> dict[str, Any]:
    number, total, currency, dated, status = "", "", "", None, ""
    if isinstance(record, SalesDocument):
        number, total, currency = record.number, str(record.total), record.currency
        dated, status = record.dated, record.status.value
    elif isinstance(record, Payment):
        number, total, currency = record.reference, str(record.amount), record.currency
        dated, status = record.dated, record.status.value
    return {
        "company": company,
        "kind": kind_of(record).value,
        "host_ref": record.ref,
        "body": encoded(record),
        "fingerprint": fingerprint,
        "label": title(record),
        "number": number,
        "total": total,
        "currency": currency,
        "dated": dated,
        "changed_at": now,
        "status": status,
        "search": folded(title(record), record.ref),
    }


def _standing(row: Row[Any]) -> Standing:
    return Standing(
        kind=Kind(row.kind),
        host_ref=row.host_ref,
        label=row.label,
        number=row.number,
        total=Decimal(row.total) if row.total else None,
        currency=row.currency,
        dated=row.dated,
        status=row.status,
        changed_at=row.changed_at,
        qbo_id=row.qbo_id or "",
        link_state=row.link_state or "",
        push_state=row.push_state or "",
        push_error=row.push_error or "",
        waits_for=row.waits_for or "",
    )
