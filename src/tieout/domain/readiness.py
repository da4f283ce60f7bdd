"""Readiness: everything a record still lacks before it may go to the books, by name and all at once.

Nothing is sent while something is missing. Limits on texts are QuickBooks' own (Intuit's documentation).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tieout.domain.documents import Client, Kind, Line, Payment, SalesDocument, Service, Status, title
from tieout.domain.money import ZERO, Money

NUMBER_LENGTH_MAX = 21
"""Of a document's number and of a payment's reference."""
CUSTOMER_NAME_LENGTH_MAX = 500
ITEM_NAME_LENGTH_MAX = 100
DESCRIPTION_LENGTH_MAX = 4000
MEMO_LENGTH_MAX = 1000
FORBIDDEN_IN_NAMES = {":": "a colon", "\t": "a tab", "\n": "a line break", "\r": "a line break"}

Names: TypeAlias = Mapping[tuple[Kind, str], str]
"""Kind and ref of host records → their names for people."""
WORDS = {
    Kind.CLIENT: ("client", "a customer"),
    Kind.SERVICE: ("service", "an item"),
    Kind.TAX_REGION: ("tax region", "a tax code"),
    Kind.TERM: ("term", "a term"),
    Kind.INVOICE: ("invoice", "an invoice"),
    Kind.CREDIT_NOTE: ("credit note", "a credit memo"),
    Kind.PAYMENT: ("payment", "a payment"),
}
"""What the host and the books call each kind."""


@dataclass(frozen=True)
class Lack:
    """One thing that is missing or cannot be sent as it is."""

    field: str
    """In Tieout's words: `address.postcode`, `lines[0].service`."""
    what: str
    """`the postcode is missing`."""
    remedy: str
    kind: Kind | None = None
    """With `ref` the record to link or mend, for the page that does it."""
    ref: str = ""


def missing_for_customer(client: Client, *, whole_address: bool = False) -> list[Lack]:
    """List what a client lacks before a customer may be made of it.

    Args:
        client: who it is.
        whole_address: a setting of the company: street, postcode, e-mail and phone are asked for as well.
    """
    found = _name_lacks("name", client.name, CUSTOMER_NAME_LENGTH_MAX)
    if whole_address:
        asked = {
            "address.street": ("street", client.address.street),
            "address.postcode": ("postcode", client.address.postcode),
            "email": ("e-mail address", client.email),
            "phone": ("phone number", client.phone),
        }
        found += [
            Lack(field, f"the {word} is missing", f"Add it to {title(client)}", Kind.CLIENT, client.ref)
            for field, (word, value) in asked.items()
            if not value.strip()
        ]
    return found


def missing_for_item(service: Service, *, income_account: str) -> list[Lack]:
    """List what a service lacks before an item may be made of it; `income_account` is the chosen one's id."""
    found = _name_lacks("name", service.name, ITEM_NAME_LENGTH_MAX)
    if not income_account:
        found.append(
            Lack(
                "income_account",
                "no income account is chosen",
                "Choose the default income account in the settings",
            )
        )
    if len(service.description) > DESCRIPTION_LENGTH_MAX:
        found.append(_too_long("description", "description", DESCRIPTION_LENGTH_MAX))
    return found


def missing_for_document(
    document: SalesDocument, *, unlinked: Names, books_number: bool = False
) -> list[Lack]:
    """List what an invoice or credit note lacks before it may be sent.

    Args:
        document: what shall be sent.
        unlinked: the host records that have no counterpart in the books and get none by themselves; only
            those that the document names are listed.
        books_number: QuickBooks numbers the documents of this company, so that ours need not fit.
    """
    found: list[Lack] = []
    word = WORDS[document.kind][0]
    if document.status is Status.DRAFT:
        found.append(Lack("status", f"the {word} is a draft", f"Make the {word} final"))
    if not books_number and len(document.number) > NUMBER_LENGTH_MAX:
        found.append(_too_long("number", f"number {document.number}", NUMBER_LENGTH_MAX))
    if not document.lines:
        found.append(Lack("lines", f"the {word} has no lines", "Give it at least one line"))
    if document.total < ZERO:
        total = Money(document.total, document.currency)
        found.append(Lack("lines", f"its total is {total}", "Write a credit note instead"))
    if len(document.memo) > MEMO_LENGTH_MAX:
        found.append(_too_long("memo", "memo", MEMO_LENGTH_MAX))
    for index, line in enumerate(document.lines):
        found += _line_lacks(index, line)
    return found + _unlinked(_named_by(document), unlinked)


