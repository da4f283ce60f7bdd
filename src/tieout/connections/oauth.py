"""Connecting: to Intuit's consent page and back, only in the browser session that started it.

The state is a random value, kept as a hash together with a hash of the session; it is used once and lives
ten minutes. Authorising another company than the one that was to be reconnected is refused.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tieout.connections.apps import oauth_app
from tieout.connections.books import open_with_grant
from tieout.connections.tokens import store_grant
from tieout.domain.permissions import CONNECT
from tieout.edges import Edges
from tieout.kit.crypto import Secret
from tieout.kit.errors import Invalid, NotAllowed, NotFound, ReconnectNeeded
from tieout.qbo.oauth import Grant
from tieout.security.operation import Act, Errand, errand, operation
from tieout.storage.companies import Company

STATE_LIFE: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Started:
    """Where to send the browser."""

    url: str
    state: str


@operation("connection.begin", needs=CONNECT, writes=True)
def begin_connection(
    act: Act, *, environment: str, redirect_uri: str, session: Secret, reconnect: str = ""
) -> Started:
    """Start connecting a company: gives the address of Intuit's consent page.

    `session` is the browser session's own secret; `reconnect` is the company that must come back, if any.
    """
    app = oauth_app(act.edges, act.work, act.caller.tenant, environment)
    expected = ""
    if reconnect:
        company = act.work.companies.get(reconnect)
        if company is None or company.tenant != act.caller.tenant:
            raise NotFound(
                "There is no such company",
                record=reconnect,
                reason="it does not belong to this tenant",
                remedy="Choose one from the list",
            )
        expected = company.realm_id
    state = act.edges.ids.token()
    now = act.edges.clock.now()
    act.work.logins.add(
        state_hash=hashed(state),
        session_hash=hashed(session.value),
        tenant=act.caller.tenant,
        environment=environment,
        redirect_uri=redirect_uri,
        expected_realm=expected,
        created_at=now,
        expires_at=now + STATE_LIFE,
    )
    return Started(app.authorize_url(state=state, redirect_uri=redirect_uri), state)


@errand("connection.finish", needs=CONNECT, writes=True)
def finish_connection(act: Errand, *, state: Secret, session: Secret, code: Secret, realm_id: str) -> Company:
    """Finish connecting: exchange Intuit's code and keep the company."""
    edges = act.edges
    with edges.database.transaction() as work:
        login = work.logins.take(hashed(state.value), hashed(session.value), now=edges.clock.now())
    if login is None or login.tenant != act.caller.tenant:
        raise NotAllowed(
            "This sign-in cannot be accepted",
            record="the answer from Intuit",
            reason="it was not started in this browser session, was used already, or took more than ten minutes",
            remedy="Press Connect again in the window where you want to finish",
        )
    if login.expected_realm and login.expected_realm != realm_id:
        raise Invalid(
            "Another company was authorised",
            record=f"QuickBooks company {realm_id}",
            reason=f"the connection to be renewed is for company {login.expected_realm}, and its links would point "
            "into the wrong books",
            remedy="Press Reconnect again and choose the right company at Intuit, or connect this one as a new company",
        )
    with edges.database.reading() as work:
        app = oauth_app(edges, work, login.tenant, login.environment)
    grant = app.exchange(code.value, login.redirect_uri, now=edges.clock.now())
    return keep_connection(edges, login.tenant, login.environment, realm_id, grant)


@errand("connection.adopt", needs=CONNECT, writes=True)
def connect_with_refresh_token(
    act: Errand, *, environment: str, realm_id: str, refresh_token: Secret, expected: str = ""
) -> Company:
    """Connect without a browser, with a refresh token that was granted to the same Intuit app elsewhere."""
    edges = act.edges
    if expected and expected != realm_id:
        raise Invalid(
            "Another company was given",
            record=f"QuickBooks company {realm_id}",
            reason=f"the connection to be renewed is for company {expected}",
            remedy="Give the refresh token of that company",
        )
    with edges.database.reading() as work:
        app = oauth_app(edges, work, act.caller.tenant, environment)
    grant = app.refresh(refresh_token.value, now=edges.clock.now())
    return keep_connection(edges, act.caller.tenant, environment, realm_id, grant)


def keep_connection(edges: Edges, tenant: str, environment: str, realm_id: str, grant: Grant) -> Company:
    """Keep a grant with its company once the company has answered to it.

    A grant whose realm does not answer belongs to another company, or cannot be tried now: nothing of it is
    kept, and what was known of the company stays as it is. Asking spends nothing: only a refresh would.
    """
    try:
        info = open_with_grant(edges, environment, realm_id, grant).company_info()
    except ReconnectNeeded as error:
        raise ReconnectNeeded(
            "This permission does not open that company",
            record=f"QuickBooks company {realm_id}",
            reason="Intuit granted it for another company, or it was withdrawn meanwhile",
            remedy="Connect through Intuit's page and choose this company there, or give the realm id that belongs to "
            "the token",
            **error.facts,
        ) from error
    now = edges.clock.now()
    with edges.database.transaction() as work:
        known = work.companies.by_realm(tenant, realm_id)
        company = work.companies.save_connection(
            id=known.id if known is not None else edges.ids.new("co"),
            tenant=tenant,
            realm_id=realm_id,
            environment=environment,
            name=info.name,
            now=now,
        )
        store_grant(edges, work, company.id, grant)
        company = work.companies.describe(
            company.id, name=info.name, country=info.country, currency=info.home_currency
        )
        work.issues.clear(
            company.id, "connection.auth", "company", company.id, now=now, how="connected again"
        )
    return company


def hashed(value: str) -> str:
    """Hash a state or session value: what is stored must not open anything."""
    return hashlib.sha256(value.encode()).hexdigest()
