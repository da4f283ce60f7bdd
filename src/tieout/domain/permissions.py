"""Permissions as data: what there is to be allowed, and the roles that gather them."""

from __future__ import annotations

from typing import Final

READ: Final = "books:read"
HOST_WRITE: Final = "host:write"
CONNECT: Final = "connection:manage"
SYNC: Final = "sync:run"
MATCH: Final = "links:decide"
DECIDE: Final = "issues:decide"
SETTINGS: Final = "settings:write"
OPERATE: Final = "installation:operate"

PERMISSIONS: Final[dict[str, str]] = {
    READ: "See companies, documents, issues and health",
    HOST_WRITE: "Put clients, services, invoices and payments into the built-in host",
    CONNECT: "Connect and disconnect QuickBooks companies",
    SYNC: "Import, and start a cycle now",
    MATCH: "Link host records to QuickBooks records",
    DECIDE: "Settle issues",
    SETTINGS: "Change a company's settings",
    OPERATE: "Run the installation: its tenants, its keys, its shared Intuit app",
}
ROLES: Final[dict[str, frozenset[str]]] = {
    "operator": frozenset(PERMISSIONS),
    "billing_admin": frozenset(PERMISSIONS) - {OPERATE},
    "manager": frozenset({READ, HOST_WRITE, SYNC, MATCH, DECIDE}),
    "viewer": frozenset({READ}),
}
