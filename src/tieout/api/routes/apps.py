"""Intuit app credentials: the secret goes in and never comes out."""

from __future__ import annotations

from fastapi import APIRouter, Request

from tieout.api.asking import Asked
from tieout.api.shapes.connections import AppIn, AppShown, Environment, app_shape
from tieout.connections.apps import remove_app, save_app, show_app
from tieout.kit.crypto import Secret

router = APIRouter(prefix="/apps", tags=["Connections"])


@router.get("/{environment}")
def shown(asked: Asked, request: Request, environment: Environment) -> AppShown:
    """Show which Intuit app is used and whose it is, without its secret, and what to register with it."""
    return app_shape(
        show_app(asked.edges, asked.caller, environment=environment.value), request.app.state.base_url
    )


@router.put("/{environment}")
def save(asked: Asked, request: Request, environment: Environment, body: AppIn) -> AppShown:
    """Keep the client id and secret of your own Intuit app, encrypted."""
    kept = save_app(
        asked.edges,
        asked.caller,
        environment=environment.value,
        client_id=body.client_id,
        client_secret=Secret(body.client_secret.get_secret_value()),
    )
    return app_shape(kept, request.app.state.base_url)


@router.delete("/{environment}")
def remove(asked: Asked, request: Request, environment: Environment) -> AppShown:
    """Forget your own Intuit app; the operator's shared one, if there is one, is used from then on."""
    left = remove_app(asked.edges, asked.caller, environment=environment.value)
    return app_shape(left, request.app.state.base_url)
