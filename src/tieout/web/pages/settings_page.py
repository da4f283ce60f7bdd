"""The settings page: what a bookkeeper decides for one company."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from tieout.connections.companies import (
    SETTINGS_KNOWN,
    change_setting,
    get_company,
    list_companies,
    read_settings,
)
from tieout.mirror.browse import LISTED_MAX, list_mirrored
from tieout.web.door import Door
from tieout.web.notices import done, told
from tieout.web.route import back


def add_to(routes: APIRouter, door: Door) -> None:
    """Add the settings page and its form."""

    @routes.get("/settings")
    def settings(request: Request, company: str = "") -> Response:
        """Show the settings of a company."""
        edges, caller = door.edges, door.caller
        accounts = list_mirrored(edges, caller, entity="Account", company=company, limit=LISTED_MAX)
        return door.rendering.page(
            request,
            "settings.html",
            company=get_company(edges, caller, company=company),
            companies=list_companies(edges, caller),
            query=door.query(company),
            settings=read_settings(edges, caller, company=company),
            known={one.name: one for one in SETTINGS_KNOWN},
            income=[one for one in accounts if one.detail in ("Income", "Other Income")],
            deposit=[one for one in accounts if one.detail in ("Bank", "Other Current Asset")],
        )

    @routes.post("/settings")
    def save(
        company: Annotated[str, Form()] = "",
        start_date: Annotated[str | None, Form()] = None,
        income_account: Annotated[str | None, Form()] = None,
        deposit_account: Annotated[str | None, Form()] = None,
        new_customers: Annotated[str | None, Form()] = None,
        link_exact_names: Annotated[str | None, Form()] = None,
    ) -> Response:
        """Keep the settings that were changed."""
        before = read_settings(door.edges, door.caller, company=company)
        given = {
            "start_date": start_date,
            "income_account": income_account,
            "deposit_account": deposit_account,
            "new_customers": new_customers,
            "link_exact_names": link_exact_names,
        }
        changed = {
            name: value.strip()
            for name, value in given.items()
            if value is not None and value.strip() != before[name]
        }
        for name, value in changed.items():
            change_setting(door.edges, door.caller, company=company, name=name, value=value)
        notice = done("The settings are kept") if changed else told("Nothing was changed")
        return back(door, "/settings" + door.query(company), notice)
