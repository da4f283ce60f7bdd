"""Receiving payments, applying credits and paying bills: what is open, and how much of it is settled now."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qbosim.console.creating import banks, named, proposals
from qbosim.console.editing import amount_of
from qbosim.console.rendering import go_to, page
from qbosim.console.trouble import Trouble
from qbosim.console.visit import Visit, quoted
from qbosim.console.wording import record_title, words
from qbosim.wire import Response

_MOST = 200
"""Open documents that one form shows."""


@dataclass(frozen=True)
class Side:
    """Customers' or vendors' side of settling."""

    party: str
    reference: str
    owed: str
    credit: str
    payment: str
    title: str


RECEIVING = Side(
    "Customer", "CustomerRef", "Invoice", "CreditMemo", "Payment", "Receive payment or apply credit"
)
PAYING = Side("Vendor", "VendorRef", "Bill", "VendorCredit", "BillPayment", "Pay bills or apply credit")


def receive_form(visit: Visit, realm: str) -> Response:
    """What a customer owes, and where to enter what came in."""
    return _form(visit, realm, RECEIVING, visit.query.get("party", ""))


def receive(visit: Visit, realm: str) -> Response:
    """Enter a payment for invoices, or apply credits (with nothing received)."""
    return _settle(visit, realm, RECEIVING)


def pay_form(visit: Visit, realm: str) -> Response:
    """What is owed to a vendor, and where to enter what is paid."""
    return _form(visit, realm, PAYING, visit.query.get("party", ""))


def pay(visit: Visit, realm: str) -> Response:
    """Pay bills, or apply vendor credits (with nothing paid)."""
    return _settle(visit, realm, PAYING)


def _settle(visit: Visit, realm: str, side: Side) -> Response:
    visit.company(realm)
    failed = "The payment was not entered"
    try:
        body = _body(visit, realm, side, failed)
        made = visit.write(realm, side.payment, body, failed)
    except Trouble as trouble:
        return _form(visit, realm, side, visit.said("party"), trouble)
    said = f"{words(side.payment)} {record_title(made, side.payment)} was entered."
    return go_to(f"/company/{realm}/record/{side.payment}/{made['Id']}", said)


def _body(visit: Visit, realm: str, side: Side, failed: str) -> dict[str, Any]:
    lines = []
    applied = Decimal(0)
    for sign, entity in ((1, side.owed), (-1, side.credit)):
        for field in visit.form:
            kind, _, identity = field.partition("-")
            if kind != entity or not visit.said(field):
                continue
            amount = amount_of(visit.said(field), f"{words(entity)} {identity}", failed)
            if amount:
                applied += sign * amount
                linked = [{"TxnId": identity, "TxnType": entity}]
                lines.append({"Amount": amount, "LinkedTxn": linked})
    text = visit.said("total")
    total = amount_of(text, "Amount", failed) if text else max(applied, Decimal(0))
    if not lines and not total:
        raise Trouble(
            failed,
            which="the amounts",
            why="Nothing is received, paid or applied.",
            remedy="Enter an amount at the top, or beside a document.",
        )
    body: dict[str, Any] = {
        side.reference: {"value": visit.said("party")},
        "TotalAmt": total,
        "Line": lines,
    }
    for field, key in (("date", "TxnDate"), ("memo", "PrivateNote")):
        if visit.said(field):
            body[key] = visit.said(field)
    if visit.said("number"):
        body["PaymentRefNum" if side is RECEIVING else "DocNumber"] = visit.said("number")
    return {**body, **_money(visit, realm, side, failed)}


def _money(visit: Visit, realm: str, side: Side, failed: str) -> dict[str, Any]:
    """Where the money goes to or comes from."""
    bank = visit.said("bank")
    if side is RECEIVING:
        return (
            {"DepositToAccountRef": named(visit, realm, "Account", bank, "Account", failed)} if bank else {}
        )
    account = named(visit, realm, "Account", bank, "Account", failed)
    kind = visit.read(realm, f"account/{account['value']}")["Account"]["AccountType"]
    if kind == "Credit Card":
        return {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": account}}
    return {"PayType": "Check", "CheckPayment": {"BankAccountRef": account}}


def _form(visit: Visit, realm: str, side: Side, party: str, trouble: Trouble | None = None) -> Response:
    company = visit.company(realm)
    search = visit.query.get("search", "").strip()
    if not party and search:
        party = _found(visit, realm, side, search)
        if not party:
            trouble = Trouble(
                "Nothing can be shown",
                which=side.party,
                why=f"There is no active {side.party.lower()} called “{search}”.",
                remedy="Choose one that is proposed.",
            )
    shown = None
    owed: list[dict[str, Any]] = []
    unused: list[dict[str, Any]] = []
    if party:
        shown = visit.read(realm, f"{side.party.lower()}/{party}")[side.party]
        owed = _open(visit, realm, side.owed, side.reference, party)
        unused = _open(visit, realm, side.credit, side.reference, party)
    return page(
        visit,
        "settle.html",
        status=200 if trouble is None else trouble.status,
        trouble=trouble,
        realm=company,
        side=side,
        place="receive" if side is RECEIVING else "pay",
        party=shown,
        search=search,
        names=[] if party else proposals(visit, realm, side.party),
        owed=owed,
        credits=unused,
        chosen=visit.query.get("document", ""),
        banks=banks(visit, realm),
        values={key: visit.said(key) for key in visit.form} if trouble is not None else {},
        section=side.payment,
    )


def _found(visit: Visit, realm: str, side: Side, search: str) -> str:
    rows = visit.rows(realm, side.party, f"where DisplayName = {quoted(search)} maxresults 1")
    return str(rows[0]["Id"]) if rows else ""


def _open(visit: Visit, realm: str, entity: str, reference: str, party: str) -> list[dict[str, Any]]:
    where = f"where {reference} = {quoted(party)} and Balance > '0' orderby TxnDate maxresults {_MOST}"
    return [
        {
            "id": each["Id"],
            "title": record_title(each, entity),
            "date": each.get("TxnDate", ""),
            "due": each.get("DueDate", ""),
            "total": each.get("TotalAmt", ""),
            "open": each.get("Balance", ""),
        }
        for each in visit.rows(realm, entity, where)
    ]
