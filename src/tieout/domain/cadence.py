"""How soon a company is looked at again: as often as its people asked for, or rarely when webhooks would tell.

A look costs a metered read. A company with work, or one whose webhooks are not known to work, is looked at in
its own frequency. One that webhooks feed and where nothing happens is left alone for longer and longer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

EVERY_MINUTES: Final = 15
"""The promise: so often a company is looked at that has work, or no webhooks."""
EVERY_LEAST, EVERY_MOST = 5, 1440
"""Minutes between which a company's people choose."""
SOON: Final = timedelta(seconds=30)
"""How soon a look follows when something waits for a retry; twice as late each time it fails again."""
QUIET: Final = timedelta(seconds=5)
"""How long a webhook is left alone, so that a burst of them is one look."""
UNFOUND: Final = (QUIET, timedelta(minutes=1), timedelta(minutes=5))
"""How soon what a webhook told of is looked for: at first, and when QuickBooks does not show it yet."""
LADDER: Final = (
    (timedelta(minutes=10), timedelta(minutes=15)),
    (timedelta(minutes=45), timedelta(hours=1)),
    (timedelta(hours=5), timedelta(hours=6)),
)
"""Of a company that webhooks feed: quiet for less than the first, it is looked at after the second."""
LONGEST: Final = timedelta(hours=48)
"""Of one that is quiet for longer than the ladder: what nobody told of comes to light within this."""
SPREAD: Final = 0.1
"""By which part a look may come earlier, so that companies connected together do not fall due together."""


@dataclass(frozen=True)
class Standing:
    """What decides when a company is looked at again. Instants are in UTC."""

    now: datetime
    every: timedelta
    """How often its people want it looked at."""
    fed: bool
    """Webhooks tell of its changes, as far as is known."""
    quiet_since: datetime | None
    """When something last changed on either side; None when that is not known."""
    at_work: bool = False
    """Something is owed or waits: it is looked at in its own frequency."""
    owed_at: datetime | None = None
    """When the next write is to be tried."""
    retry_at: datetime | None = None
    """When the next change of QuickBooks is to be tried again."""
    failures: int = 0
    """How many looks in a row, up to this one, did not succeed."""
    unfound: int | None = None
    """How often what a webhook told of was looked for in vain; None when nothing is open."""
    pace: timedelta = timedelta(0)
    """What the read budget leaves at least between two looks that nobody asked for."""


def interval(standing: Standing) -> timedelta:
    """Give the time between two looks, as far as nothing is owed, fails or is told."""
    if not standing.fed or standing.at_work or standing.quiet_since is None:
        return standing.every
    quiet = standing.now - standing.quiet_since
    step = next((wait for limit, wait in LADDER if quiet < limit), LONGEST)
    return max(step, standing.every)


def next_look(standing: Standing, *, early: float) -> datetime:
    """Tell when a company is due again; `early`, from 0 to 1, is its share of the spread.

    What the budget slows down are looks that nobody asked for. A write that is owed goes when it is due.
    """
    now = standing.now
    waits = [interval(standing) * (1 - SPREAD * early)]
    if standing.failures:
        waits.append(min(SOON * 2 ** min(standing.failures - 1, 12), max(standing.every, SOON)))
    if standing.retry_at is not None:
        waits.append(max(standing.retry_at - now, SOON))
    if standing.unfound is not None:
        waits.append(UNFOUND[min(standing.unfound, len(UNFOUND) - 1)])
    due = now + max(min(waits), standing.pace)
    if standing.owed_at is not None:
        due = min(due, max(standing.owed_at, now + SOON))
    return due


def is_braked(standing: Standing) -> bool:
    """Tell whether the budget keeps a company from being looked at as often as it would be."""
    return standing.pace > interval(standing)


def early_share(company: str, now: datetime) -> float:
    """Give a company's share of the spread, from 0 to 1: another one each time, and the same in a replay."""
    text = f"{company} {now.isoformat()}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=4).digest()) / 2**32
