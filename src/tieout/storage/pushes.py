"""Pushes: the outbox, with at most one change under way and one behind it for each record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, exists, func, insert, or_, select, update

from tieout.domain.documents import Kind
from tieout.domain.pushes import OPEN_STATES, ORDER, Action, Push, State
from tieout.kit.errors import ChangedElsewhere
from tieout.storage.inserting import in_chunks
from tieout.storage.tables import pushes

_UNSENT: Final = frozenset(
    {
        State.QUEUED,
        State.WAITING,
        State.LEASED,
        State.SENT,
        State.RETRY_AT,
        State.BLOCKED,
        State.CANCELLED,
        State.SUPERSEDED,
    }
)
LEGAL: Final[dict[State, frozenset[State]]] = {
    # Nothing has left, or it is known that nothing was written: everything but an end without sending.
    State.QUEUED: _UNSENT,
    State.WAITING: _UNSENT,
    State.LEASED: _UNSENT,
    State.RETRY_AT: _UNSENT,
    # A person, or what it lacked, must bring it back to the queue first.
    State.BLOCKED: frozenset({State.BLOCKED, State.QUEUED, State.CANCELLED, State.SUPERSEDED}),
    # On its way: only an answer or a verification ends it. Never back to the queue as if nothing had been,
    # and never cancelled while QuickBooks may have it.
    State.SENT: frozenset({State.SENT, State.CONFIRMED, State.RETRY_AT, State.BLOCKED, State.SUPERSEDED}),
    State.CONFIRMED: frozenset(),
    State.CANCELLED: frozenset(),
    State.SUPERSEDED: frozenset(),
}
"""What each state may become, itself with other facts included."""

FLIGHT: Final = "flight"
QUEUE: Final = "queue"
CLOSED: Final = "closed"


@dataclass(frozen=True)
class Added:
    """What became of a new intention."""

    push: Push
    superseded: Push | None
    """The older intention that it made void, as it was."""
    behind: Push | None
    """The push that is under way and must end first."""


class Pushes:
    """The pushes of one unit of work. What a writing one looked at, nobody changes before it ends."""

    def __init__(self, connection: Connection, *, writing: bool) -> None:
        self._connection = connection
        self._writing = writing

    def add(self, push: Push) -> Added:
        """Owe QuickBooks a change; a newer intention for a record makes an older one void.

        A push that is under way (leased or sent) is left alone: the new one is due after it ended.
        """
        assert lane(push) == QUEUE, push.state
        open_ones = self._open(push.company, push.kind, push.host_ref)
        superseded = open_ones.get(QUEUE)
        if superseded is not None:
            self._write(replace(superseded, state=State.SUPERSEDED, updated_at=push.created_at))
        self._connection.execute(insert(pushes).values(_values(push)))
        return Added(push, superseded, open_ones.get(FLIGHT))

    def get(self, push: str) -> Push | None:
        """Find a push by its id."""
        statement = select(pushes).where(pushes.c.id == push)
        row = self._connection.execute(
            statement.with_for_update() if self._writing else statement
        ).one_or_none()
        return None if row is None else _push(row)

    def open_of(self, company: str, kind: Kind, host_ref: str) -> list[Push]:
        """List a record's pushes that have not ended: the one under way first, then the one behind it."""
        open_ones = self._open(company, kind, host_ref)
        return [open_ones[one] for one in (FLIGHT, QUEUE) if one in open_ones]

    def open_of_many(self, company: str, kind: Kind, refs: Iterable[str]) -> dict[str, Push]:
        """Find for each of many records the newest push that has not ended, by ref; records without are left out."""
        found: dict[str, Push] = {}
        for chunk in in_chunks(refs):
            rows = self._connection.execute(
                select(pushes)
                .where(
                    pushes.c.company == company,
                    pushes.c.kind == kind.value,
                    pushes.c.host_ref.in_(chunk),
                    pushes.c.lane != CLOSED,
                )
                .order_by(pushes.c.created_at, pushes.c.id)
            )
            found.update((row.host_ref, _push(row)) for row in rows)
        return found

    def due(self, company: str, now: datetime, limit: int) -> list[Push]:
        """List what can be worked on now: dependencies first, then the oldest.

        Those are queued, waiting and to-be-tried-again pushes, and leased or sent ones that an earlier cycle
        left (to be verified, never sent blindly). A push with a later `due_at` is not due, whatever its
        state; a blocked one is not before it was unblocked, and one behind another not before that ended.
        """
        ahead = pushes.alias()
        statement = (
            select(pushes)
            .where(
                pushes.c.company == company,
                pushes.c.lane != CLOSED,
                pushes.c.state != State.BLOCKED.value,
                or_(pushes.c.due_at.is_(None), pushes.c.due_at <= now),
                or_(
                    pushes.c.lane == FLIGHT,
                    ~exists().where(
                        and_(
                            ahead.c.company == pushes.c.company,
                            ahead.c.kind == pushes.c.kind,
                            ahead.c.host_ref == pushes.c.host_ref,
                            ahead.c.lane == FLIGHT,
                        )
                    ),
                ),
            )
            .order_by(pushes.c.rank, pushes.c.created_at, pushes.c.id)
            .limit(limit)
        )
        return [_push(row) for row in self._connection.execute(statement)]

    def lease(self, company: str, now: datetime, limit: int) -> list[Push]:
        """Take what is due for the cycle that asks: leased, in the order to work in; sent ones stay sent.

        What a cycle leaves leased when it dies is due again for the next one: nothing has left.
        """
        taken = [
            push if push.state is State.SENT else replace(push, state=State.LEASED, updated_at=now)
            for push in self.due(company, now, limit)
        ]
        ids = [push.id for push in taken if push.state is State.LEASED]
        for chunk in in_chunks(ids):
            self._connection.execute(
                update(pushes)
                .where(pushes.c.id.in_(chunk))
                .values(state=State.LEASED.value, lane=FLIGHT, updated_at=now)
            )
        return taken

    def give_back(self, company: str, now: datetime) -> int:
        """Put what a cycle leased and did not come to back into the queue, and count it.

        One that a newer intention waits behind is superseded by it.
        """
        left = self._connection.execute(
            select(pushes).where(pushes.c.company == company, pushes.c.state == State.LEASED.value)
        ).all()
        for row in left:
            self.save(replace(_push(row), state=State.QUEUED, updated_at=now))
        return len(left)

    def save(self, push: Push) -> Push:
        """Write a push's new state and facts, and give it as it is kept.

        A push that goes back to the queue while a newer intention waits behind it is superseded by that one.
        Raises ChangedElsewhere when it ended meanwhile (somebody cancelled it, say); a step that the table
        of legal ones does not know is a broken promise of ours.
        """
        before = self._locked(push.id)
        if before.state not in OPEN_STATES:
            raise ChangedElsewhere(
                "The push has ended already",
                record=push.label or push.id,
                reason=f"it is {before.state.value}",
                remedy="Look at the document's history; sync it again if it should be sent",
                state=before.state.value,
            )
        assert push.state in LEGAL[before.state], f"{push.id} cannot become {push.state} from {before.state}"
        kept = push
        if lane(before) == FLIGHT and lane(push) == QUEUE:
            newer = self._open(push.company, push.kind, push.host_ref).get(QUEUE)
            if newer is not None:
                kept = replace(push, state=State.SUPERSEDED)
        self._write(kept)
        return kept

    def next_due(self, company: str) -> datetime | None:
        """Tell when the first of a company's pushes can be worked on; None when none waits for time alone."""
        first = self._connection.execute(
            select(func.min(func.coalesce(pushes.c.due_at, pushes.c.created_at))).where(
                pushes.c.company == company,
                pushes.c.lane != CLOSED,
                pushes.c.state != State.BLOCKED.value,
            )
        ).scalar_one()
        assert first is None or isinstance(first, datetime)
        return first

    def oldest_open(self, company: str) -> datetime | None:
        """Tell when the oldest of a company's pushes that have not ended was made; None without one."""
        oldest = self._connection.execute(
            select(func.min(pushes.c.created_at)).where(pushes.c.company == company, pushes.c.lane != CLOSED)
        ).scalar_one()
        assert oldest is None or isinstance(oldest, datetime)
        return oldest

    def counts(self, company: str) -> dict[State, int]:
        """Count a company's pushes by state; states without any are left out."""
        rows = self._connection.execute(
            select(pushes.c.state, func.count()).where(pushes.c.company == company).group_by(pushes.c.state)
        )
        return {State(state): int(number) for state, number in rows}

    def recent(self, company: str, limit: int = 50) -> list[Push]:
        """List a company's pushes, the last touched first."""
        return self._listed(pushes.c.company == company, limit=limit)

    def in_state(self, company: str, state: State, limit: int = 1000) -> list[Push]:
        """List a company's pushes in a state, the last touched first."""
        return self._listed(pushes.c.company == company, pushes.c.state == state.value, limit=limit)

    def of(self, company: str, kind: Kind, host_ref: str) -> list[Push]:
        """List every push a record ever had, the newest first."""
        rows = self._connection.execute(
            select(pushes)
            .where(pushes.c.company == company, pushes.c.kind == kind.value, pushes.c.host_ref == host_ref)
            .order_by(pushes.c.created_at.desc(), pushes.c.id.desc())
        )
        return [_push(row) for row in rows]

    def unblock(self, company: str, kind: Kind, host_ref: str, now: datetime) -> Push | None:
        """Make a record's push that is held, waits or is tried later due now, and give it; None without one."""
        held = self._open(company, kind, host_ref).get(QUEUE)
        if held is None:
            return None
        return self.save(
            replace(held, state=State.QUEUED, due_at=None, waits_for="", error="", updated_at=now)
        )

    def release_waiting(self, company: str, now: datetime) -> int:
        """Make every waiting push of a company due now, and count them: something they wait for may be there."""
        released = self._connection.execute(
            update(pushes)
            .where(
                pushes.c.company == company,
                pushes.c.state == State.WAITING.value,
                pushes.c.due_at.is_not(None),
            )
            .values(due_at=None, updated_at=now)
        )
        return released.rowcount

    def _open(self, company: str, kind: Kind, host_ref: str) -> dict[str, Push]:
        statement = select(pushes).where(
            pushes.c.company == company,
            pushes.c.kind == kind.value,
            pushes.c.host_ref == host_ref,
            pushes.c.lane != CLOSED,
        )
        rows = self._connection.execute(statement.with_for_update() if self._writing else statement)
        return {row.lane: _push(row) for row in rows}

    def _locked(self, push: str) -> Push:
        row = self._connection.execute(
            select(pushes).where(pushes.c.id == push).with_for_update()
        ).one_or_none()
        assert row is not None, f"{push} was never added"
        return _push(row)

    def _write(self, push: Push) -> None:
        values = _values(push)
        self._connection.execute(update(pushes).where(pushes.c.id == values.pop("id")).values(values))

    def _listed(self, *where: Any, limit: int) -> list[Push]:
        rows = self._connection.execute(
            select(pushes).where(*where).order_by(pushes.c.updated_at.desc(), pushes.c.id.desc()).limit(limit)
        )
        return [_push(row) for row in rows]


