"""Callers: who asks, through which door, and what they are allowed."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.domain.permissions import PERMISSIONS, ROLES
from tieout.kit.errors import NotAllowed


@dataclass(frozen=True)
class Caller:
    """Somebody, or something, that asks for an operation."""

    tenant: str
    actor: str
    """Who: a user's name, or the name of the machine part that acts by itself."""
    door: str
    """`page`, `rest`, `cli`, `worker`."""
    permissions: frozenset[str]

    def check(self, permission: str) -> None:
        """Refuse, in words, what the caller has no permission for."""
        assert permission in PERMISSIONS, permission
        if permission not in self.permissions:
            raise NotAllowed(
                "You may not do this",
                record=self.actor,
                reason=f"it needs the permission “{PERMISSIONS[permission]}”",
                remedy="Ask a billing admin of this installation for it",
                permission=permission,
            )


def operator(tenant: str, door: str) -> Caller:
    """Make the caller for whoever runs this installation, at its machine: may act for any tenant."""
    return Caller(tenant, "operator", door, ROLES["operator"])


def owner(tenant: str, door: str) -> Caller:
    """Make the caller for the person at the keyboard of this installation: a billing admin."""
    return Caller(tenant, "owner", door, ROLES["billing_admin"])


def engine(tenant: str) -> Caller:
    """Make the caller for what the worker does by itself."""
    return Caller(tenant, "worker", "worker", ROLES["billing_admin"])
