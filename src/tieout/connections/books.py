"""A company's books, ready to be called: its address, its token and its record of calls."""

from __future__ import annotations

from collections.abc import Callable

from tieout.connections.tokens import Bearer
from tieout.edges import Edges
from tieout.kit.errors import ReconnectNeeded
from tieout.qbo.client import Books, Call
from tieout.qbo.oauth import Grant
from tieout.storage.companies import Company


def open_books(edges: Edges, company: Company, *, on_call: Callable[[Call], None] | None = None) -> Books:
    """Open the API of one connected company; ReconnectNeeded when it was disconnected.

    `on_call` hears of every call to Intuit, as soon as it has ended.
    """
    if company.status == "disconnected":
        raise ReconnectNeeded(
            "This company is disconnected",
            record=company.name,
            reason="its tokens were removed on request",
            remedy="Connect it again",
        )
    return Books(
        edges.http,
        api_base=edges.endpoints(company.environment).api,
        realm_id=company.realm_id,
        bearer=Bearer(edges, company),
        clock=edges.clock,
        on_call=on_call,
    )


def open_with_grant(edges: Edges, environment: str, realm_id: str, grant: Grant) -> Books:
    """Open the API of a company with a grant that is not kept yet, to find out whether it is for that company."""

    def bearer(stale: str | None = None) -> str:
        if stale is not None:
            raise ReconnectNeeded(
                "Intuit does not accept this sign-in for the company",
                record=f"QuickBooks company {realm_id}",
                reason="the sign-in was for another company, or was ended at once",
                remedy="Connect again, and choose this company at Intuit",
            )
        return grant.access_token

    return Books(
        edges.http,
        api_base=edges.endpoints(environment).api,
        realm_id=realm_id,
        bearer=bearer,
        clock=edges.clock,
    )
