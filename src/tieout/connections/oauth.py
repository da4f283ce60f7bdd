"""Connecting: to Intuit's consent page and back, only in the browser session that started it.

The state is a random value, kept as a hash together with a hash of the session; it is used once and lives
ten minutes. Authorising another company than the one that was to be reconnected is refused. Whoever signs in
takes the place of the company's former sign-ins, of one of them, or stands behind them as one more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from tieout.connections.apps import checked_environment, oauth_app
from tieout.connections.books import open_with_grant
from tieout.connections.journal import CallJournal
from tieout.connections.notices import compare_in_full, forget_grant, works_again
from tieout.connections.tokens import add_grant
from tieout.domain.permissions import CONNECT
from tieout.edges import Edges
from tieout.kit.crypto import Secret
from tieout.kit.errors import Invalid, NotAllowed, NotFound, ReconnectNeeded, Refused
from tieout.qbo.company_info import CompanyInfo
from tieout.qbo.oauth import Grant
from tieout.security.operation import Act, Errand, errand, operation
from tieout.storage.companies import Company
from tieout.storage.unit_of_work import Work

STATE_LIFE: Final = timedelta(minutes=10)
ALL: Final = "all"
"""The new sign-in takes the place of every former one of the company."""
BESIDE: Final = ""
"""The new sign-in stands behind the former ones."""
ACCESSES: Final = {"": None, "read_only": True, "read_write": False}
LABEL_MAX: Final = 100


@dataclass(frozen=True)
class Started:
    """Where to send the browser."""

    url: str
    state: str


@dataclass(frozen=True)
class Wish:
    """How a company is to be connected, beside its tokens."""

    instead_of: str = ALL
    """`all` former sign-ins, one of them by its id, or empty to add one more."""
    label: str = ""
    """Who signs in at Intuit, as people here call them; Intuit does not tell. Empty keeps the name of the one replaced."""
    access: str = ""
    """`read_only` or `read_write`; empty leaves a known company as it is, and a new one may be written."""
    by: str = field(default="", compare=False)
    """Who asked for it here."""


@operation("connection.begin", needs=CONNECT, writes=True)
def begin_connection(
    act: Act,
    *,
    environment: str,
    redirect_uri: str,
    session: Secret,
    reconnect: str = "",
    instead_of: str = ALL,
    label: str = "",
    access: str = "",
) -> Started:
    """Start connecting a company: gives the address of Intuit's consent page.

    `session` is the browser session's own secret; `reconnect` is the company that must come back, if any.
    `instead_of` says whose place the new sign-in takes there: `all`, one sign-in's id, or empty for one more.
    `label` names who will sign in; `access` is `read_only`, `read_write`, or empty to leave it as it is.
    """
    checked_environment(environment)
    app = oauth_app(act.edges, act.work, act.caller.tenant, environment)
    expected = ""
    if reconnect:
        expected = _to_come_back(act.work, act.caller.tenant, reconnect, environment).realm_id
    _check_wish(act.work, reconnect, Wish(instead_of, label, access))
    state = act.edges.ids.token()
    now = act.edges.clock.now()
    act.work.logins.add(
        state_hash=hashed(state),
        session_hash=hashed(session.value),
        tenant=act.caller.tenant,
        environment=environment,
        redirect_uri=redirect_uri,
        expected_realm=expected,
        instead_of=instead_of,
        label=label.strip(),
        access=access,
        created_at=now,
        expires_at=now + STATE_LIFE,
    )
    return Started(app.authorize_url(state=state, redirect_uri=redirect_uri), state)


@errand("connection.finish", needs=CONNECT, writes=True)
def finish_connection(act: Errand, *, state: Secret, session: Secret, code: Secret, realm_id: str) -> Company:
    """Finish connecting: exchange Intuit's code and keep the company."""
    edges = act.edges
    with edges.database.transaction() as work:
        # Somebody of another tenant, or another browser, must not be able to spend it.
        login = work.logins.take(
            hashed(state.value), hashed(session.value), act.caller.tenant, now=edges.clock.now()
        )
    if login is None:
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
    wish = Wish(login.instead_of, login.label, login.access, by=act.caller.actor)
    return keep_connection(edges, login.tenant, login.environment, realm_id, grant, app.client_id, wish)


@errand("connection.adopt", needs=CONNECT, writes=True)
def connect_with_refresh_token(
    act: Errand,
    *,
    environment: str,
    realm_id: str,
    refresh_token: Secret,
    expected: str = "",
    instead_of: str = ALL,
    label: str = "",
    access: str = "",
) -> Company:
    """Connect without a browser, with a refresh token that was granted to the same Intuit app elsewhere.

    `instead_of`, `label` and `access` as in `connection.begin`.
    """
    edges = act.edges
    checked_environment(environment)
    if expected and expected != realm_id:
        raise Invalid(
            "Another company was given",
            record=f"QuickBooks company {realm_id}",
            reason=f"the connection to be renewed is for company {expected}",
            remedy="Give the refresh token of that company",
        )
    wish = Wish(instead_of, label.strip(), access, by=act.caller.actor)
    with edges.database.reading() as work:
        app = oauth_app(edges, work, act.caller.tenant, environment)
        known = work.companies.by_realm(act.caller.tenant, realm_id)
        _check_wish(work, known.id if known is not None else "", wish)
    grant = app.refresh(refresh_token.value, now=edges.clock.now())
    return keep_connection(edges, act.caller.tenant, environment, realm_id, grant, app.client_id, wish)


