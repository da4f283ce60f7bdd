"""Connections and their tokens: issued, checked, refreshed with rotation, revoked, expired.

The rules are Intuit's documented ones: an access token lives an hour; a refresh token dies after 100 idle
days and at the latest five years after the consent; the first refresh a day or more after a refresh token
was issued answers a new one and the old one is dead from then on. All times are seconds since 1970 on the
simulated clock.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import Enum

from qbosim.chance import Chance

SCHEMA = """
CREATE TABLE IF NOT EXISTS codes (
    number INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL,
    realm TEXT,
    scope TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    issued_at REAL NOT NULL,
    connection INTEGER
);
CREATE TABLE IF NOT EXISTS connections (
    number INTEGER PRIMARY KEY,
    client_id TEXT NOT NULL,
    realm TEXT,
    scope TEXT NOT NULL,
    granted_at REAL NOT NULL,
    used_at REAL NOT NULL,
    revoked_at REAL
);
CREATE TABLE IF NOT EXISTS refresh_tokens (
    number INTEGER PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    connection INTEGER NOT NULL REFERENCES connections,
    issued_at REAL NOT NULL,
    rotated_at REAL
);
CREATE INDEX IF NOT EXISTS refresh_tokens_of_connection ON refresh_tokens (connection);
CREATE TABLE IF NOT EXISTS access_tokens (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    token TEXT NOT NULL UNIQUE,
    connection INTEGER NOT NULL REFERENCES connections,
    expires_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS access_tokens_by_expiry ON access_tokens (expires_at);
"""
TABLES = ("codes", "connections", "refresh_tokens", "access_tokens")

ACCOUNTING = "com.intuit.quickbooks.accounting"
DAY = 86_400.0
CODE_LIFE = 600.0
"""Seconds; Intuit says "short lived", minutes (assumed: ten)."""
ACCESS_LIFE = 3_600
IDLE_LIFE = 100 * DAY
ANSWERED_IDLE_LIFE = 8_726_400
"""What Intuit's answers say in x_refresh_token_expires_in (101 days), while its text says 100 days."""
HARD_LIFE = 5 * 365 * DAY
"""157,680,000 seconds, as Intuit's client libraries show it."""
ROTATION_AGE = DAY
FORGET_ACCESS_AFTER = 7 * DAY


class InvalidGrant(Exception):
    """The code or refresh token cannot be used (any more)."""


class Standing(Enum):
    """What the gateway makes of a bearer token."""

    GOOD = "good"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Bearer:
    """Whom an access token speaks for."""

    standing: Standing
    client_id: str | None = None
    realm: str | None = None
    scope: str = ""


@dataclass(frozen=True)
class Issued:
    """A pair of tokens, as the token endpoint answers them."""

    connection: int
    client_id: str
    realm: str | None
    scope: str
    access_token: str
    refresh_token: str
    granted_at: float
    refresh_expires_in: int
    """Seconds."""
    refresh_hard_expires_in: int
    """Seconds until the five years are over."""


@dataclass(frozen=True)
class Connection:
    """One consent of one app to one company."""

    client_id: str
    realm: str | None
    scope: str
    granted_at: float
    revoked_at: float | None


def issue_code(
    db: sqlite3.Connection,
    chance: Chance,
    *,
    client_id: str,
    realm: str | None,
    scope: str,
    redirect_uri: str,
    now: float,
) -> str:
    """Make the code that the consent page hands to the app; it may be used once."""
    (number,) = db.execute("SELECT COALESCE(MAX(number), 0) + 1 FROM codes").fetchone()
    code = "AB1" + chance.letters("code", number, 47)
    db.execute(
        "INSERT INTO codes (number, code, client_id, realm, scope, redirect_uri, issued_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (number, code, client_id, realm, scope, redirect_uri, now),
    )
    return code


def redeem_code(
    db: sqlite3.Connection,
    chance: Chance,
    *,
    client_id: str,
    code: str,
    redirect_uri: str,
    now: float,
    reuse_revokes: bool = False,
) -> Issued:
    """Exchange a code for tokens. Raises InvalidGrant when it is unknown, used, old, or of another app or
    address.

    `reuse_revokes`: a code that comes a second time ends the connection it made (Intuit may do that).
    """
    row = db.execute(
        "SELECT client_id, realm, scope, redirect_uri, issued_at, connection FROM codes WHERE code = ?",
        (code,),
    ).fetchone()
    if row is None or row[0] != client_id:
        raise InvalidGrant
    if row[5] is not None:
        if reuse_revokes:
            _revoke_connection(db, row[5], now)
        raise InvalidGrant
    if row[3] != redirect_uri or now - row[4] > CODE_LIFE:
        raise InvalidGrant
    issued = grant(db, chance, client_id=client_id, realm=row[1], scope=row[2], now=now)
    db.execute("UPDATE codes SET connection = ? WHERE code = ?", (issued.connection, code))
    return issued


def grant(
    db: sqlite3.Connection, chance: Chance, *, client_id: str, realm: str | None, scope: str, now: float
) -> Issued:
    """Connect an app to a company and issue the first pair of tokens."""
    cursor = db.execute(
        "INSERT INTO connections (client_id, realm, scope, granted_at, used_at) VALUES (?, ?, ?, ?, ?)",
        (client_id, realm, scope, now, now),
    )
    connection = cursor.lastrowid
    assert connection is not None
    _new_refresh_token(db, chance, connection, now)
    return _issue(db, chance, connection, now)


def refresh(
    db: sqlite3.Connection,
    chance: Chance,
    *,
    client_id: str,
    refresh_token: str,
    now: float,
    reuse_revokes: bool = False,
) -> Issued:
    """Issue a new access token and, a day or more after the last one, a new refresh token.

    Raises InvalidGrant for a token that is unknown, rotated away, revoked, idle for 100 days or five years
    old. `reuse_revokes`: a rotated token that comes again ends the connection (Intuit may do that).
    """
    row = db.execute(
        "SELECT r.connection, r.issued_at, r.rotated_at, c.client_id, c.granted_at, c.used_at, c.revoked_at"
        " FROM refresh_tokens r JOIN connections c ON c.number = r.connection WHERE r.token = ?",
        (refresh_token,),
    ).fetchone()
    if row is None:
        raise InvalidGrant
    connection, issued_at, rotated_at, owner, granted_at, used_at, revoked_at = row
    if owner != client_id or revoked_at is not None:
        raise InvalidGrant
    if rotated_at is not None:
        if reuse_revokes:
            _revoke_connection(db, connection, now)
        raise InvalidGrant
    if now - used_at >= IDLE_LIFE or now - granted_at >= HARD_LIFE:
        raise InvalidGrant
    db.execute("UPDATE connections SET used_at = ? WHERE number = ?", (now, connection))
    if now - issued_at >= ROTATION_AGE:
        db.execute("UPDATE refresh_tokens SET rotated_at = ? WHERE token = ?", (now, refresh_token))
        _new_refresh_token(db, chance, connection, now)
    return _issue(db, chance, connection, now)


def bearer(db: sqlite3.Connection, access_token: str, now: float) -> Bearer:
    """Say whom an access token speaks for, and whether it may still."""
    row = db.execute(
        "SELECT a.expires_at, c.client_id, c.realm, c.scope, c.revoked_at"
        " FROM access_tokens a JOIN connections c ON c.number = a.connection WHERE a.token = ?",
        (access_token,),
    ).fetchone()
    if row is None:
        return Bearer(Standing.UNKNOWN)
    standing = Standing.GOOD
    if row[4] is not None:
        standing = Standing.REVOKED
    elif now >= row[0]:
        standing = Standing.EXPIRED
    return Bearer(standing, row[1], row[2], row[3])


def revoke_token(db: sqlite3.Connection, *, client_id: str, token: str, now: float) -> bool:
    """End the connection that an access or refresh token belongs to; both tokens die (Intuit's rule).

    Answers False when the app has no such token.
    """
    row = db.execute(
        "SELECT c.number, c.client_id, c.realm FROM connections c WHERE c.number ="
        " COALESCE((SELECT connection FROM refresh_tokens WHERE token = :token),"
        "          (SELECT connection FROM access_tokens WHERE token = :token))",
        {"token": token},
    ).fetchone()
    if row is None or row[1] != client_id:
        return False
    if row[2] is None:
        _revoke_connection(db, row[0], now)
    else:
        revoke_realm(db, realm=row[2], client_id=client_id, now=now)
    return True


def revoke_realm(db: sqlite3.Connection, *, realm: str, client_id: str | None, now: float) -> int:
    """End the connections to a company (of one app, or of all), as when its user disconnects the app.

    Answers how many lived until now.
    """
    cursor = db.execute(
        "UPDATE connections SET revoked_at = ? WHERE realm = ? AND revoked_at IS NULL"
        " AND (? IS NULL OR client_id = ?)",
        (now, realm, client_id, client_id),
    )
    return cursor.rowcount


def connections(db: sqlite3.Connection) -> list[Connection]:
    """Every consent ever given, the oldest first."""
    rows = db.execute(
        "SELECT client_id, realm, scope, granted_at, revoked_at FROM connections ORDER BY number"
    )
    return [Connection(*row) for row in rows]


def _revoke_connection(db: sqlite3.Connection, connection: int, now: float) -> None:
    db.execute(
        "UPDATE connections SET revoked_at = ? WHERE number = ? AND revoked_at IS NULL", (now, connection)
    )


def _new_refresh_token(db: sqlite3.Connection, chance: Chance, connection: int, now: float) -> None:
    (number,) = db.execute("SELECT COALESCE(MAX(number), 0) + 1 FROM refresh_tokens").fetchone()
    token = f"AB11{int(now + ANSWERED_IDLE_LIFE):010d}" + chance.letters("refresh token", number, 36)
    db.execute(
        "INSERT INTO refresh_tokens (number, token, connection, issued_at) VALUES (?, ?, ?, ?)",
        (number, token, connection, now),
    )


def _issue(db: sqlite3.Connection, chance: Chance, connection: int, now: float) -> Issued:
    db.execute("DELETE FROM access_tokens WHERE expires_at < ?", (now - FORGET_ACCESS_AFTER,))
    cursor = db.execute(
        "INSERT INTO access_tokens (token, connection, expires_at) VALUES ('', ?, ?)",
        (connection, now + ACCESS_LIFE),
    )
    number = cursor.lastrowid
    assert number is not None
    # Looks like Intuit's (an encrypted JWT in five parts, long), because clients keep tokens in columns of
    # limited size.
    access_token = ".".join(
        (
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwieC5vcmciOiJIMCJ9",
            "",
            chance.base64url("access token iv", number, 16),
            chance.base64url("access token", number, 480),
            chance.base64url("access token tag", number, 16),
        )
    )
    db.execute("UPDATE access_tokens SET token = ? WHERE number = ?", (access_token, number))
    client_id, realm, scope, granted_at = db.execute(
        "SELECT client_id, realm, scope, granted_at FROM connections WHERE number = ?", (connection,)
    ).fetchone()
    (refresh_token,) = db.execute(
        "SELECT token FROM refresh_tokens WHERE connection = ? AND rotated_at IS NULL", (connection,)
    ).fetchone()
    hard = max(0, int(granted_at + HARD_LIFE - now))
    return Issued(
        connection=connection,
        client_id=client_id,
        realm=realm,
        scope=scope,
        access_token=access_token,
        refresh_token=refresh_token,
        granted_at=granted_at,
        refresh_expires_in=min(ANSWERED_IDLE_LIFE, hard),
        refresh_hard_expires_in=hard,
    )
