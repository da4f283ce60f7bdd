"""What makes a record of the built-in ledger valid: pure functions that find its faults.

A rule never asks the database. It gets the record, the version before it, and what the ledger knows of the
records it names (`Neighbours`), and answers every fault at once, each in four parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from tieout.domain.currencies import is_currency
from tieout.domain.documents import (
    Client,
    HostRecord,
    Kind,
    Line,
    Payment,
    SalesDocument,
    Service,
    Status,
    TaxRegion,
    Term,
    kind_of,
    line_amount,
    title,
)
from tieout.domain.money import ZERO, Money, places, rounded
from tieout.hosts.contract import RecordFault

Key: TypeAlias = tuple[Kind, str]
"""A kind and a ref, or a kind and a number."""

REF_LENGTH_MAX = 100
TEXT_LENGTH_MAX = 4000
AMOUNT_MAX = Decimal("99999999999")
"""The largest amount that the books can hold (Intuit's documentation)."""
PRICE_PLACES_MAX = 7
"""Unit prices and quantities carry at most this many decimals (Intuit's documentation)."""
DUE_DAYS_MAX = 999
EARLIEST = date(1990, 1, 1)
LATEST = date(2099, 12, 31)
WORDS: dict[Kind, str] = {
    Kind.CLIENT: "client",
    Kind.SERVICE: "service",
    Kind.TAX_REGION: "tax region",
    Kind.TERM: "term",
    Kind.INVOICE: "invoice",
    Kind.CREDIT_NOTE: "credit note",
    Kind.PAYMENT: "payment",
}
"""What people call the kinds."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a rule needs to know of a record that another record names."""

    label: str
    above: str = ""
    """A client's parent; a document's client."""
    currency: str = ""
    status: Status = Status.FINAL
    total: Decimal = ZERO
    settled: Decimal = ZERO
    """What final payments settle of an invoice."""


@dataclass(frozen=True)
class Neighbours:
    """The records that a record is judged against."""

    known: Mapping[Key, Known]
    holders: Mapping[Key, str]
    """Kind and number of a document → the ref of the one that has the number."""


def known_of(record: HostRecord, settled: Decimal = ZERO) -> Known:
    """Keep of a record what rules about other records need."""
    match record:
        case Client():
            return Known(title(record), above=record.parent, currency=record.currency)
        case SalesDocument():
            return Known(title(record), record.client, record.currency, record.status, record.total, settled)
        case Payment():
            return Known(title(record), record.client, record.currency, record.status, record.amount)
        case _:
            return Known(title(record))


def standing(document: SalesDocument, open_balance: Decimal) -> str:
    """Say where a document stands: `draft`, `open`, `partially paid`, `paid` or `void`.

    It is derived whenever it is shown and never stored, so it cannot disagree with the payments.
    """
    if document.status is not Status.FINAL:
        return document.status.value
    if open_balance <= ZERO:
        return "paid"
    return "open" if open_balance >= document.total else "partially paid"


def faults_of(
    record: HostRecord,
    before: HostRecord | None,
    around: Neighbours,
    *,
    amending: bool = False,
    from_books: bool = False,
) -> tuple[RecordFault, ...]:
    """Find everything that is wrong with a record; nothing when it may be written.

    Args:
        record: as it shall be.
        before: as it is; None for a new one.
        around: what is known of every record it names, as far as they exist.
        amending: a person accepted what the books show, so that even the number may change, and the books'
            arithmetic counts.
        from_books: the writer brings a payment that was entered in QuickBooks.
    """
    return tuple(_faults(record, before, around, amending=amending, from_books=from_books))


def deletion_fault(record: HostRecord) -> RecordFault | None:
    """Say why a record cannot be deleted; None for a draft, which can."""
    say = title(record)
    match record:
        case SalesDocument(status=Status.DRAFT):
            return None
        case SalesDocument(status=Status.VOID):
            why = "a void document stays as the proof of what happened to its number"
            return RecordFault("status", "It cannot be deleted", say, why, "Leave it; it counts for nothing")
        case SalesDocument() | Payment():
            why = "it is final, and other records and the books may already stand on it"
            return RecordFault("status", "It cannot be deleted", say, why, "Void it instead")
        case _:
            why = "documents may name it, also ones that are already in the books"
            return RecordFault("active", "It cannot be deleted", say, why, "Make it inactive instead")


def _faults(
    record: HostRecord, before: HostRecord | None, around: Neighbours, *, amending: bool, from_books: bool
) -> Iterator[RecordFault]:
    yield from _ref_faults(record)
    match record:
        case Client():
            yield from _client_faults(record, around)
        case Service():
            yield from _service_faults(record)
        case TaxRegion():
            yield from _name_faults(record, record.name)
            if not _is_number(record.rate) or not ZERO <= record.rate <= 100:
                yield RecordFault(
                    "rate",
                    "The tax rate cannot be used",
                    title(record),
                    f"{record.rate} is not a percentage from 0 to 100",
                    "Give the rate in percent: 7.25 for 7.25 %",
                )
        case Term():
            yield from _name_faults(record, record.name)
            if not 0 <= record.due_days <= DUE_DAYS_MAX:
                yield RecordFault(
                    "due_days",
                    "The term cannot be used",
                    title(record),
                    f"{record.due_days} is not a number of days from 0 to {DUE_DAYS_MAX}",
                    "Give the days from the invoice's date to its due date",
                )
        case SalesDocument():
            was = before if isinstance(before, SalesDocument) else None
            yield from _document_faults(record, was, around, amending=amending)
        case Payment():
            paid = before if isinstance(before, Payment) else None
            yield from _payment_faults(record, paid, around, from_books=from_books)


def _ref_faults(record: HostRecord) -> Iterator[RecordFault]:
    ref = record.ref
    if not ref or ref != ref.strip() or len(ref) > REF_LENGTH_MAX or not ref.isprintable():
        yield RecordFault(
            "ref",
            "The ref cannot be used",
            title(record),
            f"a ref has 1 to {REF_LENGTH_MAX} printable characters without blanks around them",
            "Give your own system's key of the record",
        )


def _name_faults(record: HostRecord, name: str) -> Iterator[RecordFault]:
    if not name.strip():
        yield RecordFault(
            "name",
            "The name is missing",
            f"{WORDS[kind_of(record)].capitalize()} {record.ref}",
            "a record without a name cannot be shown or matched",
            "Give it a name",
        )
    elif not name.isprintable() or len(name) > TEXT_LENGTH_MAX:
        yield RecordFault(
            "name",
            "The name cannot be used",
            f"{WORDS[kind_of(record)].capitalize()} {record.ref}",
            "it is too long, or holds a line break, a tab or another character that cannot be printed",
            "Write it on one line",
        )


def _client_faults(client: Client, around: Neighbours) -> Iterator[RecordFault]:
    say = title(client)
    yield from _name_faults(client, client.name)
    if client.email and not _is_email(client.email):
        yield RecordFault(
            "email",
            "The e-mail address cannot be used",
            say,
            f"{client.email!r} is not of the form name@example.com",
            "Correct it, or leave it empty",
        )
    if client.currency and not is_currency(client.currency):
        yield _currency_fault("currency", say, client.currency)
    if client.parent:
        if (Kind.CLIENT, client.parent) not in around.known:
            yield _unknown("parent", say, Kind.CLIENT, client.parent)
        elif client.ref in _line_up(client.parent, around):
            yield RecordFault(
                "parent",
                "The parent cannot be used",
                say,
                f"client {client.parent} belongs to it, so each would belong to the other",
                "Choose a parent from outside, or none",
            )


def _service_faults(service: Service) -> Iterator[RecordFault]:
    yield from _name_faults(service, service.name)
    if service.unit_price is not None:
        yield from _price_faults("unit_price", "price", title(service), service.unit_price)


def _document_faults(
    document: SalesDocument, before: SalesDocument | None, around: Neighbours, *, amending: bool
) -> Iterator[RecordFault]:
    yield from _transition_faults(document, before, amending=amending)
    yield from _number_faults(document, around)
    yield from _heading_faults(document, around, amending=amending)
    for index, line in enumerate(document.lines):
        yield from _line_faults(document, index, line, around, amending=amending)
    yield from _sum_faults(document, amending=amending)
    if before is not None and document.kind is Kind.INVOICE:
        yield from _settled_faults(document, before, around)


def _transition_faults(
    document: SalesDocument, before: SalesDocument | None, *, amending: bool
) -> Iterator[RecordFault]:
    if before is None or document == before:
        return
    say = title(before)
    if before.status is Status.VOID:
        yield RecordFault(
            "status",
            "It cannot be changed",
            say,
            "it is void, and stays as the proof of what happened to its number",
            "Write a new document with a new number",
        )
    elif before.status is Status.FINAL and document.status is Status.DRAFT:
        yield RecordFault(
            "status",
            "It cannot go back to being a draft",
            say,
            "it is final and may already be in the books",
            "Change it as a final document, or void it",
        )
    elif before.status is Status.FINAL and document.number != before.number and not amending:
        yield RecordFault(
            "number",
            "Its number cannot change",
            say,
            f"it is final, and your customer and the books know it by {before.number}, not {document.number}",
            "Keep the number, or void it and write a new one",
        )


def _number_faults(document: SalesDocument, around: Neighbours) -> Iterator[RecordFault]:
    number, word = document.number, WORDS[document.kind]
    if not number.strip() or number != number.strip() or not number.isprintable():
        yield RecordFault(
            "number",
            f"The {word}'s number is missing" if not number.strip() else "The number cannot be used",
            f"{word.capitalize()} {document.ref}",
            f"every {word} has a number of its own on one line, without blanks around it",
            "Give it the number that your customer sees",
        )
        return
    holder = around.holders.get((document.kind, number), document.ref)
    if holder != document.ref:
        yield RecordFault(
            "number",
            "The number is taken",
            title(document),
            f"another {word} (ref {holder}) has the number {number}",
            "Give it another number, or send the change under the other's ref",
        )


def _heading_faults(document: SalesDocument, around: Neighbours, *, amending: bool) -> Iterator[RecordFault]:
    say = title(document)
    client = around.known.get((Kind.CLIENT, document.client))
    if client is None:
        yield _unknown("client", say, Kind.CLIENT, document.client)
    if not is_currency(document.currency):
        yield _currency_fault("currency", say, document.currency)
    elif client is not None and client.currency not in ("", document.currency):
        yield RecordFault(
            "currency",
            "The currency does not fit the client",
            say,
            f"it is in {document.currency}, and {client.label} is kept in {client.currency}",
            f"Bill it in {client.currency}, or use a client that is kept in {document.currency}",
        )
    if document.term and (Kind.TERM, document.term) not in around.known:
        yield _unknown("term", say, Kind.TERM, document.term)
    yield from _date_faults("dated", say, document.dated)
    if document.due_date is not None:
        yield from _date_faults("due_date", say, document.due_date)
        # The books keep such a date, and a person accepted what they show.
        if document.due_date < document.dated and not amending:
            yield RecordFault(
                "due_date",
                "The due date cannot be used",
                say,
                f"{document.due_date} is before the document's own date, {document.dated}",
                "Correct one of the two dates",
            )


def _line_faults(
    document: SalesDocument, index: int, line: Line, around: Neighbours, *, amending: bool
) -> Iterator[RecordFault]:
    at, say = f"lines[{index}]", title(document)
    nth = f"line {index + 1}"
    if line.service and (Kind.SERVICE, line.service) not in around.known:
        yield _unknown(f"{at}.service", say, Kind.SERVICE, line.service, nth)
    if line.tax_region and (Kind.TAX_REGION, line.tax_region) not in around.known:
        yield _unknown(f"{at}.tax_region", say, Kind.TAX_REGION, line.tax_region, nth)
    bad = [
        *_price_faults(f"{at}.quantity", f"quantity of {nth}", say, line.quantity),
        *_price_faults(f"{at}.unit_price", f"price of {nth}", say, line.unit_price),
        *_price_faults(f"{at}.amount", f"amount of {nth}", say, line.amount),
    ]
    if bad:
        yield from bad
        return
    if amending:
        # The books take a line turned around, and an amount that was typed over: it is theirs now.
        return
    if line.quantity < 0:
        yield negative_quantity(f"{at}.quantity", say, document.kind, nth, line.quantity)
        return
    if not is_currency(document.currency):
        return
    due = line_amount(line.quantity, line.unit_price, document.currency)
    if line.amount != due:
        yield RecordFault(
            f"{at}.amount",
            f"The amount of {nth} is wrong",
            say,
            f"{line.quantity} × {line.unit_price} makes {due} {document.currency}, not {line.amount}",
            "Correct quantity, price or amount, or leave the amount out to have it computed",
        )


def negative_quantity(field: str, say: str, kind: Kind, nth: str, quantity: Decimal) -> RecordFault:
    """Say why a negative quantity is refused and what to write instead."""
    on_invoice = kind is Kind.INVOICE
    return RecordFault(
        field,
        f"The quantity of {nth} is negative",
        say,
        f"{quantity} would turn the sale of this line around, "
        + ("and an invoice only asks for money" if on_invoice else "and a credit note is positive already"),
        "Write a credit note for what you give back, or a negative price for a discount"
        if on_invoice
        else "Write the quantity given back without the minus sign",
    )


def _sum_faults(document: SalesDocument, *, amending: bool) -> Iterator[RecordFault]:
    say = title(document)
    if not document.lines:
        yield RecordFault(
            "lines", "It has no lines", say, "there is nothing to bill", "Give it at least one line"
        )
    if not is_currency(document.currency):
        return
    if not _is_number(document.tax) or document.tax < 0 or document.tax != _coin(document, document.tax):
        yield RecordFault(
            "tax",
            "The tax cannot be used",
            say,
            f"{document.tax} is not an amount of zero or more with {places(document.currency)} decimals",
            f"Give the tax of the whole document in {document.currency}",
        )
        return
    # With a negative quantity or a broken number the line itself says what is wrong.
    usable = all(
        _is_number(line.amount) and _is_number(line.quantity) and (amending or line.quantity >= 0)
        for line in document.lines
    )
    if usable and document.total < 0:
        yield RecordFault(
            "lines",
            "Its total is negative",
            say,
            f"lines and tax add up to {Money(document.total, document.currency)}",
            "Write a credit note with positive amounts"
            if document.kind is Kind.INVOICE
            else "Write an invoice",
        )


def _settled_faults(
    invoice: SalesDocument, before: SalesDocument, around: Neighbours
) -> Iterator[RecordFault]:
    now = around.known.get((Kind.INVOICE, invoice.ref))
    if now is None or now.settled <= 0 or invoice == before:
        return
    say, paid = title(before), Money(now.settled, before.currency)
    remedy = "Void or move the payments first"
    if invoice.status is Status.VOID and before.status is not Status.VOID:
        yield RecordFault("status", "It cannot be voided", say, f"payments of {paid} stand on it", remedy)
        return
    if invoice.currency != before.currency:
        yield RecordFault(
            "currency", "Its currency cannot change", say, f"payments of {paid} stand on it", remedy
        )
    elif invoice.total < now.settled:
        why = f"its total would be {Money(invoice.total, invoice.currency)}, and {paid} was already paid"
        yield RecordFault("lines", "It cannot become less than what was paid", say, why, remedy)
    if _top(invoice.client, around) != _top(before.client, around):
        why = f"payments of {paid} stand on it, made by the client it has now"
        yield RecordFault("client", "Its client cannot change", say, why, remedy)


def _payment_faults(
    payment: Payment, before: Payment | None, around: Neighbours, *, from_books: bool
) -> Iterator[RecordFault]:
    say = title(payment)
    if payment == before:
        return
    yield from _payment_transition_faults(payment, before, from_books=from_books)
    if (Kind.CLIENT, payment.client) not in around.known:
        yield _unknown("client", say, Kind.CLIENT, payment.client)
    yield from _date_faults("dated", say, payment.dated)
    if not is_currency(payment.currency):
        yield _currency_fault("currency", say, payment.currency)
        return
    if (
        not _is_number(payment.amount)
        or not 0 < payment.amount <= AMOUNT_MAX
        or payment.amount != rounded(payment.amount, payment.currency)
    ):
        yield RecordFault(
            "amount",
            "The amount cannot be used",
            say,
            f"{payment.amount} is not more than zero with {places(payment.currency)} decimals",
            f"Give what the client paid, in {payment.currency}; money given back is not a payment",
        )
        return
    if payment.status is not Status.VOID:
        yield from _allocation_faults(payment, before, around)


def _payment_transition_faults(
    payment: Payment, before: Payment | None, *, from_books: bool
) -> Iterator[RecordFault]:
    say = title(payment)
    if payment.status is Status.DRAFT:
        why = "money has come in or it has not"
        yield RecordFault("status", "A payment cannot be a draft", say, why, "Send it when it is there")
    if not from_books and "books" in (payment.source, before.source if before else ""):
        yield RecordFault(
            "source",
            "It cannot be written here",
            say,
            "it was entered in QuickBooks, and is kept the same as there",
            "Change it in QuickBooks; the next cycle brings it here",
        )
    if before is not None and before.status is Status.VOID and not from_books:
        why = "it is void, and stays as the proof of what happened"
        yield RecordFault("status", "It cannot be changed", say, why, "Enter the money as a new payment")


def _allocation_faults(payment: Payment, before: Payment | None, around: Neighbours) -> Iterator[RecordFault]:
    say = title(payment)
    mine: dict[str, Decimal] = {}
    if before is not None and before.status is Status.FINAL:
        for part in before.allocations:
            mine[part.invoice] = mine.get(part.invoice, ZERO) + part.amount
    seen: set[str] = set()
    for index, part in enumerate(payment.allocations):
        at = f"allocations[{index}]"
        if part.invoice in seen:
            why = f"it settles {_name(part.invoice, around)} twice"
            yield RecordFault(at, "The allocation is doubled", say, why, "Add the two parts up to one")
            continue
        seen.add(part.invoice)
        if (
            not _is_number(part.amount)
            or part.amount <= 0
            or part.amount != rounded(part.amount, payment.currency)
        ):
            yield RecordFault(
                f"{at}.amount",
                "The allocation cannot be used",
                say,
                f"{part.amount} is not more than zero with {places(payment.currency)} decimals",
                "Give the part that settles the invoice, or leave the allocation out",
            )
            continue
        yield from _target_faults(at, payment, part.invoice, part.amount, mine, around)
    parts = sum((part.amount for part in payment.allocations if _is_number(part.amount)), ZERO)
    if parts > payment.amount:
        yield RecordFault(
            "allocations",
            "It settles more than was paid",
            say,
            f"the parts add up to {Money(parts, payment.currency)}, "
            f"and the payment is {Money(payment.amount, payment.currency)}",
            "Make the parts smaller",
            "payment.over_application",
        )


def _target_faults(
    at: str,
    payment: Payment,
    ref: str,
    amount: Decimal,
    mine: Mapping[str, Decimal],
    around: Neighbours,
) -> Iterator[RecordFault]:
    say = title(payment)
    invoice = around.known.get((Kind.INVOICE, ref))
    if invoice is None:
        fault = _unknown(f"{at}.invoice", say, Kind.INVOICE, ref)
        yield RecordFault(fault.field, fault.what, say, fault.why, fault.remedy, "payment.unknown_invoice")
    elif invoice.status is not Status.FINAL:
        yield RecordFault(
            f"{at}.invoice",
            f"It settles an invoice that is {invoice.status.value}",
            say,
            f"{invoice.label} asks for no money",
            "Make the invoice final first, or settle another one",
            "payment.closed_target",
        )
    elif invoice.currency != payment.currency:
        yield RecordFault(
            f"{at}.invoice",
            "It has another currency than the invoice",
            say,
            f"{invoice.label} is in {invoice.currency}, the payment in {payment.currency}",
            f"Enter what was paid in {invoice.currency}",
            "payment.currency_mismatch",
        )
    elif _top(invoice.above, around) != _top(payment.client, around):
        yield RecordFault(
            f"{at}.invoice",
            "It settles an invoice of somebody else",
            say,
            f"{invoice.label} belongs to {_client_name(invoice.above, around)}, "
            f"the payment to {_client_name(payment.client, around)}",
            "Correct the payment's client or the invoice",
        )
    else:
        still_open = invoice.total - invoice.settled + mine.get(ref, ZERO)
        if amount > still_open:
            yield RecordFault(
                f"{at}.amount",
                "It settles more than is open",
                say,
                f"{Money(amount, payment.currency)} is more than the "
                f"{Money(still_open, invoice.currency)} that is open on {invoice.label}",
                "Make the part smaller; what is left stays as the client's credit",
                "payment.over_application",
            )


def _price_faults(field: str, word: str, say: str, value: Decimal) -> Iterator[RecordFault]:
    if not _is_number(value) or abs(value) > AMOUNT_MAX:
        why = f"{value} is not a number up to {AMOUNT_MAX:,}"
        yield RecordFault(field, f"The {word} cannot be used", say, why, "Give a number such as 12.50")
    elif _decimals(value) > PRICE_PLACES_MAX:
        why = f"{value} has more than {PRICE_PLACES_MAX} decimals, which the books cannot keep"
        yield RecordFault(field, f"The {word} cannot be used", say, why, "Round it")


def _date_faults(field: str, say: str, day: date) -> Iterator[RecordFault]:
    if not EARLIEST <= day <= LATEST:
        why = f"{day} is not between {EARLIEST} and {LATEST}"
        yield RecordFault(field, "The date cannot be used", say, why, "Correct the year")


def _currency_fault(field: str, say: str, code: str) -> RecordFault:
    why = f"{code!r} is not a currency of ISO 4217" if code else "every amount is in a currency"
    what = "The currency cannot be used" if code else "The currency is missing"
    return RecordFault(field, what, say, why, "Give its code of three capitals, such as USD")


def _unknown(field: str, say: str, kind: Kind, ref: str, where: str = "") -> RecordFault:
    word = WORDS[kind]
    on = f" of {where}" if where else ""
    if not ref:
        return RecordFault(
            field, f"The {word}{on} is missing", say, f"it names no {word}", f"Give the ref of a {word}"
        )
    return RecordFault(
        field,
        f"The {word}{on} is unknown",
        say,
        f"there is no {word} with the ref {ref}",
        f"Add the {word} {ref} first, or correct the ref",
    )


def _line_up(ref: str, around: Neighbours) -> tuple[str, ...]:
    """Walk from a client to the topmost one above it, each once even if they form a circle."""
    way: dict[str, None] = {}
    while ref and ref not in way:
        way[ref] = None
        client = around.known.get((Kind.CLIENT, ref))
        ref = client.above if client else ""
    return tuple(way)


def _top(ref: str, around: Neighbours) -> str:
    way = _line_up(ref, around)
    return way[-1] if way else ""


def _name(invoice: str, around: Neighbours) -> str:
    known = around.known.get((Kind.INVOICE, invoice))
    return known.label if known else f"invoice {invoice}"


def _client_name(ref: str, around: Neighbours) -> str:
    known = around.known.get((Kind.CLIENT, ref))
    return known.label if known else f"client {ref}"


def _coin(document: SalesDocument, amount: Decimal) -> Decimal:
    return rounded(amount, document.currency)


def _is_number(value: Decimal) -> bool:
    return value.is_finite()


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    assert isinstance(exponent, int), value
    return max(0, -exponent)


def _is_email(text: str) -> bool:
    name, at, domain = text.partition("@")
    return bool(name and at and "." in domain and "@" not in domain) and not any(
        sign.isspace() for sign in text
    )
