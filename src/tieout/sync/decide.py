"""Deciding: what a person can do about an issue, each action safe to press twice.

An action changes what is owed (a push, an amendment at the host, a link) and closes the issue in the same
transaction; the next cycle carries it out. What the host must be told first is told before the issue closes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from tieout.connections.books import open_books
from tieout.domain.documents import Kind, Line, Payment, SalesDocument, Status, title
from tieout.domain.fingerprint import fingerprint
from tieout.domain.issues import (
    ACCEPT_THEIRS,
    CANCEL,
    CREATE,
    IGNORE,
    LINK,
    PUSH_OURS,
    RETRY,
    Issue,
    IssueState,
)
from tieout.domain.links import How, Link
from tieout.domain.permissions import DECIDE, READ
from tieout.domain.pushes import Action, State
from tieout.domain.seen import SeenDocument, SeenLine, SeenPayment
from tieout.edges import Edges
from tieout.hosts.contract import AcceptsAmendments
from tieout.kit.errors import Invalid, NotFound, Refused
from tieout.mirror.rows import seen_of
from tieout.qbo.entities import by_name
from tieout.reconcile.linking import link_record, withdraw_unsent
from tieout.security.callers import Caller
from tieout.security.operation import Act, Errand, errand, operation
from tieout.storage.companies import Company
from tieout.storage.unit_of_work import Work
from tieout.sync.intake import BY_A_PERSON, queue_push
from tieout.sync.prepare import ENTITY_OF


@operation("issue.list", needs=READ, writes=False)
def list_issues(
    act: Act, *, company: str = "", state: str = "open", kind: str = "", limit: int = 100, after: str = ""
) -> list[Issue]:
    """List issues, newest first; `state` is open, resolved, cleared, ignored or all."""
    wanted = None if state == "all" else IssueState(state)
    return act.work.issues.list(
        company or None, tenant=act.caller.tenant, state=wanted, kind=kind, limit=limit, after=after
    )


@operation("issue.get", needs=READ, writes=False)
def get_issue(act: Act, *, issue: str) -> Issue:
    """Show one issue."""
    return _issue(act.work, act.caller, issue)[0]


@errand("issue.decide", needs=DECIDE, writes=True)
def decide(act: Errand, *, issue: str, action: str, choice: str = "") -> Issue:
    """Settle an issue by one of its actions; `choice` names the record to link, where that is the action."""
    edges = act.edges
    with edges.database.reading() as work:
        found, company = _issue(work, act.caller, issue)
    if found.state is not IssueState.OPEN:
        raise Refused(
            "This issue is closed already",
            record=found.finding.label,
            reason=f"it was closed by {found.closed_by or 'Tieout'}: {found.closed_how or found.state.value}",
            remedy="Look at the list of open issues",
        )
    if action not in found.actions:
        raise Invalid(
            "This issue cannot be settled so",
            record=found.finding.label,
            reason=f"its actions are {', '.join(found.actions)}",
            remedy="Choose one of these",
        )
    ACTIONS[action](edges, act.caller, company, found, choice)
    with edges.database.transaction() as work:
        work.companies.wake(company.id, now=edges.clock.now())
        settled = work.issues.get(found.id)
    assert settled is not None
    return settled


def _issue(work: Work, caller: Caller, issue_id: str) -> tuple[Issue, Company]:
    found = work.issues.get(issue_id)
    company = work.companies.get(found.company) if found is not None else None
    if found is None or company is None or company.tenant != caller.tenant:
        raise NotFound(
            "There is no such issue",
            record=issue_id,
            reason="it does not exist, or belongs to somebody else",
            remedy="Look at the list of issues",
        )
    return found, company


def _close(work: Work, edges: Edges, caller: Caller, issue: Issue, state: IssueState, how: str) -> None:
    work.issues.close(issue.id, state, by=caller.actor, how=how, now=edges.clock.now())
    work.timeline.add(
        issue.company,
        issue.finding.record_kind,
        issue.finding.record,
        at=edges.clock.now(),
        what="decided",
        detail=f"{issue.finding.what}: {how}",
        actor=caller.actor,
    )


# The actions


def _ignore(edges: Edges, caller: Caller, company: Company, issue: Issue, _choice: str) -> None:
    """Set it aside until the facts change."""
    with edges.database.transaction() as work:
        if issue.finding.kind == "sync.poison":
            work.inbound.drop(company.id, issue.finding.record_kind, issue.finding.record)
        _close(work, edges, caller, issue, IssueState.IGNORED, "set aside until it changes")


def _retry(edges: Edges, caller: Caller, company: Company, issue: Issue, _choice: str) -> None:
    """Try again: the push that it holds, or the change that it could not apply."""
    finding = issue.finding
    with edges.database.transaction() as work:
        if finding.kind.startswith(("payment.", "sync.")):
            work.inbound.queue(
                company.id, finding.record_kind, finding.record, "again", now=edges.clock.now()
            )
        elif finding.kind == "host.unreadable":
            work.host_cursors.put(company.id, company.host, "")
        else:
            work.pushes.unblock(company.id, Kind(finding.record_kind), finding.record, now=edges.clock.now())
        _close(work, edges, caller, issue, IssueState.RESOLVED, "tried again")


def _cancel(edges: Edges, caller: Caller, company: Company, issue: Issue, _choice: str) -> None:
    """Do not send it; a later change at the host queues it anew."""
    kind, ref = Kind(issue.finding.record_kind), issue.finding.record
    with edges.database.transaction() as work:
        withdraw_unsent(edges, work, company, kind, ref, BY_A_PERSON + caller.actor)
        _close(work, edges, caller, issue, IssueState.RESOLVED, "not sent")


def _push_ours(edges: Edges, caller: Caller, company: Company, issue: Issue, _choice: str) -> None:
    """Restore in QuickBooks what the host has; what is gone there is made anew."""
    kind, ref = Kind(issue.finding.record_kind), issue.finding.record
    with edges.database.transaction() as work:
        link = _link(work, company, kind, ref)
        record = work.intents.get(company.id, kind, ref)
        if record is None:
            raise Invalid(
                "The host no longer has it",
                record=issue.finding.label,
                reason="so there is nothing of ours to send",
                remedy="Accept theirs instead",
            )
        gone = _is_gone(work, company, link)
        if isinstance(record, SalesDocument | Payment) and record.status is Status.VOID:
            queue_push(edges, work, company, kind, ref, title(record), Action.VOID, link)
        elif gone:
            queue_push(
                edges,
                work,
                company,
                kind,
                ref,
                title(record),
                Action.CREATE,
                link,
                generation=link.generation + 1,
            )
        else:
            # An empty fingerprint says that what QuickBooks has is not what the host has.
            work.links.replace(replace(link, state="linked", intended=""))
            queue_push(edges, work, company, kind, ref, title(record), Action.UPDATE, link)
        _close(work, edges, caller, issue, IssueState.RESOLVED, "ours is sent to QuickBooks")


def _accept_theirs(edges: Edges, caller: Caller, company: Company, issue: Issue, _choice: str) -> None:
    """Take into the host what QuickBooks has; what is gone there is voided."""
    kind, ref = Kind(issue.finding.record_kind), issue.finding.record
    host = edges.host(company.tenant, company.host)
    with edges.database.reading() as work:
        link = _link(work, company, kind, ref)
        record = work.intents.get(company.id, kind, ref)
        row = work.records.get(company.id, ENTITY_OF[kind], link.qbo_id)
        gone = _is_gone(work, company, link)
    if not isinstance(host, AcceptsAmendments):
        raise Invalid(
            "The host cannot be changed from here",
            record=issue.finding.label,
            reason=f"the host {company.host} takes no amendments",
            remedy="Change it there by hand, or push ours",
        )
    because = f"accepted from QuickBooks by {caller.actor}"
    if gone:
        host.void(kind, ref, because)
        with edges.database.transaction() as work:
            state = "deleted" if row is None or row.deleted else "voided"
            link = _link(work, company, kind, ref)
            voided = _voided(record)
            if voided is not None:
                work.intents.put(company.id, voided, fingerprint(voided), now=edges.clock.now())
            work.links.replace(replace(link, state=state, intended=fingerprint(voided) if voided else ""))
            withdraw_unsent(edges, work, company, kind, ref, "QuickBooks' version was accepted")
            _close(work, edges, caller, issue, IssueState.RESOLVED, "voided at the host")
        return
    assert row is not None
    seen = seen_of(company, row)
    if not isinstance(seen, SeenDocument) or not isinstance(record, SalesDocument):
        raise Invalid(
            "This change cannot be taken over",
            record=issue.finding.label,
            reason="the host can take over invoices and credit notes, and the voiding of payments",
            remedy="Correct it at the host by hand, or push ours",
        )
    with edges.database.reading() as work:
        accepted = _as_accepted(work, company, record, seen)
    host.amend(accepted, because)
    with edges.database.transaction() as work:
        work.intents.put(company.id, accepted, fingerprint(accepted), now=edges.clock.now())
        withdraw_unsent(edges, work, company, kind, ref, "QuickBooks' version was accepted")
        work.links.replace(
            replace(
                link,
                state="linked",
                baseline=seen,
                sync_token=seen.sync_token,
                intended=fingerprint(accepted),
            )
        )
        _close(work, edges, caller, issue, IssueState.RESOLVED, "theirs is taken into the host")


def _as_accepted(work: Work, company: Company, ours: SalesDocument, seen: SeenDocument) -> SalesDocument:
    """Write QuickBooks' document in the host's terms; Invalid names what the host has no word for."""
    customer = work.links.by_qbo(company.id, Kind.CLIENT, seen.customer)
    if customer is None:
        raise Invalid(
            "Its customer is not linked to a client",
            record=seen.customer_name or seen.customer,
            reason="the host cannot bill somebody it does not know",
            remedy="Link this customer to a client first",
        )
    lines = tuple(_accepted_line(work, company, ours, index, line) for index, line in enumerate(seen.lines))
    return replace(
        ours,
        client=customer.host_ref,
        number=seen.number or ours.number,
        dated=seen.dated,
        due_date=seen.due_date,
        lines=lines,
        tax=seen.tax,
    )


def _accepted_line(work: Work, company: Company, ours: SalesDocument, index: int, line: SeenLine) -> Line:
    service = ""
    if line.item:
        link = work.links.by_qbo(company.id, Kind.SERVICE, line.item)
        if link is None:
            raise Invalid(
                "One of its items is not linked to a service",
                record=line.description or f"item {line.item}",
                reason="the host cannot sell what it does not know",
                remedy="Link this item to a service first",
            )
        service = link.host_ref
    before = ours.lines[index] if index < len(ours.lines) else None
    regions = [one.tax_region for one in ours.lines if one.tax_region]
    region = ""
    if line.taxed:
        region = before.tax_region if before is not None and before.tax_region else next(iter(regions), "")
        if not region:
            raise Invalid(
                "A line became taxable in QuickBooks",
                record=line.description or f"line {index + 1}",
                reason="the document has no tax region at the host",
                remedy="Set its tax region at the host first, or push ours",
            )
    quantity = line.quantity if line.quantity is not None else Decimal(1)
    price = line.unit_price if line.unit_price is not None else line.amount
    return Line(
        service=service,
        quantity=quantity,
        unit_price=price,
        amount=line.amount,
        description=line.description,
        tax_region=region,
    )


def _voided(record: object) -> SalesDocument | Payment | None:
    return replace(record, status=Status.VOID) if isinstance(record, SalesDocument | Payment) else None


def _is_gone(work: Work, company: Company, link: Link) -> bool:
    """Tell whether QuickBooks has it no longer in force."""
    row = work.records.get(company.id, ENTITY_OF[link.kind], link.qbo_id)
    if row is None or row.deleted:
        return True
    seen = seen_of(company, row)
    return isinstance(seen, SeenDocument | SeenPayment) and seen.voided


def _link(work: Work, company: Company, kind: Kind, ref: str) -> Link:
    link = work.links.by_host(company.id, kind, ref)
    if link is None:
        raise NotFound(
            "It is no longer linked",
            record=ref,
            reason="its link to QuickBooks was removed",
            remedy="Link it again first",
        )
    return link


def _choose(edges: Edges, caller: Caller, company: Company, issue: Issue, choice: str) -> None:
    """Link what the issue is about to the record that was chosen."""
    if not choice:
        raise Invalid(
            "Nothing was chosen",
            record=issue.finding.label,
            reason="linking needs the QuickBooks record to link to",
            remedy="Choose one of the candidates, or give its id",
        )
    if issue.finding.kind == "export.duplicate_number":
        _link_document(edges, caller, company, issue, choice)
        return
    ref = str(issue.finding.facts.get("ref") or issue.finding.record)
    with edges.database.transaction() as work:
        link_record(edges, work, company, Kind.CLIENT, ref, choice, How.CONFIRMED, caller.actor)
        _close(work, edges, caller, issue, IssueState.RESOLVED, f"linked to customer {choice}")


def _link_document(edges: Edges, caller: Caller, company: Company, issue: Issue, choice: str) -> None:
    """Take the QuickBooks document that holds the number for ours: linked, never sent."""
    kind, ref = Kind(issue.finding.record_kind), issue.finding.record
    record = open_books(edges, company).read(ENTITY_OF[kind], choice)
    if record is None:
        raise NotFound(
            "QuickBooks has no such document",
            record=choice,
            reason="it was deleted or never existed",
            remedy="Choose another, or retry",
        )
    seen = by_name(ENTITY_OF[kind]).seen(record.raw, company.currency)
    assert isinstance(seen, SeenDocument)
    now = edges.clock.now()
    with edges.database.transaction() as work:
        withdraw_unsent(edges, work, company, kind, ref, "linked to a document that was there")
        intent = work.intents.get(company.id, kind, ref)
        work.links.add(
            Link(
                company.id,
                kind,
                ref,
                choice,
                record.sync_token,
                How.CONFIRMED,
                now,
                baseline=seen,
                intended=fingerprint(intent) if intent is not None else "",
            )
        )
        work.inbound.drop(company.id, ENTITY_OF[kind], choice)
        work.pushes.release_waiting(company.id, now=now)
        work.inbound.wake_waiting(company.id, choice, now=now)
        _close(work, edges, caller, issue, IssueState.RESOLVED, f"linked to {choice}")


def _create(edges: Edges, caller: Caller, company: Company, issue: Issue, _choice: str) -> None:
    """Have a new customer made for the client, whatever resembles it."""
    ref = str(issue.finding.facts.get("ref") or issue.finding.record)
    with edges.database.transaction() as work:
        client = work.intents.get(company.id, Kind.CLIENT, ref)
        if client is None:
            raise NotFound(
                "The host no longer has this client",
                record=ref,
                reason="it was removed",
                remedy="Cancel the document",
            )
        old = work.links.by_host(company.id, Kind.CLIENT, ref)
        queue_push(
            edges,
            work,
            company,
            Kind.CLIENT,
            ref,
            title(client),
            Action.CREATE,
            old,
            generation=old.generation + 1 if old is not None else 1,
        )
        if issue.finding.record_kind in (Kind.INVOICE.value, Kind.CREDIT_NOTE.value, Kind.PAYMENT.value):
            work.pushes.unblock(
                company.id, Kind(issue.finding.record_kind), issue.finding.record, now=edges.clock.now()
            )
        _close(work, edges, caller, issue, IssueState.RESOLVED, "a new customer is made")


def _merge(edges: Edges, caller: Caller, company: Company, issue: Issue, _choice: str) -> None:
    """The suspected payment is the host's own: linked to it, no new money."""
    qbo_id, ref = issue.finding.record, str(issue.finding.facts["host_payment"])
    now = edges.clock.now()
    with edges.database.transaction() as work:
        row = work.records.get(company.id, "Payment", qbo_id)
        record = work.intents.get(company.id, Kind.PAYMENT, ref)
        known = work.links.by_host(company.id, Kind.PAYMENT, ref)
        if row is None or row.deleted or not isinstance(record, Payment):
            raise Invalid(
                "There is nothing left to merge",
                record=issue.finding.label,
                reason="one of the two payments is gone",
                remedy="Retry, and the issue closes if all is well",
            )
        if known is None:
            seen = seen_of(company, row)
            assert isinstance(seen, SeenPayment)
            if any(push.state is State.SENT for push in work.pushes.open_of(company.id, Kind.PAYMENT, ref)):
                raise Invalid(
                    "Ours is on its way right now",
                    record=issue.finding.label,
                    reason="its answer was lost, and it must be verified before the two can be told apart",
                    remedy="Wait for the next cycle, then decide",
                )
            withdraw_unsent(edges, work, company, Kind.PAYMENT, ref, "QuickBooks had this payment already")
            work.links.add(
                Link(
                    company.id,
                    Kind.PAYMENT,
                    ref,
                    qbo_id,
                    row.sync_token,
                    How.CONFIRMED,
                    now,
                    baseline=seen,
                    intended=fingerprint(record),
                )
            )
        work.inbound.drop(company.id, "Payment", qbo_id)
        _close(
            work,
            edges,
            caller,
            issue,
            # Until the bookkeeper deletes one of the two, the sides differ: it stays in sight, set aside.
            IssueState.RESOLVED if known is None else IssueState.IGNORED,
            "merged: the same money"
            if known is None
            else "the same money twice: delete one of them in QuickBooks",
        )


