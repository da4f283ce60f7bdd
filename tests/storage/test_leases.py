"""Leases and fences: one worker at a time works on a company, and a paused one writes nothing when it wakes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from tests.databases import emptied
from tests.storage.sample import LEASE, MINUTE, NOW, with_company
from tieout.kit.errors import Unreachable
from tieout.storage.companies import Companies, Company
from tieout.storage.database import Database
from tieout.storage.leases import Lease, LeaseLost
from tieout.storage.unit_of_work import Work


def test_a_due_company_is_claimed_once_and_its_fence_grows(database: Database) -> None:
    with_company(database)
    first = _claim_due(database, "one")
    assert [lease.company for lease in first] == ["co_1"]
    assert _claim_due(database, "two") == []
    later = NOW + LEASE
    again = _claim_due(database, "two", now=later)
    assert again[0].fence == first[0].fence + 1


def test_only_connected_companies_are_claimed(database: Database) -> None:
    with_company(database)
    for status in ("needs_reconnect", "paused", "disconnected"):
        with database.transaction() as work:
            work.companies.set_status("co_1", status)
        assert _claim_due(database, "one") == []
        with database.transaction() as work:
            assert work.companies.claim("co_1", "one", NOW, LEASE) is None


def test_the_longest_due_companies_are_claimed_first(database: Database) -> None:
    for number in range(5):
        with_company(database, f"co_{number}", realm=str(number))
    with database.transaction() as work:
        for number, minutes in enumerate((3, 1, 5, 2, 4)):
            work.companies.wake(f"co_{number}", NOW - minutes * MINUTE)
    assert [lease.company for lease in _claim_due(database, "one", limit=3)] == ["co_2", "co_4", "co_0"]


def test_threads_that_claim_at_once_share_the_companies_without_overlap(database: Database) -> None:
    for number in range(40):
        with_company(database, f"co_{number:02}", realm=str(number))
    taken: list[tuple[str, str]] = []
    failures: list[BaseException] = []
    start = threading.Barrier(4)

    def work_through(owner: str) -> None:
        start.wait()
        try:
            while leases := _claim_due(database, owner, limit=3):
                taken.extend((lease.company, owner) for lease in leases)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work_through, args=(f"worker {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(company for company, _owner in taken) == [f"co_{number:02}" for number in range(40)]


def test_two_threads_that_want_one_company_do_not_both_get_it(database: Database) -> None:
    with_company(database)
    got: list[Lease | None] = []
    start = threading.Barrier(2)

    def ask(owner: str) -> None:
        start.wait()
        with database.transaction() as work:
            got.append(work.companies.claim("co_1", owner, NOW, LEASE))

    threads = [threading.Thread(target=ask, args=(owner,)) for owner in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([lease for lease in got if lease is not None]) == 1


def test_a_holder_that_was_paused_past_its_lease_writes_nothing_once_it_was_taken_over(
    database: Database,
) -> None:
    with_company(database)
    (paused,) = _claim_due(database, "one")
    _claim_due(database, "two", now=NOW + LEASE)

    def wake_up() -> None:
        with database.transaction() as work:
            work.companies.guard(paused)
            work.meta.put("written by", "the paused one")

    with pytest.raises(LeaseLost):
        wake_up()
    with database.reading() as work:
        assert work.meta.get("written by") is None
        assert not _holds(work, paused, NOW)
    writes: list[Callable[[Companies], None]] = [
        lambda kept: kept.renew(paused, NOW + 2 * LEASE),
        lambda kept: kept.settle(paused, due_at=NOW, now=NOW),
        lambda kept: kept.move_cursor(paused, cursor=NOW, complete_until=NOW),
    ]
    for write in writes:
        with pytest.raises(LeaseLost), database.transaction() as work:
            write(work.companies)


def test_a_lease_that_ran_out_untaken_is_still_good_to_write_with(database: Database) -> None:
    with_company(database)
    (lease,) = _claim_due(database, "one")
    with database.transaction() as work:
        work.companies.guard(lease)
        assert not _holds(work, lease, NOW + LEASE)
        work.companies.renew(lease, NOW + 2 * LEASE)
    with database.reading() as work:
        assert _holds(work, lease, NOW + LEASE)


def test_a_guard_makes_whoever_claims_wait_for_the_end_of_the_write(database: Database) -> None:
    with_company(database)
    (lease,) = _claim_due(database, "one")
    order: list[str] = []

    def take_over() -> None:
        with database.transaction() as work:
            assert work.companies.claim("co_1", "two", NOW + LEASE, LEASE) is not None
            order.append("taken over")

    with database.transaction() as work:
        work.companies.guard(lease)
        thief = threading.Thread(target=take_over)
        thief.start()
        thief.join(0.3)
        order.append("written")
        work.meta.put("done", "yes")
    thief.join()
    assert order == ["written", "taken over"]


@pytest.mark.postgres
def test_who_claims_does_not_wait_for_companies_that_others_write_to(postgres_database: Database) -> None:
    emptied(postgres_database)
    with_company(postgres_database, "co_1", realm="1")
    with_company(postgres_database, "co_2", realm="2")
    (first,) = _claim_due(postgres_database, "one", limit=1)
    got: list[str] = []

    def claim() -> None:
        got.extend(lease.company for lease in _claim_due(postgres_database, "two", now=NOW + LEASE))

    with postgres_database.transaction() as work:
        work.companies.guard(first)
        other = threading.Thread(target=claim)
        other.start()
        other.join(20)
        assert got == ["co_2"], "it waited for the company that is being written to, or took it"
    other.join()


@pytest.mark.postgres
def test_a_process_that_freezes_in_the_middle_of_a_write_keeps_nobody_waiting_for_long(
    postgres_database: Database, postgres_url: str
) -> None:
    emptied(postgres_database)
    with_company(postgres_database)
    frozen = Database(postgres_url, silent_seconds=0.2)
    with frozen.transaction() as work:
        (lease,) = work.companies.claim_due("frozen", now=NOW, lease_for=LEASE, limit=1)
    taken: list[Lease] = []

    def freeze() -> None:
        with frozen.transaction() as work:
            work.companies.guard(lease)
            with postgres_database.transaction() as other:
                other.companies.wake(lease.company, now=NOW)
                taken.extend(other.companies.claim_due("other", now=NOW + LEASE, lease_for=LEASE, limit=1))
            work.companies.settle(lease, due_at=NOW, now=NOW)

    with pytest.raises(Unreachable):
        freeze()
    frozen.close()
    assert [one.fence > lease.fence for one in taken] == [True]


def test_a_settled_company_is_due_when_it_was_told(database: Database) -> None:
    with_company(database)
    (lease,) = _claim_due(database, "one")
    with database.transaction() as work:
        work.companies.settle(lease, due_at=NOW + 15 * MINUTE, now=NOW)
    assert _claim_due(database, "one", now=NOW + 14 * MINUTE) == []
    assert len(_claim_due(database, "one", now=NOW + 15 * MINUTE)) == 1


def test_a_settled_lease_is_no_longer_good(database: Database) -> None:
    with_company(database)
    (lease,) = _claim_due(database, "one")
    with database.transaction() as work:
        work.companies.settle(lease, due_at=NOW + 15 * MINUTE, now=NOW)
    with pytest.raises(LeaseLost), database.transaction() as work:
        work.companies.guard(lease)


def test_a_company_woken_during_its_cycle_runs_again_right_after(database: Database) -> None:
    with_company(database)
    (lease,) = _claim_due(database, "one")
    with database.transaction() as work:
        work.companies.wake("co_1", NOW + MINUTE)
    assert _claim_due(database, "two", now=NOW + MINUTE) == []
    with database.transaction() as work:
        work.companies.settle(lease, due_at=NOW + 15 * MINUTE, now=NOW + 2 * MINUTE)
    (second,) = _claim_due(database, "two", now=NOW + 2 * MINUTE)
    with database.transaction() as work:
        work.companies.settle(second, due_at=NOW + 30 * MINUTE, now=NOW + 3 * MINUTE)
    assert _company(database).due_at == NOW + 30 * MINUTE, "it was woken once and ran twice more"


def test_a_company_claimed_on_demand_falls_due_when_its_holder_dies(database: Database) -> None:
    with_company(database)
    (lease,) = _claim_due(database, "one")
    with database.transaction() as work:
        work.companies.settle(lease, due_at=NOW + 15 * MINUTE, now=NOW)
        assert work.companies.claim("co_1", "two", NOW + MINUTE, LEASE) is not None
    assert len(_claim_due(database, "three", now=NOW + MINUTE + LEASE)) == 1


def test_the_first_company_of_a_tenant_is_its_default_and_a_removed_one_hands_it_on(
    database: Database,
) -> None:
    with_company(database, "co_1", realm="1")
    with_company(database, "co_2", realm="2")
    with_company(database, "co_9", tenant="other", realm="1")
    with database.transaction() as work:
        assert [one.id for one in work.companies.all("shop")] == ["co_1", "co_2"]
        work.companies.remove("co_1")
    with database.reading() as work:
        default = work.companies.default("shop")
        assert default is not None
        assert default.id == "co_2"
        assert work.companies.by_realm("shop", "1") is None
        assert [one.id for one in work.companies.all("other")] == ["co_9"]


def test_reconnecting_keeps_the_company_and_wakes_it(database: Database) -> None:
    with_company(database)
    (lease,) = _claim_due(database, "one")
    with database.transaction() as work:
        work.companies.settle(lease, due_at=NOW + 60 * MINUTE, now=NOW)
        work.companies.set_status("co_1", "needs_reconnect")
        again = work.companies.save_connection(
            id="co_other",
            tenant="shop",
            realm_id="9130",
            environment="sandbox",
            name="Books",
            now=NOW + MINUTE,
        )
    assert (again.id, again.status, again.due_at) == ("co_1", "connected", NOW + MINUTE)


class LeaseMachine(RuleBasedStateMachine):
    """Workers that claim, pause, wake up, settle and die in any order, against a model that knows who may write."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        emptied(self.database)
        self.now = NOW
        self.held: list[Lease] = []
        """Every lease ever given."""
        self.newest: Lease | None = None
        self.settled = True
        self.until = NOW
        self.due_at = NOW
        self.again = False

    @initialize()
    def connect(self) -> None:
        with_company(self.database)

    @rule(seconds=st.integers(1, 400))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(owner=st.sampled_from(["one", "two", "three"]))
    def claim_due(self, owner: str) -> None:
        got = _claim_due(self.database, owner, now=self.now)
        assert bool(got) == (self._free() and self.due_at <= self.now)
        if got:
            self._took(got[0])

    @rule(owner=st.sampled_from(["one", "two"]))
    def claim_on_demand(self, owner: str) -> None:
        with self.database.transaction() as work:
            got = work.companies.claim("co_1", owner, self.now, LEASE)
        assert (got is not None) == self._free()
        if got is not None:
            self._took(got)

    @rule()
    def wake(self) -> None:
        with self.database.transaction() as work:
            work.companies.wake("co_1", self.now)
        self.due_at = self.now
        self.again = not self.settled

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def somebody_writes(self, data: st.DataObject) -> None:
        lease = data.draw(st.sampled_from(self.held))
        written = True
        try:
            with self.database.transaction() as work:
                work.companies.guard(lease)
        except LeaseLost:
            written = False
        assert written == (lease == self.newest and not self.settled)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), minutes=st.integers(0, 20))
    def somebody_settles(self, data: st.DataObject, minutes: int) -> None:
        lease = data.draw(st.sampled_from(self.held))
        due_at = self.now + minutes * MINUTE
        try:
            with self.database.transaction() as work:
                work.companies.settle(lease, due_at=due_at, now=self.now)
        except LeaseLost:
            assert lease != self.newest or self.settled
            return
        assert lease == self.newest
        assert not self.settled
        self.due_at = self.now if self.again else due_at
        self.settled, self.again = True, False

    @invariant()
    def the_row_says_what_the_model_says(self) -> None:
        with self.database.reading() as work:
            company = work.companies.get("co_1")
            if company is None:
                return
            assert company.due_at == self.due_at
            assert company.again == self.again
            assert company.fence == (self.newest.fence if self.newest else 0)
            if self.newest is not None:
                alive = not self.settled and self.until > self.now
                assert _holds(work, self.newest, self.now) == alive

    def _free(self) -> bool:
        return self.settled or self.until <= self.now

    def _took(self, lease: Lease) -> None:
        assert all(lease.fence > older.fence for older in self.held)
        self.held.append(lease)
        self.newest, self.settled, self.again = lease, False, False
        self.until = self.now + LEASE
        self.due_at = min(self.due_at, self.now)


