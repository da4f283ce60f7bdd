"""Time worked by employees and vendors, which may be billed to a customer."""

from __future__ import annotations

from decimal import Decimal

from qbosim import faults
from qbosim.entities.change import Change
from qbosim.entities.entity import Entity
from qbosim.entities.texts import check_lengths
from qbosim.jsontext import plain
from qbosim.moments import read_instant
from qbosim.records.company import Company, Record
from qbosim.records.layout import Body, Property
from qbosim.rules import Topic, assumed, documented, recorded

RULES = Topic(
    "TimeActivity",
    documented(
        "time_activity.who",
        "NameOf is required and is Employee or Vendor; EmployeeRef or VendorRef, whichever it names, is required too.",
        "Intuit's documentation of TimeActivity",
    ),
    documented(
        "time_activity.how_long",
        "Either Hours and Minutes or StartTime and EndTime are required; the two ways are not mixed.",
        "Intuit's documentation of TimeActivity",
    ),
    documented(
        "time_activity.billable",
        "Billable time needs a CustomerRef and an HourlyRate.",
        "Intuit's documentation of TimeActivity",
    ),
    recorded(
        "time_activity.shape",
        "A time activity shows NameOf, BillableStatus, Taxable, HourlyRate, Hours and Minutes, also where nobody sent them.",
        "time activities of a real sandbox company",
    ),
    recorded(
        "time_activity.ids",
        "Time activities count their own ids, apart from the transactions'.",
        "time activities 1 to 5 of a real sandbox company, which has bills 1 to 3 too",
    ),
    documented(
        "time_activity.dates",
        "TxnDate is today when nobody sends it.",
        "Intuit's documentation of TimeActivity",
    ),
    documented(
        "time_activity.change_feed",
        "Time activities are in the change feed.",
        "Intuit's release note of March 2021; an older page still says that they are not",
    ),
    assumed(
        "time_activity.limits",
        "Hours and minutes are not negative, minutes are below 60, and an activity ends after it began.",
        "nothing else is a length of time",
    ),
    assumed(
        "time_activity.billed",
        "Time that has been billed can be changed in its description only; to change more, take it off the invoice.",
        "the invoice shows its hours and its rate",
    ),
)

_HAS_BEEN_BILLED = "HasBeenBilled"
_WORTH = ("CustomerRef", "ItemRef", "HourlyRate", "Hours", "Minutes", "StartTime", "EndTime", "TxnDate")
_LINKS = (("ItemRef", "Item"), ("CustomerRef", "Customer"))
_TRACKED = (
    ("ClassRef", "Class", ("ClassTrackingPerTxn", "ClassTrackingPerTxnLine")),
    ("DepartmentRef", "Department", ("TrackDepartments",)),
)


def hours_worked(body: Body) -> Decimal:
    """How many hours a time activity's body stands for: between its moments less the break, or as it says."""
    if "StartTime" in body:
        seconds = Decimal(str(read_instant(str(body["EndTime"])) - read_instant(str(body["StartTime"]))))
        minutes = int(body.get("BreakHours", 0)) * 60 + int(body.get("BreakMinutes", 0))
        return seconds / 3600 - Decimal(minutes) / 60
    return Decimal(body.get("Hours", 0)) + Decimal(body.get("Minutes", 0)) / 60


def _prepare(company: Company, change: Change) -> Body:
    old = change.old or {}
    body: Body = {"TxnDate": change.value("TxnDate") or company.today}
    _worker(company, change, body)
    for key, entity in _LINKS:
        reference = change.value(key)
        if reference and reference.get("value"):
            body[key] = company.refer(entity, reference, old.get(key)).reference()
    for key, entity, preferences in _TRACKED:
        reference = change.value(key)
        tracked = any(company.preference("AccountingInfoPrefs", preference) for preference in preferences)
        if tracked and reference and reference.get("value"):
            body[key] = company.refer(entity, reference, old.get(key)).reference()
    _price(change, body)
    _duration(change, body)
    for key in ("Description", "TimeZone", "PayrollItemRef", "ProjectRef"):
        value = change.value(key)
        if value is not None:
            body[key] = value
    if old.get("BillableStatus") == _HAS_BEEN_BILLED:
        _keep_billed(old, body)
    check_lengths(body, {"Description": 4000})
    return body


