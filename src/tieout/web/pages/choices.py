"""Choices: issues with what a person can do about each, and the records there are to choose from, by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from tieout.domain.issues import BY_NAME, LINK, Issue
from tieout.mirror.browse import name_mirrored
from tieout.web.door import Door
from tieout.web.wording import ACTIONS, Said, said

DOCUMENT_KINDS = ("invoice", "credit_note", "payment")
MATCHED_KINDS = ("client", "service", "tax_region", "term")
ENTITIES = {
    "client": "Customer",
    "service": "Item",
    "tax_region": "TaxCode",
    "term": "Term",
    "invoice": "Invoice",
    "credit_note": "CreditMemo",
}


@dataclass(frozen=True)
class Choice:
    """A QuickBooks record that may be the one."""

    qbo_id: str
    name: str
    detail: str
    reasons: tuple[str, ...]
    score: int | None


@dataclass(frozen=True)
class Button:
    """One thing that can be done."""

    action: str
    said: Said
    needs_choice: bool


@dataclass(frozen=True)
class ShownIssue:
    """An issue as the page shows it."""

    issue: Issue
    title: str
    severity: str
    buttons: tuple[Button, ...]
    choices: tuple[Choice, ...]
    differences: tuple[dict[str, str], ...]
    document: str
    """The address of the document it is about; empty when it is about something else."""
    mapping: str
    """The address of the matching page where it can be settled; empty for most."""
    setting: str
    """The address of the settings page where it can be settled; empty for most."""


def shown_issues(door: Door, issues: Iterable[Issue]) -> list[ShownIssue]:
    """Put buttons, names and addresses to issues."""
    return [shown_issue(door, issue) for issue in issues]


def shown_issue(door: Door, issue: Issue) -> ShownIssue:
    """Put buttons, names and addresses to an issue."""
    finding = issue.finding
    kind = BY_NAME[finding.kind]
    query = door.query(issue.company)
    return ShownIssue(
        issue=issue,
        title=kind.title,
        severity=kind.severity,
        buttons=tuple(Button(name, said(ACTIONS, name), name == LINK) for name in issue.actions),
        choices=_choices(door, issue) if LINK in issue.actions else (),
        differences=_differences(finding.facts.get("differences")),
        document=f"/documents/{finding.record_kind}/{quote(finding.record)}{query}"
        if finding.record_kind in DOCUMENT_KINDS
        else "",
        mapping=_mapping(door, issue),
        setting=f"/settings{query}" if "setting" in finding.facts else "",
    )


def grouped(shown: Iterable[ShownIssue]) -> list[tuple[str, list[ShownIssue]]]:
    """Put issues of a kind together, under its title: those where money is wrong first, then the newest kind."""
    groups: dict[str, list[ShownIssue]] = {}
    for one in sorted(shown, key=lambda one: one.severity != "error"):
        groups.setdefault(one.title, []).append(one)
    return list(groups.items())


def _mapping(door: Door, issue: Issue) -> str:
    """Give the address of the matching page, at the record that is not linked; empty for most issues."""
    facts, finding = issue.finding.facts, issue.finding
    if not finding.kind.startswith("export."):
        return ""
    kind = str(facts.get("kind") or finding.record_kind)
    if kind not in MATCHED_KINDS:
        return ""
    company = {"company": issue.company} if door.query(issue.company) else {}
    return f"/matching/{kind}?" + urlencode({**company, "ref": str(facts.get("ref") or finding.record)})


def _choices(door: Door, issue: Issue) -> tuple[Choice, ...]:
    """Name the candidates that the issue carries; for a taken number that is the document which has it."""
    finding = issue.finding
    given = finding.facts.get("candidates")
    listed: list[Any] = given if isinstance(given, list) else []
    found = [one if isinstance(one, dict) else {"qbo_id": str(one)} for one in listed]
    if not found and finding.kind == "export.duplicate_number" and finding.facts.get("qbo_id"):
        found = [{"qbo_id": str(finding.facts["qbo_id"])}]
    entity = ENTITIES.get(finding.record_kind, "Customer")
    if finding.kind.startswith("customer."):
        entity = "Customer"
    names = name_mirrored(
        door.edges,
        door.caller,
        entity=entity,
        ids=[str(one["qbo_id"]) for one in found],
        company=issue.company,
    )
    return tuple(
        Choice(
            str(one["qbo_id"]),
            _name(names[one["qbo_id"]].name, names[one["qbo_id"]].number)
            if one["qbo_id"] in names
            else f"{entity} {one['qbo_id']}",
            names[one["qbo_id"]].detail if one["qbo_id"] in names else "",
            tuple(str(reason) for reason in one.get("reasons", ())),
            int(one["score"]) if "score" in one else None,
        )
        for one in found
    )


def _name(name: str, number: str) -> str:
    return f"{number} · {name}" if number else name


def _differences(facts: object) -> tuple[dict[str, str], ...]:
    if not isinstance(facts, list):
        return ()
    return tuple({key: str(one.get(key, "")) for key in ("field", "ours", "theirs")} for one in facts)
