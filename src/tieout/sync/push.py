"""Pushing: claim → call → record, for one push at a time, and looking before ever sending again.

A push is written down as `sent`, with its request id and the very bytes, before the call. When its answer is
lost, it stays `sent` and is *verified*: the same request id with the same bytes within the time for which
QuickBooks surely remembers it, later by looking for the record itself. What is found is adopted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tieout.connections.companies import settings_of
from tieout.domain.documents import Client, Kind, Payment, SalesDocument, Service
from tieout.domain.issues import Finding
from tieout.domain.links import How, Link
from tieout.domain.money import same
from tieout.domain.outcome import Blocked, Outcome, Posted, Postponed
from tieout.domain.pushes import Action, Push, State, request_id
from tieout.domain.seen import Gone, SeenDocument, SeenPayment
from tieout.kit.errors import (
    ChangedElsewhere,
    Invalid,
    NeedsPerson,
    NotFound,
    OutcomeUnknown,
    PeriodClosed,
    ReconnectNeeded,
    Rejected,
    Retry,
    TieoutError,
)
from tieout.mirror.rows import row_of
from tieout.qbo.client import Record
from tieout.qbo.entities import by_name
from tieout.qbo.entities.customer import display_name
from tieout.qbo.entities.item import item_name
from tieout.qbo.query import equals
from tieout.storage.unit_of_work import Work
from tieout.sync.prepare import ENTITY_OF, Needless, Ready, prepare
from tieout.sync.round import Round

REMEMBERED: Final = timedelta(hours=12)
"""For how long a replay of a request id is trusted. Intuit does not say how long it remembers one; a day has
been seen, so half of it is taken. Later, the record itself is looked for."""
BACKOFF_FIRST: Final = timedelta(seconds=30)
BACKOFF_MAX: Final = timedelta(hours=1)


class SendingStopped(Exception):
    """Somebody paused the company, or switched its sending off, while a cycle sends: nothing more leaves."""


def push_one(round_: Round, push: Push) -> Outcome | None:
    """Bring one push as far as it can go now; None when it turned out to be needless.

    Raises SendingStopped when it may not be sent any more.
    """
    if push.state is State.SENT:
        return _verify(round_, push)
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        if not _may_send(work, round_.company.id):
            raise SendingStopped
        current = work.pushes.get(push.id)
        if current is None or current.state is not push.state:
            return None  # somebody cancelled or superseded it meanwhile
        prepared = prepare(round_, work, current)
        now = round_.edges.clock.now()
        match prepared:
            case Needless(why):
                _finish_needless(round_, work, current, why, now)
                return None
            case Postponed():
                _save_waiting(work, current, prepared, now)
                return prepared
            case Blocked():
                _save_blocked(round_, work, current, prepared, now)
                return prepared
            case Ready():
                sent = replace(
                    current,
                    action=prepared.action,
                    state=State.SENT,
                    attempts=current.attempts + 1,
                    request_id=request_id(current.id, current.generation, current.attempts + 1),
                    body=prepared.body,
                    sent_at=now,
                    due_at=None,
                    updated_at=now,
                    qbo_id=prepared.qbo_id,
                    sync_token=prepared.sync_token,
                    intended=prepared.intended,
                    duplicate_number=prepared.duplicate_number,
                    waits_for="",
                    error="",
                )
                work.pushes.save(sent)
    return _call_and_record(round_, sent)


def _may_send(work: Work, company: str) -> bool:
    now_is = work.companies.get(company)
    return (
        now_is is not None
        and now_is.status == "connected"
        and not now_is.read_only
        and settings_of(work, company)["export"] == "on"
    )


def _call_and_record(round_: Round, sent: Push, *, replayed: bool = False) -> Outcome:
    """Make the call of a push that is written down as sent, and record how it ended.

    `replayed` says that an earlier call's answer was lost, so that nothing short of an answer about this very
    request proves that nothing was written.
    """
    try:
        answer = _call(round_, sent)
    except OutcomeUnknown as error:
        return _record_unknown(round_, sent, error)
    except (Retry, ReconnectNeeded) as error:
        if replayed:
            _record_unknown(round_, sent, error)
        else:
            # Turned away before it was read, or never arrived: nothing was written, so it may be prepared anew.
            _back_to_queue(round_, sent, error)
        raise
    except ChangedElsewhere as error:
        return _record_stale(round_, sent, error)
    except (NeedsPerson, NotFound, Invalid) as error:
        return _record_refused(round_, sent, error)
    return _record_posted(round_, sent, answer, How.ADOPTED if replayed else How.CREATED)


def _call(round_: Round, sent: Push) -> Record | Gone:
    books, entity = round_.books, ENTITY_OF[sent.kind]
    match sent.action:
        case Action.CREATE:
            return books.create(
                entity, sent.body, request_id=sent.request_id, allow_duplicate_number=sent.duplicate_number
            )
        case Action.UPDATE:
            return books.update(entity, sent.body, request_id=sent.request_id)
        case Action.VOID:
            return books.void(entity, sent.qbo_id, sent.sync_token, request_id=sent.request_id)
        case Action.DELETE:
            return books.delete(entity, sent.qbo_id, sent.sync_token, request_id=sent.request_id)


def _verify(round_: Round, push: Push) -> Outcome:
    """Find out what became of a push whose answer was lost."""
    assert push.sent_at is not None, push
    remembered = round_.edges.clock.now() - push.sent_at <= REMEMBERED
    if remembered and not round_.company.read_only:
        return _call_and_record(round_, push, replayed=True)
    found = _look_for(round_, push)
    if found is not None:
        return _record_posted(round_, push, found, How.ADOPTED)
    if remembered:
        # A company that is only read by now is not written to in order to find out: it is looked for once more later.
        return _looked_for_in_vain(round_, push)
    # Long enough ago for a query to be sure: it never arrived. It is prepared anew, with a new request id.
    _back_to_queue(round_, push)
    return Postponed(round_.edges.clock.now(), "it never reached QuickBooks and is sent again")


def _look_for(round_: Round, push: Push) -> Record | Gone | None:
    """Look in QuickBooks itself for what a push was to do; None when it was not done."""
    books, entity = round_.books, ENTITY_OF[push.kind]
    if push.action is Action.CREATE:
        return _look_for_created(round_, push)
    now = books.read(entity, push.qbo_id)
    if now is None:
        return Gone(entity, push.qbo_id) if push.action is Action.DELETE else None
    if now.sync_token == push.sync_token:
        return None
    seen = by_name(entity).seen(now.raw, round_.company.currency)
    if push.action is Action.VOID:
        return now if isinstance(seen, SeenDocument | SeenPayment) and seen.voided else None
    if push.action is Action.UPDATE and isinstance(seen, SeenDocument | SeenPayment):
        return now if seen.mark == push.id else None
    return None


def _look_for_created(round_: Round, push: Push) -> Record | None:
    with round_.edges.database.reading() as work:
        record = work.intents.get(round_.company.id, push.kind, push.host_ref)
    books, entity = round_.books, ENTITY_OF[push.kind]
    match record:
        case SalesDocument():
            candidates = books.find(entity, equals("DocNumber", record.number))
        case Payment():
            candidates = books.find(entity, equals("TxnDate", record.dated.isoformat()))
        case Client():
            return next(iter(books.find(entity, equals("DisplayName", display_name(record)))), None)
        case Service():
            return next(iter(books.find(entity, equals("Name", item_name(record)))), None)
        case _:
            return None
    return next((one for one in candidates if _is_ours(one, push)), None)


def _is_ours(record: Record, push: Push) -> bool:
    """Tell whether a document carries the mark of this very push."""
    seen = by_name(record.entity).seen(record.raw)
    return isinstance(seen, SeenDocument | SeenPayment) and seen.mark == push.id


# How a push ends


def _record_posted(round_: Round, sent: Push, answer: Record | Gone, how: How) -> Outcome:
    edges = round_.edges
    now = edges.clock.now()
    with edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        if isinstance(answer, Gone):
            link = _link_gone(round_, work, sent)
            token = ""
        else:
            work.records.upsert_many(round_.company.id, [row_of(answer)], now=now)
            link = _link_made(round_, work, sent, answer, how, now)
            mirrored = work.records.get(round_.company.id, answer.entity, answer.qbo_id)
            if mirrored is not None and (mirrored.deleted or mirrored.sync_token != answer.sync_token):
                # It was changed after we wrote it, and that change came in before anybody knew it was ours.
                work.inbound.queue(
                    round_.company.id, answer.entity, answer.qbo_id, mirrored.sync_token, now=now
                )
            token = answer.sync_token
        work.pushes.save(
            replace(
                sent,
                state=State.CONFIRMED,
                qbo_id=answer.qbo_id,
                sync_token=token,
                tid=answer.tid if isinstance(answer, Record) else "",
                updated_at=now,
                error="",
            )
        )
        for kind in ("export.", "customer.ambiguous", "drift.", "payment.changed_ours"):
            work.issues.clear(
                round_.company.id,
                kind,
                sent.kind.value,
                sent.host_ref,
                now=now,
                how="QuickBooks has it now",
                keep="export.variance",
            )
        _note_variance(round_, work, sent, link, now)
        work.timeline.add(
            round_.company.id,
            sent.kind,
            sent.host_ref,
            at=now,
            what="adopted" if how is How.ADOPTED else "confirmed",
            detail=f"{sent.action.value} in QuickBooks",
            qbo_id=answer.qbo_id,
            tid=answer.tid if isinstance(answer, Record) else "",
            actor="engine",
        )
        work.pushes.release_waiting(round_.company.id, now=now)
        if sent.kind in (Kind.INVOICE, Kind.CREDIT_NOTE):
            work.inbound.wake_waiting(round_.company.id, answer.qbo_id, now=now)
    if sent.kind in (Kind.CLIENT, Kind.SERVICE):
        round_.forget_suggestions()
    return Posted(answer.qbo_id, token, adopted=how is How.ADOPTED)


def _link_made(round_: Round, work: Work, sent: Push, answer: Record, how: How, now: datetime) -> Link:
    """Keep the link, with what QuickBooks answered as the baseline for drift."""
    seen = by_name(answer.entity).seen(answer.raw, round_.company.currency)
    known = work.links.by_host(round_.company.id, sent.kind, sent.host_ref)
    baseline = seen if isinstance(seen, SeenDocument | SeenPayment) else None
    state = "voided" if sent.action is Action.VOID else "linked"
    if known is not None and sent.action is not Action.CREATE:
        link = replace(
            known,
            sync_token=answer.sync_token,
            baseline=baseline,
            intended=sent.intended or known.intended,
            state=state,
        )
        work.links.replace(link)
        return link
    link = Link(
        company=round_.company.id,
        kind=sent.kind,
        host_ref=sent.host_ref,
        qbo_id=answer.qbo_id,
        sync_token=answer.sync_token,
        how=how,
        linked_at=now,
        generation=sent.generation,
        baseline=baseline,
        intended=sent.intended,
        state=state,
    )
    if known is None:
        work.links.add(link)
    else:
        work.links.replace(link)
    return link


def _link_gone(round_: Round, work: Work, sent: Push) -> Link | None:
    known = work.links.by_host(round_.company.id, sent.kind, sent.host_ref)
    work.records.mark_deleted(
        round_.company.id, ENTITY_OF[sent.kind], sent.qbo_id, now=round_.edges.clock.now()
    )
    if known is None:
        return None
    link = replace(known, state="deleted")
    work.links.replace(link)
    return link


def _note_variance(round_: Round, work: Work, sent: Push, link: Link | None, now: datetime) -> None:
    """Say at once when QuickBooks made another total of it than the host."""
    record = work.intents.get(round_.company.id, sent.kind, sent.host_ref)
    if not isinstance(record, SalesDocument) or link is None or not isinstance(link.baseline, SeenDocument):
        return
    if sent.action not in (Action.CREATE, Action.UPDATE) or same(
        record.total, link.baseline.total, record.currency
    ):
        work.issues.clear(
            round_.company.id,
            "export.variance",
            sent.kind.value,
            sent.host_ref,
            now=now,
            how="both sides have the same total",
        )
        return
    theirs = link.baseline
    finding = Finding(
        kind="export.variance",
        record_kind=sent.kind.value,
        record=sent.host_ref,
        label=sent.label,
        what=f"QuickBooks' total is {theirs.total:,.2f}, the host's is {record.total:,.2f} {record.currency}",
        why=f"QuickBooks computed a tax of {theirs.tax:,.2f} where the host has {record.tax:,.2f}"
        if theirs.tax != record.tax
        else "QuickBooks added up the lines differently",
        remedy="Check the tax code that its tax region is linked to; then correct the host's document or set this aside",
        signature=f"{record.total}|{theirs.total}",
        facts={"ours": str(record.total), "theirs": str(theirs.total)},
    )
    work.issues.open(round_.company.id, finding, now=now, new_id=round_.edges.ids.new("iss"))


def _finish_needless(round_: Round, work: Work, push: Push, why: str, now: datetime) -> None:
    # `waits_for` is cleared and the reason kept, so that the timeline can say why nothing was sent.
    work.pushes.save(replace(push, state=State.CANCELLED, error=why, waits_for="", updated_at=now))
    work.issues.clear(round_.company.id, "export.", push.kind.value, push.host_ref, now=now, how=why)
    work.timeline.add(
        round_.company.id, push.kind, push.host_ref, at=now, what="not sent", detail=why, actor="engine"
    )


def _save_waiting(work: Work, push: Push, postponed: Postponed, now: datetime) -> None:
    work.pushes.save(
        replace(
            push,
            state=State.WAITING,
            due_at=postponed.until,
            waits_for=postponed.waits_for,
            error=postponed.why,
            updated_at=now,
        )
    )


def _save_blocked(round_: Round, work: Work, push: Push, blocked: Blocked, now: datetime) -> None:
    work.pushes.save(replace(push, state=State.BLOCKED, error=blocked.what, waits_for="", updated_at=now))
    finding = Finding(
        kind=blocked.issue_kind,
        record_kind=push.kind.value,
        record=push.host_ref,
        label=push.label,
        what=blocked.what,
        why=blocked.why,
        remedy=blocked.remedy,
        signature=blocked.why,
        facts=blocked.facts,
    )
    # A push that is blocked for a new reason has one issue: the one that says the reason.
    for kind in ("export.", "customer.ambiguous"):
        work.issues.clear(
            round_.company.id,
            kind,
            push.kind.value,
            push.host_ref,
            now=now,
            how="it is held for another reason now",
            keep=blocked.issue_kind,
        )
    work.issues.open(round_.company.id, finding, now=now, new_id=round_.edges.ids.new("iss"))
    work.timeline.add(
        round_.company.id,
        push.kind,
        push.host_ref,
        at=now,
        what="held",
        detail=f"{blocked.what}: {blocked.why}",
        tid=push.tid,
        actor="engine",
    )


def _record_unknown(round_: Round, sent: Push, error: TieoutError) -> Postponed:
    now = round_.edges.clock.now()
    until = now + backoff(sent.attempts)
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        work.pushes.save(
            replace(
                sent,
                due_at=until,
                attempts=sent.attempts + 1,
                error=error.sentence(),
                tid=str(error.facts.get("tid", "")),
                updated_at=now,
            )
        )
        work.timeline.add(
            round_.company.id,
            sent.kind,
            sent.host_ref,
            at=now,
            what="answer lost",
            detail="QuickBooks may have it; it is verified before anything is sent again",
            tid=str(error.facts.get("tid", "")),
            actor="engine",
        )
    return Postponed(until, error.message, uncertain=True)


def _looked_for_in_vain(round_: Round, sent: Push) -> Postponed:
    now = round_.edges.clock.now()
    until = now + BACKOFF_MAX
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        work.pushes.save(replace(sent, due_at=until, updated_at=now))
    return Postponed(until, "it is looked for again")


def _record_stale(round_: Round, sent: Push, error: ChangedElsewhere) -> Outcome:
    """The record moved since we last saw it: what moved comes in with the next changes, then this goes on."""
    now = round_.edges.clock.now()
    until = now + BACKOFF_FIRST
    current = round_.books.read(ENTITY_OF[sent.kind], sent.qbo_id)
    if current is not None and _is_ours(current, sent):
        return _record_posted(round_, sent, current, How.ADOPTED)
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        if current is not None:
            work.records.upsert_many(round_.company.id, [row_of(current)], now=now)
            work.inbound.queue(round_.company.id, current.entity, current.qbo_id, current.sync_token, now=now)
        work.pushes.save(
            replace(
                sent,
                state=State.RETRY_AT,
                due_at=until,
                sent_at=None,
                error=error.sentence(),
                tid=str(error.facts.get("tid", "")),
                updated_at=now,
            )
        )
    return Postponed(until, "it was changed in QuickBooks meanwhile")


def _record_refused(round_: Round, sent: Push, error: TieoutError) -> Outcome:
    """QuickBooks read it and turned it down: an issue, unless what it found in its place is ours."""
    code = str(error.facts.get("code", ""))
    if sent.action is Action.CREATE and code == "6140":
        ours = _ours_under_that_number(round_, sent, str(error.facts.get("qbo_id", "")))
        if ours is not None:
            return _record_posted(round_, sent, ours, How.ADOPTED)
    if sent.action is not Action.CREATE and code == "610":
        current = round_.books.read(ENTITY_OF[sent.kind], sent.qbo_id)
        if current is None and sent.action in (Action.VOID, Action.DELETE):
            return _record_posted(round_, sent, Gone(ENTITY_OF[sent.kind], sent.qbo_id), How.ADOPTED)
    blocked = Blocked(
        _issue_kind(error, code),
        error.message,
        error.reason or error.message,
        error.remedy or "Correct the record and retry",
        {key: value for key, value in error.facts.items() if isinstance(value, str | int)},
    )
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        now = round_.edges.clock.now()
        tid = str(error.facts.get("tid", ""))
        _save_blocked(round_, work, replace(sent, tid=tid), blocked, now)
    return blocked


def _issue_kind(error: TieoutError, code: str) -> str:
    if isinstance(error, PeriodClosed):
        return "export.closed_period"
    if isinstance(error, Rejected) and code == "6140":
        return "export.duplicate_number"
    return "export.rejected"


def _ours_under_that_number(round_: Round, sent: Push, qbo_id: str) -> Record | None:
    if not qbo_id:
        return None
    holder = round_.books.read(ENTITY_OF[sent.kind], qbo_id)
    return holder if holder is not None and _is_ours(holder, sent) else None


def _back_to_queue(round_: Round, sent: Push, error: TieoutError | None = None) -> None:
    """Nothing was written: the push may be prepared anew, with a new request id."""
    now = round_.edges.clock.now()
    with round_.edges.database.transaction() as work:
        work.companies.guard(round_.lease)
        work.pushes.save(
            replace(
                sent,
                state=State.RETRY_AT,
                due_at=now + (backoff(sent.attempts) if error is not None else timedelta()),
                sent_at=None,
                error=error.sentence() if error is not None else "",
                updated_at=now,
            )
        )


def backoff(attempts: int) -> timedelta:
    """Wait 30 seconds, doubled at each attempt, at most an hour. There is no last attempt."""
    doubled: timedelta = BACKOFF_FIRST * (2 ** min(attempts, 12))
    return min(doubled, BACKOFF_MAX)
