"""Secrets at rest: AES-GCM under a ring of named keys, each ciphertext bound to the row that holds it."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
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


class KeyRing:
    """Seals with the newest key, opens with whichever key sealed."""

    def __init__(self, keys: Mapping[str, bytes], newest: str) -> None:
        """Take keys of 32 bytes by id; `newest` names the one to seal with."""
        for name, key in keys.items():
            if len(key) != KEY_BYTES:
                raise Invalid(
                    "An encryption key has the wrong length",
                    record=f"key {name}",
                    reason=f"it has {len(key)} bytes, and AES-256 takes {KEY_BYTES}",
                    remedy="Give 32 random bytes in base64, such as `openssl rand -base64 32` prints",
                )
        assert newest in keys, f"the newest key {newest!r} is not on the ring"
        self._keys = dict(keys)
        self._newest = newest

    def seal(self, secret: str, *, row: str) -> Sealed:
        """Encrypt a secret so that it opens only as a part of that row (`row` is its identity)."""
        nonce = os.urandom(NONCE_BYTES)
        box = nonce + AESGCM(self._keys[self._newest]).encrypt(nonce, secret.encode(), row.encode())
        return Sealed(self._newest, box)

    def open(self, sealed: Sealed, *, row: str) -> str:
        """Decrypt a secret of that row; Invalid if the key is gone or the bytes belong elsewhere."""
        key = self._keys.get(sealed.key_id)
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


def ring_from_text(text: str) -> KeyRing:
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
    return KeyRing(keys, newest=next(iter(keys)))


def new_key_line(key_id: str) -> str:
    """Make a line for the key file with a fresh random key."""
    return f"{key_id} {base64.b64encode(os.urandom(KEY_BYTES)).decode()}\n"
