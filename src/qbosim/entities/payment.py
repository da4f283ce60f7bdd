"""Payments received, and credit put to use: which money pays which invoice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from qbosim import faults
from qbosim.books import ledger, receivables
from qbosim.books.ledger import from_cents, to_cents
from qbosim.books.receivables import LINKABLE, Application
from qbosim.books.sales import undeposited_funds
from qbosim.entities.change import Change
from qbosim.entities.currencies import currency_reference, transaction_rate
from qbosim.entities.deposited import keep_deposited, refuse_deposited
from qbosim.entities.entity import Entity, Misplaced
from qbosim.entities.sales_form import check_customer, voided_note
from qbosim.entities.texts import check_lengths
from qbosim.jsontext import money, plain
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property, id_number

_LIMITS = {"PaymentRefNum": 21, "PrivateNote": 4000}


def _prepare(company: Company, change: Change) -> Body:
    old = change.old or {}
    total = _total(change)
    customer = _customer(company, change)
    body: Body = {"CustomerRef": customer.reference(), "TotalAmt": money(total)}
    body["CurrencyRef"] = currency_reference(
        company, change.value("CurrencyRef") or customer.body.get("CurrencyRef")
    )
    if body["CurrencyRef"]["value"] != customer.body["CurrencyRef"]["value"]:
        raise faults.business("The currency of the transaction must be the customer's currency.")
    if company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        day = change.value("TxnDate") or company.today
        body["ExchangeRate"] = plain(transaction_rate(company, change, body["CurrencyRef"]["value"], day))
    if total:
        body["DepositToAccountRef"] = {"value": str(_deposit_to(company, change))}
    method = change.value("PaymentMethodRef")
    if method and method.get("value"):
        found = company.refer("PaymentMethod", method, old.get("PaymentMethodRef"))
        body["PaymentMethodRef"] = {"value": str(found.id)}
    for key in ("PaymentRefNum", "PrivateNote", "TransactionLocationType", "ProjectRef"):
        value = change.value(key)
        if value is not None:
            body[key] = value
    body["TxnDate"] = change.value("TxnDate") or company.today
    body["ProcessPayment"] = bool(change.value("ProcessPayment"))
    if old.get("LinkedTxn"):
        body["LinkedTxn"] = old["LinkedTxn"]
    keep_deposited(change, body)
    lines = _lines(company, change, customer)
    rest = receivables.unapplied(body, lines)
    if rest < 0:
        raise faults.business("The amount applied to transactions is more than the amount of the payment.")
    body["UnappliedAmt"] = money(from_cents(rest))
    body["Line"] = _kept_lines(company, old, lines)
    check_lengths(body, _LIMITS)
    return body


def _total(change: Change) -> Decimal:
    """TotalAmt, demanded of sparse updates too (Intuit's documentation)."""
    total = change.sent.get("TotalAmt")
    if total is None or total == "":
        raise faults.missing("TotalAmt")
    if total < 0:
        raise faults.business("Transaction amount must be 0 or greater.")
    return Decimal(total)


def _customer(company: Company, change: Change) -> Record:
    reference = change.sent.get("CustomerRef")
    if not reference or not reference.get("value"):
        raise faults.missing("CustomerRef")
    return company.refer("Customer", reference, (change.old or {}).get("CustomerRef"))


def _deposit_to(company: Company, change: Change) -> int:
    reference = change.value("DepositToAccountRef")
    if not reference or not reference.get("value"):
        return undeposited_funds(company)
    account = company.refer("Account", reference, (change.old or {}).get("DepositToAccountRef"))
    if account.body["AccountType"] not in ("Bank", "Other Current Asset"):
        raise faults.bad_account_type("a payment is deposited to a bank or an other current asset account")
    return account.id


def _lines(company: Company, change: Change, customer: Record) -> list[Application]:
    """The lines after the change. A line may name one document or several, each for the line's amount."""
    sent = change.value("Line") or []
    old_lines = _applications((change.old or {}).get("Line", []))
    if "Line" not in change.sent:
        return old_lines
    before = {(line.kind, line.txn): line.amount for line in old_lines}
    lines: list[Application] = []
    for line in sent:
        lines.extend(_applications([line]))
    wished: dict[tuple[str, int], int] = {}
    for line in lines:
        wished[line.kind, line.txn] = wished.get((line.kind, line.txn), 0) + line.amount
    for (kind, txn), amount in wished.items():
        document = company.find(kind, txn)
        if document is None:
            raise faults.unknown_reference("Transactions", txn)
        _check_owner(company, customer, document)
        if amount > receivables.open_cents(document) + before.get((kind, txn), 0):
            raise faults.business("The amount applied to a transaction is more than its open balance.")
    return [Application(kind, txn, amount) for (kind, txn), amount in wished.items()]


def _applications(lines: Sequence[Body]) -> list[Application]:
    found = []
    for line in lines:
        amount = line.get("Amount")
        for link in line.get("LinkedTxn", []):
            kind = str(link.get("TxnType", ""))
            identity = str(link.get("TxnId", ""))
            number = id_number(identity)
            if number is None:
                raise faults.bad_id(identity, "Line.LinkedTxn.TxnId")
            if kind not in LINKABLE:
                if "LineEx" in line:
                    continue
                raise faults.unknown_reference("Transactions", identity)
            if amount is None or amount == "":
                raise faults.missing("Line.Amount")
            if amount < 0:
                raise faults.business("The amount of a line can't be negative.")
            found.append(Application(kind, number, to_cents(Decimal(amount))))
    return found


def _check_owner(company: Company, customer: Record, document: Record) -> None:
    """A customer pays its own documents and those of the customers below it."""
    owner: Record | None = company.find("Customer", int(document.body["CustomerRef"]["value"]))
    while owner is not None:
        if owner.id == customer.id:
            return
        parent = owner.body.get("ParentRef")
        owner = company.find("Customer", int(parent["value"])) if parent else None
    raise faults.business("A payment can be linked to transactions of the same customer only.")


def _kept_lines(company: Company, old: Body, lines: Sequence[Application]) -> list[Body]:
    """The lines as the record keeps them; open balances are filled in when the links are made."""
    shown = receivables.shown_lines(company, old, lines)
    return old["Line"] if old.get("Line") is not None and _applications(old["Line"]) == list(lines) else shown


def _saved(company: Company, _before: Record | None, after: Record) -> None:
    receivables.settle(company, after, _applications(after.body.get("Line", [])))


def _entered(company: Company, record: Record) -> None:
    check_customer(company, record)
    lines = list(_loaded_applications(company, record))
    receivables.enter_applications(company, record.id, lines)
    postings = receivables.postings_of(company, record, lines)
    ledger.enter(company, record, str(record.body.get("TxnDate", "")), postings)


def _loaded_applications(company: Company, payment: Record) -> Iterator[Application]:
    for line in payment.body.get("Line") or []:
        for link in line.get("LinkedTxn") or []:
            kind, identity = str(link.get("TxnType", "")), str(link.get("TxnId", ""))
            if kind not in LINKABLE:
                continue
            if not identity.isdecimal() or company.find(kind, int(identity)) is None:
                raise Misplaced(f"the {kind} {identity} it is linked to was not placed")
            yield Application(kind, int(identity), to_cents(Decimal(line.get("Amount", 0))))


def _leaving(company: Company, record: Record) -> None:
    refuse_deposited(record)
    receivables.replace_applications(company, record.id, [])
    ledger.replace(company, record, record.body["TxnDate"], [])


def _voided(_company: Company, record: Record) -> Body:
    """Amounts 0, no lines, the note (Intuit's documentation); a deposited payment cannot be voided."""
    refuse_deposited(record)
    return {
        **record.body,
        "TotalAmt": 0,
        "UnappliedAmt": 0,
        "Line": [],
        "PrivateNote": voided_note(record.body),
    }


PAYMENT = Entity(
    name="Payment",
    order=(
        "CustomerRef",
        "DepositToAccountRef",
        "PaymentMethodRef",
        "PaymentRefNum",
        "TotalAmt",
        "UnappliedAmt",
        "ProcessPayment",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "TxnDate",
        "CurrencyRef",
        "ExchangeRate",
        "PrivateNote",
        "LinkedTxn",
        "Line",
    ),
    verbs=frozenset({"create", "update", "delete", "void", "send", "pdf"}),
    prepare=_prepare,
    sequence="Transactions",
    collection="Transactions",
    properties=(
        Property("TotalAmt", "number"),
        Property("CustomerRef", "reference", indexed=True),
        Property("TxnDate", "day", indexed=True),
        Property("ProjectRef", "reference"),
        Property("PaymentRefNum", indexed=True),
        Property("UnappliedAmt", "number", filterable=False),
        Property("PaymentMethodRef", "reference", filterable=False),
        Property("DepositToAccountRef", "reference", filterable=False),
        Property("PrivateNote", filterable=False),
    ),
    label="PaymentRefNum",
    saved=_saved,
    entered=_entered,
    leaving=_leaving,
    voided=_voided,
    day_key="TxnDate",
)
