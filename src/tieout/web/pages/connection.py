"""Connecting: to Intuit's consent page and back, testing, going live."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tieout.connections.companies import (
    change_setting,
    get_company,
    list_companies,
    test_connection,
)
from tieout.connections.grants import list_grants
from tieout.connections.oauth import ALL, BESIDE, begin_connection, finish_connection
from tieout.kit.crypto import Secret
from tieout.kit.errors import Invalid, NotAllowed, TieoutError
from tieout.web.door import Door
from tieout.web.notices import done, leave, told
from tieout.web.pages.companies import address
from tieout.web.route import back, secure
from tieout.web.session import other_loopback_name

ANSWERS: dict[str, tuple[str, str, str]] = {
    "access_denied": (
        "QuickBooks was not connected",
        "the question at Intuit was answered with Cancel or No thanks",
        "Press Connect again and agree; only an administrator of the company can",
    ),
    "invalid_scope": (
        "Intuit does not give this app access to accounting",
        "the app was made without the scope com.intuit.quickbooks.accounting",
        "Add the accounting scope to the app in Intuit's developer portal, then press Connect again",
    ),
    "redirect_uri_mismatch": (
        "Intuit does not know this installation's address",
        "the redirect URI is not registered with the app",
        "Register the redirect URI shown on the connection card in Intuit's developer portal, then press Connect",
    ),
}
"""What Intuit's refusals mean, by its error code: what, why, what to do."""


def add_to(routes: APIRouter, door: Door) -> None:
    """Add everything around the connection."""

    @routes.post("/connect")
    def connect(
        request: Request,
        reconnect: Annotated[str, Form()] = "",
        place: Annotated[str, Form()] = "",
        label: Annotated[str, Form()] = "",
        access: Annotated[str, Form()] = "",
    ) -> Response:
        """Send the browser to Intuit's consent page; `place` is a sign-in's id, or `beside` for one more."""
        base_url = door.settings.base_url()
        if other_loopback_name(request, base_url):
            response = RedirectResponse(f"{base_url}/", 303)
            leave(
                response,
                told("Press Connect here", f"Intuit sends your browser back to {base_url}"),
                secure=secure(door),
            )
            return response
        environment = door.environment
        if reconnect:
            known = get_company(door.edges, door.caller, company=reconnect)
            environment = known.environment
            if not place and len(list_grants(door.edges, door.caller, company=known.id)) > 1:
                return back(
                    door,
                    address(known.id) + "#signins",
                    told(
                        "Whose sign-in is it?",
                        f"several people have authorised {known.name}",
                        "Press “Sign in again” beside the one who signs in now",
                    ),
                )
        started = begin_connection(
            door.edges,
            door.caller,
            environment=environment,
            redirect_uri=door.redirect_uri,
            session=request.state.session,
            reconnect=reconnect,
            instead_of=BESIDE if place == "beside" else place or ALL,
            label=label,
            access=access,
        )
        return RedirectResponse(started.url, 303)

    @routes.get("/oauth/callback")
    def callback(
        request: Request,
        state: str = "",
        code: str = "",
        realmId: str = "",  # noqa: N803  Intuit's spelling
        error: str = "",
        error_description: str = "",
    ) -> Response:
        """Take Intuit's answer; the page that says what went wrong when it is not a company."""
        try:
            if error:
                raise _refused(error, error_description)
            _check_complete(state, code, realmId)
            company = finish_connection(
                door.edges,
                door.caller,
                state=Secret(state),
                session=request.state.session,
                code=Secret(code),
                realm_id=realmId,
            )
        except TieoutError as trouble:
            return door.rendering.page(
                request,
                "callback.html",
                # Somebody's No is an answer, and not a failed request.
                status=200 if error else trouble.status,
                trouble=trouble.parts(),
                code=trouble.code,
                redirect_uri=door.redirect_uri,
                companies=list_companies(door.edges, door.caller),
            )
        return back(
            door,
            # Somebody new goes on at the home page, with the import.
            address(company.id) if company.complete_until else "/" + door.query(company.id),
            done(f"{company.name} is connected"),
        )

    @routes.post("/connection/test")
    def test(company: Annotated[str, Form()], back_to: Annotated[str, Form(alias="back")] = "") -> Response:
        """Ask QuickBooks for the company's name."""
        name = test_connection(door.edges, door.caller, company=company)
        return back(
            door,
            back_to or "/" + door.query(company),
            done(f"QuickBooks answered: {name}", "the connection works"),
        )

    @routes.post("/live")
    def go_live(
        company: Annotated[str, Form()],
        export: Annotated[str, Form()],
        start_date: Annotated[str | None, Form()] = None,
    ) -> Response:
        """Go live from a day on, or stop sending."""
        if start_date is not None:
            change_setting(
                door.edges, door.caller, company=company, name="start_date", value=start_date.strip()
            )
        change_setting(door.edges, door.caller, company=company, name="export", value=export)
        notice = (
            done("You are live", "documents go to QuickBooks with the next cycle")
            if export == "on"
            else told("Sending is off", "QuickBooks is still read and followed")
        )
        return back(door, "/" + door.query(company), notice)


def _refused(error: str, description: str) -> NotAllowed:
    what, why, remedy = ANSWERS.get(
        error,
        (
            "QuickBooks was not connected",
            f"Intuit answered “{(description or error)[:200]}”",
            "Press Connect again; if it stays so, compare the app's keys and redirect URI with Intuit's developer portal",
        ),
    )
    return NotAllowed(what, record="Intuit's consent page", reason=why, remedy=remedy)


def _check_complete(state: str, code: str, realm_id: str) -> None:
    missing = [name for name, value in (("state", state), ("code", code), ("realmId", realm_id)) if not value]
    if missing or not realm_id.isdigit():
        raise Invalid(
            "This is not an answer of Intuit's that can be used",
            record="/oauth/callback",
            reason=f"{', '.join(missing)} is missing" if missing else "the realmId is not a number",
            remedy="Press Connect on the home page; do not open this address by hand",
        )
