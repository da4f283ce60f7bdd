"""How a company stands: paused or going on, read-only or written to, and which one is meant by default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tieout.connections.companies import found, settings_of
from tieout.connections.notices import compare_in_full
from tieout.domain.permissions import CONNECT, READ
from tieout.domain.pushes import State
from tieout.kit.errors import Invalid, Refused
from tieout.qbo.oauth import SCOPE
from tieout.security.operation import Act, operation
from tieout.storage.companies import Company
from tieout.storage.unit_of_work import Work

REASON_MAX: Final = 500


@dataclass(frozen=True)
class Permission:
    """One thing that could be done in a company's books: whether Tieout may, and why."""

    name: str
    what: str
    allowed: bool
    why: str


@dataclass(frozen=True)
class Comparison:
    """One thing that could be done in a company's books, and with which access Tieout may."""

    name: str
    what: str
    read_only: bool
    read_write: bool
    """Once sending is switched on; before, nothing is written either."""
    why: str


@operation("connection.accesses", needs=READ, writes=False)
def compare_accesses(act: Act) -> list[Comparison]:  # noqa: ARG001  every operation is given its act
    """Compare what each access would allow, and why, for somebody who has yet to connect."""
    return [
        Comparison(one.name, one.what, only.allowed, one.allowed, one.why if one.allowed else only.why)
        for only, one in zip(
            _rows(read_only=True, sends=False, writing=""),
            _rows(read_only=False, sends=True, writing="Only after somebody has switched sending on"),
            strict=True,
        )
    ]


@operation("company.pause", needs=CONNECT, writes=True)
def pause(act: Act, *, company: str = "", reason: str) -> Company:
    """Pause a company: nothing of it is read, sent or renewed by itself until somebody resumes it."""
    chosen = found(act.work, act.caller.tenant, company)
    reason = reason.strip()
    if not reason or len(reason) > REASON_MAX:
        raise Invalid(
            "A pause needs a reason",
            record=chosen.name,
            reason="none was given" if not reason else f"it has more than {REASON_MAX} characters",
            remedy="Say in a few words why, for whoever wonders later",
        )
    if chosen.status == "disconnected":
        raise Refused(
            "The company cannot be paused",
            record=chosen.name,
            reason="it is disconnected, so nothing happens by itself anyway",
            remedy="Nothing",
        )
    act.work.companies.set_status(chosen.id, "paused", why=f"{reason} ({act.caller.actor})")
    return _now(act.work, chosen)


@operation("company.resume", needs=CONNECT, writes=True)
def resume(act: Act, *, company: str = "") -> Company:
    """Let a paused company go on: its next cycle comes at once, and compares everything in full."""
    chosen = found(act.work, act.caller.tenant, company)
    if chosen.status != "paused":
        raise Refused(
            "The company is not paused",
            record=chosen.name,
            reason=f"it is {chosen.status.replace('_', ' ')}",
            remedy="Nothing, or connect it again" if chosen.status == "connected" else "Connect it again",
        )
    works = bool(act.work.grants.good(chosen.id))
    act.work.companies.set_status(chosen.id, "connected" if works else "needs_reconnect")
    if works:
        compare_in_full(act.work, chosen.id)
        act.work.companies.wake(chosen.id, now=act.edges.clock.now())
    return _now(act.work, chosen)


@operation("company.make_default", needs=CONNECT, writes=True)
def make_default(act: Act, *, company: str) -> Company:
    """Make a company the one that is meant when none is named. Documents that are linked stay in their own company."""
    chosen = found(act.work, act.caller.tenant, company)
    if chosen.status == "disconnected":
        raise Refused(
            "The company cannot be the default one",
            record=chosen.name,
            reason="it is disconnected, so nothing could be done in it",
            remedy="Connect it again first, or choose another one",
        )
    act.work.companies.make_default(chosen)
    return _now(act.work, chosen)


@operation("connection.permissions", needs=READ, writes=False)
def permissions(act: Act, *, company: str = "") -> list[Permission]:
    """Show what Tieout may do in a company's books and what not, one by one, and why."""
    chosen = found(act.work, act.caller.tenant, company)
    return table(chosen, sends=settings_of(act.work, chosen.id)["export"] == "on")


@operation("connection.set_access", needs=CONNECT, writes=True)
def set_access(act: Act, *, company: str = "", read_only: bool) -> list[Permission]:
    """Make a company read-only, or open it for writing; answers what is possible from now on.

    Read-only also switches sending off, and it stays off when the company is opened again. Refused while the
    answer to something that was sent is not known.
    """
    chosen = found(act.work, act.caller.tenant, company)
    unknown = act.work.pushes.counts(chosen.id).get(State.SENT, 0)
    if read_only and unknown:
        raise Refused(
            "The company cannot be made read-only yet",
            record=chosen.name,
            reason=f"it is not known yet what became of {unknown} sent "
            f"{'change' if unknown == 1 else 'changes'}, and finding out may mean sending again",
            remedy="Let the next cycle finish, then try again; pause the company if nothing more may happen",
        )
    act.work.companies.set_read_only(chosen.id, read_only)
    if read_only:
        act.work.settings.put(chosen.id, "export", "off", actor=act.caller.actor, now=act.edges.clock.now())
    return table(_now(act.work, chosen), sends=settings_of(act.work, chosen.id)["export"] == "on")


def table(company: Company, *, sends: bool) -> list[Permission]:
    """Tell each permission of a company; `sends` is whether documents are sent to QuickBooks."""
    if company.read_only:
        writing = "this company is connected read-only: Tieout turns every write away before it leaves"
    elif not sends:
        writing = "this company may be written to, but sending is switched off (setting `export`)"
    else:
        writing = "this company may be written to, and sending is switched on"
    return _rows(read_only=company.read_only, sends=sends, writing=writing)


def _rows(*, read_only: bool, sends: bool, writing: str) -> list[Permission]:
    """List what could be done; `writing` says why something may be written, or not."""
    scope = (
        f"Intuit has one permission for accounting ({SCOPE}), which allows reading and writing; what follows is "
        "what Tieout itself keeps to"
    )
    may_write = not read_only and sends
    never = "Tieout has no function that does it"
    return [
        Permission("read", "Read customers, items, transactions, lists and reports", True, scope),
        Permission(
            "create", "Create customers, items, invoices, credit memos and payments", may_write, writing
        ),
        Permission("update", "Change what Tieout created, or what a person linked", may_write, writing),
        Permission("void", "Void an invoice or payment that was voided at the host", may_write, writing),
        Permission(
            "delete",
            "Delete transactions",
            may_write,
            writing + ". Only what Tieout sent itself and QuickBooks cannot void is deleted",
        ),
        Permission("lists", "Change the chart of accounts, tax settings or users", False, never),
        Permission(
            "payroll",
            "Read payroll or bank log-ins",
            False,
            "Intuit was not asked for it, and gives no access",
        ),
    ]


def _now(work: Work, company: Company) -> Company:
    found_again = work.companies.get(company.id)
    assert found_again is not None
    return found_again
