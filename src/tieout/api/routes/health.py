"""Health: how everything stands."""

from __future__ import annotations

from fastapi import APIRouter

from tieout.api.asking import After, Asked, CompanyQuery, Limit
from tieout.api.shapes.health import WholeHealthShown, whole_health_shape
from tieout.sync.health import show_health

router = APIRouter(prefix="/health", tags=["Health"])


@router.get("")
def whole(asked: Asked, company: CompanyQuery = "", after: After = "", limit: Limit = 50) -> WholeHealthShown:
    """Show how the installation and its companies stand and why: one company, or all of them page by page."""
    return whole_health_shape(
        show_health(asked.edges, asked.caller, company=company, after=after, limit=limit)
    )
