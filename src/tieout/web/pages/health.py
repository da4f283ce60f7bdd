"""Health: how one company stands, or all of them, and why: in words, with the page where each thing is dealt with."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from tieout.connections.companies import change_setting, get_company, list_companies
from tieout.sync.health import CompanyHealth, WholeHealth, show_health
from tieout.sync.signs import ATTENTION, STOPPED, Sign
from tieout.web.door import Door
from tieout.web.notices import done
from tieout.web.pages.budget import chart_of
from tieout.web.pages.standing import Standing
from tieout.web.route import back
from tieout.web.wording import SIGNS

PAGE = 50


def add_to(routes: APIRouter, door: Door) -> None:
    """Add the pages of health and the frequency of looks."""

    @routes.get("/health")
    def health(request: Request, company: str = "", after: str = "", part: str = "") -> Response:
        """Show the health of a company; of all of them where there are several and none is named."""
        companies = list_companies(door.edges, door.caller)
        if not company and len(companies) > 1:
            template, values = "all", _all(door, after)
        else:
            template, values = "one", _one(door, company)
        values["live_address"] = "/health?" + urlencode({"company": company, "after": after, "part": "live"})
        if part == "live":
            return door.rendering.part(request, f"parts/health_{template}.html", **values)
        return door.rendering.page(request, "health.html", which=template, **values)

    @routes.post("/health/frequency")
    def frequency(company: Annotated[str, Form()], minutes: Annotated[str, Form()]) -> Response:
        """Change how often a company is looked at."""
        company = get_company(door.edges, door.caller, company=company).id
        change_setting(
            door.edges, door.caller, company=company, name="every_minutes", value=minutes.strip()[:20]
        )
        return back(
            door,
            "/health" + door.query(company),
            done(f"QuickBooks is looked at every {minutes.strip()} minutes", "while there is work"),
        )


def _one(door: Door, company: str) -> dict[str, Any]:
    frame = door.frame(company)
    chosen = frame["company"]
    whole = show_health(door.edges, door.caller, company=chosen.id)
    health = whole.companies[0]
    return {
        **frame,
        "whole": whole,
        "health": health,
        "standing": _standing(health),
        "chart": chart_of(health.reads, door.edges.clock.now()),
        "bringing": door.background.running(chosen.id, "section"),
    }


def _all(door: Door, after: str) -> dict[str, Any]:
    whole = show_health(door.edges, door.caller, after=after, limit=PAGE)
    return {**door.frame(), "whole": whole, "standing": _standing_of_all(whole), "after": after}


def _standing(health: CompanyHealth) -> Standing:
    """Sum up a company in a headline, and say its gravest sign."""
    name = health.company.name
    grave = [one for one in health.signs if one.state == health.state]
    match health.state:
        case "stopped":
            return Standing("bad", "alert", f"{name} stands still", _sentence(grave))
        case "attention":
            return Standing("warn", "alert", f"{name} needs a look", _sentence(grave))
        case _:
            return Standing("good", "check", f"{name} is well", "Everything goes on by itself.")


def _standing_of_all(whole: WholeHealth) -> Standing:
    grave = [one for one in whole.signs if one.state in (ATTENTION, STOPPED)]
    if not grave:
        return Standing("good", "check", "All is well", "Everything goes on by itself.")
    tone = "bad" if whole.state == STOPPED else "warn"
    return Standing(tone, "alert", "Something needs you", _sentence(grave))


def _sentence(signs: list[Sign]) -> str:
    first = signs[0]
    text = f"{SIGNS.get(first.name, first.name.capitalize())}: {first.says}".rstrip(".") + "."
    return f"{text} {len(signs) - 1} more below." if len(signs) > 1 else text
