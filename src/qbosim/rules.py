"""What a behaviour of the simulator rests on: one sentence per rule, with its source.

Every module that decides how QuickBooks behaves states its rules as `RULES`, a `Topic`. The page `docs/fidelity.md` is
made from them and from the tests that are marked with a rule's id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Basis = Literal["recorded", "documented", "assumed"]


@dataclass(frozen=True)
class Rule:
    """One thing that QuickBooks Online does, and how we know."""

    id: str
    """Unique, in dotted words: `invoice.void.amounts`."""
    says: str
    """The behaviour as one sentence, for whoever tests an integration against it."""
    basis: Basis
    source: str
    """Where it was recorded or is documented; of an assumption, what speaks for it."""


class Topic:
    """The rules of one entity or of one part of the protocol, as one module states them."""

    def __init__(self, name: str, *rules: Rule) -> None:
        """`name`: an entity's name as QuickBooks spells it, or words for a part of the protocol."""
        self.name = name
        self.rules = rules


def recorded(identity: str, says: str, source: str) -> Rule:
    """A rule seen in recorded traffic; `source` names the recording."""
    return Rule(identity, says, "recorded", source)


def documented(identity: str, says: str, source: str) -> Rule:
    """A rule that Intuit's documentation, schema or client libraries state; `source` names the page or file."""
    return Rule(identity, says, "documented", source)


def assumed(identity: str, says: str, reason: str) -> Rule:
    """A rule without a source; `reason` says what speaks for it."""
    return Rule(identity, says, "assumed", reason)
