"""The key file: the keys that secrets are sealed with, one a line, the newest first; changed while others use it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tieout.kit.crypto import KeyRing, Keys, keys_from_text, new_key_line
from tieout.kit.durable import one_at_a_time, write_durably
from tieout.kit.errors import Invalid


class KeyFile:
    """A key file on disk, which other processes read and may change."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None

    def ring(self) -> KeyRing:
        """Make the ring of its keys, which follows the file; a fresh key is made when there is no file.

        Raises Invalid when the file cannot be read, written or understood.
        """
        try:
            if not self.path.exists():
                with one_at_a_time(self.path):
                    if not self.path.exists():
                        write_durably(self.path, new_key_line("first").encode())
        except OSError as error:
            raise self._unusable(error) from error
        return KeyRing(self._read(), changed=self._changed)

    def add(self, key_id: str) -> None:
        """Put a fresh key in front: from now on it seals. The file as it was is kept beside. Raises Invalid."""
        with self._changing():
            text = self._text()
            assert key_id not in keys_from_text(text).by_id, key_id
            self._replace(text, new_key_line(key_id) + text)

    def leave_out(self, key_ids: set[str]) -> list[str]:
        """Take keys out, and name those that were there; the file as it was is kept beside. Raises Invalid.

        A key that somebody else put in meanwhile stays.
        """
        with self._changing():
            text = self._text()
            gone = [name for name in keys_from_text(text).by_id if name in key_ids]
            if gone:
                kept = [line for line in text.splitlines() if not line.split() or line.split()[0] not in gone]
                self._replace(text, "".join(f"{line}\n" for line in kept))
        return gone

    def backup(self) -> Path:
        """Give the place of the file as it was before its last change."""
        return self.path.with_name(f"{self.path.name}.before")

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Change the file alone: of two who add a key at once, each adds to what the other wrote."""
        try:
            with one_at_a_time(self.path):
                yield
        except OSError as error:
            raise self._unusable(error) from error

    def _replace(self, before: str, after: str) -> None:
        try:
            write_durably(self.backup(), before.encode())
            write_durably(self.path, after.encode())
        except OSError as error:
            raise self._unusable(error) from error

    def _text(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise self._unusable(error) from error

    def _read(self) -> Keys:
        """Read the keys, and note which file they came from, before: one that is changed meanwhile is read again."""
        seen = self._signature()
        keys = keys_from_text(self._text())
        self._seen = seen
        return keys

    def _changed(self) -> Keys | None:
        """Give the keys when the file is another one than was read; None when it is not, or cannot be read now."""
        seen = self._signature()
        if seen is None or seen == self._seen:
            return None
        try:
            return self._read()
        except Invalid:
            # Whoever runs on goes on with the keys it has; whoever starts is told what is wrong with the file.
            return None

    def _signature(self) -> tuple[int, int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _unusable(self, error: OSError | UnicodeDecodeError) -> Invalid:
        return Invalid(
            "The key file cannot be used",
            record=str(self.path),
            reason=str(getattr(error, "strerror", None) or "it holds no text").lower(),
            remedy="Restore it from your backup, or name another: TIEOUT_KEY_FILE=/path",
        )
