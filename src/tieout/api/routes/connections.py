"""Connections: start one at Intuit's consent page, adopt a refresh token, test, disconnect."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Cookie, Request, Response

from tieout.api.asking import Asked
from tieout.api.shapes.companies import Company, company_shape
from tieout.api.shapes.connections import Adoption, ConnectionStart, ConnectionWish, Tested
from tieout.connections.companies import disconnect, test_connection
from tieout.connections.oauth import begin_connection, connect_with_refresh_token
from tieout.kit.crypto import Secret

SESSION = "tieout_session"
"""The cookie of the browser session in which the page finishes a connection."""
router = APIRouter(tags=["Connections"])


@router.post("/connections", status_code=201)
def start(
    asked: Asked,
    request: Request,
    response: Response,
    body: ConnectionWish,
    session: Annotated[str, Cookie(alias=SESSION, include_in_schema=False)] = "",
) -> ConnectionStart:
    """Start connecting a company: answers the address of Intuit's consent page.

    Intuit sends the browser back to this installation's page, which finishes only in the browser session that
    this request was made in (its cookie is set here). A program without a browser uses `/connections/adopt`.
    """
    base_url: str = request.app.state.base_url
    if not session:
        session = asked.edges.ids.token()
        secure = base_url.startswith("https:")
        response.set_cookie(SESSION, session, httponly=True, samesite="lax", secure=secure, path="/")
    started = begin_connection(
        asked.edges,
        asked.caller,
        environment=body.environment.value,
        redirect_uri=f"{base_url}/oauth/callback",
        session=Secret(session),
        reconnect=body.reconnect,
    )
    return ConnectionStart(url=started.url)


@router.post("/connections/adopt", status_code=201)
def adopt(asked: Asked, body: Adoption) -> Company:
    """Connect a company without a browser, with a refresh token granted to the same Intuit app elsewhere."""
    return company_shape(
        connect_with_refresh_token(
            asked.edges,
            asked.caller,
            environment=body.environment.value,
            realm_id=body.realm_id,
            refresh_token=Secret(body.refresh_token.get_secret_value()),
        )
    )


@router.post("/companies/{company}/connection/test")
def tested(asked: Asked, company: str) -> Tested:
    """Ask QuickBooks for the company's name."""
    return Tested(name=test_connection(asked.edges, asked.caller, company=company))


@router.delete("/companies/{company}/connection")
def end(asked: Asked, company: str) -> Company:
    """Disconnect a company: its tokens are revoked and removed; links and history stay."""
    return company_shape(disconnect(asked.edges, asked.caller, company=company))
