"""The commands `serve` and `worker`: what runs until it is stopped."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Annotated

import typer

from tieout.cli.installation import installation_of
from tieout.cli.terminal import Json, put_json_line, say


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
    as_json: Json = False,
) -> None:
    """Serve the page and the REST API, and run the cycles of due companies, until stopped.

    With --json one line is printed when ready: url, api and docs.
    """
    from tieout.cli.logs import log_to_stderr
    from tieout.cli.server import serve_until_stopped

    log_to_stderr(logging.INFO)
    installation = installation_of(context)
    settings = installation.settings(host=host, port=port)

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
    as_json: Json = False,
) -> None:
    """Run the cycles of due companies, without page and API, until stopped.

    Several workers may run beside each other: one cycle of a company runs at a time.
    """
    from tieout.cli.logs import log_to_stderr
    from tieout.worker import Worker

    log_to_stderr(logging.INFO)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with installation_of(context).opened() as (edges, _caller):
        running = Worker(edges)
        running.start()
        if as_json:
            put_json_line({"worker": edges.owner})
        else:
            say("The worker runs. Stop with Ctrl-C; a cycle that is running is finished first.")
        stopped.wait()
        running.stop()
