"""The port every host adapter implements: what Tieout may ask of a business system, and what it promises.

A host is the line-of-business system whose documents go to the books: the built-in ledger, an ERP, a PSA.
An adapter must be able to tell what changed (`Host`). Everything else is an *ability*: a small protocol that
an adapter has when it implements it. There is no second list to keep in step: `abilities()` looks.

Promises that hold for every method of every protocol here:

* An adapter belongs to one tenant and one account of its host. It never shows another tenant's records.
* A call is complete when it returns: what was written survives a crash of Tieout a moment later.
* `Retry` and its children mean *try the same call again later*; every write here may be sent again blindly,
  also after `OutcomeUnknown`, because it is idempotent by its key or by what it says.
* `NeedsPerson` and its children mean that the host read the request and turned it down for a reason that a
  person can mend. A payment that is turned down carries the fact `issue` with the kind of issue it is, so
  that nobody has to read its sentence: `payment.unknown_invoice`, `payment.closed_target`,
  `payment.over_application` or `payment.currency_mismatch`.
* `Refused` and its children mean that the request itself is wrong (an unknown ref, a missing value).
* Anything else that escapes is a defect of the adapter.
* Dates are the host's calendar dates; amounts are exact decimals in the named currency, never floats.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, runtime_checkable

from tieout.domain.documents import HostRecord, Kind, SalesDocument
from tieout.domain.money import Money


@dataclass(frozen=True)
class HostProblem:
    """Why a host record cannot be used: three of the four parts of an error; the record is the fourth."""

    what: str
    why: str
    remedy: str
    label: str = ""
    """The record's name for people: `Invoice 1042`; its ref when it has no name."""


@dataclass(frozen=True)
class HostChange:
    """One record that changed at the host, as it is now.

    A record that cannot be read is a value with a `problem`, not an exception: one bad row must not hide the
    thousand after it. Without record and without problem it was deleted.
    """

    kind: Kind
    ref: str
    record: HostRecord | None = None
    problem: HostProblem | None = None

    @property
    def is_deleted(self) -> bool:
        """Tell whether the host no longer has it."""
        return self.record is None and self.problem is None


@dataclass(frozen=True)
class ChangePage:
    """A page of changes and where to go on."""

    records: tuple[HostChange, ...]
    cursor: str
    """Give this as `after` next time; the given one when nothing changed."""
    more: bool
    """True when another page can be read at once."""


@dataclass(frozen=True)
class BrowsePage:
    """A page of a listing and where to go on."""

    records: tuple[HostRecord, ...]
    after: str
    """Give this as `after` for the next page."""
    more: bool


@runtime_checkable
class Host(Protocol):
    """What every host can do: tell what changed, show a record, list a kind."""

    name: str
    """What the adapter is called in the registry: `ledger`."""

    def changes(self, after: str, limit: int) -> ChangePage:
        """Read what changed after a cursor, oldest change first.

        Args:
            after: the cursor of an earlier page, or "" to read everything from the beginning.
            limit: at most this many records in the page, 1 or more.

        Promises: a record that changed since the cursor appears at least once, in its newest state, and may
        appear again; the cursor never moves past a change that was not shown, also when changes are
        committed while pages are read; within a page a record appears once; records that others refer to
        need not come first (the reader waits for them).

        Raises:
            Retry: the host did not answer. The cursor that was given stays good.
            Refused: the cursor is not one of this adapter's; start again from "".
        """
        ...

    def get(self, kind: Kind, ref: str) -> HostRecord | None:
        """Show a record as it is now; None when the host does not have it.

        Raises:
            Retry: the host did not answer.
            NeedsPerson: the host has it and it cannot be read.
        """
        ...

    def browse(self, kind: Kind, search: str = "", after: str = "", limit: int = 50) -> BrowsePage:
        """List records of a kind whose name, number or ref contains `search`, in a stable order.

        Args:
            kind: which records.
            search: words a person typed, compared without regard to case; "" for all.
            after: the `after` of the page before, or "" for the first page.
            limit: at most this many records, 1 or more.

        Raises:
            Retry: the host did not answer.
        """
        ...


