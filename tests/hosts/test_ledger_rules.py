"""What the built-in ledger accepts and refuses, and in which words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.hosts.conftest import ledger_of
from tests.hosts.sample import CLIENT, INVOICE, RECORDS, REGION, SERVICE, TERM, invoice, payment
from tieout.domain.documents import (
    Client,
    HostRecord,
    Kind,
    Line,
    Payment,
    SalesDocument,
    Service,
    Status,
)
from tieout.domain.money import Money
from tieout.hosts.contract import RecordFault
from tieout.hosts.ledger.adapter import LedgerHost
from tieout.kit.errors import Invalid, NeedsPerson, NotFound
from tieout.storage.database import Database


@pytest.fixture
def filled(ledger: LedgerHost) -> LedgerHost:
    """Give a ledger with a client, its service, a tax region, a term and one final invoice of 108 USD."""
    for record in (*RECORDS, INVOICE):
        ledger.put(record)
    return ledger


def refusal(ledger: LedgerHost, record: HostRecord) -> Invalid:
    """Put a record that is refused, and give the error; nothing may have been written."""
    before = ledger.changes("", 1000)
    with pytest.raises(Invalid) as refused:
        ledger.put(record)
    assert ledger.changes("", 1000) == before
    assert all(refused.value.parts().values()), refused.value.parts()
    return refused.value


def fields(error: Invalid) -> list[str]:
    faults = error.facts["faults"]
    assert isinstance(faults, list)
    assert all(isinstance(fault, RecordFault) for fault in faults)
    return [fault.field for fault in faults]


def test_putting_a_record_tells_what_happened(ledger: LedgerHost) -> None:
    assert ledger.put(CLIENT).outcome == "create"
    assert ledger.put(CLIENT).outcome == "same"
    assert ledger.put(replace(CLIENT, name="Grey Heron")).outcome == "change"


def _line(**changes: object) -> tuple[Line, ...]:
    return (replace(INVOICE.lines[0], **changes),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes, field, words",
    [
        ({"number": ""}, "number", "has a number of its own"),
        ({"number": " 7"}, "number", "without blanks"),
        ({"client": "nobody"}, "client", "nobody"),
        ({"client": ""}, "client", "names no client"),
        ({"term": "t9"}, "term", "t9"),
        ({"currency": "DOLLARS"}, "currency", "ISO 4217"),
        ({"currency": "usd"}, "currency", "ISO 4217"),
        ({"currency": ""}, "currency", "every amount is in a currency"),
        ({"dated": date(206, 5, 1)}, "dated", "0206-05-01"),
        ({"due_date": date(2026, 4, 1)}, "due_date", "before"),
        ({"lines": ()}, "lines", "nothing to bill"),
        ({"tax": Decimal("-1")}, "tax", "zero or more"),
        ({"tax": Decimal("1.005")}, "tax", "2 decimals"),
        ({"lines": _line(service="s9")}, "lines[0].service", "s9"),
        ({"lines": _line(tax_region="r9")}, "lines[0].tax_region", "r9"),
        (
            {"lines": _line(quantity=Decimal(-1), amount=Decimal(-50))},
            "lines[0].quantity",
            "only asks for money",
        ),
        ({"lines": _line(amount=Decimal("99.99"))}, "lines[0].amount", "makes 100.00 USD, not 99.99"),
        ({"lines": _line(unit_price=Decimal("0.12345678"))}, "lines[0].unit_price", "more than 7 decimals"),
        ({"lines": _line(unit_price=Decimal("NaN"))}, "lines[0].unit_price", "not a number"),
        ({"lines": _line(quantity=Decimal("NaN"))}, "lines[0].quantity", "not a number"),
        ({"lines": _line(unit_price=Decimal(-50), amount=Decimal(-100))}, "lines", "-92.00 USD"),
        ({"ref": " i1"}, "ref", "blanks"),
        ({"ref": ""}, "ref", "printable"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_invoice_that_cannot_be_used_is_refused_with_its_field(
    ledger: LedgerHost, changes: dict[str, object], field: str, words: str
) -> None:
    for record in RECORDS:
        ledger.put(record)
    error = refusal(ledger, replace(INVOICE, **changes))  # type: ignore[arg-type]
    assert fields(error) == [field]
    assert words in error.reason


def test_every_fault_is_told_at_once(filled: LedgerHost) -> None:
    error = refusal(
        filled, replace(INVOICE, ref="i2", number="1001", client="c9", term="t9", tax=Decimal(-1))
    )
    assert fields(error) == ["number", "client", "term", "tax"]
    assert error.message == "4 things are wrong with it"
    assert "c9" in error.reason
    assert "t9" in error.reason


def test_a_number_is_used_once_for_each_kind(filled: LedgerHost) -> None:
    error = refusal(filled, replace(INVOICE, ref="i2"))
    assert fields(error) == ["number"]
    assert "ref i1" in error.reason
    assert filled.put(replace(INVOICE, ref="n1", kind=Kind.CREDIT_NOTE)).outcome == "create"


def test_a_line_is_rounded_half_up_at_the_coin(filled: LedgerHost) -> None:
    half = Line("s1", Decimal("0.5"), Decimal("0.01"), Decimal("0.01"))
    assert filled.put(replace(INVOICE, ref="i2", number="2", lines=(half,), tax=Decimal(0)))
    yen = Line("s1", Decimal("0.5"), Decimal("101"), Decimal("51"))
    assert filled.put(replace(INVOICE, ref="i3", number="3", lines=(yen,), tax=Decimal(0), currency="JPY"))


def test_a_negative_price_is_a_discount_while_the_total_stays_positive(filled: LedgerHost) -> None:
    discount = Line("s1", Decimal(1), Decimal(-10), Decimal(-10), "Discount")
    filled.put(replace(INVOICE, ref="i2", number="2", lines=(*INVOICE.lines, discount)))
    assert filled.balance("i2") == Money(Decimal("98.00"), "USD")


def test_a_client_kept_in_another_currency_is_not_billed_in_this_one(filled: LedgerHost) -> None:
    filled.put(Client("c2", "Rive Gauche", currency="EUR"))
    error = refusal(filled, replace(INVOICE, ref="i2", number="2", client="c2"))
    assert "Client Rive Gauche is kept in EUR" in error.reason


def test_a_final_number_cannot_change_but_the_rest_can(filled: LedgerHost) -> None:
    error = refusal(filled, replace(INVOICE, number="1002"))
    assert fields(error) == ["number"]
    assert "1001" in error.reason
    assert filled.put(replace(INVOICE, memo="Thank you")).outcome == "change"
    assert fields(refusal(filled, replace(INVOICE, status=Status.DRAFT))) == ["status"]


def test_a_draft_may_be_renumbered_and_deleted(ledger: LedgerHost) -> None:
    draft = replace(INVOICE, status=Status.DRAFT)
    for record in (*RECORDS, draft, replace(draft, number="1002")):
        ledger.put(record)
    assert ledger.put(replace(INVOICE, ref="i2", number="1001")).outcome == "create"
    ledger.delete(Kind.INVOICE, "i1")
    assert ledger.get(Kind.INVOICE, "i1") is None
    assert ledger.changes("", 100).records[-1].is_deleted


@pytest.mark.parametrize(
    "record, remedy",
    [
        (INVOICE, "Void it instead"),
        (CLIENT, "inactive"),
        (SERVICE, "inactive"),
        (TERM, "inactive"),
        (REGION, "inactive"),
    ],
    ids=lambda value: getattr(value, "ref", ""),
)
def test_what_others_stand_on_is_not_deleted(filled: LedgerHost, record: HostRecord, remedy: str) -> None:
    kind = {CLIENT: Kind.CLIENT, SERVICE: Kind.SERVICE, TERM: Kind.TERM, REGION: Kind.TAX_REGION}
    with pytest.raises(Invalid) as refused:
        filled.delete(kind.get(record, Kind.INVOICE), record.ref)
    assert remedy in refused.value.remedy
    with pytest.raises(NotFound):
        filled.delete(Kind.CLIENT, "nobody")


def test_a_void_document_stays_as_it_is(filled: LedgerHost) -> None:
    void = replace(INVOICE, status=Status.VOID)
    assert filled.put(void).outcome == "change"
    assert filled.put(void).outcome == "same"
    assert fields(refusal(filled, INVOICE)) == ["status"]
    assert fields(refusal(filled, replace(void, memo="x"))) == ["status"]
    assert filled.balance("i1") == Money(Decimal(0), "USD")


def test_standings_follow_from_the_payments(filled: LedgerHost) -> None:
    def word(document: SalesDocument = INVOICE) -> str:
        return filled.standings([document])[document.kind, document.ref].word

    assert word() == "open"
    filled.put(payment("p1", "8.00", ("i1", "8.00")))
    assert word() == "partially paid"
    assert filled.balance("i1") == Money(Decimal("100.00"), "USD")
    filled.put(payment("p2", "150.00", ("i1", "100.00")))
    assert word() == "paid"
    filled.put(replace(payment("p2", "150.00", ("i1", "100.00")), status=Status.VOID))
    assert word() == "partially paid"
    assert word(replace(INVOICE, status=Status.VOID)) == "void"
    assert word(replace(INVOICE, status=Status.DRAFT)) == "draft"
    note = replace(INVOICE, kind=Kind.CREDIT_NOTE, ref="n1")
    filled.put(note)
    assert word(note) == "open"


def test_a_payment_split_over_two_invoices_settles_both(filled: LedgerHost) -> None:
    filled.put(invoice("i2"))
    filled.put(payment("p1", "150.00", ("i1", "108.00"), ("i2", "42.00")))
    assert filled.balance("i1").amount == 0
    assert filled.balance("i2").amount == Decimal("58.00")
    assert [one.ref for one in filled.payments_of("i2")] == ["p1"]
    filled.put(payment("p1", "150.00", ("i1", "50.00"), ("i2", "100.00")))
    assert filled.balance("i1").amount == Decimal("58.00")
    assert filled.balance("i2").amount == 0


@pytest.mark.parametrize(
    "made, field, issue",
    [
        (payment("p1", "10", ("i1", "10.01")), "allocations", "payment.over_application"),
        (payment("p1", "200", ("i1", "108.01")), "allocations[0].amount", "payment.over_application"),
        (payment("p1", "10", ("i9", "1")), "allocations[0].invoice", "payment.unknown_invoice"),
        (payment("p1", "10", ("draft", "1")), "allocations[0].invoice", "payment.closed_target"),
        (
            replace(payment("p1", "10", ("i1", "1")), currency="EUR"),
            "allocations[0].invoice",
            "payment.currency_mismatch",
        ),
        (payment("p1", "10", ("i1", "1"), ("i1", "2")), "allocations[1]", ""),
        (payment("p1", "10", ("i1", "0")), "allocations[0].amount", ""),
        (payment("p1", "10", ("i1", "0.001")), "allocations[0].amount", ""),
        (payment("p1", "10", ("i1", "1"), client="c2"), "allocations[0].invoice", ""),
        (payment("p1", "0"), "amount", ""),
        (payment("p1", "-5"), "amount", ""),
        (payment("p1", "1.001"), "amount", ""),
        (payment("p1", "5", client="c9"), "client", ""),
        (replace(payment("p1", "5"), status=Status.DRAFT), "status", ""),
        (replace(payment("p1", "5"), source="books"), "source", ""),
        (replace(payment("p1", "5"), dated=date(1800, 1, 1)), "dated", ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_payment_that_cannot_be_used_is_refused(
    filled: LedgerHost, made: Payment, field: str, issue: str
) -> None:
    filled.put(Client("c2", "Somebody Else"))
    filled.put(replace(INVOICE, ref="draft", number="D1", status=Status.DRAFT))
    error = refusal(filled, made)
    assert fields(error) == [field]
    assert error.facts["issue"] == issue


def test_a_parents_payment_settles_its_branchs_invoice(filled: LedgerHost) -> None:
    filled.put(Client("c2", "Workshop", parent="c1"))
    filled.put(invoice("i2", client="c2"))
    assert filled.put(payment("p1", "10.00", ("i2", "10.00"))).outcome == "create"


def test_clients_that_belong_to_each_other_are_refused(filled: LedgerHost) -> None:
    filled.put(Client("c2", "Branch", parent="c1"))
    assert fields(refusal(filled, replace(CLIENT, parent="c2"))) == ["parent"]
    assert fields(refusal(filled, replace(CLIENT, parent="c1"))) == ["parent"]
    assert fields(refusal(filled, Client("c3", "Lost", parent="nobody"))) == ["parent"]


def test_what_was_paid_limits_how_an_invoice_may_change(filled: LedgerHost) -> None:
    filled.put(payment("p1", "60.00", ("i1", "60.00")))
    cheaper = replace(INVOICE, lines=_line(quantity=Decimal(1), amount=Decimal("50.00")), tax=Decimal(0))
    assert fields(refusal(filled, cheaper)) == ["lines"]
    assert fields(refusal(filled, replace(INVOICE, status=Status.VOID))) == ["status"]
    filled.put(Client("c2", "Somebody Else"))
    assert fields(refusal(filled, replace(INVOICE, client="c2"))) == ["client"]
    assert fields(refusal(filled, replace(INVOICE, currency="CAD"))) == ["currency"]
    with pytest.raises(NeedsPerson):
        filled.amend(cheaper, "accepted")
    filled.put(replace(payment("p1", "60.00", ("i1", "60.00")), status=Status.VOID))
    assert filled.put(cheaper).outcome == "change"


def test_money_from_the_books_is_not_changed_by_the_host(filled: LedgerHost) -> None:
    ref = filled.record_payment(
        key="77:12",
        invoice="i1",
        amount=Money(Decimal("8.00"), "USD"),
        dated=date(2026, 5, 3),
        reference="",
        note="",
    )
    brought = filled.get(Kind.PAYMENT, ref)
    assert isinstance(brought, Payment)
    error = refusal(filled, replace(brought, amount=Decimal("9.00"), source="host"))
    assert "QuickBooks" in error.reason
    assert filled.put(brought).outcome == "same"


def test_what_a_person_accepted_from_the_books_is_taken_with_their_arithmetic(filled: LedgerHost) -> None:
    theirs = replace(
        INVOICE,
        number="1001-A",
        due_date=date(2026, 4, 1),
        lines=(
            Line("s1", Decimal(3), Decimal("33.33"), Decimal("100.00")),
            Line("s1", Decimal(-1), Decimal(5), Decimal(-5)),
        ),
    )
    assert set(fields(refusal(filled, theirs))) == {
        "number",
        "due_date",
        "lines[0].amount",
        "lines[1].quantity",
    }
    filled.amend(theirs, "accepted")
    assert filled.get(Kind.INVOICE, "i1") == theirs
    assert filled.balance("i1") == Money(Decimal("103.00"), "USD")
    with pytest.raises(NeedsPerson):
        filled.amend(replace(theirs, client="nobody"), "accepted")
    with pytest.raises(NeedsPerson):
        filled.amend(replace(theirs, lines=theirs.lines[1:], tax=Decimal(0)), "accepted")


def test_a_name_is_needed_and_stays_on_one_line(ledger: LedgerHost) -> None:
    assert fields(refusal(ledger, Client("c1", "  "))) == ["name"]
    assert fields(refusal(ledger, Service("s1", "two\nlines"))) == ["name"]
    assert fields(refusal(ledger, Client("c1", "A", email="not an address", currency="XXX"))) == [
        "email",
        "currency",
    ]
    assert fields(refusal(ledger, replace(REGION, rate=Decimal(101)))) == ["rate"]
    assert fields(refusal(ledger, replace(TERM, due_days=-1))) == ["due_days"]


def test_a_batch_is_taken_whole_or_not_at_all(ledger: LedgerHost) -> None:
    batch: list[HostRecord] = [
        *RECORDS,
        INVOICE,
        invoice("i2"),
        payment("p1", "120.00", ("i1", "108.00"), ("i2", "12.00")),
    ]
    spoilt = [*batch, payment("p2", "100.00", ("i2", "88.01"))]
    assert [one.outcome for one in ledger.take(spoilt)][-1] == "refused"
    assert ledger.changes("", 10).records == ()
    assert [one.outcome for one in ledger.weigh(batch)] == ["create"] * 7
    assert ledger.changes("", 10).records == ()
    assert [one.outcome for one in ledger.take(batch)] == ["create"] * 7
    assert [one.outcome for one in ledger.take(batch)] == ["same"] * 7
    assert ledger.balance("i2").amount == Decimal("88.00")


def test_a_batch_judges_each_record_by_those_before_it(filled: LedgerHost) -> None:
    twice = [invoice("i2"), replace(invoice("i3"), number="N-i2")]
    assert [one.outcome for one in filled.weigh(twice)] == ["create", "refused"]
    moved = [payment("p1", "108.00", ("i1", "108.00")), payment("p2", "1.00", ("i1", "1.00"))]
    assert [one.outcome for one in filled.weigh(moved)] == ["create", "refused"]
    freed = [
        payment("p1", "108.00", ("i1", "108.00")),
        payment("p1", "108.00"),
        payment("p2", "1.00", ("i1", "1.00")),
    ]
    assert [one.outcome for one in filled.weigh(freed)] == ["create", "change", "create"]


def test_a_batch_of_more_than_one_read_is_still_one(ledger: LedgerHost) -> None:
    many = [
        Client(f"c{at:05d}", f"Client {at}", parent=f"c{at - 1:05d}" if at % 5 else "") for at in range(2500)
    ]
    verdicts = ledger.take([*many, Client("bad", "")])
    assert verdicts[-1].outcome == "refused"
    assert ledger.changes("", 10).records == ()
    assert {one.outcome for one in ledger.take(many)} == {"create"}


def test_one_tenant_never_sees_anothers_ledger(database: Database, filled: LedgerHost) -> None:
    other = ledger_of(database, "tenant-2")
    assert other.changes("", 10).records == ()
    assert other.get(Kind.INVOICE, "i1") is None
    assert fields(refusal(other, INVOICE))[0] == "client"
    assert other.browse(Kind.CLIENT).records == ()
