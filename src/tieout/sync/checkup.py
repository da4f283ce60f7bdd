"""The check-up of a company: connection, secrets, mirror, backlog and invariants, each with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tieout.connections.books import open_books
from tieout.connections.companies import found, settings_of, test_connection
from tieout.connections.sealing import refresh_token
from tieout.domain.permissions import READ
from tieout.domain.pushes import State
from tieout.edges import Edges
from tieout.kit.errors import TieoutError
from tieout.mirror.backfill import everything, mirrored
from tieout.security.operation import Errand, errand
from tieout.storage.companies import Company
from tieout.storage.grants import GOOD
from tieout.sync.health import company_health, workers_sign
from tieout.sync.invariants import check_company
from tieout.sync.signs import ATTENTION, STOPPED
from tieout.sync.signs import GOOD as GOOD_SIGN

OK: Final = "ok"
WARNING: Final = "warning"
BROKEN: Final = "broken"
LATE: Final = timedelta(hours=1)
"""How old a push may grow that nobody has to decide about: four cycles."""
TOKEN_NOTICE: Final = timedelta(days=14)
"""How long before a connection ends people are told."""
SKEW_MAX: Final = timedelta(minutes=1)
OF_STATE: Final = {GOOD_SIGN: OK, ATTENTION: WARNING, STOPPED: BROKEN}
SHOWN_SIGNS: Final = ("cycle", "owed", "reads", "webhooks")
"""What health says that is not looked at more closely here."""
MOVING: Final = (State.QUEUED, State.LEASED, State.SENT, State.RETRY_AT)
"""Pushes that need nobody and nothing but time."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    subject: str
    """The company, or the part of the installation, by name."""
    state: str
    """`ok`, `warning` or `broken`."""
    says: str
    remedy: str = ""


@errand("company.check_up", needs=READ, writes=False)
def check_up(act: Errand, *, company: str = "", offline: bool = False) -> list[Check]:
    """Look at everything that must be right about a company; `offline` leaves out what asks QuickBooks."""
    edges = act.edges
    with edges.database.reading() as work:
        chosen = found(work, act.caller.tenant, company)
    if chosen.status == "disconnected":
        return [
            Check("connection", chosen.name, WARNING, "disconnected on request", "Connect it again to go on")
        ]
    checks = [
        _tokens(edges, chosen),
        _mirror(edges, chosen),
        _backlog(edges, chosen),
        *_signs(edges, chosen),
        *_invariants(edges, chosen),
    ]
    if offline:
        return checks
    try:
        name = test_connection(edges, act.caller, company=chosen.id)
    except TieoutError as error:
        broken = Check("connection", chosen.name, BROKEN, f"{error.message}: {error.reason}", error.remedy)
        return [broken, *checks]
    works = Check("connection", chosen.name, OK, f"QuickBooks answers as {name}")
    return [works, *checks, _clock(edges, chosen), *_counts(edges, chosen)]


def _signs(edges: Edges, company: Company) -> Iterator[Check]:
    """Say what health says of the rest: cycles, lost answers, reads, webhooks, lists that cannot be proven."""
    now = edges.clock.now()
    with edges.database.reading() as work:
        workers = workers_sign(work, now, needed=True)
        health = company_health(work, company, workers, now)
    for sign in health.signs:
        if sign.name in SHOWN_SIGNS:
            yield Check(sign.name, company.name, OF_STATE[sign.state], sign.says, sign.remedy)
    for entity, why in health.freshness.troubled.items():
        remedy = f"Run `tieout mirror check {entity}`; it is tried again by itself as well"
        yield Check("coverage", f"{company.name}, {entity}", WARNING, why, remedy)


def _clock(edges: Edges, company: Company) -> Check:
    """Compare our clock with QuickBooks'; costs one read. Only people's expectations rest on ours."""
    try:
        theirs = open_books(edges, company).page(mirrored()[0].name, start=1, size=1).server_time
    except TieoutError as error:
        return Check("clock", company.name, WARNING, f"{error.message}: {error.reason}", error.remedy)
    skew = edges.clock.now() - theirs
    if abs(skew) <= SKEW_MAX:
        return Check("clock", company.name, OK, "as QuickBooks' own")
    way = "ahead of" if skew > timedelta(0) else "behind"
    says = f"{int(abs(skew).total_seconds())} seconds {way} QuickBooks'; ages and times shown here are off by that"
    return Check("clock", company.name, WARNING, says, "Have this machine set its clock over the network")