@runtime_checkable
class AcceptsPayments(Protocol):
    """Payments entered in QuickBooks may be written back here, one for each payment × invoice."""

    def record_payment(
        self, *, key: str, invoice: str, amount: Money, dated: date, reference: str, note: str
    ) -> str:
        """Record that an invoice was paid, and answer the ref of the host's payment.

        Idempotent by `key`: the same key with the same facts changes nothing and answers the same ref,
        however often it is sent and whoever else is sending it; the same key with another amount, date,
        invoice, reference or note replaces what was recorded; a key that was withdrawn is recorded anew
        under the same ref.
        The host's own change feed may show the payment, marked with source `books`.

        Args:
            key: who the payment is for ever: 1 to 80 printable characters, chosen by the caller.
            invoice: the ref of the invoice it settles.
            amount: more than zero, in the invoice's currency.
            dated: the day the money came in.
            reference: a check or transfer number, may be empty.
            note: words for people, may be empty.

        Raises:
            NeedsPerson: the host turned it down; the fact `issue` names the kind of issue (see the module).
            Invalid: an amount that is not more than zero, or an empty key.
            Retry: see the module.
        """
        ...

    def withdraw_payment(self, *, key: str, because: str) -> None:
        """Take a recorded payment back, so that its invoice is open again by that amount.

        Idempotent: a key that is unknown or already withdrawn changes nothing and raises nothing.

        Args:
            key: the key it was recorded under.
            because: why, in words for the host's users.

        Raises:
            NeedsPerson: the host keeps the payment (its period is closed, say).
            Retry: see the module.
        """
        ...


@runtime_checkable
class AcceptsAmendments(Protocol):
    """A document may be changed to what QuickBooks shows, when a person accepted it."""

    def amend(self, document: SalesDocument, because: str) -> None:
        """Change the host's document of that kind and ref to the one given, its number included.

        Idempotent: the document that is already there is left alone. Afterwards `get` shows exactly the
        document that was given.

        Args:
            document: the whole document as it shall be; its kind and ref name the one to change.
            because: why, in words for the host's users.

        Raises:
            NotFound: the host has no such document.
            NeedsPerson: the host turned it down (less than what was already paid on it, say).
            Retry: see the module.
        """
        ...

    def void(self, kind: Kind, ref: str, because: str) -> None:
        """Void a document: it stays visible and counts for nothing.

        Idempotent: a document that is void already is left alone.

        Args:
            kind: invoice, credit note or payment.
            ref: which one.
            because: why, in words for the host's users.

        Raises:
            NotFound: the host has no such document.
            NeedsPerson: it cannot be voided now; a payment stands on it, say.
            Retry: see the module.
        """
        ...


@runtime_checkable
class ShowsBalances(Protocol):
    """The host knows what is still open on an invoice."""

    def balance(self, invoice_ref: str) -> Money:
        """Tell what is open on an invoice, in its currency; zero for a void one.

        Raises:
            NotFound: the host has no such invoice.
            Retry: see the module.
        """
        ...


@dataclass(frozen=True)
class RecordFault:
    """One thing that is wrong with one record, in four parts, with the field that carries it."""

    field: str
    """The field's name in Tieout's words: `number`, `client`, `lines[2].quantity`."""
    what: str
    record: str
    """The record by name: `Invoice 1042`."""
    why: str
    remedy: str
    issue: str = ""
    """The kind of issue it would be, for money that cannot be applied: `payment.over_application`."""


@dataclass(frozen=True)
class Verdict:
    """What would become of one record, or became of it."""

    kind: Kind
    ref: str
    outcome: str
    """`create`, `change`, `same` or `refused`."""
    faults: tuple[RecordFault, ...] = ()


@runtime_checkable
class AcceptsRecords(Protocol):
    """Whole records may be written here in bulk: by a folder of files, or by a program."""

    def weigh(self, records: Iterable[HostRecord]) -> Sequence[Verdict]:
        """Tell what `take` would do with each record, in the same order, and write nothing.

        A record may refer to others of the same batch that come before it.

        Raises:
            Retry: see the module.
        """
        ...

    def take(self, records: Iterable[HostRecord]) -> Sequence[Verdict]:
        """Write all the records, or none of them when one is refused; tell which in the verdicts.

        Idempotent: records that are there already are `same`.

        Raises:
            Retry: see the module; then nothing was written.
        """
        ...


ABILITIES: tuple[type, ...] = (AcceptsPayments, AcceptsAmendments, ShowsBalances, AcceptsRecords)
"""Every ability there is, in the order in which pages list them."""


def abilities(host: object) -> tuple[str, ...]:
    """Name what an adapter can do besides being read, for the settings page and the scheduler."""
    return tuple(ability.__name__ for ability in ABILITIES if isinstance(host, ability))
