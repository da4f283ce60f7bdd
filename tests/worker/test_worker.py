"""A worker does what is owed: cycles that are woken, imports that were asked for, what a dead one left, and the house."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.world import World
from tieout.connections.hold import LEASE, Hold, beat, claim, owner_name
from tieout.connections.working import list_jobs, list_workers, show_job
from tieout.kit.errors import NotFound, ReconnectNeeded
from tieout.mirror.starting import start_import
from tieout.security.callers import owner
from tieout.storage.leases import Lease, LeaseLost
from tieout.sync.cycle import Report
from tieout.sync.housekeeping import keep_house
from tieout.worker import Worker
from tieout.worker.jobs import claim_jobs, free_jobs_of_the_dead, keep_recurring

PATIENCE = 30.0


def test_an_import_that_was_asked_for_is_one_job_and_is_done_by_a_worker(world: World) -> None:
    started = start_import(world.edges, world.caller, anew=True)
    again = start_import(world.edges, world.caller)
    assert (again.job, again.running) == (started.job, True)
    assert Worker(world.edges).run_jobs() == 1
    (job,) = list_jobs(world.edges, world.caller)
    assert (job.id, job.state, job.attempts, job.error) == (started.job, "done", 1, "")
    with world.edges.database.reading() as work:
        assert {one.state for one in work.imports.all(started.company)} == {"done"}


def test_jobs_and_imports_of_one_tenant_are_no_business_of_another(world: World) -> None:
    started = start_import(world.edges, world.caller)
    stranger = owner("another", "test")
    assert list_jobs(world.edges, stranger) == []
    with pytest.raises(NotFound):
        show_job(world.edges, stranger, started.job)
    with pytest.raises(NotFound):
        start_import(world.edges, stranger, company=started.company)


def test_an_import_of_a_company_that_nobody_may_read_is_refused_in_words(world: World) -> None:
    with world.edges.database.transaction() as work:
        (company,) = work.companies.all(world.caller.tenant)
        work.companies.set_status(company.id, "needs_reconnect")
    with pytest.raises(ReconnectNeeded) as refused:
        start_import(world.edges, world.caller)
    assert all(refused.value.parts().values())


def test_the_job_of_a_killed_process_is_done_by_the_next_one(world: World) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    started = start_import(world.edges, world.caller, anew=True)
    (lost,) = claim_jobs(replace(world.edges, owner=f"desk:{child.pid}:run_0"), 1)
    ours = replace(world.edges, owner=owner_name("desk", "run_1"))
    assert Worker(ours).run_jobs() == 0, "it might be alive"
    free_jobs_of_the_dead(ours)
    assert Worker(ours).run_jobs() == 1
    job = show_job(world.edges, world.caller, started.job)
    assert (job.state, job.attempts, job.fence) == ("done", 2, lost.fence + 1)


def test_a_job_that_cannot_be_done_now_is_tried_again_later_and_says_why(world: World) -> None:
    started = start_import(world.edges, world.caller, anew=True)
    world.control("POST", "faults", {"fault": "503", "times": 100})
    assert Worker(world.edges).run_jobs() == 1
    job = show_job(world.edges, world.caller, started.job)
    assert job.state == "queued"
    assert job.error
    assert job.due_at > world.clock.now()
    world.control("DELETE", "faults")
    world.pass_time(60)
    assert Worker(world.edges).run_jobs() == 1
    assert show_job(world.edges, world.caller, started.job).state == "done"


def test_an_import_that_waits_for_its_next_try_goes_on_when_somebody_asks_for_it(world: World) -> None:
    started = start_import(world.edges, world.caller, anew=True)
    world.control("POST", "faults", {"fault": "503", "times": 100})
    assert Worker(world.edges).run_jobs() == 1
    world.control("DELETE", "faults")
    assert Worker(world.edges).run_jobs() == 0, "its next try is not due yet"
    again = start_import(world.edges, world.caller)
    assert (again.job, again.running) == (started.job, True)
    assert Worker(world.edges).run_jobs() == 1
    assert show_job(world.edges, world.caller, started.job).state == "done"


def test_the_house_is_kept_again_and_again(world: World) -> None:
    keep_recurring(world.edges)
    keep_recurring(world.edges)
    worker = Worker(world.edges)
    assert worker.run_jobs() == 1
    assert worker.run_jobs() == 0
    keep_recurring(world.edges)
    world.pass_time(3600)
    assert worker.run_jobs() == 1


def test_housekeeping_checks_the_books_and_tells_when_they_do_not_hold_together(world: World) -> None:
    assert keep_house(world.edges).broken == 0
    world.client()
    world.service()
    world.invoice()
    world.settle()
    with world.edges.database.transaction() as work:
        (company,) = work.companies.all(world.caller.tenant)
    with world.edges.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM records WHERE entity = 'Invoice'")
    assert keep_house(world.edges).broken == 1
    with world.edges.database.reading() as work:
        notice = work.notices.standing(company.tenant, "books.broken", company.id)
    assert notice is not None
    assert "Invoice" in notice.why


def test_nothing_is_sent_by_who_slept_past_its_lease_and_was_overtaken(world: World) -> None:
    with world.edges.database.reading() as work:
        (company,) = work.companies.all(world.caller.tenant)
    lease = claim(world.edges, company.id)
    assert lease is not None
    hold = Hold(world.edges, lease)
    hold.sure()
    world.pass_time(LEASE.total_seconds() * 2)
    hold.sure()
    assert world.edges.in_hand.until(lease) > world.clock.now(), "nobody had taken it, so it is ours again"
    world.pass_time(LEASE.total_seconds() * 2)
    other = replace(world.edges, owner="another")
    assert claim(other, company.id) is not None
    with pytest.raises(LeaseLost):
        hold.sure()


def test_a_heartbeat_keeps_what_is_held_and_lets_go_of_what_was_put_down(world: World) -> None:
    with world.edges.database.reading() as work:
        (company,) = work.companies.all(world.caller.tenant)
    lease = claim(world.edges, company.id)
    assert lease is not None
    hold = Hold(world.edges, lease)
    other = replace(world.edges, owner="another")
    for _ in range(5):
        world.pass_time(LEASE.total_seconds() / 3)
        assert beat(world.edges) == 1
        assert claim(other, company.id) is None
    hold.put_down()
    assert beat(world.edges) == 0
    world.pass_time(LEASE.total_seconds() + 1)
    assert claim(other, company.id) is not None


def test_a_company_that_falls_due_by_the_clock_is_found_though_nobody_tells_of_it(world: World) -> None:
    came = threading.Semaphore(0)

    def cycle(edges: object, lease: Lease) -> Report:
        with world.edges.database.transaction() as work:
            work.companies.settle(lease, due_at=world.clock.now() + timedelta(hours=1), now=world.clock.now())
        came.release()
        return Report(lease.company, state="succeeded")

    worker = Worker(world.edges, run=cycle, sweep=timedelta(seconds=0.2))
    worker.start()
    try:
        with world.edges.database.transaction() as work:
            (company,) = work.companies.all(world.caller.tenant)
            work.companies.wake(company.id, now=world.clock.now())
        assert came.acquire(timeout=PATIENCE)
        for _ in range(2):
            world.pass_time(3601)
            assert came.acquire(timeout=PATIENCE), "nobody looked"
    finally:
        assert worker.stop()


def test_a_worker_that_runs_is_told_of_what_is_woken_and_is_listed_until_it_is_stopped(world: World) -> None:
    came = threading.Semaphore(0)

    def cycle(edges: object, lease: Lease) -> Report:
        with world.edges.database.transaction() as work:
            now = world.clock.now()
            work.companies.settle(lease, due_at=now.replace(year=now.year + 1), now=now)
        came.release()
        return Report(lease.company, state="succeeded")

    edges = replace(world.edges, owner=owner_name("desk", "run_1"))
    worker = Worker(edges, threads=2, run=cycle)
    worker.start()
    try:
        with world.edges.database.reading() as work:
            (company,) = work.companies.all(world.caller.tenant)
        for _ in range(3):
            with world.edges.database.transaction() as work:
                work.companies.wake(company.id, now=world.clock.now())
            assert came.acquire(timeout=PATIENCE)
        (shown,) = list_workers(world.edges, world.caller)
        assert (shown.id, shown.state, shown.role) == (f"desk:{os.getpid()}:run_1", "running", "worker")
    finally:
        assert worker.stop()
    (shown,) = list_workers(world.edges, world.caller)
    assert shown.state == "ended"
