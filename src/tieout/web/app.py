"""The page as a whole: a router with all pages, the consent callback and the static files."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from tieout.edges import Edges
from tieout.security.notices import list_notices
from tieout.web.assets import STATIC, Assets
from tieout.web.background import Background
from tieout.web.door import Door, caller_now
from tieout.web.pages import (
    budget,
    companies,
    connection,
    credentials,
    documents,
    ending,
    health,
    home,
    importing,
    issues,
    matching,
    mirror,
    notices,
    records,
    sections,
    settings_page,
    signins,
    trouble,
)
from tieout.web.rendering import Rendering
from tieout.web.route import route_class
from tieout.wiring import Settings

__all__ = ["STATIC", "router"]

PAGES = (
    home,
    connection,
    credentials,
    companies,
    signins,
    ending,
    matching,
    documents,
    issues,
    settings_page,
    health,
    sections,
    mirror,
    importing,
    budget,
    records,
    notices,
)
"""Each page module adds its routes to a router for a door."""


def router(edges: Edges, settings: Settings) -> APIRouter:
    """Make the router of the page: everything under `/`, `/oauth/callback` and `/static`.

    Who may open the page at all (loopback, access token) is for whoever mounts it.
    """
    assets = Assets()
    door = Door(
        edges=edges,
        settings=settings,
        rendering=Rendering(
            edges.clock,
            assets,
            told=lambda: list_notices(edges, caller_now(), standing=True, unseen=True),
        ),
        background=Background(edges.clock),
    )
    routes = APIRouter(route_class=route_class(door), include_in_schema=False)

    @routes.get("/static/{name:path}")
    def static(request: Request, name: str) -> Response:
        """Serve a script, a style or an icon."""
        return assets.answer(request, name)

    for page in PAGES:
        page.add_to(routes, door)
    trouble.add_to(routes, door)
    return routes
