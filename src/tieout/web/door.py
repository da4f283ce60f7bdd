"""The door: what every page needs to answer a request — the edges, the settings, the caller and the templates."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tieout.connections.companies import get_company, list_companies
from tieout.edges import Edges
from tieout.security.callers import Caller, owner
from tieout.web.background import Background
from tieout.web.rendering import Rendering
from tieout.wiring import Settings

_TENANT: ContextVar[str] = ContextVar("tenant")
"""Set for each request before a page answers it; without a value there is no caller, rather than a wrong one."""


def enter(tenant: str) -> None:
    """Answer what follows, in this request, for a tenant."""
    _TENANT.set(tenant)


def caller_now() -> Caller:
    """Tell who asks: the people of the tenant whose request is being answered, and nobody outside of one."""
    return owner(_TENANT.get(), "page")


@dataclass(frozen=True)
class Door:
    """One installation, seen from its page."""

    edges: Edges
    settings: Settings
    rendering: Rendering
    background: Background

    @property
    def caller(self) -> Caller:
        """Who asks: the people of the tenant whose request is being answered, and nobody outside of one."""
        return caller_now()

    @property
    def environment(self) -> str:
        """Intuit's environment that this installation connects to: `production` or `sandbox`."""
        return self.settings.environment

    def frame(self, company: str = "") -> dict[str, Any]:
        """Give what the frame of a company's page needs; NotFound without any company."""
        chosen = get_company(self.edges, self.caller, company=company)
        return {
            "company": chosen,
            "companies": list_companies(self.edges, self.caller),
            "query": self.query(chosen.id),
        }

    def query(self, company: str) -> str:
        """Give what an address needs to be about a company: nothing for a tenant with only one."""
        if not company or len(list_companies(self.edges, self.caller)) < 2:
            return ""
        return "?" + urlencode({"company": company})

    @property
    def redirect_uri(self) -> str:
        """The address that Intuit sends a browser back to; it must be registered with the Intuit app."""
        return f"{self.settings.base_url()}/oauth/callback"
