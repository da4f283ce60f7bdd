"""Tenants: the businesses that one installation serves, each with an access token of its own."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from tieout.domain.permissions import OPERATE
from tieout.edges import Edges
from tieout.kit.crypto import Secret
from tieout.kit.errors import Invalid, NotAllowed, NotFound, Refused
from tieout.security.notices import OPERATOR
from tieout.security.operation import Act, operation
from tieout.storage.tenants import Tenant

NAME_MAX: Final = 200
WORDS: Final = {
    "ledger_records": "records of the built-in host",
    "apps": "Intuit apps' credentials",
    "channels": "channels",
    "notices": "notices",
}
"""What people call the rows that belong to a tenant itself."""
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class NewToken:
    """A tenant with its access token, which is shown this once."""

    tenant: Tenant
    token: Secret


@operation("tenant.list", needs=OPERATE, writes=False)
def list_tenants(act: Act) -> list[Tenant]:
    """List the tenants beside the operator's own."""
    return act.work.tenants.all()


@operation("tenant.add", needs=OPERATE, writes=True)
def add_tenant(act: Act, *, tenant: str, name: str = "") -> NewToken:
    """Add a tenant; gives its access token, which is kept as a hash and never shown again."""
    if not _ID.fullmatch(tenant) or len(name) > NAME_MAX:
        raise Invalid(
            "The tenant cannot have this name",
            record=tenant or name,
            reason="its id is made of up to 40 small letters, digits and hyphens",
            remedy="Choose a short id such as blue-heron",
        )
    # The audit trail of a removed tenant stays, and is nobody else's.
    if tenant == OPERATOR or act.work.tenants.get(tenant) is not None or act.work.audit.list(tenant, limit=1):
        raise Refused(
            "There is or was such a tenant",
            record=tenant,
            reason="ids are given once, for what was done for a tenant stays in the audit trail",
            remedy="Choose another id, or, if it still is one of `tieout tenants`, make a new token for it",
        )
    token = act.edges.ids.token()
    added = Tenant(tenant, name.strip() or tenant, act.edges.clock.now())
    act.work.tenants.add(added, token_hash=hash_of(token))
    return NewToken(added, Secret(token))


@operation("tenant.new_token", needs=OPERATE, writes=True)
def new_token(act: Act, *, tenant: str) -> NewToken:
    """Give a tenant another access token; the former one, and whoever signed in with it, is out at once."""
    known = _known(act, tenant)
    token = act.edges.ids.token()
    act.work.tenants.change_token(known.id, hash_of(token))
    return NewToken(known, Secret(token))


@operation("tenant.remove", needs=OPERATE, writes=True)
def remove_tenant(act: Act, *, tenant: str, confirm: str = "") -> Tenant:
    """Remove a tenant that has no company any more, with all that is its own; its token opens nothing from then on.

    `confirm` is its id once more. It is wanted when the tenant keeps books in the built-in host, which go, too.
    Raises Refused while it has companies, NotAllowed when what goes was not confirmed.
    """
    known = _known(act, tenant)
    left = [one.name for one in act.work.companies.all(tenant)]
    if left:
        raise Refused(
            "The tenant still has companies",
            record=known.name,
            reason=f"it has {', '.join(left)}",
            remedy="Erase each of them first; each names what goes with it",
        )
    counted = act.work.tenants.belongings(tenant)
    goes = ", ".join(f"{counted[name]} {words}" for name, words in WORDS.items() if counted[name])
    if counted["ledger_records"] and confirm.strip() != tenant:
        raise NotAllowed(
            "The tenant was not removed",
            record=known.name,
            reason=f"this would go with it: {goes}; and its id was not given once more",
            remedy=f"Give the id {tenant} to confirm",
        )
    act.work.audit.add(
        at=act.edges.clock.now(),
        tenant=act.caller.tenant,
        actor=act.caller.actor,
        door=act.caller.door,
        operation="tenant.removed",
        subject=f"{known.name} ({tenant})",
        before=goes,
        after="removed",
    )
    act.work.tenants.remove(tenant)
    return known


def tenant_of(edges: Edges, token: str) -> str | None:
    """Find whose access token this is; None when it is nobody's."""
    if not token:
        return None
    with edges.database.reading() as work:
        # Found by its hash: how long that takes tells nothing of the token.
        found = work.tenants.by_token(hash_of(token))
    return found.id if found is not None else None


def check_tenant(edges: Edges, tenant: str) -> None:
    """Refuse a tenant that this installation does not serve, with NotFound."""
    if tenant == OPERATOR:
        return
    with edges.database.reading() as work:
        known = work.tenants.get(tenant)
    if known is None:
        raise NotFound(
            "There is no such tenant",
            record=tenant,
            reason="this installation does not serve it",
            remedy="Look at `tieout tenants`",
        )


def token_mark(edges: Edges, tenant: str) -> str:
    """Give what a tenant's sign-in is sealed with, so that it ends with the token; empty for no such tenant."""
    with edges.database.reading() as work:
        return work.tenants.token_hash(tenant)


def hash_of(token: str) -> str:
    """Hash an access token: 32 random bytes need no slow hash, since they cannot be guessed."""
    return hashlib.sha256(f"tenant:{token}".encode()).hexdigest()


def _known(act: Act, tenant: str) -> Tenant:
    known = act.work.tenants.get(tenant)
    if known is None:
        raise NotFound(
            "There is no such tenant",
            record=tenant,
            reason=f"the tenants are {', '.join(one.id for one in act.work.tenants.all()) or 'none so far'}",
            remedy="Look at `tieout tenants`",
        )
    return known
