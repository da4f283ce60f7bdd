"""Background: what was started from the page and takes longer than a page should, such as an import.

It runs on in a thread when the browser leaves. How far it is stands in the database; only how it failed to
start or ended is kept here, until it is started again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from tieout.kit.clock import Clock
from tieout.kit.errors import TieoutError

log = structlog.get_logger(__name__)

OURS = {
    "what": "Something went wrong inside Tieout",
    "record": "",
    "why": "a part of Tieout failed in a way nobody foresaw; what happened is in its log",
    "remedy": "Try again; if it happens again, send the log's last lines to whoever runs this installation",
}
"""The four parts of a failure that is our own."""


@dataclass
class Errand:
    """One thing that was started."""

    done: threading.Event = field(default_factory=threading.Event)
    trouble: dict[str, str] | None = None
    """The four parts of what stopped it."""
    ended_at: datetime | None = None


class Background:
    """Runs at most one errand of a name at a time, in a daemon thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._errands: dict[tuple[str, str], Errand] = {}

    def start(self, company: str, name: str, work: Callable[[], object], *, wait: float) -> Errand:
        """Start an errand unless it is running, and wait up to that many seconds for its end."""
        with self._lock:
            known = self._errands.get((company, name))
            if known is not None and not known.done.is_set():
                errand = known
            else:
                errand = self._errands[company, name] = Errand()
                # It goes on for whom it was started: the thread sees what this request sees.
                threading.Thread(
                    target=copy_context().run,
                    args=(self._run, errand, name, work),
                    name=f"{name} {company}",
                    daemon=True,
                ).start()
        errand.done.wait(wait)
        return errand

    def running(self, company: str, name: str) -> bool:
        """Tell whether an errand of this process is under way."""
        errand = self._errands.get((company, name))
        return errand is not None and not errand.done.is_set()

    def trouble(self, company: str, name: str) -> dict[str, str] | None:
        """Tell, in four parts, what stopped an errand the last time; None when nothing did."""
        errand = self._errands.get((company, name))
        return errand.trouble if errand is not None else None

    def _run(self, errand: Errand, name: str, work: Callable[[], object]) -> None:
        try:
            work()
        except TieoutError as error:
            errand.trouble = error.parts()
        except Exception:
            log.exception("page.background", errand=name)
            errand.trouble = OURS
        finally:
            errand.ended_at = self._clock.now()
            errand.done.set()
