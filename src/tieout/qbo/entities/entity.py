"""What an entity of QuickBooks is to us: its names, what Intuit lets us do with it, how it is kept and translated."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Flag, auto
from typing import Final, Protocol

from tieout.domain.documents import Kind
from tieout.domain.seen import SeenRecord
from tieout.qbo.entities.columns import Columns


class Can(Flag):
    """What Intuit's API allows with an entity."""

    QUERY = auto()
    COUNT = auto()
    """A query may ask how many there are."""
    FOLLOW = auto()
    """The change feed covers it."""
    NOTIFY = auto()
    """Webhooks tell of its changes."""
    CREATE = auto()
    UPDATE = auto()
    VOID = auto()
    DELETE = auto()
    DEACTIVATE = auto()


READ: Final = Can.QUERY | Can.COUNT
HEARD: Final = READ | Can.FOLLOW | Can.NOTIFY
"""Read, and every change is told."""


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
    """As QuickBooks spells it in queries: `CreditMemo`."""
    plural: str
    """For people: `credit memos`."""
    summary: str
    can: Can
    active_flag: bool = False
    """True for names, which are made inactive rather than deleted and are hidden then."""
    columns: Columns = field(default_factory=Columns)
    translation: Sees | None = None
    """How the engine reads a record; None for an entity that is mirrored and nothing more."""
    kind: Kind | None = None
    """The kind of host record that it is the counterpart of."""
    void_call: tuple[tuple[str, str], ...] = ()
    """Query parameters that make an update a void."""
    key: tuple[str, ...] = ("Id",)
    """The fields that together tell one record from the others."""
    order: str = "Id"
    """The property that pages are read in the order of."""
    active: str = "Active"
    """Where a record says that it is inactive; a path."""
    wrapped: bool = False
    """True when each record is an object with one key, the kind of record, that holds it."""
    answered: str = ""
    """The key that it is answered under, where that is not its name."""
    told: str = ""
    """Its name in webhooks, where that is another."""

    def __post_init__(self) -> None:
        assert (Can.VOID in self.can) == bool(self.void_call), self.name
        assert self.kind is None or self.translation is not None, self.name

    @property
    def path(self) -> str:
        """Give its part of an address."""
        return self.name.lower()

    @property
    def answered_as(self) -> str:
        """Give the key that its records are answered under."""
        return self.answered or self.name

    @property
    def told_as(self) -> str:
        """Give the name that webhooks have for it."""
        return self.told or self.name

    @property
    def applied(self) -> bool:
        """Tell whether the engine looks at its changes; those of other entities are mirrored and nothing more."""
        return self.translation is not None

    def seen(self, raw: bytes, home_currency: str = "") -> SeenRecord:
        """Translate a record of an entity that is applied; msgspec.DecodeError when the bytes are not such a record.

        `home_currency` (ISO 4217) is taken where the record names none.
        """
        assert self.translation is not None, f"{self.plural} are mirrored, and nothing reads them"
        return self.translation(raw, home_currency)
