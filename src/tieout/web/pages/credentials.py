"""The credentials page: the Intuit app that companies are connected with, and the webhooks of that app."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from tieout.connections.apps import remove_app, save_app, show_app
from tieout.connections.companies import list_companies
from tieout.connections.webhooks import set_webhooks, show_webhooks
from tieout.kit.crypto import Secret
from tieout.web.door import Door
from tieout.web.notices import done, told
from tieout.web.pages.companies import shown_company
from tieout.web.route import back

PLACE = "/credentials"


def add_to(routes: APIRouter, door: Door) -> None:
    """Add the credentials page and its forms."""

    @routes.get(PLACE)
    def credentials(request: Request, company: str = "") -> Response:
        """Show which Intuit app is used, what to register with it, and how its webhooks are set up."""
        edges, caller = door.edges, door.caller
        companies = list_companies(edges, caller)
        return door.rendering.page(
            request,
            "credentials.html",
            companies=companies,
            company=shown_company(companies, company),
            query=door.query(company),
            app=show_app(edges, caller, environment=door.environment),
            webhooks=show_webhooks(edges, caller, environment=door.environment),
            redirect_uri=door.redirect_uri,
        )

    @routes.post("/app")
    def save(
        client_id: Annotated[str, Form()] = "",
        client_secret: Annotated[str, Form()] = "",
        back_to: Annotated[str, Form(alias="back")] = "/#connection",
    ) -> Response:
        """Keep the credentials of the tenant's own Intuit app."""
        save_app(
            door.edges,
            door.caller,
            environment=door.environment,
            client_id=client_id,
            client_secret=Secret(client_secret),
        )
        return back(
            door,
            back_to,
            done("The app credentials are kept", "the secret is encrypted and never shown again"),
        )

    @routes.post("/app/remove")
    def remove() -> Response:
        """Forget the tenant's own Intuit app."""
        left = remove_app(door.edges, door.caller, environment=door.environment)
        why = (
            "the operator's shared app is used from now on" if left.ready else "nothing can be connected now"
        )
        return back(door, PLACE, told("Your own app credentials are removed", why))

    @routes.post("/webhooks/verifier")
    def verifier(verifier: Annotated[str, Form()] = "", forget: Annotated[str, Form()] = "") -> Response:
        """Make the webhooks' address, and keep or forget the verifier token."""
        given = Secret("") if forget == "yes" else Secret(verifier) if verifier.strip() else None
        shown = set_webhooks(door.edges, door.caller, environment=door.environment, verifier=given)
        if forget == "yes":
            notice = told(
                "The verifier token is forgotten", "every webhook message is turned away from now on"
            )
        elif shown.ready:
            notice = done("Webhooks are set up", "the verifier token is encrypted and never shown again")
        else:
            notice = done(
                "The webhooks have an address", "the verifier token that Intuit shows for it is still missing"
            )
        return back(door, PLACE + "#webhooks", notice)
