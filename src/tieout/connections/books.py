"""A company's books, ready to be called: its address, its token and its record of calls."""

from __future__ import annotations

from collections.abc import Callable

from tieout.connections.tokens import Bearer
from tieout.edges import Edges
from tieout.kit.errors import ReconnectNeeded
from tieout.qbo.client import Books, Call
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
