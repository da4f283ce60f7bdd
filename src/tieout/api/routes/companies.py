"""Companies: list, health, settings, cycles, synchronising now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from tieout.api.asking import Asked
from tieout.api.shapes.base import PageOf
from tieout.api.shapes.companies import (
    Company,
    CycleShown,
    HealthShown,
    ReportShown,
    SettingShown,
    SettingValue,
    company_shape,
    cycle_shape,
    health_shape,
    report_shape,
    settings_shape,
)
from tieout.connections.companies import change_setting, get_company, list_companies, read_settings
from tieout.sync.cycle import sync_now
from tieout.sync.health import list_cycles, read_health

router = APIRouter(prefix="/companies", tags=["Companies"])


@router.get("")
def companies(asked: Asked) -> PageOf[Company]:
    """List the connected companies, the default one first."""
    found = list_companies(asked.edges, asked.caller)
    return PageOf(items=[company_shape(one) for one in found])


@router.get("/{company}")
def company(asked: Asked, company: str) -> Company:
    """Show one company, named by its id, realm id or name."""
    return company_shape(get_company(asked.edges, asked.caller, company=company))


@router.get("/{company}/health")
def health(asked: Asked, company: str) -> HealthShown:
    """Show how a company's synchronisation stands: connection, mirror, queue, last cycle."""
    return health_shape(read_health(asked.edges, asked.caller, company=company))


@router.get("/{company}/settings")
def settings(asked: Asked, company: str) -> PageOf[SettingShown]:
    """List a company's settings with their values and what each is for."""
    return PageOf(items=settings_shape(read_settings(asked.edges, asked.caller, company=company)))


@router.put("/{company}/settings/{name}")
def put_setting(asked: Asked, company: str, name: str, body: SettingValue) -> PageOf[SettingShown]:
    """Change one setting; the others stay as they are."""
    values = change_setting(asked.edges, asked.caller, company=company, name=name, value=body.value)
    return PageOf(items=settings_shape(values))


@router.get("/{company}/cycles")
def cycles(asked: Asked, company: str, limit: Annotated[int, Query(ge=1, le=500)] = 20) -> PageOf[CycleShown]:
    """List a company's latest cycles, the newest first."""
    found = list_cycles(asked.edges, asked.caller, company=company, limit=limit)
    return PageOf(items=[cycle_shape(one) for one in found])


@router.post("/{company}/sync")
def sync(asked: Asked, company: str) -> ReportShown:
    """Run a cycle now, and answer when it has ended; waits for one that is running already."""
    return report_shape(sync_now(asked.edges, asked.caller, company=company))
