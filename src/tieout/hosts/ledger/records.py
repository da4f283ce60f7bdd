"""What the built-in ledger needs of a storage: one transaction's view of the ledger's books."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from tieout.domain.documents import HostRecord, Kind, Payment


class LedgerRecords(Protocol):
    """The ledger's books within one transaction; every method belongs to one tenant."""

    def put(self, tenant: str, record: HostRecord) -> bool:
        """Write a record under its kind and ref; False when it is there already, unchanged."""
        ...

    def put_many(self, tenant: str, records: Sequence[HostRecord]) -> int:
        """Write many records at once; tell how many of them were new or changed."""
        ...

    def get(self, tenant: str, kind: Kind, ref: str) -> HostRecord | None:
        """Read a record; None when there is none."""
        ...

    def many(self, tenant: str, kind: Kind, refs: Iterable[str]) -> Mapping[str, HostRecord]:
        """Read many records of a kind by ref; those that do not exist are left out."""
        ...

    def list(
        self, tenant: str, kind: Kind, *, search: str = "", after: str = "", limit: int = 50
    ) -> Sequence[HostRecord]:
        """List records of a kind by ref, those after `after`; `search` looks in name, number and ref."""
        ...

    def holders(self, tenant: str, kind: Kind, numbers: Iterable[str]) -> Mapping[str, str]:
        """Find which documents of a kind have these numbers: number → ref."""
        ...

    def changes(self, tenant: str, after: int, limit: int) -> Sequence[tuple[int, Kind, str]]:
        """Read what changed after a sequence number, in order: number, kind, ref."""
        ...

    def balances(self, tenant: str, refs: Iterable[str]) -> Mapping[str, Decimal]:
        """Tell what is open on many invoices: each one's total less what final payments settle of it."""
        ...

    def payments_of(self, tenant: str, invoice_ref: str) -> Sequence[Payment]:
        """List the payments that settle a part of an invoice, void ones included."""
        ...

    def delete(self, tenant: str, kind: Kind, ref: str) -> bool:
        """Remove a record; False when there was none."""
        ...
