"""Checks: what each step of the demo's day was compared with, and how it came out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Check:
    """One comparison: what was expected and what was found, in words for people."""

    what: str
    expected: str
    found: str
    ok: bool

    def data(self) -> dict[str, Any]:
        """Give it to a program."""
        return {"what": self.what, "expected": self.expected, "found": self.found, "ok": self.ok}


@dataclass
class Played:
    """A step that was played."""

    name: str
    title: str
    checks: list[Check] = field(default_factory=list)
    seconds: float = 0.0
    trouble: dict[str, str] | None = None
    """The four parts of what stopped it in the middle."""

    @property
    def ok(self) -> bool:
        """Tell whether it came to its end, was checked at all, and every check held."""
        return self.trouble is None and bool(self.checks) and all(check.ok for check in self.checks)

    def data(self) -> dict[str, Any]:
        """Give it to a program."""
        said: dict[str, Any] = {
            "step": self.name,
            "title": self.title,
            "ok": self.ok,
            "seconds": round(self.seconds, 2),
            "checks": [check.data() for check in self.checks],
        }
        return {**said, "error": self.trouble} if self.trouble is not None else said
