"""Ending a connection: disconnect, which keeps everything here, and erase, which removes it after naming it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from tieout.connections.companies import get_company, list_companies
from tieout.connections.ending import disconnect, erase, what_goes
from tieout.sync.health import read_health
from tieout.web.door import Door
from tieout.web.notices import done
from tieout.web.pages.companies import address
from tieout.web.route import back


def add_to(routes: APIRouter, door: Door) -> None:
    """Add the two questions and their answers."""

    @routes.get("/connection/disconnect")
    def ask_disconnect(request: Request, company: str = "") -> Response:
        """Ask whether to disconnect, naming what stays and what goes."""
        chosen = get_company(door.edges, door.caller, company=company)
        return door.rendering.page(
            request,
            "disconnect.html",
            company=chosen,
            companies=list_companies(door.edges, door.caller),
            health=read_health(door.edges, door.caller, company=chosen.id),
            query=door.query(chosen.id),
            address=address(chosen.id),
        )

    @routes.post("/connection/disconnect")
    def end(company: Annotated[str, Form()]) -> Response:
        """Disconnect a company."""
        gone = disconnect(door.edges, door.caller, company=company)
        return back(
            door,
            address(gone.id),
            done(f"{gone.name} is disconnected", "its tokens are removed; links and history are kept"),
        )

    @routes.get("/companies/{company}/erase")
    def ask_erase(request: Request, company: str) -> Response:
        """Name and count what erasing a company would remove, and ask for its name."""
        leaving = what_goes(door.edges, door.caller, company=company)
        return door.rendering.page(
            request,
            "erase.html",
            company=leaving.company,
            companies=list_companies(door.edges, door.caller),
            query=door.query(leaving.company.id),
            address=address(leaving.company.id),
            leaving=leaving,
            goes=[one for one in leaving.goes if one.number],
        )

    @routes.post("/companies/{company}/erase")
    def erased(company: str, confirm: Annotated[str, Form()] = "") -> Response:
        """Erase a company, once its name was typed."""
        leaving = erase(door.edges, door.caller, company=company, confirm=confirm)
        left = f"{leaving.becomes_default} is the default company now" if leaving.becomes_default else ""
        kept = "QuickBooks keeps its own books"
        return back(
            door,
            "/companies" if list_companies(door.edges, door.caller) else "/",
            done(f"{leaving.company.name} is erased", f"{kept}; {left}" if left else kept),
        )
