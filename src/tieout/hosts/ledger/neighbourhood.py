"""Gathers, a batch at a time, what the rules need to know of the records that a batch names.

It reads in bulk and keeps only a few facts of each record, and it counts in what the same batch has already
brought: a payment in a batch is judged against the invoice three rows above it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from tieout.domain.documents import Client, HostRecord, Kind, Payment, SalesDocument, Status, kind_of
from tieout.domain.money import ZERO
from tieout.hosts.ledger.records import LedgerRecords
from tieout.hosts.ledger.rules import Key, Known, Neighbours, known_of

NUMBERED = (Kind.INVOICE, Kind.CREDIT_NOTE)


class Neighbourhood:
    """What is known of one tenant's ledger while a batch is judged, within one transaction."""

    def __init__(self, tenant: str, books: LedgerRecords) -> None:
        self._tenant = tenant
        self._books = books
        self._known: dict[Key, Known] = {}
        self._absent: set[Key] = set()
        self._wanted: set[Key] = set()
        self._holders: dict[Key, str] = {}
        self.around = Neighbours(self._known, self._holders)
        """What the rules look at; it follows every `look_at` and `bring`."""

    def look_at(self, records: Sequence[HostRecord]) -> Mapping[Key, HostRecord]:
        """Read what these records name; answer the version before each of them, where there is one."""
        before = self._read((kind_of(record), record.ref) for record in records)
        self._remember(before)
        # A document that changes hands is judged by its former client too.
        for record in (*records, *before.values()):
            self._want(_named_by(record))
        self._find_wanted()
        self._look_up_numbers(records)
        return before

    def bring(self, record: HostRecord, before: HostRecord | None) -> None:
        """Count in a record that the batch brings."""
        key = (kind_of(record), record.ref)
        was = self._known.get(key)
        self._absent.discard(key)
        self._known[key] = known_of(record, was.settled if was else ZERO)
        if isinstance(record, SalesDocument):
            if isinstance(before, SalesDocument):
                self._holders.pop((key[0], before.number), None)
            self._holders[key[0], record.number] = record.ref
        if isinstance(record, Payment):
            if isinstance(before, Payment):
                self._settle(before, -1)
            self._settle(record, 1)

    def _settle(self, payment: Payment, sign: int) -> None:
        if payment.status is not Status.FINAL:
            return
        for part in payment.allocations:
            key = (Kind.INVOICE, part.invoice)
            invoice = self._known.get(key)
            if invoice is not None:
                self._known[key] = replace(invoice, settled=invoice.settled + sign * part.amount)

    def _want(self, keys: Iterable[Key]) -> None:
        self._wanted.update(key for key in keys if key not in self._known and key not in self._absent)

    def _find_wanted(self) -> None:
        """Read what is named, then whom that belongs to, up to the topmost client."""
        while self._wanted:
            found = self._read(self._wanted)
            self._absent.update(self._wanted - found.keys())
            self._wanted = set()
            self._remember(found)
            for record in found.values():
                if isinstance(record, Client | SalesDocument):
                    self._want(_above(record))

    def _remember(self, records: Mapping[Key, HostRecord]) -> None:
        fresh = {key: record for key, record in records.items() if key not in self._known}
        invoices = [ref for kind, ref in fresh if kind is Kind.INVOICE]
        open_now = self._books.balances(self._tenant, invoices) if invoices else {}
        for key, record in fresh.items():
            settled = ZERO
            if isinstance(record, SalesDocument) and record.status is Status.FINAL:
                settled = record.total - open_now.get(record.ref, record.total)
            self._known[key] = known_of(record, settled)

    def _read(self, keys: Iterable[Key]) -> dict[Key, HostRecord]:
        by_kind: dict[Kind, list[str]] = {}
        for kind, ref in sorted(set(keys)):
            by_kind.setdefault(kind, []).append(ref)
        return {
            (kind, ref): record
            for kind, refs in by_kind.items()
            for ref, record in self._books.many(self._tenant, kind, refs).items()
        }

    def _look_up_numbers(self, records: Sequence[HostRecord]) -> None:
        for kind in NUMBERED:
            numbers = {
                record.number
                for record in records
                if isinstance(record, SalesDocument) and record.kind is kind and record.number
            }
            unknown = sorted(number for number in numbers if (kind, number) not in self._holders)
            if unknown:
                held = self._books.holders(self._tenant, kind, unknown)
                self._holders.update({(kind, number): ref for number, ref in held.items()})


def _above(record: Client | SalesDocument) -> Iterator[Key]:
    above = record.parent if isinstance(record, Client) else record.client
    if above:
        yield (Kind.CLIENT, above)


def _named_by(record: HostRecord) -> Iterator[Key]:
    match record:
        case Client():
            yield from _above(record)
        case SalesDocument():
            yield from _above(record)
            if record.term:
                yield (Kind.TERM, record.term)
            for line in record.lines:
                if line.service:
                    yield (Kind.SERVICE, line.service)
                if line.tax_region:
                    yield (Kind.TAX_REGION, line.tax_region)
        case Payment():
            if record.client:
                yield (Kind.CLIENT, record.client)
            for part in record.allocations:
                yield (Kind.INVOICE, part.invoice)
        case _:
            return
