"""Intuit's host names, which lead to the simulator when it speaks TLS for them, and where it listens then."""

from __future__ import annotations

API_HOST = "quickbooks.api.intuit.com"
SANDBOX_HOST = "sandbox-quickbooks.api.intuit.com"
OAUTH_HOST = "oauth.platform.intuit.com"
CONSENT_HOST = "appcenter.intuit.com"
DEVELOPER_HOST = "developer.api.intuit.com"
ACCOUNTS_HOST = "accounts.platform.intuit.com"
SANDBOX_ACCOUNTS_HOST = "sandbox-accounts.platform.intuit.com"

INTUIT_HOSTS = (
    API_HOST,
    SANDBOX_HOST,
    OAUTH_HOST,
    CONSENT_HOST,
    DEVELOPER_HOST,
    "developer.intuit.com",
    ACCOUNTS_HOST,
    SANDBOX_ACCOUNTS_HOST,
)
"""Every host of Intuit's that a program which uses the Accounting API speaks to."""

RUN_ADDRESSES = tuple(f"127.71.66.{last}" for last in range(79, 111))
"""Addresses of this machine that nothing else is likely to use: where a program's own simulator listens."""


def is_intuit(base_url: str) -> bool:
    """Whether a base address is one of Intuit's own, as seen by a program that was led here."""
    return base_url.partition("://")[2] in INTUIT_HOSTS
