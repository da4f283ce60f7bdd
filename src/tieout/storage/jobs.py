"""Jobs: work that is done once, by whichever worker comes, with a lease and a fence like a company's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, and_, delete, or_, select, tuple_, update

from tieout.storage.encoding import encoded
from tieout.storage.inserting import inserting
from tieout.storage.tables import jobs
from tieout.storage.ticks import Ticks

QUEUED: Final = "queued"
RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
_ARGS: Final = msgspec.json.Decoder(dict[str, str | int | bool])


@dataclass(frozen=True)
class Job:
    """One piece of work. Instants are in UTC."""

    id: str
    company: str | None
    """The company it is about; None for the installation as a whole."""
    name: str
    """Which handler does it: `company.import`, `housekeeping`."""
    args: Mapping[str, str | int | bool]
    state: str
    """`queued`, `running`, `done` or `failed`."""
    lock: str
    """Of all that share it one waits at a time; empty for none."""
    created_at: datetime
    due_at: datetime
    attempts: int
    leased_by: str
    lease_until: datetime | None
    fence: int
    finished_at: datetime | None
    error: str


class Jobs:
    """The jobs of one unit of work."""

    def __init__(self, connection: Connection, ticks: Ticks) -> None:
        self._connection = connection
        self._ticks = ticks

    def add(
        self,
        job: str,
        name: str,
        args: Mapping[str, str | int | bool],
        *,
        now: datetime,
        due_at: datetime | None = None,
        company: str | None = None,
        lock: str = "",
    ) -> str:
        """Owe a piece of work, from the end of this unit of work on; gives its id.

        When one of the same `lock` waits already, nothing is added and that one's id is given.
        """
        row = {
            "id": job,
            "company": company,
            "name": name,
            "args": encoded(dict(args)),
            "state": QUEUED,
            "lock": lock,
            "created_at": now,
            "due_at": due_at or now,
            "attempts": 0,
            "leased_by": "",
            "lease_until": None,
            "fence": 0,
            "finished_at": None,
            "error": "",
        }
        added = self._connection.execute(
            inserting(self._connection, jobs).values(row).on_conflict_do_nothing().returning(jobs.c.id)
        ).scalar_one_or_none()
        if added is not None:
            self._ticks.job(job, due_at or now, now)
            return job
        waiting = select(jobs.c.id).where(jobs.c.lock == lock, jobs.c.state == QUEUED)
        known = self._connection.execute(waiting).scalar_one()
        assert isinstance(known, str)
        return known

    def get(self, job: str) -> Job | None:
        """Find a job by its id."""
        row = self._connection.execute(select(jobs).where(jobs.c.id == job)).one_or_none()
        return None if row is None else _job(row)

    def active(self, name: str, company: str | None = None) -> Job | None:
        """Find the oldest job of this name that waits or runs, of a company or of any."""
        found = select(jobs).where(jobs.c.name == name, jobs.c.state.in_((QUEUED, RUNNING)))
        if company is not None:
            found = found.where(jobs.c.company == company)
        row = self._connection.execute(found.order_by(jobs.c.created_at, jobs.c.id).limit(1)).one_or_none()
        return None if row is None else _job(row)

    def of_companies(self, companies: Sequence[str], limit: int = 50) -> list[Job]:
        """List the jobs of these companies, the latest first."""
        rows = self._connection.execute(
            select(jobs)
            .where(jobs.c.company.in_(companies))
            .order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
            .limit(limit)
        )
        return [_job(row) for row in rows]

    def claim_due(self, owner: str, *, now: datetime, lease_for: timedelta, limit: int) -> list[Job]:
        """Take jobs that are due, or whose worker was not heard of in time, the longest due first."""
        due = (
            select(jobs.c.id)
            .where(_free(now))
            .order_by(jobs.c.due_at, jobs.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self._claimed(jobs.c.id.in_(due), owner, now + lease_for)

    def claim(self, job: str, owner: str, *, now: datetime, lease_for: timedelta) -> Job | None:
        """Take one job if it is due and nobody works on it."""
        claimed = self._claimed(and_(jobs.c.id == job, _free(now)), owner, now + lease_for)
        return claimed[0] if claimed else None

    def hasten(self, job: str, *, now: datetime) -> bool:
        """Make a job due that waits for a later try; False when it is due, worked on or over."""
        hastened = self._connection.execute(
            update(jobs)
            .where(jobs.c.id == job, jobs.c.state == QUEUED, jobs.c.due_at > now)
            .values(due_at=now)
            .returning(jobs.c.id)
        ).one_or_none()
        if hastened is not None:
            self._ticks.job(job, now, now)
        return hastened is not None

    def holders(self) -> list[tuple[str, str]]:
        """List who works on which job: pairs of job and owner."""
        rows = self._connection.execute(select(jobs.c.id, jobs.c.leased_by).where(jobs.c.state == RUNNING))
        return [(row.id, row.leased_by) for row in rows]

    def free(self, job: str, owner: str, *, now: datetime) -> None:
        """Give back a job whose worker is known to be dead; it is due at once."""
        self._connection.execute(
            update(jobs)
            .where(jobs.c.id == job, jobs.c.leased_by == owner, jobs.c.state == RUNNING)
            .values(lease_until=now)
        )

    def renew_all(self, held: Sequence[Job], until: datetime) -> set[str]:
        """Hold jobs longer, in one statement; gives the ids of those that are still ours."""
        if not held:
            return set()
        ours = [(one.id, one.fence) for one in held]
        renewal = (
            update(jobs)
            .where(tuple_(jobs.c.id, jobs.c.fence).in_(ours), jobs.c.state == RUNNING)
            .values(lease_until=until)
            .returning(jobs.c.id)
        )
        return set(self._connection.execute(renewal).scalars())

    def finish(self, job: Job, *, now: datetime) -> bool:
        """Note that a job is done; False when somebody else has taken it over, and nothing is noted."""
        return self._end(job, state=DONE, finished_at=now, error="")

    def fail(self, job: Job, *, error: str, now: datetime) -> bool:
        """Note that a job ended and is not tried again; False when somebody else has taken it over."""
        return self._end(job, state=FAILED, finished_at=now, error=error)

    def retry(self, job: Job, *, error: str, due_at: datetime, now: datetime) -> bool:
        """Note that a job is tried again later; False when somebody else has taken it over.

        When another of its lock waits meanwhile, that one takes its place.
        """
        if job.lock and self._waits(job.lock):
            return self._end(job, state=FAILED, finished_at=now, error=error)
        if not self._end(job, state=QUEUED, due_at=due_at, error=error):
            return False
        self._ticks.job(job.id, due_at, now)
        return True

    def prune(self, *, before: datetime) -> int:
        """Forget jobs that ended before an instant; says how many."""
        gone = delete(jobs).where(jobs.c.state.in_((DONE, FAILED)), jobs.c.finished_at < before)
        return len(self._connection.execute(gone.returning(jobs.c.id)).all())

    def _waits(self, lock: str) -> bool:
        waiting = select(jobs.c.id).where(jobs.c.lock == lock, jobs.c.state == QUEUED)
        return self._connection.execute(waiting).one_or_none() is not None

    def _claimed(self, which: Any, owner: str, until: datetime) -> list[Job]:
        claim = (
            update(jobs)
            .where(which)
            .values(
                state=RUNNING,
                leased_by=owner,
                lease_until=until,
                fence=jobs.c.fence + 1,
                attempts=jobs.c.attempts + 1,
            )
            .returning(jobs)
        )
        found = [_job(row) for row in self._connection.execute(claim)]
        return sorted(found, key=lambda job: (job.due_at, job.id))

    def _end(self, job: Job, **values: Any) -> bool:
        done = (
            update(jobs)
            .where(jobs.c.id == job.id, jobs.c.fence == job.fence, jobs.c.state == RUNNING)
            .values(leased_by="", lease_until=None, **values)
            .returning(jobs.c.id)
        )
        return self._connection.execute(done).one_or_none() is not None


def _free(now: datetime) -> Any:
    return or_(
        and_(jobs.c.state == QUEUED, jobs.c.due_at <= now),
        and_(jobs.c.state == RUNNING, jobs.c.lease_until <= now),
    )


def _job(row: Row[Any]) -> Job:
    return Job(**{**row._mapping, "args": _ARGS.decode(row.args)})
