"""The Intuit app that a tenant connects with: its own, or the operator's shared one; its secret is never shown again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tieout.connections.sealing import app_row
from tieout.domain.permissions import CONNECT, OPERATE, READ
from tieout.edges import Edges
from tieout.kit.crypto import Secret
from tieout.kit.errors import Invalid, NotFound, Refused
from tieout.qbo.oauth import SCOPE, OAuthApp
from tieout.security.operation import Act, operation
from tieout.storage.apps import StoredApp
from tieout.storage.companies import Company
from tieout.storage.doors import SHARED
from tieout.storage.unit_of_work import Work

ENVIRONMENTS: Final = ("production", "sandbox")


@dataclass(frozen=True)
class AppShown:
    """What may be shown of the app that a tenant connects with."""

    environment: str
    client_id: str
    secret_ending: str
    ready: bool
    """Client id and secret are both kept, so that Connect can be pressed."""
    source: str = ""
    """`own`, or `operator` for the shared one; empty when there is none."""
    scope: str = SCOPE
    """What Intuit is asked for."""


@operation("app.save", needs=CONNECT, writes=True)
def save_app(act: Act, *, environment: str, client_id: str, client_secret: Secret) -> AppShown:
    """Keep the client id and secret of the tenant's own Intuit app, encrypted."""
    return _kept(act, act.caller.tenant, environment, client_id, client_secret)


@operation("app.share", needs=OPERATE, writes=True)
def share_app(act: Act, *, environment: str, client_id: str, client_secret: Secret) -> AppShown:
    """Keep the operator's Intuit app, encrypted, for every tenant that has none of its own."""
    return _kept(act, SHARED, environment, client_id, client_secret)


@operation("app.show", needs=READ, writes=False)
def show_app(act: Act, *, environment: str) -> AppShown:
    """Show which Intuit app is used, and whose it is, without its secret."""
    checked_environment(environment)
    return _shown(environment, act.work.apps.used_by(act.caller.tenant, environment))


@operation("app.remove", needs=CONNECT, writes=True)
def remove_app(act: Act, *, environment: str) -> AppShown:
    """Forget the tenant's own Intuit app; the operator's shared one, if there is one, is used from then on.

    Refused while a company is connected through it: its tokens belong to that app and to no other.
    """
    tenant = act.caller.tenant
    checked_environment(environment)
    if act.work.apps.get(tenant, environment) is None:
        raise NotFound(
            "There is no app of your own",
            record=f"{environment} app",
            reason="its credentials were never saved, or removed already",
            remedy="Nothing: what is shown is the operator's shared app, if anything",
        )
    connected = [
        company.name
        for company in act.work.companies.all(tenant)
        if company.environment == environment and act.work.grants.all(company.id)
    ]
    if connected:
        raise Refused(
            "The app credentials are still needed",
            record=f"{environment} app",
            reason=f"{', '.join(connected)} {'is' if len(connected) == 1 else 'are'} connected through this app",
            remedy="Disconnect first; links, exporters and history stay",
        )
    act.work.apps.remove(tenant, environment)
    return _shown(environment, act.work.apps.used_by(tenant, environment))


def oauth_app(edges: Edges, work: Work, tenant: str, environment: str) -> OAuthApp:
    """Make the OAuth client that a tenant connects with; Invalid when there are no credentials to be had."""
    stored = work.apps.used_by(tenant, environment)
    if stored is None:
        raise Invalid(
            "No Intuit app is set up yet",
            record=f"{environment} environment",
            reason="its client id and secret have not been saved",
            remedy="Save both from Keys & credentials in Intuit's developer portal, then connect",
        )
    secret = edges.keys.open(stored.secret, row=app_row(stored.tenant, environment))
    return OAuthApp(edges.http, edges.endpoints(environment), stored.client_id, secret)


def app_of(edges: Edges, work: Work, company: Company) -> OAuthApp:
    """Make the OAuth client of a company's tenant and environment; Invalid when its credentials are gone."""
    return oauth_app(edges, work, company.tenant, company.environment)


def checked_environment(environment: str) -> None:
    """Refuse an environment that Intuit does not have."""
    if environment not in ENVIRONMENTS:
        raise Invalid(
            "The environment is unknown",
            record=environment,
            reason="Intuit has two: production and sandbox",
            remedy="Choose one of them",
        )


def _kept(act: Act, tenant: str, environment: str, client_id: str, client_secret: Secret) -> AppShown:
    """Keep an app's credentials: both of them, or neither."""
    checked_environment(environment)
    given = (("client id", client_id.strip()), ("client secret", client_secret.value.strip()))
    missing = [name for name, value in given if not value]
    if missing:
        raise Invalid(
            "The app credentials are incomplete",
            record=f"{environment} app",
            reason=f"the {' and the '.join(missing)} is empty",
            remedy="Copy both from Keys & credentials in Intuit's developer portal",
        )
    act.work.apps.save(
        tenant,
        environment,
        client_id=client_id.strip(),
        secret=act.edges.keys.seal(client_secret.value.strip(), row=app_row(tenant, environment)),
        secret_ending=client_secret.value.strip()[-4:],
        now=act.edges.clock.now(),
    )
    return _shown(environment, act.work.apps.get(tenant, environment))


def _shown(environment: str, stored: StoredApp | None) -> AppShown:
    if stored is None:
        return AppShown(environment, "", "", False)
    source = "own" if stored.tenant != SHARED else "operator"
    return AppShown(environment, stored.client_id, stored.secret_ending, True, source)
