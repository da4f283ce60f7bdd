"""Webhooks: the address that Intuit tells changes to, and what is done with a message: checked, kept, answered.

A message is never worked on when it comes. Its events are written down and the companies they are about made
due, in one short transaction; the company's next look reads what changed (`tieout.mirror.webhooks`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

import structlog

from tieout.connections.apps import checked_environment
from tieout.domain.cadence import QUIET
from tieout.domain.permissions import CONNECT, OPERATE, READ
from tieout.edges import Edges
from tieout.kit.crypto import Secret
from tieout.kit.errors import Invalid, NotFound
from tieout.qbo.webhooks import DELETED, MERGED, Told, is_mirrored, is_signed, read_message
from tieout.security.notices import over
from tieout.security.operation import Act, operation
from tieout.storage.doors import SHARED, Door
from tieout.storage.events import NewEvent, Shown
from tieout.storage.unit_of_work import Work

PATIENCE: Final = timedelta(seconds=30)
"""How long a burst may put the look off."""
SILENT: Final = "webhooks.silent"
"""The notice that changes come to light of which no webhook told."""
PLACE: Final = "/webhooks/intuit/"
"""Where messages come in, below the installation's public address."""
_SECOND: Final = timedelta(seconds=1)
log = structlog.get_logger()


class Answer(Enum):
    """What to answer a message with."""

    TAKEN = "taken"
    STRANGE = "strange"
    """There is no such address, or the signature is not the app's."""


@dataclass(frozen=True)
class Received:
    """What became of one message."""

    answer: Answer
    kept: int = 0
    """Events that were written down for the first time."""
    woken: int = 0
    """Companies that are looked at because of it."""


@dataclass(frozen=True)
class WebhooksShown:
    """How one app's webhooks are set up."""

    environment: str
    url: str
    """The address to paste at Intuit, under Webhooks; empty until it was made. It is as secret as a password."""
    ready: bool
    """A verifier token is kept, so that messages can be checked."""
    reachable: bool
    """The address is a public https one, as Intuit demands."""


@operation("webhooks.show", needs=READ, writes=False)
def show_webhooks(act: Act, *, environment: str) -> WebhooksShown:
    """Show the address for Intuit's webhooks and whether their signatures can be checked."""
    checked_environment(environment)
    return _shown(act.edges, environment, act.work.doors.of(act.caller.tenant, environment))


@operation("webhooks.share", needs=OPERATE, writes=True)
def share_webhooks(act: Act, *, environment: str, verifier: Secret | None = None) -> WebhooksShown:
    """Do as `webhooks.set` does for the operator's Intuit app, which serves every tenant without one of its own."""
    return _set(act, SHARED, environment, verifier)


@operation("webhooks.set", needs=CONNECT, writes=True)
def set_webhooks(act: Act, *, environment: str, verifier: Secret | None = None) -> WebhooksShown:
    """Give the app's webhooks their address, once for all, and keep the verifier token that Intuit shows for it.

    Without a verifier the address alone is made. An empty one is forgotten: every message is then turned away.
    """
    return _set(act, act.caller.tenant, environment, verifier)


def _set(act: Act, tenant: str, environment: str, verifier: Secret | None) -> WebhooksShown:
    checked_environment(environment)
    if act.work.doors.of(tenant, environment) is None:
        raise NotFound(
            "Webhooks need an Intuit app first",
            record=f"{environment} environment",
            reason="no client id and secret are kept for it here, and webhooks belong to an app",
            remedy="Save the app's credentials, then come back with its verifier token",
        )
    act.work.doors.open(tenant, environment, act.edges.ids.token())
    if verifier is not None:
        token = verifier.value.strip()
        if token and not (token.isascii() and token.isprintable()):
            raise Invalid(
                "This is no verifier token",
                record=f"{environment} app",
                reason="Intuit's are made of plain letters, digits and hyphens",
                remedy="Copy it from Webhooks in Intuit's developer portal",
            )
        sealed = act.edges.keys.seal(token, row=seal_row(tenant, environment)) if token else None
        act.work.doors.trust(tenant, environment, sealed)
    return _shown(act.edges, environment, act.work.doors.of(tenant, environment))


