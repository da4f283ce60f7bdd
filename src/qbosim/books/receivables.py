"""Which payment pays which invoice, and with which credit: the links, and what they do to both sides.

An application is one line of a payment: so much of this invoice, or so much out of this credit memo. Open balances are
always the total less what is applied; nothing else writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qbosim.books import ledger
from qbosim.books.currencies import home_amount
from qbosim.books.ledger import Posting, from_cents, to_cents
from qbosim.books.sales import account_of_subtype, deposit_account, receivable_account
from qbosim.jsontext import money
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body

SCHEMA = """
CREATE TABLE IF NOT EXISTS application (realm TEXT NOT NULL, payment INTEGER NOT NULL, line INTEGER NOT NULL,
    kind TEXT NOT NULL, txn INTEGER NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (realm, payment, line)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS application_txn ON application (realm, txn);
"""

_NO_PAYMENT = 0
"""Stands for whatever else settled a loaded document."""

LINKABLE = ("Invoice", "CreditMemo")


@dataclass(frozen=True)
class Application:
    """One line of a payment."""

    kind: str
    """`Invoice` or `CreditMemo`."""
    txn: int
    amount: int
    """Cents, positive for both kinds."""


def applications_of(company: Company, payment: int) -> list[Application]:
    """A payment's lines, in their order."""
    rows = company.db.execute(
        "SELECT kind, txn, amount FROM application WHERE realm = ? AND payment = ? ORDER BY line",
        (company.realm, payment),
    )
    return [Application(*row) for row in rows]


def replace_applications(company: Company, payment: int, lines: Sequence[Application]) -> None:
    """Let `lines` be all lines of a payment, and bring the documents of both the old and the new ones up to date."""
    before = applications_of(company, payment)
    if before == list(lines):
        return
    _write(company, payment, lines)
    touched = dict.fromkeys((line.kind, line.txn) for line in (*before, *lines))
    for kind, txn in touched:
        if _sum_for(before, txn) != _sum_for(lines, txn):
            document = company.find(kind, txn)
            if document is not None:
                refresh_document(company, document)


def enter_applications(company: Company, payment: int, lines: Sequence[Application]) -> None:
    """Keep the lines of a loaded payment; the loaded documents know of them already."""
    _write(company, payment, lines)


def settle_otherwise(company: Company, document: Record, amount: int) -> None:
    """Keep `amount` cents of a loaded document settled by something that is not a payment in these books."""
    company.db.execute(
        "INSERT INTO application VALUES (?, ?, ?, ?, ?, ?)",
        (company.realm, _NO_PAYMENT, document.id, document.entity.name, document.id, amount),
    )


def applied_to(company: Company, txn: int) -> int:
    """Cents applied to an invoice, or taken out of a credit memo, by all payments."""
    row = company.db.execute(
        "SELECT coalesce(sum(amount), 0) FROM application WHERE realm = ? AND txn = ?", (company.realm, txn)
    ).fetchone()
    return int(row[0])


def open_cents(document: Record) -> int:
    """Cents still open on an invoice or credit memo."""
    return to_cents(Decimal(document.body.get("Balance", 0)))


def refresh_document(company: Company, document: Record, *, bump: bool = True) -> Record:
    """Bring balance and links of an invoice or credit memo up to date with the payments.

    A payment counts its documents' SyncToken up and moves their LastUpdatedTime (recorded).
    """
    body = {**document.body, **settled(company, document)}
    if body == document.body:
        return document
    changed = company.save(document, body, bump=bump)
    _refresh_shown_balances(company, changed)
    return changed


def settled(company: Company, document: Record) -> Body:
    """Balance, remaining credit and links of a document as the payments leave them."""
    body = document.body
    total = to_cents(Decimal(body.get("TotalAmt", 0))) - to_cents(Decimal(body.get("Deposit", 0)))
    balance = from_cents(total - applied_to(company, document.id))
    found: Body = {"Balance": money(balance)}
    if "ExchangeRate" in body:
        found["HomeBalance"] = money(home_amount(balance, Decimal(body["ExchangeRate"])))
    if document.entity.name == "CreditMemo":
        found["RemainingCredit"] = money(balance)
    else:
        found["LinkedTxn"] = _links(company, document)
    return found


def release(company: Company, document: Record, keep: int) -> None:
    """Take applications off a document, the latest first, until at most `keep` cents are left on it.

    Money that no longer pays anything becomes the payments' unapplied amount; credit that no longer pays anything
    goes back to its credit memo.
    """
    rows = company.db.execute(
        "SELECT payment, sum(amount) FROM application WHERE realm = ? AND txn = ? AND payment <> ? "
        "GROUP BY payment ORDER BY payment DESC",
        (company.realm, document.id, _NO_PAYMENT),
    ).fetchall()
    excess = sum(amount for _, amount in rows) - keep
    for payment_id, amount in rows:
        if excess <= 0:
            return
        less = min(excess, amount)
        excess -= less
        payment = company.find("Payment", payment_id)
        assert payment is not None, "an application belongs to a payment that exists"
        lines = _reduced(applications_of(company, payment_id), document.id, less)
        rewrite_payment(company, payment, _with_funds(payment, lines))


def settle(company: Company, payment: Record, lines: Sequence[Application]) -> None:
    """Let a payment that was just saved pay `lines`: links, documents, postings, and what its own lines show."""
    replace_applications(company, payment.id, lines)
    ledger.replace(company, payment, payment.body["TxnDate"], postings_of(company, payment, lines))
    now = company.find("Payment", payment.id)
    assert now is not None, "it was saved a moment ago"
    shown = shown_lines(company, now.body, lines)
    if shown != now.body["Line"]:
        company.save(now, {**now.body, "Line": shown}, bump=False, touch=False)


def rewrite_payment(company: Company, payment: Record, lines: Sequence[Application]) -> None:
    """Give a payment other lines, because a document it is linked to changed or went away."""
    body = {
        **payment.body,
        "Line": shown_lines(company, payment.body, lines),
        "UnappliedAmt": money(from_cents(unapplied(payment.body, lines))),
    }
    settle(company, company.save(payment, body), lines)


def postings_of(company: Company, record: Record, lines: Sequence[Application]) -> list[Posting]:
    """The double entry of a payment: money in, receivables down, each on the customer whose document it is.

    Receivables leave at the rate they came in at; the difference to the payment's rate is an exchange gain or loss.
    """
    body = record.body
    rate = Decimal(body.get("ExchangeRate", 1))
    own = int(body["CustomerRef"]["value"])
    receivable = receivable_account(company, body)
    total = to_cents(Decimal(body["TotalAmt"]))
    postings: list[Posting] = []
    if total:
        postings.append(Posting(deposit_account(company, body), _home(total, rate), total))
    for line in lines:
        document = company.find(line.kind, line.txn)
        assert document is not None, "a linked document exists"
        sign = -1 if line.kind == "Invoice" else 1
        customer = int(document.body["CustomerRef"]["value"])
        home = _home(line.amount, Decimal(document.body.get("ExchangeRate", 1)))
        postings.append(Posting(receivable, sign * home, sign * line.amount, customer=customer))
    rest = sum(posting.foreign for posting in postings)
    if rest:
        postings.append(Posting(receivable, -_home(rest, rate), -rest, customer=own))
    gain = sum(posting.amount for posting in postings)
    if gain:
        postings.append(Posting(account_of_subtype(company, "ExchangeGainOrLoss"), -gain, 0))
    return postings


def _home(amount: int, rate: Decimal) -> int:
    return amount if rate == 1 else to_cents(Decimal(amount) / 100 * rate)


def unapplied(payment: Body, lines: Iterable[Application]) -> int:
    """Cents of a payment that pay nothing yet; credits count as money brought along."""
    rest = to_cents(Decimal(payment.get("TotalAmt", 0)))
    for line in lines:
        rest += line.amount if line.kind == "CreditMemo" else -line.amount
    return rest


def shown_lines(company: Company, payment: Body, lines: Sequence[Application]) -> list[Body]:
    """A payment's lines as Intuit shows them; lines to kinds that cannot be linked here stay as they were."""
    foreign = [line for line in payment.get("Line", []) if _foreign(line)]
    return [_shown_line(company, line) for line in lines] + foreign


def _foreign(line: Body) -> bool:
    return any(link.get("TxnType") not in LINKABLE for link in line.get("LinkedTxn", []))


def _shown_line(company: Company, line: Application) -> Body:
    document = company.find(line.kind, line.txn)
    values = [("txnId", str(line.txn))]
    if document is not None:
        values.append(("txnOpenBalance", f"{from_cents(open_cents(document) + line.amount):.2f}"))
        number = document.body.get("DocNumber")
        if number:
            values.append(("txnReferenceNumber", str(number)))
    return {
        "Amount": money(from_cents(line.amount)),
        "LinkedTxn": [{"TxnId": str(line.txn), "TxnType": line.kind}],
        "LineEx": {"any": [_name_value(name, value) for name, value in values]},
    }


def _name_value(name: str, value: str) -> dict[str, Any]:
    return {
        "name": "{http://schema.intuit.com/finance/v3}NameValue",
        "declaredType": "com.intuit.schema.finance.v3.NameValue",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "value": {"Name": name, "Value": value},
        "nil": False,
        "globalScope": True,
        "typeSubstituted": False,
    }


def _refresh_shown_balances(company: Company, document: Record) -> None:
    """Payments show their documents' open balance as of now (recorded): rewrite it without touching them."""
    rows = company.db.execute(
        "SELECT DISTINCT payment FROM application WHERE realm = ? AND txn = ? AND payment <> ?",
        (company.realm, document.id, _NO_PAYMENT),
    ).fetchall()
    for (payment_id,) in rows:
        payment = company.find("Payment", payment_id)
        if payment is None:
            continue
        lines = shown_lines(company, payment.body, applications_of(company, payment_id))
        if lines != payment.body.get("Line"):
            company.save(payment, {**payment.body, "Line": lines}, bump=False, touch=False)


def _links(company: Company, document: Record) -> list[Body]:
    """Links to payments, newest first, after links of other kinds (recorded)."""
    others = [link for link in document.body.get("LinkedTxn", []) if link.get("TxnType") != "Payment"]
    rows = company.db.execute(
        "SELECT DISTINCT payment FROM application WHERE realm = ? AND txn = ? AND payment <> ? "
        "ORDER BY payment DESC",
        (company.realm, document.id, _NO_PAYMENT),
    )
    return others + [{"TxnId": str(payment), "TxnType": "Payment"} for (payment,) in rows]


def _sum_for(lines: Iterable[Application], txn: int) -> int:
    return sum(line.amount for line in lines if line.txn == txn)


def _reduced(lines: Sequence[Application], txn: int, less: int) -> list[Application]:
    left: list[Application] = []
    for line in lines:
        if line.txn == txn and less:
            cut = min(less, line.amount)
            less -= cut
            if line.amount > cut:
                left.append(Application(line.kind, line.txn, line.amount - cut))
        else:
            left.append(line)
    return left


def _with_funds(payment: Record, lines: Sequence[Application]) -> list[Application]:
    """Make lines possible again after one was cut: no more paid than there is, no more credit than is needed."""
    total = to_cents(Decimal(payment.body.get("TotalAmt", 0)))
    invoices = sum(line.amount for line in lines if line.kind == "Invoice")
    credit = sum(line.amount for line in lines if line.kind == "CreditMemo")
    fitted = list(lines)
    if invoices > total + credit:
        fitted = _cut_back(fitted, "Invoice", invoices - total - credit)
    spare = credit - max(0, invoices - total)
    if spare > 0:
        fitted = _cut_back(fitted, "CreditMemo", spare)
    return fitted


def _cut_back(lines: Sequence[Application], kind: str, less: int) -> list[Application]:
    kept: list[Application] = []
    for line in reversed(lines):
        if line.kind == kind and less:
            cut = min(less, line.amount)
            less -= cut
            if line.amount > cut:
                kept.append(Application(line.kind, line.txn, line.amount - cut))
        else:
            kept.append(line)
    return kept[::-1]


def _write(company: Company, payment: int, lines: Sequence[Application]) -> None:
    company.db.execute("DELETE FROM application WHERE realm = ? AND payment = ?", (company.realm, payment))
    company.db.executemany(
        "INSERT INTO application VALUES (?, ?, ?, ?, ?, ?)",
        [
            (company.realm, payment, number, line.kind, line.txn, line.amount)
            for number, line in enumerate(lines)
        ],
    )
