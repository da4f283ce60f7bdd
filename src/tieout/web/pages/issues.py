"""Needs attention: all issues, open and settled, and the one place where a decision is pressed."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from tieout.connections.companies import get_company, list_companies
from tieout.kit.errors import Invalid
from tieout.sync.decide import decide, get_issue, list_issues
from tieout.web.door import Door
from tieout.web.notices import done
from tieout.web.pages.choices import grouped, shown_issue, shown_issues
from tieout.web.route import back

PAGE = 50
STATES = ("open", "resolved", "cleared", "ignored", "all")


def add_to(routes: APIRouter, door: Door) -> None:
    """Add the list, one issue, and deciding."""

    @routes.get("/issues")
    def issues(request: Request, company: str = "", state: str = "open", after: str = "") -> Response:
        """List issues of one state."""
        if state not in STATES:
            raise Invalid(
                "There is no such list of issues",
                record=state,
                reason=f"the lists are {', '.join(STATES)}",
                remedy="Choose one of them",
            )
        chosen = get_company(door.edges, door.caller, company=company)
        found = list_issues(
            door.edges, door.caller, company=chosen.id, state=state, limit=PAGE + 1, after=after
        )
        return door.rendering.page(
            request,
            "issues.html",
            company=chosen,
            companies=list_companies(door.edges, door.caller),
            query=door.query(company),
            state=state,
            states=STATES,
            issues=grouped(shown_issues(door, found[:PAGE]))
            if state == "open"
            else [("", shown_issues(door, found[:PAGE]))],
            next_after=found[PAGE - 1].id if len(found) > PAGE else "",
            first_page=not after,
            address=lambda **more: (
                "/issues?"
                + urlencode({name: value for name, value in {"company": company, **more}.items() if value})
            ),
        )

    @routes.get("/issues/{issue}")
    def one(request: Request, issue: str) -> Response:
        """Show one issue."""
        found = get_issue(door.edges, door.caller, issue=issue)
        return door.rendering.page(
            request,
            "issue.html",
            company=get_company(door.edges, door.caller, company=found.company),
            companies=list_companies(door.edges, door.caller),
            query=door.query(found.company),
            shown=shown_issue(door, found),
        )

    @routes.post("/issues/{issue}/decide")
    def settle(
        issue: str,
        action: Annotated[str, Form()],
        choice: Annotated[str, Form()] = "",
        back_to: Annotated[str, Form(alias="back")] = "/",
    ) -> Response:
        """Settle an issue."""
        settled = decide(door.edges, door.caller, issue=issue, action=action, choice=choice)
        return back(
            door,
            back_to,
            done(
                f"{settled.finding.label}: {settled.closed_how or 'settled'}", "the next cycle carries it out"
            ),
        )
