"""The guard: a small process that keeps another one and a folder, and leaves neither behind whatever happens.

It runs on its own (`python guard.py [--folder FOLDER] -- command …`) and imports nothing of Tieout. It makes a
temporary folder, or uses the given one, says it as one line of JSON on standard output, starts the command with
`{folder}` filled in, and waits for its standard input to end. That end comes when its parent closes it, and
also when its parent dies in any way, kill -9 included: then it ends the command and removes what it made.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

PATIENCE_SECONDS = 3.0
"""How long the command may take to end by itself."""
LOG = "quickbooks.log"
"""What the command writes to standard error goes into this file of the folder."""


def main(arguments: list[str]) -> int:
    """Guard one command until standard input ends; gives the exit code."""
    options, command = arguments[: arguments.index("--")], arguments[arguments.index("--") + 1 :]
    signal.signal(signal.SIGTERM, lambda *_: os.close(0))
    given = options[1] if options[:1] == ["--folder"] else ""
    folder = Path(given or tempfile.mkdtemp(prefix="tieout-demo-"))
    try:
        print(json.dumps({"folder": str(folder)}), flush=True)
        return _keep([part.replace("{folder}", str(folder)) for part in command], folder / LOG)
    finally:
        if not given:
            shutil.rmtree(folder, ignore_errors=True)


def _keep(command: list[str], log: Path) -> int:
    with log.open("ab") as said:
        kept = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=said)  # noqa: S603  our own command
    try:
        # The command alone holds standard output now: when it ends, whoever reads it learns so.
        os.close(1)
        _wait_for_parent()
    finally:
        kept.terminate()
        try:
            code = kept.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            kept.kill()
            code = kept.wait()
    return code


def _wait_for_parent() -> None:
    try:
        while os.read(0, 1024):
            pass
    except OSError:
        return  # standard input was closed by a signal to end


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
