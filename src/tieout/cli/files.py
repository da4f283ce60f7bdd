"""Files that a command reads: text and secrets, with an error that names the file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.kit.errors import Invalid

if TYPE_CHECKING:
    from tieout.kit.crypto import Secret

STDIN = "-"


def read_text(path: Path, *, what: str) -> str:
    """Read a text file; `-` is stdin. Raises Invalid when it cannot be read."""
    try:
        raw = sys.stdin.buffer.read() if str(path) == STDIN else path.read_bytes()
    except OSError as error:
        raise Invalid(
            f"The {what} cannot be read",
            record=str(path),
            reason=(error.strerror or type(error).__name__).lower(),
            remedy="Give a file that exists and that you may read",
        ) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(
            f"The {what} is not text in UTF-8",
            record=str(path),
            reason=f"byte {error.start + 1} cannot be read",
            remedy="Save the file in UTF-8",
        ) from error


def read_secret(path: Path, *, what: str) -> Secret:
    """Read a secret: the first line of a file that is not empty. Raises Invalid for an empty file."""
    from tieout.kit.crypto import Secret

    lines = read_text(path, what=what).split()
    if len(lines) != 1:
        raise Invalid(
            f"The {what} cannot be used",
            record=str(path),
            reason="it is empty" if not lines else "it holds more than one word",
            remedy="Put the secret alone into the file",
        )
    return Secret(lines[0])
