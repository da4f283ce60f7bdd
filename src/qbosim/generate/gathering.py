"""A company whose records are kept in memory for a while and written together.

The rules that make and change records are those of the API, word for word; only the way into the tables differs. A day's
hundred payments move one bank account a hundred times and write it once.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from qbosim.jsontext import money
from qbosim.moments import whole_seconds
from qbosim.records.changes import Changes
from qbosim.records.company import Company, Record
from qbosim.records.layout import Layout, Property

_OF_ONE_CALL = ("info", "preferences", "country", "home_currency")
"""What a company works out once for each call, and stays so until one of its settings is written."""
_DAY_STAYS = 900
"""Seconds: a day begins on a full quarter of an hour in all zones."""


class Gathering(Company):
    """A company's books, open for many calls one after another; `write_out` brings what they did into the tables.

    Postings and applications go straight to their tables, as ever. Nothing is undone here: a call that fails leaves the
    books half-written, so whoever generates them begins anew.
    """

    _gathered: dict[str, dict[int, bool]]
    """Records not yet written, by entity and id, and whether they are new."""
    _counters: dict[str, int]
    _answers: dict[str, dict[tuple[Any, ...], list[int]]]
    """Which records of a name list a condition found, as long as that cannot have changed."""
    _looked_at: dict[str, set[str]]
    """The keys of the body that those conditions look at."""
    _moves: dict[tuple[Callable[[Any, int, Decimal], None], int], tuple[Decimal, int]]
    """Balances that moved: by how much, and at which second the last time."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._gathered = defaultdict(dict)
        self._counters = {}
        self._answers = defaultdict(dict)
        self._looked_at = defaultdict(set)
        self._moves = {}

    def begin_call(self, now: datetime) -> None:
        """The next call comes at the instant `now`, and knows nothing of the ones before."""
        seconds = whole_seconds(now)
        if seconds // _DAY_STAYS != self.seconds // _DAY_STAYS:
            self.__dict__.pop("today", None)
        self.now = now
        self.seconds = seconds
        self.changes = Changes()

    def write_out(self) -> None:
        """Write what was gathered, and forget the transactions; name lists stay at hand."""
        self._move_balances()
        for name in list(self._gathered):
            self._write_entity(self.entities[name])
        self.db.executemany(
            "INSERT INTO counter VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            [(self.realm, name, value) for name, value in self._counters.items()],
        )
        self.entries.clear()
        lists = {name for name, entity in self.entities.items() if not entity.day_key}
        self._seen = {
            key: record for key, record in self._seen.items() if key[0] in lists and record is not None
        }

    def select(self, entity: str, where: str, *values: Any) -> Iterator[Record]:
        """Live records for which the SQL condition `where` on the entity's columns holds, by id."""
        layout = self.entities[entity]
        if not layout.is_list:
            self._write_entity(layout)
            yield from super().select(entity, where, *values)
            return
        answers = self._answers[entity]
        key = (where, *values)
        if key not in answers:
            self._write_entity(layout)
            answers[key] = [record.id for record in super().select(entity, where, *values)]
            self._looked_at[entity].update(_key(each) for each in layout.properties if each.column in where)
        for number in answers[key]:
            record = self.find(entity, number)
            assert record is not None, "a record of a name list is never deleted behind an answer"
            yield record

    def move_balance(self, how: Callable[[Self, int, Decimal], None], number: int, delta: Decimal) -> None:
        """Remember that balances moved; no rule looks at them before they are written."""
        before = self._moves.get((how, number))
        self._moves[how, number] = (delta if before is None else before[0] + delta, self.seconds)

    def rename(self, record: Record, before: str, readers: Collection[str]) -> None:
        """Show a record's new name in every reference to it, written or not."""
        self.write_out()
        super().rename(record, before, readers)

    def move(self, entity: str, number: int, by: Mapping[str, Decimal], updated: int) -> None:
        """Let balances of a record of a name list move as others moved them, the last time at `updated`."""
        record = self.find(entity, number)
        assert record is not None, "a balance belongs to a record that exists"
        moved = {key: money(record.body.get(key, 0) + amount) for key, amount in by.items()}
        latest = max(record.updated, updated)
        changed = dataclasses.replace(record, body={**record.body, **moved}, updated=latest)
        self._write(changed, new=False)
        self._seen[entity, number] = changed

    def counters(self) -> dict[str, int]:
        """The last number of each counter that was asked for one."""
        return dict(self._counters)

    def count_up(self, counter: str, first: int = 1) -> int:
        """Take the next number of a counter, starting with `first`."""
        if counter not in self._counters:
            row = self.db.execute(
                "SELECT value FROM counter WHERE realm = ? AND name = ?", (self.realm, counter)
            ).fetchone()
            self._counters[counter] = first - 1 if row is None else int(row[0])
        self._counters[counter] += 1
        return self._counters[counter]

    def count_from(self, counter: str, last: int) -> None:
        """Make a counter go on after `last`, unless it is further already."""
        self._counters[counter] = max(self.count_up(counter) - 1, last)

    def _write(self, record: Record, *, new: bool) -> None:
        entity = record.entity
        self.db.written(entity.table)
        gathered = self._gathered[entity.name]
        gathered[record.id] = gathered.get(record.id, False) or new
        if entity.single:
            for name in (*_OF_ONE_CALL, "today"):
                self.__dict__.pop(name, None)
        elif entity.is_list:
            self._keep_answers(record, None if new else self._seen.get((entity.name, record.id)))

    def _write_gone(self, record: Record) -> None:
        self._write_entity(record.entity)
        self._answers.pop(record.entity.name, None)
        super()._write_gone(record)

    def _move_balances(self) -> None:
        """Move the balances, those that moved last at last: what they have in common is as new as the newest."""
        moves, self._moves, now = self._moves, {}, self.seconds
        for (how, number), (delta, self.seconds) in sorted(moves.items(), key=lambda move: move[1][1]):
            how(self, number, delta)
        self.seconds = now

    def _keep_answers(self, record: Record, before: Record | None) -> None:
        """Drop the answers when a written record may have changed one."""
        answers = self._answers.get(record.entity.name)
        if not answers:
            return
        looked_at = self._looked_at[record.entity.name]
        if before is None or any(before.body.get(key) != record.body.get(key) for key in looked_at):
            answers.clear()

    def _write_entity(self, entity: Layout) -> None:
        gathered = self._gathered.pop(entity.name, {})
        for new in (True, False):
            records = [
                record
                for number, is_new in sorted(gathered.items())
                if is_new is new and (record := self._seen[entity.name, number]) is not None
            ]
            if records:
                self._write_all(entity, records, new=new)


def _key(entry: Property) -> str:
    """The key of the body under which a property stands."""
    return entry.within or (entry.path or (entry.name,))[0]
