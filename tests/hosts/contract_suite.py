"""What every host adapter must keep, whatever business system is behind it: one check for each promise.

An adapter's own test gives a `Subject`, which says how to put records into its host by the host's own means, and
runs every check of `CHECKS` against it. A check for an ability that the adapter does not have says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NoReturn

import pytest

from tieout.domain.documents import (
    Client,
    HostRecord,
    Kind,
    Payment,
    SalesDocument,
    Status,
    kind_of,
)
from tieout.domain.money import Money
from tieout.hosts.contract import (
    ABILITIES,
    AcceptsAmendments,
    AcceptsPayments,
    Host,
    HostChange,
    ShowsBalances,
    abilities,
)
from tieout.kit.errors import Invalid, NeedsPerson, NotFound, Refused

DAY = date(2026, 5, 20)


@dataclass(frozen=True)
class Subject:
    """A host that is empty, and how to fill it."""

    host: Host
    put: Callable[[HostRecord], None]
    """Writes a record into the host by its own means, as its users do."""
    client: Client
    invoice: SalesDocument
    """Final, of that client, with a total of more than 10 and a service that `records` holds."""
    records: Sequence[HostRecord]
    """Everything to put before the invoice: the client, its service, and so on."""

    def filled(self) -> Host:
        """Put in everything, the invoice last."""
        for record in (*self.records, self.invoice):
            self.put(record)
        return self.host

    def taking_payments(self) -> AcceptsPayments:
        """Give the filled host, or skip when it takes no payments."""
        host = self.filled()
        return host if isinstance(host, AcceptsPayments) else _unable(host)

    def amendable(self) -> AcceptsAmendments:
        """Give the filled host, or skip when its documents cannot be amended."""
        host = self.filled()
        return host if isinstance(host, AcceptsAmendments) else _unable(host)

    def showing_balances(self) -> ShowsBalances:
        """Give the filled host, or skip when it shows no balances."""
        host = self.filled()
        return host if isinstance(host, ShowsBalances) else _unable(host)


def _unable(host: Host) -> NoReturn:
    pytest.skip(f"{host.name} has not the ability that this check is about")


def everything(host: Host, after: str = "", limit: int = 2) -> tuple[list[HostChange], str]:
    """Read all changes, page by small page."""
    found: list[HostChange] = []
    for _ in range(1000):
        page = host.changes(after, limit)
        assert len(page.records) <= limit
        found.extend(page.records)
        after = page.cursor
        if not page.more:
            return found, after
    raise AssertionError("the change feed never ends")


def the_adapter_names_itself_and_its_abilities(subject: Subject) -> None:
    assert isinstance(subject.host, Host)
    assert subject.host.name
    assert set(abilities(subject.host)) <= {ability.__name__ for ability in ABILITIES}


def an_empty_host_has_no_changes(subject: Subject) -> None:
    page = subject.host.changes("", 10)
    assert page.records == ()
    assert not page.more


def everything_put_in_is_shown_once_and_then_no_more(subject: Subject) -> None:
    host = subject.filled()
    changes, cursor = everything(host)
    shown = {(change.kind, change.ref): change.record for change in changes}
    assert len(shown) == len(changes)
    for record in (*subject.records, subject.invoice):
        assert shown[kind_of(record), record.ref] == record
    assert everything(host, cursor) == ([], cursor)


def a_changed_record_is_shown_again_in_its_newest_state(subject: Subject) -> None:
    host = subject.filled()
    _, cursor = everything(host)
    subject.put(replace(subject.client, name="Renamed Once"))
    subject.put(replace(subject.client, name="Renamed Twice"))
    changes, later = everything(host, cursor)
    assert {change.record for change in changes} == {replace(subject.client, name="Renamed Twice")}
    assert later != cursor


def an_old_cursor_stays_good(subject: Subject) -> None:
    host = subject.filled()
    changes, _ = everything(host)
    again, _ = everything(host)
    assert changes == again


def a_foreign_cursor_is_refused(subject: Subject) -> None:
    with pytest.raises(Refused) as refused:
        subject.host.changes("no cursor of any host", 10)
    assert refused.value.remedy


def a_record_is_got_by_its_ref_and_nothing_else(subject: Subject) -> None:
    host = subject.filled()
    assert host.get(Kind.INVOICE, subject.invoice.ref) == subject.invoice
    assert host.get(Kind.CLIENT, subject.client.ref) == subject.client
    assert host.get(Kind.INVOICE, "no such ref") is None


def browsing_finds_by_name_and_number_and_pages_without_gaps(subject: Subject) -> None:
    host = subject.filled()
    for at in range(5):
        subject.put(replace(subject.client, ref=f"more-{at}", name=f"Browsed {at}"))
    assert [record.ref for record in host.browse(Kind.INVOICE, subject.invoice.number).records] == [
        subject.invoice.ref
    ]
    found: list[str] = []
    after = ""
    while True:
        page = host.browse(Kind.CLIENT, "bROWSED", after, limit=2)
        found += [record.ref for record in page.records]
        after = page.after
        if not page.more:
            break
    assert sorted(found) == [f"more-{at}" for at in range(5)]
    assert host.browse(Kind.CLIENT, "nobody is called that").records == ()


def a_payment_is_recorded_once_however_often_it_is_sent(subject: Subject) -> None:
    host = subject.taking_payments()
    refs = {_pay(host, subject, "4.00") for _ in range(3)}
    assert len(refs) == 1
    assert _open(subject, "4.00")
    payments = [one for one in _payments(subject) if one.status is Status.FINAL]
    assert [one.amount for one in payments] == [Decimal("4.00")]
    assert payments[0].source == "books"
    assert payments[0].ref == refs.pop()


def the_same_key_with_another_amount_or_date_replaces(subject: Subject) -> None:
    host = subject.taking_payments()
    first = _pay(host, subject, "4.00")
    assert _pay(host, subject, "6.50", dated=date(2026, 6, 1)) == first
    [payment] = [one for one in _payments(subject) if one.status is Status.FINAL]
    assert (payment.amount, payment.dated) == (Decimal("6.50"), date(2026, 6, 1))
    assert _open(subject, "6.50")


def a_payment_that_grows_may_use_what_it_settled_before(subject: Subject) -> None:
    host = subject.taking_payments()
    total = subject.invoice.total
    _pay(host, subject, str(total - 1))
    _pay(host, subject, str(total))
    assert _open(subject, str(total))


def two_keys_are_two_payments(subject: Subject) -> None:
    host = subject.taking_payments()
    assert _pay(host, subject, "4.00", key="one") != _pay(host, subject, "4.00", key="two")
    assert _open(subject, "8.00")


def a_withdrawn_payment_opens_the_invoice_again(subject: Subject) -> None:
    host = subject.taking_payments()
    first = _pay(host, subject, "4.00")
    for _ in range(2):
        host.withdraw_payment(key="key", because="deleted in QuickBooks")
    assert _open(subject, "0")
    assert _pay(host, subject, "5.00") == first
    assert _open(subject, "5.00")


def withdrawing_an_unknown_payment_changes_nothing(subject: Subject) -> None:
    host = subject.taking_payments()
    host.withdraw_payment(key="never seen", because="deleted in QuickBooks")
    assert _open(subject, "0")


def a_payment_with_no_place_to_go_names_its_issue(subject: Subject) -> None:
    host = subject.taking_payments()
    invoice = subject.invoice
    foreign = "EUR" if invoice.currency != "EUR" else "USD"
    cases = {
        "payment.unknown_invoice": ("no such ref", Money(Decimal(1), invoice.currency)),
        "payment.over_application": (invoice.ref, Money(invoice.total + 1, invoice.currency)),
        "payment.currency_mismatch": (invoice.ref, Money(Decimal(1), foreign)),
    }
    for issue, (ref, amount) in cases.items():
        with pytest.raises(NeedsPerson) as turned_down:
            host.record_payment(key=issue, invoice=ref, amount=amount, dated=DAY, reference="", note="")
        assert turned_down.value.facts["issue"] == issue
        assert all(turned_down.value.parts().values())
    assert _open(subject, "0")


def an_impossible_payment_is_refused(subject: Subject) -> None:
    host = subject.taking_payments()
    for amount in ("0", "-1"):
        with pytest.raises(Invalid):
            _pay(host, subject, amount)
    with pytest.raises(Invalid):
        _pay(host, subject, "1", key="")
    assert _open(subject, "0")


def a_payment_onto_a_void_invoice_names_its_issue(subject: Subject) -> None:
    host = subject.taking_payments()
    subject.put(replace(subject.invoice, status=Status.VOID))
    with pytest.raises(NeedsPerson) as turned_down:
        _pay(host, subject, "1.00")
    assert turned_down.value.facts["issue"] == "payment.closed_target"


def an_amended_document_is_exactly_the_one_given(subject: Subject) -> None:
    host = subject.amendable()
    amended = replace(subject.invoice, number="X-9", memo="as in the books", due_date=date(2026, 12, 1))
    for _ in range(2):
        host.amend(amended, "accepted")
    assert subject.host.get(Kind.INVOICE, subject.invoice.ref) == amended


def an_unknown_document_cannot_be_amended_or_voided(subject: Subject) -> None:
    host = subject.amendable()
    with pytest.raises(NotFound):
        host.amend(replace(subject.invoice, ref="no such ref"), "accepted")
    with pytest.raises(NotFound):
        host.void(Kind.INVOICE, "no such ref", "accepted")


def a_voided_document_stays_and_counts_for_nothing(subject: Subject) -> None:
    host = subject.amendable()
    for _ in range(2):
        host.void(Kind.INVOICE, subject.invoice.ref, "voided in QuickBooks")
    seen = subject.host.get(Kind.INVOICE, subject.invoice.ref)
    assert isinstance(seen, SalesDocument)
    assert seen.status is Status.VOID
    assert _open(subject, str(subject.invoice.total))


def a_document_with_a_payment_on_it_is_not_voided(subject: Subject) -> None:
    host = subject.amendable()
    paying = subject.taking_payments()
    _pay(paying, subject, "1.00")
    with pytest.raises(NeedsPerson) as turned_down:
        host.void(Kind.INVOICE, subject.invoice.ref, "voided in QuickBooks")
    assert all(turned_down.value.parts().values())
    paying.withdraw_payment(key="key", because="deleted in QuickBooks")
    host.void(Kind.INVOICE, subject.invoice.ref, "voided in QuickBooks")


def the_balance_of_an_unknown_invoice_is_not_found(subject: Subject) -> None:
    host = subject.showing_balances()
    with pytest.raises(NotFound):
        host.balance("no such ref")


CHECKS: tuple[Callable[[Subject], None], ...] = (
    the_adapter_names_itself_and_its_abilities,
    an_empty_host_has_no_changes,
    everything_put_in_is_shown_once_and_then_no_more,
    a_changed_record_is_shown_again_in_its_newest_state,
    an_old_cursor_stays_good,
    a_foreign_cursor_is_refused,
    a_record_is_got_by_its_ref_and_nothing_else,
    browsing_finds_by_name_and_number_and_pages_without_gaps,
    a_payment_is_recorded_once_however_often_it_is_sent,
    the_same_key_with_another_amount_or_date_replaces,
    a_payment_that_grows_may_use_what_it_settled_before,
    two_keys_are_two_payments,
    a_withdrawn_payment_opens_the_invoice_again,
    withdrawing_an_unknown_payment_changes_nothing,
    a_payment_with_no_place_to_go_names_its_issue,
    an_impossible_payment_is_refused,
    a_payment_onto_a_void_invoice_names_its_issue,
    an_amended_document_is_exactly_the_one_given,
    an_unknown_document_cannot_be_amended_or_voided,
    a_voided_document_stays_and_counts_for_nothing,
    a_document_with_a_payment_on_it_is_not_voided,
    the_balance_of_an_unknown_invoice_is_not_found,
)
"""Every check; an adapter's test runs them all."""


def _pay(host: AcceptsPayments, subject: Subject, amount: str, key: str = "key", dated: date = DAY) -> str:
    return host.record_payment(
        key=key,
        invoice=subject.invoice.ref,
        amount=Money(Decimal(amount), subject.invoice.currency),
        dated=dated,
        reference="check 7",
        note="",
    )


def _open(subject: Subject, settled: str) -> bool:
    """Tell whether the invoice is open but for what was settled; true when the host shows no balances."""
    if not isinstance(subject.host, ShowsBalances):
        return True
    left = subject.host.balance(subject.invoice.ref)
    return left == Money(subject.invoice.total - Decimal(settled), subject.invoice.currency)


def _payments(subject: Subject) -> list[Payment]:
    changes, _ = everything(subject.host)
    return [change.record for change in changes if isinstance(change.record, Payment)]
