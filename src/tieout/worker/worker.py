"""One process's worker: a crew for cycles, a crew for jobs, a heartbeat, and what tells it that there is work.

On PostgreSQL procrastinate tells it at once, and it looks every five seconds for what falls due by the clock; on
SQLite it looks once a second. What is told is only that there is work: both crews claim rows, so neither crew nor
handler knows which of these it was.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog

from tieout.connections.hold import claim_due, claim_next, free_the_dead
from tieout.edges import Edges
from tieout.kit.errors import TieoutError
from tieout.storage.jobs import Job
from tieout.storage.leases import Lease
from tieout.sync.cycle import Report, run_cycle
from tieout.worker.crew import Crew
from tieout.worker.heart import Heart, agree_with_the_database
from tieout.worker.jobs import JobsInHand, claim_jobs, free_jobs_of_the_dead, keep_recurring, run_job

POLL: Final = timedelta(seconds=1)
"""How often a worker looks for work that nobody tells it of."""
SWEEP: Final = timedelta(seconds=5)
"""How often it looks for what killed processes of this machine left, and for work, whatever the carrier tells."""
BATCH: Final = 20
"""Cycles in one tick by hand."""
PATIENCE: Final = 30.0
"""Seconds that what is running may take to end when the worker is stopped; the rest is given back."""
JOB_HANDS: Final = 2
OFFER_SECONDS: Final = 0.5
"""How long something that the carrier brought waits for a free hand before it is looked whether it still should."""
log = structlog.get_logger()


def _due_cycle(edges: Edges, lease: Lease) -> Report:
    return run_cycle(edges, lease, cause="due")


class Worker:
    """Runs cycles and jobs beside whatever else its process does."""

    def __init__(
        self,
        edges: Edges,
        *,
        threads: int = 2,
        role: str = "worker",
        run: Callable[[Edges, Lease], Report] = _due_cycle,
        sweep: timedelta = SWEEP,
    ) -> None:
        """Make a worker that runs up to so many cycles at once; nothing runs yet.

        `run` runs the cycle of a company that was claimed, and settles the company. `sweep` is how often it is
        looked for what the dead left, and for work that nobody told of.
        """
        self._sweep_every = sweep
        self._edges = edges
        self._run = run
        self._turn = ""
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._jobs_in_hand = JobsInHand()
        self._heart = Heart(edges, self._jobs_in_hand, role=role)
        self._cycles: Crew[Lease] = Crew("cycles", threads, take=self._take_companies, do=self._cycle)
        self._jobs: Crew[Job] = Crew(
            "jobs",
            JOB_HANDS,
            take=lambda limit: claim_jobs(edges, limit),
            do=lambda job: run_job(edges, job, self._jobs_in_hand),
        )

    def tick(self) -> list[Report]:
        """Run the cycles that are due now in this thread, one after another: for worlds whose time stands still."""
        reports: list[Report] = []
        while len(reports) < BATCH and (lease := claim_next(self._edges, self._turn)) is not None:
            self._turn = lease.tenant
            reports.append(self._run(self._edges, lease))
        return reports

    def run_jobs(self) -> int:
        """Run the jobs that are due now in this thread, one after another; says how many."""
        done = 0
        while done < BATCH and (claimed := claim_jobs(self._edges, 1)):
            run_job(self._edges, claimed[0], self._jobs_in_hand)
            done += 1
        return done

    def start(self) -> None:
        """Start working."""
        assert not self._threads, "a worker is started once"
        agree_with_the_database(self._edges)
        self._heart.start()
        carrier = self._edges.database.carrier()
        self._begin("sweep", self._sweep)
        if carrier is None:
            self._begin("look", self._look)
        else:
            self._begin(
                "carrier",
                lambda: carrier.run(
                    on_tick=lambda: self._offered(self._cycles),
                    on_job=lambda: self._offered(self._jobs),
                    jobs_at_once=JOB_HANDS,
                    stop=self._stop,
                ),
            )

    def stop(self, patience: float = PATIENCE) -> bool:
        """Take nothing new, wait for what is running, and give back what does not end in time.

        Says whether all of it ended. What was given back is another worker's at once, and the fence keeps
        what still runs here from writing.
        """
        self._stop.set()
        ended: list[bool] = []
        jobs = threading.Thread(target=lambda: ended.append(self._jobs.stop(patience)), daemon=True)
        jobs.start()
        ended.append(self._cycles.stop(patience))
        jobs.join()
        if not all(ended):
            self._give_back()
        for thread in self._threads:
            thread.join(timeout=5)
        self._threads = []
        self._heart.stop()
        return all(ended)

    def _begin(self, name: str, work: Callable[[], object]) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _take_companies(self, limit: int) -> list[Lease]:
        leases = claim_due(self._edges, limit=limit, after=self._turn)
        if leases:
            # Those behind the last one come first next time, and then round again.
            self._turn = max(leases, key=lambda one: (one.tenant <= self._turn, one.tenant)).tenant
        return leases

    def _cycle(self, lease: Lease) -> None:
        try:
            report = self._run(self._edges, lease)
        except TieoutError as error:
            log.warning("cycle", company=lease.company, error=error.sentence())
            return
        log.info("cycle", company=report.company, state=report.state, error=report.error, **report.stats)

    def _offered(self, crew: Crew[Lease] | Crew[Job]) -> bool:
        try:
            return crew.offer(OFFER_SECONDS)
        except TieoutError as error:
            log.warning("worker", error=error.sentence())
            return True

    def _look(self) -> None:
        """Look for work again and again: the way without a carrier."""
        while not self._stop.is_set():
            self._safely(self._cycles.fill)
            self._safely(self._jobs.fill)
            self._stop.wait(POLL.total_seconds())

    def _sweep(self) -> None:
        """Look now and then for what the dead left, what fell due by the clock, and what nobody was told of."""
        while not self._stop.is_set():
            self._safely(lambda: free_the_dead(self._edges))
            self._safely(lambda: free_jobs_of_the_dead(self._edges))
            self._safely(lambda: keep_recurring(self._edges))
            self._safely(self._jobs.fill)
            self._safely(self._cycles.fill)
            self._stop.wait(self._sweep_every.total_seconds())

    def _safely(self, work: Callable[[], object]) -> None:
        try:
            work()
        except TieoutError as error:
            log.warning("worker", error=error.sentence())
        except Exception:
            log.exception("worker")

    def _give_back(self) -> None:
        now = self._edges.clock.now()
        leases, jobs = self._edges.in_hand.leases(), self._jobs_in_hand.all()
        with self._edges.database.transaction() as work:
            for lease in leases:
                work.companies.free(lease.company, lease.owner, now=now)
            for job in jobs:
                work.jobs.free(job.id, self._edges.owner, now=now)
        for lease in leases:
            self._edges.in_hand.put_down(lease)