def _apply_anyway(edges: Edges, caller: Caller, company: Company, issue: Issue, _choice: str) -> None:
    """It is another payment: book it."""
    with edges.database.transaction() as work:
        _close(work, edges, caller, issue, IssueState.RESOLVED, "another payment: booked")
        work.inbound.queue(company.id, "Payment", issue.finding.record, "decided", now=edges.clock.now())
        work.pushes.release_waiting(company.id, now=edges.clock.now())


def _reconnect(_edges: Edges, _caller: Caller, company: Company, issue: Issue, _choice: str) -> None:
    """Reconnecting happens at Intuit's page, not here."""
    raise Invalid(
        "Only signing in at Intuit settles this",
        record=issue.finding.label,
        reason=f"the connection to {company.name} lost its permission",
        remedy="Press Reconnect on the connection card, or run `tieout connect`",
    )


Decision = Callable[[Edges, Caller, Company, Issue, str], None]
ACTIONS: dict[str, Decision] = {
    PUSH_OURS: _push_ours,
    ACCEPT_THEIRS: _accept_theirs,
    IGNORE: _ignore,
    RETRY: _retry,
    CANCEL: _cancel,
    LINK: _choose,
    CREATE: _create,
    "merge": _merge,
    "apply": _apply_anyway,
    "reconnect": _reconnect,
}
