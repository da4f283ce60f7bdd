"""Intuit app credentials: the secret goes in and never comes out."""

from __future__ import annotations

from fastapi import APIRouter

from tieout.api.asking import Asked
from tieout.api.shapes.connections import AppIn, AppShown, Environment
from tieout.connections.apps import save_app, show_app
from tieout.kit.crypto import Secret

router = APIRouter(prefix="/apps", tags=["Connections"])


@router.get("/{environment}")
def shown(asked: Asked, environment: Environment) -> AppShown:
    """Show which Intuit app is used, without its secret."""
    return AppShown.model_validate(show_app(asked.edges, asked.caller, environment=environment.value))


@router.put("/{environment}")
def save(asked: Asked, environment: Environment, body: AppIn) -> AppShown:
    """Keep the client id and secret of an Intuit app, encrypted."""
    kept = save_app(
        asked.edges,
        asked.caller,
        environment=environment.value,
        client_id=body.client_id,
        client_secret=Secret(body.client_secret.get_secret_value()),
    )
    return AppShown.model_validate(kept)
