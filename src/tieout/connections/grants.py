"""The sign-ins of a company: who authorised it, in which order they are used, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tieout.connections.companies import found
from tieout.connections.notices import called, forget_grant
from tieout.domain.permissions import CONNECT, READ
from tieout.kit.errors import Invalid, NotFound, Refused
from tieout.security.operation import Act, operation
from tieout.storage.grants import GOOD, StoredGrant

HARD: Final = "Intuit's limit of five years"
IDLE: Final = "100 days without use"


@dataclass(frozen=True)
class GrantShown:
    """What may be shown of one sign-in. Instants are in UTC."""

    id: str
    label: str
    authorised_by: str
    authorised_at: datetime
    state: str
    """`in_use`, `standby` or `lost`."""
    why: str
    """Why it was lost."""
    used_at: datetime | None
    access_expires_at: datetime
    ends_at: datetime
    """When it ends unless it is renewed before."""
    ends_by: str
    """Which limit ends it then."""
    days_left: int


@operation("grant.list", needs=READ, writes=False)
def list_grants(act: Act, *, company: str = "") -> list[GrantShown]:
    """List who authorised a company, in the order in which they are tried."""
    return _all(act, found(act.work, act.caller.tenant, company).id)


@operation("grant.order", needs=CONNECT, writes=True)
def order_grants(act: Act, *, company: str = "", grants: list[str]) -> list[GrantShown]:
    """Put a company's sign-ins into another order; every one of them is named once."""
    chosen = found(act.work, act.caller.tenant, company)
    known = [one.id for one in act.work.grants.all(chosen.id)]
    if sorted(known) != sorted(grants):
        raise Invalid(
            "The order is not complete",
            record=chosen.name,
            reason=f"it has {len(known)} sign-ins, and each must be named once",
            remedy=f"Give all of them in the wanted order: {', '.join(known) or 'there is none'}",
        )
    act.work.grants.order(chosen.id, grants)
    return _all(act, chosen.id)


@operation("grant.remove", needs=CONNECT, writes=True)
def remove_grant(act: Act, *, company: str = "", grant: str) -> list[GrantShown]:
    """Remove one of several sign-ins; the company stays connected by the others.

    It is forgotten here and not revoked at Intuit, which would end the app's whole connection to the company.
    """
    chosen = found(act.work, act.caller.tenant, company)
    grants = act.work.grants.all(chosen.id)
    gone = next((one for one in grants if one.id == grant), None)
    if gone is None:
        raise NotFound(
            "There is no such sign-in",
            record=grant,
            reason=f"{chosen.name} has {', '.join(one.id for one in grants) or 'none'}",
            remedy="Choose one of the company's list of sign-ins",
        )
    if gone.state == GOOD and sum(one.state == GOOD for one in grants) == 1:
        raise Refused(
            "The last working sign-in cannot be removed",
            record=f"{called(gone)} for {chosen.name}",
            reason="the company would be cut off without anybody having said so",
            remedy="Disconnect the company, or add another sign-in first",
        )
    act.work.grants.remove(grant)
    forget_grant(act.edges, act.work, chosen.tenant, grant)
    act.edges.spool.drop(grant)
    return _all(act, chosen.id)


def shown(grants: list[StoredGrant], now: datetime) -> list[GrantShown]:
    """Show grants in their order; the first good one is in use."""
    in_use = next((one.id for one in grants if one.state == GOOD), "")
    return [_shown(one, in_use, now) for one in grants]


def _all(act: Act, company: str) -> list[GrantShown]:
    return shown(act.work.grants.all(company), act.edges.clock.now())


def _shown(one: StoredGrant, in_use: str, now: datetime) -> GrantShown:
    standing = "in_use" if one.id == in_use else "standby"
    return GrantShown(
        id=one.id,
        label=one.label,
        authorised_by=one.authorised_by,
        authorised_at=one.authorised_at,
        state=standing if one.state == GOOD else one.state,
        why=one.why,
        used_at=one.used_at,
        access_expires_at=one.access_expires_at,
        ends_at=one.ends_at,
        ends_by=HARD if one.ends_at == one.hard_expires_at else IDLE,
        days_left=max(0, (one.ends_at - now).days),
    )
