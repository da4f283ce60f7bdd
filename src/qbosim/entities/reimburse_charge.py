"""Reimbursable charges: expenses that customers are to pay back, waiting to be put on an invoice."""

from __future__ import annotations

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.records.company import Company
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, documented

RULES = Topic(
    "ReimburseCharge",
    documented(
        "reimburse_charge.read_only",
        "Reimbursable charges are read and queried; nothing makes them through the API.",
        "Intuit's documentation of ReimburseCharge",
    ),
)


def _refuse(_company: Company, _change: Change) -> Body:
    raise faults.unsupported("write on ReimburseCharge")


REIMBURSE_CHARGE = Entity(
    name="ReimburseCharge",
    order=(
        "CustomerRef",
        "Amount",
        "HasBeenInvoiced",
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
        "HomeTotalAmt",
    ),
    verbs=frozenset(),
    prepare=_refuse,
    sequence="Transactions",
    collection="Transactions",
    properties=(
        Property("DocNumber"),
        Property("TxnDate", "day", indexed=True),
        Property("CustomerRef", "reference", indexed=True),
        Property("HasBeenInvoiced", "flag", filterable=False),
        Property("Amount", "number", filterable=False),
    ),
    day_key="TxnDate",
)
