"""The REST application: every route, under one address, with its description and its reference page."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import FastAPI
from starlette.middleware import Middleware

from tieout.api import problems, reference
from tieout.api.limits import BodyLimit
from tieout.api.routes import ROUTERS
from tieout.edges import Edges

DESCRIPTION = """\
Keeps a business system and QuickBooks Online tied out.

Amounts are decimal strings, dates are `YYYY-MM-DD`, instants are in UTC. Lists answer `items` and `next`; give
`next` as `after` for the following page. Every error is `application/problem+json` with four parts: `what`,
`record`, `why` and `remedy`, and a `code` for programs.
"""


def make_api(edges: Edges, *, base_url: str) -> FastAPI:
    """Make the application; `base_url` is the address under which browsers reach the page."""
    api = FastAPI(
        title="Tieout",
        version=version("tieout"),
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        # One shape for what is sent and shown: amounts are decimal strings both ways.
        separate_input_output_schemas=False,
        middleware=[Middleware(BodyLimit)],
    )
    api.state.edges = edges
    api.state.base_url = base_url
    problems.install(api)
    for router in ROUTERS:
        api.include_router(router)
    api.include_router(reference.router)
    return api
