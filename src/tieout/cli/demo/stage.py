"""The stage of the demo's day: both sides, the time, and the ways in which a step checks what it did."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tieout.cli.demo.bookkeeper import Bookkeeper, Sale
from tieout.cli.demo.checks import Check, Played
from tieout.cli.demo.clock import ForwardClock
from tieout.cli.demo.rest import Rest
from tieout.cli.demo.simulator import Simulated
from tieout.cli.demo.telling import Telling, money
from tieout.kit.errors import NotFound, TieoutError

ROUNDS_MAX = 10
ROUND_SECONDS = 120.0
"""How far time is put forward so that what is to be tried again is tried again."""
UNFINISHED = ("queued", "leased", "sent", "retry_at", "waiting")
"""States of a push that something is still to be done for without a person."""


@dataclass
class Stage:
    """What every step works with."""

    simulated: Simulated
    page: str
    """The address of Tieout's page."""
    home: str
    """Tieout's home folder."""
    tieout: Rest
    books: Bookkeeper
    clock: ForwardClock
    telling: Telling
    pause_seconds: float
    """How long to wait after something that a person wants to see; 0 when nobody watches."""
    played: Played
    """The step that is being played."""
    breathed_at: float = 0.0
    """When something was last left to be seen (monotonic seconds)."""

    @property
    def today(self) -> date:
        """Tell the demo's date (UTC)."""
        return self.clock.now().date()

    # Checking

    def equal(self, what: str, expected: object, found: object, *, shown: str = "") -> bool:
        """Check that what was found is what was expected; `shown` are shorter words for when it is."""
        if expected == found:
            return self._check(Check(what, _words(expected), shown or _words(found), True))
        if isinstance(expected, dict) and isinstance(found, dict):
            differ = [key for key in {**expected, **found} if expected.get(key) != found.get(key)]
            expected = {key: expected.get(key, "nothing") for key in differ}
            found = {key: found.get(key, "nothing") for key in differ}
        return self._check(Check(what, _words(expected), _words(found), False))

    def holds(self, what: str, ok: bool, *, expected: str, found: str) -> bool:
        """Check something that is more than an equality."""
        return self._check(Check(what, expected, found, ok))

    def _check(self, check: Check) -> bool:
        self.played.checks.append(check)
        self.telling.checked(check)
        return check.ok

    def notes(self, text: str) -> None:
        """Say what is being done."""
        self.telling.notes(text)

    def breathe(self, times: float = 1.0) -> None:
        """Let what just happened stand for a while; what the work before it took counts towards the while."""
        if self.pause_seconds:
            wanted = self.breathed_at + times * self.pause_seconds
            time.sleep(max(self.pause_seconds / 4, wanted - time.monotonic()))
            self.breathed_at = time.monotonic()

    # Both sides

    def cycle(self) -> dict[str, Any]:
        """Have Tieout run a cycle now."""
        report: dict[str, Any] = self.tieout.post(f"/companies/{self.simulated.realm_id}/sync")
        return report

    def settle(self) -> dict[str, Any]:
        """Run cycles until nothing is left to do without a person; time passes where something must wait."""
        for _ in range(ROUNDS_MAX):
            report = self.cycle()
            if report["state"] == "succeeded" and not self.unfinished():
                return report
            self.pass_time(ROUND_SECONDS)
        return report

    def pass_time(self, seconds: float) -> None:
        """Put both sides' clocks forward."""
        self.books.pass_time(seconds)
        self.clock.put_forward(seconds)

    def unfinished(self) -> dict[str, int]:
        """Tell how many pushes are still on their way, by state."""
        pushes = self.health()["pushes"]
        return {state: pushes[state] for state in UNFINISHED if pushes.get(state)}

    def health(self) -> dict[str, Any]:
        """Ask how the synchronisation stands."""
        health: dict[str, Any] = self.tieout.get(f"/companies/{self.simulated.realm_id}/health")
        return health

    def issues(self, kind: str = "") -> list[dict[str, Any]]:
        """List the open issues."""
        return self.tieout.every("/issues", **({"kind": kind} if kind else {}))

    def issue(self, kind: str, record: str) -> dict[str, Any]:
        """Find the one open issue of a kind on a record; NotFound when there is none."""
        every = self.issues()
        for issue in every:
            if issue["kind"].startswith(kind) and issue["record"] == record:
                return issue
        raise NotFound(
            f"No issue of the kind {kind} is open",
            record=record,
            reason=f"open are {', '.join(one['kind'] + ' on ' + one['record'] for one in every) or 'none'}",
            remedy="Look at the cycle before: the issue should have been opened by it",
        )

    def decide(self, issue: dict[str, Any], action: str, choice: str = "") -> None:
        """Settle an issue."""
        self.tieout.post(f"/issues/{issue['id']}/decisions", {"action": action, "choice": choice})

    def sale(self, number: str, entity: str = "Invoice") -> Sale:
        """Read the one invoice or credit memo of a number in QuickBooks; NotFound when there is not exactly one."""
        found = self.books.sales_numbered(number, entity)
        if len(found) == 1:
            return found[0]
        raise NotFound(
            f"QuickBooks has {len(found)} documents of this number",
            record=f"{entity} {number}",
            reason="there should be exactly one",
            remedy="Look at its history on Tieout's page",
        )

    def host_open(self, ref: str) -> Decimal:
        """Ask the business system what is open on an invoice."""
        return Decimal(self.tieout.get(f"/host/invoices/{ref}/balance")["amount"])

    def host_total(self, ref: str) -> Decimal:
        """Ask the business system for an invoice's total."""
        return Decimal(self.tieout.get(f"/host/invoices/{ref}")["total"])

    def open_equal(self, number: str) -> bool:
        """Check that both sides have the same open on an invoice."""
        ours, theirs = self.host_open(number), self.sale(number).open
        return self.equal(
            f"{number} is open by the same amount on both sides",
            ours,
            theirs,
            shown=f"host {money(ours)}, QuickBooks {money(theirs)}",
        )


@dataclass(frozen=True)
class Step:
    """One step of the day."""

    name: str
    title: str
    play: Callable[[Stage], None]


def play_step(stage: Stage, number: int, step: Step) -> Played:
    """Play one step; what stops it in the middle is part of how it came out."""
    stage.played = Played(step.name, step.title)
    stage.telling.begins(number, step.title)
    began = time.monotonic()
    try:
        step.play(stage)
    except TieoutError as error:
        stage.played.trouble = error.parts()
    except Exception as error:
        # A defect: told to whoever reads standard error, and never taken for a day that went well.
        traceback.print_exc()
        stage.played.trouble = {
            "what": "The step broke off",
            "record": step.title,
            "why": f"{type(error).__name__}: {error}",
            "remedy": "What happened stands on standard error; report it",
        }
    stage.played.seconds = time.monotonic() - began
    stage.telling.ends(stage.played)
    return stage.played


def _words(value: object) -> str:
    match value:
        case Decimal():
            return money(value)
        case dict():
            return ", ".join(f"{key} {_words(one)}" for key, one in value.items()) or "none"
        case list() | tuple():
            return ", ".join(_words(one) for one in value) or "none"
        case _:
            return str(value)
