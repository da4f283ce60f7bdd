"""What differs between two versions of a record, field by field, as a person would point at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

KEPT_QUIET: Final = frozenset({"SyncToken", "MetaData", "sparse", "domain"})
"""Fields that change with every version and say nothing of the record itself."""
ID: Final = "Id"
"""The field that lines are told apart by."""
TEXT_MAX: Final = 500
"""Characters of a value that are shown; a longer one is cut."""


@dataclass(frozen=True)
class Difference:
    """One field that became another."""

    path: str
    """Where it stands: `Line[2].Amount` is the amount of the line whose id is 2, `Line[#2].Amount` that of the second
    changed line of those without an id."""
    before: str | None
    """None when it was not there."""
    after: str | None
    """None when it is not there any more."""


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    """Compare two records, numbers by their value: 5 and 5.0 are the same.

    Parts of a list are matched by their ids; those without one by what they are, in any order.
    """
    for name in sorted({*before, *after} - KEPT_QUIET):
        yield from _of(name, before.get(name), after.get(name))


def _of(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted({*before, *after}):
            yield from _of(f"{path}.{name}", before.get(name), after.get(name))
    elif (
        isinstance(before, Sequence | None)
        and isinstance(after, Sequence | None)
        and not _are_texts(before, after)
    ):
        yield from _of_lists(path, before or (), after or ())
    elif isinstance(before, Mapping) and after is None:
        yield from _of(path, before, {})
    elif before is None and isinstance(after, Mapping):
        yield from _of(path, {}, after)
    else:
        yield Difference(path, _shown(before), _shown(after))


def _are_texts(before: Any, after: Any) -> bool:
    return isinstance(before, str) or isinstance(after, str)


def _of_lists(path: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Difference]:
    had, left_before = _by_id(before)
    has, left_after = _by_id(after)
    for key in [*had, *(key for key in has if key not in had)]:
        yield from _of(f"{path}[{key}]", had.get(key), has.get(key))
    gone = [one for one in left_before if one not in left_after]
    new = [one for one in left_after if one not in left_before]
    for place in range(max(len(gone), len(new))):
        yield from _of(
            f"{path}[#{place + 1}]",
            gone[place] if place < len(gone) else None,
            new[place] if place < len(new) else None,
        )


def _by_id(parts: Sequence[Any]) -> tuple[dict[str, Any], list[Any]]:
    """Split a list into what has an id of its own and what has none, or one that another part has too."""
    found: dict[str, Any] = {}
    others: list[Any] = []
    for part in parts:
        key = part.get(ID) if isinstance(part, Mapping) else None
        if isinstance(key, str) and key not in found:
            found[key] = part
        else:
            others.append(part)
    return found, others


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text if len(text) <= TEXT_MAX else f"{text[: TEXT_MAX - 1]}…"
