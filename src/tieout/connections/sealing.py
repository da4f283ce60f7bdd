"""Sealing: which row each secret of a connection is bound to, and how tokens look while they are not in theirs yet."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

import msgspec

from tieout.kit.crypto import KeyRing, Sealed
from tieout.kit.errors import Invalid
from tieout.qbo.oauth import Grant
from tieout.storage.grants import NewTokens, StoredGrant


def token_row(company: str, grant: str, part: str) -> str:
    """Name the row that a grant's token (`access` or `refresh`) is sealed to: the company's and the grant's own.

    The grant of a company that was connected before there could be several is named as its company.
    """
    return f"token:{company}:{part}" if grant == company else f"token:{company}:{grant}:{part}"


def app_row(tenant: str, environment: str) -> str:
    """Name the row that an app's secret is sealed to."""
    return f"app:{tenant}:{environment}"


def sealed_tokens(keys: KeyRing, company: str, grant: str, tokens: Grant) -> NewTokens:
    """Seal a pair of tokens to the row of their grant."""
    return NewTokens(
        access=keys.seal(tokens.access_token, row=token_row(company, grant, "access")),
        refresh=keys.seal(tokens.refresh_token, row=token_row(company, grant, "refresh")),
        access_expires_at=tokens.access_expires_at,
        refresh_expires_at=tokens.refresh_expires_at,
        hard_expires_at=tokens.hard_expires_at,
    )


def access_token(keys: KeyRing, stored: StoredGrant) -> str:
    """Open a grant's access token."""
    return keys.open(stored.access, row=token_row(stored.company, stored.id, "access"))


def refresh_token(keys: KeyRing, stored: StoredGrant) -> str:
    """Open a grant's refresh token."""
    return keys.open(stored.refresh, row=token_row(stored.company, stored.id, "refresh"))


@dataclass(frozen=True)
class Spooled:
    """Tokens that Intuit gave and the database does not hold yet."""

    sent: str
    """The hash of the refresh token that they were got with: only in its place may they be kept."""
    tokens: Grant


class _Entry(msgspec.Struct):
    sent: str
    access: str
    refresh: str
    access_until: datetime
    refresh_until: datetime
    hard_until: datetime | None


class _Box(msgspec.Struct):
    key: str
    box: str


def fingerprint(token: str) -> str:
    """Hash a token: to know it again, and not to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


def spool_entry(keys: KeyRing, stored: StoredGrant, spooled: Spooled) -> bytes:
    """Seal tokens for the spool, bound to the grant they belong to."""
    tokens = spooled.tokens
    entry = _Entry(
        spooled.sent,
        tokens.access_token,
        tokens.refresh_token,
        tokens.access_expires_at,
        tokens.refresh_expires_at,
        tokens.hard_expires_at,
    )
    sealed = keys.seal(msgspec.json.encode(entry).decode(), row=_spool_row(stored))
    return msgspec.json.encode(_Box(sealed.key_id, base64.b64encode(sealed.box).decode()))


def from_spool(keys: KeyRing, stored: StoredGrant, entry: bytes) -> Spooled | None:
    """Open an entry of the spool; None for one that is cut, another grant's, or under a key that is gone."""
    try:
        box = msgspec.json.decode(entry, type=_Box)
        opened = keys.open(Sealed(box.key, base64.b64decode(box.box)), row=_spool_row(stored))
        found = msgspec.json.decode(opened, type=_Entry)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, Invalid):
        return None
    return Spooled(
        found.sent,
        Grant(found.access, found.refresh, found.access_until, found.refresh_until, found.hard_until),
    )


def _spool_row(stored: StoredGrant) -> str:
    return token_row(stored.company, stored.id, "spool")
