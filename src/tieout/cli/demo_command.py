"""The command `demo`: plays a day of two systems being tied out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tieout.cli.terminal import Json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    once: Annotated[bool, typer.Option("--once", help="Play the day, check every step, and end.")] = False,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of the page; 0 picks a free one.")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(help="Keep the demo's data in this folder instead of a temporary one.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Watch a business system and a QuickBooks company being tied out: no account, no key, no question.

    Starts a QuickBooks Online of its own on this computer with a sample company, and Tieout with a sample
    business, and plays a day of work on both. With --once it exits 0 only if every step was checked.
    """
    from tieout.cli.demo import demo as play

    raise typer.Exit(play(once=once, json_output=as_json, port=port, keep=keep))
