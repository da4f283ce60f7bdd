"""Credit memos: invoices the other way round, which the API cannot void."""

from __future__ import annotations

from decimal import Decimal

from qbosim.books import inventory, sales, settlement
from qbosim.books.ledger import from_cents, to_cents
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.entities.sales_form import Form, build_form, check_form
from qbosim.jsontext import money
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, documented, recorded

RULES = Topic(
    "CreditMemo",
    documented(
        "credit_memo.no_void",
        "A credit memo cannot be voided through the API.",
        "Intuit's documentation; the .NET client library voids Invoice, Payment and SalesReceipt only",
    ),
    recorded(
        "credit_memo.remaining",
        "RemainingCredit and Balance are the total less what was applied.",
        "a sandbox company's credit memos (NangoHQ integration templates)",
    ),
    documented(
        "credit_memo.delete",
        "Deleting a credit memo opens again what it had paid.",
        "Intuit's documentation of linked transactions",
    ),
)

_FORM = Form("CreditMemo")


def _prepare(company: Company, change: Change) -> Body:
    body = build_form(company, change, _FORM)
    old = change.old or {}
    total = to_cents(Decimal(body["TotalAmt"]))
    used = to_cents(Decimal(old.get("TotalAmt", 0))) - to_cents(Decimal(old.get("RemainingCredit", 0)))
    remaining = money(from_cents(max(total - used, 0)))
    body["RemainingCredit"] = remaining
    body["Balance"] = remaining
    if "HomeBalance" in old:
        body["HomeBalance"] = old["HomeBalance"]
    return body


def _saved(company: Company, before: Record | None, after: Record) -> None:
    inventory.post(company, after, after.body["TxnDate"], sales.postings_of(company, after, sign=-1))
    if before is not None:
        settlement.document_saved(company, after)


def _entered(company: Company, record: Record) -> None:
    check_form(company, record)
    inventory.enter(
        company, record, str(record.body.get("TxnDate", "")), sales.postings_of(company, record, sign=-1)
    )


def _leaving(company: Company, record: Record) -> None:
    settlement.release(company, record, 0)
    inventory.post(company, record, record.body["TxnDate"], [])


CREDIT_MEMO = Entity(
    name="CreditMemo",
    order=(
        "RemainingCredit",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "CustomField",
        "DocNumber",
        "TxnDate",
        "DepartmentRef",
        "CurrencyRef",
        "ExchangeRate",
        "PrivateNote",
        "Line",
        "TxnTaxDetail",
        "CustomerRef",
        "CustomerMemo",
        "BillAddr",
        "ShipAddr",
        "FreeFormAddress",
        "ShipFromAddr",
        "ClassRef",
        "GlobalTaxCalculation",
        "TotalAmt",
        "HomeTotalAmt",
        "ApplyTaxAfterDiscount",
        "PrintStatus",
        "EmailStatus",
        "BillEmail",
        "Balance",
        "HomeBalance",
        "DeliveryInfo",
    ),
    verbs=frozenset({"create", "update", "delete", "send", "pdf"}),
    prepare=_prepare,
    sequence="Transactions",
    collection="Transactions",
    properties=(
        Property("DocNumber", indexed=True),
        Property("TxnDate", "day", indexed=True),
        Property("CustomerRef", "reference", indexed=True),
        Property("Balance", "number"),
        Property("TotalAmt", "number"),
        Property("DepartmentRef", "reference", filterable=False),
        Property("ClassRef", "reference", filterable=False),
        Property("PrivateNote", filterable=False),
    ),
    label="DocNumber",
    saved=_saved,
    entered=_entered,
    leaving=_leaving,
    day_key="TxnDate",
)
