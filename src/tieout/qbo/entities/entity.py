"""What an entity of QuickBooks is to us: its names, what Intuit lets us do with it, how it is translated."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto
from typing import Protocol

from tieout.domain.documents import Kind
from tieout.domain.seen import SeenRecord


class Can(Flag):
    """What Intuit's API allows with an entity."""

    QUERY = auto()
    FOLLOW = auto()
    """The change feed covers it."""
    CREATE = auto()
    UPDATE = auto()
    VOID = auto()
    DELETE = auto()
    DEACTIVATE = auto()


class Sees(Protocol):
    """Translates a record's bytes into our own words."""

    def __call__(self, raw: bytes, home_currency: str = "") -> SeenRecord:
        """Translate one record.

        `home_currency` (ISO 4217) is taken where the record names none. msgspec.DecodeError when the bytes
        are not such a record.
        """
        ...


@dataclass(frozen=True)
class Entity:
    """One entity of QuickBooks."""

    name: str
    """As QuickBooks spells it: `CreditMemo`."""
    plural: str
    """For people: `credit memos`."""
    summary: str
    can: Can
    active_flag: bool
    """True for names, which are made inactive rather than deleted and are hidden then."""
    seen: Sees
    kind: Kind | None = None
    """The kind of host record that it is the counterpart of."""
    void_call: tuple[tuple[str, str], ...] = ()
    """Query parameters that make an update a void."""

    def __post_init__(self) -> None:
        assert (Can.VOID in self.can) == bool(self.void_call), self.name

    @property
    def path(self) -> str:
        """Give its part of an address."""
        return self.name.lower()
