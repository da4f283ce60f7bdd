"""The built-in host's own books: a tenant's clients, services, documents and payments, whatever is connected.

Every change takes the next number of its tenant from one row, which stays locked until the unit of work ends:
whoever has read up to a number never meets a lower one later. Writers of one tenant therefore take turns, and
what a writer reads cannot change under it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import Connection, delete, insert, select

from tieout.domain.documents import HostRecord, Kind, Payment, SalesDocument, Status, kind_of, title
from tieout.storage.columns import folded
from tieout.storage.encoding import encoded, record_from
from tieout.storage.inserting import in_chunks, inserting, put_rows
from tieout.storage.tables import ledger_allocations, ledger_counters, ledger_records

HostRecords: TypeAlias = list[HostRecord]


class Ledger:
    """The built-in host's books in one unit of work; every method belongs to one tenant."""

    def __init__(self, connection: Connection, *, writing: bool) -> None:
        self._connection = connection
        self._writing = writing
        self._turns: set[str] = set()

    def put(self, tenant: str, record: HostRecord) -> bool:
        """Write a record under its kind and ref; False when it is there already, unchanged."""
        return self.put_many(tenant, [record]) == 1

    def put_many(self, tenant: str, records: Sequence[HostRecord]) -> int:
        """Write many records at once; tell how many of them were new or changed.

        Of a record that is given twice the last one counts. Changes are numbered in the order given.
        """
        self._take_turn(tenant)
        newest = {(kind_of(record), record.ref): record for record in records}
        known = self._known(tenant, newest)
        # Equal by value: an amount that came as 1.0 and comes as 1.00 is no change.
        changed = [record for key, record in newest.items() if known.get(key) != record]
        seq = self._next(tenant, len(changed)) if changed else 0
        for chunk in in_chunks(enumerate(changed, seq)):
            rows = [_values(tenant, record, number) for number, record in chunk]
            put_rows(self._connection, ledger_records, rows)
            self._allocate(tenant, [record for _number, record in chunk if isinstance(record, Payment)])
        return len(changed)

    def get(self, tenant: str, kind: Kind, ref: str) -> HostRecord | None:
        """Read a record; None when there is none."""
        return self.many(tenant, kind, [ref]).get(ref)

    def many(self, tenant: str, kind: Kind, refs: Iterable[str]) -> dict[str, HostRecord]:
        """Read many records of a kind by ref; those that do not exist are left out."""
        self._take_turn(tenant)
        found: dict[str, HostRecord] = {}
        for chunk in in_chunks(refs):
            rows = self._connection.execute(
                select(ledger_records.c.ref, ledger_records.c.body).where(
                    *_live(tenant, kind), ledger_records.c.ref.in_(chunk)
                )
            )
            found.update((row.ref, record_from(kind, row.body)) for row in rows)
        return found

    def list(
        self, tenant: str, kind: Kind, *, search: str = "", after: str = "", limit: int = 50
    ) -> HostRecords:
        """List records of a kind by ref, those after `after`; `search` looks in name, number and ref."""
        statement = select(ledger_records.c.body).where(*_live(tenant, kind))
        for word in folded(search).split():
            statement = statement.where(ledger_records.c.search.contains(word, autoescape=True))
        if after:
            statement = statement.where(ledger_records.c.ref > after)
        rows = self._connection.execute(statement.order_by(ledger_records.c.ref).limit(limit))
        return [record_from(kind, row.body) for row in rows]

    def holders(self, tenant: str, kind: Kind, numbers: Iterable[str]) -> dict[str, str]:
        """Find which documents of a kind have these numbers: number → ref."""
        self._take_turn(tenant)
        found: dict[str, str] = {}
        for chunk in in_chunks(numbers):
            rows = self._connection.execute(
                select(ledger_records.c.number, ledger_records.c.ref)
                .where(*_live(tenant, kind), ledger_records.c.number.in_(chunk))
                .order_by(ledger_records.c.seq.desc())
            )
            found.update((row.number, row.ref) for row in rows)
        return found

    def changes(self, tenant: str, after: int, limit: int) -> Sequence[tuple[int, Kind, str]]:
        """Read what changed after a sequence number, in order: number, kind, ref.

        A record appears once, with its newest change; a removed one appears too, and `get` has none for it.
        """
        rows = self._connection.execute(
            select(ledger_records.c.seq, ledger_records.c.kind, ledger_records.c.ref)
            .where(ledger_records.c.tenant == tenant, ledger_records.c.seq > after)
            .order_by(ledger_records.c.seq)
            .limit(limit)
        )
        return [(row.seq, Kind(row.kind), row.ref) for row in rows]

    def balances(self, tenant: str, refs: Iterable[str]) -> dict[str, Decimal]:
        """Tell what is open on many invoices: each one's total less what final payments settle of it.

        In each invoice's currency; refs without an invoice are left out.
        """
        self._take_turn(tenant)
        found: dict[str, Decimal] = {}
        for chunk in in_chunks(refs):
            totals = self._connection.execute(
                select(ledger_records.c.ref, ledger_records.c.total).where(
                    *_live(tenant, Kind.INVOICE), ledger_records.c.ref.in_(chunk)
                )
            )
            found.update((row.ref, Decimal(row.total)) for row in totals)
            # Added up here: SQLite has no exact decimals.
            settled = self._connection.execute(
                select(ledger_allocations.c.invoice, ledger_allocations.c.amount).where(
                    ledger_allocations.c.tenant == tenant,
                    ledger_allocations.c.counts,
                    ledger_allocations.c.invoice.in_(chunk),
                )
            )
            for row in settled:
                if row.invoice in found:
                    found[row.invoice] -= Decimal(row.amount)
        return found

    def payments_of(self, tenant: str, invoice_ref: str) -> Sequence[Payment]:
        """List the payments that settle a part of an invoice by ref, void ones included."""
        settling = select(ledger_allocations.c.payment).where(
            ledger_allocations.c.tenant == tenant, ledger_allocations.c.invoice == invoice_ref
        )
        rows = self._connection.execute(
            select(ledger_records.c.body)
            .where(*_live(tenant, Kind.PAYMENT), ledger_records.c.ref.in_(settling))
            .order_by(ledger_records.c.ref)
        )
        found = [record_from(Kind.PAYMENT, row.body) for row in rows]
        return [payment for payment in found if isinstance(payment, Payment)]

    def delete(self, tenant: str, kind: Kind, ref: str) -> bool:
        """Remove a record; False when there was none. Its removal is a change like any other."""
        record = self.get(tenant, kind, ref)
        if record is None:
            return False
        row = {**_values(tenant, record, self._next(tenant, 1)), "deleted": True}
        put_rows(self._connection, ledger_records, [row])
        if kind is Kind.PAYMENT:
            self._forget_allocations(tenant, [ref])
        return True

    def _take_turn(self, tenant: str) -> None:
        """Wait, in a unit of work that may write, until no other one writes this tenant's books."""
        if self._writing and tenant not in self._turns:
            self._next(tenant, 0)

    def _next(self, tenant: str, count: int) -> int:
        """Take the next `count` numbers and give the first of them."""
        self._turns.add(tenant)
        newest = self._connection.execute(
            inserting(self._connection, ledger_counters)
            .values(tenant=tenant, newest=count)
            .on_conflict_do_update(
                index_elements=["tenant"], set_={"newest": ledger_counters.c.newest + count}
            )
            .returning(ledger_counters.c.newest)
        ).scalar_one()
        return int(newest) - count + 1

    def _known(self, tenant: str, keys: Iterable[tuple[Kind, str]]) -> dict[tuple[Kind, str], HostRecord]:
        refs: dict[Kind, list[str]] = {}
        for kind, ref in keys:
            refs.setdefault(kind, []).append(ref)
        return {
            (kind, ref): record
            for kind, wanted in refs.items()
            for ref, record in self.many(tenant, kind, wanted).items()
        }

    def _allocate(self, tenant: str, payments: Sequence[Payment]) -> None:
        self._forget_allocations(tenant, [payment.ref for payment in payments])
        rows = [
            {
                "tenant": tenant,
                "payment": payment.ref,
                "position": position,
                "invoice": part.invoice,
                "amount": str(part.amount),
                "counts": payment.status is Status.FINAL,
            }
            for payment in payments
            for position, part in enumerate(payment.allocations)
        ]
        if rows:
            self._connection.execute(insert(ledger_allocations), rows)

    def _forget_allocations(self, tenant: str, payments: Sequence[str]) -> None:
        if payments:
            self._connection.execute(
                delete(ledger_allocations).where(
                    ledger_allocations.c.tenant == tenant, ledger_allocations.c.payment.in_(payments)
                )
            )


def _live(tenant: str, kind: Kind) -> tuple[Any, ...]:
    return (
        ledger_records.c.tenant == tenant,
        ledger_records.c.kind == kind.value,
        ledger_records.c.deleted.is_(False),
    )


def _values(tenant: str, record: HostRecord, seq: int) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "kind": kind_of(record).value,
        "ref": record.ref,
        "seq": seq,
        "deleted": False,
        "body": encoded(record),
        "number": record.number if isinstance(record, SalesDocument) else "",
        "total": str(record.total) if isinstance(record, SalesDocument) else "",
        "search": folded(title(record), record.ref),
    }
