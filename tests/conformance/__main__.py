"""`python -m tests.conformance`: fetch public clients and run their tests against the simulator."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conformance.outcomes import Outcome, read_outcome
from tests.conformance.suites import BIN, DRIVERS, SUITES, CannotPrepare, Run, Suite

_LONGEST = 900


def main() -> int:
    """Run the suites that are named, or all; 1 when one of them failed a test or could not run."""
    names = [suite.name for suite in SUITES]
    asked = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    asked.add_argument("suite", nargs="*", help=f"one of {', '.join(names)}; without one all")
    asked.add_argument("--company", default="sample", help="as of qbosim serve: sample, empty or a folder")
    asked.add_argument("--keep", type=Path, help="a folder for the clients and what they printed")
    chosen = asked.parse_args()
    if unknown := set(chosen.suite) - set(names):
        asked.error(f"no suite is called {', '.join(sorted(unknown))}")
    good = True
    with tempfile.TemporaryDirectory(prefix="conformance-") as temporary:
        for suite in SUITES:
            if not chosen.suite or suite.name in chosen.suite:
                folder = (chosen.keep or Path(temporary)).resolve() / suite.name
                good = _told(suite, folder, chosen.company) and good
    return 0 if good else 1


def _told(suite: Suite, folder: Path, company: str) -> bool:
    """Prepare and run one suite, print its outcome; whether every test passed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        outcomes = [
            _outcome(suite, run, company, folder / f"printed-{number}.txt")
            for number, run in enumerate(suite.prepare(folder), 1)
        ]
    except (CannotPrepare, ValueError, subprocess.TimeoutExpired) as reason:
        print(f"{suite.name} {suite.version}: not run: {reason}", flush=True)
        return False
    failed = [each for outcome in outcomes for each in outcome.failed]
    passed, skipped = (sum(getattr(each, what) for each in outcomes) for what in ("passed", "skipped"))
    summary = f"{passed} passed, {len(failed)} failed, {skipped} skipped"
    print(f"{suite.name} {suite.version} ({suite.tests}): {summary}", flush=True)
    for each in failed:
        print(f"    {each[:300]}", flush=True)
    return not failed


def _outcome(suite: Suite, run: Run, company: str, printed: Path) -> Outcome:
    assignments = " ".join(f'{name}="{value}"' for name, value in run.environment.items())
    started = ["sh", "-c", f'{assignments} exec "$@"', "sh", *run.command]
    command = [str(BIN / "qbosim"), "run", "--company", company, "--no-throttle", "--grant-env"]
    for trusted in run.trust:
        command += ["--trust-file", str(trusted)]
    logged = [sys.executable, str(DRIVERS / "logged.py"), *started]
    done = subprocess.run(
        [*command, "--", *logged],
        cwd=run.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_LONGEST,
    )
    printed.write_text(done.stdout)
    return read_outcome(suite.report, done.stdout, run.folder, list(run.command))


if __name__ == "__main__":
    sys.exit(main())
