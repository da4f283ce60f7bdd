"""A company's books, ready to be called: its address, its token and its record of calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from tieout.connections.journal import CallJournal
from tieout.connections.tokens import ALWAYS, Bearer
from tieout.edges import Edges
from tieout.kit.errors import ReconnectNeeded
from tieout.qbo.client import Books, Call
from tieout.qbo.oauth import Grant
from tieout.storage.companies import Company


def open_books(
    edges: Edges,
    company: Company,
    *,
    on_call: Callable[[Call], None] | None = None,
    before_write: Callable[[], None] | None = None,
    look_again: timedelta = ALWAYS,
) -> Books:
    """Open the API of one connected company; ReconnectNeeded when it was disconnected.

    Calls wait for their turn among those of all processes, and are written down: each at once, or in bulk within
    `with open_books(…) as books`. A company that is connected read-only refuses every write before it is sent.
    `on_call` hears of every call to Intuit, as soon as it has ended; `before_write` is asked right before a
    write leaves, and what it raises keeps the write here. `look_again` is how long a token is used without looking
    whether the company still has it: for whoever only reads, and often.
    """
    if company.status == "disconnected":
        raise ReconnectNeeded(
            "This company is disconnected",
            record=company.name,
            reason="its tokens were removed on request",
            remedy="Connect it again",
        )
    bearer = Bearer(edges, company, look_again=look_again)

    def heard(call: Call) -> None:
        if call.status == HTTPStatus.OK:
            bearer.worked()
        if on_call is not None:
            on_call(call)

    return Books(
        edges.http,
        api_base=edges.endpoints(company.environment).api,
        realm_id=company.realm_id,
        bearer=bearer,
        clock=edges.clock,
        throttle=edges.throttle(company.environment, company.realm_id),
        chance=edges.ids.chance,
        may_write=not company.read_only,
        journal=CallJournal(edges, company.id),
        on_call=heard,
        before_write=before_write,
    )


def open_with_grant(
    edges: Edges, environment: str, realm_id: str, grant: Grant, *, journal: CallJournal | None = None
) -> Books:
    """Open the API of a company with a grant that is not kept yet, to find out whether it is for that company.

    Nothing can be written with it. `journal` keeps what the calls cost until the company has a row.
    """

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
        throttle=edges.throttle(environment, realm_id),
        chance=edges.ids.chance,
        may_write=False,
        journal=journal,
    )
