"""What the lines of payments show: the documents they settle, in Intuit's shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qbosim.books.applications import Application, still_open
from qbosim.books.ledger import from_cents
from qbosim.books.open_items import RECEIVABLES, SIDES, Side, entity_of, link_type_of
from qbosim.jsontext import money
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body


def shown_lines(company: Company, payment: Record, lines: Sequence[Application]) -> list[Body]:
    """A payment's lines as Intuit shows them; lines of a loaded one that settle nothing here stay as they were."""
    return lines_in(company, SIDES[payment.entity.name], payment.body, lines)


def lines_in(company: Company, side: Side, body: Body, lines: Sequence[Application]) -> list[Body]:
    """The same for a payment that is still being made."""
    foreign = [line for line in body.get("Line", []) if _is_foreign(company, line)]
    party = int(body[side.party_key]["value"])
    return [_shown_line(company, side, line, party) for line in lines] + foreign


def _is_foreign(company: Company, line: Body) -> bool:
    return any(entity_of(company, str(link.get("TxnType"))) is None for link in line.get("LinkedTxn", []))


def _shown_line(company: Company, side: Side, line: Application, party: int) -> Body:
    document = company.find(line.kind, line.txn)
    shown: Body = {
        "Amount": money(from_cents(line.amount)),
        "LinkedTxn": [{"TxnId": str(line.txn), "TxnType": link_type_of(line.kind, document)}],
    }
    if side is RECEIVABLES:
        values = [("txnId", str(line.txn))]
        if document is not None:
            rest = still_open(company, side, document, party) + line.amount
            values.append(("txnOpenBalance", f"{from_cents(rest):.2f}"))
            number = document.body.get("DocNumber")
            if number:
                values.append(("txnReferenceNumber", str(number)))
        shown["LineEx"] = {"any": [name_value(name, value) for name, value in values]}
    return shown


def name_value(name: str, value: str) -> dict[str, Any]:
    """A name and a value in the wrapping of Intuit's Java server (recorded)."""
    return {
        "name": "{http://schema.intuit.com/finance/v3}NameValue",
        "declaredType": "com.intuit.schema.finance.v3.NameValue",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "value": {"Name": name, "Value": value},
        "nil": False,
        "globalScope": True,
        "typeSubstituted": False,
    }
