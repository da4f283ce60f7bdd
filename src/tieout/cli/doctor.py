"""The command `doctor`: looks at everything that must be right, and says what to do about the rest."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tieout.cli.exits import WRONG
from tieout.cli.installation import Installation, installation_of
from tieout.cli.terminal import CompanyOption, Json, put_json, say
from tieout.kit.errors import TieoutError

if TYPE_CHECKING:
    from tieout.sync.checkup import Check
    from tieout.wiring import Settings

FREE_MIN = 200 * 1024 * 1024
"""Bytes; below this an import of a larger company may not fit."""
MARKS = {"ok": "ok     ", "warning": "warning", "broken": "BROKEN "}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(
    context: typer.Context,
    company: CompanyOption = "",
    offline: Annotated[bool, typer.Option("--offline", help="Leave out what asks QuickBooks.")] = False,
    as_json: Json = False,
) -> None:
    """Check the installation and every company: database, keys, connection, mirror, backlog and more.

    Exits with 1 when something is broken. Warnings alone exit with 0.
    """
    from tieout.api.shapes.health import check_shape

    checks = list(_checks(installation_of(context), company, offline))
    broken = any(one.state == "broken" for one in checks)
    if as_json:
        put_json(
            {
                "healthy": not broken,
                "checks": [check_shape(one) for one in checks],
            }
        )
    else:
        for one in checks:
            say(f"{MARKS[one.state]}  {one.name.replace('_', ' ')} ({one.subject}): {one.says}")
            if one.remedy:
                say(f"         {one.remedy}.")
    if broken:
        raise typer.Exit(WRONG)


def _checks(installation: Installation, company: str, offline: bool) -> Iterator[Check]:
    from tieout.connections.companies import get_company, list_companies
    from tieout.sync.checkup import BROKEN, WARNING, Check, check_up
    from tieout.sync.installation import check_installation

    settings = installation.settings()
    yield from _folder(settings)
    try:
        with installation.opened(settings) as (edges, caller):
            yield _key_file(settings)
            yield from check_installation(edges, caller)
            found = list_companies(edges, caller)
            if not found:
                yield Check(
                    "companies", "this installation", WARNING, "none is connected yet", "Run `tieout connect`"
                )
            chosen = [get_company(edges, caller, company=company)] if company else found
            for one in chosen:
                yield from check_up(edges, caller, company=one.id, offline=offline)
    except TieoutError as error:
        yield Check("installation", error.record, BROKEN, f"{error.message}: {error.reason}", error.remedy)


def _folder(settings: Settings) -> Iterator[Check]:
    """Look at the home folder: there, writable, with room."""
    from tieout.sync.checkup import BROKEN, OK, WARNING, Check

    try:
        home = settings.home_folder()
        free = shutil.disk_usage(home).free
    except TieoutError as error:
        yield Check("folder", error.record, BROKEN, f"{error.message}: {error.reason}", error.remedy)
        return
    says = f"{free // (1024 * 1024):,} MB free"
    if free < FREE_MIN:
        yield Check("folder", str(home), WARNING, says, "Make room, or move it: TIEOUT_HOME=/path")
    else:
        yield Check("folder", str(home), OK, says)


def _key_file(settings: Settings) -> Check:
    """Look whether nobody else can read the key file."""
    from tieout.sync.checkup import BROKEN, OK, Check

    path: Path = settings.key_path()
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        says = f"other users of this computer can read it (mode {mode:03o})"
        return Check("key_file", str(path), BROKEN, says, f"Run `chmod 600 {path}`")
    return Check("key_file", str(path), OK, f"there, and only yours (mode {mode:03o})")
