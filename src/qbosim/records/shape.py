"""Holding a request's body against the closed list of Intuit's properties, and making its values exact.

What comes out has only known keys, texts as `str`, amounts as `Decimal`, days as `YYYY-MM-DD`, and no nulls: Intuit
ignores a null and clears with an empty text or object.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from qbosim import faults
from qbosim.moments import read_day, read_instant
from qbosim.records.choices import CHOICES
from qbosim.records.fields import FIELDS

_MOST_DIGITS = 15
"""An amount may have ten digits before the point and five behind it; Intuit's documentation of `Amount`."""

Reader = Callable[[Any, str], Any]


def read_object(kind: str, raw: Any, path: str = "") -> dict[str, Any]:
    """Read `raw` as Intuit's object `kind`.

    Raises a 2010 fault for an unknown key or a value of the wrong kind, 2060 for a bad day and 2170 for a value
    outside an enumeration.
    """
    if not isinstance(raw, dict):
        raise faults.unreadable()
    readers = _shape(kind)
    clean: dict[str, Any] = {}
    for key, value in raw.items():
        reader = readers.get(key)
        if reader is None:
            raise faults.unknown_property(kind, key, tuple(readers))
        if value is not None:
            clean[key] = reader(value, f"{path}.{key}" if path else key)
    return clean


def known_keys(kind: str) -> frozenset[str]:
    """Every property that Intuit's object `kind` has."""
    return frozenset(_shape(kind))


def known_part(kind: str, raw: Any) -> Any:
    """`raw` without what Intuit's object `kind` is not known to have: other keys, and words outside enumerations.

    For objects that Intuit itself answered, which may be newer than the list.
    """
    if not isinstance(raw, dict):
        return raw
    kinds = _kinds(kind)
    return {
        key: _known_value(kinds[key], value)
        for key, value in raw.items()
        if key in kinds and not (kinds[key] in CHOICES and isinstance(value, str))
    }


@cache
def _kinds(kind: str) -> dict[str, str]:
    """The kind of every property of Intuit's object `kind`."""
    return dict(entry.split(":") for entry in FIELDS[kind].split())


def _known_value(what: str, value: Any) -> Any:
    if what.endswith("*"):
        one = what[:-1]
        return [_known_value(one, entry) for entry in value] if isinstance(value, list) else value
    return known_part(what, value) if what in FIELDS else value


_shapes: dict[str, dict[str, Reader]] = {}


def _shape(kind: str) -> dict[str, Reader]:
    shape = _shapes.get(kind)
    if shape is None:
        shape = {}
        for entry in FIELDS[kind].split():
            name, _, what = entry.partition(":")
            shape[name] = _list_reader(what[:-1]) if what.endswith("*") else _reader(what)
        _shapes[kind] = shape
    return shape


def _reader(what: str) -> Reader:
    simple = _SIMPLE.get(what)
    if simple is not None:
        return simple
    if what in CHOICES:
        choices = frozenset(CHOICES[what])

        def read_choice(value: Any, path: str) -> Any:
            if value == "":
                return value
            if not isinstance(value, str) or value not in choices:
                raise faults.bad_choice(path, value)
            return value

        return read_choice

    def read_part(value: Any, path: str) -> Any:
        return read_object(what, value, path)

    return read_part


def _list_reader(what: str) -> Reader:
    one = _reader(what)

    def read_list(value: Any, path: str) -> Any:
        if not isinstance(value, list):
            raise faults.unreadable()
        return [one(entry, path) for entry in value if entry is not None]

    return read_list


def _text(value: Any, _path: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return f"{value}"
    raise faults.unreadable()


def _number(value: Any, path: str) -> Any:
    if value == "":
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise faults.unreadable()
    try:
        exact = Decimal(value) if not isinstance(value, float) else Decimal(str(value))
    except InvalidOperation as error:
        raise faults.unreadable() from error
    if not exact.is_finite() or exact.adjusted() >= _MOST_DIGITS:
        raise faults.bad_number(path, value)
    return exact


def _whole(value: Any, path: str) -> Any:
    exact = _number(value, path)
    if exact == "":
        return exact
    if exact != exact.to_integral_value():
        raise faults.unreadable()
    return int(exact)


def _flag(value: Any, _path: str) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        known = {"true": True, "false": False, "": ""}
        if value.lower() in known:
            return known[value.lower()]
    raise faults.unreadable()


def _day(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise faults.bad_day(path, value)
    if value == "":
        return value
    try:
        return read_day(value)
    except ValueError as error:
        raise faults.bad_day(path, value) from error


def _moment(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise faults.bad_day(path, value)
    if value == "":
        return value
    try:
        read_instant(value)
    except ValueError as error:
        raise faults.bad_day(path, value) from error
    return value


def _anything(value: Any, _path: str) -> Any:
    return value


_SIMPLE: dict[str, Reader] = {
    "text": _text,
    "id": _text,
    "number": _number,
    "whole": _whole,
    "flag": _flag,
    "day": _day,
    "moment": _moment,
    "anything": _anything,
}
