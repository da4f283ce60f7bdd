"""Exit codes: one for each kind of end, so that a script can tell them apart."""

from __future__ import annotations

from typing import Final

from tieout.kit.errors import (
    NeedsPerson,
    NotAllowed,
    NotFound,
    OutcomeUnknown,
    ReconnectNeeded,
    Refused,
    Retry,
    TieoutError,
)

WRONG: Final = 1
"""The command ran to its end and found something wrong: a failed check, a refused folder, a failed cycle."""

RECONNECT: Final = 7

EXITS: Final[tuple[tuple[type[TieoutError], int, str], ...]] = (
    (NotFound, 4, "there is no such thing"),
    (NotAllowed, 5, "you may not do this"),
    (Refused, 3, "what was given cannot be used as it is"),
    (ReconnectNeeded, RECONNECT, "a company must be connected again"),
    (NeedsPerson, 6, "somebody must decide something first"),
    (OutcomeUnknown, 9, "no answer came, and something may have been written: look before trying again"),
    (Retry, 8, "nothing answered, and nothing was written: try again later"),
    (TieoutError, 10, "anything else that went wrong"),
)
"""The first class that an error belongs to decides."""
OTHERS: Final[tuple[tuple[int, str], ...]] = (
    (0, "done"),
    (WRONG, "done, and something is wrong: a failed check, a refused folder, a failed cycle"),
    (2, "the command line itself was wrong"),
)


def exit_code(error: TieoutError) -> int:
    """Give the exit code of an error."""
    return next(code for kind, code, _ in EXITS if isinstance(error, kind))


CYCLE_EXITS: Final = {"succeeded": 0, "partial": 0, "aborted": RECONNECT}
"""How a cycle ended → exit code; `WRONG` for any other end. What is tried again by itself is no failure."""


def all_exits() -> list[tuple[int, str]]:
    """List every exit code with its meaning, for help texts."""
    return sorted([*OTHERS, *((code, meaning) for _, code, meaning in EXITS)])