def missing_for_payment(payment: Payment, *, unlinked: Names) -> list[Lack]:
    """List what a payment lacks before it may be sent; `unlinked` as for documents, invoices included."""
    found: list[Lack] = []
    if payment.amount <= ZERO:
        amount = Money(payment.amount, payment.currency)
        found.append(Lack("amount", f"its amount is {amount}", "Give an amount of more than zero"))
    if len(payment.reference) > NUMBER_LENGTH_MAX:
        found.append(_too_long("reference", "reference", NUMBER_LENGTH_MAX))
    named = [(Kind.CLIENT, payment.client), *((Kind.INVOICE, part.invoice) for part in payment.allocations)]
    return found + _unlinked(named, unlinked)


def said(lacks: Sequence[Lack]) -> str:
    """Put what is missing into one clause: `the street, the postcode and the phone number are missing`."""
    ending = " is missing"
    missing = [lack.what.removesuffix(ending) for lack in lacks if lack.what.endswith(ending)]
    others = [lack.what for lack in lacks if not lack.what.endswith(ending)]
    if missing:
        others.insert(0, _listed(missing) + (ending if len(missing) == 1 else " are missing"))
    return "; ".join(others)


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _named_by(document: SalesDocument) -> list[tuple[Kind, str]]:
    named = [(Kind.CLIENT, document.client), (Kind.TERM, document.term)]
    for line in document.lines:
        named += [(Kind.SERVICE, line.service), (Kind.TAX_REGION, line.tax_region)]
    return [(kind, ref) for kind, ref in dict.fromkeys(named) if ref]


def _unlinked(named: Iterable[tuple[Kind, str]], unlinked: Names) -> list[Lack]:
    found: list[Lack] = []
    for kind, ref in dict.fromkeys(named):
        if (kind, ref) in unlinked:
            ours, theirs = WORDS[kind]
            what = f"the {ours} {unlinked[kind, ref]} is not linked to {theirs} in QuickBooks"
            found.append(Lack(kind.value, what, f"Link the {ours} {unlinked[kind, ref]}", kind, ref))
    return found


def _line_lacks(index: int, line: Line) -> list[Lack]:
    at, nth = f"lines[{index}]", f"line {index + 1}"
    found: list[Lack] = []
    if line.amount and not line.service:
        found.append(Lack(f"{at}.service", f"the service of {nth} is missing", f"Name what {nth} sells"))
    if len(line.description) > DESCRIPTION_LENGTH_MAX:
        found.append(_too_long(f"{at}.description", f"description of {nth}", DESCRIPTION_LENGTH_MAX))
    return found


def _name_lacks(field: str, name: str, length_max: int) -> list[Lack]:
    if not name.strip():
        return [Lack(field, "the name is missing", "Give it a name")]
    found = [
        Lack(field, f"the name holds {words}, which QuickBooks does not take", "Write the name without it")
        for words in dict.fromkeys(words for sign, words in FORBIDDEN_IN_NAMES.items() if sign in name)
    ]
    return [*found, _too_long(field, "name", length_max)] if len(name) > length_max else found


def _too_long(field: str, word: str, length_max: int) -> Lack:
    return Lack(field, f"the {word} is longer than {length_max} characters", "Make it shorter")
