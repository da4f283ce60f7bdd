"""The custom fields of sales forms: which ones the company has, and what a form holds in them."""

from __future__ import annotations

import re

from qbosim.entities.change import Change
from qbosim.records.company import Company
from qbosim.records.layout import Body
from qbosim.rules import Topic, documented, recorded

RULES = Topic(
    "Custom fields",
    recorded(
        "custom_field.listed",
        "Every custom field of the company is listed, without StringValue where it has none.",
        "sandbox traffic (minimul/qbo_api, create__invoice)",
    ),
    documented(
        "custom_field.unknown",
        "A custom field whose DefinitionId the company does not have is dropped.",
        "Intuit's documentation of custom fields",
    ),
    documented(
        "custom_field.more",
        "Custom fields beyond the first three are taken with include=enhancedAllCustomFields only; another update leaves "
        "them as they are.",
        "Intuit's documentation of custom fields",
    ),
)

_FEW_FIELDS = 3
"""Custom fields that are taken unless all are asked for (Intuit's documentation)."""


def custom_fields(company: Company, change: Change) -> list[Body]:
    """Every custom field the company has, with its value where there is one; others are dropped (documented)."""
    values = {
        str(entry.get("DefinitionId")): entry.get("StringValue")
        for entry in change.value("CustomField") or []
    }
    fields = []
    more = "enhancedallcustomfields" in company.include
    for definition, name in custom_field_names(company.preferences).items():
        if int(definition) > _FEW_FIELDS and not more:
            if change.old is not None:
                fields += [
                    entry
                    for entry in change.old.get("CustomField", [])
                    if entry.get("DefinitionId") == definition
                ]
            continue
        entry = {"DefinitionId": definition, "Name": name, "Type": "StringType"}
        if values.get(definition):
            entry["StringValue"] = str(values[definition])
        fields.append(entry)
    return fields


def custom_field_names(preferences: Body) -> dict[str, str]:
    """The sales forms' custom fields that are in use: definition id to name (the nested shape is recorded)."""
    used: dict[str, bool] = {}
    names: dict[str, str] = {}
    for group in (preferences.get("SalesFormsPrefs") or {}).get("CustomField", []):
        for entry in group.get("CustomField", []):
            name = str(entry.get("Name", ""))
            number = re.sub(r"^\D+", "", name)
            if name.startswith("SalesFormsPrefs.UseSalesCustom"):
                used[number] = bool(entry.get("BooleanValue"))
            elif name.startswith("SalesFormsPrefs.SalesCustomName"):
                names[number] = str(entry.get("StringValue", ""))
    return {number: name for number, name in sorted(names.items(), key=_by_number) if used.get(number)}


def _by_number(entry: tuple[str, str]) -> int:
    return int(entry[0] or 0)
