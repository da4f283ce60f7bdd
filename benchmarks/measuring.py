"""Measuring a program: processor time of it and all its processes, the memory they held together, and the time taken."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LOOK_SECONDS = 0.02
"""How often memory is looked at."""
SAID_LAST = 2000
"""How much of what a program complained about is told when it fails."""


class Failed(Exception):
    """The program ended with an error; says the last of what it wrote."""


@dataclass(frozen=True)
class Measured:
    """What a program took."""

    processor: float
    """Seconds, user and system, of all its processes, their start included."""
    wall: float
    peak_mb: float
    """The most memory that all its processes held at a time, as far as looks every 20 ms saw it."""
    output: str


def measured(command: Sequence[str], told: str, environment: Mapping[str, str], folder: Path) -> Measured:
    """Run a program to its end; Failed when it does not end well."""
    # Compiled modules are kept, as they are wherever people run programs.
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began, before = time.perf_counter(), _processor_of_children()
    with (
        (folder / "output").open("w+") as output,
        (folder / "errors").open("w+") as errors,
        subprocess.Popen(  # noqa: S603 - contenders are ours, or named in this folder
            list(command),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=errors,
            env={**surroundings, **environment},
            text=True,
        ) as process,
    ):
        peak = _Peak(process.pid)
        assert process.stdin is not None, "it is a pipe"
        process.stdin.write(told)
        process.stdin.close()
        process.wait()
        wall = time.perf_counter() - began
        peak.end()
        for one in (output, errors):
            one.flush()
            one.seek(0)
        if process.returncode:
            raise Failed((errors.read() + output.read())[-SAID_LAST:])
        return Measured(_processor_of_children() - before, wall, peak.mb, output.read())


def _processor_of_children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


class _Peak:
    """Looks at the memory of a process and all that it started, until it is told to end."""

    def __init__(self, process: int) -> None:
        self.mb = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(process,), daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self, process: int) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            self.mb = max(self.mb, _memory_mb(process))


def _memory_mb(process: int) -> float:
    """Sum up what a process and those that it started hold; nothing for one that has just ended."""
    folder = Path("/proc") / str(process)
    try:
        pages = int((folder / "statm").read_text("utf-8").split()[1])
        threads = list((folder / "task").iterdir())
        children = [one for thread in threads for one in (thread / "children").read_text("utf-8").split()]
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20 + sum(_memory_mb(int(one)) for one in children)
