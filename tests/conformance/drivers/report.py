"""What every driver prints: one line of JSON per check, read by the runner that started it."""

from __future__ import annotations

import json
import os
import ssl
import traceback
import urllib.request
from collections.abc import Callable


def tell(check: str, failure: str | None = None) -> None:
    """Print one check's outcome; `failure` says what went wrong."""
    print(json.dumps({"check": check, "failure": failure}), flush=True)


def attempt(check: str, work: Callable[[], object]) -> None:
    """Do the work and tell whether it went through, whatever it raises."""
    try:
        work()
    except Exception as wrong:
        tell(check, f"{type(wrong).__name__}: {wrong}"[:2000] or traceback.format_exc())
    else:
        tell(check)


def control(path: str, body: object = None) -> dict[str, object]:
    """Ask the control plane of the simulator that this program was started with."""
    sent = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(
        os.environ["QBOSIM_URL"] + path, data=sent, method="GET" if sent is None else "POST"
    )
    trust = ssl.create_default_context(cafile=os.environ["QBOSIM_CA"])
    with urllib.request.urlopen(asked, context=trust) as answer:
        told: dict[str, object] = json.load(answer)
    return told
