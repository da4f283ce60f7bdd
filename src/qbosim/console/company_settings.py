"""A company's preferences that a tester switches most: the closing of the books, numbers, currencies, tracking, tax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qbosim.console.rendering import go_to, page
from qbosim.console.trouble import Trouble
from qbosim.console.visit import Visit
from qbosim.wire import Response


@dataclass(frozen=True)
class Preference:
    """One preference of the form."""

    group: str
    key: str
    label: str
    kind: str = "flag"
    """`flag`, `date`, or the values it may have."""
    hint: str = ""


PREFERENCES = (
    Preference(
        "AccountingInfoPrefs",
        "BookCloseDate",
        "Books are closed up to",
        "date",
        "Changes on or before this day are refused with 6210. Leave it empty to open the books.",
    ),
    Preference("SalesFormsPrefs", "CustomTxnNumbers", "Custom transaction numbers"),
    Preference(
        "CurrencyPrefs", "MultiCurrencyEnabled", "Several currencies", hint="Cannot be switched off again."
    ),
    Preference("AccountingInfoPrefs", "ClassTrackingPerTxn", "One class for each transaction"),
    Preference("AccountingInfoPrefs", "ClassTrackingPerTxnLine", "One class for each line"),
    Preference("AccountingInfoPrefs", "TrackDepartments", "Locations"),
    Preference("TaxPrefs", "UsingSalesTax", "Sales tax"),
    Preference("SalesFormsPrefs", "AllowDiscount", "Discounts on sales forms"),
    Preference("SalesFormsPrefs", "AllowShipping", "Shipping on sales forms"),
    Preference("SalesFormsPrefs", "AllowEstimates", "Estimates"),
    Preference("ReportPrefs", "ReportBasis", "Reports by default on", "Accrual Cash"),
)
"""What the form has, by the group of Preferences that it stands in."""


def show(visit: Visit, realm: str) -> Response:
    """The preferences as they are."""
    return _show(visit, realm)


def change(visit: Visit, realm: str) -> Response:
    """Save what differs, as an update of Preferences."""
    visit.company(realm)
    now = visit.read(realm, "preferences")["Preferences"]
    groups: dict[str, dict[str, Any]] = {}
    for each in PREFERENCES:
        kept = now.get(each.group, {}).get(each.key)
        wanted: Any = visit.ticked(each.key) if each.kind == "flag" else visit.said(each.key)
        if wanted != (kept if kept is not None else (False if each.kind == "flag" else "")):
            groups.setdefault(each.group, {**now.get(each.group, {})})[each.key] = wanted
    body = {"Id": now["Id"], "SyncToken": visit.said("sync_token"), "sparse": True, **groups}
    try:
        if groups:
            visit.write(realm, "Preferences", body, "The preferences were not changed")
    except Trouble as trouble:
        return _show(visit, realm, trouble)
    said = "The preferences are kept." if groups else "The preferences stay as they are."
    return go_to(f"/company/{realm}/preferences", said)


def _show(visit: Visit, realm: str, trouble: Trouble | None = None) -> Response:
    now = visit.read(realm, "preferences")["Preferences"]
    values = {each.key: now.get(each.group, {}).get(each.key, "") for each in PREFERENCES}
    if trouble is not None:
        values = {
            each.key: visit.ticked(each.key) if each.kind == "flag" else visit.said(each.key)
            for each in PREFERENCES
        }
    return page(
        visit,
        "preferences.html",
        status=200 if trouble is None else trouble.status,
        trouble=trouble,
        realm=visit.company(realm),
        preferences=PREFERENCES,
        values=values,
        sync_token=visit.said("sync_token", str(now["SyncToken"])),
        section="preferences",
    )
