"""Pushes: one under way and one behind it, dependencies first, and states that only go where they may."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.storage.sample import MINUTE, NOW, push, stored, with_company
from tieout.domain.documents import Kind
from tieout.domain.pushes import OPEN_STATES, ORDER, Action, Push, State
from tieout.kit.errors import ChangedElsewhere
from tieout.storage.database import Database
from tieout.storage.pushes import LEGAL


def test_a_push_comes_back_with_every_field(database: Database) -> None:
    with_company(database)
    full = Push(
        "push_1", "co_1", Kind.INVOICE, "inv-1", Action.UPDATE, State.QUEUED, NOW, NOW + MINUTE, 3, 2,
        NOW + 2 * MINUTE, "push-1-3-2", b'{"Id":"7"}', NOW, "Client X", "late", "1-abc", "7", "Invoice 1",
        "fp", "4", True,
    )  # fmt: skip
    with database.transaction() as work:
        work.pushes.add(full)
        assert work.pushes.get("push_1") == full


def test_a_newer_intention_supersedes_one_that_has_not_left(database: Database) -> None:
    with_company(database)
    for state in (State.QUEUED, State.WAITING, State.BLOCKED, State.RETRY_AT):
        ref = f"inv-{state.value}"
        with database.transaction() as work:
            old = push(f"old-{state.value}", ref)
            work.pushes.add(old)
            if state is not State.QUEUED:
                work.pushes.save(replace(old, state=state))
            added = work.pushes.add(push(f"new-{state.value}", ref))
            assert added.superseded is not None
            assert added.superseded.state is state
            assert [one.id for one in work.pushes.open_of("co_1", Kind.INVOICE, ref)] == [
                f"new-{state.value}"
            ]
            assert stored(work, f"old-{state.value}").state is State.SUPERSEDED


@pytest.mark.parametrize("state", [State.LEASED, State.SENT])
def test_a_newer_intention_waits_behind_one_that_is_under_way(database: Database, state: State) -> None:
    with_company(database)
    with database.transaction() as work:
        under_way = replace(push("first"), state=state)
        work.pushes.add(push("first"))
        work.pushes.save(under_way)
        added = work.pushes.add(push("second", at=NOW + MINUTE))
        assert (added.superseded, added.behind) == (None, under_way)
        assert [one.id for one in work.pushes.open_of("co_1", Kind.INVOICE, "inv-1")] == ["first", "second"]
        assert [one.id for one in work.pushes.due("co_1", NOW + MINUTE, 10)] == ["first"]
        third = work.pushes.add(push("third", at=NOW + 2 * MINUTE))
        assert third.superseded is not None
        assert third.superseded.id == "second"
        work.pushes.save(replace(under_way, state=State.SENT))
        work.pushes.save(replace(under_way, state=State.CONFIRMED))
        assert [one.id for one in work.pushes.due("co_1", NOW + MINUTE, 10)] == ["third"]


def test_a_push_that_goes_back_to_the_queue_makes_way_for_a_newer_one(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.pushes.add(push("first"))
        work.pushes.save(replace(push("first"), state=State.SENT))
        work.pushes.add(push("second"))
        kept = work.pushes.save(replace(push("first"), state=State.RETRY_AT, due_at=NOW))
        assert kept.state is State.SUPERSEDED
        assert [one.id for one in work.pushes.open_of("co_1", Kind.INVOICE, "inv-1")] == ["second"]


def test_what_is_due_comes_in_the_order_of_dependencies_then_of_age(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        for number, kind in enumerate(reversed(ORDER)):
            work.pushes.add(push(f"late-{kind.value}", f"late-{kind.value}", kind=kind, at=NOW + MINUTE))
            work.pushes.add(push(f"p{number}", f"early-{kind.value}", kind=kind, at=NOW))
        due = work.pushes.due("co_1", NOW, 100)
        assert [(one.kind, one.host_ref.split("-")[0]) for one in due] == [
            (kind, age) for kind in ORDER for age in ("early", "late")
        ]
        assert work.pushes.due("co_1", NOW, 3) == due[:3]


def test_a_push_is_due_at_its_time_and_a_blocked_one_never(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        for state in (State.WAITING, State.RETRY_AT, State.SENT, State.BLOCKED):
            work.pushes.add(push(state.value, state.value))
            work.pushes.save(replace(push(state.value, state.value), state=state, due_at=NOW + 5 * MINUTE))
        assert work.pushes.due("co_1", NOW + 4 * MINUTE, 10) == []
        assert {one.id for one in work.pushes.due("co_1", NOW + 5 * MINUTE, 10)} == {
            "waiting",
            "retry_at",
            "sent",
        }
        assert work.pushes.next_due("co_1") == NOW + 5 * MINUTE


def test_nothing_is_due_when_all_is_blocked_or_over(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        assert work.pushes.next_due("co_1") is None
        work.pushes.add(push("p"))
        work.pushes.save(replace(push("p"), state=State.BLOCKED))
        assert work.pushes.next_due("co_1") is None
        assert work.pushes.oldest_open("co_1") == NOW


def test_a_blocked_or_waiting_push_is_released_by_name(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.pushes.add(push("p"))
        work.pushes.save(replace(push("p"), state=State.BLOCKED, error="not linked"))
        released = work.pushes.unblock("co_1", Kind.INVOICE, "inv-1", NOW + MINUTE)
        assert released is not None
        assert (released.state, released.error, released.due_at) == (State.QUEUED, "", None)
        assert work.pushes.unblock("co_1", Kind.INVOICE, "inv-2", NOW) is None
        work.pushes.save(replace(released, state=State.SENT))
        assert work.pushes.unblock("co_1", Kind.INVOICE, "inv-1", NOW) is None, "it is under way"


def test_everything_that_waits_is_released_at_once(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        for number in range(3):
            work.pushes.add(push(f"p{number}", f"inv-{number}"))
            work.pushes.save(
                replace(
                    push(f"p{number}", f"inv-{number}"), state=State.WAITING, due_at=NOW + timedelta(days=1)
                )
            )
        assert work.pushes.release_waiting("co_1", NOW) == 3
        assert len(work.pushes.due("co_1", NOW, 10)) == 3


@pytest.mark.parametrize("before", list(State))
@pytest.mark.parametrize("after", list(State))
def test_a_push_goes_only_where_it_may(database: Database, before: State, after: State) -> None:
    with_company(database)
    with database.transaction() as work:
        work.pushes.add(push("p"))
        way = [State.SENT, before] if before is State.CONFIRMED else [before]
        for step in way:
            work.pushes.save(replace(push("p"), state=step))

    def go() -> None:
        with database.transaction() as work:
            work.pushes.save(replace(push("p"), state=after))

    if before not in OPEN_STATES:
        with pytest.raises(ChangedElsewhere) as over:
            go()
        assert all(over.value.parts().values())
    elif after in LEGAL[before]:
        go()
    else:
        with pytest.raises(AssertionError):
            go()


def test_a_push_under_way_is_never_put_back_as_if_nothing_had_been() -> None:
    assert State.QUEUED not in LEGAL[State.SENT]
    assert State.CANCELLED not in LEGAL[State.SENT]
    assert all(not LEGAL[state] for state in State if state not in OPEN_STATES)


def test_a_cancelled_push_makes_room_for_another(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.pushes.add(push("p"))
        work.pushes.save(replace(push("p"), state=State.CANCELLED))
        assert work.pushes.counts("co_1") == {State.CANCELLED: 1}
        added = work.pushes.add(push("q"))
        assert (added.superseded, added.behind) == (None, None)


def test_open_pushes_can_be_looked_at_without_writing(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.pushes.add(push("p"))
    with database.reading() as work:
        assert [one.id for one in work.pushes.open_of("co_1", Kind.INVOICE, "inv-1")] == ["p"]
        assert len(work.pushes.due("co_1", NOW, 10)) == 1


def test_a_push_that_a_cycle_sends_cannot_be_cancelled_by_who_saw_it_queued(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.pushes.add(push("p"))
    order: list[str] = []

    def send() -> None:
        with database.transaction() as work:
            state = stored(work, "p").state
            try:
                work.pushes.save(replace(push("p"), state=State.SENT))
                order.append(f"sent from {state.value}")
            except ChangedElsewhere:
                order.append("not sent")

    cycle = threading.Thread(target=send)
    with database.transaction() as work:
        (seen,) = work.pushes.open_of("co_1", Kind.INVOICE, "inv-1")
        assert seen.state is State.QUEUED
        cycle.start()
        cycle.join(0.3)
        work.pushes.save(replace(seen, state=State.CANCELLED))
        order.append("cancelled")
    cycle.join()
    assert order == ["cancelled", "not sent"]


def test_pushes_are_listed_by_their_last_touch_and_by_record(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        for number in range(3):
            work.pushes.add(push(f"p{number}", f"inv-{number}", at=NOW + number * MINUTE))
        work.pushes.save(replace(push("p0", "inv-0"), state=State.CANCELLED, updated_at=NOW + 9 * MINUTE))
        work.pushes.add(push("p9", "inv-0", at=NOW + 10 * MINUTE))
        assert [one.id for one in work.pushes.recent("co_1", 3)] == ["p9", "p0", "p2"]
        assert [one.id for one in work.pushes.of("co_1", Kind.INVOICE, "inv-0")] == ["p9", "p0"]
        assert [one.id for one in work.pushes.in_state("co_1", State.QUEUED)] == ["p9", "p2", "p1"]
        newest = work.pushes.open_of_many("co_1", Kind.INVOICE, ["inv-0", "inv-1", "inv-x"])
        assert {ref: one.id for ref, one in newest.items()} == {"inv-0": "p9", "inv-1": "p1"}


def test_what_a_cycle_leases_is_in_flight_until_it_is_sent_or_given_back(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.pushes.add(push("first"))
        leased = work.pushes.lease("co_1", NOW, 10)
        assert [(one.id, one.state) for one in leased] == [("first", State.LEASED)]
        assert [one.id for one in work.pushes.due("co_1", NOW, 10)] == ["first"], (
            "a dead cycle's is due again"
        )
        added = work.pushes.add(push("second"))
        assert added.behind is not None
        assert [one.id for one in work.pushes.due("co_1", NOW, 10)] == ["first"]
        assert work.pushes.give_back("co_1", NOW) == 1
        first = work.pushes.get("first")
        assert first is not None
        assert first.state is State.SUPERSEDED, "a newer intention waited behind it"
        assert [one.id for one in work.pushes.due("co_1", NOW, 10)] == ["second"]


def test_a_push_that_was_sent_is_leased_by_nobody_and_stays_sent(database: Database) -> None:
    with_company(database)
    with database.transaction() as work:
        work.pushes.add(push("first"))
        (leased,) = work.pushes.lease("co_1", NOW, 10)
        work.pushes.save(replace(leased, state=State.SENT, sent_at=NOW))
        assert [one.state for one in work.pushes.lease("co_1", NOW, 10)] == [State.SENT]
        assert work.pushes.give_back("co_1", NOW) == 0
