"""Ids: short, sortable by the time of their making, and replayable when seeded."""

from __future__ import annotations

import random
import secrets
from typing import Protocol

from tieout.kit.clock import Clock

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter that a person mistakes for a digit."""


class Ids(Protocol):
    """Makes ids and secrets."""

    def new(self, prefix: str) -> str:
        """Make an id nobody has, such as `push_01jd…`; at most 30 characters after a prefix of up to 8."""
        ...

    def token(self) -> str:
        """Make an unguessable value of 32 bytes, URL-safe."""
        ...

    def chance(self) -> float:
        """Give a number from 0 up to 1, for what must not happen everywhere at the same moment."""
        ...


def encoded(number: int, length: int) -> str:
    """Write a number in base 32 with leading zeros."""
    digits: list[str] = []
    for _ in range(length):
        digits.append(ALPHABET[number & 31])
        number >>= 5
    return "".join(reversed(digits))


class RandomIds:
    """Ids from the clock and the machine's randomness."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def new(self, prefix: str) -> str:
        """Make an id: 10 characters of time (milliseconds), 12 of randomness."""
        milliseconds = int(self._clock.now().timestamp() * 1000)
        return f"{prefix}_{encoded(milliseconds, 10)}{encoded(secrets.randbits(60), 12)}"

    def token(self) -> str:
        """Make an unguessable value."""
        return secrets.token_urlsafe(32)

    def chance(self) -> float:
        """Give a number from 0 up to 1."""
        return secrets.randbits(53) / 2**53


class SeededIds:
    """The same ids for the same seed, in the order asked: for simulations."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  replay is the purpose here
        # Apart, so that one more wait somewhere does not change every id after it.
        self._chance = random.Random(f"chance {seed}")  # noqa: S311
        self._count = 0

    def new(self, prefix: str) -> str:
        """Make the next id of this seed."""
        self._count += 1
        return f"{prefix}_{encoded(self._count, 10)}{encoded(self._random.getrandbits(60), 12)}"

    def token(self) -> str:
        """Make the next value of this seed; guessable, so never outside a simulation."""
        return encoded(self._random.getrandbits(160), 32)

    def chance(self) -> float:
        """Give the next number of this seed, from 0 up to 1."""
        return self._chance.random()
