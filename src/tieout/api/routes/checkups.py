"""Check-ups: everything that must be right, looked at one by one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from tieout.api.asking import Asked
from tieout.api.shapes.base import PageOf
from tieout.api.shapes.health import CheckShown, check_shape
from tieout.sync.checkup import check_up
from tieout.sync.installation import check_installation

router = APIRouter(tags=["Health"])


@router.post("/check-up")
def installation(asked: Asked) -> PageOf[CheckShown]:
    """Look at everything that is no company's own; only for whoever runs the installation."""
    return PageOf(items=[check_shape(one) for one in check_installation(asked.edges, asked.caller)])


@router.post("/companies/{company}/check-up")
def one_company(
    asked: Asked,
    company: str,
    offline: Annotated[bool, Query(description="Leave out what asks QuickBooks")] = False,
) -> PageOf[CheckShown]:
    """Look at everything that must be right about a company; asks QuickBooks, a metered read for each list."""
    checks = check_up(asked.edges, asked.caller, company=company, offline=offline)
    return PageOf(items=[check_shape(one) for one in checks])
