"""What a cycle asks the database in which nothing happened: there are thousands of those, so it must stay little."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from tests.world import World

STATEMENTS = 70
TRANSACTIONS = 21


@contextmanager
def overheard(world: World) -> Iterator[tuple[list[str], list[None]]]:
    """Give the statements that are asked meanwhile, and a mark for each transaction."""
    asked: list[str] = []
    begun: list[None] = []

    def hears(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            asked.append(statement)

    def begins(_connection: object) -> None:
        begun.append(None)

    engine = world.edges.database.engine
    event.listen(engine, "before_cursor_execute", hears)
    event.listen(engine, "begin", begins)
    yield asked, begun
    event.remove(engine, "before_cursor_execute", hears)
    event.remove(engine, "begin", begins)


def test_a_cycle_in_which_nothing_happened_asks_little_and_never_counts_what_is_mirrored(
    world: World,
) -> None:
    world.settle()
    world.pass_time(900)
    world.settle()
    world.pass_time(60)
    with overheard(world) as (asked, begun):
        assert world.sync().state == "succeeded"
    assert [one for one in asked if "FROM records" in one] == []
    assert len(asked) <= STATEMENTS, "\n".join(asked)
    assert len(begun) <= TRANSACTIONS