def test_no_order_of_claims_pauses_and_deaths_lets_two_workers_write(database: Database) -> None:
    machine = type("Machine", (LeaseMachine,), {"database": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def _claim_due(
    database: Database, owner: str, *, now: datetime = NOW, limit: int = 10, after: str = ""
) -> list[Lease]:
    with database.transaction() as work:
        return work.companies.claim_due(owner, now=now, lease_for=LEASE, limit=limit, after=after)


def _company(database: Database) -> Company:
    with database.reading() as work:
        company = work.companies.get("co_1")
    assert company is not None
    return company


def _holds(work: Work, lease: Lease, now: datetime) -> bool:
    """Tell whether a lease is still good: not taken over, not settled, not run out."""
    company = work.companies.get(lease.company)
    assert company is not None
    return (
        (company.fence, company.leased_by) == (lease.fence, lease.owner)
        and company.lease_until is not None
        and company.lease_until > now
    )


def test_a_tenant_with_thousands_of_due_companies_keeps_nobody_waiting(database: Database) -> None:
    with database.transaction() as work:
        for number in range(5000):
            work.companies.add(_due_company(f"co_a{number:04}", "a-big-firm", NOW - 60 * MINUTE))
        for tenant in ("b-shop", "c-shop"):
            work.companies.add(_due_company(f"co_{tenant}", tenant, NOW - MINUTE))
    after, served = "", []
    for _ in range(6):
        (lease,) = _claim_due(database, "one", limit=1, after=after)
        served.append(lease.tenant)
        after = lease.tenant
    assert served == ["a-big-firm", "b-shop", "c-shop", "a-big-firm", "a-big-firm", "a-big-firm"]
    several = _claim_due(database, "one", limit=4)
    assert [lease.company for lease in several] == ["co_a0004", "co_a0005", "co_a0006", "co_a0007"]


def test_tenants_take_turns_also_when_several_companies_are_taken_at_once(database: Database) -> None:
    with database.transaction() as work:
        for number in range(40):
            for tenant in ("first", "second", "third"):
                at = NOW - (60 if tenant == "first" else 1) * MINUTE
                work.companies.add(_due_company(f"co_{tenant}{number:02}", tenant, at))
    taken = [lease.tenant for lease in _claim_due(database, "one", limit=3)]
    assert sorted(taken) == ["first", "second", "third"]


def test_one_statement_renews_what_is_still_ours(database: Database) -> None:
    for number in range(3):
        with_company(database, f"co_{number}", realm=str(number))
    held = _claim_due(database, "one")
    (taken,) = _claim_due(database, "two", now=NOW + LEASE, limit=1)
    until = NOW + 3 * LEASE
    with database.transaction() as work:
        ours = work.companies.renew_all(held, until)
        assert work.companies.renew_all([], until) == set()
    assert ours == {(one.company, one.fence) for one in held if one.company != taken.company}
    with database.reading() as work:
        assert {one.id for one in work.companies.all("shop") if one.lease_until == until} == {
            company for company, _fence in ours
        }


@pytest.mark.postgres
def test_a_wake_up_tells_the_workers_when_it_is_saved_and_not_before(postgres_database: Database) -> None:
    emptied(postgres_database)
    with postgres_database.transaction() as work:
        work.companies.add(_due_company("co_1", "shop", NOW + MINUTE))

    def ticks() -> int:
        with postgres_database.engine.connect() as connection:
            found: int = connection.execute(
                text("SELECT count(*) FROM procrastinate.procrastinate_jobs WHERE status = 'todo'")
            ).scalar_one()
        return found

    with postgres_database.transaction() as work:
        work.companies.wake("co_1", NOW)
        work.companies.wake("co_1", NOW)
        assert ticks() == 0
    assert ticks() == 1

    def wake_and_fail() -> None:
        with postgres_database.transaction() as work:
            work.companies.wake("co_1", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        wake_and_fail()
    assert ticks() == 1
    for _ in range(30):
        with postgres_database.transaction() as work:
            work.companies.wake("co_1", NOW)
    assert ticks() == 10, "nobody fetches them, and they pile up"


def _due_company(company: str, tenant: str, due_at: datetime) -> Company:
    return Company(
        id=company,
        tenant=tenant,
        realm_id=company,
        name=company,
        country="US",
        currency="USD",
        environment="sandbox",
        status="connected",
        read_only=False,
        is_default=False,
        due_at=due_at,
        leased_by="",
        lease_until=None,
        fence=0,
        again=False,
        cursor=None,
        complete_until=None,
        host="ledger",
        connected_at=NOW,
    )
