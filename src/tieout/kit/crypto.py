"""Secrets at rest: AES-GCM under a ring of named keys, each ciphertext bound to the row that holds it."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tieout.kit.errors import Invalid

NONCE_BYTES = 12
KEY_BYTES = 32


@dataclass(frozen=True)
class Secret:
    """A value that must not show up in a log, an audit line or a traceback."""

    value: str

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


@dataclass(frozen=True)
class Sealed:
    """A secret as it is stored."""

    key_id: str
    """Which key of the ring opens it."""
    box: bytes
    """Nonce and ciphertext."""


@dataclass(frozen=True)
class Keys:
    """Keys of 32 bytes by id, and which of them seals."""

    by_id: Mapping[str, bytes]
    newest: str

    def __post_init__(self) -> None:
        for name, key in self.by_id.items():
            if len(key) != KEY_BYTES:
                raise Invalid(
                    "An encryption key has the wrong length",
                    record=f"key {name}",
                    reason=f"it has {len(key)} bytes, and AES-256 takes {KEY_BYTES}",
                    remedy="Give 32 random bytes in base64, such as `openssl rand -base64 32` prints",
                )
        assert self.newest in self.by_id, f"the newest key {self.newest!r} is not on the ring"

    def __repr__(self) -> str:
        return f"Keys({', '.join(self.by_id)})"


class KeyRing:
    """Seals with the newest key, opens with whichever key sealed."""

    def __init__(self, keys: Keys, *, changed: Callable[[], Keys | None] = lambda: None) -> None:
        """Take the keys; `changed` is asked before each use and gives them when they are others by now."""
        self._keys = keys
        self._changed = changed

    def now(self) -> Keys:
        """Give the keys as they are now."""
        self._keys = self._changed() or self._keys
        return self._keys

    def seal(self, secret: str, *, row: str) -> Sealed:
        """Encrypt a secret so that it opens only as a part of that row (`row` is its identity)."""
        keys = self.now()
        nonce = os.urandom(NONCE_BYTES)
        box = nonce + AESGCM(keys.by_id[keys.newest]).encrypt(nonce, secret.encode(), row.encode())
        return Sealed(keys.newest, box)

    def open(self, sealed: Sealed, *, row: str) -> str:
        """Decrypt a secret of that row; Invalid if the key is gone or the bytes belong elsewhere."""
        key = self.now().by_id.get(sealed.key_id)
        if key is None:
            raise Invalid(
                "A stored secret cannot be opened",
                record=row,
                reason=f"it was sealed with the key {sealed.key_id!r}, which is not on the key ring",
                remedy="Add that key back to the key file, or connect again",
            )
        try:
            return (
                AESGCM(key).decrypt(sealed.box[:NONCE_BYTES], sealed.box[NONCE_BYTES:], row.encode()).decode()
            )
        except InvalidTag as broken:
            raise Invalid(
                "A stored secret cannot be opened",
                record=row,
                reason="its bytes were changed, or belong to another row or key",
                remedy="Restore the database together with its key file, or connect again",
            ) from broken


def keys_from_text(text: str) -> Keys:
    """Read a key file: one `id base64` a line, the newest first."""
    keys: dict[str, bytes] = {}
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            name, key = words
            keys[name] = base64.b64decode(key, validate=True)
        except ValueError as damaged:
            raise Invalid(
                "The key file cannot be read",
                reason="each line holds a key's id and its 32 bytes in base64",
                remedy="Restore the key file from your backup",
            ) from damaged
    if not keys:
        raise Invalid(
            "The key file holds no key",
            remedy="Restore it from your backup; a new key cannot open what the old one sealed",
        )
    return Keys(keys, newest=next(iter(keys)))


def new_key_line(key_id: str) -> str:
    """Make a line for the key file with a fresh random key."""
    return f"{key_id} {base64.b64encode(os.urandom(KEY_BYTES)).decode()}\n"
