"""The read budget, and how webhooks are set up that keep it small."""

from __future__ import annotations

from fastapi import APIRouter

from tieout.api.asking import Asked, CompanyQuery
from tieout.api.shapes.budget import BudgetShown, WebhooksShown, WebhooksWish, budget_shape, webhooks_shape
from tieout.api.shapes.connections import Environment
from tieout.connections.budget import show_budget
from tieout.connections.webhooks import set_webhooks, show_webhooks
from tieout.kit.crypto import Secret

router = APIRouter(tags=["Connections"])


@router.get("/budget")
def budget(asked: Asked, company: CompanyQuery = "") -> BudgetShown:
    """Show the metered reads of all companies, or of the one that is named: today, this month, the forecast."""
    return budget_shape(show_budget(asked.edges, asked.caller, company=company))


@router.get("/apps/{environment}/webhooks")
def webhooks(asked: Asked, environment: Environment) -> WebhooksShown:
    """Show the address for Intuit's webhooks and whether their signatures can be checked."""
    return webhooks_shape(show_webhooks(asked.edges, asked.caller, environment=environment.value))


@router.put("/apps/{environment}/webhooks")
def put_webhooks(asked: Asked, environment: Environment, body: WebhooksWish) -> WebhooksShown:
    """Give the app's webhooks their address, and keep the verifier token that Intuit shows for it."""
    verifier = None if body.verifier is None else Secret(body.verifier.get_secret_value())
    kept = set_webhooks(asked.edges, asked.caller, environment=environment.value, verifier=verifier)
    return webhooks_shape(kept)
