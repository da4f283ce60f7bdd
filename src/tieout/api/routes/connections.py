"""Connections: start one at Intuit's consent page, adopt a refresh token, test, disconnect."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Cookie, Query, Request, Response

from tieout.api.asking import Asked
from tieout.api.shapes.base import PageOf
from tieout.api.shapes.companies import Company, company_shape
from tieout.api.shapes.connections import (
    Access,
    AccessWish,
    Adoption,
    ComparisonShape,
    ConnectionStart,
    ConnectionWish,
    GrantOrder,
    GrantShape,
    LeavingShape,
    PauseWish,
    PermissionShape,
    Tested,
)
from tieout.connections.companies import test_connection
from tieout.connections.ending import disconnect, erase, what_goes
from tieout.connections.grants import GrantShown, list_grants, order_grants, remove_grant
from tieout.connections.oauth import begin_connection, connect_with_refresh_token
from tieout.connections.standing import (
    Permission,
    compare_accesses,
    make_default,
    pause,
    permissions,
    resume,
    set_access,
)
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
        instead_of=body.instead_of,
        label=body.label,
        access=body.access.value if body.access else "",
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
            instead_of=body.instead_of,
            label=body.label,
            access=body.access.value if body.access else "",
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


@router.get("/companies/{company}/grants")
def grants(asked: Asked, company: str) -> PageOf[GrantShape]:
    """List who authorised a company, in the order in which they are tried."""
    return _grants(list_grants(asked.edges, asked.caller, company=company))


@router.put("/companies/{company}/grants")
def order(asked: Asked, company: str, body: GrantOrder) -> PageOf[GrantShape]:
    """Put a company's sign-ins into another order."""
    return _grants(order_grants(asked.edges, asked.caller, company=company, grants=body.grants))


@router.delete("/companies/{company}/grants/{grant}")
def remove(asked: Asked, company: str, grant: str) -> PageOf[GrantShape]:
    """Remove one of several sign-ins; the company stays connected by the others."""
    return _grants(remove_grant(asked.edges, asked.caller, company=company, grant=grant))


@router.get("/companies/{company}/permissions")
def allowed(asked: Asked, company: str) -> PageOf[PermissionShape]:
    """Show what Tieout may do in a company's books and what not, and why."""
    return _permissions(permissions(asked.edges, asked.caller, company=company))


@router.get("/permissions")
def compared(asked: Asked) -> PageOf[ComparisonShape]:
    """Compare what a read-only and a read-write company would allow, and why, before one is connected."""
    found = compare_accesses(asked.edges, asked.caller)
    return PageOf(items=[ComparisonShape.model_validate(one) for one in found])


@router.put("/companies/{company}/access")
def access(asked: Asked, company: str, body: AccessWish) -> PageOf[PermissionShape]:
    """Make a company read-only, or open it for writing; answers what is possible from then on."""
    wanted = body.access is Access.READ_ONLY
    return _permissions(set_access(asked.edges, asked.caller, company=company, read_only=wanted))


@router.post("/companies/{company}/pause")
def paused(asked: Asked, company: str, body: PauseWish) -> Company:
    """Pause a company: nothing of it is read, sent or renewed by itself until somebody resumes it."""
    return company_shape(pause(asked.edges, asked.caller, company=company, reason=body.reason))


@router.post("/companies/{company}/resume")
def resumed(asked: Asked, company: str) -> Company:
    """Let a paused company go on."""
    return company_shape(resume(asked.edges, asked.caller, company=company))


@router.post("/companies/{company}/default")
def default(asked: Asked, company: str) -> Company:
    """Make a company the one that is meant when none is named."""
    return company_shape(make_default(asked.edges, asked.caller, company=company))


@router.get("/companies/{company}/erasure")
def erasure(asked: Asked, company: str) -> LeavingShape:
    """Name and count what erasing a company would remove."""
    return LeavingShape.model_validate(what_goes(asked.edges, asked.caller, company=company))


@router.delete("/companies/{company}")
def erased(
    asked: Asked,
    company: str,
    confirm: Annotated[str, Query(max_length=200, description="The company's name, as it is written")] = "",
) -> LeavingShape:
    """Erase a company with everything that belongs to it here; answers what went."""
    return LeavingShape.model_validate(erase(asked.edges, asked.caller, company=company, confirm=confirm))


def _grants(found: list[GrantShown]) -> PageOf[GrantShape]:
    return PageOf(items=[GrantShape.model_validate(one) for one in found])


def _permissions(found: list[Permission]) -> PageOf[PermissionShape]:
    return PageOf(items=[PermissionShape.model_validate(one) for one in found])