def lane(push: Push) -> str:
    """Tell whether a push is under way (QuickBooks may have it), in the queue, or closed."""
    if push.state not in OPEN_STATES:
        return CLOSED
    return FLIGHT if push.state in (State.LEASED, State.SENT) else QUEUE


def _values(push: Push) -> dict[str, Any]:
    return {
        "id": push.id,
        "company": push.company,
        "kind": push.kind.value,
        "host_ref": push.host_ref,
        "action": push.action.value,
        "state": push.state.value,
        "lane": lane(push),
        "rank": ORDER.index(push.kind),
        "created_at": push.created_at,
        "updated_at": push.updated_at,
        "generation": push.generation,
        "attempts": push.attempts,
        "due_at": push.due_at,
        "request_id": push.request_id,
        "body": push.body,
        "sent_at": push.sent_at,
        "waits_for": push.waits_for,
        "error": push.error,
        "tid": push.tid,
        "qbo_id": push.qbo_id,
        "label": push.label,
        "intended": push.intended,
        "sync_token": push.sync_token,
        "duplicate_number": push.duplicate_number,
    }


def _push(row: Row[Any]) -> Push:
    return Push(
        id=row.id,
        company=row.company,
        kind=Kind(row.kind),
        host_ref=row.host_ref,
        action=Action(row.action),
        state=State(row.state),
        created_at=row.created_at,
        updated_at=row.updated_at,
        generation=row.generation,
        attempts=row.attempts,
        due_at=row.due_at,
        request_id=row.request_id,
        body=row.body,
        sent_at=row.sent_at,
        waits_for=row.waits_for,
        error=row.error,
        tid=row.tid,
        qbo_id=row.qbo_id,
        label=row.label,
        intended=row.intended,
        sync_token=row.sync_token,
        duplicate_number=row.duplicate_number,
    )
