"""Jobs: owed in the transaction that wants them, done once by whoever comes, and not noted by who was overtaken."""

from __future__ import annotations

import threading

from tests.storage.sample import LEASE, MINUTE, NOW, with_company
from tieout.storage.database import Database
from tieout.storage.jobs import DONE, FAILED, QUEUED, RUNNING, Job


def test_a_job_is_owed_from_the_end_of_the_unit_of_work_that_wants_it(database: Database) -> None:
    with_company(database)
    try:
        with database.transaction() as work:
            work.jobs.add("job_0", "company.import", {}, now=NOW)
            raise RuntimeError
    except RuntimeError:
        pass
    assert _claimed(database) == []
    with database.transaction() as work:
        work.jobs.add("job_1", "company.import", {"anew": True}, now=NOW, company="co_1")
    (job,) = _claimed(database)
    assert (job.id, job.args, job.company, job.state, job.attempts) == (
        "job_1",
        {"anew": True},
        "co_1",
        RUNNING,
        1,
    )


def test_of_jobs_that_share_a_lock_one_waits_at_a_time(database: Database) -> None:
    with database.transaction() as work:
        assert work.jobs.add("job_1", "housekeeping", {}, now=NOW, lock="house") == "job_1"
        assert work.jobs.add("job_2", "housekeeping", {}, now=NOW, lock="house") == "job_1"
        assert work.jobs.add("job_3", "other", {}, now=NOW) == "job_3"
        assert work.jobs.add("job_4", "other", {}, now=NOW) == "job_4"
    _claimed(database)
    with database.transaction() as work:
        assert work.jobs.add("job_5", "housekeeping", {}, now=NOW, lock="house") == "job_5", "that one runs"


def test_a_job_is_taken_when_it_is_due_by_one_of_those_who_ask(database: Database) -> None:
    with database.transaction() as work:
        for number in range(20):
            work.jobs.add(f"job_{number:02}", "x", {}, now=NOW, due_at=NOW + MINUTE)
    assert _claimed(database) == []
    taken: list[str] = []
    start = threading.Barrier(3)

    def take(owner: str) -> None:
        start.wait()
        while found := _claimed(database, owner, minutes=1, limit=2):
            taken.extend(one.id for one in found)

    threads = [threading.Thread(target=take, args=(f"worker {number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [f"job_{number:02}" for number in range(20)]


def test_a_job_whose_worker_fell_silent_is_taken_over_and_the_old_one_notes_nothing(
    database: Database,
) -> None:
    with database.transaction() as work:
        work.jobs.add("job_1", "x", {}, now=NOW)
    (paused,) = _claimed(database, "paused")
    assert _claimed(database, "other") == []
    (taken,) = _claimed(database, "other", minutes=LEASE / MINUTE)
    assert taken.fence == paused.fence + 1
    with database.transaction() as work:
        assert work.jobs.renew_all([paused, taken], NOW + 9 * LEASE) == {"job_1"}
        assert not work.jobs.finish(paused, now=NOW)
        assert not work.jobs.fail(paused, error="late", now=NOW)
        assert not work.jobs.retry(paused, error="late", due_at=NOW, now=NOW)
        assert work.jobs.finish(taken, now=NOW)
        ended = work.jobs.get("job_1")
    assert ended is not None
    assert (ended.state, ended.error, ended.leased_by) == (DONE, "", "")


def test_a_job_that_cannot_be_done_now_waits_and_gives_way_to_another_of_its_lock(database: Database) -> None:
    with database.transaction() as work:
        work.jobs.add("job_1", "x", {}, now=NOW, lock="x")
    (job,) = _claimed(database)
    with database.transaction() as work:
        assert work.jobs.retry(job, error="busy", due_at=NOW + MINUTE, now=NOW)
        waiting = work.jobs.get("job_1")
    assert waiting is not None
    assert (waiting.state, waiting.error) == (QUEUED, "busy")
    (job,) = _claimed(database, minutes=1)
    assert job.attempts == 2
    with database.transaction() as work:
        work.jobs.add("job_2", "x", {}, now=NOW, lock="x")
        assert work.jobs.retry(job, error="busy", due_at=NOW + MINUTE, now=NOW)
        first, active = work.jobs.get("job_1"), work.jobs.active("x")
    assert first is not None
    assert active is not None
    assert (first.state, active.id) == (FAILED, "job_2")


def test_ended_jobs_are_forgotten_and_waiting_ones_kept(database: Database) -> None:
    with database.transaction() as work:
        work.jobs.add("job_1", "x", {}, now=NOW)
    (job,) = _claimed(database)
    with database.transaction() as work:
        work.jobs.finish(job, now=NOW)
        work.jobs.add("job_2", "x", {}, now=NOW)
        assert work.jobs.prune(before=NOW) == 0
        assert work.jobs.prune(before=NOW + MINUTE) == 1
        assert work.jobs.get("job_2") is not None


def _claimed(database: Database, owner: str = "one", *, minutes: float = 0, limit: int = 10) -> list[Job]:
    with database.transaction() as work:
        return work.jobs.claim_due(owner, now=NOW + minutes * MINUTE, lease_for=LEASE, limit=limit)
