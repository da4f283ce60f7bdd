"""Ending a connection: disconnect, which archives, and erase, which removes after naming what goes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from tieout.connections.apps import app_of
from tieout.connections.companies import found
from tieout.connections.notices import LOST, forget_grant
from tieout.connections.sealing import refresh_token
from tieout.domain.permissions import CONNECT
from tieout.edges import Edges
from tieout.kit.errors import NotAllowed, Refused, TieoutError
from tieout.security.notices import over
from tieout.security.operation import Act, Errand, errand, operation
from tieout.storage.companies import Company
from tieout.storage.traces import LEFT, wipe
from tieout.storage.unit_of_work import Work

WORDS: Final[dict[str, str]] = {
    "records": "records of QuickBooks mirrored here",
    "versions": "earlier versions of them",
    "links": "links between host records and QuickBooks records",
    "pushes": "changes sent or owed to QuickBooks",
    "issues": "issues, open and settled",
    "settings": "settings",
    "setting_changes": "changes of settings",
    "intents": "versions of host records taken in",
    "allocations": "parts of payments the host was told of",
    "inbound": "changes of QuickBooks waiting to be applied",
    "timeline": "lines of documents' histories",
    "cycles": "cycles",
    "grants": "sign-ins at Intuit",
    "events": "webhook events",
    "failed_calls": "failed calls to QuickBooks",
    "notices": "notices",
    "jobs": "jobs",
    "reads": "days of counted reads",
}
"""What people call the rows of a table; the others are bookkeeping of the machine and are counted together."""
REST: Final = "rows of the synchronisation's own bookkeeping"


@dataclass(frozen=True)
class Belonging:
    """A sort of thing that goes with a company."""

    name: str
    """The table, or `other`."""
    words: str
    number: int


@dataclass(frozen=True)
class Leaving:
    """What erasing a company would remove."""

    company: Company
    goes: tuple[Belonging, ...]
    stays: tuple[str, ...]
    becomes_default: str
    """The company that becomes the default one; empty when nothing changes there."""
    hindrance: str
    """Why it cannot be erased now; empty when it can."""


@errand("connection.end", needs=CONNECT, writes=True)
def disconnect(act: Errand, *, company: str = "") -> Company:
    """Disconnect a company: revoke its tokens at Intuit and remove them here; links and history stay."""
    with act.edges.database.reading() as work:
        chosen = found(work, act.caller.tenant, company)
    _revoke(act.edges, chosen)
    with act.edges.database.transaction() as work:
        return _archive(act.edges, work, chosen)


@operation("company.what_goes", needs=CONNECT, writes=False)
def what_goes(act: Act, *, company: str = "") -> Leaving:
    """Name what erasing a company would remove, and count it."""
    return _leaving(act.work, found(act.work, act.caller.tenant, company))


@errand("company.erase", needs=CONNECT, writes=True)
def erase(act: Errand, *, company: str, confirm: str) -> Leaving:
    """Erase a company with everything that belongs to it here; `confirm` is its name, typed. QuickBooks keeps its books.

    The audit trail keeps a line of it. Raises NotAllowed unless the name fits, Refused when another company must
    become the default one first.
    """
    edges = act.edges
    with edges.database.reading() as work:
        leaving = _leaving(work, found(work, act.caller.tenant, company))
    _check_erasable(leaving, confirm)
    _revoke(edges, leaving.company)
    with edges.database.transaction() as work:
        # Looked at once more: a cycle may have added something, and somebody may have connected a company.
        chosen = found(work, act.caller.tenant, leaving.company.id)
        leaving = _leaving(work, chosen)
        _check_erasable(leaving, confirm)
        for grant in work.grants.all(chosen.id):
            edges.spool.drop(grant.id)
        counted = ", ".join(f"{one.number} {one.words}" for one in leaving.goes if one.number)
        work.audit.add(
            at=edges.clock.now(),
            tenant=chosen.tenant,
            actor=act.caller.actor,
            door=act.caller.door,
            operation="company.erased",
            subject=f"{chosen.name} ({chosen.realm_id}, {chosen.environment})",
            before=counted,
            after="erased",
        )
        work.companies.remove(chosen.id)
        work.meta.put(LEFT, chosen.id)
    wipe_traces(edges)
    return leaving


def wipe_traces(edges: Edges) -> None:
    """Take what was erased out of the database's free space, too, unless that was done; else the next hour tries again."""
    with edges.database.reading() as work:
        left = work.meta.get(LEFT)
    if left and wipe(edges.database.engine):
        with edges.database.transaction() as work:
            if work.meta.get(LEFT) == left:
                work.meta.put(LEFT, "")


