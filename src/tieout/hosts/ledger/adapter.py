"""The built-in ledger as a host: its change feed, its balances, and every way to write into it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import NoReturn, TypeAlias

import structlog

from tieout.domain.documents import (
    Allocation,
    HostRecord,
    Kind,
    Payment,
    SalesDocument,
    Status,
    kind_of,
    title,
)
from tieout.domain.money import ZERO, Money
from tieout.hosts.contract import BrowsePage, ChangePage, HostChange, RecordFault, Verdict
from tieout.hosts.ledger.neighbourhood import Neighbourhood
from tieout.hosts.ledger.records import LedgerRecords
from tieout.hosts.ledger.rules import WORDS, deletion_fault, faults_of, standing
from tieout.kit.errors import Invalid, NotFound, Rejected, TieoutError

Books: TypeAlias = Callable[[], AbstractContextManager[LedgerRecords]]
"""Opens one transaction on the ledger's books: committed at its end, undone by any exception."""

BATCH = 1000
"""Records judged and written at once; bounds the memory that a bulk write takes."""
KEY_LENGTH_MAX = 80
FROM_BOOKS = "books:"
"""What the refs of payments that we brought from QuickBooks begin with."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Standing:
    """Where a document stands, for people."""

    word: str
    """`draft`, `open`, `partially paid`, `paid` or `void`."""
    open: Money
    """What is still to be paid; for a credit note what is still to be used."""


class LedgerHost:
    """One tenant's ledger, as a host with every ability."""

    name = "ledger"

    def __init__(self, tenant: str, books: Books, reading: Books | None = None) -> None:
        """Keep the tenant's books.

        Args:
            tenant: whose ledger it is; no other tenant's records are ever seen.
            books: opens a transaction that may write.
            reading: opens one that only reads, where the storage makes a difference.
        """
        self._tenant = tenant
        self._books = books
        self._reading = reading or books

    def changes(self, after: str, limit: int) -> ChangePage:
        """Read what changed after a cursor, oldest first; Invalid for a cursor that is not the ledger's."""
        assert limit >= 1, limit
        start = _sequence(after)
        with self._reading() as books:
            rows = books.changes(self._tenant, start, limit)
            if not rows:
                return ChangePage((), after, more=False)
            newest = dict.fromkeys((kind, ref) for _, kind, ref in rows)
            found = {
                (kind, ref): record
                for kind in dict.fromkeys(kind for kind, _ in newest)
                for ref, record in books.many(
                    self._tenant, kind, [ref for of, ref in newest if of is kind]
                ).items()
            }
        records = tuple(HostChange(kind, ref, found.get((kind, ref))) for kind, ref in newest)
        return ChangePage(records, str(rows[-1][0]), more=len(rows) == limit)

    def get(self, kind: Kind, ref: str) -> HostRecord | None:
        """Show a record; None when there is none."""
        with self._reading() as books:
            return books.get(self._tenant, kind, ref)

    def browse(self, kind: Kind, search: str = "", after: str = "", limit: int = 50) -> BrowsePage:
        """List records of a kind by ref, those whose name, number or ref contains `search`."""
        assert limit >= 1, limit
        with self._reading() as books:
            rows = books.list(self._tenant, kind, search=search, after=after, limit=limit + 1)
        page = tuple(rows[:limit])
        return BrowsePage(page, page[-1].ref if page else after, more=len(rows) > limit)

    def balance(self, invoice_ref: str) -> Money:
        """Tell what is open on an invoice; NotFound when there is none."""
        with self._reading() as books:
            invoice = self._document(books, Kind.INVOICE, invoice_ref)
            return self._standings(books, [invoice])[Kind.INVOICE, invoice_ref].open

    def standings(self, documents: Iterable[SalesDocument]) -> Mapping[tuple[Kind, str], Standing]:
        """Tell where documents stand, by kind and ref, in one reading."""
        with self._reading() as books:
            return self._standings(books, list(documents))

    def payments_of(self, invoice_ref: str) -> tuple[Payment, ...]:
        """List the payments that settle a part of an invoice, void ones included."""
        with self._reading() as books:
            return tuple(books.payments_of(self._tenant, invoice_ref))

    def put(self, record: HostRecord) -> Verdict:
        """Write one record and tell what happened: `create`, `change` or `same`.

        Raises:
            Invalid: it cannot be written; says everything that is wrong, and carries the fact `faults`, a
                list of `RecordFault`.
        """
        with self._books() as books:
            return self._write(books, record)

    def weigh(self, records: Iterable[HostRecord]) -> Sequence[Verdict]:
        """Tell what `take` would do with each record, and write nothing."""
        with self._reading() as books:
            return [verdict for verdict, _ in self._judged(books, records)]

    def take(self, records: Iterable[HostRecord]) -> Sequence[Verdict]:
        """Write all the records, or none when one is refused; the verdicts tell which."""
        verdicts: list[Verdict] = []
        try:
            with self._books() as books:
                pending: list[HostRecord] = []
                for verdict, record in self._judged(books, records, pending):
                    verdicts.append(verdict)
                    if verdict.outcome in ("create", "change"):
                        pending.append(record)
                self._flush(books, pending)
                if any(verdict.outcome == "refused" for verdict in verdicts):
                    raise _Undo
        except _Undo:
            log.info("ledger.batch_refused", tenant=self._tenant, records=len(verdicts))
        return verdicts

    def delete(self, kind: Kind, ref: str) -> None:
        """Remove a draft. Invalid for anything else, with what to do instead; NotFound when absent."""
        with self._books() as books:
            record = books.get(self._tenant, kind, ref)
            if record is None:
                raise self._missing(kind, ref)
            fault = deletion_fault(record)
            if fault:
                refuse((fault,))
            books.delete(self._tenant, kind, ref)

    def record_payment(
        self, *, key: str, invoice: str, amount: Money, dated: date, reference: str, note: str
    ) -> str:
        """Record money entered in QuickBooks, once for each key; the same key with other facts replaces."""
        if not key.strip() or len(key) > KEY_LENGTH_MAX or not key.isprintable():
            raise Invalid(
                "A payment cannot be recorded without a usable key",
                record=f"payment {key!r}",
                reason=f"the key keeps it from being recorded twice and has 1 to {KEY_LENGTH_MAX} characters",
                remedy="Send the payment with a key of its own",
            )
        ref = FROM_BOOKS + key
        with self._books() as books:
            target = books.get(self._tenant, Kind.INVOICE, invoice)
            payment = Payment(
                ref=ref,
                client=target.client if isinstance(target, SalesDocument) else "",
                dated=dated,
                amount=amount.amount,
                currency=amount.currency,
                allocations=(Allocation(invoice, amount.amount),),
                reference=reference,
                source="books",
                note=note,
            )
            self._write(books, payment, from_books=True)
        return ref

    def withdraw_payment(self, *, key: str, because: str) -> None:
        """Void a recorded payment; a key that is unknown or withdrawn already changes nothing."""
        with self._books() as books:
            payment = books.get(self._tenant, Kind.PAYMENT, FROM_BOOKS + key)
            if isinstance(payment, Payment) and payment.status is not Status.VOID:
                self._write(books, replace(payment, status=Status.VOID, note=because), from_books=True)

    def amend(self, document: SalesDocument, because: str) -> None:
        """Change a document to the one given, its number included, because a person accepted it."""
        with self._books() as books:
            before = self._document(books, document.kind, document.ref)
            if before == document:
                return
            self._write(books, document, amending=True)
        log.info("ledger.amended", tenant=self._tenant, record=title(document), because=because)

    def void(self, kind: Kind, ref: str, because: str) -> None:
        """Void a payment, or a document that no payment stands on; one that is void already is left alone."""
        with self._books() as books:
            before = self._document_or_payment(books, kind, ref)
            if before.status is Status.VOID:
                return
            self._write(books, replace(before, status=Status.VOID), amending=True)
        log.info("ledger.voided", tenant=self._tenant, record=title(before), because=because)

    def _write(
        self, books: LedgerRecords, record: HostRecord, *, amending: bool = False, from_books: bool = False
    ) -> Verdict:
        place = Neighbourhood(self._tenant, books)
        before = place.look_at([record]).get((kind_of(record), record.ref))
        faults = faults_of(record, before, place.around, amending=amending, from_books=from_books)
        if faults:
            refuse(faults, by_host=amending or from_books)
        changed = books.put(self._tenant, record)
        outcome = "create" if before is None else "change" if changed else "same"
        return Verdict(kind_of(record), record.ref, outcome)

    def _judged(
        self,
        books: LedgerRecords,
        records: Iterable[HostRecord],
        pending: list[HostRecord] | None = None,
    ) -> Iterator[tuple[Verdict, HostRecord]]:
        """Judge records batch by batch, each as if those before it were written.

        `pending` is what the caller has accepted and not written: it is written before the next batch is
        read, so that memory stays bounded and what is read is what will be there.
        """
        place = Neighbourhood(self._tenant, books)
        for batch in _batches(records):
            if pending is not None:
                self._flush(books, pending)
            seen = dict(place.look_at(batch))
            for record in batch:
                key = (kind_of(record), record.ref)
                before = seen.get(key)
                if record == before:
                    yield Verdict(*key, "same"), record
                    continue
                faults = faults_of(record, before, place.around)
                if faults:
                    yield Verdict(*key, "refused", faults), record
                    continue
                place.bring(record, before)
                seen[key] = record
                yield Verdict(*key, "change" if before else "create"), record

    def _flush(self, books: LedgerRecords, pending: list[HostRecord]) -> None:
        if pending:
            books.put_many(self._tenant, pending)
            pending.clear()

    def _document(self, books: LedgerRecords, kind: Kind, ref: str) -> SalesDocument:
        record = books.get(self._tenant, kind, ref)
        if not isinstance(record, SalesDocument):
            raise self._missing(kind, ref)
        return record

    def _document_or_payment(self, books: LedgerRecords, kind: Kind, ref: str) -> SalesDocument | Payment:
        record = books.get(self._tenant, kind, ref)
        if not isinstance(record, SalesDocument | Payment):
            raise self._missing(kind, ref)
        return record

    def _missing(self, kind: Kind, ref: str) -> NotFound:
        return NotFound(
            f"There is no such {WORDS[kind]}",
            record=f"{WORDS[kind]} {ref}",
            reason="the ledger has none with that ref",
            remedy="Look it up in the list, or send it first",
        )

    def _standings(
        self, books: LedgerRecords, documents: Sequence[SalesDocument]
    ) -> dict[tuple[Kind, str], Standing]:
        refs = [document.ref for document in documents if document.kind is Kind.INVOICE]
        balances = books.balances(self._tenant, refs) if refs else {}
        found: dict[tuple[Kind, str], Standing] = {}
        for document in documents:
            left = document.total
            if document.kind is Kind.INVOICE:
                left = balances.get(document.ref, document.total)
            if document.status is Status.VOID:
                left = ZERO
            found[document.kind, document.ref] = Standing(
                standing(document, left), Money(left, document.currency)
            )
        return found


