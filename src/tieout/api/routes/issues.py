"""Issues: what a person must decide, and the deciding."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from tieout.api.asking import After, Asked, CompanyQuery, Limit
from tieout.api.shapes.base import PageOf
from tieout.api.shapes.issues import Decision, IssueShown, IssueStateName, issue_shape
from tieout.connections.companies import get_company
from tieout.sync.decide import decide, get_issue, list_issues

router = APIRouter(prefix="/issues", tags=["Issues"])


@router.get("")
def issues(
    asked: Asked,
    company: CompanyQuery = "",
    state: IssueStateName = IssueStateName.OPEN,
    kind: Annotated[str, Query(description="A kind or its beginning, such as `drift`", max_length=100)] = "",
    after: After = "",
    limit: Limit = 100,
) -> PageOf[IssueShown]:
    """List issues of one company, or of all, the newest first."""
    chosen = get_company(asked.edges, asked.caller, company=company).id if company else ""
    found = list_issues(
        asked.edges,
        asked.caller,
        company=chosen,
        state=state.value,
        kind=kind,
        limit=limit + 1,
        after=after,
    )
    page = found[:limit]
    return PageOf(items=[issue_shape(one) for one in page], next=page[-1].id if len(found) > limit else None)


@router.get("/{issue}")
def issue(asked: Asked, issue: str) -> IssueShown:
    """Show one issue."""
    return issue_shape(get_issue(asked.edges, asked.caller, issue=issue))


@router.post("/{issue}/decisions")
def decisions(asked: Asked, issue: str, body: Decision) -> IssueShown:
    """Settle an issue by one of its actions."""
    return issue_shape(decide(asked.edges, asked.caller, issue=issue, action=body.action, choice=body.choice))
