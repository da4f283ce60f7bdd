"""Intents: the host's newest version of each record, and where each stands on its way to the books."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, and_, delete, insert, literal, select, tuple_

from tieout.domain.documents import Client, HostRecord, Kind, Payment, SalesDocument, kind_of, title
from tieout.domain.links import Link
from tieout.domain.pushes import Push
from tieout.kit.errors import Invalid
from tieout.storage.columns import Folded, Instant, folded
from tieout.storage.encoding import encoded, record_from
from tieout.storage.inserting import in_chunks, put_rows
from tieout.storage.issues import Issues
from tieout.storage.links import Links
from tieout.storage.pushes import Pushes
from tieout.storage.tables import intent_allocations, intents

DOCUMENTS = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.PAYMENT)


@dataclass(frozen=True)
class Standing:
    """One host record in a list, with what tells how far it is on its way to the books."""

    kind: Kind
    ref: str
    label: str
    number: str
    client_name: str
    """Empty when the host has not shown the client."""
    dated: date | None
    total: Decimal | None
    """In `currency`; None for what has no total."""
    currency: str
    changed_at: datetime
    link: Link | None
    push: Push | None
    """The newest one that has not ended."""
    issue_kind: str
    """Of the newest open issue; empty without one."""


@dataclass(frozen=True)
class StandingPage:
    """A page of a list and where the next one starts."""

    rows: list[Standing]
    after: str
    """Empty at the end."""


HostRecords: TypeAlias = list[HostRecord]


class Intents:
    """The intentions of one unit of work."""

    def __init__(self, connection: Connection, *, links: Links, pushes: Pushes, issues: Issues) -> None:
        """Keep intentions; the other stores, of the same unit of work, tell where each stands."""
        self._connection = connection
        self._links = links
        self._pushes = pushes
        self._issues = issues

    def put(self, company: str, record: HostRecord, fingerprint: str, *, now: datetime) -> bool:
        """Keep the host's version of a record; False when it is the one that we had.

        Raises ValueError for a record that could not be read again: an adapter has put something into it that is
        not what the field says.
        """
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

    def recent(
        self, company: str, *, kind: str = "", search: str = "", limit: int = 50, after: str = ""
    ) -> StandingPage:
        """List records by their last change, the newest first, each with where it stands.

        `kind` empty takes all documents; `search` are words of the number, name, client or ref in any case;
        `after` is the page before's. Raises Invalid for an `after` that no page gave.
        """
        kinds = [kind] if kind else [one.value for one in DOCUMENTS]
        statement = select(intents).where(intents.c.company == company, intents.c.kind.in_(kinds))
        for word in folded(search).split():
            statement = statement.where(intents.c.search.contains(word, autoescape=True))
        order = (intents.c.changed_at, intents.c.kind, intents.c.host_ref)
        if after:
            statement = statement.where(tuple_(*order) < tuple_(*_place(after)))
        newest = statement.order_by(*(column.desc() for column in order)).limit(limit + 1)
        found = self._connection.execute(newest).all()
        shown = found[:limit]
        more = f"{shown[-1].changed_at.isoformat()}|{shown[-1].kind}|{shown[-1].host_ref}" if shown else ""
        return StandingPage(self._standings(company, shown), more if len(found) > limit else "")

    def _standings(self, company: str, rows: Sequence[Row[Any]]) -> list[Standing]:
        refs: dict[Kind, list[str]] = {}
        for row in rows:
            refs.setdefault(Kind(row.kind), []).append(row.host_ref)
        links = {kind: self._links.many_by_host(company, kind, some) for kind, some in refs.items()}
        pushes = {kind: self._pushes.open_of_many(company, kind, some) for kind, some in refs.items()}
        issues = {kind: self._issues.open_kinds(company, kind.value, some) for kind, some in refs.items()}
        records = {(row.kind, row.host_ref): record_from(Kind(row.kind), row.body) for row in rows}
        clients = self.many(
            company,
            Kind.CLIENT,
            {one.client for one in records.values() if isinstance(one, SalesDocument | Payment)},
        )
        return [
            _standing(
                row,
                _client_name(records[row.kind, row.host_ref], clients),
                links[Kind(row.kind)].get(row.host_ref),
                pushes[Kind(row.kind)].get(row.host_ref),
                issues[Kind(row.kind)].get(row.host_ref, ""),
            )
            for row in rows
        ]

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


def _place(after: str) -> tuple[Any, ...]:
    parts = after.split("|", 2)
    try:
        changed_at, kind, ref = datetime.fromisoformat(parts[0]), parts[1], parts[2]
        if changed_at.tzinfo is None:
            raise ValueError(after)
    except (ValueError, IndexError) as wrong:
        raise Invalid(
            "There is no such page",
            record=after,
            reason="a page starts where the one before it ended, and this is no such place",
            remedy="Start again from the first page",
        ) from wrong
    return literal(changed_at, Instant), literal(kind, Folded), literal(ref, Folded)


def _client_name(record: HostRecord, clients: dict[str, HostRecord]) -> str:
    client = clients.get(record.client) if isinstance(record, SalesDocument | Payment) else None
    return client.name if isinstance(client, Client) else ""


def _values(company: str, record: HostRecord, fingerprint: str, now: datetime) -> dict[str, Any]:
    number, total, currency, dated, client = "", "", "", None, ""
    if isinstance(record, SalesDocument):
        number, total, currency = record.number, str(record.total), record.currency
        dated, client = record.dated, record.client
    elif isinstance(record, Payment):
        number, total, currency = record.reference, str(record.amount), record.currency
        dated, client = record.dated, record.client
    return {
        "company": company,
        "kind": kind_of(record).value,
        "host_ref": record.ref,
        "body": _readable(record),
        "fingerprint": fingerprint,
        "label": title(record),
        "number": number,
        "total": total,
        "currency": currency,
        "dated": dated,
        "changed_at": now,
        "search": folded(title(record), record.ref, client),
    }


def _readable(record: HostRecord) -> bytes:
    """A record as it is kept; raises ValueError when reading it would fail or give another record."""
    body = encoded(record)
    if record_from(kind_of(record), body) != record:
        raise ValueError(f"{title(record)} is not the same after it was kept and read")
    return body


def _standing(
    row: Row[Any], client_name: str, link: Link | None, push: Push | None, issue_kind: str
) -> Standing:
    return Standing(
        kind=Kind(row.kind),
        ref=row.host_ref,
        label=row.label,
        number=row.number,
        client_name=client_name,
        dated=row.dated,
        total=Decimal(row.total) if row.total else None,
        currency=row.currency,
        changed_at=row.changed_at,
        link=link,
        push=push,
        issue_kind=issue_kind,
    )
