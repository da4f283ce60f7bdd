"""Metrics: what a Prometheus collects: what the database says at that moment, and what this process counted.

Values of the installation are read when they are asked for, with a fixed number of statements whatever the
number of companies. Values of single companies are told for those whose mirror is the furthest behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, TypeVar

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tieout.connections.working import SILENT
from tieout.domain.issues import BY_NAME
from tieout.edges import Edges
from tieout.storage.unit_of_work import Work

COMPANIES_MAX: Final = 500
"""Companies that have series of their own; a collector keeps each for weeks."""
K = TypeVar("K", bound=tuple[str, ...])
MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


def exposition(edges: Edges) -> bytes:
    """Write all metrics in Prometheus' text format. Raises Unreachable when the database cannot be used."""
    with edges.database.reading() as work:
        families = list(_families(work, edges.clock.now()))
    registry = CollectorRegistry()
    registry.register(_Read(families))
    return generate_latest(registry) + generate_latest(REGISTRY)


class _Read(Collector):
    """Gives what was read."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        """Give the families."""
        return self._families


def _families(work: Work, now: datetime) -> Iterator[Metric]:
    seen = work.overview
    yield _by("tieout_companies", "Companies by status", ("status",), _keyed(seen.statuses()))
    yield from _backlog(work, now)
    yield from _companies(work, now)
    issues = {
        (kind, BY_NAME[kind].severity if kind in BY_NAME else "warning"): number
        for kind, number in seen.open_issues().items()
    }
    yield _by("tieout_issues_open", "Open issues", ("kind", "severity"), issues)
    yield _by("tieout_notices_standing", "Standing notices", ("kind", "severity"), seen.standing_notices())
    yield _by(
        "tieout_deliveries_open", "Deliveries that did not arrive", ("state",), _keyed(seen.open_deliveries())
    )
    yield _by("tieout_jobs_open", "Jobs that have not ended", ("state",), _keyed(seen.open_jobs()))
    beats = seen.beats(since=now - timedelta(days=1))
    ages = {(one.role, one.worker): _age(now, one.beat_at) for one in beats}
    yield _by(
        "tieout_worker_beat_age_seconds",
        "Since the last sign of life of each process",
        ("role", "worker"),
        ages,
    )
    alive = sum(1 for one in beats if one.beat_at >= now - SILENT)
    yield GaugeMetricFamily("tieout_workers_alive", "Processes that gave a sign of life lately", value=alive)


def _backlog(work: Work, now: datetime) -> Iterator[Metric]:
    pushes, changes = work.overview.backlog(), work.overview.changes()
    events, oldest = work.overview.open_events()
    numbers = {
        **{("pushes", state): number for state, (number, _) in pushes.items()},
        **{("changes", state): number for state, (number, _) in changes.items()},
        ("events", "open"): events,
    }
    ages = {
        **{("pushes", state): _age(now, since) for state, (_, since) in pushes.items()},
        **{("changes", state): _age(now, since) for state, (_, since) in changes.items()},
        ("events", "open"): _age(now, oldest),
    }
    yield _by("tieout_waiting", "Work that has not ended", ("what", "state"), numbers)
    yield _by("tieout_waiting_age_seconds", "Age of the oldest of it", ("what", "state"), ages)


def _companies(work: Work, now: datetime) -> Iterator[Metric]:
    fresh = work.overview.freshest_last(limit=COMPANIES_MAX)
    behind = {
        (one.company,): _age(now, one.complete_until) for one in fresh if one.complete_until is not None
    }
    yield _by(
        "tieout_freshness_seconds",
        "How far the proven mirror is behind QuickBooks; no value before the import",
        ("company",),
        behind,
    )
    days = {
        (one.company,): max((one.token_ends_at - now).total_seconds(), 0) / 86400
        for one in fresh
        if one.token_ends_at is not None
    }
    yield _by("tieout_token_days_left", "Days before the permission ends", ("company",), days)
    today = now.date()
    read: dict[tuple[str, ...], float] = {}
    for company, day, number in work.overview.reads_of(
        [one.company for one in fresh], since=today.replace(day=1)
    ):
        read[company, "month"] = read.get((company, "month"), 0) + number
        if day == today:
            read[company, "today"] = read.get((company, "today"), 0) + number
    yield _by("tieout_reads", "Metered reads of a company", ("company", "span"), read)
    importing = work.overview.importing(limit=COMPANIES_MAX)
    yield _by(
        "tieout_import_records",
        "Records of an import that has not ended",
        ("company", "which"),
        {
            **{(company, "done"): done for company, done, _ in importing},
            **{(company, "total"): total for company, _, total in importing},
        },
    )


def _by(name: str, text: str, labels: tuple[str, ...], values: Mapping[K, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, value in sorted(values.items()):
        family.add_metric(list(key), value)
    return family


def _keyed(values: dict[str, int]) -> dict[tuple[str, ...], float]:
    return {(name,): number for name, number in values.items()}


def _age(now: datetime, since: datetime | None) -> float:
    return 0.0 if since is None else max((now - since).total_seconds(), 0.0)
