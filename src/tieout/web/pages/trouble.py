"""The page for an address that is none: says so, in four parts."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from tieout.kit.errors import NotFound
from tieout.web.door import Door


def add_to(routes: APIRouter, _door: Door) -> None:
    """Add the route that catches what no other page answered; it must be the last one."""

    @routes.get("/{rest:path}")
    def nowhere(_request: Request, rest: str) -> Response:
        """Say that there is no such page."""
        raise NotFound(
            "There is no such page",
            record=f"/{rest}"[:200],
            reason="the address was mistyped, or the page has moved",
            remedy="Go to the home page",
        )
