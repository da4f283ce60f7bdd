"""Who asks over REST, and of which installation: what every route gets handed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request

from tieout.edges import Edges
from tieout.security.callers import Caller, owner
from tieout.wiring import TENANT


@dataclass(frozen=True)
class Asking:
    """One request: the installation's edges and the caller."""

    edges: Edges
    caller: Caller


def asking(request: Request) -> Asking:
    """Make the value that routes work with; who may get this far, and for whom, was decided in front of them."""
    edges: Edges = request.app.state.edges
    return Asking(edges, owner(getattr(request.state, "tenant", TENANT), "rest"))


Asked = Annotated[Asking, Depends(asking)]
CompanyQuery = Annotated[
    str,
    Query(description="A company's id, realm id or name; without it the default company", max_length=200),
]
Limit = Annotated[int, Query(ge=1, le=500, description="At most so many")]
After = Annotated[
    str, Query(description="`next` of the page before; without it the first page", max_length=500)
]
Search = Annotated[str, Query(description="Words to look for, whatever their case", max_length=200)]
