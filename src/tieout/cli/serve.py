"""The commands `serve` and `worker`: what runs until it is stopped."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Annotated

import typer

from tieout.cli.installation import installation_of
from tieout.cli.terminal import Json, put_json_line, say

Threads = Annotated[
    int | None,
    typer.Option(min=1, max=16, help="Cycles to run at once (TIEOUT_WORKERS; 4 on PostgreSQL, 2 on SQLite)."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("serve")(serve)
    app.command("worker")(worker)


def serve(
    context: typer.Context,
    host: Annotated[
        str | None,
        typer.Option(
            help="Address to listen on (TIEOUT_HOST; 127.0.0.1). Beyond loopback set TIEOUT_ACCESS_TOKEN."
        ),
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port (TIEOUT_PORT; 8787); 0 takes a free one.")
    ] = None,
    with_worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Run due cycles in this process, too.")
    ] = True,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Serve the page and the REST API, and run the cycles of due companies, until stopped.

    With --json one line is printed when ready: url, api and docs.
    """
    from tieout.cli.logs import log_to_stderr
    from tieout.cli.server import serve_until_stopped

    log_to_stderr(logging.INFO)
    installation = installation_of(context)
    settings = installation.settings(host=host, port=port, workers=threads)

    def ready(url: str) -> None:
        if as_json:
            put_json_line({"url": url, "api": f"{url}/api/v1", "docs": f"{url}/api/v1/docs"})
        else:
            say(f"Tieout is ready: {url}")
            say(f"REST reference:  {url}/api/v1/docs")
            say("Stop with Ctrl-C.")

    serve_until_stopped(installation, settings, ready=ready, with_worker=with_worker)


def worker(
    context: typer.Context,
    threads: Threads = None,
    metrics_port: Annotated[
        int,
        typer.Option(
            min=0, max=65535, help="Port on 127.0.0.1 where a collector reads what this process counted."
        ),
    ] = 0,
    as_json: Json = False,
) -> None:
    """Run the cycles of due companies and what else is owed, without page and API, until stopped.

    As many workers as you like may run beside each other, on as many machines: one cycle of a company runs at a
    time. A worker that is stopped ends what it is doing, or gives it back after 30 seconds.
    """
    from tieout.cli.logs import log_to_stderr
    from tieout.cli.watching import Watchman, serve_metrics
    from tieout.worker import Worker

    log_to_stderr(logging.INFO)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    installation = installation_of(context)
    settings = installation.settings(workers=threads)
    with installation.opened(settings) as (edges, _caller):
        running = Worker(edges, threads=settings.threads())
        watchman = Watchman(edges)
        running.start()
        watchman.start()
        if metrics_port:
            serve_metrics(metrics_port)
        if as_json:
            put_json_line({"worker": edges.owner})
        else:
            say("The worker runs. Stop with Ctrl-C; cycles that are running are finished first.")
        stopped.wait()
        watchman.stop()
        running.stop()
