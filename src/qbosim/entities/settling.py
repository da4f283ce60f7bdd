"""The lines of payments: what a client sent about documents to settle, made into applications."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from qbosim import faults
from qbosim.books import settlement
from qbosim.books.applications import Application, still_open
from qbosim.books.ledger import to_cents
from qbosim.books.open_items import Side, entity_of, item_for
from qbosim.books.payment_lines import lines_in
from qbosim.entities.change import Change
from qbosim.entities.entity import Misplaced
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, id_number
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "Settling",
    documented(
        "settling.lines_all_or_none",
        "An update of a payment that names no lines keeps them; one that names lines replaces them all, and an empty "
        "list unlinks everything.",
        "Intuit's documentation of Payment",
    ),
    documented(
        "settling.positive_lines",
        "Credits stand in a payment's lines with positive amounts, as documents do, and bring money along.",
        "Intuit's documentation of Payment (a credit memo applied by a payment of 0)",
    ),
    assumed(
        "settling.over_application",
        "More than what is open on a document, or than the payment holds, is refused with 6000.",
        "Intuit documents that it is refused, not with which words",
    ),
    assumed(
        "settling.one_line_two_links",
        "A line may name several documents, each for the line's whole amount.",
        "several integrators' code does so and reports success",
    ),
    assumed(
        "settling.owner",
        "A payment settles what its own customer or vendor has open, or a customer below it, and nothing else (6000).",
        "Intuit's user interface offers nothing else",
    ),
    assumed(
        "settling.moved",
        "A document that is given to another customer or vendor is taken off the payments of the one before; a payment "
        "that still names documents cannot be given to somebody else (6000).",
        "a payment settles its own party's documents only",
    ),
    assumed(
        "settling.exchange_account",
        "A company without an account for exchange gains and losses gets one with its first gain or loss.",
        "Intuit adds the account by itself when a company turns to several currencies",
    ),
    assumed(
        "settling.journal_entry",
        "A journal entry's line on receivables or payables under somebody's name is settled like a document: a debit of "
        "a customer and a credit of a vendor ask for money, the others are credits.",
        "Intuit documents JournalEntry among the transactions that a payment may link",
    ),
)


def lines_after(company: Company, change: Change, side: Side, party: Record) -> list[Application]:
    """The lines after the change. A line may name one document or several, each for the line's amount.

    Raises 2500 for a document that is not there, 2020 for a missing amount, 6000 for somebody else's document, a
    negative amount, and more than what is open.
    """
    old = change.old or {}
    old_lines = read_lines(company, old.get("Line", []))
    same_party = (old.get(side.party_key) or {}).get("value") == str(party.id)
    if "Line" not in change.sent and same_party:
        return old_lines
    before = {(line.kind, line.txn): line.amount for line in old_lines}
    wished: dict[tuple[str, int], int] = {}
    lines = read_lines(company, change.sent["Line"]) if "Line" in change.sent else old_lines
    for line in lines:
        wished[line.kind, line.txn] = wished.get((line.kind, line.txn), 0) + line.amount
    for (kind, txn), amount in wished.items():
        document = company.find(kind, txn)
        if document is None:
            raise faults.unknown_reference("Transactions", txn)
        if item_for(company, side, document, party.id) is None and not _is_own(document, side, party):
            raise faults.business(
                f"A payment can be linked to transactions of the same {side.list.lower()} only."
            )
        if amount > still_open(company, side, document, party.id) + before.get((kind, txn), 0):
            raise faults.business("The amount applied to a transaction is more than its open balance.")
    return [Application(kind, txn, amount) for (kind, txn), amount in wished.items()]


def _is_own(document: Record, side: Side, party: Record) -> bool:
    """Whether a document that posted nothing (an amount of 0) is the party's."""
    return (document.body.get(side.party_key) or {}).get("value") == str(party.id)


def read_lines(company: Company, lines: Sequence[Body]) -> list[Application]:
    """The applications that lines stand for; lines of a loaded payment that lead elsewhere are passed over."""
    found = []
    for line in lines:
        amount = line.get("Amount")
        for link in line.get("LinkedTxn", []):
            identity = str(link.get("TxnId", ""))
            number = id_number(identity)
            if number is None:
                raise faults.bad_id(identity, "Line.LinkedTxn.TxnId")
            kind = entity_of(company, str(link.get("TxnType", "")))
            if kind is None:
                if "LineEx" in line:
                    continue
                raise faults.unknown_reference("Transactions", identity)
            if amount is None or amount == "":
                raise faults.missing("Line.Amount")
            if amount < 0:
                raise faults.business("The amount of a line can't be negative.")
            found.append(Application(kind, number, to_cents(Decimal(amount))))
    return found


def kept_lines(
    company: Company, side: Side, body: Body, old: Body, lines: Sequence[Application]
) -> list[Body]:
    """The lines as the record keeps them; open balances are filled in when the links are made."""
    kept: list[Body] | None = old.get("Line")
    if kept is not None and read_lines(company, kept) == list(lines):
        return kept
    return lines_in(company, side, {**body, "Line": (old.get("Line") or [])}, lines)


def refuse_overdrawn(company: Company, side: Side, body: Body, lines: Sequence[Application]) -> int:
    """Cents of a payment that settle nothing; raises 6000 when its lines settle more than it holds."""
    rest = settlement.unapplied(company, side, body, lines)
    if rest < 0:
        raise faults.business("The amount applied to transactions is more than the amount of the payment.")
    return rest


def loaded_lines(company: Company, payment: Record) -> Iterator[Application]:
    """The applications of a loaded payment; raises `Misplaced` when it pays what is not there."""
    for line in payment.body.get("Line") or []:
        for link in line.get("LinkedTxn") or []:
            link_type, identity = str(link.get("TxnType", "")), str(link.get("TxnId", ""))
            kind = entity_of(company, link_type)
            if kind is None:
                continue
            if not identity.isdecimal() or company.find(kind, int(identity)) is None:
                raise Misplaced(f"the {link_type} {identity} it is linked to was not placed")
            yield Application(kind, int(identity), to_cents(Decimal(line.get("Amount", 0))))


def total_sent(change: Change) -> Decimal:
    """TotalAmt, demanded of sparse updates too (Intuit's documentation)."""
    total = change.sent.get("TotalAmt")
    if total is None or total == "":
        raise faults.missing("TotalAmt")
    if total < 0:
        raise faults.business("Transaction amount must be 0 or greater.")
    return Decimal(total)
