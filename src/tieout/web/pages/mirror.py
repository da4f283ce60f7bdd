"""The mirror: up to when each list is complete, what that rests on, and proving it now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from tieout.connections.companies import get_company
from tieout.mirror.check import Checked, check_mirror
from tieout.mirror.coverage import show_coverage
from tieout.web.door import Door
from tieout.web.formatting import count
from tieout.web.notices import Notice, done, told, trouble
from tieout.web.route import back

WAIT_SECONDS = 4.0


def add_to(routes: APIRouter, door: Door) -> None:
    """Add what completeness rests on, and *Check now*."""

    @routes.get("/mirror")
    def mirror(request: Request, company: str = "") -> Response:
        """Show how complete the mirror of a company is, list by list."""
        frame = door.frame(company)
        chosen = frame["company"].id
        return door.rendering.page(
            request,
            "mirror.html",
            coverage=show_coverage(door.edges, door.caller, company=chosen),
            checking=door.background.running(chosen, "check"),
            **frame,
        )

    @routes.post("/mirror/check")
    def check(company: Annotated[str, Form()], entity: Annotated[str, Form()] = "") -> Response:
        """Prove now that one list, or all of them, are complete."""
        company = get_company(door.edges, door.caller, company=company).id
        ended: list[Checked] = []
        errand = door.background.start(
            company,
            "check",
            lambda: ended.extend(check_mirror(door.edges, door.caller, company=company, entity=entity)),
            wait=WAIT_SECONDS,
        )
        page = "/mirror" + door.query(company)
        if not errand.done.is_set():
            return back(door, page, told("The check runs", "reload this page to see what it has proven"))
        if errand.trouble is not None:
            return back(door, page, trouble(errand.trouble))
        return back(door, page, _said(ended))


def _said(ended: list[Checked]) -> Notice:
    """Say how checks ended."""
    if not ended:
        return told("Another check was running", "its result is below")
    unproven = [one for one in ended if not one.proven]
    if unproven:
        first = unproven[0]
        return Notice(
            "bad",
            f"{count(len(unproven), 'list')} could not be proven complete",
            first.entity,
            first.trouble,
            "Nothing: it is tried again by itself",
        )
    put_right = sum(one.changed for one in ended)
    why = f"{count(sum(one.here for one in ended), 'record')} here, as many as QuickBooks has"
    if put_right:
        why += f"; {count(put_right, 'record')} had to be put right"
    what = f"{ended[0].entity}: complete" if len(ended) == 1 else f"All {len(ended)} lists are complete"
    return done(what, why)
