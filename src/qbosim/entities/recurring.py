"""Recurring transactions: templates of other transactions, each wrapped in the name of its kind, with their schedules."""

from __future__ import annotations

from typing import cast

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.records.company import Company
from qbosim.records.layout import Body
from qbosim.rules import Topic, assumed, documented

RULES = Topic(
    "RecurringTransaction",
    documented(
        "recurring.wrapped",
        "A recurring transaction is an object with one key, the kind of transaction, which holds the template: in "
        "requests, in reads and in queries.",
        "Intuit's documentation of RecurringTransaction; python-quickbooks' source",
    ),
    documented(
        "recurring.kinds",
        "The kinds are Bill, CreditMemo, Deposit, Estimate, Invoice, JournalEntry, Purchase, PurchaseOrder, RefundReceipt, "
        "SalesReceipt, Transfer and VendorCredit.",
        "python-quickbooks' source (RecurringTransaction)",
    ),
    documented(
        "recurring.info",
        "RecurringInfo with a Name is required; RecurType is Automated, Reminded or UnScheduled.",
        "Intuit's documentation of RecurringTransaction",
    ),
    documented(
        "recurring.template_number",
        "RecurDataRef names the template, by a number of its own.",
        "Intuit's documentation of RecurringTransaction (sample answer)",
    ),
    assumed(
        "recurring.checked",
        "A template is checked and computed like a transaction of its kind, has no DocNumber and posts nothing.",
        "it becomes such a transaction on its day; no balance of the books holds templates",
    ),
    assumed(
        "recurring.no_run",
        "Nothing is made from a template when its day comes.",
        "when in the day Intuit does so is not documented, and most integrations read templates only",
    ),
    assumed(
        "recurring.change_feed",
        "Recurring transactions are not in the change feed.",
        "no list of the entities in it names them",
    ),
)

KINDS = (
    "Bill",
    "CreditMemo",
    "Deposit",
    "Estimate",
    "Invoice",
    "JournalEntry",
    "Purchase",
    "PurchaseOrder",
    "RefundReceipt",
    "SalesReceipt",
    "Transfer",
    "VendorCredit",
)

_KIND = "TxnKind"
_OWN = ("RecurringInfo", "RecurDataRef", _KIND)
_RECUR_TYPES = ("Automated", "Reminded", "UnScheduled")
_INTERVALS = ("Daily", "Weekly", "Monthly", "Yearly")
_UNNUMBERED = "-"


def _prepare(company: Company, change: Change) -> Body:
    kind = str(change.sent[_KIND])
    old = change.old
    if old is not None and old[_KIND] != kind:
        raise faults.not_found()
    info = _info(change)
    template = cast("Entity", company.entities[kind])
    inner = Change(
        {**_without(change.sent), "DocNumber": _UNNUMBERED},
        _without(old) if old is not None else None,
        change.sparse,
    )
    computed = template.prepare(company, inner)
    computed.pop("DocNumber", None)
    body: Body = {key: computed[key] for key in template.order if key in computed}
    body |= computed
    kept = old.get("RecurDataRef") if old is not None else None
    body["RecurDataRef"] = kept or {"value": str(company.count_up("RecurringTemplate"))}
    body["RecurringInfo"] = info
    body[_KIND] = kind
    return body


def _without(body: Body) -> Body:
    return {key: value for key, value in body.items() if key not in _OWN}


def _info(change: Change) -> Body:
    info: Body | None = change.value("RecurringInfo")
    if not info:
        raise faults.missing("RecurringInfo")
    if not info.get("Name"):
        raise faults.missing("RecurringInfo.Name")
    kind = info.get("RecurType") or "UnScheduled"
    if kind not in _RECUR_TYPES:
        raise faults.bad_choice("RecurringInfo.RecurType", kind)
    schedule = info.get("ScheduleInfo") or {}
    interval = schedule.get("IntervalType")
    if kind != "UnScheduled" and not interval:
        raise faults.missing("RecurringInfo.ScheduleInfo.IntervalType")
    if interval and interval not in _INTERVALS:
        raise faults.bad_choice("RecurringInfo.ScheduleInfo.IntervalType", interval)
    shown: Body = {"Name": info["Name"], "RecurType": kind, "Active": info.get("Active") is not False}
    if schedule:
        shown["ScheduleInfo"] = schedule
    return shown


RECURRING_TRANSACTION = Entity(
    name="RecurringTransaction",
    order=("domain", "sparse", "Id", "SyncToken", "MetaData"),
    verbs=frozenset({"create", "update", "delete"}),
    prepare=_prepare,
    sequence="Transactions",
    collection="Transactions",
    in_change_feed=False,
    kind_key=_KIND,
    kinds=KINDS,
)
