"""Intuit's addresses: production, sandbox, a discovery document's, and all of them under one address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import httpx2
import msgspec

from tieout.kit.errors import Invalid, Unreachable


@dataclass(frozen=True)
class Endpoints:
    """Where to sign in and where the API is, for one environment."""

    authorize: str
    """The consent page, opened by a browser."""
    token: str
    """Where a code or a refresh token is exchanged."""
    revoke: str
    userinfo: str
    jwks: str
    """The keys that id tokens are signed with."""
    issuer: str
    api: str
    """The accounting API, before `/v3/company/…`; without a slash at its end."""


PRODUCTION: Final = Endpoints(
    authorize="https://appcenter.intuit.com/connect/oauth2",
    token="https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",  # noqa: S106  an address
    revoke="https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
    userinfo="https://accounts.platform.intuit.com/v1/openid_connect/userinfo",
    jwks="https://oauth.platform.intuit.com/op/v1/jwks",
    issuer="https://oauth.platform.intuit.com/op/v1",
    api="https://quickbooks.api.intuit.com",
)
"""Intuit's production addresses (Intuit's documentation)."""

SANDBOX: Final = replace(
    PRODUCTION,
    userinfo="https://sandbox-accounts.platform.intuit.com/v1/openid_connect/userinfo",
    api="https://sandbox-quickbooks.api.intuit.com",
)
"""Intuit's sandbox addresses: sign-in is production's own, the API and the user's data are not."""

PRODUCTION_DISCOVERY: Final = "https://developer.api.intuit.com/.well-known/openid_configuration"
SANDBOX_DISCOVERY: Final = "https://developer.api.intuit.com/.well-known/openid_sandbox_configuration"
TIMEOUT: Final = httpx2.Timeout(20.0, connect=5.0)


def at(base_url: str) -> Endpoints:
    """Give Intuit's paths under one address of somebody else's: the one setting that points us elsewhere.

    Raises Invalid for anything but an http or https address without query and fragment.
    """
    base = _checked(base_url)
    return Endpoints(
        authorize=f"{base}/connect/oauth2",
        token=f"{base}/oauth2/v1/tokens/bearer",
        revoke=f"{base}/v2/oauth2/tokens/revoke",
        userinfo=f"{base}/v1/openid_connect/userinfo",
        jwks=f"{base}/op/v1/jwks",
        issuer=PRODUCTION.issuer,  # a name that id tokens carry, not an address that is called
        api=base,
    )


class _Document(msgspec.Struct):
    """What we need of a discovery document."""

    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    issuer: str


def discovered(http: httpx2.Client, discovery_url: str) -> Endpoints:
    """Read a discovery document.

    It does not name the accounting API: for Intuit's own documents that is Intuit's API of the same
    environment, for any other it is the address that the document was read from.

    Raises Unreachable when nothing answers, Invalid when what answers is no discovery document.
    """
    origin = _origin(_checked(discovery_url))
    try:
        answer = http.get(discovery_url, headers={"Accept": "application/json"}, timeout=TIMEOUT)
    except httpx2.TransportError as error:
        raise Unreachable(
            "The sign-in addresses could not be read",
            record=discovery_url,
            reason=f"nothing answered there ({type(error).__name__})",
            remedy="Check the address and the network; it is tried again by itself",
        ) from error
    try:
        document = msgspec.json.decode(answer.content, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(
            "This is no discovery document",
            record=discovery_url,
            reason=f"the answer has status {answer.status_code} and does not list the sign-in addresses",
            remedy=f"Use Intuit's own, {PRODUCTION_DISCOVERY} or {SANDBOX_DISCOVERY}",
        ) from error
    return Endpoints(
        authorize=document.authorization_endpoint,
        token=document.token_endpoint,
        revoke=document.revocation_endpoint,
        userinfo=document.userinfo_endpoint,
        jwks=document.jwks_uri,
        issuer=document.issuer,
        api=_api_beside(discovery_url, origin),
    )


def _api_beside(discovery_url: str, origin: str) -> str:
    if not httpx2.URL(discovery_url).host.endswith(".intuit.com"):
        return origin
    return SANDBOX.api if "openid_sandbox_configuration" in discovery_url else PRODUCTION.api


def _origin(address: str) -> str:
    url = httpx2.URL(address)
    return f"{url.scheme}://{url.netloc.decode()}"


def _checked(address: str) -> str:
    """Refuse what cannot be an address; give it without slashes at its end."""
    try:
        url = httpx2.URL(address)
        usable = url.scheme in ("http", "https") and bool(url.host) and not url.query and not url.fragment
    except httpx2.InvalidURL:
        usable = False
    if not usable:
        raise Invalid(
            "The address of QuickBooks cannot be used",
            record=address,
            reason="it must begin with https:// or http:// and name a host, without `?` and `#`",
            remedy="Write it like https://books.example.com",
        )
    return address.rstrip("/")
