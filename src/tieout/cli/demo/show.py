"""The show: starts both sides, plays the day, says how it came out, and leaves nothing behind.

It ends what it started after the last step, after Ctrl-C, after a signal to end, after a crash of a step; the
guard in front of QuickBooks does so when this process is killed.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Final

from tieout.cli.demo.simulator import simulator
from tieout.cli.demo.telling import ForPeople, ForPrograms, Telling
from tieout.cli.exits import WRONG
from tieout.kit.errors import Invalid

PAUSE_SECONDS: Final = 1.25
"""How long the live demo waits so that one can follow it: with all pauses the day stays within a minute."""
INTERRUPTED: Final = 130


def demo(*, once: bool, json_output: bool, port: int | None, keep: Path | None) -> int:
    """Play the day and give the exit code: 0 when every check of every step held, else 1; 130 when interrupted.

    Live (not `once`) it is paced for people and goes on until Ctrl-C. `port` None takes the usual port or any
    free one. `keep` is a new or empty folder that keeps both sides' data. Raises Invalid for a folder or a port
    that cannot be used, and Unreachable when one side does not start.
    """
    telling: Telling = ForPrograms() if json_output else ForPeople()
    folder = _folder(keep) if keep is not None else None
    with suppress(_Ended), _ending_in_order():
        return _show(telling, once=once, port=port, keep=folder)
    return INTERRUPTED


def _show(telling: Telling, *, once: bool, port: int | None, keep: Path | None) -> int:
    began = time.monotonic()
    with simulator(keep) as starting:
        telling.starts()
        # What follows is large: it is loaded while QuickBooks makes its company.
        from tieout.cli.demo.clock import ForwardClock
        from tieout.cli.demo.day import encore, play, staged, tied_out
        from tieout.cli.demo.product import served

        clock = ForwardClock()
        running = starting.ready()
        home = running.folder / "tieout"
        pause = 0 if once else PAUSE_SECONDS
        with (
            served(home=home, intuit_url=running.url, port=port, clock=clock) as settings,
            staged(running, settings.base_url(), home, clock, telling, pause_seconds=pause) as stage,
        ):
            telling.ready(page=stage.page, quickbooks=running.url, folder=running.folder)
            if not once:
                _open_browser(stage.page)
                stage.breathe(2)
            steps = play(stage)
            ok = tied_out(steps)
            telling.ended(steps, ok=ok, seconds=time.monotonic() - began)
            if not once:
                if ok:
                    encore(stage)
                telling.next_things(
                    page=stage.page, quickbooks=running.url, realm_id=running.realm_id, kept=keep
                )
                _until_interrupted()
    return 0 if ok else WRONG


def _until_interrupted() -> None:
    with suppress(_Ended):
        while True:
            time.sleep(3600)


def _open_browser(page: str) -> None:
    """Open the page where there is a screen to open it on."""
    has_screen = sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    if has_screen and sys.stdout.isatty():
        # A machine without a browser is no reason to stop: the address is on the terminal.
        with suppress(webbrowser.Error):
            webbrowser.open(page)


def _folder(keep: Path) -> Path:
    """Make the folder that is to be kept; a folder that holds something already belongs to somebody else."""
    folder = keep.expanduser().resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        used = any(folder.iterdir())
    except OSError as error:
        raise Invalid(
            "The demo's data cannot be kept there",
            record=str(keep),
            reason=(error.strerror or type(error).__name__).lower(),
            remedy="Give a folder that you may write to",
        ) from error
    if used:
        raise Invalid(
            "The demo's data cannot be kept there",
            record=str(keep),
            reason="the folder is not empty, and a demo starts with a fresh company",
            remedy="Give a new folder",
        )
    return folder


class _Ended(BaseException):
    """A signal asked the demo to end."""


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Turn the first signal to end into an end in order; those that follow must not disturb the clearing up."""
    watched = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]

    def end(_number: int, _frame: FrameType | None) -> None:
        for each in watched:
            signal.signal(each, signal.SIG_IGN)
        raise _Ended

    before = {each: signal.signal(each, end) for each in watched}
    try:
        yield
    finally:
        for each, known in before.items():
            signal.signal(each, known)
