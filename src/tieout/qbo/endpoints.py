"""Intuit's addresses: production, sandbox, and all of them under one address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import httpx2

from tieout.kit.errors import Invalid


@dataclass(frozen=True)
class Endpoints:
    """Where to sign in and where the API is, for one environment."""

    authorize: str
    """The consent page, opened by a browser."""
    token: str
    """Where a code or a refresh token is exchanged."""
    revoke: str
    api: str
    """The accounting API, before `/v3/company/…`; without a slash at its end."""


PRODUCTION: Final = Endpoints(
    authorize="https://appcenter.intuit.com/connect/oauth2",
    token="https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",  # noqa: S106  an address
    revoke="https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
    api="https://quickbooks.api.intuit.com",
)
"""Intuit's production addresses (Intuit's documentation)."""

SANDBOX: Final = replace(
    PRODUCTION,
    api="https://sandbox-quickbooks.api.intuit.com",
)
"""Intuit's sandbox addresses: sign-in is production's own, the API is not."""


def at(base_url: str) -> Endpoints:
    """Give Intuit's paths under one address of somebody else's: the one setting that points us elsewhere.

    Raises Invalid for anything but an http or https address without query and fragment.
    """
    base = _checked(base_url)
    return Endpoints(
        authorize=f"{base}/connect/oauth2",
        token=f"{base}/oauth2/v1/tokens/bearer",
        revoke=f"{base}/v2/oauth2/tokens/revoke",
        api=base,
    )


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
