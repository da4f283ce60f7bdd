"""The second process of generating a company: `python -m qbosim.generate.office FILE PLAN` writes one office's books."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import closing
from pathlib import Path

import msgspec

from qbosim.api import ensure_schema
from qbosim.clock import Clock
from qbosim.generate.company import write_books
from qbosim.generate.offices import Plan
from qbosim.store import Store


def main(path: str, plan_text: str) -> None:
    """Write what the second office of a plan (JSON) does into a new file."""
    threading.Thread(target=_end_with_the_first, daemon=True).start()
    plan = msgspec.json.decode(plan_text, type=Plan)
    with closing(Store(Path(path), expendable=True)) as store:
        ensure_schema(store)
        write_books(store, Clock.at(plan.now), plan, frozenset({1}))


def _end_with_the_first() -> None:
    os.read(sys.stdin.fileno(), 1)  # nothing ever comes
    os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