def keep_connection(
    edges: Edges, tenant: str, environment: str, realm_id: str, grant: Grant, client_id: str, wish: Wish
) -> Company:
    """Keep a grant with its company once the company has answered to it.

    A grant whose realm does not answer belongs to another company, or cannot be tried now: nothing of it is
    kept, and what was known of the company stays as it is. Asking spends nothing: only a refresh would.
    """
    journal = CallJournal(edges)
    try:
        info = open_with_grant(edges, environment, realm_id, grant, journal=journal).company_info()
    except ReconnectNeeded as error:
        raise ReconnectNeeded(
            "This permission does not open that company",
            record=f"QuickBooks company {realm_id}",
            reason="Intuit granted it for another company, or it was withdrawn meanwhile",
            remedy="Connect through Intuit's page and choose this company there, or give the realm id that belongs to "
            "the token",
            **error.facts,
        ) from error
    with edges.database.transaction() as work:
        kept = _keep(edges, work, tenant, environment, realm_id, grant, client_id, wish, info)
    journal.belongs_to(kept.id)
    return kept


def _keep(
    edges: Edges,
    work: Work,
    tenant: str,
    environment: str,
    realm_id: str,
    grant: Grant,
    client_id: str,
    wish: Wish,
    info: CompanyInfo,
) -> Company:
    known = work.companies.by_realm(tenant, realm_id)
    company = work.companies.save_connection(
        id=known.id if known is not None else edges.ids.new("co"),
        tenant=tenant,
        realm_id=realm_id,
        environment=environment,
        name=info.name,
        now=edges.clock.now(),
        read_only=ACCESSES[wish.access],
    )
    if company.read_only and work.settings.get(company.id, "export") == "on":
        # What is only read is not sent to; whoever opens it again decides anew.
        work.settings.put(company.id, "export", "off", actor=wish.by, now=edges.clock.now())
    _seat(edges, work, company, grant, client_id, wish)
    company = work.companies.describe(
        company.id, name=info.name, country=info.country, currency=info.home_currency
    )
    works_again(edges, work, company.id)
    if known is not None and known.status == "disconnected":
        compare_in_full(work, company.id)
    return company


def _seat(edges: Edges, work: Work, company: Company, tokens: Grant, client_id: str, wish: Wish) -> None:
    """Put a new grant into the place that it was given for; the ones it replaces are forgotten here.

    They are not revoked at Intuit: that would end the new one, too, since Intuit ends the app's whole connection
    to the company with any of its tokens.
    """
    before = work.grants.all(company.id)
    replaced = [one for one in before if wish.instead_of in (ALL, one.id)]
    # Whoever signs in once more is still called the same.
    label = wish.label or (replaced[0].label if len(replaced) == 1 else "")
    new = add_grant(edges, work, company.id, tokens, client_id=client_id, label=label, by=wish.by)
    if replaced and wish.instead_of != ALL:
        ids = [new.id if one.id == wish.instead_of else one.id for one in before]
        work.grants.order(company.id, ids)
    for one in replaced:
        work.grants.remove(one.id)
        forget_grant(edges, work, company.tenant, one.id)
        edges.spool.drop(one.id)


def _to_come_back(work: Work, tenant: str, wanted: str, environment: str) -> Company:
    company = work.companies.get(wanted)
    if company is None or company.tenant != tenant:
        raise NotFound(
            "There is no such company",
            record=wanted,
            reason="it does not belong to this tenant",
            remedy="Choose one from the list",
        )
    if company.environment != environment:
        raise Refused(
            "The company is in Intuit's other environment",
            record=company.name,
            reason=f"it was connected in the {company.environment} environment, and {environment} was asked for",
            remedy=f"Connect it again with environment {company.environment}",
        )
    return company


def _check_wish(work: Work, company: str, wish: Wish) -> None:
    """Refuse a wish that names no access, no such sign-in, or a label that is too long."""
    if wish.access not in ACCESSES:
        raise Invalid(
            "The access is unknown",
            record=wish.access,
            reason="a company is connected read_only or read_write",
            remedy="Give one of these",
        )
    if len(wish.label) > LABEL_MAX:
        raise Invalid(
            "The name of the sign-in is too long",
            record=wish.label[:LABEL_MAX],
            reason=f"it takes {LABEL_MAX} characters",
            remedy="Write a shorter one",
        )
    if wish.instead_of in (ALL, BESIDE):
        return
    if wish.instead_of not in [one.id for one in work.grants.all(company)]:
        raise NotFound(
            "There is no such sign-in",
            record=wish.instead_of,
            reason="the company that is to come back has no sign-in of this id",
            remedy="Choose one of the company's list of sign-ins",
        )


def hashed(value: str) -> str:
    """Hash a state or session value: what is stored must not open anything."""
    return hashlib.sha256(value.encode()).hexdigest()
