"""The operator's Intuit app: its client id and secret, kept per tenant and environment, never shown again."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.domain.permissions import CONNECT, READ
from tieout.edges import Edges
from tieout.kit.crypto import Secret
from tieout.kit.errors import Invalid
from tieout.qbo.oauth import OAuthApp
from tieout.security.operation import Act, operation
from tieout.storage.unit_of_work import Work

ENVIRONMENTS = ("production", "sandbox")


@dataclass(frozen=True)
class AppShown:
    """What may be shown of stored app credentials."""

    environment: str
    client_id: str
    secret_ending: str
    ready: bool


@operation("app.save", needs=CONNECT, writes=True)
def save_app(act: Act, *, environment: str, client_id: str, client_secret: Secret) -> AppShown:
    """Keep the client id and secret of an Intuit app, encrypted."""
    if environment not in ENVIRONMENTS:
        raise Invalid(
            "The environment is unknown",
            record=environment,
            reason="Intuit has two: production and sandbox",
            remedy="Choose one of them",
        )
    missing = [
        name
        for name, value in (("client id", client_id.strip()), ("client secret", client_secret.value.strip()))
        if not value
    ]
    if missing:
        raise Invalid(
            "The app credentials are incomplete",
            record=f"{environment} app",
            reason=f"the {' and the '.join(missing)} is empty",
            remedy="Copy both from Keys & credentials in Intuit's developer portal",
        )
    tenant = act.caller.tenant
    act.work.tokens.save_app(
        tenant,
        environment,
        client_id=client_id.strip(),
        secret=act.edges.keys.seal(client_secret.value.strip(), row=f"app:{tenant}:{environment}"),
        secret_ending=client_secret.value.strip()[-4:],
        now=act.edges.clock.now(),
    )
    return AppShown(environment, client_id.strip(), client_secret.value.strip()[-4:], True)


@operation("app.show", needs=READ, writes=False)
def show_app(act: Act, *, environment: str) -> AppShown:
    """Show which Intuit app is used, without its secret."""
    stored = act.work.tokens.app(act.caller.tenant, environment)
    if stored is None:
        return AppShown(environment, "", "", False)
    return AppShown(environment, stored.client_id, stored.secret_ending, True)


def oauth_app(edges: Edges, work: Work, tenant: str, environment: str) -> OAuthApp:
    """Make the OAuth client of a tenant; Invalid when its credentials were never saved."""
    stored = work.tokens.app(tenant, environment)
    if stored is None:
        raise Invalid(
            "No Intuit app is set up yet",
            record=f"{environment} environment",
            reason="its client id and secret have not been saved",
            remedy="Save both from Keys & credentials in Intuit's developer portal, then connect",
        )
    secret = edges.keys.open(stored.secret, row=f"app:{tenant}:{environment}")
    return OAuthApp(edges.http, edges.endpoints(environment), stored.client_id, secret)
