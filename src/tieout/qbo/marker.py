"""Our mark in a document's private note, by which a write whose answer was lost is found again."""

from __future__ import annotations

import re
from typing import Final

from tieout.kit.errors import Invalid

NOTE_MAX: Final = 4000
"""Characters of a PrivateNote (Intuit's documentation)."""
MARKED: Final = b"[Tieout "
"""How the mark begins in QuickBooks' own JSON."""
MARK: Final = re.compile(r"\s*\[Tieout ([A-Za-z0-9_-]+)\]")


def with_mark(note: str, push_id: str, *, record: str) -> str:
    """Put the mark behind what people wrote; Invalid when both do not fit.

    `record` names the document in the error.
    """
    mark = f"[Tieout {push_id}]" if push_id else ""
    marked = f"{note.rstrip()}\n{mark}".strip()
    if len(marked) > NOTE_MAX:
        raise Invalid(
            "Its memo is too long",
            record=record,
            reason=f"it has {len(note)} characters, and QuickBooks takes {NOTE_MAX}, our mark included",
            remedy="Shorten the memo, then press Retry",
        )
    return marked


def mark_of(note: str) -> str:
    """Find the push id in a private note; "" when there is none. Of several the last counts."""
    marks: list[str] = MARK.findall(note)
    return marks[-1] if marks else ""


def without_mark(note: str) -> str:
    """Give what people wrote, without our mark."""
    return MARK.sub("", note).strip()
