"""Canaries: Tieout sabotaged on purpose. A simulation that does not notice them proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from tieout.domain.outcome import Outcome, Postponed
from tieout.domain.pushes import Push
from tieout.sync import push as pushing
from tieout.sync.round import Round


def _send_again_blindly(round_: Round, push: Push) -> Outcome:
    """What must never be: a push whose answer was lost is sent anew as if nothing had happened."""
    pushing._back_to_queue(round_, push)
    return Postponed(round_.edges.clock.now() + timedelta(seconds=1), "sent again")


CANARIES: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "no-verification": (pushing, "_verify", _send_again_blindly),
}


@contextmanager
def released(name: str | None) -> Iterator[None]:
    """Sabotage Tieout for the length of a block; with no name, leave it whole."""
    if name is None:
        yield
        return
    module, attribute, worse = CANARIES[name]
    kept = getattr(module, attribute)
    setattr(module, attribute, worse)
    try:
        yield
    finally:
        setattr(module, attribute, kept)
