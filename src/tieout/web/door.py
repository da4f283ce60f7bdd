"""The door: what every page needs to answer a request — the edges, the settings, the caller and the templates."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from tieout.connections.companies import list_companies
from tieout.edges import Edges
from tieout.security.callers import Caller
from tieout.web.background import Background
from tieout.web.rendering import Rendering
from tieout.wiring import Settings


@dataclass(frozen=True)
class Door:
    """One installation, seen from its page."""

    edges: Edges
    settings: Settings
    caller: Caller
    rendering: Rendering
    background: Background

    @property
    def environment(self) -> str:
        """Intuit's environment that this installation connects to: `production` or `sandbox`."""
        return self.settings.environment

    def query(self, company: str) -> str:
        """Give what an address needs to be about a company: nothing for a tenant with only one."""
        if not company or len(list_companies(self.edges, self.caller)) < 2:
            return ""
        return "?" + urlencode({"company": company})

    @property
    def redirect_uri(self) -> str:
        """The address that Intuit sends a browser back to; it must be registered with the Intuit app."""
        return f"{self.settings.base_url()}/oauth/callback"