def _tokens(edges: Edges, company: Company) -> Check:
    """Look whether the secrets open and how long the connection lasts."""
    with edges.database.reading() as work:
        grants = work.grants.all(company.id)
    if not grants:
        return Check("tokens", company.name, BROKEN, "there are none", "Connect the company again")
    try:
        for one in grants:
            refresh_token(edges.keys, one)
    except TieoutError as error:
        return Check("tokens", company.name, BROKEN, f"{error.message}: {error.reason}", error.remedy)
    grant = next((one for one in grants if one.state == GOOD), None)
    if grant is None:
        return Check("tokens", company.name, BROKEN, grants[0].why, "Connect the company again")
    ends = grant.ends_at
    left = ends - edges.clock.now()
    if left <= timedelta(0):
        return Check("tokens", company.name, BROKEN, f"ended on {ends:%Y-%m-%d}", "Connect the company again")
    says = f"good until {ends:%Y-%m-%d}"
    lost = [one for one in grants if one.state != GOOD]
    if lost:
        says = f"{says}; {len(lost)} of {len(grants)} sign-ins lost"
        return Check("tokens", company.name, WARNING, says, "Add the lost sign-ins again, or remove them")
    if left < TOKEN_NOTICE:
        return Check("tokens", company.name, WARNING, says, "Connect the company again before that day")
    return Check("tokens", company.name, OK, says)


def _mirror(edges: Edges, company: Company) -> Check:
    """Look whether the mirror was filled and is being followed."""
    with edges.database.reading() as work:
        imports = work.imports.all(company.id)
    failed = [one.entity for one in imports if one.state == "failed"]
    if failed:
        says = f"the import of {', '.join(failed)} failed"
        return Check("mirror", company.name, BROKEN, says, "Run `tieout import`; it goes on where it stopped")
    if company.complete_until is None:
        return Check(
            "mirror", company.name, WARNING, "the company was not imported yet", "Run `tieout import`"
        )
    says = f"complete up to {company.complete_until:%Y-%m-%d %H:%M} UTC"
    if edges.clock.now() - company.complete_until > LATE:
        return Check(
            "mirror", company.name, WARNING, says, "Run `tieout sync`, or keep `tieout serve` running"
        )
    return Check("mirror", company.name, OK, says)


def _backlog(edges: Edges, company: Company) -> Check:
    """Look whether what needs nobody's decision goes out in time."""
    with edges.database.reading() as work:
        exporting = settings_of(work, company.id)["export"] == "on"
        moving = [push for state in MOVING for push in work.pushes.in_state(company.id, state)]
        blocked = len(work.pushes.in_state(company.id, State.BLOCKED))
    says = f"{len(moving)} on their way, {blocked} waiting for a decision"
    if not moving or not exporting:
        return Check("backlog", company.name, OK, says if exporting else f"{says}; nothing is sent yet")
    age = edges.clock.now() - min(push.created_at for push in moving)
    if age > LATE:
        says += f"; the oldest for {int(age.total_seconds() // 60)} minutes"
        remedy = "Keep `tieout serve` or `tieout worker` running; `tieout sync` shows what a cycle meets"
        return Check("backlog", company.name, BROKEN, says, remedy)
    return Check("backlog", company.name, OK, says)


def _invariants(edges: Edges, company: Company) -> Iterator[Check]:
    """Look whether everything holds that must hold at any moment."""
    with edges.database.reading() as work:
        broken = check_company(work, company)
    for one in broken:
        remedy = "Nothing mends this by itself: note it, and report it together with the log"
        yield Check(one.invariant, f"{company.name}, {one.record}", BROKEN, one.what, remedy)
    if not broken:
        yield Check("invariants", company.name, OK, "all of them hold")


def _counts(edges: Edges, company: Company) -> Iterator[Check]:
    """Compare how many records of each entity QuickBooks counts and the mirror holds; costs one read each."""
    if company.complete_until is None:
        return
    books = open_books(edges, company)
    differing = []
    try:
        for entity in mirrored():
            theirs = books.count(entity.name, where=everything(entity))
            with edges.database.reading() as work:
                ours = work.records.count(company.id, entity.name, live=True)
            if theirs != ours:
                differing.append(f"{entity.plural}: QuickBooks {theirs}, here {ours}")
    except TieoutError as error:
        yield Check("counts", company.name, WARNING, f"{error.message}: {error.reason}", error.remedy)
        return
    if differing:
        remedy = "Run `tieout sync`; if they still differ then, run `tieout import --anew`"
        yield Check("counts", company.name, WARNING, "; ".join(differing), remedy)
    else:
        yield Check("counts", company.name, OK, "the mirror holds as many records as QuickBooks counts")
