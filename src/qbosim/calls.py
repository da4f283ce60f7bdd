"""What a request is, read from its path and body: which company, which entity, which operation.

The request log shows it and planned faults are matched against it. Nothing here decides how a request is
answered.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from qbosim.wire import Request
from qbosim.xmlbodies import json_body

OAUTH_OPERATIONS = {
    "/connect/oauth2": "authorize",
    "/v2/oauth2/tokens/revoke": "revoke",
    "/v1/openid_connect/userinfo": "userinfo",
    "/op/v1/jwks": "jwks",
    "/.well-known/openid_configuration": "discovery",
    "/.well-known/openid_sandbox_configuration": "discovery",
}
TOKEN_PATH = "/oauth2/v1/tokens/bearer"  # noqa: S105 - a path, not a secret
GRANT_OPERATIONS = {"authorization_code": "exchange", "refresh_token": "refresh"}
OPERATIONS = (
    "create",
    "update",
    "delete",
    "void",
    "read",
    "send",
    "pdf",
    "query",
    "cdc",
    "batch",
    "report",
    "upload",
    "download",
    "authorize",
    "exchange",
    "refresh",
    "revoke",
    "userinfo",
    "jwks",
    "discovery",
    "other",
)
"""Every operation a request can be."""

_PLACES = {"query": "query", "cdc": "cdc", "batch": "batch", "reports": "report", "upload": "upload"}
_FROM = re.compile(r"\bfrom\s+([A-Za-z]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Call:
    """One request in words."""

    operation: str
    realm: str | None = None
    entity: str | None = None
    """Lower case, as in the path; of a query the entity after FROM, of a report its name."""
    identity: str | None = None
    """The record's id, where the call names one."""


def classify(request: Request) -> Call:
    """Read what a request is about."""
    path = request.path.rstrip("/") or "/"
    if path in OAUTH_OPERATIONS:
        return Call(OAUTH_OPERATIONS[path])
    if path == TOKEN_PATH:
        return Call(GRANT_OPERATIONS.get(request.form().get("grant_type", ""), "other"))
    parts = [part for part in request.path.split("/") if part]
    if len(parts) < 4 or parts[0] != "v3" or parts[1] != "company":
        return Call("other")
    realm, place, rest = parts[2], parts[3].lower(), parts[4:]
    if place in _PLACES:
        return Call(_PLACES[place], realm, _subject(place, rest, request))
    if place == "download":
        return Call("download", realm, "attachable")
    if rest and rest[-1].lower() in ("send", "pdf"):
        return Call(rest[-1].lower(), realm, place, rest[0])
    if request.method in ("GET", "HEAD"):
        return Call("read", realm, place, rest[0] if rest else None)
    identity = named_id(json_body(request))
    return Call(_write(request, identity), realm, place, identity)


def _subject(place: str, rest: list[str], request: Request) -> str | None:
    if place == "query":
        return entity_of_query(request.query.get("query") or request.body.decode("utf-8", "replace"))
    if place == "reports" and rest:
        return rest[0].lower()
    return None


def entity_of_query(text: str) -> str | None:
    """The entity after FROM, in lower case."""
    found = _FROM.search(text)
    return found.group(1).lower() if found else None


def _write(request: Request, identity: str | None) -> str:
    named = request.query.get("operation", "").lower()
    if named in ("delete", "void"):
        return named
    if request.query.get("include", "").lower() == "void":
        return "void"
    return "update" if named == "update" or identity else "create"


def named_id(body: bytes) -> str | None:
    """The id of the record that a body names, if it is JSON and names one."""
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    identity = value.get("Id") if isinstance(value, dict) else None
    return str(identity) if identity else None
