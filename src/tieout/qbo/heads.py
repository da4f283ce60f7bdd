"""Heads of records: the few fields that the mirror keeps beside a record's bytes, decoded a whole page at once.

What is decoded follows from the entity's declaration: a structure is made of it, once. A page is gone through
twice, once to split it into records that nobody has looked into, once to decode their heads. When something in
it has not the form that Intuit documents, its records are looked at one by one, and the one that is spoilt is
kept without columns: it is one problem of its own, not the end of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any, Final, TypeAlias

import msgspec

from tieout.domain.seen import Gone
from tieout.kit.instants import instant_told
from tieout.qbo.entities import by_name
from tieout.qbo.entities.columns import TYPES
from tieout.qbo.entities.entity import Entity
from tieout.qbo.entities.spelling import living_name
from tieout.qbo.record import Record, Unread

KEY_JOINT: Final = ":"
"""Between the parts of a key that several fields make."""
PLACES_MAX: Final = 30
"""Digits before or behind the point beyond which a number is no amount (Intuit's have 15)."""
STATE: Final = ("SyncToken", "status", "MetaData.CreateTime", "MetaData.LastUpdatedTime")
NOTHING: Final = "nothing"
"""An attribute that every structure has, and that is None: what stands where an entity has no such column."""

Fields: TypeAlias = dict[str, tuple[Any, ...]]
"""By path: the type of a field, and its default where it may be absent."""
Values: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True)
class _Reading:
    """One way to read a record: the type of what is decoded, and the values that are taken from it."""

    type: Any
    decoder: msgspec.json.Decoder[Any]
    values: Callable[[Any], Values]


class Heads:
    """Reads the heads of one entity's records."""

    def __init__(self, entity: Entity) -> None:
        """Make the structures that the entity's declaration asks for."""
        columns = entity.columns.paths()
        key: Fields = dict.fromkeys(entity.key, (str,))
        state: Fields = dict.fromkeys(STATE, (str | None, None)) | {entity.active: (bool | None, None)}
        shown: Fields = {
            path: (TYPES.get(name, str) | None, None) for name, paths in columns.items() for path in paths
        }
        column_of = {path: name for name, paths in columns.items() for path in paths}
        kept = [*entity.key, entity.active, *STATE]
        listed = [path for paths in columns.values() for path in paths or (NOTHING,)]
        self._name = entity.name
        self._key_length = len(entity.key)
        self._choose = _choosing(columns.values())
        typed: Fields = {path: (TYPES.get(column_of.get(path, ""), str),) for path in entity.key}
        self._whole = _reading({**shown, **state, **typed}, [*kept, *listed], wrapped=entity.wrapped)
        blank = [NOTHING] * len(listed)
        self._spoilt = (
            self._whole,
            _reading({**state, **key}, [*kept, *blank], wrapped=entity.wrapped),
            _reading(key, [*entity.key, *[NOTHING] * (len(STATE) + 1), *blank], wrapped=entity.wrapped),
        )
        self._raws = msgspec.json.Decoder(list[msgspec.Raw])
        self._listed = msgspec.json.Decoder(list[self._whole.type])  # type: ignore[name-defined]  # made at run time
        self._raw_answer = _answer_decoder(entity.answered_as, msgspec.Raw)
        self._answer = _answer_decoder(entity.answered_as, self._whole.type)

    def of_answer(self, body: bytes, tid: str) -> tuple[list[Record | Gone | Unread], str]:
        """Read a query's answer: its objects, and Intuit's clock as text; msgspec.DecodeError when it is none."""
        answer = self._raw_answer.decode(body)
        try:
            heads = self._answer.decode(body).QueryResponse.records
        except msgspec.ValidationError:
            heads = None
        return self._records(answer.QueryResponse.records, heads, tid), answer.time

    def of_list(self, listed: msgspec.Raw, tid: str) -> list[Record | Gone | Unread]:
        """Read a list of objects, as the change feed has them; msgspec.DecodeError when it is none."""
        raws = self._raws.decode(listed)
        try:
            heads = self._listed.decode(listed)
        except msgspec.ValidationError:
            heads = None
        return self._records(raws, heads, tid)

    def of_one(self, raw: msgspec.Raw | bytes, tid: str) -> Record | Gone:
        """Read one record; msgspec.DecodeError when it is no object or nothing tells it from others."""
        *tried, last = self._spoilt
        for reading in tried:
            try:
                return self._made(reading.values(reading.decoder.decode(raw)), raw, tid)
            except msgspec.ValidationError:
                continue
        return self._made(last.values(last.decoder.decode(raw)), raw, tid)

    def _records(
        self, raws: list[msgspec.Raw], heads: list[Any] | None, tid: str
    ) -> list[Record | Gone | Unread]:
        made, values = self._made, self._whole.values
        if heads is not None:
            try:
                return [made(values(head), raw, tid) for head, raw in zip(heads, raws, strict=True)]
            except msgspec.ValidationError:
                pass  # an object that does not hold one record inside its kind: looked at alone, below
        return [self._of_one_or_not(raw, tid, place) for place, raw in enumerate(raws, 1)]

    def _of_one_or_not(self, raw: msgspec.Raw, tid: str, place: int) -> Record | Gone | Unread:
        try:
            return self.of_one(raw, tid)
        except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
            return Unread(self._name, place, str(wrong))

    def _made(self, values: Values, raw: msgspec.Raw | bytes, tid: str) -> Record | Gone:
        """Make a record of a head's values; this runs for every record of an import."""
        length = self._key_length
        qbo_id = values[0] if length == 1 else KEY_JOINT.join(map(str, values[:length]))
        active, token, status, created, updated = values[length : length + 5]
        if status == "Deleted":
            return Gone(self._name, qbo_id, instant_told(updated or ""))
        shown = values[length + 5 :]
        name, number, party, dated, due, amount, balance, currency = (
            shown if self._choose is None else self._choose(shown)
        )
        return Record(
            self._name,
            qbo_id,
            token or "0",
            active is not False,
            bytes(raw),
            tid,
            created or "",
            updated or "",
            living_name(name) if name else "",
            number or "",
            party or "",
            dated,
            due,
            "" if amount is None else _amount(amount),
            "" if balance is None else _amount(balance),
            currency or "",
        )