def receive(edges: Edges, door: str, body: bytes, signature: str) -> Received:
    """Take one message of Intuit's: check its signature, write its events down, have their companies looked at.

    A message without the right signature leaves no trace. One that repeats what is known, that tells of what
    the mirror shows already, or of companies that are not this app's, wakes nobody. Events of a paused company
    or one whose sign-in was lost are kept until it goes on; those of a disconnected one are dropped, because
    nothing of it may be read. Raises Unreachable when the database cannot be used now.
    """
    with edges.database.reading() as work:
        app = work.doors.at(door) if door else None
    if app is None or app.verifier is None:
        return Received(Answer.STRANGE)
    verifier = edges.keys.open(app.verifier, row=seal_row(app.tenant, app.environment))
    if not is_signed(body, signature, verifier):
        return Received(Answer.STRANGE)
    message = read_message(body)
    if message.unread:
        log.warning("webhook not understood", app=f"{app.tenant}/{app.environment}", parts=message.unread)
    by_realm: dict[str, list[Told]] = {}
    for told in message.told:
        if is_mirrored(told.entity):
            by_realm.setdefault(told.realm_id, []).append(told)
    if not by_realm:
        return Received(Answer.TAKEN)
    with edges.database.transaction() as work:
        ends = [
            _keep(edges, work, company, by_realm[realm]) for company, realm in _companies(work, app, by_realm)
        ]
    return Received(Answer.TAKEN, sum(ends), sum(1 for kept in ends if kept))


def seal_row(tenant: str, environment: str) -> str:
    """Name the row that a verifier token is sealed to."""
    return f"app:{tenant}:{environment}:verifier"


def is_shown(operation: str, happened_at: datetime | None, shown: Shown | None, slack: timedelta) -> bool:
    """Tell whether the mirror shows a change already: the record as of that time or later, or its end.

    QuickBooks keeps changes to the second, so the second counts; `slack` is how much earlier is good enough.
    """
    if shown is None:
        return False
    if shown.deleted:
        return True
    if operation in (DELETED, MERGED) or happened_at is None or shown.updated_at is None:
        return False
    return shown.updated_at + _SECOND > happened_at - slack


def _companies(work: Work, app: Door, realms: Iterable[str]) -> list[tuple[str, str]]:
    """Give the companies that a message may be about, in one order for everybody, so that no two wait for each other."""
    found = work.doors.companies(app, realms)
    return sorted(
        (company, realm)
        for realm, known in found.items()
        for company, status in known
        if status != "disconnected"
    )


def _keep(edges: Edges, work: Work, company: str, told: list[Told]) -> int:
    """Write down what is new of one company, and have it looked at unless the mirror shows all of it."""
    known = work.events.known(company, (one.key for one in told))
    fresh = [one for one in told if one.key not in known]
    if not fresh:
        return 0
    now = edges.clock.now()
    _, tries, first = work.events.waiting(company)
    events = _as_events(work, company, fresh)
    work.events.add(company, events, now=now)
    if work.looks.heard(company, now=now):
        owner = work.companies.get(company)
        assert owner is not None, company
        over(edges, work, owner.tenant, SILENT, company)
    if any(not one.settled for one in events):
        latest = first + PATIENCE if first is not None and tries == 0 else None
        work.looks.stir(company, now=now, pause=QUIET, latest=latest)
    return len(fresh)


def _as_events(work: Work, company: str, told: list[Told]) -> list[NewEvent]:
    ids: dict[str, set[str]] = {}
    for one in told:
        ids.setdefault(one.entity, set()).add(one.qbo_id)
    shown = {entity: work.events.shown(company, entity, found) for entity, found in ids.items()}
    return [
        NewEvent(
            key=one.key,
            entity=one.entity,
            qbo_id=one.qbo_id,
            operation=one.operation,
            deleted_id=one.deleted_id,
            happened_at=one.happened_at,
            settled=is_shown(
                one.operation, one.happened_at, shown[one.entity].get(one.qbo_id), slack=timedelta(0)
            ),
        )
        for one in told
    ]


def _shown(edges: Edges, environment: str, door: Door | None) -> WebhooksShown:
    if door is None:
        return WebhooksShown(environment, "", False, False)
    base = edges.outgoing.base_url
    return WebhooksShown(
        environment,
        f"{base}{PLACE}{door.door}" if door.door else "",
        door.verifier is not None,
        base.startswith("https://"),
    )