def _leaving(work: Work, company: Company) -> Leaving:
    counted = work.companies.belongings(company.id)
    goes = [Belonging(name, words, counted.get(name, 0)) for name, words in WORDS.items()]
    others = sum(number for name, number in counted.items() if name not in WORDS)
    left = [one for one in work.companies.all(company.tenant) if one.id != company.id]
    hindrance, becomes = "", ""
    if company.is_default and len(left) == 1:
        becomes = left[0].name
    elif company.is_default and left:
        hindrance = f"it is the default company, and {len(left)} others could take its place"
    return Leaving(
        company,
        (*goes, Belonging("other", REST, others)),
        (
            "everything in QuickBooks itself",
            "the host's own records",
            "the Intuit app's credentials",
            "the audit trail",
        ),
        becomes,
        hindrance,
    )


def _check_erasable(leaving: Leaving, confirm: str) -> None:
    if leaving.hindrance:
        raise Refused(
            "The company cannot be erased yet",
            record=leaving.company.name,
            reason=leaving.hindrance,
            remedy="Make one of the others the default company first",
        )
    if confirm.strip() != leaving.company.name:
        raise NotAllowed(
            "The company was not erased",
            record=leaving.company.name,
            reason="its name was not typed as it is written",
            remedy="Look at what goes, then give the company's exact name to confirm",
        )


def _archive(edges: Edges, work: Work, company: Company) -> Company:
    """Remove a company's tokens and close what was told of its connection; everything else stays."""
    for grant in work.grants.all(company.id):
        forget_grant(edges, work, company.tenant, grant.id)
        edges.spool.drop(grant.id)
    work.grants.remove_all(company.id)
    work.companies.set_status(company.id, "disconnected")
    over(edges, work, company.tenant, LOST, company.id)
    work.issues.clear(
        company.id,
        "connection.auth",
        "company",
        company.id,
        now=edges.clock.now(),
        how="disconnected on request",
    )
    gone = work.companies.get(company.id)
    assert gone is not None
    return gone


def _revoke(edges: Edges, company: Company) -> None:
    """Ask Intuit to end the connection, as far as that can be done and harms nobody else.

    Intuit ends an app's whole connection to a company with any of its tokens. A second tenant that is connected
    to the same company through the same app would lose theirs: then only our own tokens are forgotten.
    """
    with edges.database.reading() as work:
        grants = work.grants.all(company.id)
        shared = _is_shared(work, company)
        try:
            app = app_of(edges, work, company) if grants else None
        except TieoutError:
            # Without credentials, or with a key that is gone, nothing can be asked of Intuit.
            app = None
    if app is None or shared:
        return
    for grant in grants:
        # Intuit may be out of reach or know the token no more. What counts is that ours are gone; a token left
        # at Intuit ends by itself and can be removed in QuickBooks under My Apps.
        with suppress(TieoutError):
            app.revoke(refresh_token(edges.keys, grant))


def _is_shared(work: Work, company: Company) -> bool:
    """Tell whether another tenant is connected to the same company through the same app."""
    ours = work.apps.used_by(company.tenant, company.environment)
    for other in work.companies.of_realm(company.realm_id, company.environment):
        theirs = work.apps.used_by(other.tenant, other.environment)
        if (
            other.id != company.id
            and work.grants.good(other.id)
            and ours is not None
            and theirs is not None
            and ours.client_id == theirs.client_id
        ):
            return True
    return False
