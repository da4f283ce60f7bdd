"""Grants: sealed, in an order, renewed by one at a time, lost and removed."""

from __future__ import annotations

import threading
from datetime import timedelta

from tests.storage.sample import LEASE, MINUTE, NOW, with_company
from tieout.kit.crypto import Sealed
from tieout.storage.database import Database
from tieout.storage.grants import NewTokens


def _tokens(box: bytes) -> NewTokens:
    return NewTokens(
        access=Sealed("k1", box),
        refresh=Sealed("k1", b"r-" + box),
        access_expires_at=NOW + timedelta(hours=1),
        refresh_expires_at=NOW + timedelta(days=100),
        hard_expires_at=None,
    )


def _add(database: Database, *names: str) -> None:
    with_company(database)
    with database.transaction() as work:
        for name in names:
            work.grants.add(name, "co_1", _tokens(b"x"), client_id="app", label=name, by="ann", now=NOW)


def _order(database: Database) -> list[str]:
    with database.reading() as work:
        return [one.id for one in work.grants.all("co_1")]


def test_a_grant_comes_back_sealed_with_a_version_that_grows(database: Database) -> None:
    _add(database, "g1")
    with database.transaction() as work:
        work.grants.renew("g1", _tokens(b"two"), now=NOW + MINUTE)
    with database.reading() as work:
        (grant,) = work.grants.all("co_1")
    assert (grant.version, grant.access, grant.refresh) == (2, Sealed("k1", b"two"), Sealed("k1", b"r-two"))
    assert (grant.access_expires_at, grant.hard_expires_at) == (NOW + 60 * MINUTE, None)
    assert (grant.ends_at, grant.used_at, grant.client_id) == (NOW + timedelta(days=100), NOW + MINUTE, "app")


def test_grants_stand_in_the_order_they_came_or_are_put_into(database: Database) -> None:
    _add(database, "g2", "g1", "g3")
    assert _order(database) == ["g2", "g1", "g3"]
    with database.transaction() as work:
        work.grants.order("co_1", ["g3", "g2", "g1"])
        work.grants.remove("g2")
    assert _order(database) == ["g3", "g1"]


def test_a_lost_grant_is_good_no_more_until_it_is_renewed(database: Database) -> None:
    _add(database, "g1", "g2")
    with database.transaction() as work:
        assert not work.grants.lose("g1", "too late", version=7), "somebody renewed it meanwhile"
        assert work.grants.lose("g1", "withdrawn", version=1)
        assert not work.grants.lose("g1", "withdrawn", version=1)
        assert [one.id for one in work.grants.good("co_1")] == ["g2"]
        assert [one.id for one in work.grants.of_status("connected")] == ["g2"]
        assert work.grants.of_status("paused") == []
        work.grants.renew("g1", _tokens(b"y"), now=NOW)
        assert [one.id for one in work.grants.good("co_1")] == ["g1", "g2"]


def test_a_company_that_is_removed_takes_its_grants_along(database: Database) -> None:
    _add(database, "g1")
    with database.transaction() as work:
        work.companies.remove("co_1")
        assert work.grants.get("g1") is None


def test_only_one_of_many_threads_may_renew(database: Database) -> None:
    _add(database, "g1")
    got: list[bool] = []
    start = threading.Barrier(6)

    def ask() -> None:
        start.wait()
        with database.transaction() as work:
            got.append(work.grants.claim("g1", owner="one process", now=NOW, lease_for=LEASE))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 5 + [True]


def test_the_right_to_renew_is_free_again_when_released_or_run_out(database: Database) -> None:
    _add(database, "g1")
    with database.transaction() as work:
        grants = work.grants
        assert grants.claim("g1", owner="one", now=NOW, lease_for=LEASE)
        assert not grants.claim("g1", owner="two", now=NOW, lease_for=LEASE)
        assert grants.claim("g1", owner="two", now=NOW + LEASE, lease_for=LEASE)
        grants.release("g1", owner="one")
        assert not grants.claim("g1", owner="one", now=NOW + LEASE, lease_for=LEASE)
        grants.release("g1", owner="two", known=False)
        left = grants.get("g1")
        assert left is not None
        assert left.refreshing_by == "two", "whoever comes next sees that its end is not known"
        assert grants.claim("g1", owner="one", now=NOW + LEASE, lease_for=LEASE)
        grants.release("g1", owner="one")
        left = grants.get("g1")
        assert left is not None
        assert left.refreshing_by == ""


def test_a_grant_is_sealed_anew_only_as_long_as_nobody_renewed_it(database: Database) -> None:
    _add(database, "g1")
    again = Sealed("k2", b"x"), Sealed("k2", b"r-x")
    with database.transaction() as work:
        assert [one.id for one in work.grants.not_under("k2", 10)] == ["g1"]
        assert not work.grants.reseal("g1", version=2, access=again[0], refresh=again[1])
        assert work.grants.reseal("g1", version=1, access=again[0], refresh=again[1])
        assert work.grants.not_under("k2", 10) == []
