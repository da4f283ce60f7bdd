"""Every id, token and throw of the dice, drawn from one seed, so that a whole world can be replayed.

Nothing here keeps a state: a draw is a function of the seed, the kind of thing drawn and its number. The
numbers are row numbers of the store, so a restarted simulator goes on where it stopped and never draws the
same token twice.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from uuid import UUID

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Chance:
    """Draws that depend on nothing but a seed, a kind and a number."""

    def __init__(self, seed: int) -> None:
        """Draw for the world of `seed`."""
        self.seed = seed

    def octets(self, kind: str, number: int | str, length: int) -> bytes:
        """`length` bytes that look random."""
        return hashlib.shake_256(f"{self.seed}|{kind}|{number}".encode()).digest(length)

    def letters(self, kind: str, number: int | str, length: int) -> str:
        """A word of ASCII letters and digits."""
        return "".join(_LETTERS[octet % len(_LETTERS)] for octet in self.octets(kind, number, length))

    def digits(self, kind: str, number: int | str, length: int) -> str:
        """A word of decimal digits."""
        return "".join(str(octet % 10) for octet in self.octets(kind, number, length))

    def hexadecimal(self, kind: str, number: int | str, length: int) -> str:
        """A word of lower-case hexadecimal digits."""
        return self.octets(kind, number, (length + 1) // 2).hex()[:length]

    def base64url(self, kind: str, number: int | str, length: int) -> str:
        """A word of URL-safe base64 without padding, made of `length` bytes."""
        return urlsafe_b64encode(self.octets(kind, number, length)).rstrip(b"=").decode()

    def uuid(self, kind: str, number: int | str) -> str:
        """A version 4 UUID in its usual spelling."""
        return str(UUID(bytes=self.octets(kind, number, 16), version=4))

    def fraction(self, kind: str, number: int | str) -> float:
        """A number from 0 up to but excluding 1."""
        return int.from_bytes(self.octets(kind, number, 7)) / (1 << 56)
