"""Which line of which paying transaction settles how much of what: the table that everything about settling follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qbosim.books.open_items import WITH_BALANCE, Side, item_for, shown_cents
from qbosim.records.company import Company, Record

SCHEMA = """
CREATE TABLE IF NOT EXISTS application (realm TEXT NOT NULL, payer TEXT NOT NULL, payment INTEGER NOT NULL,
    line INTEGER NOT NULL, kind TEXT NOT NULL, txn INTEGER NOT NULL, amount INTEGER NOT NULL, day TEXT NOT NULL,
    PRIMARY KEY (realm, payment, line)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS application_txn ON application (realm, txn);
"""
"""`payer` is the entity of the paying transaction and `day` its date, `kind` the entity of what is settled."""

NO_PAYMENT = 0
"""Stands for whatever else settled a loaded document."""


@dataclass(frozen=True)
class Application:
    """One line of a paying transaction."""

    kind: str
    """The entity of what is settled."""
    txn: int
    amount: int
    """Cents, positive for charges and for credits."""


def applications_of(company: Company, payment: int) -> list[Application]:
    """A paying transaction's lines, in their order."""
    rows = company.db.execute(
        "SELECT kind, txn, amount FROM application WHERE realm = ? AND payment = ? ORDER BY line",
        (company.realm, payment),
    )
    return [Application(*row) for row in rows]


def applied_to(company: Company, txn: int) -> int:
    """Cents applied to a document, or taken out of a credit, by all paying transactions."""
    row = company.db.execute(
        "SELECT coalesce(sum(amount), 0) FROM application WHERE realm = ? AND txn = ?", (company.realm, txn)
    ).fetchone()
    return int(row[0])


def still_open(company: Company, side: Side, record: Record, party: int) -> int:
    """Cents that `party` may still settle of a transaction; 0 when it has nothing to do with that side."""
    if record.entity.name in WITH_BALANCE:
        return shown_cents(record) if item_for(company, side, record, party) is not None else 0
    item = item_for(company, side, record, party)
    if item is None:
        return 0
    parties = {party, item.party}
    rows = company.db.execute(
        "SELECT payment, amount FROM application WHERE realm = ? AND txn = ? AND payer = ?",
        (company.realm, record.id, side.payer),
    )
    paid: int = sum(amount for payment, amount in rows if _party_of(company, side, payment) in parties)
    return abs(item.amount) - paid


def applied_before(company: Company, payment: int, line: Application) -> int:
    """Cents of an item that payments with lower ids settle."""
    row = company.db.execute(
        "SELECT coalesce(sum(amount), 0) FROM application WHERE realm = ? AND txn = ? AND payment < ?",
        (company.realm, line.txn, payment),
    ).fetchone()
    return int(row[0])


def _party_of(company: Company, side: Side, payment: int) -> int | None:
    record = company.find(side.payer, payment)
    return int(record.body[side.party_key]["value"]) if record is not None else None


def settle_otherwise(company: Company, document: Record, amount: int) -> None:
    """Keep `amount` cents of a loaded document settled by something that is not a payment in these books."""
    company.db.execute(
        "INSERT INTO application VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            company.realm,
            "",
            NO_PAYMENT,
            document.id,
            document.entity.name,
            document.id,
            amount,
            str(document.body.get("TxnDate", "")),
        ),
    )


def payments_of(company: Company, txn: int) -> list[Record]:
    """The paying transactions that settle something of a document, in the order of their ids."""
    rows = company.db.execute(
        "SELECT DISTINCT payer, payment FROM application WHERE realm = ? AND txn = ? AND payment <> ? ORDER BY payment",
        (company.realm, txn, NO_PAYMENT),
    ).fetchall()
    return [record for payer, payment in rows if (record := company.find(payer, payment)) is not None]


def write(company: Company, payment: Record, lines: Sequence[Application]) -> None:
    """Let `lines` be all lines of a paying transaction."""
    company.db.execute("DELETE FROM application WHERE realm = ? AND payment = ?", (company.realm, payment.id))
    day = str(payment.body.get("TxnDate", ""))
    company.db.executemany(
        "INSERT INTO application VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (company.realm, payment.entity.name, payment.id, number, line.kind, line.txn, line.amount, day)
            for number, line in enumerate(lines)
        ],
    )
