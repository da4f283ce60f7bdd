"""Running jobs: claimed under a lease, done by their handler, noted as done, tried again later or failed."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Final

import structlog

from tieout.connections.hold import is_dead
from tieout.edges import Edges
from tieout.kit.errors import Retry, TieoutError
from tieout.storage.jobs import Job
from tieout.storage.unit_of_work import Work
from tieout.worker.handlers import HANDLERS, Handler

FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=1)
"""Between tries, the wait doubles up to this."""
TRIES_MAX: Final = 20
"""How often a job is tried that cannot be done now."""
TRIES_OF_A_DEFECT: Final = 3
"""How often a job is tried that fails in a way nobody foresaw."""
log = structlog.get_logger()


class JobsInHand:
    """The jobs that this process works on now. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[tuple[str, int], Job] = {}

    def take(self, job: Job) -> None:
        """Count a job among those that are renewed."""
        with self._lock:
            self._jobs[job.id, job.fence] = job

    def put_down(self, job: Job) -> None:
        """Renew a job no longer."""
        with self._lock:
            self._jobs.pop((job.id, job.fence), None)

    def all(self) -> list[Job]:
        """List what is in hand."""
        with self._lock:
            return list(self._jobs.values())

    def renew(self, edges: Edges) -> None:
        """Renew the lease of every job in hand, in one statement."""
        held = self.all()
        if held:
            with edges.database.transaction() as work:
                work.jobs.renew_all(held, edges.clock.now() + edges.lease)


def claim_jobs(edges: Edges, limit: int) -> list[Job]:
    """Take jobs that are due, or whose worker was not heard of in time."""
    with edges.database.transaction() as work:
        return work.jobs.claim_due(edges.owner, now=edges.clock.now(), lease_for=edges.lease, limit=limit)


def free_jobs_of_the_dead(edges: Edges) -> None:
    """Give back the jobs of processes of this machine that have ended."""
    with edges.database.reading() as work:
        orphans = [(job, holder) for job, holder in work.jobs.holders() if is_dead(holder, edges.owner)]
    if orphans:
        with edges.database.transaction() as work:
            for job, holder in orphans:
                work.jobs.free(job, holder, now=edges.clock.now())


def run_job(edges: Edges, job: Job, in_hand: JobsInHand) -> None:
    """Do one job that was claimed, and note how it ended; one that another worker took over is not noted."""
    in_hand.take(job)
    try:
        handler = handler_of(job.name)
        handler.run(edges, job)
    except Retry as error:
        _again(edges, job, error.sentence(), TRIES_MAX)
    except TieoutError as error:
        _ended(edges, job, error.sentence())
    except Exception as defect:
        log.exception("job", job=job.name, company=job.company)
        _again(edges, job, f"Tieout has a defect: {type(defect).__name__}: {defect}", TRIES_OF_A_DEFECT)
    else:
        _ended(edges, job, "")
    finally:
        in_hand.put_down(job)


def handler_of(name: str) -> Handler:
    """Find the handler of a job; a job that nobody knows is a broken promise of ours, or of an older version."""
    found = next((one for one in HANDLERS if one.name == name), None)
    if found is None:
        raise LookupError(f"no handler is called {name}")
    return found


def keep_recurring(edges: Edges) -> None:
    """Make sure that each job that comes again by itself waits for its time."""
    now = edges.clock.now()
    for handler in (one for one in HANDLERS if one.every is not None):
        with edges.database.reading() as work:
            waits = work.jobs.active(handler.name) is not None
        if not waits:
            with edges.database.transaction() as work:
                _add_recurring(edges, work, handler, at=now)


def _add_recurring(edges: Edges, work: Work, handler: Handler, *, at: datetime) -> None:
    work.jobs.add(edges.ids.new("job"), handler.name, {}, now=edges.clock.now(), due_at=at, lock=handler.name)


def _ended(edges: Edges, job: Job, error: str) -> None:
    now = edges.clock.now()
    handler = next((one for one in HANDLERS if one.name == job.name), None)
    with edges.database.transaction() as work:
        ours = work.jobs.fail(job, error=error, now=now) if error else work.jobs.finish(job, now=now)
        if ours and handler is not None and handler.every is not None:
            _add_recurring(edges, work, handler, at=now + handler.every)
    log.info("job", job=job.name, company=job.company, state="failed" if error else "done", error=error)


def _again(edges: Edges, job: Job, error: str, tries_max: int) -> None:
    if job.attempts >= tries_max:
        _ended(edges, job, error)
        return
    now = edges.clock.now()
    wait = min(FIRST_WAIT * 2 ** (job.attempts - 1), LONGEST_WAIT)
    with edges.database.transaction() as work:
        work.jobs.retry(job, error=error, due_at=now + wait, now=now)
    log.info("job", job=job.name, company=job.company, state="tried again later", error=error)
