"""How a journal entry is entered in the ledger: its lines as they are, and outside the US the tax on them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from qbosim.books.entry import home_cents, id_of
from qbosim.books.ledger import Posting, to_cents
from qbosim.books.sales import liability_account
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body


def postings_of(company: Company, record: Record) -> list[Posting]:
    """The double entry of a journal entry: one posting per line, in the order of the lines.

    Cents that conversion to home currency leaves over go to the last line.
    """
    body = record.body
    rate = Decimal(body.get("ExchangeRate", 1))
    postings = [
        _posting(line, body, rate)
        for line in body.get("Line", [])
        if line.get("DetailType") == "JournalEntryLineDetail"
    ]
    for tax in (body.get("TxnTaxDetail") or {}).get("TaxLine", []):
        reference = tax["TaxLineDetail"]["TaxRateRef"]
        account = liability_account(company, company.refer("TaxRate", reference, reference))
        foreign = to_cents(Decimal(tax.get("Amount", 0)))
        postings.append(Posting(account, home_cents(foreign, rate), foreign))
    rest = sum(posting.amount for posting in postings)
    if rest:
        postings[-1] = replace(postings[-1], amount=postings[-1].amount - rest)
    return postings


def signed_cents(line: Body) -> int:
    """Cents of a journal entry's line in the entry's currency: debits positive, credits negative."""
    sign = 1 if (line.get("JournalEntryLineDetail") or {}).get("PostingType") == "Debit" else -1
    return sign * to_cents(Decimal(line.get("Amount", 0)))


def _posting(line: Body, body: Body, rate: Decimal) -> Posting:
    detail = line["JournalEntryLineDetail"]
    foreign = signed_cents(line)
    party = detail.get("Entity") or {}
    kind = str(party.get("Type", "")).lower()
    name = id_of(party.get("EntityRef"))
    return Posting(
        int(detail["AccountRef"]["value"]),
        home_cents(foreign, rate),
        foreign,
        customer=name if kind == "customer" else None,
        vendor=name if kind == "vendor" else None,
        employee=name if kind == "employee" else None,
        klass=id_of(detail.get("ClassRef")),
        department=id_of(detail.get("DepartmentRef") or body.get("DepartmentRef")),
        memo=str(line.get("Description", "")),
    )
