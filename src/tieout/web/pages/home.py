"""The home page: are my books tied out, what needs me, and what happened last."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from tieout.connections.apps import show_app
from tieout.connections.companies import get_company, list_companies
from tieout.sync.cycle import sync_now
from tieout.sync.decide import list_issues
from tieout.sync.documents import list_documents
from tieout.sync.health import list_cycles, read_health
from tieout.web.door import Door
from tieout.web.notices import told, trouble
from tieout.web.pages.choices import grouped, shown_issues
from tieout.web.pages.importing import importing_of
from tieout.web.pages.standing import standing_of, steps_of
from tieout.web.route import back

ISSUES_SHOWN = 20
DOCUMENTS_SHOWN = 15
CYCLES_SHOWN = 50
WAIT_SECONDS = 2.5
"""How long a press of a button waits for what it started, so that a quick end is seen at once."""
KINDS = ("", "invoice", "credit_note", "payment")


def add_to(routes: APIRouter, door: Door) -> None:
    """Add the home page and what is pressed on it."""

    @routes.get("/")
    def home(
        request: Request, company: str = "", kind: str = "", search: str = "", after: str = "", part: str = ""
    ) -> Response:
        """Show the home page, or the part of it that changes by itself."""
        values = _values(door, company, kind if kind in KINDS else "", search[:100], after[:200])
        if part == "live":
            return door.rendering.part(request, "parts/live.html", **values)
        return door.rendering.page(request, "home.html", **values)

    @routes.post("/sync")
    def sync(company: Annotated[str, Form()]) -> Response:
        """Start a cycle now."""
        # What is started is remembered by company: nobody may start something under another tenant's.
        company = get_company(door.edges, door.caller, company=company).id
        errand = door.background.start(
            company,
            "sync",
            lambda: sync_now(door.edges, door.caller, company=company),
            wait=WAIT_SECONDS,
        )
        if not errand.done.is_set():
            notice = told("A cycle is running", "this page shows its result as soon as it is there")
        elif errand.trouble is not None:
            notice = trouble(errand.trouble)
        else:
            return back(door, "/" + door.query(company))
        return back(door, "/" + door.query(company), notice)

    @routes.get("/cycles")
    def cycles(request: Request, company: str = "") -> Response:
        """Show the latest cycles of a company."""
        return door.rendering.page(
            request,
            "cycles.html",
            company=get_company(door.edges, door.caller, company=company),
            companies=list_companies(door.edges, door.caller),
            query=door.query(company),
            cycles=list_cycles(door.edges, door.caller, company=company, limit=CYCLES_SHOWN),
        )


def _values(door: Door, company: str, kind: str, search: str, after: str) -> dict[str, Any]:
    edges, caller = door.edges, door.caller
    companies = list_companies(edges, caller)
    health = read_health(edges, caller, company=company) if companies else None
    query = door.query(company)
    app = show_app(edges, caller, environment=door.environment)
    values: dict[str, Any] = {
        "companies": companies,
        "company": health.company if health is not None else None,
        "query": query,
        "health": health,
        "standing": standing_of(health),
        "steps": steps_of(health, query),
        "app": app,
        "environment": door.environment,
        "redirect_uri": door.redirect_uri,
        "issues": [],
        "issues_shown": 0,
        "documents": None,
        "kind": kind,
        "search": search,
        "after": after,
        "importing": None,
        "page_of_its_own": False,
        "syncing": False,
        "live_address": "/?"
        + urlencode({"part": "live", "company": company, "kind": kind, "search": search, "after": after}),
    }
    if health is None:
        return values
    chosen = health.company
    issues = list_issues(edges, caller, company=chosen.id, limit=ISSUES_SHOWN)
    values.update(
        issues=grouped(shown_issues(door, issues)),
        issues_shown=len(issues),
        documents=list_documents(
            edges, caller, company=chosen.id, kind=kind, search=search, limit=DOCUMENTS_SHOWN, after=after
        ),
        importing=importing_of(door, chosen),
        syncing=door.background.running(chosen.id, "sync")
        or (
            chosen.leased_by != ""
            and chosen.lease_until is not None
            and chosen.lease_until > edges.clock.now()
        ),
    )
    return values