@lru_cache(maxsize=128)
def heads_of(entity: str) -> Heads:
    """Find how the heads of an entity's records are read."""
    return Heads(by_name(entity))


def decoded(entity: str, raw: msgspec.Raw | bytes, tid: str) -> Record | Gone:
    """Decode the head of one record; msgspec.DecodeError when it has no id or is no object."""
    return heads_of(entity).of_one(raw, tid)


def _amount(number: Decimal) -> str:
    """Write an amount as exact decimal text; "" for what is none, such as 1e999."""
    text = str(number)
    if "E" not in text and text[-1] <= "9":
        return text  # nearly all: `str` is four times as quick as the format that never writes an exponent
    if number.is_finite() and -PLACES_MAX < number.adjusted() < PLACES_MAX:
        return f"{number:f}"
    return ""


def _choosing(groups: Iterable[tuple[str, ...]]) -> Callable[[Values], Values] | None:
    """Make what picks the first alternative that a record has, column by column; None when there are none."""
    sizes = [len(group) or 1 for group in groups]
    if max(sizes) == 1:
        return None
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    firsts = itemgetter(*starts)
    several = [
        (number, slice(start + 1, start + size))
        for number, (start, size) in enumerate(zip(starts, sizes, strict=True))
        if size > 1
    ]

    def choose(values: Values) -> Values:
        chosen: Values = firsts(values)
        for number, others in several:
            if chosen[number] in (None, ""):
                other = next((one for one in values[others] if one not in (None, "")), None)
                chosen = (*chosen[:number], other, *chosen[number + 1 :])
        return chosen

    return choose


def _reading(fields: Fields, taken: list[str], *, wrapped: bool) -> _Reading:
    """Make a way to read records: `fields` are decoded, the values of `taken` are given, in that order."""
    head = _struct("Head", fields)
    values: Callable[[Any], Values] = attrgetter(*taken)
    if not wrapped:
        return _Reading(head, msgspec.json.Decoder(head), values)
    inside = dict[str, head]  # type: ignore[valid-type]  # made at run time
    return _Reading(inside, msgspec.json.Decoder(inside), lambda outer: values(_only(outer)))


def _only(outer: dict[str, Any]) -> Any:
    """Take a record out of the object that its kind names."""
    if len(outer) != 1:
        raise msgspec.ValidationError(f"expected one kind of record, found {sorted(outer)}")
    return next(iter(outer.values()))


def _struct(name: str, fields: Fields) -> type[msgspec.Struct]:
    """Make a structure of paths: `CustomerRef.name` becomes a structure within; an absent one is an empty one."""
    inner: dict[str, Fields] = {}
    made: list[Any] = []
    for path, (kind, *default) in fields.items():
        head, _, rest = path.partition(".")
        if rest:
            inner.setdefault(head, {})[rest] = (kind, *default)
        else:
            made.append((head, kind, *default))
    for head, within in inner.items():
        part = _struct(head, within)
        made.append((head, part, part()))
    made.sort(key=len)  # what has no default comes first
    return msgspec.defstruct(name, made, frozen=True, gc=False, namespace={NOTHING: None})


def _answer_decoder(key: str, record: Any) -> msgspec.json.Decoder[Any]:
    """Make the decoder of an entity's answers: `key` is the name of the list."""
    found = msgspec.defstruct(
        "Found", [("records", list[record], msgspec.field(default_factory=list, name=key))]
    )
    return msgspec.json.Decoder(msgspec.defstruct("Answer", [("QueryResponse", found), ("time", str, "")]))