class _Undo(Exception):
    """Ends a transaction without committing it."""


def refuse(faults: Sequence[RecordFault], *, by_host: bool = False) -> NoReturn:
    """Raise one error that says every fault: Invalid, or Rejected for what we brought.

    The facts are `faults` (the faults themselves), `fields` (their names) and `issue` (a kind of issue, for
    money that cannot be applied).
    """
    # Money that has no place to go has other faults only because of it.
    faults = [fault for fault in faults if fault.issue] or faults
    first = faults[0]
    issue = first.issue
    about_amount = any(fault.field == "amount" for fault in faults)
    error: type[TieoutError] = Rejected if by_host and not about_amount else Invalid
    raise error(
        first.what if len(faults) == 1 else f"{len(faults)} things are wrong with it",
        record=first.record,
        reason="; ".join(_said(fault, alone=len(faults) == 1) for fault in faults),
        remedy="; ".join(dict.fromkeys(fault.remedy for fault in faults)),
        faults=list(faults),
        fields=[fault.field for fault in faults],
        issue=issue,
    )


def _said(fault: RecordFault, *, alone: bool) -> str:
    return fault.why if alone else f"{fault.what[:1].lower()}{fault.what[1:]} ({fault.why})"


def _sequence(cursor: str) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit()):
        raise Invalid(
            "The ledger's changes cannot be read from there",
            record=f"cursor {cursor!r}",
            reason="it is not a cursor that the built-in ledger gave out",
            remedy="Start again from the beginning, with an empty cursor",
        )
    return int(cursor)


def _batches(records: Iterable[HostRecord]) -> Iterator[list[HostRecord]]:
    left = iter(records)
    while batch := list(islice(left, BATCH)):
        yield batch
