"""Sign-ins that were begun: used once, in their own session and tenant, and forgotten in time."""

from __future__ import annotations

from tests.storage.sample import MINUTE, NOW
from tieout.storage.database import Database


def test_a_sign_in_is_used_once_and_only_in_its_own_session(database: Database) -> None:
    _begin(database, "state")
    with database.transaction() as work:
        assert work.logins.take("state", "another session", "shop", now=NOW) is None
        assert work.logins.take("state", "session", "another tenant", now=NOW) is None
        login = work.logins.take("state", "session", "shop", now=NOW)
        assert login is not None
        assert (login.tenant, login.redirect_uri, login.expected_realm) == (
            "shop",
            "https://here/back",
            "9130",
        )
        assert work.logins.take("state", "session", "shop", now=NOW) is None


def test_a_sign_in_that_took_too_long_is_no_good_and_is_forgotten(database: Database) -> None:
    _begin(database, "old")
    with database.transaction() as work:
        assert work.logins.take("old", "session", "shop", now=NOW + 10 * MINUTE) is None
    _begin(database, "older")
    _begin(database, "new", minutes=11)
    with database.transaction() as work:
        assert work.logins.take("older", "session", "shop", now=NOW) is None, (
            "it was forgotten when the next one began"
        )


def _begin(database: Database, state: str, *, minutes: int = 0) -> None:
    with database.transaction() as work:
        work.logins.add(
            state_hash=state,
            session_hash="session",
            tenant="shop",
            environment="sandbox",
            redirect_uri="https://here/back",
            expected_realm="9130",
            instead_of="all",
            label="Ann",
            access="read_only",
            created_at=NOW + minutes * MINUTE,
            expires_at=NOW + (minutes + 10) * MINUTE,
        )
