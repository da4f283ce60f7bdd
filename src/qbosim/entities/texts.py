"""Limits on texts: lengths, characters in names, e-mail addresses."""

from __future__ import annotations

from collections.abc import Mapping

from qbosim import faults
from qbosim.records.layout import Body

DELETED = " (deleted)"
"""What Intuit appends to the name of a deactivated record (recorded)."""


def check_lengths(body: Body, limits: Mapping[str, int]) -> None:
    """Refuse texts that are longer than Intuit's documentation allows; keys may be paths (`Memo.value`)."""
    for path, most in limits.items():
        value: object = body
        for step in path.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, str) and len(value) > most:
            raise faults.bad_length(path, most, len(value))


def check_name(element: str, name: str) -> None:
    """Refuse a colon, a tab and a new line in a name (rule documented, words assumed)."""
    if any(mark in name for mark in ":\t\n"):
        raise faults.business(
            f"{element} can't contain a colon (:), a tab or a new line. Supplied value:{name}"
        )


def check_emails(body: Body, key: str) -> None:
    """Refuse what is no e-mail address; several may stand in one field, parted by commas (recorded)."""
    address = body.get(key, {}).get("Address") if isinstance(body.get(key), dict) else None
    if not address:
        return
    if len(address) > 100:
        raise faults.bad_length(f"{key}.Address", 100, len(address))
    for one in address.split(","):
        local, at, domain = one.strip().rpartition("@")
        if not (at and local and "." in domain) or " " in one.strip():
            raise faults.bad_email(key)


def without_deleted(name: str) -> str:
    """A name without the suffix of deactivated records."""
    return name[: -len(DELETED)] if name.endswith(DELETED) else name
