"""Estimates: offers, which post nothing and are closed by the invoice made from them."""

from __future__ import annotations

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.entities.origins import forget_estimate
from qbosim.entities.sales_form import Form, build_form, check_form
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented, recorded

_SANDBOX = "a sandbox company's estimates (NangoHQ integration templates)"

RULES = Topic(
    "Estimate",
    recorded(
        "estimate.status",
        "A new estimate is Pending and shows no LinkedTxn.",
        _SANDBOX,
    ),
    documented(
        "estimate.statuses",
        "TxnStatus is Pending, Accepted, Closed, Rejected or Converted; with Accepted go AcceptedBy and AcceptedDate.",
        "Intuit's documentation of Estimate",
    ),
    recorded(
        "estimate.numbers",
        "Estimates have a run of numbers of their own.",
        _SANDBOX + ": 1004 while invoices stand at 1043",
    ),
    documented(
        "estimate.non_posting",
        "An estimate posts nothing and has no balance.",
        "Intuit's documentation of Estimate",
    ),
    assumed(
        "estimate.bad_status",
        "Any other TxnStatus is refused with 2170.",
        "as other enumerations are refused",
    ),
    assumed(
        "estimate.delete_invoiced",
        "Deleting an estimate takes the link off the invoice made from it.",
        "a link to what is gone would lead nowhere",
    ),
)

_FORM = Form("Estimate", number_counter="EstimateNumber")
STATUSES = ("Pending", "Accepted", "Closed", "Rejected", "Converted")


def _prepare(company: Company, change: Change) -> Body:
    old = change.old or {}
    body = build_form(company, change, _FORM)
    status = change.kept("TxnStatus") or "Pending"
    if status not in STATUSES:
        raise faults.bad_choice("TxnStatus", status)
    body["TxnStatus"] = status
    for key in ("ExpirationDate", "AcceptedBy", "AcceptedDate"):
        value = change.value(key)
        if value is not None:
            body[key] = value
    if old.get("LinkedTxn"):
        body["LinkedTxn"] = old["LinkedTxn"]
    return body


def _entered(company: Company, record: Record) -> None:
    check_form(company, record)


def _leaving(company: Company, record: Record) -> None:
    forget_estimate(company, record)


ESTIMATE = Entity(
    name="Estimate",
    order=(
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
        "TxnStatus",
        "LinkedTxn",
        "Line",
        "TxnTaxDetail",
        "CustomerRef",
        "CustomerMemo",
        "BillAddr",
        "ShipAddr",
        "FreeFormAddress",
        "ShipFromAddr",
        "ClassRef",
        "SalesTermRef",
        "ShipMethodRef",
        "ShipDate",
        "GlobalTaxCalculation",
        "TotalAmt",
        "HomeTotalAmt",
        "ApplyTaxAfterDiscount",
        "PrintStatus",
        "EmailStatus",
        "BillEmail",
        "BillEmailCc",
        "BillEmailBcc",
        "DeliveryInfo",
        "ExpirationDate",
        "AcceptedBy",
        "AcceptedDate",
    ),
    verbs=frozenset({"create", "update", "delete", "send", "pdf"}),
    prepare=_prepare,
    sequence="Transactions",
    collection="Transactions",
    properties=(
        Property("DocNumber", indexed=True),
        Property("TxnDate", "day", indexed=True),
        Property("CustomerRef", "reference", indexed=True),
        Property("TotalAmt", "number"),
        Property("TxnStatus"),
        Property("ExpirationDate", "day", filterable=False),
        Property("DepartmentRef", "reference", filterable=False),
        Property("ClassRef", "reference", filterable=False),
        Property("PrivateNote", filterable=False),
    ),
    label="DocNumber",
    entered=_entered,
    leaving=_leaving,
    day_key="TxnDate",
)
