"""The reference of the command line, written from the commands themselves: `python -m tieout.cli.reference`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from tieout.cli.exits import all_exits
from tieout.cli.main import app

HEAD = """\
# The command line

Written by `python -m tieout.cli.reference` from the commands themselves; do not edit it by hand.

Every command takes `--json`, which prints JSON for programs on stdout: one document, in the shapes of the REST
API; or one document a line where something comes bit by bit (`import`, `connect`, `serve`, `worker`). Errors are
said on stderr in four parts: what, which record, why, what to do; with `--json` also as `{"error": …}` on stdout.

Settings of the installation come from the environment: `TIEOUT_HOME` (folder of the embedded database and the
key file), `TIEOUT_DATABASE` (a PostgreSQL address instead), `TIEOUT_HOST`, `TIEOUT_PORT`, `TIEOUT_PUBLIC_URL`,
`TIEOUT_ACCESS_TOKEN` (needed as soon as others than this computer can reach it), `TIEOUT_ENVIRONMENT`
(`production` or `sandbox`), `TIEOUT_KEY_FILE`, `TIEOUT_INTUIT_URL` (one address that stands in for all of
Intuit's).
"""


def document() -> str:
    """Write the whole reference as Markdown."""
    root = typer.main.get_command(app)
    parts = [HEAD, "## Exit codes\n", "| code | meaning |", "|---|---|"]
    parts += [f"| {code} | {meaning} |" for code, meaning in all_exits()]
    parts.append("")
    for path, command in commands(root, ("tieout",)):
        parts += section(path, command)
    return "\n".join(parts)


def commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Give every command with the words that call it, groups before what they hold."""
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from commands(child, (*path, name))


def section(path: tuple[str, ...], command: Any) -> list[str]:
    """Write one command: what it does, its arguments, its options."""
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option" and one.name != "help"]
    call = " ".join([*path, *(_argument(one) for one in arguments)])
    parts = [f"{'#' * min(len(path) + 1, 4)} `{call}`\n", (command.help or "").replace("\b", "").strip(), ""]
    if arguments or options:
        parts += ["| | |", "|---|---|"]
        parts += [f"| `{_argument(one)}` | {one.help or ''} |" for one in arguments]
        parts += [f"| {_option(one)} | {one.help or ''}{_default(one)} |" for one in options]
        parts.append("")
    return parts


def _argument(one: Any) -> str:
    name = str(one.name).upper()
    return name if one.required else f"[{name}]"


def _option(one: Any) -> str:
    names = ", ".join(f"`{name}`" for name in one.opts)
    if one.secondary_opts:
        names += " / " + ", ".join(f"`{name}`" for name in one.secondary_opts)
    return names if one.is_flag else f"{names} `{one.metavar or _kind(one)}`"


def _kind(one: Any) -> str:
    """Name what an option takes."""
    return {int: "NUMBER", Path: "PATH"}.get(one.type_descriptor.annotation, "TEXT")


def _default(one: Any) -> str:
    if one.is_flag or one.default in (None, "", ()) or callable(one.default):
        return ""
    return f" Default: {one.default}."


if __name__ == "__main__":
    sys.stdout.write(document())
