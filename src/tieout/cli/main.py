"""The command line `tieout`: its commands, and how each of them ends.

A command imports what it needs when it runs, so that `tieout --help` is quick.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from tieout.cli import (
    budget,
    calls,
    connections,
    demo_command,
    doctor,
    documents,
    grants,
    health,
    host,
    imports,
    issues,
    matching,
    mirror,
    notices,
    operating,
    records,
    sections,
    serve,
    settings,
    standing,
    sync,
    terminal,
    working,
)
from tieout.cli.exits import exit_code
from tieout.cli.installation import Installation
from tieout.kit.errors import TieoutError

app = typer.Typer(
    name="tieout",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Keeps a business system and QuickBooks Online tied out, to the cent.",
)
for part in (
    demo_command,
    serve,
    working,
    connections,
    grants,
    standing,
    imports,
    matching,
    mirror,
    sync,
    settings,
    issues,
    documents,
    records,
    calls,
    host,
    budget,
    health,
    sections,
    notices,
    doctor,
    operating,
):
    part.register(app)


def run() -> None:
    """Run the command line: the entry point `tieout`."""
    try:
        app()
    except TieoutError as error:
        terminal.tell_error(error, as_json="--json" in sys.argv)
        sys.exit(exit_code(error))


def _show_version(wanted: bool) -> None:
    if wanted:
        terminal.say(version("tieout"))
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(help="Folder of the embedded database and the key file (TIEOUT_HOME; ~/.tieout)."),
    ] = None,
    tenant: Annotated[
        str,
        typer.Option(help="Act for this tenant of the installation; without it for the operator's own."),
    ] = "",
    version: Annotated[  # noqa: ARG001  its callback does the work
        bool, typer.Option("--version", help="Print the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Keeps a business system and QuickBooks Online tied out, to the cent.

    Every command takes --json, which prints JSON for programs: the shapes of the REST API. Errors are said in
    four parts on stderr: what, which record, why, what to do. The exit code tells what kind of end it was.
    """
    from tieout.kit.memory import look_for_circles_seldom, share_memory_pools

    look_for_circles_seldom()
    share_memory_pools()
    from tieout.cli.logs import log_to_stderr

    context.obj = Installation(home, tenant)
    log_to_stderr()
