"""Companies: the list of them, and for each its page with who signed in, what is allowed and what can be done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from tieout.connections.apps import show_app
from tieout.connections.companies import list_companies
from tieout.connections.grants import list_grants
from tieout.connections.standing import (
    compare_accesses,
    make_default,
    pause,
    permissions,
    resume,
    set_access,
)
from tieout.storage.companies import Company
from tieout.sync.health import show_health
from tieout.web.door import Door
from tieout.web.notices import done, told
from tieout.web.pages.signins import sign_ins
from tieout.web.route import back

SHOWN = 50
"""Companies on one page of the list."""


def address(company: str) -> str:
    """Give the address of a company's page."""
    return f"/companies/{quote(company, safe='')}"


def shown_company(companies: Iterable[Company], wanted: str = "") -> Company | None:
    """Choose the company that the navigation is about, where a page is about none: the wanted one, or the first."""
    known = list(companies)
    return next((one for one in known if one.id == wanted), known[0] if known else None)


def add_to(routes: APIRouter, door: Door) -> None:
    """Add the list, the page of a company, and what is pressed there."""

    @routes.get("/companies")
    def companies(request: Request, after: str = "") -> Response:
        """List the companies with how each stands."""
        edges, caller = door.edges, door.caller
        known = list_companies(edges, caller)
        health = show_health(edges, caller, after=after[:100], limit=SHOWN)
        return door.rendering.page(
            request,
            "companies.html",
            companies=known,
            company=shown_company(known),
            query="",
            listed=health.companies,
            after=after,
            next=health.next,
            app=show_app(edges, caller, environment=door.environment),
        )

    @routes.get("/connect")
    def connecting(request: Request) -> Response:
        """Say what each access allows, before a company is connected."""
        edges, caller = door.edges, door.caller
        known = list_companies(edges, caller)
        return door.rendering.page(
            request,
            "connect.html",
            companies=known,
            company=shown_company(known),
            query="",
            app=show_app(edges, caller, environment=door.environment),
            comparison=compare_accesses(edges, caller),
            redirect_uri=door.redirect_uri,
        )

    @routes.get("/companies/{company}")
    def one_company(request: Request, company: str) -> Response:
        """Show one company: its connection, its sign-ins, what is allowed, and how it can be stopped or ended."""
        edges, caller = door.edges, door.caller
        [health] = show_health(edges, caller, company=company).companies
        chosen = health.company
        return door.rendering.page(
            request,
            "company.html",
            companies=list_companies(edges, caller),
            company=chosen,
            query=door.query(chosen.id),
            address=address(chosen.id),
            health=health,
            sign_ins=sign_ins(list_grants(edges, caller, company=chosen.id)),
            permissions=permissions(edges, caller, company=chosen.id),
        )

    @routes.post("/companies/{company}/pause")
    def paused(company: str, reason: Annotated[str, Form()] = "") -> Response:
        """Pause a company."""
        chosen = pause(door.edges, door.caller, company=company, reason=reason)
        return back(
            door,
            address(chosen.id),
            told(f"{chosen.name} is paused", "nothing of it is read, sent or renewed by itself"),
        )

    @routes.post("/companies/{company}/resume")
    def resumed(company: str) -> Response:
        """Let a paused company go on."""
        chosen = resume(door.edges, door.caller, company=company)
        notice = (
            done(f"{chosen.name} goes on", "its next cycle comes at once and compares everything")
            if chosen.status == "connected"
            else told(
                f"{chosen.name} is not paused any more",
                "its sign-in at Intuit was lost meanwhile",
                "Press Reconnect and sign in to this company",
            )
        )
        return back(door, address(chosen.id), notice)

    @routes.post("/companies/{company}/default")
    def default(company: str) -> Response:
        """Make a company the one that is meant when none is named."""
        chosen = make_default(door.edges, door.caller, company=company)
        return back(
            door,
            address(chosen.id),
            done(
                f"{chosen.name} is the default company", "documents that are linked stay in their own company"
            ),
        )

    @routes.post("/companies/{company}/access")
    def access(company: str, read_only: Annotated[str, Form()]) -> Response:
        """Make a company read-only, or open it for writing."""
        only = read_only == "yes"
        set_access(door.edges, door.caller, company=company, read_only=only)
        notice = (
            done("The company is read-only now", "sending is off, and every write is turned away")
            if only
            else done(
                "The company may be written to", "nothing is sent before somebody goes live on the home page"
            )
        )
        return back(door, address(company) + "#access", notice)