def _worker(company: Company, change: Change, body: Body) -> None:
    kind = change.kept("NameOf")
    if not kind:
        raise faults.missing("NameOf")
    if kind not in ("Employee", "Vendor"):
        raise faults.bad_choice("NameOf", kind)
    key = f"{kind}Ref"
    reference = change.kept(key)
    if not reference or not reference.get("value"):
        raise faults.missing(key)
    body["NameOf"] = kind
    body[key] = company.refer(kind, reference, (change.old or {}).get(key)).reference()


def _price(change: Change, body: Body) -> None:
    status = change.value("BillableStatus") or "NotBillable"
    rate = change.value("HourlyRate")
    if status == "Billable":
        if "CustomerRef" not in body:
            raise faults.missing("CustomerRef")
        if rate is None:
            raise faults.missing("HourlyRate")
    if rate is not None and rate < 0:
        raise faults.bad_number("HourlyRate", rate)
    body["BillableStatus"] = status
    body["Taxable"] = bool(change.value("Taxable"))
    body["HourlyRate"] = plain(rate or 0)
    if change.value("CostRate") is not None:
        body["CostRate"] = plain(change.value("CostRate"))


def _duration(change: Change, body: Body) -> None:
    """Hours and minutes, or the moments between which somebody worked; what is sent replaces the other way."""
    by_hours = any(change.sent.get(key) not in (None, "") for key in ("Hours", "Minutes"))
    start, end = change.value("StartTime"), change.value("EndTime")
    if not by_hours and (start or end):
        if not start or not end:
            raise faults.missing("StartTime" if not start else "EndTime")
        if read_instant(end) <= read_instant(start):
            raise faults.business("The end time must be after the start time.")
        body |= {"StartTime": start, "EndTime": end}
        _add_part(change, body, "Break")
        if hours_worked(body) <= 0:
            raise faults.business("The break can't be longer than the time worked.")
    else:
        if change.value("Hours") is None and change.value("Minutes") is None:
            raise faults.missing("Hours")
        _add_part(change, body, "")


def _add_part(change: Change, body: Body, prefix: str) -> None:
    """Hours and minutes worked (`prefix` empty), or of the break, which is shown only where there was one."""
    hours, minutes = (int(change.value(f"{prefix}{unit}") or 0) for unit in ("Hours", "Minutes"))
    if hours < 0:
        raise faults.bad_number(f"{prefix}Hours", hours)
    if not 0 <= minutes < 60:
        raise faults.bad_number(f"{prefix}Minutes", minutes)
    if not prefix or hours or minutes:
        body |= {f"{prefix}Hours": hours, f"{prefix}Minutes": minutes}


def _keep_billed(old: Body, body: Body) -> None:
    if any(old.get(key) != body.get(key) for key in _WORTH):
        raise faults.business(
            "This time activity has been billed. Take it off the invoice before you change it."
        )
    body["BillableStatus"] = _HAS_BEEN_BILLED


def _leaving(_company: Company, record: Record) -> None:
    if record.body.get("BillableStatus") == _HAS_BEEN_BILLED:
        raise faults.business(
            "This time activity has been billed. Take it off the invoice before you delete it."
        )


TIME_ACTIVITY = Entity(
    name="TimeActivity",
    order=(
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "TxnDate",
        "NameOf",
        "EmployeeRef",
        "VendorRef",
        "CustomerRef",
        "DepartmentRef",
        "ItemRef",
        "ClassRef",
        "PayrollItemRef",
        "BillableStatus",
        "Taxable",
        "HourlyRate",
        "CostRate",
        "Hours",
        "Minutes",
        "BreakHours",
        "BreakMinutes",
        "StartTime",
        "EndTime",
        "TimeZone",
        "Description",
        "ProjectRef",
    ),
    verbs=frozenset({"create", "update", "delete"}),
    prepare=_prepare,
    collection="TimeActivities",
    properties=(
        Property("TxnDate", "day", indexed=True),
        Property("EmployeeRef", "reference", filterable=False),
        Property("VendorRef", "reference", filterable=False),
        Property("CustomerRef", "reference", filterable=False),
        Property("BillableStatus", filterable=False),
    ),
    leaving=_leaving,
    day_key="TxnDate",
)
