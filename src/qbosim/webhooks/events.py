"""What Intuit tells of: the covered entities and operations, and how a message words them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from qbosim import jsontext
from qbosim.moments import stamp
from qbosim.records.changes import Operation
from qbosim.rules import Topic, assumed, documented

Format = Literal["cloudevents", "legacy"]

COVERED = frozenset(
    [
        "Account",
        "Bill",
        "BillPayment",
        "Budget",
        "Class",
        "CompanyCurrency",
        "CreditMemo",
        "Customer",
        "Department",
        "Deposit",
        "Employee",
        "Estimate",
        "Invoice",
        "Item",
        "JournalCode",
        "JournalEntry",
        "Payment",
        "PaymentMethod",
        "Preferences",
        "Purchase",
        "PurchaseOrder",
        "RefundReceipt",
        "SalesReceipt",
        "TaxAgency",
        "Term",
        "TimeActivity",
        "Transfer",
        "Vendor",
        "VendorCredit",
    ]
)
"""The entities whose changes are told, as QuickBooks spells them."""

_VOID_IS_TOLD = frozenset(
    [
        "BillPayment",
        "CreditMemo",
        "Invoice",
        "Payment",
        "Purchase",
        "RefundReceipt",
        "SalesReceipt",
        "Transfer",
    ]
)
_EMAILED_IS_TOLD = frozenset(
    ["CreditMemo", "Estimate", "Invoice", "Payment", "RefundReceipt", "SalesReceipt"]
)
_NAMES = {"CompanyCurrency": "Currency"}
_PAST: dict[Operation, str] = {
    "Create": "created",
    "Update": "updated",
    "Delete": "deleted",
    "Void": "voided",
    "Emailed": "emailed",
    "Merge": "merged",
}

_DOCUMENTED = "Intuit's documentation of webhooks"

RULES = Topic(
    "Webhooks",
    documented(
        "webhook.coverage",
        "Create, Update, Delete, Void and Emailed are told of the entities that Intuit lists; CompanyInfo, TaxCode, "
        "TaxRate, Attachable and ExchangeRate send nothing.",
        _DOCUMENTED,
    ),
    documented(
        "webhook.cloud_events",
        "A message is a JSON array of CloudEvents 1.0: type `qbo.<entity>.<created|…>.v1`, the record's id in "
        "intuitentityid, the company in intuitaccountid, no content of the record.",
        "IntuitDeveloper/SampleApp-Webhooks-Java-Cloudevents; Intuit's posts about the move to CloudEvents",
    ),
    documented(
        "webhook.legacy",
        "An app that asks for the old format gets `eventNotifications`, grouped by company, with name, id, operation "
        "and lastUpdated.",
        _DOCUMENTED,
    ),
    assumed(
        "webhook.side_effects",
        "Whatever moves a record's LastUpdatedTime is told: a payment also tells an Update of the invoices it pays, "
        "of its customer and of the accounts, whose balances move.",
        "Intuit says that linked records may be told too; the change feed shows the same records",
    ),
    assumed(
        "webhook.one_event_per_call",
        "One call tells of a record once: creating it tells Create, and voiding it Void without an Update beside it.",
        "the documentation gives each change one operation",
    ),
)


@dataclass(frozen=True)
class Event:
    """One change of one record, as it is told to one app."""

    id: str
    """Unique; a duplicate carries the same one."""
    realm: str
    entity: str
    record: str
    operation: Operation
    at: float
    """Seconds since 1970."""
    deleted: str | None = None
    """Of a Merge: the id of the record that went."""


def told_as(entity: str, operation: Operation) -> Operation | None:
    """The operation that is told when `operation` happens to a record of `entity`; None: nothing is told."""
    if entity not in COVERED:
        return None
    if entity == "Preferences":
        return "Update"
    if operation == "Void" and entity not in _VOID_IS_TOLD:
        return "Update"
    if operation == "Emailed" and entity not in _EMAILED_IS_TOLD:
        return "Update"
    return operation


def written(events: Iterable[Event], form: Format, source: str) -> str:
    """The body of a message. `source` is the CloudEvents source, `intuit.` and a hash."""
    if form == "legacy":
        return jsontext.dumps(_legacy(events)).decode()
    return jsontext.dumps([_cloud_event(event, source) for event in events]).decode()


def _cloud_event(event: Event, source: str) -> dict[str, Any]:
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=event.at)
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": source,
        "type": f"qbo.{_name(event.entity).lower()}.{_PAST[event.operation]}.v1",
        "datacontenttype": "application/json",
        "time": f"{instant:%Y-%m-%dT%H:%M:%S.%f}000Z",
        "intuitentityid": event.record,
        "intuitaccountid": event.realm,
        "data": {} if event.deleted is None else {"deletedid": event.deleted},
    }


def _legacy(events: Iterable[Event]) -> dict[str, Any]:
    by_realm: dict[str, list[dict[str, str]]] = {}
    for event in events:
        told = {
            "name": _name(event.entity),
            "id": event.record,
            "operation": event.operation,
            "lastUpdated": compact(event.at),
        }
        if event.deleted is not None:
            told["deletedId"] = event.deleted
        by_realm.setdefault(event.realm, []).append(told)
    return {
        "eventNotifications": [
            {"realmId": realm, "dataChangeEvent": {"entities": told}} for realm, told in by_realm.items()
        ]
    }


def compact(at: float) -> str:
    """An instant as the old format writes it: `2015-10-05T14:42:19-0700`."""
    text = stamp(int(at))
    return text[:-3] + text[-2:]


def _name(entity: str) -> str:
    return _NAMES.get(entity, entity)
