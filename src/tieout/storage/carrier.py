"""The carrier: on PostgreSQL, procrastinate tells every worker at once that there is work; our own rows say which.

A *tick* says that companies are due, a *job* that one of our jobs is. Both are enqueued in the transaction that
makes the work, so that neither comes without the other. Whoever gets one claims rows with a fence: a carrier's
own lock would not hold a worker that was paused and wakes up, and what a dying worker had fetched would be lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import psycopg
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from sqlalchemy import Connection, make_url

from tieout.storage.server import JOBS, NOTICES_A_CUT, SCHEMA, SEE_BOTH, TICKS

POLL_SECONDS: Final = 20.0
"""How often the carrier looks by itself; it is told of what comes, and workers look by themselves, too."""
LOOK_SECONDS: Final = 0.25
"""How often it is looked whether it still runs."""
POOL_SECONDS: Final = 5.0
"""How long a connection is waited for."""
SILENT_SECONDS: Final = 15.0
"""After how long without an answer of the database the carrier starts anew; it asks three times as often."""
AGAIN_SECONDS: Final = 1.0
"""How long after trouble with the database the carrier starts anew."""
END_SECONDS: Final = 5.0
"""How long the end is waited for when a worker is stopped."""
log = logging.getLogger(__name__)
_deferring: Final = App(connector=SyncPsycopgConnector())


def defer(driver: Any, task: str, queue: str, at: datetime | None, args: dict[str, Any]) -> None:
    """Enqueue a task in the transaction that a psycopg connection has open and that finds procrastinate's tables."""
    _deferring.configure_task(task, queue=queue, schedule_at=at, connection=driver).defer(**args)


class Carrier:
    """Brings what was enqueued to this process, until it is told to stop."""

    def __init__(self, url: str, *, silent_seconds: float = SILENT_SECONDS) -> None:
        """Take the address of the PostgreSQL database, and how long it may not answer; nothing is opened yet."""
        self._conninfo = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._silent = silent_seconds

    def run(
        self,
        *,
        on_tick: Callable[[], bool],
        on_job: Callable[[], bool],
        jobs_at_once: int,
        stop: threading.Event,
    ) -> None:
        """Call back for each tick and job, in threads of its own; trouble with the database is waited out.

        A callback says whether there was a free hand. As long as there is none it is asked again, and what comes
        meanwhile goes to other workers. It may wait for a hand for a part of a second.

        A round that ended or fell silent is left to itself, and another one begins: procrastinate ends by asking
        the database, and by waiting for what it called, so that its end is not to be waited for.
        """
        logging.getLogger("procrastinate").setLevel(logging.ERROR)
        while not stop.is_set():
            turn = _Round(self._conninfo, on_tick, on_job, jobs_at_once, probe_seconds=self._silent / 3)
            turn.start()
            while turn.is_alive() and turn.silent_for() < self._silent and not stop.wait(LOOK_SECONDS):
                pass
            turn.over.set()
            if stop.is_set():
                turn.join(END_SECONDS)
                return
            log.warning("the carrier starts anew: %s", turn.trouble or "nothing was heard of the database")
            stop.wait(AGAIN_SECONDS)


class _Round(threading.Thread):
    """Procrastinate at work in a thread and loop of its own, from a good connection to the first trouble."""

    def __init__(
        self,
        conninfo: str,
        on_tick: Callable[[], bool],
        on_job: Callable[[], bool],
        jobs_at_once: int,
        *,
        probe_seconds: float,
    ) -> None:
        super().__init__(name="carrier", daemon=True)
        self.over = threading.Event()
        self.trouble = ""
        self._conninfo = conninfo
        self._on_tick = on_tick
        self._on_job = on_job
        self._jobs_at_once = jobs_at_once
        self._probe_seconds = probe_seconds
        self._heard = time.monotonic()

    def silent_for(self) -> float:
        """Tell for how many seconds the database did not answer."""
        return time.monotonic() - self._heard

    def run(self) -> None:
        """Carry until it is over."""
        try:
            asyncio.run(self._carry())
        except (ConnectorException, psycopg.Error, OSError) as error:
            self.trouble = str(error.__cause__ or error)
        except Exception as error:
            # Whatever it is, the next round begins: a worker that nobody tells of work is slow for good.
            log.exception("carrier")
            self.trouble = str(error)

    async def _carry(self) -> None:
        app = App(
            connector=PsycopgConnector(
                conninfo=self._conninfo,
                configure=_look_there,
                min_size=1,
                max_size=4,
                timeout=POOL_SECONDS,
                reconnect_timeout=POOL_SECONDS,
                kwargs={"application_name": "tieout-carrier", "connect_timeout": 10, **NOTICES_A_CUT},
            )
        )

        @app.task(name="tick", queue=TICKS)
        async def tick() -> None:
            await self._bring(self._on_tick)

        @app.task(name="job", queue=JOBS)
        async def job(job: str) -> None:  # noqa: ARG001  the row is claimed, and may be another's by now
            await self._bring(self._on_job)

        async with app.open_async():
            await _forget_the_dead(app)
            working = [
                asyncio.create_task(
                    app.run_worker_async(
                        queues=[queue],
                        concurrency=at_once,
                        fetch_job_polling_interval=POLL_SECONDS,
                        abort_job_polling_interval=3600.0,
                        shutdown_graceful_timeout=0.0,
                        install_signal_handlers=False,
                        delete_jobs="always",
                        name=queue,
                    )
                )
                for queue, at_once in ((TICKS, 1), (JOBS, self._jobs_at_once))
            ]
            listening = asyncio.create_task(self._listen_for_life(app))
            try:
                while not self.over.is_set() and not any(one.done() for one in (*working, listening)):
                    await asyncio.sleep(LOOK_SECONDS)
            finally:
                for one in (*working, listening):
                    one.cancel()
                ended = await asyncio.gather(*working, listening, return_exceptions=True)
            for error in ended:
                if isinstance(error, Exception) and not self.over.is_set():
                    raise error

    async def _bring(self, callback: Callable[[], bool]) -> None:
        while not self.over.is_set() and not await asyncio.to_thread(callback):
            pass

    async def _listen_for_life(self, app: App) -> None:
        while True:
            await app.connector.execute_query_async("SELECT 1")
            self._heard = time.monotonic()
            await asyncio.sleep(self._probe_seconds)


async def _look_there(connection: Any) -> None:
    """Let a connection of the carrier's own find procrastinate's tables."""
    await connection.execute(SEE_BOTH.format("false"), [SCHEMA])
    if not connection.autocommit:
        await connection.commit()


async def _forget_the_dead(app: App) -> None:
    """Remove what workers had fetched that are gone: it told of rows, which fall due by themselves."""
    await app.connector.execute_query_async(
        "DELETE FROM procrastinate_jobs WHERE status = 'doing' AND worker_id IS NULL"
    )


@contextlib.contextmanager
def _schema_first(connection: Any) -> Any:
    before = connection.execute("SELECT current_setting('search_path')").fetchone()[0]
    connection.execute("SELECT set_config('search_path', %s, true)", [SCHEMA])
    yield
    connection.execute("SELECT set_config('search_path', %s, true)", [before])


def make_tables(connection: Connection) -> None:
    """Make procrastinate's tables in their schema, in the transaction of our own upgrade; PostgreSQL only."""
    driver: Any = connection.connection.driver_connection
    driver.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    with _schema_first(driver):
        driver.execute(_deferring.schema_manager.get_schema())
