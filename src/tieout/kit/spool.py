"""A spool: what must not be lost between an answer from outside and our commit, kept until it is safe elsewhere.

Each entry is in memory, and in a file of its own that survives the process. Whoever puts something in has
sealed it: the spool does not know what it keeps. A disk that cannot be written leaves the memory.
"""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Final

import structlog

from tieout.kit.durable import write_durably

_NAME: Final = re.compile(r"[a-z0-9_-]{1,80}")
log = structlog.get_logger()


class Spool:
    """Sealed entries by name."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which is made when it is needed."""
        self._folder = folder
        self._memory: dict[str, bytes] = {}
        self._guard = threading.Lock()

    def keep(self, name: str, entry: bytes) -> bool:
        """Keep an entry in place of the former one; False when it is in this process's memory only."""
        assert _NAME.fullmatch(name), name
        with self._guard:
            self._memory[name] = entry
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_durably(self._folder / name, entry)
        except OSError as error:
            log.warning("spool", file=str(self._folder / name), error=error.strerror)
            return False
        return True

    def held(self, name: str) -> list[bytes]:
        """Give what is kept under a name: by this process, and on disk by whichever process wrote last."""
        with self._guard:
            found = [self._memory[name]] if name in self._memory else []
        try:
            on_disk = (self._folder / name).read_bytes()
        except OSError:
            return found
        return found if on_disk in found else [*found, on_disk]

    def names(self) -> list[str]:
        """List under which names something is kept."""
        try:
            on_disk = {path.name for path in self._folder.iterdir() if _NAME.fullmatch(path.name)}
        except OSError:
            on_disk = set()
        with self._guard:
            return sorted(on_disk | set(self._memory))

    def drop(self, name: str) -> None:
        """Forget an entry that is safe elsewhere; nothing happens when there is none."""
        with self._guard:
            self._memory.pop(name, None)
        try:
            (self._folder / name).unlink(missing_ok=True)
        except OSError as error:
            # What stays is read again and found to be old: it can do no harm.
            log.warning("spool", file=str(self._folder / name), error=error.strerror)
