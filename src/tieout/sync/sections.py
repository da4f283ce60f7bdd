"""Sections: customers, products, tax codes, or all three, brought up to date now, each with when that was last done.

A cycle that read QuickBooks' change feed completes the sections that the feed covers, so *last completed* is the
later of a section's own run and of what is proven of its entities.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tieout.connections.books import open_books
from tieout.connections.companies import found, settings_of
from tieout.connections.hold import Hold, take_turn
from tieout.connections.notices import connection_lost
from tieout.domain.permissions import READ, SYNC
from tieout.edges import Edges
from tieout.kit.errors import Invalid, ReconnectNeeded, Refused, Retry, Throttled, TieoutError, Unreachable
from tieout.mirror.check import Checked, bring_up_to_date
from tieout.qbo.entities import by_name
from tieout.security.operation import Act, Errand, errand, operation
from tieout.storage.companies import Company
from tieout.storage.coverage import Covered
from tieout.storage.leases import LeaseLost
from tieout.storage.sections import SectionRun
from tieout.storage.unit_of_work import Work
from tieout.sync.cadence import pace_of_checks
from tieout.sync.inbound import apply_inbound
from tieout.sync.round import Round

FULL: Final = "full"


@dataclass(frozen=True)
class Section:
    """A part of the books that a person can have brought up to date by itself."""

    name: str
    title: str
    holds: str
    entities: tuple[str, ...]


SECTIONS: Final = (
    Section(
        "customers",
        "Customers and account balances",
        "balance, currency, notes and status",
        ("Customer",),
    ),
    Section("products", "Products and services", "type, SKU, description, price and status", ("Item",)),
    Section("tax_codes", "Tax codes", "purchase rate, sales rate and status", ("TaxCode", "TaxRate")),
)
EVERY_SECTION: Final = Section(
    FULL,
    "Full sync",
    "the three above, in order",
    tuple(entity for section in SECTIONS for entity in section.entities),
)


@dataclass(frozen=True)
class SectionStanding:
    """How a section of a company stands. Instants are in UTC."""

    name: str
    title: str
    holds: str
    completed_at: datetime | None
    """When it was last completed; None before it ever was."""
    completed_by: str
    """`section` for its own run, `cycle` for the cycles; empty before either."""
    tried_at: datetime | None
    """When its own run was last started."""
    error: str
    """Why its own last run was not completed, unless it was completed since."""
    active: int
    """Records of it that can be used."""
    inactive: int
    """Records that are inactive in QuickBooks, or gone: kept for what refers to them."""
    stats: Mapping[str, int] = field(default_factory=dict)
    """What its own last completed run read and changed."""


@operation("section.list", needs=READ, writes=False)
def list_sections(act: Act, *, company: str = "") -> list[SectionStanding]:
    """List the sections of a company with when each was last completed, and why the last try was not."""
    chosen = found(act.work, act.caller.tenant, company)
    return standings(act.work, chosen)


@errand("section.sync", needs=SYNC, writes=True)
def sync_section(act: Errand, *, company: str = "", section: str = FULL) -> list[SectionStanding]:
    """Bring a section up to date now: read what changed, store it, apply it; waits for a cycle that is running.

    Costs one metered read for each entity, and one more to count it. Raises Invalid for a section that is
    none, Refused before the first import and for a paused company, Retry when something could not be proven, and
    what reading QuickBooks raises.
    """
    edges = act.edges
    chosen_section = _section(section)
    with edges.database.reading() as work:
        chosen = found(work, act.caller.tenant, company)
    if chosen.complete_until is None:
        raise Refused(
            "This section cannot be synchronised yet",
            record=chosen.name,
            reason="the company was not imported",
            remedy="Import it first: it reads these sections, too",
        )
    lease = take_turn(edges, chosen, done="synchronised")
    hold = Hold(edges, lease)
    changed = False
    try:
        with edges.database.reading() as work:
            settings = settings_of(work, chosen.id)
        host = edges.host(chosen.tenant, chosen.host)
        with open_books(edges, chosen, on_call=hold, before_write=hold.sure) as books:
            changed = _run(Round(edges, chosen, lease, host, books, settings, hold), chosen_section)
    finally:
        hold.put_down()
        _give_back(edges, chosen, hold, changed=changed)
    with edges.database.reading() as work:
        return standings(work, chosen)


def standings(work: Work, company: Company) -> list[SectionStanding]:
    """Say how each section of a company stands, the full one last."""
    runs = {run.name: run for run in work.sections.list(company.id)}
    known = work.coverage.all(company.id)
    counts = work.overview.record_counts(company.id, EVERY_SECTION.entities)
    shown = [
        _standing(one, runs.get(one.name, SectionRun(company.id, one.name)), known, counts)
        for one in SECTIONS
    ]
    done = [one.completed_at for one in shown]
    own = runs.get(FULL, SectionRun(company.id, FULL))
    all_done = min((at for at in done if at), default=None) if all(done) else None
    completed = max((at for at in (own.completed_at, all_done) if at), default=None)
    full = SectionStanding(
        FULL,
        EVERY_SECTION.title,
        EVERY_SECTION.holds,
        completed,
        "" if completed is None else "section" if completed == own.completed_at else "cycle",
        own.tried_at,
        _still(own, completed),
        sum(one.active for one in shown),
        sum(one.inactive for one in shown),
        own.stats,
    )
    return [*shown, full]


def _standing(
    section: Section,
    run: SectionRun,
    known: Mapping[str, Covered],
    counts: Mapping[str, tuple[int, int]],
) -> SectionStanding:
    by_cycle = _covered_until(known, section)
    completed = max((at for at in (run.completed_at, by_cycle) if at), default=None)
    active, inactive = (sum(counts.get(one, (0, 0))[part] for one in section.entities) for part in (0, 1))
    return SectionStanding(
        section.name,
        section.title,
        section.holds,
        completed,
        "" if completed is None else "section" if completed == run.completed_at else "cycle",
        run.tried_at,
        _still(run, completed),
        active,
        inactive,
        run.stats,
    )


def _still(run: SectionRun, completed: datetime | None) -> str:
    """Say why the last run failed, unless the section was completed after it."""
    overtaken = completed is not None and run.tried_at is not None and completed > run.tried_at
    return "" if overtaken else run.error


def _covered_until(known: Mapping[str, Covered], section: Section) -> datetime | None:
    """Tell up to when every entity of a section is known to be here; None when one of them is not proven."""
    proven = [known[name].complete_until if name in known else None for name in section.entities]
    return min((at for at in proven if at), default=None) if all(proven) else None


def _section(name: str) -> Section:
    for one in (*SECTIONS, EVERY_SECTION):
        if one.name == name:
            return one
    names = ", ".join(one.name for one in SECTIONS)
    raise Invalid(
        "There is no such section",
        record=name[:100],
        reason=f"the sections are {names}, and {FULL} for all of them",
        remedy="Give one of these",
    )


def _run(round_: Round, wanted: Section) -> bool:
    """Run the sections that are wanted, in order; tells whether anything changed.

    What one of them meets holds up no other; the first one's error is raised when all were tried.
    """
    sum_of: Counter[str] = Counter()
    met: TieoutError | None = None
    for part in (one for one in SECTIONS if wanted.name in (FULL, one.name)):
        try:
            sum_of.update(_run_one(round_, part))
        except TieoutError as error:
            met = met or error
            if isinstance(error, ReconnectNeeded):
                connection_lost(round_.edges, round_.company, error)
            if isinstance(error, (ReconnectNeeded, Throttled, Unreachable)):
                break  # the others would meet the same
    if wanted.name == FULL:
        _note(round_, FULL, error=met.sentence() if met is not None else "", stats=sum_of)
    if met is not None:
        raise met
    return bool(sum_of["changed"])


def _run_one(round_: Round, section: Section) -> Counter[str]:
    did: Counter[str] = Counter()
    try:
        pace = pace_of_checks(round_.company, round_.edges.clock.now())
        checked = [
            bring_up_to_date(round_.edges, round_.books, round_.company, round_.lease, by_name(name), pace)
            for name in section.entities
        ]
        did.update(changed=sum(one.changed for one in checked))
        applied = apply_inbound(round_)
        did.update(applied=applied.applied, waiting=applied.waiting, stuck=applied.stuck)
        _needs_proof(round_.company, section, checked)
    except TieoutError as error:
        _note(round_, section.name, error=error.sentence())
        raise
    _note(round_, section.name, stats=did)
    return did


def _needs_proof(company: Company, section: Section, checked: list[Checked]) -> None:
    """Refuse to call a section completed of which something could not be proven."""
    doubtful = [one for one in checked if not one.proven]
    if doubtful:
        raise Retry(
            "A section could not be completed",
            record=f"{section.title} of {company.name}",
            reason="; ".join(f"{by_name(one.entity).plural}: {one.trouble}" for one in doubtful),
            remedy="It is tried again by itself; `tieout mirror` says more",
        )


def _note(round_: Round, name: str, *, error: str = "", stats: Mapping[str, int] | None = None) -> None:
    """Write how a section's run ended; what was completed before stays when it was not."""
    now = round_.edges.clock.now()
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        before = work.sections.get(round_.company.id, name)
        work.sections.put(
            SectionRun(
                company=round_.company.id,
                name=name,
                completed_at=before.completed_at if error else now,
                tried_at=now,
                error=error,
                stats=before.stats if error or stats is None else dict(stats),
            )
        )


def _give_back(edges: Edges, company: Company, hold: Hold, *, changed: bool) -> None:
    """Give the company back, due when it was to be; at once when what changed may let something go on."""
    now = edges.clock.now()
    due = now if changed else max(now, company.due_at)
    try:
        with edges.database.transaction() as work:
            work.companies.settle(hold.lease, due_at=due, now=now)
    except LeaseLost:
        return  # whoever has it now decides when it is due
