"""Tokens and sign-ins: sealed, refreshed by one at a time, used once."""

from __future__ import annotations

import threading
from datetime import timedelta

from tests.storage.sample import LEASE, MINUTE, NOW, with_company
from tieout.kit.crypto import Sealed
from tieout.storage.database import Database


def test_a_grant_comes_back_sealed_with_a_version_that_grows(database: Database) -> None:
    with_company(database)
    assert [_save(database, box) for box in (b"one", b"two")] == [1, 2]
    with database.reading() as work:
        grant = work.tokens.get("co_1")
    assert grant is not None
    assert (grant.access, grant.refresh) == (Sealed("k1", b"two"), Sealed("k1", b"r-two"))
    assert (grant.access_expires_at, grant.hard_expires_at) == (NOW + 60 * MINUTE, None)


def test_a_disconnected_company_has_no_grant_and_a_removed_one_takes_its_grant_along(
    database: Database,
) -> None:
    with_company(database)
    _save(database, b"x")
    with database.transaction() as work:
        work.tokens.delete("co_1")
        assert work.tokens.get("co_1") is None
    _save(database, b"x")
    with database.transaction() as work:
        work.companies.remove("co_1")
        assert work.tokens.get("co_1") is None


def test_only_one_of_many_threads_may_refresh(database: Database) -> None:
    with_company(database)
    _save(database, b"x")
    got: list[bool] = []
    start = threading.Barrier(6)

    def ask() -> None:
        start.wait()
        with database.transaction() as work:
            got.append(work.tokens.claim_refresh("co_1", owner="one process", now=NOW, lease_for=LEASE))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 5 + [True]


def test_the_right_to_refresh_is_free_again_when_released_or_run_out(database: Database) -> None:
    with_company(database)
    _save(database, b"x")
    with database.transaction() as work:
        tokens = work.tokens
        assert tokens.claim_refresh("co_1", owner="one", now=NOW, lease_for=LEASE)
        tokens.release_refresh("co_1", owner="two")
        assert not tokens.claim_refresh("co_1", owner="two", now=NOW, lease_for=LEASE)
        assert tokens.claim_refresh("co_1", owner="two", now=NOW + LEASE, lease_for=LEASE)
        tokens.release_refresh("co_1", owner="one")
        assert not tokens.claim_refresh("co_1", owner="one", now=NOW + LEASE, lease_for=LEASE)
        tokens.release_refresh("co_1", owner="two")
        assert tokens.claim_refresh("co_1", owner="one", now=NOW + LEASE, lease_for=LEASE)


def test_app_credentials_belong_to_a_tenant_and_an_environment(database: Database) -> None:
    with database.transaction() as work:
        for ending in ("aaaa", "bbbb"):
            work.tokens.save_app(
                "shop",
                "sandbox",
                client_id=f"id-{ending}",
                secret=Sealed("k", b"s"),
                secret_ending=ending,
                now=NOW,
            )
        app = work.tokens.app("shop", "sandbox")
        assert app is not None
        assert (app.client_id, app.secret, app.secret_ending) == ("id-bbbb", Sealed("k", b"s"), "bbbb")
        assert work.tokens.app("shop", "production") is None
        assert work.tokens.app("other", "sandbox") is None


def test_a_sign_in_is_used_once_and_only_in_its_own_session(database: Database) -> None:
    _begin(database, "state")
    with database.transaction() as work:
        assert work.logins.take("state", "another session", NOW) is None
        login = work.logins.take("state", "session", NOW)
        assert login is not None
        assert (login.tenant, login.redirect_uri, login.expected_realm) == (
            "shop",
            "https://here/back",
            "9130",
        )
        assert work.logins.take("state", "session", NOW) is None


def test_a_sign_in_that_took_too_long_is_no_good_and_is_forgotten(database: Database) -> None:
    _begin(database, "old")
    with database.transaction() as work:
        assert work.logins.take("old", "session", NOW + 10 * MINUTE) is None
    _begin(database, "older")
    _begin(database, "new", minutes=11)
    with database.transaction() as work:
        assert work.logins.take("older", "session", NOW) is None, "it was forgotten when the next one began"


def _save(database: Database, box: bytes) -> int:
    with database.transaction() as work:
        return work.tokens.save(
            "co_1",
            access=Sealed("k1", box),
            refresh=Sealed("k1", b"r-" + box),
            access_expires_at=NOW + timedelta(hours=1),
            refresh_expires_at=NOW + timedelta(days=100),
            hard_expires_at=None,
            now=NOW,
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
            created_at=NOW + minutes * MINUTE,
            expires_at=NOW + (minutes + 10) * MINUTE,
        )
