"""From what a test runner printed to what passed, failed and was skipped."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.suites import Report


@dataclass(frozen=True)
class Outcome:
    """What one run came to."""

    passed: int
    failed: tuple[str, ...]
    skipped: int = 0


def read_outcome(report: Report, printed: str, folder: Path, command: list[str]) -> Outcome:
    """The outcome of a run. Raises ValueError when there is no sign that any test ran."""
    if report == "driver":
        told = [json.loads(line) for line in printed.splitlines() if line.startswith('{"check"')]
        wrong = tuple(f"{each['check']}: {each['failure']}" for each in told if each["failure"] is not None)
        return _some(Outcome(len(told) - len(wrong), wrong), printed)
    if report == "mocha":
        (named,) = [each for each in command if each.startswith("output=")]
        told_in = folder / named.partition("=")[2]
        if not told_in.exists():
            raise ValueError(f"no test ran: {printed.strip()[-1500:]}")
        ran = json.loads(told_in.read_text())
        wrong = tuple(f"{each['fullTitle']}: {each['err'].get('message', '')}" for each in ran["failures"])
        return Outcome(ran["stats"]["passes"], wrong, ran["stats"]["pending"])
    failing = r"^FAILED (.*)$" if report == "pytest" else r"^\(fail\) (.*?)(?: \[[\d.]+ms\])?$"
    wrong = tuple(dict.fromkeys(re.findall(failing, printed, re.MULTILINE)))
    word = {"passed": r"(\d+) pass", "skipped": r"(\d+) skip"}
    counts = {name: re.search(pattern, printed) for name, pattern in word.items()}
    passed, skipped = (int(found[1]) if found else 0 for found in counts.values())
    return _some(Outcome(passed, wrong, skipped), printed)


def _some(outcome: Outcome, printed: str) -> Outcome:
    if not outcome.passed and not outcome.failed:
        raise ValueError(f"no test ran: {printed.strip()[-1500:]}")
    return outcome
