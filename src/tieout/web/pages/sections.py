"""Sections: a part of the books brought up to date when a button is pressed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from tieout.connections.companies import get_company
from tieout.sync.sections import SectionStanding, sync_section
from tieout.web.door import Door
from tieout.web.notices import done, told, trouble
from tieout.web.route import back

WAIT_SECONDS = 4.0
"""How long a press waits for the end, so that a quick one is seen at once."""


def add_to(routes: APIRouter, door: Door) -> None:
    """Add the buttons of the sections."""

    @routes.post("/sections")
    def sync(company: Annotated[str, Form()], section: Annotated[str, Form()]) -> Response:
        """Bring a section up to date now."""
        company = get_company(door.edges, door.caller, company=company).id
        ended: list[SectionStanding] = []
        errand = door.background.start(
            company,
            "section",
            lambda: ended.extend(sync_section(door.edges, door.caller, company=company, section=section)),
            wait=WAIT_SECONDS,
        )
        page = "/health" + door.query(company) + "#sections"
        if not errand.done.is_set():
            return back(door, page, told("It is being brought up to date", "this page shows when it is done"))
        if errand.trouble is not None:
            return back(door, page, trouble(errand.trouble))
        title = next((one.title for one in ended if one.name == section), "It")
        return back(door, page, done(f"{title}: up to date"))
