"""Play seeds: `python -m tests.simulation --start S --count N`. A failing seed prints the line that replays it."""

from __future__ import annotations

import argparse
import contextlib
import logging
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from os import cpu_count

import structlog

from tests.simulation.canary import CANARIES, released
from tests.simulation.day import Played, play


def main() -> int:
    """Play the seeds that were asked for; 1 when one of them went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=1, help="how many seeds")
    parser.add_argument("--ticks", type=int, default=40, help="how long the storm lasts")
    parser.add_argument("--jobs", type=int, default=cpu_count() or 1, help="processes at once")
    parser.add_argument("--verbose", action="store_true", help="print what everybody did")
    parser.add_argument(
        "--canary", choices=sorted(CANARIES), help="sabotage Tieout on purpose: the audit must notice"
    )
    given = parser.parse_args()
    began = time.monotonic()
    seeds = range(given.start, given.start + given.count)
    asked = [(seed, given.ticks, given.canary) for seed in seeds]
    played: list[Played] = []
    with contextlib.ExitStack() as stack:
        days: Iterator[Played] = map(_one, asked)
        if given.jobs > 1 and given.count > 1:
            days = stack.enter_context(ProcessPoolExecutor(given.jobs)).map(_one, asked, chunksize=1)
        for day in days:
            played.append(day)
            if day.wrong:
                _complain(day, given.ticks, given.canary)
    failed = [one for one in played if one.wrong]
    if given.verbose:
        for one in played:
            print("\n".join(one.notes))
    faults = sum((Counter(one.faults) for one in played), Counter())
    print(
        f"{len(played)} seeds in {time.monotonic() - began:.1f} s: {sum(one.confirmed for one in played)} pushes "
        f"confirmed, {sum(one.issues for one in played)} issues open at the end, "
        f"{sum(faults.values())} faults ({', '.join(f'{count} {name}' for name, count in sorted(faults.items()))}), "
        f"{len(failed)} failed"
    )
    return 1 if failed else 0


def _complain(day: Played, ticks: int, canary: str | None) -> None:
    """Say what went wrong with a seed, and the line that replays it, as soon as it is known."""
    print(f"seed {day.seed} went wrong:")
    for line in day.wrong[:10]:
        print(f"  {line}")
    extra = f" --canary {canary}" if canary else ""
    print(
        f"  replay: python -m tests.simulation --start {day.seed} --count 1 --ticks {ticks}{extra} --verbose",
        flush=True,
    )


def _quietly() -> None:
    """Keep Tieout's log lines out of the way."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


def _one(asked: tuple[int, int, str | None]) -> Played:
    seed, ticks, canary = asked
    _quietly()
    try:
        with released(canary):
            return play(seed, ticks=ticks)
    except Exception:  # a seed that cannot be played is a finding too, and the others are played all the same
        return Played(seed, [traceback.format_exc()], [], {}, 0, 0)


if __name__ == "__main__":
    sys.exit(main())
